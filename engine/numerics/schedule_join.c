/* Sequences: joined as AVL trees are, so that however ten thousand pieces are put together, the tree stays
 * shallow. Nodes are never changed; a joint shares its parts with those it is made from. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "schedule_node.h"

static int larger (int a, int b) {
  return a > b ? a : b;
}

static int joint_depth (const Schedule *first, const Schedule *second) {
  return larger(first->depth + (first->kind != NODE_SEQUENCE), second->depth + (second->kind != NODE_SEQUENCE));
}

/* The joint of two references, which it takes; NULL: no memory, and both are ended. */
static Schedule *joint (Schedule *first, Schedule *second) {
  Schedule *node = first != NULL && second != NULL ? node_new(NODE_SEQUENCE, 0) : NULL;
  if (node == NULL) {
    schedule_free(first);
    schedule_free(second);
    return NULL;
  }
  node->part = first;
  node->second = second;
  node->steps = first->steps + second->steps;
  node->bound = fmax(first->bound, second->bound);
  node->height = 1 + larger(first->height, second->height);
  node->depth = joint_depth(first, second);
  return node;
}

/* As joint, where the heights may differ by two: one rotation, single or double. */
static Schedule *balanced (Schedule *first, Schedule *second) {
  if (first == NULL || second == NULL || (first->height <= second->height + 1 && second->height <= first->height + 1))
    return joint(first, second);
  const bool left = first->height > second->height;
  Schedule *tall = left ? first : second, *low = left ? second : first;
  Schedule *outer = schedule_retain(left ? tall->part : tall->second);
  Schedule *inner = schedule_retain(left ? tall->second : tall->part);
  Schedule *result;
  if (inner->height <= outer->height)
    result = left ? joint(outer, joint(inner, low)) : joint(joint(low, inner), outer);
  else {
    Schedule *a = schedule_retain(inner->part), *b = schedule_retain(inner->second);
    schedule_free(inner);
    result = left ? joint(joint(outer, a), joint(b, low)) : joint(joint(low, a), joint(b, outer));
  }
  schedule_free(tall);
  return result;
}

/* Join two references, which it takes, down the inner side of the taller. */
static Schedule *join (Schedule *first, Schedule *second) {
  const int lean = first->height - second->height;
  if (-1 <= lean && lean <= 1) return joint(first, second);
  Schedule *tall = lean > 0 ? first : second, *result;
  if (lean > 0) result = balanced(schedule_retain(tall->part), join(schedule_retain(tall->second), second));
  else result = balanced(join(first, schedule_retain(tall->part)), schedule_retain(tall->second));
  schedule_free(tall);
  return result;
}

Status schedule_join (Schedule **out, Schedule *first, Schedule *second, Problem *problem) {
  *out = NULL;
  if (first->steps + second->steps > (double)SCHEDULE_STEPS)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "a schedule of more than 2^48 steps");
  if (joint_depth(first, second) > SCHEDULE_DEPTH)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "schedules nested more than %d deep", SCHEDULE_DEPTH);
  if (first->steps == 0 || second->steps == 0)
    *out = schedule_retain(second->steps == 0 ? first : second);
  else
    *out = join(schedule_retain(first), schedule_retain(second));
  return *out != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

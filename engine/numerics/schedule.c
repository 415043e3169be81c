#include "schedule.h"

#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "mem.h"

/* A node of the tree. Invariants: 'part' of SCALED is not SCALED; the two sides of a
 * SEQUENCE have steps and differ in 'height' by one at most (an AVL tree whose leaves
 * are its parts); 'bound' is finite, so that no product is ever 0 * infinity. */
struct Schedule {
  ScheduleKind kind;
  int references;
  int depth;                  /* schedules within schedules, balanced joints not counted */
  int height;                 /* SEQUENCE: of the balanced tree; else 0 */
  int parts;                  /* SEQUENCE: leaves; else 1 */
  double steps;               /* whole, <= SCHEDULE_STEPS */
  double bound;               /* no rate is above it */
  Schedule *part, *second;    /* SCALED, SAMPLED: part; SEQUENCE: both */
  double factor;              /* SCALED */
  ScheduleSampling sampling;  /* SAMPLED */
  double interval;            /* SAMPLED */
  ScheduleEndpoint endpoint;  /* PIECE */
  Profile profile;            /* PIECE; its milestones lie behind the node */
  double milestones[];
};

static Schedule *node_new (ScheduleKind kind, int milestones) {
  Schedule *node = mem_alloc(1, sizeof *node + (size_t)milestones * sizeof *node->milestones);
  if (node == NULL) return NULL;
  node->kind = kind;
  node->references = 1;
  node->parts = 1;
  return node;
}

Schedule *schedule_retain (Schedule *schedule) {
  schedule->references++;
  return schedule;
}

void schedule_free (Schedule *schedule) {
  while (schedule != NULL && --schedule->references == 0) {
    Schedule *part = schedule->part;
    schedule_free(schedule->second);
    mem_free(schedule);
    schedule = part;
  }
}

/* ---- building ---- */

Status schedule_piece (Schedule **out, const Profile *profile, int64_t steps, ScheduleEndpoint endpoint,
                       Problem *problem) {
  *out = NULL;
  const Status status = profile_check(profile, problem);
  if (status != STATUS_OK) return status;
  if (steps < 0 || steps > SCHEDULE_STEPS)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "%s: %lld steps, 0..2^48 expected",
                       profile_name(profile->kind), (long long)steps);
  const int milestones = profile->kind == PROFILE_STEP ? profile->count : 0;
  Schedule *node = node_new(SCHEDULE_PIECE, milestones);
  if (node == NULL) return STATUS_NO_MEMORY;
  node->steps = (double)steps;
  node->endpoint = endpoint;
  node->bound = profile_bound(profile);
  node->profile = *profile;
  node->profile.at = node->milestones;
  node->profile.count = milestones;
  if (profile->kind == PROFILE_CONSTANT) node->profile.parameter = 0;
  if (milestones > 0) memcpy(node->milestones, profile->at, (size_t)milestones * sizeof *profile->at);
  *out = node;
  return STATUS_OK;
}

/* A node around 'part', if it does not get too deep. */
static Status wrap (Schedule **out, ScheduleKind kind, Schedule *part, Problem *problem) {
  if (part->depth >= SCHEDULE_DEPTH)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "schedules nested more than %d deep", SCHEDULE_DEPTH);
  Schedule *node = node_new(kind, 0);
  if (node == NULL) return STATUS_NO_MEMORY;
  node->depth = part->depth + 1;
  node->steps = part->steps;
  node->bound = part->bound;
  node->part = schedule_retain(part);
  *out = node;
  return STATUS_OK;
}

Status schedule_scale (Schedule **out, double factor, Schedule *part, Problem *problem) {
  *out = NULL;
  if (!(factor >= 0 && factor * part->bound <= 1e300))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "schedule times %.15g: a number not below 0 expected, and rates up to 1e300",
                       factor);
  if (part->kind == SCHEDULE_SCALED) {
    factor *= part->factor;
    part = part->part;
  }
  const Status status = wrap(out, SCHEDULE_SCALED, part, problem);
  if (status != STATUS_OK) return status;
  (*out)->factor = factor;
  (*out)->bound = fmax(1, factor * part->bound);  /* never below 1: a small factor outside must not hide a large one inside */
  return STATUS_OK;
}

Status schedule_sample (Schedule **out, Schedule *part, ScheduleSampling sampling, double interval, Problem *problem) {
  *out = NULL;
  if (sampling == SCHEDULE_EVERY && !(interval >= 1 && interval == floor(interval) && interval <= (double)SCHEDULE_STEPS))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "sample: 'every' is %.15g, a whole number of steps above 0 expected", interval);
  if (sampling == SCHEDULE_PERCENT && !(0 < interval && interval <= 100))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "sample: 'percent' is %.15g, a number above 0 and at most 100 expected", interval);
  const Status status = wrap(out, SCHEDULE_SAMPLED, part, problem);
  if (status != STATUS_OK) return status;
  (*out)->sampling = sampling;
  (*out)->interval = interval;
  return STATUS_OK;
}

static int larger (int a, int b) {
  return a > b ? a : b;
}

static int joint_depth (const Schedule *first, const Schedule *second) {
  return larger(first->depth + (first->kind != SCHEDULE_SEQUENCE), second->depth + (second->kind != SCHEDULE_SEQUENCE));
}

/* The joint of two references, which it takes; NULL: no memory, and both are ended. */
static Schedule *joint (Schedule *first, Schedule *second) {
  Schedule *node = first != NULL && second != NULL ? node_new(SCHEDULE_SEQUENCE, 0) : NULL;
  if (node == NULL) {
    schedule_free(first);
    schedule_free(second);
    return NULL;
  }
  node->part = first;
  node->second = second;
  node->steps = first->steps + second->steps;
  node->bound = fmax(first->bound, second->bound);
  node->parts = first->parts + second->parts;
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
  if (first->parts > INT_MAX - second->parts)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "a schedule of too many parts");
  if (joint_depth(first, second) > SCHEDULE_DEPTH)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "schedules nested more than %d deep", SCHEDULE_DEPTH);
  if (first->steps == 0 || second->steps == 0)
    *out = schedule_retain(second->steps == 0 ? first : second);
  else
    *out = join(schedule_retain(first), schedule_retain(second));
  return *out != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

/* ---- reading ---- */

int64_t schedule_steps (const Schedule *schedule) {
  return (int64_t)schedule->steps;
}

static double piece_at (const Schedule *piece, double t) {
  const double steps = piece->steps;
  if (t >= steps) return profile_at(&piece->profile, 1);
  switch (piece->endpoint) {
    case SCHEDULE_CLOSED: return profile_at(&piece->profile, steps > 1 ? t / (steps - 1) : 0);
    case SCHEDULE_AFTER: return profile_at(&piece->profile, (t + 1) / steps);
    default: return profile_at(&piece->profile, t / steps);
  }
}

/* The last time at or before t, 0 <= t < steps, at which a sampled schedule is read. */
static double sampled_time (const Schedule *sampled, double t) {
  if (sampled->sampling == SCHEDULE_EVERY) return sampled->interval * floor(t / sampled->interval);
  const double share = sampled->interval * sampled->steps;  /* hundred times the steps of one interval */
  return fmin(floor(t * 100 / share) * share / 100, t);
}

double schedule_at (const Schedule *schedule, double t) {
  double factor = 1;
  t = t > 0 ? t : 0;
  for (;;) switch (schedule->kind) {
    case SCHEDULE_PIECE:
      return factor * piece_at(schedule, t);
    case SCHEDULE_SCALED:
      factor *= schedule->factor;
      schedule = schedule->part;
      break;
    case SCHEDULE_SAMPLED:
      if (t < schedule->steps) t = sampled_time(schedule, t);
      schedule = schedule->part;
      break;
    case SCHEDULE_SEQUENCE:
      if (t < schedule->part->steps) schedule = schedule->part;
      else {
        t -= schedule->part->steps;
        schedule = schedule->second;
      }
      break;
  }
}

void schedule_fill (const Schedule *schedule, int64_t from, int count, double *rates) {
  for (int i = 0; i < count; i++) rates[i] = schedule_at(schedule, (double)from + i);
}

ScheduleView schedule_view (const Schedule *schedule) {
  return (ScheduleView){
    .kind = schedule->kind, .steps = (int64_t)schedule->steps, .profile = schedule->profile,
    .endpoint = schedule->endpoint, .factor = schedule->factor, .sampling = schedule->sampling,
    .interval = schedule->interval, .part = schedule->part, .parts = schedule->parts,
  };
}

const Schedule *schedule_part (const Schedule *sequence, int i) {
  while (sequence->kind == SCHEDULE_SEQUENCE) {
    const int left = sequence->part->parts;
    const bool inside = i < left;
    sequence = inside ? sequence->part : sequence->second;
    if (!inside) i -= left;
  }
  return sequence;
}

static bool equal_pieces (const Schedule *a, const Schedule *b) {
  const Profile *p = &a->profile, *q = &b->profile;
  if (p->kind != q->kind || a->endpoint != b->endpoint || p->parameter != q->parameter || p->count != q->count)
    return false;
  for (int i = 0; i < p->count; i++)
    if (p->at[i] != q->at[i]) return false;
  return true;
}

bool schedule_equal (const Schedule *a, const Schedule *b) {
  if (a == b) return true;
  if (a->kind != b->kind || a->steps != b->steps || a->parts != b->parts) return false;
  switch (a->kind) {
    case SCHEDULE_PIECE:
      return equal_pieces(a, b);
    case SCHEDULE_SCALED:
      return a->factor == b->factor && schedule_equal(a->part, b->part);
    case SCHEDULE_SAMPLED:
      return a->sampling == b->sampling && a->interval == b->interval && schedule_equal(a->part, b->part);
    case SCHEDULE_SEQUENCE:
      for (int i = 0; i < a->parts; i++)
        if (!schedule_equal(schedule_part(a, i), schedule_part(b, i))) return false;
      return true;
  }
  return false;
}

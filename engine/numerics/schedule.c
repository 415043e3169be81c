#include "schedule.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "mem.h"
#include "schedule_node.h"

#define LARGEST 1e300

Schedule *node_new (NodeKind kind, int knots) {
  Schedule *node = mem_alloc(1, sizeof *node + 2 * (size_t)knots * sizeof *node->knots);
  if (node == NULL) return NULL;
  node->kind = kind;
  node->references = 1;
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

int64_t schedule_steps (const Schedule *schedule) {
  return (int64_t)schedule->steps;
}

double schedule_extent (int64_t steps, ScheduleEndpoint endpoint) {
  const int64_t extent = endpoint == SCHEDULE_CLOSED ? steps - 1 : steps;
  return extent > 0 ? (double)extent : 1;
}

Status schedule_piece (Schedule **out, const Profile *profile, int64_t steps, ScheduleEndpoint endpoint,
                       Problem *problem) {
  *out = NULL;
  Profile own = *profile;
  own.extent = schedule_extent(steps, endpoint);
  const Status status = profile_check(&own, problem);
  if (status != STATUS_OK) return status;
  if (steps < 0 || steps > SCHEDULE_STEPS)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "%s: %lld steps, 0..2^48 expected",
                       profile_name(profile->kind), (long long)steps);
  if (own.kind != PROFILE_PIECEWISE) own.count = 0;
  Schedule *node = node_new(NODE_PIECE, own.count);
  if (node == NULL) return STATUS_NO_MEMORY;
  own.at = node->knots;
  own.value = node->knots + own.count;
  for (int i = 0; i < own.count; i++) {
    node->knots[i] = profile->at[i];
    node->knots[own.count + i] = profile->value[i];
  }
  node->steps = (double)steps;
  node->bound = profile_bound(profile->kind == PROFILE_PIECEWISE ? profile : &own);
  node->of.piece.profile = own;
  node->of.piece.endpoint = endpoint;
  *out = node;
  return STATUS_OK;
}

static Status too_large (Problem *problem, const char *what) {
  return problem_set(problem, STATUS_BAD_ARGUMENT, "%s: rates up to 1e300 expected", what);
}

static Status too_long (Problem *problem) {
  return problem_set(problem, STATUS_BAD_ARGUMENT, "a schedule of more than 2^48 steps");
}

/* A node around 'part', and beside it 'second' unless that is NULL, if it does not get too deep. */
static Status wrap (Schedule **out, NodeKind kind, Schedule *part, Schedule *second, Problem *problem) {
  const int depth = second != NULL && second->depth > part->depth ? second->depth : part->depth;
  if (depth >= SCHEDULE_DEPTH)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "schedules nested more than %d deep", SCHEDULE_DEPTH);
  Schedule *node = node_new(kind, 0);
  if (node == NULL) return STATUS_NO_MEMORY;
  node->depth = depth + 1;
  node->steps = part->steps;
  node->bound = part->bound;
  node->part = schedule_retain(part);
  if (second != NULL) node->second = schedule_retain(second);
  *out = node;
  return STATUS_OK;
}

Status schedule_scale (Schedule **out, double factor, Schedule *part, Problem *problem) {
  *out = NULL;
  if (!(factor >= 0 && factor * part->bound <= LARGEST))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "schedule times %.15g: a number not below 0 expected, and rates up to 1e300",
                       factor);
  const Status status = wrap(out, NODE_SCALE, part, NULL, problem);
  if (status != STATUS_OK) return status;
  (*out)->of.scale.factor = factor;
  (*out)->bound = factor * part->bound;
  return STATUS_OK;
}

Status schedule_combine (Schedule **out, ScheduleCombination how, Schedule *first, Schedule *second, Problem *problem) {
  *out = NULL;
  double bound = fmax(first->bound, second->bound);
  if (how == SCHEDULE_SUM) bound = first->bound + second->bound;
  if (how == SCHEDULE_PRODUCT) bound = first->bound * second->bound;
  if (!(bound <= LARGEST)) return too_large(problem, how == SCHEDULE_SUM ? "sum" : "product");
  const Status status = wrap(out, NODE_COMBINE, first, second, problem);
  if (status != STATUS_OK) return status;
  (*out)->of.combine.how = how;
  (*out)->bound = bound;
  (*out)->steps = fmax(first->steps, second->steps);
  return STATUS_OK;
}

Status schedule_clip (Schedule **out, Schedule *part, double low, double high, Problem *problem) {
  *out = NULL;
  if (!(0 <= low && low <= high && low <= LARGEST))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "clip: %.15g to %.15g, two ascending numbers not below 0 expected", low, high);
  const Status status = wrap(out, NODE_CLIP, part, NULL, problem);
  if (status != STATUS_OK) return status;
  (*out)->of.clip.low = low;
  (*out)->of.clip.high = high;
  (*out)->bound = fmax(low, fmin(high, part->bound));
  return STATUS_OK;
}

Status schedule_sample (Schedule **out, Schedule *part, ScheduleSampling sampling, double interval, Problem *problem) {
  *out = NULL;
  if (sampling == SCHEDULE_EVERY && !(0 < interval && interval <= (double)SCHEDULE_STEPS))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "sample: 'every' is %.15g, a number of steps above 0 expected", interval);
  if (sampling == SCHEDULE_PERCENT && !(0 < interval && interval <= 100))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "sample: 'percent' is %.15g, a number above 0 and at most 100 expected", interval);
  const Status status = wrap(out, NODE_SAMPLE, part, NULL, problem);
  if (status != STATUS_OK) return status;
  (*out)->of.sample.sampling = sampling;
  (*out)->of.sample.interval = interval;
  return STATUS_OK;
}

Status schedule_shift (Schedule **out, Schedule *part, int64_t steps, Problem *problem) {
  *out = NULL;
  if (steps > SCHEDULE_STEPS || steps < -SCHEDULE_STEPS || part->steps + (double)steps > (double)SCHEDULE_STEPS) return too_long(problem);
  if (part->steps + (double)steps < 0)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "shift: %lld steps less, 0..%.0f expected", -(long long)steps, part->steps);
  const Status status = wrap(out, NODE_SHIFT, part, NULL, problem);
  if (status != STATUS_OK) return status;
  (*out)->of.shift.steps = (double)steps;
  (*out)->steps += (double)steps;
  return STATUS_OK;
}

Status schedule_take (Schedule **out, Schedule *part, int64_t steps, Problem *problem) {
  *out = NULL;
  if (steps < 0 || (double)steps > part->steps)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "take: %lld steps, 0..%.0f expected", (long long)steps, part->steps);
  const Status status = wrap(out, NODE_TAKE, part, NULL, problem);
  if (status == STATUS_OK) (*out)->steps = (double)steps;
  return status;
}

Status schedule_hold (Schedule **out, Schedule *part, int64_t steps, Problem *problem) {
  *out = NULL;
  if (steps < 0) return problem_set(problem, STATUS_BAD_ARGUMENT, "hold: %lld steps, 0 or more expected", (long long)steps);
  if (steps > SCHEDULE_STEPS || part->steps + (double)steps > (double)SCHEDULE_STEPS) return too_long(problem);
  const Status status = wrap(out, NODE_HOLD, part, NULL, problem);
  if (status == STATUS_OK) (*out)->steps += (double)steps;
  return status;
}

Status schedule_reverse (Schedule **out, Schedule *part, Problem *problem) {
  *out = NULL;
  return wrap(out, NODE_REVERSE, part, NULL, problem);
}

Status schedule_repeat (Schedule **out, Schedule *part, int64_t times, double factor, Problem *problem) {
  *out = NULL;
  if (times < 1) return problem_set(problem, STATUS_BAD_ARGUMENT, "repeated: %lld times, 1 or more expected", (long long)times);
  if (!(0 <= factor && factor <= 1))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "repeated: 'factor' is %.15g, a number in 0..1 expected", factor);
  if (part->steps * (double)times > (double)SCHEDULE_STEPS) return too_long(problem);
  const Status status = wrap(out, NODE_REPEAT, part, NULL, problem);
  if (status != STATUS_OK) return status;
  (*out)->of.repeat.times = (double)times;
  (*out)->of.repeat.factor = factor;
  (*out)->steps *= (double)times;
  return STATUS_OK;
}

Status schedule_restarts (Schedule **out, Schedule *part, int64_t steps, double first, double multiplier, double decay, double to,
                          Problem *problem) {
  *out = NULL;
  if (steps < 0 || steps > SCHEDULE_STEPS) return too_long(problem);
  const struct { const char *name; double value, low, high; } range[] = {
    { "first", first, 1, LARGEST }, { "multiplier", multiplier, 1, 1e9 }, { "decay", decay, 0, 1 }, { "to", to, 0, LARGEST },
  };
  for (int i = 0; i < 4; i++)
    if (!(range[i].low <= range[i].value && range[i].value <= range[i].high))
      return problem_set(problem, STATUS_BAD_ARGUMENT, "restarts: '%s' is %.15g, a number in %.15g..%.15g expected", range[i].name,
                         range[i].value, range[i].low, range[i].high);
  if (!(part->bound * fmax(1, to) <= LARGEST)) return too_large(problem, "restarts");
  const Status status = wrap(out, NODE_RESTARTS, part, NULL, problem);
  if (status != STATUS_OK) return status;
  (*out)->of.restarts.first = first;
  (*out)->of.restarts.multiplier = multiplier;
  (*out)->of.restarts.decay = decay;
  (*out)->of.restarts.to = to;
  (*out)->bound = fmax(part->bound, to);
  (*out)->steps = (double)steps;
  return STATUS_OK;
}

Status schedule_noise (Schedule **out, Schedule *part, double deviation, uint64_t seed, int uniform, Problem *problem) {
  *out = NULL;
  if (!(0 <= deviation && deviation <= 1e6))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "noise: 'deviation' is %.15g, a number in 0..1e6 expected", deviation);
  const double largest = 1 + 9 * deviation;   /* no normal number of noise_normal lies beyond nine deviations */
  if (!(part->bound * largest <= LARGEST)) return too_large(problem, "noise");
  const Status status = wrap(out, NODE_NOISE, part, NULL, problem);
  if (status != STATUS_OK) return status;
  (*out)->of.noise.deviation = deviation;
  (*out)->of.noise.seed = seed;
  (*out)->of.noise.uniform = uniform;
  (*out)->bound = part->bound * largest;
  return STATUS_OK;
}

/* The one evaluator: a block of times in, their rates out. Each node changes the times on their way down or the rates on
 * their way up, so the tree is walked once for a block. A single step goes through sequences and factors to its piece by
 * itself, and is a block of one below any other node. Times need not be whole (a sampled schedule is read at exact
 * shares) nor ascend (a reversed one), but they are never below 0. */
#include <math.h>
#include <stdbool.h>

#include "noise.h"
#include "schedule_node.h"

enum { BLOCK = 128 };  /* times at once; every nested node keeps at most two blocks on the stack */

/* 0 < count <= BLOCK. The times are only read; were they const, gcc 12 would warn of blocks it cannot prove filled. */
static void evaluate (const Schedule *schedule, int count, double *t, double *out);

/* How far ahead of the time a piece is read. */
static double ahead_of (const Schedule *piece) {
  return piece->of.piece.endpoint == SCHEDULE_AFTER ? 1 : 0;
}

/* Where in its profile a piece is read at time t. */
static double position (const Schedule *piece, double ahead, double t) {
  const double extent = piece->of.piece.profile.extent;
  return t < piece->steps && t + ahead < extent ? t + ahead : extent;
}

static void evaluate_piece (const Schedule *piece, int count, double *t, double *out) {
  const double ahead = ahead_of(piece);
  double x[BLOCK];
  for (int i = 0; i < count; i++) x[i] = position(piece, ahead, t[i]);
  profile_values(&piece->of.piece.profile, count, x, out);
}

/* Each run of times on one side of the joint goes to that side. */
static void evaluate_sequence (const Schedule *sequence, int count, double *t, double *out) {
  const double first = sequence->part->steps;
  double local[BLOCK];
  for (int i = 0, end; i < count; i = end) {
    const bool before = t[i] < first;
    for (end = i + 1; end < count && (t[end] < first) == before; end++) continue;
    if (before) evaluate(sequence->part, end - i, t + i, out + i);
    else {
      for (int k = i; k < end; k++) local[k] = t[k] - first;
      evaluate(sequence->second, end - i, local + i, out + i);
    }
  }
}

static void evaluate_combination (const Schedule *pair, int count, double *t, double *out) {
  double other[BLOCK];
  evaluate(pair->part, count, t, out);
  evaluate(pair->second, count, t, other);
  switch (pair->of.combine.how) {
    case SCHEDULE_SUM: for (int i = 0; i < count; i++) out[i] += other[i]; break;
    case SCHEDULE_PRODUCT: for (int i = 0; i < count; i++) out[i] *= other[i]; break;
    case SCHEDULE_MAX: for (int i = 0; i < count; i++) out[i] = out[i] > other[i] ? out[i] : other[i]; break;
    case SCHEDULE_MIN: for (int i = 0; i < count; i++) out[i] = out[i] < other[i] ? out[i] : other[i]; break;
  }
}

/* The last time at or before t, 0 <= t < steps, at which a sampled schedule is read. */
static double sampled_time (const Schedule *sampled, double t) {
  const double interval = sampled->of.sample.interval;
  if (sampled->of.sample.sampling == SCHEDULE_EVERY) return fmin(interval * floor(t / interval), t);
  const double share = interval * sampled->steps;  /* hundred times the steps of one interval */
  return fmin(floor(t * 100 / share) * share / 100, t);
}

/* Which of the repetitions time t falls into, from 0; the last one goes on for ever. */
static double repetition (const Schedule *node, double t) {
  return node->part->steps > 0 ? fmin(floor(t / node->part->steps), node->of.repeat.times - 1) : 0;
}

/* The time at which the part of a node is read for time t. */
static double inner_time (const Schedule *node, double t) {
  const double steps = node->part->steps;
  switch (node->kind) {
    case NODE_SAMPLE: return t < node->steps ? sampled_time(node, t) : t;
    case NODE_SHIFT: return t > node->of.shift.steps ? t - node->of.shift.steps : 0;
    case NODE_TAKE: return t < node->steps ? t : node->steps;
    case NODE_HOLD: return t < steps ? t : steps > 0 ? steps - 1 : t;
    case NODE_REVERSE: return t < steps - 1 ? steps - 1 - t : 0;
    case NODE_REPEAT: return t - steps * repetition(node, t);
    default: return t;
  }
}

static void evaluate_inside (const Schedule *node, int count, double *t, double *out) {
  double inner[BLOCK];
  for (int i = 0; i < count; i++) inner[i] = inner_time(node, t[i]);
  evaluate(node->part, count, inner, out);
}

static void evaluate_repeat (const Schedule *node, int count, double *t, double *out) {
  evaluate_inside(node, count, t, out);
  if (node->of.repeat.factor == 1) return;
  for (int i = 0; i < count; i++) out[i] *= pow(node->of.repeat.factor, repetition(node, t[i]));
}

/* Where cycle i begins: exact for whole numbers, and without cancellation where cycles hardly grow. */
static double cycle_start (const Schedule *node, double i) {
  const double first = node->of.restarts.first, growth = node->of.restarts.multiplier - 1;
  if (growth == 0) return first * i;
  return first * ((growth > 0.01 ? pow(growth + 1, i) - 1 : expm1(i * log1p(growth))) / growth);
}

/* The cycle in which t lies, 0 <= t; at the very end the one that ends there. A logarithm finds it, and is put right. */
static double cycle_of (const Schedule *node, double t) {
  const double first = node->of.restarts.first, multiplier = node->of.restarts.multiplier;
  double i = multiplier == 1 ? floor(t / first) : floor(log1p(t / first * (multiplier - 1)) / log1p(multiplier - 1));
  while (i > 0 && cycle_start(node, i) > t) i--;
  while (cycle_start(node, i + 1) <= t) i++;
  if (i > 0 && t >= node->steps && cycle_start(node, i) == t) i--;
  return i;
}

static void evaluate_restarts (const Schedule *node, int count, double *t, double *out) {
  const double decay = node->of.restarts.decay, to = node->of.restarts.to;
  double inner[BLOCK], cycle[BLOCK];
  for (int i = 0; i < count; i++) {
    const double now = fmin(t[i], node->steps);
    cycle[i] = cycle_of(node, now);
    const double length = node->of.restarts.first * pow(node->of.restarts.multiplier, cycle[i]);
    inner[i] = fmin((now - cycle_start(node, cycle[i])) / length, 1) * node->part->steps;
  }
  evaluate(node->part, count, inner, out);
  for (int i = 0; i < count; i++) {
    const double top = decay == 1 ? 1 : pow(decay, cycle[i]);
    out[i] = top * out[i] + to * (1 - out[i]);
  }
}

static void add_noise (const Schedule *node, int count, double *t, double *out) {
  const uint64_t seed = node->of.noise.seed;
  for (int i = 0; i < count; i++) {
    const uint64_t step = (uint64_t)fmin(t[i], (double)SCHEDULE_STEPS);
    const double g = node->of.noise.uniform ? noise_uniform(seed, step) : noise_normal(seed, step);
    out[i] *= fmax(0, 1 + node->of.noise.deviation * g);
  }
}

static void clip (double low, double high, int count, double *out) {
  for (int i = 0; i < count; i++) out[i] = out[i] < low ? low : out[i] > high ? high : out[i];
}

static void evaluate (const Schedule *schedule, int count, double *t, double *out) {
  switch (schedule->kind) {
    case NODE_PIECE:
      evaluate_piece(schedule, count, t, out);
      break;
    case NODE_SEQUENCE:
      evaluate_sequence(schedule, count, t, out);
      break;
    case NODE_COMBINE:
      evaluate_combination(schedule, count, t, out);
      break;
    case NODE_SCALE:
      evaluate(schedule->part, count, t, out);
      for (int i = 0; i < count; i++) out[i] *= schedule->of.scale.factor;
      break;
    case NODE_CLIP:
      evaluate(schedule->part, count, t, out);
      clip(schedule->of.clip.low, schedule->of.clip.high, count, out);
      break;
    case NODE_SAMPLE: case NODE_SHIFT: case NODE_TAKE: case NODE_HOLD: case NODE_REVERSE:
      evaluate_inside(schedule, count, t, out);
      break;
    case NODE_REPEAT:
      evaluate_repeat(schedule, count, t, out);
      break;
    case NODE_RESTARTS:
      evaluate_restarts(schedule, count, t, out);
      break;
    case NODE_NOISE:
      evaluate(schedule->part, count, t, out);
      add_noise(schedule, count, t, out);
      break;
  }
}

/* A block of one. */
static double evaluate_alone (const Schedule *schedule, double t) {
  double rate;
  evaluate(schedule, 1, &t, &rate);
  return rate;
}

/* One time, t >= 0: what most schedules are made of needs no block. */
static double evaluate_one (const Schedule *schedule, double t) {
  while (schedule->kind == NODE_SEQUENCE) {
    const double first = schedule->part->steps;
    const bool before = t < first;
    schedule = before ? schedule->part : schedule->second;
    t = before ? t : t - first;
  }
  switch (schedule->kind) {
    case NODE_PIECE: return profile_value(&schedule->of.piece.profile, position(schedule, ahead_of(schedule), t));
    case NODE_SCALE: return evaluate_one(schedule->part, t) * schedule->of.scale.factor;
    default: return evaluate_alone(schedule, t);
  }
}

double schedule_at (const Schedule *schedule, double t) {
  return evaluate_one(schedule, t > 0 ? t : 0);
}

void schedule_fill (const Schedule *schedule, int64_t from, int64_t count, double *rates) {
  double t[BLOCK];
  for (int64_t done = 0; done < count; done += BLOCK) {
    const int size = count - done < BLOCK ? (int)(count - done) : BLOCK;
    for (int i = 0; i < size; i++) t[i] = from + done + i > 0 ? (double)(from + done + i) : 0;
    evaluate(schedule, size, t, rates + done);
  }
}

/* One loop for each profile: over the positions of a block, so that what depends on the
 * parameters alone is computed once, and the rational ones are done several at a time.
 * Each formula is written so that both ends come out exact. */
#include <math.h>
#include <stdbool.h>

#include "profile.h"

#define PI 3.14159265358979323846

/* to + (1 - to) share, exact where share is 0 or 1. */
static double between (double to, double share) {
  return share + to * (1 - share);
}

/* first sin(pi/2 z)^2 + second sin(pi/2 p)^2, p + z = 1: half a cosine from one to the other, without cancellation at
 * either end however different they are. */
static double along_cosine (double first, double second, double p, double z) {
  const double root = sin(PI / 2 * (p < z ? p : z)), small = root * root;
  return p < z ? first * (1 - small) + second * small : first * small + second * (1 - small);
}

static double power_of (double x, double power) {
  return power == 1 ? x : pow(x, power);
}

static void linear (double n, double to, int count, const double *restrict x, double *restrict out) {
  for (int i = 0; i < count; i++) out[i] = (n - x[i]) / n + to * (x[i] / n);
}

static void rex (double n, double d, int count, const double *restrict x, double *restrict out) {
  for (int i = 0; i < count; i++) out[i] = (n - x[i]) / ((n - x[i]) + (1 - d) * x[i]);
}

/* 1 - p^bend, exactly 0 at the end. */
static double left_over (double n, double bend, double x) {
  return bend == 1 ? (n - x) / n : 1 - pow(x / n, bend);
}

static void polynomial (double n, const double *a, int count, const double *x, double *out) {
  for (int i = 0; i < count; i++) {
    const double share = power_of(left_over(n, a[3], x[i]), a[2]);
    out[i] = a[0] * share + a[1] * (1 - share);
  }
}

/* cos(pi waves p)^2, which does not cancel; of half a wave as the sine of what is left, which ends at 0. */
static void cosine (double n, const double *a, int count, const double *x, double *out) {
  const double to = a[0], power = a[1], bend = a[2], waves = a[3];
  const bool plain = power == 1 && bend == 1 && waves == 0.5;
  if (plain) for (int i = 0; i < count; i++) out[i] = along_cosine(1, to, x[i] / n, (n - x[i]) / n);
  else for (int i = 0; i < count; i++) {
    const double root = waves == 0.5 ? sin(PI / 2 * left_over(n, bend, x[i])) : cos(PI * waves * power_of(x[i] / n, bend));
    out[i] = between(to, power_of(root * root, power));
  }
}

static void square_root (double n, double to, int count, const double *x, double *out) {
  for (int i = 0; i < count; i++) out[i] = between(to, 1 - sqrt(x[i] / n));
}

static void hyperbolic (double n, const double *a, int count, const double *x, double *out) {
  for (int i = 0; i < count; i++)
    out[i] = between(a[0], 1 / (1 + exp(2 * (a[1] * ((n - x[i]) / n) + a[2] * (x[i] / n)))));   /* (1 - tanh v)/2 = 1/(1 + e^2v) */
}

static double staircase (double x, double stair) {
  return stair > 0 ? stair * floor(x / stair) : x;
}

static void exponential (const double *a, int count, const double *x, double *out) {
  for (int i = 0; i < count; i++) out[i] = exp(a[0] * staircase(x[i], a[1]));
}

static void inverse_time (const double *a, int count, const double *x, double *out) {
  for (int i = 0; i < count; i++) out[i] = 1 / (1 + a[0] * staircase(x[i], a[1]));
}

static void inverse_sqrt (double timescale, int count, const double *x, double *out) {
  for (int i = 0; i < count; i++) out[i] = sqrt(timescale / (timescale + x[i]));
}

static void warmup (double n, double from, int count, const double *restrict x, double *restrict out) {
  for (int i = 0; i < count; i++) out[i] = x[i] / n + from * ((n - x[i]) / n);
}

static void warmup_cosine (double n, double from, int count, const double *x, double *out) {
  for (int i = 0; i < count; i++) out[i] = along_cosine(from, 1, x[i] / n, (n - x[i]) / n);
}

static void warmup_sqrt (double n, double from, int count, const double *x, double *out) {
  for (int i = 0; i < count; i++) out[i] = between(from, 1 - sqrt((n - x[i]) / n));
}

static void cycle (const double *a, int count, const double *x, double *out) {
  const double from = a[0], to = a[1], up = a[2], down = a[3], fall = a[4], slope = a[5];
  for (int i = 0; i < count; i++) {
    const double number = floor(x[i] / (up + down)), local = x[i] - number * (up + down);
    double height = local <= up && up > 0 ? local / up : (up + down - local) / down;
    if (fall != 1) height *= pow(fall, number);
    if (slope != 0) height *= exp(slope * x[i]);
    out[i] = from + (to - from) * height;
  }
}

/* The last knot at or before x; -1 when there is none. */
static int knot_before (const Profile *profile, double x) {
  int low = -1, high = profile->count;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    if (profile->at[middle] <= x) low = middle;
    else high = middle;
  }
  return low;
}

static double between_knots (ProfileShape shape, double first, double second, double p, double z) {
  switch (shape) {
    case PROFILE_LINES: return first * z + second * p;
    case PROFILE_COSINES: return along_cosine(first, second, p, z);
    case PROFILE_POWERS: return exp(log(first) * z + log(second) * p);
    default: return first;
  }
}

/* Positions mostly ascend: the knot of the last one is tried first. */
static void piecewise (const Profile *profile, int count, const double *x, double *out) {
  const double *at = profile->at, *value = profile->value;
  const int last = profile->count - 1;
  const ProfileShape shape = (ProfileShape)(int)profile->parameter[0];
  int k = -1;
  for (int i = 0; i < count; i++) {
    if (k < 0 || at[k] > x[i] || (k < last && at[k + 1] <= x[i])) k = knot_before(profile, x[i]);
    if (k < 0 || k == last || x[i] == at[k]) out[i] = value[k < 0 ? 0 : k];
    else {
      const double length = at[k + 1] - at[k];
      out[i] = between_knots(shape, value[k], value[k + 1], (x[i] - at[k]) / length, (at[k + 1] - x[i]) / length);
    }
  }
}

void profile_values (const Profile *profile, int count, const double *x, double *out) {
  const double n = profile->extent, *a = profile->parameter;
  switch (profile->kind) {
    case PROFILE_CONSTANT: for (int i = 0; i < count; i++) out[i] = 1; break;
    case PROFILE_LINEAR: linear(n, a[0], count, x, out); break;
    case PROFILE_POLYNOMIAL: polynomial(n, a, count, x, out); break;
    case PROFILE_COSINE: cosine(n, a, count, x, out); break;
    case PROFILE_REX: rex(n, a[0], count, x, out); break;
    case PROFILE_SQRT: square_root(n, a[0], count, x, out); break;
    case PROFILE_TANH: hyperbolic(n, a, count, x, out); break;
    case PROFILE_EXPONENTIAL: exponential(a, count, x, out); break;
    case PROFILE_INVERSE_TIME: inverse_time(a, count, x, out); break;
    case PROFILE_INVERSE_SQRT: inverse_sqrt(a[0], count, x, out); break;
    case PROFILE_WARMUP: warmup(n, a[0], count, x, out); break;
    case PROFILE_WARMUP_COSINE: warmup_cosine(n, a[0], count, x, out); break;
    case PROFILE_WARMUP_SQRT: warmup_sqrt(n, a[0], count, x, out); break;
    case PROFILE_CYCLE: cycle(a, count, x, out); break;
    case PROFILE_PIECEWISE: piecewise(profile, count, x, out); break;
  }
}

/* One formula for each profile, written so that both ends come out exact. A single position and a block share it, so
 * they agree to the bit; over a block what needs no library function is done several positions at a time. */
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
static inline double along_cosine (double first, double second, double p, double z) {
  const double root = sin(PI / 2 * (p < z ? p : z)), small = root * root;
  return p < z ? first * (1 - small) + second * small : first * small + second * (1 - small);
}

static double power_of (double x, double power) {
  return power == 1 ? x : pow(x, power);
}

static double linear (double n, double to, double x) {
  return (n - x) / n + to * (x / n);
}

static double rex (double n, double d, double x) {
  return (n - x) / ((n - x) + (1 - d) * x);
}

/* 1 - p^bend, exactly 0 at the end. */
static double left_over (double n, double bend, double x) {
  return bend == 1 ? (n - x) / n : 1 - pow(x / n, bend);
}

static inline double polynomial (double n, const double *a, double x) {
  const double share = power_of(left_over(n, a[3], x), a[2]);
  return a[0] * share + a[1] * (1 - share);
}

/* cos(pi waves p)^2, which does not cancel; of half a wave as the sine of what is left, which ends at 0. */
static inline double cosine (double n, const double *a, double x) {
  const double to = a[0], power = a[1], bend = a[2], waves = a[3];
  const bool plain = power == 1 && bend == 1 && waves == 0.5;
  if (plain) return along_cosine(1, to, x / n, (n - x) / n);
  const double root = waves == 0.5 ? sin(PI / 2 * left_over(n, bend, x)) : cos(PI * waves * power_of(x / n, bend));
  return between(to, power_of(root * root, power));
}

static double square_root (double n, double to, double x) {
  return between(to, 1 - sqrt(x / n));
}

/* (1 - tanh v)/2 = 1/(1 + e^2v) */
static inline double hyperbolic (double n, const double *a, double x) {
  return between(a[0], 1 / (1 + exp(2 * (a[1] * ((n - x) / n) + a[2] * (x / n)))));
}

static inline double staircase (double x, double stair) {
  return stair > 0 ? stair * floor(x / stair) : x;
}

static inline double exponential (const double *a, double x) {
  return exp(a[0] * staircase(x, a[1]));
}

static inline double inverse_time (const double *a, double x) {
  return 1 / (1 + a[0] * staircase(x, a[1]));
}

static double inverse_sqrt (double timescale, double x) {
  return sqrt(timescale / (timescale + x));
}

static double warmup (double n, double from, double x) {
  return x / n + from * ((n - x) / n);
}

static inline double warmup_cosine (double n, double from, double x) {
  return along_cosine(from, 1, x / n, (n - x) / n);
}

static double warmup_sqrt (double n, double from, double x) {
  return between(from, 1 - sqrt((n - x) / n));
}

static inline double cycle (const double *a, double x) {
  const double from = a[0], to = a[1], up = a[2], down = a[3], fall = a[4], slope = a[5];
  const double number = floor(x / (up + down)), local = x - number * (up + down);
  double height = local <= up && up > 0 ? local / up : (up + down - local) / down;
  if (fall != 1) height *= pow(fall, number);
  if (slope != 0) height *= exp(slope * x);
  return from + (to - from) * height;
}

/* The last knot at or before x; -1 when there is none. */
static int knot_before (const Profile *profile, double x) {
  const double *at = profile->at;
  int low = -1, high = profile->count;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    if (at[middle] <= x) low = middle;
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

/* At x, whose knot_before is k. */
static inline double at_knot (const Profile *profile, int k, double x) {
  const double *at = profile->at, *value = profile->value;
  const ProfileShape shape = (ProfileShape)(int)profile->parameter[0];
  if (k < 0) return value[0];
  if (shape == PROFILE_STEPS || k == profile->count - 1 || x == at[k]) return value[k];
  const double length = at[k + 1] - at[k];
  return between_knots(shape, value[k], value[k + 1], (x - at[k]) / length, (at[k + 1] - x) / length);
}

/* Positions mostly ascend: the knot of the last one is tried first. */
static void piecewise (const Profile *profile, int count, const double *restrict x, double *restrict out) {
  const double *at = profile->at;
  const int last = profile->count - 1;
  int k = -1;
  for (int i = 0; i < count; i++) {
    if (k < 0 || at[k] > x[i] || (k < last && at[k + 1] <= x[i])) k = knot_before(profile, x[i]);
    out[i] = at_knot(profile, k, x[i]);
  }
}

double profile_value (const Profile *profile, double x) {
  const double n = profile->extent, *a = profile->parameter;
  switch (profile->kind) {
    case PROFILE_CONSTANT: return 1;
    case PROFILE_LINEAR: return linear(n, a[0], x);
    case PROFILE_POLYNOMIAL: return polynomial(n, a, x);
    case PROFILE_COSINE: return cosine(n, a, x);
    case PROFILE_REX: return rex(n, a[0], x);
    case PROFILE_SQRT: return square_root(n, a[0], x);
    case PROFILE_TANH: return hyperbolic(n, a, x);
    case PROFILE_EXPONENTIAL: return exponential(a, x);
    case PROFILE_INVERSE_TIME: return inverse_time(a, x);
    case PROFILE_INVERSE_SQRT: return inverse_sqrt(a[0], x);
    case PROFILE_WARMUP: return warmup(n, a[0], x);
    case PROFILE_WARMUP_COSINE: return warmup_cosine(n, a[0], x);
    case PROFILE_WARMUP_SQRT: return warmup_sqrt(n, a[0], x);
    case PROFILE_CYCLE: return cycle(a, x);
    case PROFILE_PIECEWISE: break;
  }
  return at_knot(profile, knot_before(profile, x), x);
}

/* A loop for each, so that what depends on the parameters alone stays outside. */
void profile_values (const Profile *profile, int count, const double *restrict x, double *restrict out) {
  const double n = profile->extent, *a = profile->parameter;
  switch (profile->kind) {
    case PROFILE_CONSTANT: for (int i = 0; i < count; i++) out[i] = 1; break;
    case PROFILE_LINEAR: for (int i = 0; i < count; i++) out[i] = linear(n, a[0], x[i]); break;
    case PROFILE_POLYNOMIAL: for (int i = 0; i < count; i++) out[i] = polynomial(n, a, x[i]); break;
    case PROFILE_COSINE: for (int i = 0; i < count; i++) out[i] = cosine(n, a, x[i]); break;
    case PROFILE_REX: for (int i = 0; i < count; i++) out[i] = rex(n, a[0], x[i]); break;
    case PROFILE_SQRT: for (int i = 0; i < count; i++) out[i] = square_root(n, a[0], x[i]); break;
    case PROFILE_TANH: for (int i = 0; i < count; i++) out[i] = hyperbolic(n, a, x[i]); break;
    case PROFILE_EXPONENTIAL: for (int i = 0; i < count; i++) out[i] = exponential(a, x[i]); break;
    case PROFILE_INVERSE_TIME: for (int i = 0; i < count; i++) out[i] = inverse_time(a, x[i]); break;
    case PROFILE_INVERSE_SQRT: for (int i = 0; i < count; i++) out[i] = inverse_sqrt(a[0], x[i]); break;
    case PROFILE_WARMUP: for (int i = 0; i < count; i++) out[i] = warmup(n, a[0], x[i]); break;
    case PROFILE_WARMUP_COSINE: for (int i = 0; i < count; i++) out[i] = warmup_cosine(n, a[0], x[i]); break;
    case PROFILE_WARMUP_SQRT: for (int i = 0; i < count; i++) out[i] = warmup_sqrt(n, a[0], x[i]); break;
    case PROFILE_CYCLE: for (int i = 0; i < count; i++) out[i] = cycle(a, x[i]); break;
    case PROFILE_PIECEWISE: piecewise(profile, count, x, out); break;
  }
}

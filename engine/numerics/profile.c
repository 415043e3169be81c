#include "profile.h"

#include <math.h>
#include <stddef.h>

static const char *const NAMES[PROFILE_KINDS] = {
  [PROFILE_CONSTANT] = "constant", [PROFILE_LINEAR] = "linear", [PROFILE_COSINE] = "cosine",
  [PROFILE_EXPONENTIAL] = "exponential", [PROFILE_REX] = "rex", [PROFILE_STEP] = "step",
  [PROFILE_WARMUP] = "warmup",
};

/* What the parameter of each kind is called, and where it may lie. */
static const struct { const char *name; double low, high; const char *range; } PARAMETER[PROFILE_KINDS] = {
  [PROFILE_CONSTANT] = { "parameter", -INFINITY, INFINITY, "any number" },
  [PROFILE_LINEAR] = { "to", 0, 1e300, "a number not below 0" },
  [PROFILE_COSINE] = { "to", 0, 1e300, "a number not below 0" },
  [PROFILE_EXPONENTIAL] = { "gamma", -600, 600, "a number in -600..600" },
  [PROFILE_REX] = { "d", 0, 0x1.fffffffffffffp-1, "a number not below 0 and below 1" },
  [PROFILE_STEP] = { "factor", 0, 1e300, "a number not below 0" },
  [PROFILE_WARMUP] = { "from", 0, 1e300, "a number not below 0" },
};

const char *profile_name (ProfileKind kind) {
  return (unsigned)kind < PROFILE_KINDS ? NAMES[kind] : NULL;
}

static Status check_milestones (const Profile *profile, Problem *problem) {
  for (int i = 0; i < profile->count; i++) {
    const double at = profile->at[i];
    if (!(0 <= at && at <= 1) || (i > 0 && at < profile->at[i - 1]))
      return problem_set(problem, STATUS_BAD_ARGUMENT,
                         "step: 'at' must ascend within 0..1, but element %d is %.15g", i + 1, at);
  }
  return STATUS_OK;
}

Status profile_check (const Profile *profile, Problem *problem) {
  const ProfileKind kind = profile->kind;
  if ((unsigned)kind >= PROFILE_KINDS)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "no profile has the number %d", (int)kind);
  if (!(PARAMETER[kind].low <= profile->parameter && profile->parameter <= PARAMETER[kind].high))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "%s: '%s' is %.15g, %s expected", NAMES[kind],
                       PARAMETER[kind].name, profile->parameter, PARAMETER[kind].range);
  const Status status = kind == PROFILE_STEP ? check_milestones(profile, problem) : STATUS_OK;
  if (status == STATUS_OK && !(profile_bound(profile) <= 1e300))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "%s: its values overflow", NAMES[kind]);
  return status;
}

double profile_bound (const Profile *profile) {
  switch (profile->kind) {
    case PROFILE_LINEAR: case PROFILE_COSINE: case PROFILE_WARMUP: return fmax(1, profile->parameter);
    case PROFILE_EXPONENTIAL: return fmax(1, exp(profile->parameter));
    case PROFILE_STEP: return fmax(1, pow(profile->parameter, profile->count));
    default: return 1;
  }
}

/* (1 + cos(pi p)) / 2 of p = 1 - z, without cancellation near the end. */
static double squared_sine (double z) {
  const double sine = sin(1.57079632679489661923 * z);
  return sine * sine;
}

static double step_at (const Profile *profile, double p) {
  int passed = 0;
  while (passed < profile->count && profile->at[passed] <= p) passed++;
  return passed == 0 ? 1 : pow(profile->parameter, passed);
}

double profile_at (const Profile *profile, double p) {
  const double parameter = profile->parameter;
  const double z = p > 0 ? p < 1 ? 1 - p : 0 : 1;  /* what is left; a nan has everything before it */
  switch (profile->kind) {
    case PROFILE_CONSTANT:
      return 1;
    case PROFILE_LINEAR:
      return z == 1 ? 1 : parameter + (1 - parameter) * z;
    case PROFILE_COSINE:
      return z == 1 ? 1 : parameter + (1 - parameter) * squared_sine(z);
    case PROFILE_EXPONENTIAL:
      return z == 1 ? 1 : exp(parameter * (z == 0 ? 1 : p));
    case PROFILE_REX:
      return z / ((1 - parameter) + parameter * z);
    case PROFILE_STEP:
      return step_at(profile, z == 1 ? 0 : z == 0 ? 1 : p);
    case PROFILE_WARMUP:
      return z == 0 ? 1 : z == 1 ? parameter : parameter + (1 - parameter) * p;
  }
  return 0;  /* not reached after profile_check */
}

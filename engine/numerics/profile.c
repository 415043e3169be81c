#include "profile.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#define LARGEST 1e300
#define BELOW_ONE 0x1.fffffffffffffp-1
#define POSITIVE 0x1p-1022

typedef struct Range {
  const char *name;
  double low, high;
} Range;

#define SHARE(name) { name, 0, LARGEST }

static const struct {
  const char *name;
  Range parameter[PROFILE_PARAMETERS];
} CATALOGUE[PROFILE_KINDS] = {
  [PROFILE_CONSTANT] = { "constant", { { NULL, 0, 0 } } },
  [PROFILE_LINEAR] = { "linear", { SHARE("to") } },
  [PROFILE_POLYNOMIAL] = { "polynomial", { SHARE("from"), SHARE("to"), { "power", POSITIVE, 1000 }, { "bend", POSITIVE, 1000 } } },
  [PROFILE_COSINE] = { "cosine", { SHARE("to"), { "power", POSITIVE, 1000 }, { "bend", POSITIVE, 1000 }, { "waves", 0, 1e9 } } },
  [PROFILE_REX] = { "rex", { { "d", 0, BELOW_ONE } } },
  [PROFILE_SQRT] = { "sqrt", { SHARE("to") } },
  [PROFILE_TANH] = { "tanh", { SHARE("to"), { "low", -1000, 1000 }, { "high", -1000, 1000 } } },
  [PROFILE_EXPONENTIAL] = { "exponential", { { "slope", -LARGEST, 700 }, { "stair", 0, LARGEST } } },
  [PROFILE_INVERSE_TIME] = { "inverse_time", { { "slope", 0, LARGEST }, { "stair", 0, LARGEST } } },
  [PROFILE_INVERSE_SQRT] = { "inverse_sqrt", { { "timescale", 1e-300, LARGEST } } },
  [PROFILE_WARMUP] = { "warmup", { SHARE("from") } },
  [PROFILE_WARMUP_COSINE] = { "warmup_cosine", { SHARE("from") } },
  [PROFILE_WARMUP_SQRT] = { "warmup_sqrt", { SHARE("from") } },
  [PROFILE_CYCLE] = { "cycle", {
    SHARE("from"), SHARE("to"), { "up", 0, LARGEST }, { "down", 0, LARGEST }, { "fall", 0, 1 }, { "slope", -LARGEST, 0 } } },
  [PROFILE_PIECEWISE] = { "piecewise", { { "shape", PROFILE_STEPS, PROFILE_POWERS } } },
};

const char *profile_name (ProfileKind kind) {
  return (unsigned)kind < PROFILE_KINDS ? CATALOGUE[kind].name : NULL;
}

const char *profile_parameter (ProfileKind kind, int i) {
  return (unsigned)kind < PROFILE_KINDS && 0 <= i && i < PROFILE_PARAMETERS ? CATALOGUE[kind].parameter[i].name : NULL;
}

static Status check_knots (const Profile *profile, Problem *problem) {
  const bool positive = (int)profile->parameter[0] == PROFILE_POWERS;
  if (profile->count < 1) return problem_set(problem, STATUS_BAD_ARGUMENT, "piecewise: at least one knot expected");
  for (int i = 0; i < profile->count; i++) {
    const double at = profile->at[i], value = profile->value[i];
    if (!(0 <= at && at <= LARGEST) || (i > 0 && at < profile->at[i - 1]))
      return problem_set(problem, STATUS_BAD_ARGUMENT, "piecewise: positions must ascend from 0 on, but number %d is %.15g", i + 1, at);
    if (!(0 <= value && value <= LARGEST) || (positive && value == 0))
      return problem_set(problem, STATUS_BAD_ARGUMENT, "piecewise: value %d is %.15g, a number %s 0 expected", i + 1, value,
                         positive ? "above" : "not below");
  }
  return STATUS_OK;
}

/* What no single range can say. */
static Status check_together (const Profile *profile, Problem *problem) {
  const double *a = profile->parameter;
  switch (profile->kind) {
    case PROFILE_CYCLE:
      if (a[2] + a[3] > 0) return STATUS_OK;
      return problem_set(problem, STATUS_BAD_ARGUMENT, "cycle: 'up' and 'down' are both 0");
    case PROFILE_TANH:
      if (a[1] < a[2]) return STATUS_OK;
      return problem_set(problem, STATUS_BAD_ARGUMENT, "tanh: 'low' is %.15g, a number below 'high', %.15g, expected", a[1], a[2]);
    case PROFILE_PIECEWISE:
      return check_knots(profile, problem);
    default:
      return STATUS_OK;
  }
}

Status profile_check (const Profile *profile, Problem *problem) {
  const ProfileKind kind = profile->kind;
  if ((unsigned)kind >= PROFILE_KINDS)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "no profile has the number %d", (int)kind);
  if (!(0 < profile->extent && profile->extent <= LARGEST))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "%s: extent %.15g, a number above 0 expected", CATALOGUE[kind].name, profile->extent);
  for (int i = 0; profile_parameter(kind, i) != NULL; i++) {
    const Range range = CATALOGUE[kind].parameter[i];
    if (!(range.low <= profile->parameter[i] && profile->parameter[i] <= range.high))
      return problem_set(problem, STATUS_BAD_ARGUMENT, "%s: '%s' is %.15g, a number in %.15g..%.15g expected", CATALOGUE[kind].name,
                         range.name, profile->parameter[i], range.low, range.high);
  }
  const Status status = check_together(profile, problem);
  if (status == STATUS_OK && !(profile_bound(profile) <= LARGEST))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "%s: its values overflow", CATALOGUE[kind].name);
  return status;
}

double profile_bound (const Profile *profile) {
  double bound = 1;
  switch (profile->kind) {
    case PROFILE_LINEAR: case PROFILE_COSINE: case PROFILE_SQRT: case PROFILE_TANH:
    case PROFILE_WARMUP: case PROFILE_WARMUP_COSINE: case PROFILE_WARMUP_SQRT:
      return fmax(1, profile->parameter[0]);
    case PROFILE_EXPONENTIAL:
      return fmax(1, exp(profile->parameter[0] * profile->extent));
    case PROFILE_CYCLE: case PROFILE_POLYNOMIAL:
      return fmax(profile->parameter[0], profile->parameter[1]);
    case PROFILE_PIECEWISE:
      for (int i = 0; i < profile->count; i++) bound = fmax(bound, profile->value[i]);
      return bound;
    default:
      return bound;
  }
}

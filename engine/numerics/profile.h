/* profile.h -- curves over progress: what a schedule is made of.
 *
 * A profile maps progress p in [0, 1] to a factor of the peak. Outside it is
 * clamped, its two ends are exact, and it is never nan. Where a profile is
 * read (t/N, t/(N-1), every n-th step) is a matter of the schedule. */
#ifndef profile_h
#define profile_h

#include "status.h"

typedef enum ProfileKind {
  PROFILE_CONSTANT,     /* 1 */
  PROFILE_LINEAR,       /* 1 + (to - 1) p */
  PROFILE_COSINE,       /* to + (1 - to) (1 + cos(pi p)) / 2  (Loshchilov and Hutter, arXiv 1608.03983) */
  PROFILE_EXPONENTIAL,  /* exp(gamma p) */
  PROFILE_REX,          /* z / ((1 - d) + d z), z = 1 - p  (Chen, Wolfe and Kyrillidis, arXiv 2107.04197, d = 1/2) */
  PROFILE_STEP,         /* factor^k, k = the number of milestones <= p */
  PROFILE_WARMUP        /* from + (1 - from) p */
} ProfileKind;

enum { PROFILE_KINDS = PROFILE_WARMUP + 1 };

typedef struct Profile {
  ProfileKind kind;
  double parameter;   /* LINEAR, COSINE: to, >= 0; EXPONENTIAL: gamma, |gamma| <= 600; REX: 0 <= d < 1;
                         STEP: factor, >= 0; WARMUP: from, >= 0; CONSTANT: not used */
  const double *at;   /* [count] STEP: milestones in [0, 1], ascending; borrowed */
  int count;          /* >= 0; 0 for every other kind */
} Profile;

/* The name of a kind ("rex"); NULL for a number that is none. */
const char *profile_name (ProfileKind kind);

/* STATUS_OK, or STATUS_BAD_ARGUMENT and the parameter that is outside its range. */
Status profile_check (const Profile *profile, Problem *problem);

/* The largest value the profile takes, >= 1 and, after profile_check, <= 1e300. */
double profile_bound (const Profile *profile);

/* The profile at p; it must have passed profile_check. A p below 0 or nan counts as 0,
 * one above 1 as 1. */
double profile_at (const Profile *profile, double p);

#endif

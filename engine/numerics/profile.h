/* profile.h -- curves over the steps of one piece: what a schedule is made of.
 *
 * A profile maps a position x in [0, n] to a factor of the peak; n is its extent, and
 * p = x/n its progress. Outside it is clamped, its two ends are exact, and it is
 * never nan. Which x belongs to which step is a matter of the schedule. Parameters that
 * are lengths or slopes are in the unit of x, steps. Any position costs O(1), PIECEWISE O(log knots).
 *
 * The formulas, with z = 1 - p; parameters in the order in which they are kept:
 *   CONSTANT                                  1
 *   LINEAR        to                          z + to p
 *   POLYNOMIAL    from to power bend          to + (from - to) (1 - p^bend)^power    (bend: k-decay, arXiv 2004.05909)
 *   COSINE        to power bend waves         to + (1 - to) cos(pi waves p^bend)^2power; waves 1/2 is
 *                                             half a wave, (1 + cos(pi p))/2         (SGDR, arXiv 1608.03983)
 *   REX           d                           z / (1 - d p)                          (arXiv 2107.04197, d = 1/2)
 *   SQRT          to                          to + (1 - to) (1 - sqrt(p))            (arXiv 2405.18392)
 *   TANH          to low high                 to + (1 - to) (1 - tanh(low z + high p)) / 2   (arXiv 1806.01593)
 *   EXPONENTIAL   slope stair                 exp(slope x'), x' = x, or stair floor(x/stair) where stair > 0
 *   INVERSE_TIME  slope stair                 1 / (1 + slope x')
 *   INVERSE_SQRT  timescale                   1 / sqrt(1 + x/timescale)              (arXiv 1706.03762)
 *   WARMUP        from                        from + (1 - from) p
 *   WARMUP_COSINE from                        from + (1 - from) (1 - cos(pi p))/2
 *   WARMUP_SQRT   from                        from + (1 - from) (1 - sqrt(z))
 *   CYCLE         from to up down fall slope  from + (to - from) w: w climbs 0 to 1 in 'up' steps, falls in 'down',
 *                                             again and again, times fall^cycle exp(slope x)  (arXiv 1506.01186)
 *   PIECEWISE     shape                       through knots (at[i], value[i]) */
#ifndef profile_h
#define profile_h

#include "status.h"

typedef enum ProfileKind {
  PROFILE_CONSTANT, PROFILE_LINEAR, PROFILE_POLYNOMIAL, PROFILE_COSINE, PROFILE_REX, PROFILE_SQRT, PROFILE_TANH,
  PROFILE_EXPONENTIAL, PROFILE_INVERSE_TIME, PROFILE_INVERSE_SQRT,
  PROFILE_WARMUP, PROFILE_WARMUP_COSINE, PROFILE_WARMUP_SQRT, PROFILE_CYCLE, PROFILE_PIECEWISE
} ProfileKind;

enum { PROFILE_KINDS = PROFILE_PIECEWISE + 1, PROFILE_PARAMETERS = 6 };

/* How PIECEWISE goes from one knot to the next. */
typedef enum ProfileShape {
  PROFILE_STEPS,      /* the value of the last knot at or before x */
  PROFILE_LINES,
  PROFILE_COSINES,    /* half a cosine */
  PROFILE_POWERS      /* geometric: straight over a logarithmic scale; values > 0 */
} ProfileShape;

typedef struct Profile {
  ProfileKind kind;
  double extent;                         /* n > 0 */
  double parameter[PROFILE_PARAMETERS];  /* profile_parameter says which, and where they may lie */
  int count;                             /* PIECEWISE: knots, > 0; else 0 */
  const double *at, *value;              /* [count] PIECEWISE: positions, ascending and >= 0, and values; borrowed */
} Profile;

/* The name of a kind ("rex"); NULL for a number that is none. */
const char *profile_name (ProfileKind kind);

/* The name of parameter i of a kind; NULL when it has no more. */
const char *profile_parameter (ProfileKind kind, int i);

/* STATUS_OK, or STATUS_BAD_ARGUMENT and the parameter that is outside its range. */
Status profile_check (const Profile *profile, Problem *problem);

/* A number that the profile's values do not exceed; after profile_check >= 0 and <= 1e300. */
double profile_bound (const Profile *profile);

/* The profile, which must have passed profile_check, at x in [0, extent]. */
double profile_value (const Profile *profile, double x);

/* out[i] = profile_value at x[i], 0 <= i < count, bit for bit; the arrays do not overlap. */
void profile_values (const Profile *profile, int count, const double *restrict x, double *restrict out);

#endif

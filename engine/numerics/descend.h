/* descend.h -- down the slopes of a smooth function in a box, from many starts at once.
 *
 * Each start goes its own way, by L-BFGS on the coordinates that no bound holds (Bertsekas, "Projected Newton methods", 1982;
 * Byrd, Lu, Nocedal and Zhu, "A limited memory algorithm for bound constrained optimization", 1995, without its Cauchy point).
 * All that are still on their way advance together: a round asks for values and gradients at one point of each in one call,
 * so that whoever computes them can share the work.
 *
 * Deterministic. What one start does has no influence on another. */
#ifndef descend_h
#define descend_h

#include "status.h"

enum { DESCEND_DIMENSIONS = 16 };

/* value[m] and gradient[m*n] at m points x[m*n] of n numbers. A value that is not finite counts as very bad. */
typedef void DescendFunction (int n, int m, const double *x, double *value, double *gradient, void *context);

typedef struct Descend {
  int rounds;           /* at most; > 0: as often each start is looked at */
  double reach;         /* of the first step, in any coordinate, as a share of the box; > 0 */
  double x_tolerance;   /* a start ends where no coordinate moved by more than this share of the box, */
  double f_tolerance;   /* or the value fell by no more than this share of itself */
} Descend;

/* From m > 0 starts x[m*n] in the box low[n] < high[n], 1 <= n <= DESCEND_DIMENSIONS: on return the best point that each
 * met, and its value[m], INFINITY where none was finite. STATUS_OK, STATUS_NO_MEMORY. */
Status descend (const Descend *options, int n, int m, DescendFunction *f, void *context,
                const double *low, const double *high, double *x, double *value);

#endif

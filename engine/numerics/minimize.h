/* minimize.h -- the minimum of a function in a box. The only door to NLopt.
 *
 * Deterministic: no method here draws random numbers. */
#ifndef minimize_h
#define minimize_h

#include "status.h"

/* f at x[0 .. n-1]; when 'gradient' is not NULL, its n derivatives go there.
 * A value that is not finite counts as very bad, never as the minimum. */
typedef double MinimizeFunction (int n, const double *x, double *gradient, void *context);

typedef enum MinimizeMethod {
  MINIMIZE_LBFGS,        /* gradients; for smooth functions */
  MINIMIZE_NELDER_MEAD   /* values alone; a handful of dimensions */
} MinimizeMethod;

/* Which kind of success: the caller may care. */
typedef enum MinimizeEnd {
  MINIMIZE_CONVERGED,          /* a tolerance was reached */
  MINIMIZE_OUT_OF_EVALUATIONS, /* the best so far */
  MINIMIZE_STALLED             /* rounding stops further progress; the best so far */
} MinimizeEnd;

typedef struct Minimize {
  MinimizeMethod method;
  int evaluations;       /* at most; > 0 */
  double x_tolerance;    /* relative, on every coordinate; 0: not used */
  double f_tolerance;    /* relative, on the value; 0: not used */
  const double *step;    /* [n] first step of MINIMIZE_NELDER_MEAD, or NULL: chosen from the box */
} Minimize;

/* Minimise f over lower <= x <= upper (each [n]; infinite bounds allowed),
 * starting from x, which must lie inside. STATUS_OK: x is the best point met,
 * *value its f, *end why it stopped ('end' may be NULL). Otherwise x is as it
 * was: STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. */
Status minimize (const Minimize *options, int n, MinimizeFunction *f, void *context,
                 const double *lower, const double *upper,
                 double *x, double *value, MinimizeEnd *end);

#endif

/* evidence.h -- how well hyper-parameters explain observations: the log
 * marginal likelihood of a Gaussian process and its gradient
 * (Rasmussen and Williams, 2006, sections 2.2 and 5.4.1).
 *
 * theta[d + 2] = ln length[0 .. d-1], ln signal, ln noise
 * K            = signal C(length) + diag(noise + variance_i)
 *
 * One value costs a Cholesky factor, n^3/3; with the gradient, n^3. */
#ifndef evidence_h
#define evidence_h

#include <stddef.h>

#include "kernel.h"
#include "status.h"

typedef struct Evidence {
  KernelKind kernel;
  int d, n;
  const double *X;         /* [n*d], point by point */
  const double *y;         /* [n] */
  const double *variance;  /* [n] of each observation, beside the noise; >= 0 */
  double mean;             /* of the process; NAN: its most likely value, 1'K^-1 y / 1'K^-1 1 */
} Evidence;

/* A factored model: what predictions are made of. */
typedef struct EvidenceFactor {
  double *L;               /* [n*ld] lower, K + jitter I = L L' */
  int ld;
  double *z;               /* [n] L^-1 (y - mean) */
  double *alpha;           /* [n] K^-1 (y - mean) */
  double mean, jitter;     /* as used */
} EvidenceFactor;

/* Fill 'factor', whose arrays and ld the caller set. Jitter is added only after
 * the factor failed without: 1e-10 trace/n, then ten times more until it holds.
 * STATUS_SINGULAR: not even 1e-2 trace/n helps (theta is not finite). */
Status evidence_factor (const Evidence *evidence, const double *theta, EvidenceFactor *factor);

/* ln p(y) from a factor. */
double evidence_of_factor (int n, const EvidenceFactor *factor);

/* Doubles of scratch that evidence_log needs. */
size_t evidence_work (int n);

/* ln p(y | theta); gradient[d + 2] by theta, where it is not NULL. -INFINITY, and
 * a gradient of zeros, where K cannot be factored. */
double evidence_log (const Evidence *evidence, const double *theta, double *gradient, double *work);

#endif

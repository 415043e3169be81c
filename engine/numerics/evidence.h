/* evidence.h -- how well hyper-parameters explain observations: the log
 * marginal likelihood of a Gaussian process and its gradient
 * (Rasmussen and Williams, 2006, sections 2.2, 2.7 and 5.4.1).
 *
 * theta[d + 2] = ln length[0 .. d-1], ln signal, ln noise
 * K            = signal C(length) + diag(noise / times_i + variance_i)
 * y            = H beta + f + error
 *
 * H has no column (the mean is given), a column of ones, or that and the
 * coordinates. beta is integrated out under N(0, 1/PRECISION): flat for the
 * constant, of precision 0.01 for the slopes, so that any number of points will
 * do. An observation may stand for several, 'times', of one point: then y is
 * their mean, and 'surplus' and 'within' hold what the means have lost.
 *
 * One value costs a Cholesky factor, n^3/3; with the gradient, n^3. */
#ifndef evidence_h
#define evidence_h

#include <stddef.h>

#include "kernel.h"
#include "status.h"

enum { EVIDENCE_COLUMNS = KERNEL_DIMENSIONS + 1 };

typedef struct Evidence {
  Kernel kernel;
  int n, ldx;
  const double *X;         /* [d*ldx] coordinate by coordinate */
  const double *y;         /* [n] */
  const double *variance;  /* [n] of each observation, beside the noise; >= 0 */
  const double *times;     /* [n] how many observations each is the mean of; > 0 */
  double surplus, within;  /* how many more there were than n; the sum of their squares about their means */
  int columns;             /* of H: 0, 1 or 1 + d */
  double mean;             /* columns = 0: of the process */
} Evidence;

/* A factored model: what predictions are made of. */
typedef struct EvidenceFactor {
  int ld;                  /* leading dimension of L and of U */
  double *L;               /* [n*ld] lower, K + jitter I = L L' */
  double *U;               /* [columns*ld] L^-1 H */
  double *z0;              /* [n] L^-1 y; columns = 0: L^-1 (y - mean) */
  double *z;               /* [n] L^-1 (y - H beta) */
  double *alpha;           /* [n] K^-1 (y - H beta) */
  double beta[EVIDENCE_COLUMNS];   /* columns = 0: beta[0] is the mean */
  double R[EVIDENCE_COLUMNS * EVIDENCE_COLUMNS];  /* lower, U'U + precision = R R' */
  double jitter;           /* as used */
} EvidenceFactor;

/* Fill 'factor', whose arrays and ld the caller set. Jitter is added only after
 * the factor failed without: 1e-10 trace/n, then ten times more until it holds.
 * STATUS_SINGULAR: not even 1e-2 trace/n helps (theta is not finite). */
Status evidence_factor (const Evidence *evidence, const double *theta, EvidenceFactor *factor);

/* beta, R, z and alpha from L, U and z0: O(n^2). */
void evidence_settle (const Evidence *evidence, EvidenceFactor *factor);

/* All of them but alpha: O(n). */
void evidence_settle_mean (const Evidence *evidence, EvidenceFactor *factor);

/* Column c of H at point i of X[d*ldx]. */
double evidence_column (const double *X, int ldx, int i, int c);

/* ln p(y) from a factor. */
double evidence_of_factor (const Evidence *evidence, const double *theta, const EvidenceFactor *factor);

/* Doubles of scratch that evidence_log needs. */
size_t evidence_work (int n, int columns);

/* ln p(y | theta); gradient[d + 2] by theta, where it is not NULL. -INFINITY, and
 * a gradient of zeros, where K cannot be factored. */
double evidence_log (const Evidence *evidence, const double *theta, double *gradient, double *work);

/* For integration: ln p(y | lengths, ratio) up to a constant, the signal integrated out under an inverse gamma prior
 * (shape 1.5, scale 1.5); *signal is its posterior mean. 'ratio' is noise / signal, and variance_i counts as
 * variance_i / signal_guess. C[n*n] are the correlations, lower; 'scratch' is a factor whose L, U, z0 and z are spoilt.
 * -INFINITY where the matrix cannot be factored. */
double evidence_marginal (const Evidence *evidence, const double *C, double ratio, double signal_guess,
                          EvidenceFactor *scratch, double *signal);

#endif

/* acquisition.h -- what a trial at a point is worth, from the posterior there:
 * mean mu and standard deviation sigma of f. Small f is good.
 *
 *   lower confidence bound       mu - kappa sigma
 *   expected improvement         sigma h(z),  z = (best - mu) / sigma,  h(z) = phi(z) + z Phi(z)
 *                                where losses have an error tau, times 1 - tau / sqrt(sigma^2 + tau^2)
 *   probability of improvement   Phi(z),  z = (best - 0.01 - mu) / sigma
 *
 * The last two are handled as logarithms, which neither underflow nor go flat far
 * from the best (Ament et al., "Unexpected improvements to expected improvement",
 * NeurIPS 2023, arXiv 2310.20708). Where the posterior is a mixture, they are
 * averaged over it, and the bound takes the moments of the mixture.
 * The factor (Huang, Allen, Notz and Zeng, "Global optimization of stochastic black-box systems via sequential kriging
 * meta-models", 2006) is what another loss at the point would still teach: without it the same place is tried over and over. */
#ifndef acquisition_h
#define acquisition_h

#include <stdbool.h>

typedef enum AcquisitionKind {
  ACQUISITION_LCB, ACQUISITION_EI, ACQUISITION_PI,
  ACQUISITION_THOMPSON,   /* the minimum of one joint sample (search.h) */
  ACQUISITION_HEDGE       /* one of the first three, by how they did (bayesopt.h) */
} AcquisitionKind;

typedef struct Acquisition {
  AcquisitionKind kind;
  double kappa;   /* ACQUISITION_LCB: >= 0 */
  double best;    /* what to improve on, standardised */
  const double *error;   /* [n] of each component: what a loss deviates from f by; NULL: nothing. Counts for ACQUISITION_EI */
} Acquisition;

/* Derivatives by mu and by sigma. */
typedef struct AcquisitionSlope {
  double mu, sigma;
} AcquisitionSlope;

/* ln of the expected improvement on 'best'. sigma >= 0; sigma = 0: ln of best - mu,
 * or -INFINITY where that is not positive. slope may be NULL; it is finite for sigma > 0. */
double acquisition_log_ei (double mu, double sigma, double best, AcquisitionSlope *slope);

/* ln Phi((best - mu) / sigma), likewise. */
double acquisition_log_pi (double mu, double sigma, double best, AcquisitionSlope *slope);

/* What to minimise at one point, LCB, EI or PI: the bound, or minus the logarithm. Of n components with these weights
 * (summing to 1), mu[k] and sigma[k]; slope[n], where it is not NULL. */
double acquisition_cost (const Acquisition *acquisition, int n, const double *weight, const double *mu, const double *sigma,
                         AcquisitionSlope *slope);

/* What orders m points as their costs do, to about seven digits: mu[k*m + j] and variance[k*m + j] of component k at point
 * j; rank[m]. It is the cost itself, or minus the improvement where 'plain' is returned true. */
bool acquisition_ranks (const Acquisition *acquisition, int n, const double *weight, int m, const double *mu,
                        const double *variance, double *rank);

#endif

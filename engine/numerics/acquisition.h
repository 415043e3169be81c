/* acquisition.h -- what a trial at a point is worth, from the posterior there:
 * mean mu and standard deviation sigma of f. Small f is good.
 *
 *   lower confidence bound   mu - kappa sigma
 *   expected improvement     sigma h(z),  z = (best - mu) / sigma,  h(z) = phi(z) + z Phi(z)
 *
 * Expected improvement is handled as its logarithm, which neither underflows
 * nor goes flat far from the best (Ament et al., "Unexpected improvements to
 * expected improvement", NeurIPS 2023, arXiv 2310.20708). */
#ifndef acquisition_h
#define acquisition_h

typedef enum AcquisitionKind { ACQUISITION_LCB, ACQUISITION_EI } AcquisitionKind;

typedef struct Acquisition {
  AcquisitionKind kind;
  double kappa;   /* ACQUISITION_LCB: >= 0 */
  double best;    /* ACQUISITION_EI: the value to improve on */
} Acquisition;

/* Derivatives by mu and by sigma. */
typedef struct AcquisitionSlope {
  double mu, sigma;
} AcquisitionSlope;

/* ln of the expected improvement on 'best'. sigma >= 0; sigma = 0: ln of best - mu,
 * or -INFINITY where that is not positive. slope may be NULL; it is finite for sigma > 0. */
double acquisition_log_ei (double mu, double sigma, double best, AcquisitionSlope *slope);

/* What to minimise: the lower confidence bound, or -ln of the expected improvement. */
double acquisition_cost (const Acquisition *acquisition, double mu, double sigma, AcquisitionSlope *slope);

#endif

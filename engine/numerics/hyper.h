/* hyper.h -- the most probable hyper-parameters of a Gaussian process: priors,
 * bounds, and the search for the maximum of evidence + ln prior.
 *
 * theta is that of evidence.h, x in units of the span the priors speak of, y standardised.
 * The priors are densities of the parameters themselves (not of their logarithms), as BoTorch has them. */
#ifndef hyper_h
#define hyper_h

#include <stdbool.h>

#include "evidence.h"

/* theta[d + 2] = the modes of the priors. */
void hyper_modes (int d, double *theta);

/* ln prior of those of theta[d + 2] that are not fixed, without its constant; its gradient is added to
 * gradient[d + 2] where that is not NULL. */
double hyper_log_prior (int d, const bool *fixed, const double *theta, double *gradient);

/* Move theta[d + 2], except what is fixed, to the most probable value: L-BFGS from theta itself where 'warm'
 * says it is worth it, and from the best of a few fixed starts. 'work': evidence_work(n) doubles.
 * STATUS_OK, STATUS_NO_MEMORY. */
Status hyper_fit (const Evidence *evidence, const bool *fixed, bool warm, double *theta, double *work);

#endif

#include "acquisition.h"

#include <math.h>
#include <stddef.h>

static const double LOG_SQRT_TWO_PI = 0.918938533204672741780;
static const double INVERSE_SQRT_TWO = 0.707106781186547524401;

enum { FRACTION_TERMS = 30 };  /* to the last bit for t >= 4, where 15 would do */
static const double FAR = -4;  /* below, phi + z Phi cancels */

/* ln h(z) and the ratios that its derivatives need.
 *
 * Far out, with t = -z, Mills' ratio Phi(-t) / phi(t) is the continued fraction
 * 1/(t + 1/(t + 2/(t + 3/(t + ...)))) (Abramowitz and Stegun 26.2.14). With q all that
 * is added to the first t, h = phi (1 - t/(t + q)) = phi q/(t + q): nothing cancels. */
static double log_h (double z, double *Phi_over_h, double *phi_over_h) {
  const double log_phi = -0.5 * z * z - LOG_SQRT_TWO_PI;
  if (z > FAR) {
    const double phi = exp(log_phi), Phi = 0.5 * erfc(-z * INVERSE_SQRT_TWO);
    const double h = phi + z * Phi;
    *Phi_over_h = Phi / h;
    *phi_over_h = phi / h;
    return log(h);
  }
  const double t = -z;
  double q = 0;
  for (int k = FRACTION_TERMS; k > 0; k--) q = k / (t + q);
  *Phi_over_h = 1 / q;
  *phi_over_h = (t + q) / q;
  return log_phi + log(q) - log(t + q);
}

double acquisition_log_ei (double mu, double sigma, double best, AcquisitionSlope *slope) {
  double Phi_over_h, phi_over_h;
  const double z = (best - mu) / sigma;
  if (!(sigma > 0) || isinf(z)) {
    if (slope != NULL) *slope = (AcquisitionSlope){ best > mu ? -1 / (best - mu) : 0, 0 };
    return best > mu ? log(best - mu) : -INFINITY;
  }
  const double value = log(sigma) + log_h(z, &Phi_over_h, &phi_over_h);
  if (slope != NULL) *slope = (AcquisitionSlope){ -Phi_over_h / sigma, phi_over_h / sigma };
  return value;
}

double acquisition_cost (const Acquisition *a, double mu, double sigma, AcquisitionSlope *slope) {
  if (a->kind == ACQUISITION_LCB) {
    if (slope != NULL) *slope = (AcquisitionSlope){ 1, -a->kappa };
    return mu - a->kappa * sigma;
  }
  const double value = -acquisition_log_ei(mu, sigma, a->best, slope);
  if (slope != NULL) *slope = (AcquisitionSlope){ -slope->mu, -slope->sigma };
  return value;
}

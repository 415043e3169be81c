#include "acquisition.h"

#include <math.h>
#include <stddef.h>

#include "exponential.h"

static const double LOG_SQRT_TWO_PI = 0.918938533204672741780;
static const double INVERSE_SQRT_TWO_PI = 0.398942280401432677940;
static const double INVERSE_SQRT_TWO = 0.707106781186547524401;
static const double MARGIN = 0.01;   /* an improvement that PI counts, standardised */

enum { FRACTION_TERMS = 30, COMPONENTS = 16 };  /* terms: to the last bit for t >= 4, where 15 would do */
static const double FAR = -4;        /* below, phi + z Phi cancels */

/* ---- one normal ---- */

/* All that is added to the first t in Mills' ratio Phi(-t) / phi(t) = 1/(t + 1/(t + 2/(t + 3/(t + ...))))
 * (Abramowitz and Stegun 26.2.14). */
static double fraction (double t) {
  double q = 0;
  for (int k = FRACTION_TERMS; k > 0; k--) q = k / (t + q);
  return q;
}

/* ln h(z) and the ratios that its derivatives need.
 * Far out, with t = -z: h = phi (1 - t/(t + q)) = phi q/(t + q), and nothing cancels. */
static double log_h (double z, double *Phi_over_h, double *phi_over_h) {
  const double log_phi = -0.5 * z * z - LOG_SQRT_TWO_PI;
  if (z > FAR) {
    const double phi = exp(log_phi), Phi = 0.5 * erfc(-z * INVERSE_SQRT_TWO);
    const double h = phi + z * Phi;
    *Phi_over_h = Phi / h;
    *phi_over_h = phi / h;
    return log(h);
  }
  const double t = -z, q = fraction(t);
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

double acquisition_log_pi (double mu, double sigma, double best, AcquisitionSlope *slope) {
  const double z = (best - mu) / sigma;
  if (!(sigma > 0) || isinf(z)) {
    if (slope != NULL) *slope = (AcquisitionSlope){ 0, 0 };
    return best > mu ? 0 : -INFINITY;
  }
  const double log_phi = -0.5 * z * z - LOG_SQRT_TWO_PI;
  const double value = z > FAR ? log(0.5 * erfc(-z * INVERSE_SQRT_TWO)) : log_phi - log(fraction(-z) - z);
  const double ratio = exp(log_phi - value);
  if (slope != NULL) *slope = (AcquisitionSlope){ -ratio / sigma, -ratio * z / sigma };
  return value;
}

/* ln of 1 - tau / t, t^2 = sigma^2 + tau^2, = sigma^2 / (t (t + tau)); *slope is by sigma. */
static double log_lesson (double sigma, double tau, double *slope) {
  const double t = sqrt(sigma * sigma + tau * tau);
  *slope = tau > 0 ? tau * (t + tau) / (t * t * sigma) : 0;
  return tau > 0 ? 2 * log(sigma) - log(t) - log(t + tau) : 0;
}

/* ---- a mixture ---- */

static double bound (double kappa, int n, const double *weight, const double *mu, const double *sigma, AcquisitionSlope *slope) {
  double mean = 0, spread = 0;
  for (int k = 0; k < n; k++) mean += weight[k] * mu[k];
  for (int k = 0; k < n; k++) spread += weight[k] * (sigma[k] * sigma[k] + (mu[k] - mean) * (mu[k] - mean));
  const double deviation = sqrt(spread);
  for (int k = 0; k < n && slope != NULL; k++)
    slope[k] = (AcquisitionSlope){
      weight[k] * (1 - (deviation > 0 ? kappa * (mu[k] - mean) / deviation : 0)),
      deviation > 0 ? -kappa * weight[k] * sigma[k] / deviation : -kappa * weight[k],
    };
  return mean - kappa * deviation;
}

double acquisition_cost (const Acquisition *a, int n, const double *weight, const double *mu, const double *sigma,
                         AcquisitionSlope *slope) {
  double value[COMPONENTS], largest = -INFINITY, sum = 0;
  if (a->kind == ACQUISITION_LCB) return bound(a->kappa, n, weight, mu, sigma, slope);
  for (int k = 0; k < n; k++) {
    AcquisitionSlope *s = slope != NULL ? &slope[k] : NULL;
    value[k] = a->kind == ACQUISITION_PI ? acquisition_log_pi(mu[k], sigma[k], a->best - MARGIN, s)
                                         : acquisition_log_ei(mu[k], sigma[k], a->best, s);
    if (a->kind == ACQUISITION_EI && a->error != NULL && value[k] > -INFINITY) {
      double by_sigma;
      value[k] += log_lesson(sigma[k], a->error[k], &by_sigma);
      if (s != NULL) s->sigma += by_sigma;
    }
    largest = fmax(largest, value[k]);
  }
  if (largest == -INFINITY) return INFINITY;
  for (int k = 0; k < n; k++) sum += weight[k] * exp(value[k] - largest);
  for (int k = 0; k < n && slope != NULL; k++) {
    const double share = -weight[k] * exp(value[k] - largest) / sum;
    slope[k] = (AcquisitionSlope){ share * slope[k].mu, share * slope[k].sigma };
  }
  return -(largest + log(sum));
}

/* ---- many points ---- */

/* Where no product of two of them over- or underflows. */
static const double LEAST_SIGMA = 1e-150, FARTHEST = 1e150;

/* h(-t) / phi(t) for t >= 0, as w^2 times a polynomial in w = 1 / (1 + t/4): fitted to 1e-8. */
static inline double tail (double w) {
  double p = -0.081541391315788692;
  p = p * w + 0.40860547845091899;
  p = p * w - 0.75007316056595608;
  p = p * w + 0.58608926843711984;
  p = p * w - 0.27987692057584423;
  p = p * w + 0.20897649144057631;
  p = p * w + 0.13955785506186083;
  p = p * w + 0.20209327590804749;
  p = p * w + 0.20287783282955335;
  p = p * w + 0.17579143401386488;
  p = p * w + 0.12499982648643995;
  p = p * w + 0.062500000723090324;
  return p * w * w;
}

/* sigma h(z); h(z) = z + h(-z) where z > 0. One division for t = |z| and for w. */
static inline double improvement (double best, double mu, double variance) {
  const double root = sqrt(variance), sigma = root > LEAST_SIGMA ? root : LEAST_SIGMA, gain = best - mu;
  const double apart = fabs(gain) < FARTHEST ? fabs(gain) : FARTHEST, wide = 4 * sigma + apart, inverse = 1 / (sigma * wide);
  const double t = apart * wide * inverse, w = 4 * sigma * sigma * inverse;
  const double h = tail(w) * exponential_of_minus(0.5 * t * t) * INVERSE_SQRT_TWO_PI;
  return sigma * h + (gain > 0 ? gain : 0);
}

EXPONENTIAL_WIDE static void add_improvement (int m, double weight, double best, const double *mu, const double *variance, double *cost) {
  for (int j = 0; j < m; j++) cost[j] += weight * improvement(best, mu[j], variance[j]);
}

/* The same times what is to be learnt of losses with an error tau > 0. */
EXPONENTIAL_WIDE static void add_lesson (int m, double weight, double best, double tau, const double *mu, const double *variance,
                                         double *cost) {
  for (int j = 0; j < m; j++) {
    const double square = variance[j] + tau * tau;
    cost[j] += weight * improvement(best, mu[j], variance[j]) * (variance[j] / (square + tau * sqrt(square)));
  }
}

/* The most that is gained anywhere: in strands, so that it can be done several abreast. */
EXPONENTIAL_WIDE static double deepest (int m, const double *cost) {
  double least[8] = { 0 };
  int j = 0;
  for (; j + 8 <= m; j += 8)
    for (int s = 0; s < 8; s++) least[s] = cost[j + s] < least[s] ? cost[j + s] : least[s];
  for (; j < m; j++) least[0] = cost[j] < least[0] ? cost[j] : least[0];
  for (int s = 1; s < 8; s++) least[0] = least[s] < least[0] ? least[s] : least[0];
  return least[0];
}

static double exact (const Acquisition *a, int n, const double *weight, int m, int j, const double *mu, const double *variance) {
  double means[COMPONENTS], sigmas[COMPONENTS];
  for (int k = 0; k < n; k++) {
    means[k] = mu[(size_t)k * (size_t)m + (size_t)j];
    sigmas[k] = sqrt(variance[(size_t)k * (size_t)m + (size_t)j]);
  }
  return acquisition_cost(a, n, weight, means, sigmas, NULL);
}

EXPONENTIAL_WIDE static void bounds (double kappa, int m, const double *mu, const double *variance, double *cost) {
  for (int j = 0; j < m; j++) cost[j] = mu[j] - kappa * sqrt(variance[j]);
}

/* Below this an improvement may have underflowed. */
static const double FAINT = 1e-200;

bool acquisition_ranks (const Acquisition *a, int n, const double *weight, int m, const double *mu,
                        const double *variance, double *rank) {
  if (a->kind == ACQUISITION_LCB && n == 1) {
    bounds(a->kappa, m, mu, variance, rank);
    return false;
  }
  if (a->kind == ACQUISITION_EI) {
    for (int j = 0; j < m; j++) rank[j] = 0;
    for (int k = 0; k < n; k++) {
      const size_t from = (size_t)k * (size_t)m;
      const double tau = a->error != NULL ? a->error[k] : 0;
      if (tau > 0) add_lesson(m, -weight[k], a->best, tau, mu + from, variance + from, rank);
      else add_improvement(m, -weight[k], a->best, mu + from, variance + from, rank);
    }
    if (-deepest(m, rank) > FAINT) return true;
  }
  for (int j = 0; j < m; j++) rank[j] = exact(a, n, weight, m, j, mu, variance);
  return false;
}

#include "decay.h"

#include <math.h>

int decay_room (int n) {
  return n + DECAY_LANES - 1;
}

void decay_center (DecaySeries *series, const double *values) {
  double count = 0, sum = 0, shift = 0, spread = 0;
  for (int i = 0; i < series->n; i++)
    if (series->w[i] > 0) {
      if (count == 0) {
        series->start = i;
        shift = values[i];
      }
      count++;
      sum += values[i] - shift;
    }
  series->count = count;
  series->mean = shift + sum / count;
  for (int i = 0; i < series->n; i++) {
    series->y[i] = series->w[i] > 0 ? values[i] - series->mean : 0;
    spread += series->y[i] * series->y[i];
  }
  series->spread = spread;
}

/* The sum of the lanes, pairwise. */
static double total (const double lane[DECAY_LANES]) {
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

/* Eight points side by side, each going in strides of eight by
 * g(i + 8) = g(i) exp(-8r) + (1 - exp(-8r)): no exponential per point, and the
 * processor works on all eight at once. */
Decay decay_project (const DecaySeries *series, double rate) {
  enum { K = DECAY_LANES };
  const double rise = -expm1(-rate), fall = 1 - rise;
  double g[K] = { 0 }, sum[K] = { 0 }, square[K] = { 0 }, product[K] = { 0 };
  for (int k = 1; k < K; k++) g[k] = g[k - 1] * fall + rise;
  const double rises = g[K - 1] * fall + rise, falls = 1 - rises;
  const double *y = series->y, *w = series->w;
  for (int i = series->start; i < series->n; i += K)
    for (int k = 0; k < K; k++) {
      const double weighted = w[i + k] * g[k];
      sum[k] += weighted;
      square[k] += weighted * g[k];
      product[k] += y[i + k] * g[k];
      g[k] = g[k] * falls + rises;
    }
  const double s = total(sum), q = total(square), p = total(product);
  Decay decay = { .rate = rate, .start = series->start, .mean = series->mean, .center = s / series->count };
  const double spread = q - s * decay.center;
  decay.residual = series->spread;
  if (spread > 1e-13 * q) {  /* else one point, or all g alike: rounding, no direction */
    decay.spread = spread;
    decay.slope = p / spread;
    decay.residual = fmax(0, series->spread - p * decay.slope);
  }
  return decay;
}

double decay_g (const Decay *decay, double t) {
  return -expm1(-decay->rate * (t - decay->start));
}

double decay_curve (const Decay *decay, double t) {
  return decay->slope == 0 ? decay->mean : decay->mean + decay->slope * (decay_g(decay, t) - decay->center);
}

double decay_asymptote (const Decay *decay) {
  return decay->mean + decay->slope * (1 - decay->center);
}

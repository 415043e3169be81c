#include "mixture.h"

#include <math.h>

static const double FAR = 9;  /* deviations beyond which a normal has nothing */

enum { BISECTIONS = 60 };

static double normal_below (double x) {
  return 0.5 * erfc(-x * 0.70710678118654752440);
}

double mixture_below (const Mixture *mixture, double x) {
  double sum = 0;
  for (int k = 0; k < mixture->n; k++) sum += mixture->weight[k] * normal_below((x - mixture->mean[k]) / mixture->sd[k]);
  return sum;
}

double mixture_quantile (const Mixture *mixture, double p) {
  double low = INFINITY, high = -INFINITY;
  for (int k = 0; k < mixture->n; k++) {
    low = fmin(low, mixture->mean[k] - FAR * mixture->sd[k]);
    high = fmax(high, mixture->mean[k] + FAR * mixture->sd[k]);
  }
  for (int i = 0; i < BISECTIONS; i++) {
    const double middle = 0.5 * (low + high);
    if (mixture_below(mixture, middle) < p) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

void mixture_moments (const Mixture *mixture, double *mean, double *sd) {
  double variance = 0;
  *mean = 0;
  for (int k = 0; k < mixture->n; k++) *mean += mixture->weight[k] * mixture->mean[k];
  for (int k = 0; k < mixture->n; k++) {
    const double away = mixture->mean[k] - *mean;
    variance += mixture->weight[k] * (mixture->sd[k] * mixture->sd[k] + away * away);
  }
  *sd = sqrt(variance);
}

/* E min(exp(power z), exp(power ceiling)) of one normal. */
static double capped (double mean, double sd, double ceiling, double power) {
  const double below = (ceiling - mean) / sd, tilted = below - power * sd;
  double inside = 0;
  if (tilted > -38) inside = exp(power * mean + 0.5 * power * power * sd * sd) * normal_below(tilted);
  return (isfinite(inside) ? inside : 0) + exp(power * ceiling) * normal_below(-below);
}

void mixture_exp_moments (const Mixture *mixture, double ceiling, double *mean, double *sd) {
  /* In units of exp(ceiling): the squares of large losses stay finite, of small ones above zero. */
  double first = 0, second = 0;
  for (int k = 0; k < mixture->n; k++) {
    first += mixture->weight[k] * capped(mixture->mean[k] - ceiling, mixture->sd[k], 0, 1);
    second += mixture->weight[k] * capped(mixture->mean[k] - ceiling, mixture->sd[k], 0, 2);
  }
  *mean = exp(ceiling) * first;
  *sd = exp(ceiling) * sqrt(fmax(second - first * first, 0));
}

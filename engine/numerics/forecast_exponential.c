/* forecast_exponential.c -- the exponential as one of the families that a forecast is mixed from. */
#include "forecast.h"

#include <math.h>
#include <stddef.h>

#include "forecast_inner.h"

static const double AGAINST = 15;       /* logarithm of the odds against an exponential beforehand */
static const double HORIZON = 10;       /* the slowest exponential: see expfit.h */
static const double TAIL = 4;           /* degrees of freedom of a window's surprise */
static const double LEAST_WEIGHT = 1e-6;
static const double LEAST_LEVEL = 1e-9; /* of the last level: an exponential may end at the bound itself */
static const double LEAST_SD = 1e-9;

enum { EARLY = 5, EARLY_LEAST = 8 };    /* it is tried on a fifth of the series, of so many losses at least */

void forecast_exponential (const Forecast *forecast, const Expfit *expfit, double step, double *mean, double *sd) {
  double loss, deviation;
  expfit_forecast(expfit, step, &loss, &deviation);
  if (forecast->lower > -INFINITY) {  /* the log-normal of that mean and deviation */
    const double level = fmax(loss - forecast->lower, LEAST_LEVEL * forecast->shift), variance = log1p(pow(deviation / level, 2));
    *mean = log(level) - 0.5 * variance;
    *sd = fmax(sqrt(variance), LEAST_SD);
  } else {
    *mean = (loss - forecast->shift) / forecast->scale;
    *sd = fmax(deviation / forecast->scale, LEAST_SD);
  }
}

void forecast_mix_exponential (const Forecast *forecast, double step, Mixture *mixture) {
  for (int k = 0; k < mixture->n; k++) mixture->weight[k] *= 1 - forecast->exponential;
  const int k = mixture->n++;
  mixture->weight[k] = forecast->exponential;
  forecast_exponential(forecast, &forecast->expfit, step, &mixture->mean[k], &mixture->sd[k]);
}

/* The logarithm of the density that a mixture, seen through noise, gives to z; Student's around each part. */
static double log_density (const Mixture *mixture, double z, double noise) {
  double sum = 0;
  for (int k = 0; k < mixture->n; k++) {
    const double variance = mixture->sd[k] * mixture->sd[k] + noise, away = z - mixture->mean[k];
    sum += mixture->weight[k] / sqrt(variance) * pow(1 + away * away / variance / TAIL, -0.5 * (TAIL + 1));
  }
  return log(fmax(sum, 1e-300));
}

/* By how much, in logarithms, the exponential foretells the windows after 'early' losses better than the curves. */
static double lead (const Forecast *early, const Expfit *expfit, const Windows *windows) {
  const bool bounded = early->lower > -INFINITY;
  double sum = 0;
  for (int w = 0; w < windows->count; w++) {
    if (windows->first[w] < early->length || windows->size[w] == 0) continue;
    const double step = early->first + (windows->time[w] - 1) * early->stride;
    const double z = bounded ? log(windows->level[w]) : (windows->level[w] - early->shift) / early->scale;
    const double noise = windows->noise * windows->inflation / windows->size[w] / (bounded ? 1 : early->scale * early->scale);
    const Mixture curves = forecast_futures(early->curve, early->length, early->collapse, windows->time[w]);
    Mixture alone = { .n = 1, .weight = { 1 } };
    forecast_exponential(early, expfit, step, &alone.mean[0], &alone.sd[0]);
    sum += log_density(&alone, z, noise) - log_density(&curves, z, noise);
  }
  return sum;
}

Status forecast_add_exponential (Forecast *forecast, const ForecastOptions *options, int n, const double *losses,
                                 const Windows *windows) {
  const int early_n = n / EARLY;
  if (early_n < EARLY_LEAST) return STATUS_OK;
  ExpfitOptions fit = { .first = options->first, .stride = options->stride, .lower = options->lower, .horizon = HORIZON * EARLY };
  Forecast early;
  Expfit expfit;
  Windows early_windows;
  Status status = forecast_fit_curves(&early, options, early_n, losses, &early_windows);
  if (status == STATUS_OK) status = expfit_bounded(&expfit, &fit, early_n, losses);
  if (status != STATUS_OK) return status == STATUS_TOO_FEW ? STATUS_OK : status;
  const double weight = 1 / (1 + exp(AGAINST - lead(&early, &expfit, windows)));
  if (!(weight > LEAST_WEIGHT)) return STATUS_OK;
  fit.horizon = HORIZON;
  status = expfit_bounded(&forecast->expfit, &fit, n, losses);
  if (status == STATUS_OK) forecast->exponential = weight;
  return status;
}

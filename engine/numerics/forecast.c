#include "forecast.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "forecast_inner.h"
#include "windows.h"

static const double CLOCKS[] = { 0, 0.2, 1 };                 /* in lengths of the series */
static const double DAMPINGS[] = { 1, 2, 4 };                 /* per e-fold of time */
static const double WANDERS[] = { 0.15, 0.3, 0.6, 1.2 };      /* of the slope, per root of an e-fold */
static const double COLLAPSE = -0.8;    /* further exponent of a training that learns its data by heart */
static const double COLLAPSES = 1.0 / 3;
static const double SLOPE = 0.5;        /* standard deviation of the first slope, at least */
static const double FLAT = 9;           /* weight of the flat curve beside each other's 1: a fifth of all */
static const double TAIL = 4;           /* degrees of freedom by which one window may stray */
static const double LEAST_WEIGHT = 1e-6;  /* of the best: what has less is not followed further */
static const double LEAST_SD = 1e-9;

enum {
  CLOCK_COUNT = sizeof CLOCKS / sizeof *CLOCKS,
  DAMPING_COUNT = sizeof DAMPINGS / sizeof *DAMPINGS,
  WANDER_COUNT = sizeof WANDERS / sizeof *WANDERS
};

_Static_assert(CLOCK_COUNT * DAMPING_COUNT * WANDER_COUNT + 1 == FORECAST_CURVES, "every combination has its curve, and one is flat");
_Static_assert(2 * FORECAST_RATED + 1 <= MIXTURE_MAX, "every curve has two futures, the exponential one");

bool forecast_options_good (const ForecastOptions *options) {
  return isfinite(options->first) && options->stride > 0 && isfinite(options->stride) && options->lower < INFINITY;
}

/* ---- one curve: a Kalman filter ---- */

void forecast_pass (ForecastCurve *c, double u) {
  if (!(u > 0)) return;
  const double k = c->damping, q = c->wander * c->wander;
  const double fall = exp(-k * u), gone = -expm1(-k * u), reach = gone / k, both = gone * (1 + fall) / (2 * k);
  c->z += reach * c->s;
  c->s *= fall;
  c->zz += 2 * reach * c->zs + reach * reach * c->ss + q * fmax(u - 2 * reach + both, 0) / (k * k);
  c->zs = fall * (c->zs + reach * c->ss) + q * 0.5 * reach * reach;
  c->ss = fall * fall * c->ss + q * both;
}

/* See a level; returns the logarithm of its likelihood. A window that strays is believed less: Student's distribution. */
static double see (ForecastCurve *c, double z, double variance) {
  const double spread = c->zz + variance, away = z - c->z, squared = away * away / spread;
  const double trust = fmin((TAIL + 1) / (TAIL + squared), 1);
  const double gain_z = trust * c->zz / spread, gain_s = trust * c->zs / spread;
  c->z += gain_z * away;
  c->s += gain_s * away;
  c->ss -= gain_s * c->zs;
  c->zs -= gain_z * c->zs;
  c->zz -= gain_z * c->zz;
  return -0.5 * log(spread) - 0.5 * (TAIL + 1) * log1p(squared / TAIL);
}

double forecast_follow (ForecastCurve *c, const Track *track) {
  double u = log(track->time[0] + c->clock), evidence = 0;
  c->z = track->z[0] - c->drift * u;
  c->zz = track->variance[0];
  c->s = c->zs = 0;
  c->ss = c->wander > 0 ? fmax(SLOPE * SLOPE, c->wander * c->wander / (2 * c->damping)) : 0;
  for (int w = 1; w < track->count; w++) {
    const double next = log(track->time[w] + c->clock);
    forecast_pass(c, next - u);
    u = next;
    evidence += see(c, track->z[w] - c->drift * u, track->variance[w]);
  }
  return evidence;
}

/* ---- all curves ---- */

/* Combination k; the last one is flat. */
static ForecastCurve combination (int k, int n, double drift) {
  if (k == FORECAST_CURVES - 1) return (ForecastCurve){ .damping = 1 };
  return (ForecastCurve){
    .clock = CLOCKS[k / (DAMPING_COUNT * WANDER_COUNT)] * n,
    .drift = drift,
    .damping = DAMPINGS[k / WANDER_COUNT % DAMPING_COUNT],
    .wander = WANDERS[k % WANDER_COUNT],
  };
}

void forecast_share (int count, ForecastCurve *curve) {
  double most = -INFINITY, sum = 0;
  for (int k = 0; k < count; k++) most = fmax(most, curve[k].weight);
  for (int k = 0; k < count; k++) {
    const double weight = exp(curve[k].weight - most);
    sum += curve[k].weight = weight < LEAST_WEIGHT ? 0 : weight;
  }
  for (int k = 0; k < count; k++) curve[k].weight /= sum;
}

void forecast_weigh (ForecastCurve *curve, int n, double drift, const Track *track) {
  for (int k = 0; k < FORECAST_CURVES; k++) {
    ForecastCurve *c = &curve[k];
    *c = combination(k, n, drift);
    c->weight = forecast_follow(c, track) + (k == FORECAST_CURVES - 1 ? log(FLAT) : 0);
    forecast_pass(c, log(n + c->clock) - log(track->time[track->count - 1] + c->clock));
  }
  forecast_share(FORECAST_CURVES, curve);
}

void forecast_add_future (Mixture *mixture, ForecastCurve c, double u, double raise, double later, double collapse) {
  for (int collapses = 0; collapses < (collapse > 0 ? 2 : 1); collapses++) {
    const int k = mixture->n++;
    mixture->weight[k] = c.weight * (collapses ? collapse : 1 - collapse);
    mixture->mean[k] = c.z + c.drift * u + raise + (collapses ? COLLAPSE * later : 0);
    mixture->sd[k] = fmax(sqrt(c.zz), LEAST_SD);
  }
}

Mixture forecast_futures (const ForecastCurve *curve, int n, double collapse, double t) {
  Mixture mixture = { .n = 0 };
  for (int k = 0; k < FORECAST_CURVES; k++) {
    ForecastCurve c = curve[k];
    if (c.weight == 0) continue;
    const double u = log(t + c.clock);
    forecast_pass(&c, u - log(n + c.clock));
    forecast_add_future(&mixture, c, u, 0, log(t / n), collapse);
  }
  return mixture;
}

/* ---- one series ---- */

/* Levels become z; without a lower bound they are counted from the last, in units of their spread. */
static void set_scale (Forecast *forecast, const Windows *windows) {
  double low = INFINITY, high = -INFINITY;
  for (int w = 0; w < windows->count; w++)
    if (windows->size[w] > 0) {
      forecast->shift = windows->level[w];
      low = fmin(low, windows->level[w]);
      high = fmax(high, windows->level[w]);
    }
  forecast->scale = hypot(high - low, sqrt(windows->noise)) + DBL_MIN;
  forecast->ceiling = 1 + (forecast->lower > -INFINITY ? log(high) : 0);
}

void forecast_make_track (const Forecast *forecast, const Windows *windows, Track *track) {
  const bool bounded = forecast->lower > -INFINITY;
  track->count = 0;
  for (int w = 0; w < windows->count; w++)
    if (windows->size[w] > 0) {
      const double one = windows->noise * windows->inflation / windows->size[w];
      const int k = track->count++;
      track->time[k] = windows->time[w];
      track->z[k] = bounded ? log(windows->level[w]) : (windows->level[w] - forecast->shift) / forecast->scale;
      track->variance[k] = bounded ? log1p(one) : one / (forecast->scale * forecast->scale);
    }
}

void forecast_begin (Forecast *forecast, const ForecastOptions *options, int n, const Windows *windows) {
  const bool bounded = options->lower > -INFINITY;
  *forecast = (Forecast){
    .used = windows->used, .length = n, .first = options->first, .stride = options->stride, .lower = options->lower,
    .collapse = bounded && !options->fresh ? COLLAPSES : 0,
  };
  set_scale(forecast, windows);
  forecast->noise = sqrt(windows->noise) * (bounded ? forecast->shift : 1);
}

Status forecast_fit_curves (Forecast *forecast, const ForecastOptions *options, int n, const double *losses, Windows *windows) {
  const Status status = windows_condense(windows, options->lower, n, losses, NULL);
  if (status != STATUS_OK) return status;
  forecast_begin(forecast, options, n, windows);
  forecast->count = FORECAST_CURVES;
  double time[WINDOWS_MAX], z[WINDOWS_MAX], variance[WINDOWS_MAX];
  Track track = { .time = time, .z = z, .variance = variance };
  forecast_make_track(forecast, windows, &track);
  forecast_weigh(forecast->curve, n, options->lower > -INFINITY ? FORECAST_DRIFT : 0, &track);
  return STATUS_OK;
}

Status forecast_fit (Forecast *forecast, const ForecastOptions *options, int n, const double *losses) {
  if (n < 0 || !forecast_options_good(options)) return STATUS_BAD_ARGUMENT;
  if (n == 0) return STATUS_TOO_FEW;
  Windows windows;
  const Status status = forecast_fit_curves(forecast, options, n, losses, &windows);
  return status != STATUS_OK ? status : forecast_add_exponential(forecast, options, n, losses, &windows);
}

static Mixture futures_at (const Forecast *forecast, const ForecastAhead *ahead, double step) {
  const double t = fmax((step - forecast->first) / forecast->stride + 1, forecast->length);
  if (forecast->reference > 0) return forecast_rated_futures(forecast, ahead, (t - forecast->length) * forecast->stride);
  Mixture mixture = forecast_futures(forecast->curve, forecast->length, forecast->collapse, t);
  if (forecast->exponential > 0)
    forecast_mix_exponential(forecast, forecast->first + (t - 1) * forecast->stride, &mixture);
  return mixture;
}

void forecast_moments (const Forecast *forecast, const ForecastAhead *ahead, double step, double *mean, double *sd) {
  const Mixture mixture = futures_at(forecast, ahead, step);
  if (forecast->lower > -INFINITY) {
    mixture_exp_moments(&mixture, forecast->ceiling, mean, sd);
    *mean += forecast->lower;
    return;
  }
  mixture_moments(&mixture, mean, sd);
  *mean = forecast->shift + forecast->scale * *mean;
  *sd *= forecast->scale;
}

double forecast_quantile (const Forecast *forecast, const ForecastAhead *ahead, double step, double p) {
  const Mixture mixture = futures_at(forecast, ahead, step);
  const double z = mixture_quantile(&mixture, p);
  return forecast->lower > -INFINITY ? forecast->lower + exp(z) : forecast->shift + forecast->scale * z;
}

double forecast_below (const Forecast *forecast, const ForecastAhead *ahead, double step, double loss) {
  const Mixture mixture = futures_at(forecast, ahead, step);
  if (forecast->lower == -INFINITY) return mixture_below(&mixture, (loss - forecast->shift) / forecast->scale);
  return loss > forecast->lower ? mixture_below(&mixture, log(loss - forecast->lower)) : 0;
}

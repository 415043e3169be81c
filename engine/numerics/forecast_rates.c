/* forecast_rates.c -- forecasts of a training whose rate changes.
 *
 * Two things are added to the curves of forecast.h. Time passes by the rate: S = sum of rate^q, where q is 1 (the sum of rates,
 * as in the multi-power law of arXiv 2503.12811) or 1/2. And the noise of the steps lifts the loss by a share that goes
 * with the rate, and with it:
 *
 *     z = curve(log(S + clock)) + log(1 + share R / reference),    dR = (rate - R) dS / (MEMORY length)
 *
 * where R is the rate as the weights have followed it. A constant rate says nothing of the share: then each counts as it did
 * beforehand (BELIEF), and what a decay will bring is as uncertain as that. A series in which the rate rose or fell tells them apart, by
 * the evidence. The unit of the rate does not matter. */
#include "forecast.h"

#include <math.h>
#include <stddef.h>

#include "forecast_inner.h"
#include "mem.h"
#include "windows.h"

static const double POWERS[FORECAST_PACES] = { 1, 0.5 };
static const double SHARES[] = { 0, 0.1, 0.3, 1, 3 };
static const double BELIEF[] = { 0.25, 0.5, 1, 1, 0.5 };  /* in each share beforehand */
static const double CLOCKS[] = { 0, 0.2, 1 };              /* in lengths of the series, as in forecast.c */
static const double WANDERS[] = { 0.15, 0.3, 0.6, 1.2 };
static const double DAMPING = 1;
static const double FLAT = 9.0 / 3;      /* weight of the flat curve beside each other's 1: a fifth of all */
static const double MEMORY = 0.03;       /* of the noise: in lengths of the series */
static const double LEAST_TIME = 1e-9;   /* of the length: a rate of 0 at first */

enum {
  CLOCK_COUNT = sizeof CLOCKS / sizeof *CLOCKS,
  WANDER_COUNT = sizeof WANDERS / sizeof *WANDERS,
  SHARE_COUNT = sizeof SHARES / sizeof *SHARES,
  KINDS = CLOCK_COUNT * WANDER_COUNT + 1  /* curves of one pace and share; the last one is flat */
};

_Static_assert(FORECAST_PACES * SHARE_COUNT * KINDS == FORECAST_RATED, "every combination has its curve");

/* 'time' passes at a rate, in units of the reference. */
static ForecastPlace go (ForecastPlace place, double time, double rate, double length) {
  return (ForecastPlace){
    .time = place.time + time,
    .relaxed = rate + (place.relaxed - rate) * exp(-time / (MEMORY * length)),
  };
}

/* By how much z lies higher for the noise. */
static double lift (const Forecast *forecast, double share, double relaxed) {
  return forecast->lower > -INFINITY ? log1p(share * relaxed) : share * relaxed;
}

/* Places after each loss, so that the time at the end is the number of losses. */
static void walk (Forecast *forecast, int p, const double *rates, ForecastPlace *place) {
  const int n = forecast->length;
  ForecastPace *pace = &forecast->pace[p];
  double sum = 0;
  for (int i = 0; i < n; i++) sum += pow(rates[i] / forecast->reference, POWERS[p]);
  pace->unit = n / sum;
  ForecastPlace here = { 0, rates[0] / forecast->reference };
  for (int i = 0; i < n; i++) {
    const double rate = rates[i] / forecast->reference;
    place[i] = here = go(here, pace->unit * pow(rate, POWERS[p]), rate, n);
  }
  pace->time = n;
  pace->relaxed = here.relaxed;
}

/* The same in the windows: the geometric mean of times, the mean of lifts. */
static void place_windows (const Forecast *forecast, const Windows *windows, const double *losses, const ForecastPlace *place,
                           double share, double *time, double *raise) {
  for (int w = 0, k = 0; w < windows->count; w++) {
    if (windows->size[w] == 0) continue;
    double times = 0, lifts = 0;
    for (int i = windows->first[w]; i < windows->first[w + 1]; i++)
      if (windows_counts(losses[i])) {
        times += log(fmax(place[i].time, LEAST_TIME * forecast->length));
        lifts += lift(forecast, share, place[i].relaxed);
      }
    time[k] = exp(times / windows->size[w]);
    raise[k++] = lifts / windows->size[w];
  }
}

static ForecastCurve combination (const Forecast *forecast, int p, int share, int kind) {
  ForecastCurve c = { .pace = p, .share = SHARES[share], .damping = DAMPING };
  if (kind == KINDS - 1) return c;
  c.clock = CLOCKS[kind / WANDER_COUNT] * forecast->length;
  c.wander = WANDERS[kind % WANDER_COUNT];
  c.drift = forecast->lower > -INFINITY ? FORECAST_DRIFT : 0;
  return c;
}

static void weigh (Forecast *forecast, const Windows *windows, const double *losses, const double *rates, ForecastPlace *place) {
  double time[WINDOWS_MAX], z[WINDOWS_MAX], variance[WINDOWS_MAX], raise[WINDOWS_MAX], levels[WINDOWS_MAX];
  Track track = { .time = time, .z = levels, .variance = variance };
  forecast_make_track(forecast, windows, &track);
  track.z = z;
  for (int p = 0; p < FORECAST_PACES; p++) {
    walk(forecast, p, rates, place);
    for (int share = 0; share < SHARE_COUNT; share++) {
      place_windows(forecast, windows, losses, place, SHARES[share], time, raise);
      for (int w = 0; w < track.count; w++) z[w] = levels[w] - raise[w];
      for (int kind = 0; kind < KINDS; kind++) {
        ForecastCurve *c = &forecast->curve[forecast->count++];
        *c = combination(forecast, p, share, kind);
        c->weight = forecast_follow(c, &track) + log(BELIEF[share] * (kind == KINDS - 1 ? FLAT : 1));
        forecast_pass(c, log(forecast->length + c->clock) - log(time[track.count - 1] + c->clock));
      }
    }
  }
  forecast_share(forecast->count, forecast->curve);
}

Status forecast_fit_rates (Forecast *forecast, const ForecastOptions *options, int n, const double *losses, const double *rates) {
  if (n < 0 || !forecast_options_good(options)) return STATUS_BAD_ARGUMENT;
  double reference = 0;
  for (int i = 0; i < n; i++) {
    if (!(rates[i] >= 0 && isfinite(rates[i]))) return STATUS_BAD_ARGUMENT;
    reference = fmax(reference, rates[i]);
  }
  if (n == 0) return STATUS_TOO_FEW;
  if (reference == 0) return STATUS_BAD_ARGUMENT;
  Windows windows;
  const Status status = windows_condense(&windows, options->lower, n, losses, NULL);
  if (status != STATUS_OK) return status;
  ForecastPlace *place = mem_alloc((size_t)n, sizeof *place);
  if (place == NULL) return STATUS_NO_MEMORY;
  forecast_begin(forecast, options, n, &windows);
  forecast->reference = reference;
  forecast->last = rates[n - 1];
  weigh(forecast, &windows, losses, rates, place);
  mem_free(place);
  return STATUS_OK;
}

/* ---- ahead ---- */

/* From 'place' on, 'steps' at one rate. */
static ForecastPlace hold (const Forecast *forecast, int p, ForecastPlace place, double rate, double steps) {
  const double relative = rate / forecast->reference;
  const double time = forecast->pace[p].unit * pow(relative, POWERS[p]) * steps / forecast->stride;
  return go(place, time, relative, forecast->length);
}

void forecast_look_ahead (ForecastAhead *ahead, const Forecast *forecast, const double *rates) {
  for (int p = 0; p < FORECAST_PACES; p++) {
    ForecastPlace *place = ahead->place + (size_t)p * ((size_t)ahead->n + 1);
    place[0] = (ForecastPlace){ forecast->pace[p].time, forecast->pace[p].relaxed };
    for (int i = 0; i < ahead->n; i++) place[i + 1] = hold(forecast, p, place[i], rates[i], 1);
  }
  ahead->last = ahead->n > 0 ? rates[ahead->n - 1] : forecast->last;
}

ForecastPlace forecast_place (const Forecast *forecast, const ForecastAhead *ahead, int p, double steps) {
  const ForecastPlace now = { forecast->pace[p].time, forecast->pace[p].relaxed };
  if (ahead == NULL || ahead->n == 0) return hold(forecast, p, now, forecast->last, steps);
  const ForecastPlace *place = ahead->place + (size_t)p * ((size_t)ahead->n + 1);
  if (steps >= ahead->n) return hold(forecast, p, place[ahead->n], ahead->last, steps - ahead->n);
  const int i = (int)steps;
  const double part = steps - i;
  return (ForecastPlace){
    .time = place[i].time + part * (place[i + 1].time - place[i].time),
    .relaxed = place[i].relaxed + part * (place[i + 1].relaxed - place[i].relaxed),
  };
}

Mixture forecast_rated_futures (const Forecast *forecast, const ForecastAhead *ahead, double steps) {
  const double n = forecast->length;
  Mixture mixture = { .n = 0 };
  ForecastPlace place[FORECAST_PACES];
  for (int p = 0; p < FORECAST_PACES; p++) place[p] = forecast_place(forecast, ahead, p, steps);
  for (int k = 0; k < forecast->count; k++) {
    ForecastCurve c = forecast->curve[k];
    if (c.weight == 0) continue;
    const ForecastPlace at = place[c.pace];
    const double u = log(at.time + c.clock);
    forecast_pass(&c, u - log(n + c.clock));
    forecast_add_future(&mixture, c, u, lift(forecast, c.share, at.relaxed), log(at.time / n), forecast->collapse);
  }
  return mixture;
}

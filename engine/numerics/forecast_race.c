/* forecast_race.c -- which of several candidates, trained on the same batches, will be the best. */
#include "forecast.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "forecast_inner.h"
#include "mem.h"
#include "select.h"
#include "windows.h"

enum { CELLS = 96 };     /* of the integral over the winner's distance */

/* One candidate that still runs. */
typedef struct Runner {
  int index;             /* its place in the caller's list */
  double *z;             /* [WINDOWS_MAX] level of each window; nan where it has none */
  double *residual;      /* [n] of each loss, in the unit of z */
  double late;           /* mean z over the last half */
  Mixture future;        /* of its distance from the reference */
  double below, inside, beyond;  /* P(distance): up to the end of a cell, in it, past its middle */
} Runner;

typedef struct Race {
  int n, count;          /* losses of each; runners */
  Runner *runner;
  double *numbers;       /* what the runners' arrays lie in, and the reference's: z, then residuals */
  Windows windows;       /* of the last one condensed: cuts and times are the same for all */
  double *reference, *common;
} Race;

static bool runs (int n, const double *losses) {
  return isfinite(losses[n - 1]);
}

static void end (Race *race) {
  mem_free(race->numbers);
  mem_free(race->runner);
}

static Status begin (Race *race, int m, int n) {
  const size_t each = (size_t)n + WINDOWS_MAX;
  race->n = n;
  race->runner = mem_alloc((size_t)m, sizeof *race->runner);
  race->numbers = mem_alloc(each * ((size_t)m + 1) + (size_t)m, sizeof *race->numbers);
  if (race->runner == NULL || race->numbers == NULL) return STATUS_NO_MEMORY;
  for (int k = 0; k < m; k++) {
    race->runner[k].z = race->numbers + (size_t)k * each;
    race->runner[k].residual = race->runner[k].z + WINDOWS_MAX;
  }
  race->reference = race->numbers + (size_t)m * each;
  race->common = race->reference + WINDOWS_MAX;
  return STATUS_OK;
}

/* Condense one series into the next runner. */
static Status enter (Race *race, int index, double lower, const double *losses) {
  Runner *runner = &race->runner[race->count];
  const Status status = windows_condense(&race->windows, lower, race->n, losses, runner->residual);
  if (status != STATUS_OK) return status;
  double sum = 0;
  int late = 0;
  for (int w = 0; w < race->windows.count; w++) {
    const bool some = race->windows.size[w] > 0;
    runner->z[w] = !some ? NAN : lower > -INFINITY ? log(race->windows.level[w]) : race->windows.level[w];
    if (some && 2 * race->windows.first[w + 1] > race->n) {
      sum += runner->z[w];
      late++;
    }
  }
  runner->late = sum / late;  /* the last loss is finite, so there is a window */
  runner->index = index;
  race->count++;
  return STATUS_OK;
}

/* The mean of those that are now in the better half: z by window, residual by loss. */
static void set_reference (Race *race, double *scratch) {
  for (int k = 0; k < race->count; k++) scratch[k] = race->runner[k].late;
  const double limit = select_smallest(race->count, scratch, (race->count - 1) / 2);
  int in = 0;
  for (int w = 0; w < WINDOWS_MAX; w++) race->reference[w] = 0;
  for (int i = 0; i < race->n; i++) race->common[i] = 0;
  for (int k = 0; k < race->count; k++) {
    const Runner *runner = &race->runner[k];
    if (runner->late > limit) continue;
    in++;
    for (int w = 0; w < race->windows.count; w++) race->reference[w] += (runner->z[w] - race->reference[w]) / in;
    for (int i = 0; i < race->n; i++) race->common[i] += (runner->residual[i] - race->common[i]) / in;
  }
}

/* Variance of one loss around a runner's distance from the reference. */
static double noise_apart (const Race *race, const Runner *runner, double unit) {
  double sum = 1e-4 * unit * unit, freedom = 1;
  for (int i = 0; i < race->n; i++) {
    const double apart = runner->residual[i] - race->common[i];
    if (!isfinite(apart)) continue;
    sum += apart * apart;
    freedom++;
  }
  return sum / freedom;
}

static double spread (const Race *race) {
  double low = INFINITY, high = -INFINITY;
  for (int w = 0; w < race->windows.count; w++) {
    low = fmin(low, race->reference[w]);
    high = fmax(high, race->reference[w]);
  }
  return high > low ? high - low : 1;
}

/* The distribution of a runner's distance from the reference at time t, in 'unit'; returns what is expected of it. A loss
 * more than e times the highest seen counts as that. */
static double run (const Race *race, Runner *runner, bool bounded, double unit, double t) {
  double time[WINDOWS_MAX], z[WINDOWS_MAX], variance[WINDOWS_MAX];
  Track track = { .time = time, .z = z, .variance = variance };
  ForecastCurve curve[FORECAST_CURVES];
  const double noise = noise_apart(race, runner, unit) * race->windows.inflation / (unit * unit);
  double highest = -INFINITY, mean, sd;
  for (int w = 0; w < race->windows.count; w++) {
    const double apart = runner->z[w] - race->reference[w];
    if (!isfinite(apart)) continue;
    time[track.count] = race->windows.time[w];
    z[track.count] = apart / unit;
    highest = fmax(highest, z[track.count]);
    variance[track.count++] = noise / race->windows.size[w];
  }
  forecast_weigh(curve, race->n, 0, &track);
  runner->future = forecast_futures(curve, race->n, 0, t);
  if (bounded) mixture_exp_moments(&runner->future, highest + 1, &mean, &sd);
  else mixture_moments(&runner->future, &mean, &sd);
  return mean * unit;
}

/* P(k is the lowest) = sum over cells of P(k in the cell) prod P(j beyond it), where one in the same cell counts half. */
static void integrate (const Race *race, double *best) {
  double low = INFINITY, high = INFINITY, sum = 0;
  for (int k = 0; k < race->count; k++) {
    low = fmin(low, mixture_quantile(&race->runner[k].future, 1e-4));
    high = fmin(high, mixture_quantile(&race->runner[k].future, 1 - 1e-4));  /* nobody wins beyond somebody's end */
  }
  for (int k = 0; k < race->count; k++) race->runner[k].below = 0;
  for (int i = 1; i <= CELLS; i++) {
    double none = 1;
    for (int k = 0; k < race->count; k++) {
      Runner *runner = &race->runner[k];
      const double below = i == CELLS ? 1 : mixture_below(&runner->future, low + (high - low) * i / CELLS);
      runner->inside = below - runner->below;
      runner->beyond = fmax(1 - 0.5 * (below + runner->below), 1e-300);
      runner->below = below;
      none *= runner->beyond;
    }
    for (int k = 0; k < race->count; k++) best[race->runner[k].index] += race->runner[k].inside * none / race->runner[k].beyond;
  }
  for (int k = 0; k < race->count; k++) sum += best[race->runner[k].index];
  for (int k = 0; k < race->count; k++) best[race->runner[k].index] /= sum;
}

static bool rates_good (int m, const double *rates) {
  for (int k = 0; k < m && rates != NULL; k++)
    if (!(rates[k] > 0 && isfinite(rates[k]))) return false;
  return true;
}

Status forecast_race (double *best, double *expected, const ForecastOptions *options, const double *rates, int m, int n,
                      const double *const *losses, double step) {
  if (m < 1 || n < 0 || !forecast_options_good(options) || !isfinite(step) || !rates_good(m, rates)) return STATUS_BAD_ARGUMENT;
  if (n == 0) return STATUS_TOO_FEW;
  Race race = { .count = 0 };
  Status status = begin(&race, m, n);
  for (int k = 0; k < m && status == STATUS_OK; k++) {
    best[k] = 0;
    expected[k] = INFINITY;
    if (runs(n, losses[k])) status = enter(&race, k, options->lower, losses[k]);
  }
  if (status == STATUS_OK && race.count == 0) status = STATUS_TOO_FEW;
  if (status == STATUS_OK) {
    const double t = fmax((step - options->first) / options->stride + 1, n);
    set_reference(&race, race.numbers + ((size_t)n + WINDOWS_MAX) * ((size_t)m + 1));
    const bool bounded = options->lower > -INFINITY;
    const double unit = bounded ? 1 : spread(&race);
    for (int k = 0; k < race.count; k++)
      expected[race.runner[k].index] = run(&race, &race.runner[k], bounded, unit, t);
    integrate(&race, best);
    if (rates != NULL) status = forecast_tell_rates(options, rates, m, n, losses, step, unit, expected);
  }
  end(&race);
  return status;
}

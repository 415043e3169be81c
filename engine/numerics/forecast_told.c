/* forecast_told.c -- what is expected of the candidates of a race whose rates are told: the mean of four forecasts.
 *
 * Three look at a candidate alone or beside the others: its level now (the last quarter), its own forecast, and the race's, which
 * want some losses to be worth more than the level. What they say is read where the best rate will have moved
 * (forecast_neighbours.c). The fourth, with a quarter of the weight, is the law that the candidates share (forecast_law.c). All
 * are in ln(loss), from where their lowest is. */
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "forecast_inner.h"
#include "mem.h"
#include "windows.h"

static const double LAW = 0.25;  /* the law's share */

enum { LEAST_LOSSES = 40 };      /* of a forecast that is asked; with fewer, the level alone speaks */

double forecast_level (double lower, int first, int end, const double *losses) {
  const bool bounded = lower > -INFINITY;
  double sum = 0;
  int count = 0;
  for (int i = first; i < end; i++)
    if (windows_counts(losses[i])) {
      sum += bounded ? fmax(losses[i] - lower, 0) : losses[i];
      count++;
    }
  return count > 0 ? sum / count : NAN;
}

typedef struct Told {
  const ForecastOptions *options;
  const double *rates, *const *losses;
  int m, n;
  double step, longer;
  double unit;           /* of z, without a bound */
  double *z, *opinion;   /* [m]; infinite where a candidate diverged */
} Told;

static double z_of (const Told *told, double level) {
  return told->options->lower > -INFINITY ? log(fmax(level, DBL_MIN)) : level / told->unit;
}

static double level_since (const Told *told, int k, int first) {
  return z_of(told, forecast_level(told->options->lower, first, told->n, told->losses[k]));
}

/* z += share (opinion - its lowest). */
static void weigh_in (const Told *told, double share) {
  double least = INFINITY;
  for (int k = 0; k < told->m; k++)
    if (told->z[k] < INFINITY) least = fmin(least, told->opinion[k]);
  for (int k = 0; k < told->m; k++)
    if (told->z[k] < INFINITY) told->z[k] += share * (told->opinion[k] - least);
}

static void ask_now (const Told *told, double share) {
  for (int k = 0; k < told->m; k++)
    if (told->z[k] < INFINITY) told->opinion[k] = level_since(told, k, told->n - (told->n + 3) / 4);
  weigh_in(told, share);
}

static Status ask_own (const Told *told, double share) {
  const double lower = told->options->lower;
  for (int k = 0; k < told->m; k++) {
    Forecast alone;
    double mean, sd;
    if (told->z[k] == INFINITY) continue;
    const Status status = forecast_fit(&alone, told->options, told->n, told->losses[k]);
    if (status != STATUS_OK) return status;
    forecast_moments(&alone, NULL, told->step, &mean, &sd);
    told->opinion[k] = z_of(told, mean - (lower > -INFINITY ? lower : 0));
  }
  weigh_in(told, share);
  return STATUS_OK;
}

/* How far the best is ahead of the lowest rate. */
static double ahead (const Told *told) {
  double best = INFINITY, slowest = 0, lowest = INFINITY;
  for (int k = 0; k < told->m; k++) {
    if (told->z[k] == INFINITY) continue;
    const double late = level_since(told, k, told->n / 2);
    best = fmin(best, late);
    if (told->rates[k] < lowest) {
      lowest = told->rates[k];
      slowest = late;
    }
  }
  return slowest - best;
}

/* The law's opinion, where it has one. */
static Status ask_law (const Told *told) {
  const double lower = told->options->lower;
  if (lower == -INFINITY) return STATUS_OK;
  const Status status = forecast_by_law(told->opinion, told->rates, told->m, told->n, lower, told->longer, told->losses);
  if (status != STATUS_OK) return status == STATUS_NO_MEMORY ? status : STATUS_OK;
  double least = INFINITY;
  for (int k = 0; k < told->m; k++) least = fmin(least, told->z[k]);
  for (int k = 0; k < told->m; k++) {
    told->opinion[k] = log(fmax(told->opinion[k], DBL_MIN));
    told->z[k] = (1 - LAW) * (told->z[k] - least);
  }
  weigh_in(told, LAW);
  return STATUS_OK;
}

Status forecast_tell_rates (const ForecastOptions *options, const double *rates, int m, int n, const double *const *losses,
                            double step, double unit, double *expected) {
  const bool bounded = options->lower > -INFINITY;
  const double share = n < LEAST_LOSSES ? 0 : 1.0 / 3;
  double least = INFINITY;
  double *numbers = mem_alloc(2 * (size_t)m, sizeof *numbers);
  if (numbers == NULL) return STATUS_NO_MEMORY;
  Told told = { .options = options, .rates = rates, .losses = losses, .m = m, .n = n, .step = step, .unit = unit,
                .longer = fmax((step - options->first) / options->stride + 1, n) / n, .z = numbers, .opinion = numbers + m };
  for (int k = 0; k < m; k++) {
    told.z[k] = expected[k] == INFINITY ? INFINITY : 0;
    told.opinion[k] = expected[k] == INFINITY ? INFINITY : z_of(&told, expected[k]);
    least = fmin(least, told.opinion[k]);
  }
  weigh_in(&told, share);
  ask_now(&told, 1 - 2 * share);
  Status status = share > 0 ? ask_own(&told, share) : STATUS_OK;
  if (status == STATUS_OK) status = forecast_ask_neighbours(m, rates, forecast_shift(told.longer, ahead(&told)), 1, told.z);
  if (status == STATUS_OK) status = ask_law(&told);
  for (int k = 0; k < m; k++) expected[k] = bounded ? exp(told.z[k] + least) : (told.z[k] + least) * unit;
  mem_free(numbers);
  return status;
}

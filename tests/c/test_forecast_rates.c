#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mem_rigged.h"
#include "numerics/forecast.h"
#include "numerics/random.h"

enum { N = 120, MORE = 80 };

static const ForecastOptions PLAIN = { .first = 1, .stride = 1, .lower = 0 };

#define near(value, expected, tolerance) assert_near(value, expected, tolerance, #value, __LINE__)

static void assert_near (double value, double expected, double tolerance, const char *what, int line) {
  if (!(fabs(value - expected) <= tolerance)) fail_msg("line %d: %s is %.17g, expected %.17g", line, what, value, expected);
}

static Forecast fit (const ForecastOptions *options, int n, const double *losses, const double *rates) {
  Forecast forecast;
  assert_int_equal(forecast_fit_rates(&forecast, options, n, losses, rates), STATUS_OK);
  return forecast;
}

static double mean_at (const Forecast *forecast, const ForecastAhead *ahead, double step) {
  double mean, sd;
  forecast_moments(forecast, ahead, step, &mean, &sd);
  assert_true(isfinite(mean) && isfinite(sd) && sd >= 0);
  return mean;
}

/* A training as the model has it: a power law in the sum of rates, times what the noise at the rate costs. */
static void train (int n, const double *rates, double exponent, double share, double noise, Random *random, double *losses) {
  double sum = 0, most = 0;
  for (int i = 0; i < n; i++) most = fmax(most, rates[i]);
  for (int i = 0; i < n; i++) {
    sum += rates[i] / most;
    losses[i] = 2.385 * pow(sum, -exponent) * (1 + share * rates[i] / most) * exp(noise * random_normal(random));
  }
}

/* A line up over a tenth, then a half cosine down to zero. */
static double climb_and_fall (int i, int n) {
  const double climb = 0.1 * n;
  return i < climb ? 0.3 * (i + 1) / climb : 0.15 * (1 + cos(3.14159265358979 * (i - climb) / (n - climb)));
}

static void look (ForecastAhead *ahead, const Forecast *forecast, int n, const double *rates, ForecastPlace *place) {
  *ahead = (ForecastAhead){ .n = n, .place = place };
  forecast_look_ahead(ahead, forecast, rates);
}

/* What a decay brings is foretold from its first half. */
static void decay_is_foretold (void **state) {
  (void)state;
  Random random = random_seeded(3);
  const double shares[] = { 0.05, 0.5, 2 };
  for (int k = 0; k < 3; k++) {
    double rates[N + MORE], losses[N + MORE];
    for (int i = 0; i < N + MORE; i++) rates[i] = climb_and_fall(i, N + MORE);
    train(N + MORE, rates, 0.2, shares[k], 0.01, &random, losses);
    const Forecast forecast = fit(&PLAIN, N, losses, rates);
    ForecastPlace place[FORECAST_PACES * (MORE + 1)];
    ForecastAhead ahead;
    look(&ahead, &forecast, MORE, rates + N, place);
    const double truth = losses[N + MORE - 1];  /* with its own noise of 1 % */
    near(forecast_quantile(&forecast, &ahead, N + MORE, 0.5), truth, 0.2 * truth);
    assert_true(forecast_quantile(&forecast, &ahead, N + MORE, 0.05) < 1.02 * truth);
    assert_true(forecast_quantile(&forecast, &ahead, N + MORE, 0.95) > 0.98 * truth);
  }
}

/* Which share the noise has shows where the rate fell, and not where it stayed. */
static void share_is_learnt_from_a_change (void **state) {
  (void)state;
  Random random = random_seeded(5);
  for (int falls = 0; falls < 2; falls++) {
    double rates[N], losses[N], weight[2] = { 0 };
    for (int i = 0; i < N; i++) rates[i] = falls && i > 60 ? 0.01 : 0.1;
    train(N, rates, 0.2, 1, 0.02, &random, losses);
    const Forecast forecast = fit(&PLAIN, N, losses, rates);
    for (int k = 0; k < forecast.count; k++) weight[fabs(forecast.curve[k].share - 1) < 1e-12] += forecast.curve[k].weight;
    near(weight[0] + weight[1], 1, 1e-12);
    if (falls) assert_true(weight[1] > 0.95);
    else assert_true(weight[1] < 0.5);
  }
}

/* A constant rate, told or not, and in any unit: nearly the same forecast while it stays. */
static void constant_rate (void **state) {
  (void)state;
  Random random = random_seeded(6);
  double losses[N], rates[N], tiny[N];
  for (int i = 0; i < N; i++) rates[i] = 1, tiny[i] = 1e-7;
  train(N, rates, 0.25, 0, 0.05, &random, losses);
  const Forecast told = fit(&PLAIN, N, losses, rates), other = fit(&PLAIN, N, losses, tiny);
  Forecast untold;
  assert_int_equal(forecast_fit(&untold, &PLAIN, N, losses), STATUS_OK);
  for (double step = N; step < 20 * N; step *= 2) {
    const double mean = mean_at(&told, NULL, step);
    near(mean_at(&other, NULL, step), mean, 1e-9);
    near(mean_at(&untold, NULL, step), mean, 0.1 * mean);
  }
}

/* Rates told for steps, losses each fourth of them: the same as one step a loss where the rates agree. */
static void steps_and_strides (void **state) {
  (void)state;
  Random random = random_seeded(7);
  double losses[N], rates[N], halves[2 * MORE], whole[MORE];
  for (int i = 0; i < N; i++) rates[i] = climb_and_fall(i, N + MORE);
  for (int i = 0; i < MORE; i++) halves[2 * i] = halves[2 * i + 1] = whole[i] = climb_and_fall(N + i, N + MORE);
  train(N, rates, 0.2, 0.5, 0.05, &random, losses);
  const ForecastOptions strided = { .first = 101, .stride = 2, .lower = 0 };
  const Forecast one = fit(&PLAIN, N, losses, rates), two = fit(&strided, N, losses, rates);
  ForecastPlace place_one[FORECAST_PACES * (MORE + 1)], place_two[FORECAST_PACES * (2 * MORE + 1)];
  ForecastAhead ahead_one, ahead_two;
  look(&ahead_one, &one, MORE, whole, place_one);
  look(&ahead_two, &two, 2 * MORE, halves, place_two);
  for (int more = 0; more <= 2 * MORE; more += 20) {
    const double mean = mean_at(&one, &ahead_one, N + more);
    near(mean_at(&two, &ahead_two, 101 + 2 * (N - 1) + 2 * more), mean, 1e-9 * mean);
  }
  near(mean_at(&one, &ahead_one, 1), mean_at(&one, &ahead_one, N), 0);  /* a step of the series counts as its last */
}

/* No rates to come, an empty list of them and the last one again: all the same. And a rate of 0 holds the time. */
static void the_last_rate_stays (void **state) {
  (void)state;
  Random random = random_seeded(8);
  double losses[N], rates[N], same[MORE], none[MORE] = { 0 };
  for (int i = 0; i < N; i++) rates[i] = climb_and_fall(i, N + MORE);
  for (int i = 0; i < MORE; i++) same[i] = rates[N - 1];
  train(N, rates, 0.2, 0.5, 0.05, &random, losses);
  const Forecast forecast = fit(&PLAIN, N, losses, rates);
  ForecastPlace places[FORECAST_PACES * (MORE + 1)], place[FORECAST_PACES], stopped[FORECAST_PACES * (MORE + 1)];
  ForecastAhead again, empty, stop;
  look(&again, &forecast, MORE, same, places);
  look(&empty, &forecast, 0, same, place);
  look(&stop, &forecast, MORE, none, stopped);
  for (int more = 0; more < 3 * MORE; more += 17) {
    const double mean = mean_at(&forecast, NULL, N + more + 0.5);
    near(mean_at(&forecast, &again, N + more + 0.5), mean, 1e-4 * mean);  /* between steps R lies on a line */
    near(mean_at(&forecast, &empty, N + more + 0.5), mean, 1e-12 * mean);
    near(mean_at(&forecast, &stop, N + more), mean_at(&forecast, &stop, N), 1e-9);
  }
}

/* Units of loss and time do not matter; without a bound neither does the zero of the loss. */
static void units_do_not_matter (void **state) {
  (void)state;
  Random random = random_seeded(9);
  double losses[N], moved[N], rates[N];
  for (int i = 0; i < N; i++) rates[i] = climb_and_fall(i, N + MORE);
  train(N, rates, 0.2, 0.5, 0.05, &random, losses);
  for (int i = 0; i < N; i++) moved[i] = -7 + 2385 * losses[i];
  for (int bounded = 0; bounded < 2; bounded++) {
    ForecastOptions options = { .first = 1, .stride = 1, .lower = bounded ? 0 : -INFINITY };
    const Forecast plain = fit(&options, N, losses, rates);
    options.lower = bounded ? -7 : -INFINITY;
    const Forecast other = fit(&options, N, moved, rates);
    for (double step = N; step < 10 * N; step *= 2)
      near((mean_at(&other, NULL, step) + 7) / 2385, mean_at(&plain, NULL, step), 1e-6);
  }
}

/* Data that never repeat: the mean is higher, nothing falls as by heart. */
static void fresh_data (void **state) {
  (void)state;
  Random random = random_seeded(10);
  double losses[N], rates[N];
  for (int i = 0; i < N; i++) rates[i] = 1;
  train(N, rates, 0.2, 0, 0.05, &random, losses);
  const ForecastOptions fresh = { .first = 1, .stride = 1, .lower = 0, .fresh = true };
  const Forecast old = fit(&PLAIN, N, losses, rates), new = fit(&fresh, N, losses, rates);
  assert_true(mean_at(&new, NULL, 10 * N) > 1.1 * mean_at(&old, NULL, 10 * N));
  assert_true(forecast_quantile(&new, NULL, 10 * N, 0.1) > forecast_quantile(&old, NULL, 10 * N, 0.1));
}

static void hard_numbers (void **state) {
  (void)state;
  Random random = random_seeded(11);
  for (int round = 0; round < 300; round++) {
    double losses[50], rates[50];
    const int n = 1 + (int)random_below(&random, 50);
    for (int i = 0; i < n; i++) {
      const uint64_t kind = random_below(&random, 12);
      losses[i] = kind == 0 ? NAN : kind == 1 ? INFINITY : kind == 2 ? 1e150 : kind == 3 ? 0 : exp(20 * random_normal(&random));
      rates[i] = kind == 4 ? 0 : kind == 5 ? 1e300 : kind == 6 ? 1e-300 : exp(5 * random_normal(&random));
    }
    rates[random_below(&random, n)] = 0.1;
    const ForecastOptions options = { .first = 1, .stride = round % 3 ? 1 : 1e-3, .lower = round % 5 ? 0 : -INFINITY };
    Forecast forecast;
    const Status status = forecast_fit_rates(&forecast, &options, n, losses, rates);
    assert_true(status == STATUS_OK || status == STATUS_TOO_FEW);
    if (status != STATUS_OK) continue;
    ForecastPlace place[FORECAST_PACES * 51];
    ForecastAhead ahead;
    look(&ahead, &forecast, n, rates, place);
    mean_at(&forecast, &ahead, 1e7);
    mean_at(&forecast, NULL, 1e7);
    assert_true(forecast_quantile(&forecast, &ahead, 2 * n, 0.1) <= forecast_quantile(&forecast, &ahead, 2 * n, 0.9));
  }
}

static void bad_input (void **state) {
  (void)state;
  const double losses[] = { 3, 2, 1 }, lost[] = { NAN, INFINITY, NAN };
  const double good[] = { 0.1, 0, 0.2 }, bad[][3] = { { 0, 0, 0 }, { 0.1, -0.1, 0.1 }, { 0.1, NAN, 0.1 }, { 0.1, INFINITY, 0 } };
  const ForecastOptions wrong = { .first = 1, .stride = 0, .lower = 0 };
  Forecast forecast;
  for (int k = 0; k < 4; k++)
    assert_int_equal(forecast_fit_rates(&forecast, &PLAIN, 3, losses, bad[k]), STATUS_BAD_ARGUMENT);
  assert_int_equal(forecast_fit_rates(&forecast, &wrong, 3, losses, good), STATUS_BAD_ARGUMENT);
  assert_int_equal(forecast_fit_rates(&forecast, &PLAIN, -1, losses, good), STATUS_BAD_ARGUMENT);
  assert_int_equal(forecast_fit_rates(&forecast, &PLAIN, 0, losses, good), STATUS_TOO_FEW);
  assert_int_equal(forecast_fit_rates(&forecast, &PLAIN, 3, lost, good), STATUS_TOO_FEW);
}

static void no_memory (void **state) {
  (void)state;
  const double losses[] = { 3, 2.385, 2, 1.8 }, rates[] = { 1, 1, 0.5, 0.25 };
  Forecast forecast;
  EACH_ALLOCATION_FAILS({ status = forecast_fit_rates(&forecast, &PLAIN, 4, losses, rates); });
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(decay_is_foretold), cmocka_unit_test(share_is_learnt_from_a_change), cmocka_unit_test(constant_rate),
    cmocka_unit_test(steps_and_strides), cmocka_unit_test(the_last_rate_stays), cmocka_unit_test(units_do_not_matter),
    cmocka_unit_test(fresh_data), cmocka_unit_test(hard_numbers), cmocka_unit_test(bad_input), cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

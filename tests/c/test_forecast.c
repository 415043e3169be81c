#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../reference/forecast.h"
#include "mem_rigged.h"
#include "numerics/forecast.h"
#include "numerics/forecast_inner.h"
#include "numerics/random.h"
#include "odd_losses.h"

enum { CASES = sizeof FORETOLD / sizeof *FORETOLD };

static const ForecastOptions PLAIN = { .first = 1, .stride = 1, .lower = 0 };

#define near(value, expected, tolerance) assert_near(value, expected, tolerance, #value, __LINE__)

static void assert_near (double value, double expected, double tolerance, const char *what, int line) {
  if (!(fabs(value - expected) <= tolerance)) fail_msg("line %d: %s is %.17g, expected %.17g", line, what, value, expected);
}

static Forecast fit (const ForecastOptions *options, int n, const double *losses) {
  Forecast forecast;
  assert_int_equal(forecast_fit(&forecast, options, n, losses), STATUS_OK);
  return forecast;
}

static double mean_at (const Forecast *forecast, double step) {
  double mean, sd;
  forecast_moments(forecast, NULL, step, &mean, &sd);
  assert_true(isfinite(mean) && isfinite(sd) && sd >= 0);
  return mean;
}

/* n losses of a noisy power law. */
static void power_law (Random *random, int n, double exponent, double noise, double *losses) {
  for (int i = 0; i < n; i++) losses[i] = 2.385 * pow(i + 1, -exponent) * fmax(1 + noise * random_normal(random), 0);
}

static void as_numpy (void **state) {
  (void)state;
  for (int k = 0; k < CASES; k++) {
    const struct Foretold *e = &FORETOLD[k];
    const ForecastOptions options = { .first = 1, .stride = 1, .lower = e->lower };
    Forecast forecast = fit(&options, e->n, e->losses);
    forecast.exponential = 0;
    double mean, sd;
    forecast_moments(&forecast, NULL, e->step, &mean, &sd);
    near(mean, e->mean, 1e-8 * fabs(e->mean));
    near(sd, e->sd, 1e-7 * e->sd);
    for (int q = 0; q < 3; q++) {
      const double p = q == 0 ? 0.1 : q == 1 ? 0.5 : 0.9, loss = forecast_quantile(&forecast, NULL, e->step, p);
      near(loss, e->quantile[q], 1e-8 * fabs(e->quantile[q]) + 1e-9);
      near(forecast_below(&forecast, NULL, e->step, loss), p, 1e-9);
    }
  }
}

/* Losses times a factor, above another bound, at other steps: the same forecast in other units. */
static void units_do_not_matter (void **state) {
  (void)state;
  for (int k = 0; k < CASES; k++) {
    const struct Foretold *e = &FORETOLD[k];
    const double lower = e->lower == -INFINITY ? -INFINITY : 7 + 2.385e3 * e->lower;
    const ForecastOptions options = { .first = 5001, .stride = 50, .lower = lower };
    double losses[400], mean, sd;
    for (int i = 0; i < e->n; i++) losses[i] = 7 + 2.385e3 * e->losses[i];
    Forecast forecast = fit(&options, e->n, losses);
    forecast.exponential = 0;
    forecast_moments(&forecast, NULL, 5001 + 50 * (e->step - 1), &mean, &sd);
    near((mean - 7) / 2.385e3, e->mean, 1e-6 * fabs(e->mean));
    near(sd / 2.385e3, e->sd, 1e-5 * e->sd);
  }
}

/* The farther, the less is known: the ratio of the interval's ends never shrinks. */
static void widens (void **state) {
  (void)state;
  for (int k = 0; k < CASES; k++) {
    const struct Foretold *e = &FORETOLD[k];
    const ForecastOptions options = { .first = 1, .stride = 1, .lower = e->lower };
    const Forecast forecast = fit(&options, e->n, e->losses);
    double before = 0;
    for (double step = e->n; step < 300.0 * e->n; step *= 1.3) {
      const double low = forecast_quantile(&forecast, NULL, step, 0.1), high = forecast_quantile(&forecast, NULL, step, 0.9);
      const double width = e->lower == -INFINITY ? high - low : log((high - e->lower) / (low - e->lower));
      assert_true(width >= 0.98 * before);
      before = width;
    }
    near(mean_at(&forecast, 1), mean_at(&forecast, e->n), 0);  /* a step of the series counts as its last */
  }
}

static void bound_holds (void **state) {
  (void)state;
  Random random = random_seeded(5);
  for (int round = 0; round < 100; round++) {
    double losses[60];
    power_law(&random, 60, 2 * random_uniform(&random), 0.5, losses);
    const Forecast forecast = fit(&PLAIN, 60, losses);
    for (double step = 60; step < 1e9; step *= 10) {
      assert_true(mean_at(&forecast, step) >= 0);
      assert_true(forecast_quantile(&forecast, NULL, step, 1e-6) >= 0);
    }
    assert_true(forecast_below(&forecast, NULL, 600, 0) == 0);
  }
}

/* A power law of the exponent that is expected anyway is followed far out. */
static void known_answer (void **state) {
  (void)state;
  double losses[1000];
  for (int i = 0; i < 1000; i++) losses[i] = 3 * pow(i + 1, -0.2);
  const Forecast forecast = fit(&PLAIN, 1000, losses);
  near(forecast_quantile(&forecast, NULL, 10000, 0.6), 3 * pow(10000, -0.2), 0.06);
  const double here = 3 * pow(1000, -0.2);
  near(mean_at(&forecast, 1000), here, 0.01 * here);
}

/* An exponential with an asymptote is recognised where it shows, and a power law is not taken for one. */
static void exponential_joins (void **state) {
  (void)state;
  double losses[200], mean, sd;
  Random random = random_seeded(12);
  for (int i = 0; i < 100; i++) losses[i] = 1.7 * exp(-0.031 * i) + 0.42;
  const Forecast clear = fit(&PLAIN, 100, losses);
  forecast_moments(&clear, NULL, 1000, &mean, &sd);
  assert_true(clear.exponential > 0.999);
  near(mean, 0.42, 1e-3);
  assert_true(sd < 0.01);
  near(forecast_quantile(&clear, NULL, 1000, 0.5), 0.42, 1e-3);
  for (int i = 0; i < 100; i++) losses[i] -= 3;
  const ForecastOptions unbounded = { .first = 1, .stride = 1, .lower = -INFINITY };
  const Forecast below = fit(&unbounded, 100, losses);
  near(mean_at(&below, 1000), 0.42 - 3, 1e-2);
  int taken = 0;
  for (int round = 0; round < 50; round++) {
    power_law(&random, 200, 0.3, 0.1, losses);
    taken += fit(&PLAIN, 200, losses).exponential > 0.5;
  }
  assert_true(taken <= 5);
}

/* A spike, and its place in its window, change little; outliers of any size the same. */
static void outliers_count_little (void **state) {
  (void)state;
  Random random = random_seeded(8);
  double losses[100], spiked[100];
  power_law(&random, 100, 0.3, 0.1, losses);
  const Forecast plain = fit(&PLAIN, 100, losses);
  const double mean = mean_at(&plain, 1000), high = forecast_quantile(&plain, NULL, 1000, 0.9);
  double first = NAN;
  for (int place = 73; place < 86; place++)
    for (double spike = 1e2; spike < 1e140; spike *= 1e30) {
      memcpy(spiked, losses, sizeof losses);
      spiked[place] = spike;
      const Forecast forecast = fit(&PLAIN, 100, spiked);
      near(mean_at(&forecast, 1000), mean, 0.25 * mean);
      near(forecast_quantile(&forecast, NULL, 1000, 0.9), high, 0.4 * high);
      if (spike == 1e2) first = mean_at(&forecast, 1000);
      near(mean_at(&forecast, 1000), first, 1e-9 * mean);
    }
}

static void what_is_not_finite_is_left_out (void **state) {
  (void)state;
  const struct Foretold *e = &FORETOLD[0];
  double losses[100];
  memcpy(losses, e->losses, sizeof losses);
  losses[50] = NAN, losses[77] = INFINITY, losses[78] = -INFINITY, losses[99] = 1e200;
  const Forecast forecast = fit(&PLAIN, 100, losses);
  assert_int_equal(forecast.used, 96);
  near(mean_at(&forecast, 1000), e->mean, 0.3 * e->mean);
  const double lost[] = { NAN, INFINITY, -INFINITY, 1e300 };
  Forecast none;
  assert_int_equal(forecast_fit(&none, &PLAIN, 4, lost), STATUS_TOO_FEW);
  assert_int_equal(forecast_fit(&none, &PLAIN, 0, lost), STATUS_TOO_FEW);
}

static void constant_series (void **state) {
  (void)state;
  const double values[] = { 0, 2.385, 1e100, 1e-300 };
  for (int n = 1; n < 2000; n = 3 * n + 1)
    for (int k = 0; k < 4; k++) {
      double losses[2000];
      for (int i = 0; i < n; i++) losses[i] = values[k];
      const Forecast forecast = fit(&PLAIN, n, losses);
      const double low = forecast_quantile(&forecast, NULL, 3 * n, 0.05), high = forecast_quantile(&forecast, NULL, 3 * n, 0.95);
      assert_true(low <= values[k] + 1e-300 && high >= values[k] && high < 6 * values[k] + 1e-300);
      assert_true(mean_at(&forecast, 3 * n) <= 1.5 * values[k] + 1e-300);
    }
}

/* Rising losses are not foretold to fall below where they began, nor to explode without end. */
static void rising_series (void **state) {
  (void)state;
  double losses[100];
  for (int i = 0; i < 100; i++) losses[i] = 0.5 + 0.02 * i;
  const Forecast forecast = fit(&PLAIN, 100, losses);
  const double mean = mean_at(&forecast, 1000);
  assert_true(mean > 0.5 && mean < exp(1) * 2.5);
  assert_true(forecast_below(&forecast, NULL, 1000, 0.5) < 0.2 && forecast_below(&forecast, NULL, 1000, 1e3) > 0.9);
}

static void hard_numbers (void **state) {
  (void)state;
  Random random = random_seeded(9);
  for (int round = 0; round < 1000; round++) {
    double losses[50];
    const int n = 1 + (int)random_below(&random, 50);
    for (int i = 0; i < n; i++) losses[i] = odd_loss(&random);
    const ForecastOptions options = { .first = round % 2 ? 1 : 1e6, .stride = round % 3 ? 1 : 1e-3, .lower = round % 5 ? 0 : -INFINITY };
    Forecast forecast;
    const Status status = forecast_fit(&forecast, &options, n, losses);
    assert_true(status == STATUS_OK || status == STATUS_TOO_FEW);
    if (status != STATUS_OK) continue;
    mean_at(&forecast, 1e7);
    assert_true(forecast_quantile(&forecast, NULL, 1e7, 0.1) <= forecast_quantile(&forecast, NULL, 1e7, 0.9));
    assert_true(isfinite(forecast.noise));
  }
}

static void bad_options (void **state) {
  (void)state;
  const double losses[] = { 1, 2, 3, 4 }, *const lists[] = { losses };
  const ForecastOptions bad[] = {
    { NAN, 1, 0, false }, { 1, 0, 0, false }, { 1, -1, 0, false }, { 1, NAN, 0, false }, { 1, 1, NAN, false },
    { 1, 1, INFINITY, false }, { INFINITY, 1, 0, false },
  };
  double best, expected;
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    Forecast forecast;
    assert_int_equal(forecast_fit(&forecast, &bad[k], 4, losses), STATUS_BAD_ARGUMENT);
    assert_int_equal(forecast_race(&best, &expected, &bad[k], NULL, 1, 4, lists, 10), STATUS_BAD_ARGUMENT);
  }
  assert_int_equal(forecast_race(&best, &expected, &PLAIN, NULL, 0, 4, lists, 10), STATUS_BAD_ARGUMENT);
  assert_int_equal(forecast_race(&best, &expected, &PLAIN, NULL, 1, 4, lists, NAN), STATUS_BAD_ARGUMENT);
}

static void no_memory (void **state) {
  (void)state;
  Forecast forecast;
  const double *const lists[] = { FORETOLD[0].losses, FORETOLD[0].losses };
  double best[2], expected[2];
  EACH_ALLOCATION_FAILS({ status = forecast_fit(&forecast, &PLAIN, 100, FORETOLD[0].losses); });
  EACH_ALLOCATION_FAILS({ status = forecast_race(best, expected, &PLAIN, NULL, 2, 100, lists, 1000); });
}

/* ---- races ---- */

/* Candidates on the same batches: level k at loss i, times what the batch is worth. */
static void candidates (Random *random, int m, int n, const double *exponent, double shared, double own, double losses[][400]) {
  for (int i = 0; i < n; i++) {
    const double batch = exp(shared * random_normal(random));
    for (int k = 0; k < m; k++) losses[k][i] = 2 * pow(i + 1, -exponent[k]) * batch * exp(own * random_normal(random));
  }
}

static void race (const ForecastOptions *options, int m, int n, double losses[][400], double step, double *best) {
  const double *lists[8] = { NULL };
  double sum = 0, expected[8];
  for (int k = 0; k < m; k++) lists[k] = losses[k];
  assert_int_equal(forecast_race(best, expected, options, NULL, m, n, lists, step), STATUS_OK);
  for (int k = 0; k < m; k++) {
    assert_true(isfinite(expected[k]) == isfinite(losses[k][n - 1]));
    for (int j = 0; j < k; j++)  /* clear favourites are so by either measure */
      if (fabs(best[k] - best[j]) > 0.3) assert_true((expected[k] < expected[j]) == (best[k] > best[j]));
    assert_true(best[k] >= 0 && best[k] <= 1);
    sum += best[k];
  }
  near(sum, 1, 1e-12);
}

static void equal_candidates_have_equal_odds (void **state) {
  (void)state;
  const double exponent[] = { 0.3, 0.3, 0.3 };
  Random random = random_seeded(1);
  double losses[8][400], best[8];
  candidates(&random, 3, 100, exponent, 0.4, 0, losses);
  race(&PLAIN, 3, 100, losses, 1000, best);
  for (int k = 0; k < 3; k++) near(best[k], 1.0 / 3, 1e-12);
  race(&PLAIN, 1, 100, losses, 1000, best);
  near(best[0], 1, 0);
}

/* What the batches share does not blur the difference; what each has for itself does. */
static void shared_noise_cancels (void **state) {
  (void)state;
  const double exponent[] = { 0.20, 0.25, 0.30 };
  double losses[8][400], clear[8], blurred[8];
  Random random = random_seeded(2);
  candidates(&random, 3, 200, exponent, 0.5, 0.01, losses);
  race(&PLAIN, 3, 200, losses, 400, clear);
  assert_true(clear[2] > 0.9 && clear[1] < 0.1 && clear[0] < 0.01);
  random = random_seeded(2);
  candidates(&random, 3, 200, exponent, 0, 0.5, losses);
  race(&PLAIN, 3, 200, losses, 400, blurred);
  assert_true(blurred[2] < clear[2] && blurred[0] > clear[0]);
}

static void order_and_units_do_not_matter (void **state) {
  (void)state;
  const double exponent[] = { 0.2, 0.28, 0.24, 0.26 };
  double losses[8][400], turned[8][400], best[8], other[8];
  Random random = random_seeded(3);
  candidates(&random, 4, 120, exponent, 0.3, 0.05, losses);
  race(&PLAIN, 4, 120, losses, 1200, best);
  for (int k = 0; k < 4; k++)
    for (int i = 0; i < 120; i++) turned[3 - k][i] = 5 + 1000 * losses[k][i];
  const ForecastOptions options = { .first = 101, .stride = 10, .lower = 5 };
  race(&options, 4, 120, turned, 101 + 1199 * 10, other);
  for (int k = 0; k < 4; k++) near(other[3 - k], best[k], 1e-9);
  assert_true(best[1] > best[3] && best[3] > best[2] && best[2] > best[0]);
}

static void who_diverged_has_no_chance (void **state) {
  (void)state;
  const double exponent[] = { 0.2, 0.9, 0.2 };
  double losses[8][400], best[8], expected[8];
  Random random = random_seeded(4);
  candidates(&random, 3, 80, exponent, 0.1, 0.05, losses);
  losses[1][79] = NAN;
  losses[0][40] = INFINITY;  /* a gap is forgiven */
  race(&PLAIN, 3, 80, losses, 800, best);
  assert_true(best[1] == 0 && best[0] > 0.1 && best[2] > 0.1);
  const double *const lost[] = { losses[1] };
  assert_int_equal(forecast_race(best, expected, &PLAIN, NULL, 1, 80, lost, 800), STATUS_TOO_FEW);
  assert_int_equal(forecast_race(best, expected, &PLAIN, NULL, 1, 0, lost, 800), STATUS_TOO_FEW);
}

static void races_without_bound (void **state) {
  (void)state;
  double losses[8][400], best[8];
  Random random = random_seeded(6);
  for (int i = 0; i < 100; i++) {
    const double batch = 0.3 * random_normal(&random);
    for (int k = 0; k < 3; k++) losses[k][i] = -1 - 0.2 * k * log(i + 1) + batch + 0.01 * random_normal(&random);
  }
  const ForecastOptions options = { .first = 1, .stride = 1, .lower = -INFINITY };
  race(&options, 3, 100, losses, 300, best);
  assert_true(best[2] > 0.99);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(as_numpy), cmocka_unit_test(units_do_not_matter), cmocka_unit_test(widens), cmocka_unit_test(bound_holds),
    cmocka_unit_test(known_answer), cmocka_unit_test(exponential_joins),
    cmocka_unit_test(outliers_count_little), cmocka_unit_test(what_is_not_finite_is_left_out),
    cmocka_unit_test(constant_series), cmocka_unit_test(rising_series), cmocka_unit_test(hard_numbers), cmocka_unit_test(bad_options),
    cmocka_unit_test(no_memory), cmocka_unit_test(equal_candidates_have_equal_odds), cmocka_unit_test(shared_noise_cancels),
    cmocka_unit_test(order_and_units_do_not_matter), cmocka_unit_test(who_diverged_has_no_chance), cmocka_unit_test(races_without_bound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

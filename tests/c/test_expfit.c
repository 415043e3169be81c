#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../reference/expfit.h"
#include "mem_rigged.h"
#include "numerics/expfit.h"
#include "numerics/random.h"
#include "numerics/select.h"
#include "odd_losses.h"

enum { CASES = sizeof EXPECTED / sizeof *EXPECTED };

static const ExpfitOptions PLAIN = { .first = 1, .stride = 1, .lower = -INFINITY, .horizon = 10 };

static ExpfitOptions options_of (const struct Expected *e) {
  return (ExpfitOptions){ e->first, e->stride, e->lower, e->horizon };
}

#define near(value, expected, tolerance) assert_near(value, expected, tolerance, #value, __LINE__)

static void assert_near (double value, double expected, double tolerance, const char *what, int line) {
  if (!(fabs(value - expected) <= tolerance)) fail_msg("line %d: %s is %.17g, expected %.17g", line, what, value, expected);
}

static void forecast_is (const Expfit *fit, double step, double mean, double sd, double tolerance) {
  double m, s;
  expfit_forecast(fit, step, &m, &s);
  near(m, mean, tolerance);
  near(s, sd, tolerance);
}

static Expfit bounded (const ExpfitOptions *options, int n, const double *losses) {
  Expfit fit;
  assert_int_equal(expfit_bounded(&fit, options, n, losses), STATUS_OK);
  assert_true(fit.used >= 1 && fit.used <= n && isfinite(fit.c) && isfinite(fit.noise));
  for (double step = options->first; step < 1e7; step = 2 * step + options->stride) {
    double mean, sd;
    expfit_forecast(&fit, step, &mean, &sd);
    assert_true(isfinite(mean) && isfinite(sd) && sd >= 0);
  }
  return fit;
}

static void make_series (Random *random, int n, double a, double b, double c, double noise, double *losses) {
  for (int i = 0; i < n; i++) losses[i] = a * exp(b * i) + c + noise * random_normal(random);
}

/* SciPy's spline and Nelder-Mead take the same path to the same end. Where the curve is as good as
 * a straight line, b is anything small, c anything large, and only the forecast can be compared. */
static void published_as_scipy (void **state) {
  (void)state;
  for (int k = 0; k < CASES; k++) {
    const struct Expected *e = &EXPECTED[k];
    const ExpfitOptions options = options_of(e);
    Expfit fit;
    double mean, sd;
    assert_int_equal(expfit_published(&fit, &options, e->n, e->losses, e->validation), STATUS_OK);
    expfit_forecast(&fit, e->step, &mean, &sd);
    assert_int_equal(fit.used, e->published.used);
    assert_true(isnan(sd));
    if (e->published.b * e->stride > -1e-6) {
      near(mean, e->published.mean, 1e-4);
      continue;
    }
    near(fit.b, e->published.b, 1e-9 * fabs(e->published.b));
    near(fit.c, e->published.c, 1e-9);
    near(mean, e->published.mean, 1e-9);
    near(fit.a * exp(fit.b * e->step) + fit.c, mean, 1e-9);
  }
}

/* The definition computed the slow way: the curve to the search's precision, the forecast to that
 * of 24 rates in place of 2000. */
static void bounded_as_defined (void **state) {
  (void)state;
  for (int k = 0; k < CASES; k++) {
    const struct Expected *e = &EXPECTED[k];
    const ExpfitOptions options = options_of(e);
    const Expfit fit = bounded(&options, e->n, e->losses);
    assert_int_equal(fit.used, e->n);
    near(fit.b, e->bounded.b, 1e-6 * fabs(e->bounded.b));
    near(fit.c, e->bounded.c, 1e-6);
    forecast_is(&fit, e->step, e->bounded.mean, e->bounded.sd, 0.01 * e->bounded.sd);
  }
}

static void units_do_not_matter (void **state) {
  (void)state;
  const struct Expected *e = &EXPECTED[2];
  const ExpfitOptions steps = { .first = 5001, .stride = 50, .lower = 0, .horizon = 10 };
  double scaled[400], mean, sd;
  for (int i = 0; i < e->n; i++) scaled[i] = 2.385e3 * e->losses[i];
  const Expfit fit = bounded(&steps, e->n, scaled);
  expfit_forecast(&fit, 5001 + 50 * 999.0, &mean, &sd);
  near(mean / 2.385e3, e->bounded.mean, 0.01 * e->bounded.sd);
  near(sd / 2.385e3, e->bounded.sd, 0.01 * e->bounded.sd);
  near(fit.b * 50, e->bounded.b, 1e-6);
}

static void outliers_left_out (void **state) {
  (void)state;
  const struct Expected *e = &EXPECTED[1];
  const int places[][3] = { { 0, 50, 99 }, { 97, 98, 99 }, { 0, 1, 2 }, { 30, 31, 32 } };
  const double spikes[] = { 5, -5, 300, 1e6, 1e12, 1e149 };
  for (int p = 0; p < 4; p++)
    for (int k = 0; k < 6; k++) {
      double losses[100], mean, sd;
      for (int i = 0; i < 100; i++) losses[i] = e->losses[i];
      for (int i = 0; i < 3; i++) losses[places[p][i]] += spikes[k] * (i + 1);
      const Expfit fit = bounded(&PLAIN, 100, losses);
      expfit_forecast(&fit, e->step, &mean, &sd);
      assert_true(fit.used >= 95 && fit.used <= 97);
      near(mean, e->bounded.mean, 2 * e->bounded.sd);
      near(sd, e->bounded.sd, 0.5 * e->bounded.sd);
    }
}

static void what_is_not_finite_is_left_out (void **state) {
  (void)state;
  double losses[90];
  Random random = random_seeded(1);
  make_series(&random, 90, 1.3, -0.05, 0.7, 0, losses);
  losses[0] = NAN, losses[1] = INFINITY, losses[2] = -INFINITY, losses[40] = 1e200, losses[89] = NAN;
  const Expfit fit = bounded(&PLAIN, 90, losses);
  assert_int_equal(fit.used, 85);
  near(fit.b, -0.05, 1e-7);
  near(fit.c, 0.7, 1e-7);
  near(fit.a * exp(fit.b), 1.3, 1e-6);  /* t = 1 is the first, lost, point */
  forecast_is(&fit, 1000, 0.7, 0, 1e-3);
  Expfit parabola;
  assert_int_equal(expfit_published(&parabola, &PLAIN, 90, losses, false), STATUS_OK);
  assert_true(parabola.used < 85 && isfinite(parabola.c));
}

static void few_points (void **state) {
  (void)state;
  const double losses[] = { 2.385, 2.2, 2.1 };
  double mean, sd;
  for (int n = 1; n <= 3; n++) {
    const Expfit fit = bounded(&PLAIN, n, losses);
    expfit_forecast(&fit, 1000, &mean, &sd);
    assert_true(mean < 2.3851 && mean > -2 && sd > 0);
    if (n > 1) continue;
    assert_true(fit.a == 0);
    near(mean, 2.385, 1e-12);
    near(sd, 2.385, 1e-9);  /* one loss says nothing of the noise: it might be as large as itself */
  }
  Expfit fit;
  assert_int_equal(expfit_bounded(&fit, &PLAIN, 0, losses), STATUS_TOO_FEW);
  const double lost[] = { NAN, INFINITY, -INFINITY, 1e300 };
  assert_int_equal(expfit_bounded(&fit, &PLAIN, 4, lost), STATUS_TOO_FEW);
  assert_int_equal(expfit_published(&fit, &PLAIN, 4, lost, false), STATUS_TOO_FEW);
  assert_int_equal(expfit_published(&fit, &PLAIN, 2, losses, true), STATUS_TOO_FEW);
  assert_int_equal(expfit_published(&fit, &PLAIN, 3, losses, true), STATUS_OK);
}

static void constant_series (void **state) {
  (void)state;
  const double values[] = { 0, 2.385, -7, 1e100, 1e-300 }, lowers[] = { -INFINITY, 0, 3 };
  for (int n = 1; n < 200; n = 2 * n + 1)
    for (int k = 0; k < 5; k++)
      for (int l = 0; l < 3; l++) {
        double losses[200], mean, sd;
        for (int i = 0; i < n; i++) losses[i] = values[k];
        const ExpfitOptions options = { .first = 1, .stride = 1, .lower = lowers[l], .horizon = 10 };
        const Expfit fit = bounded(&options, n, losses);
        expfit_forecast(&fit, 1e4, &mean, &sd);
        if (n > 1 && values[k] >= lowers[l]) near(mean, values[k], 1e-9 * fabs(values[k]) + 1e-9);
        if (n > 1 && values[k] >= lowers[l]) assert_true(sd <= 1e-9 * (fabs(values[k]) + 4));
      }
}

/* A bound below which the asymptote cannot lie keeps the whole forecast above it. */
static void bound_holds (void **state) {
  (void)state;
  Random random = random_seeded(5);
  for (int round = 0; round < 300; round++) {
    double losses[60], mean, sd;
    make_series(&random, 60, 1, -0.02 * random_uniform(&random), 0.3 * random_normal(&random), 0.3 * random_uniform(&random), losses);
    const ExpfitOptions options = { .first = 1, .stride = 1, .lower = 0, .horizon = 1 + 20 * random_uniform(&random) };
    const Expfit fit = bounded(&options, 60, losses);
    expfit_forecast(&fit, 1e6, &mean, &sd);
    assert_true(fit.c >= -1e-12 && mean >= 0);
    assert_true(fit.b >= -0.3 - 1e-12 && fit.b <= -1 / (60 * options.horizon) + 1e-12);
  }
}

/* A curve that rises from below the bound is forecast at the bound, within the series and before it too. */
static void bound_holds_everywhere (void **state) {
  (void)state;
  Random random = random_seeded(11);
  int lifted = 0;
  for (int round = 0; round < 300; round++) {
    double losses[40], mean, sd;
    for (int i = 0; i < 40; i++)
      losses[i] = fabs((round % 2 ? 1 - exp(-0.2 * i) : i < 20) + 0.3 * random_normal(&random));
    const ExpfitOptions options = { .first = 1, .stride = 1, .lower = 0, .horizon = 10 };
    const Expfit fit = bounded(&options, 40, losses);
    for (int step = 0; step < 400; step++) {
      expfit_forecast(&fit, step, &mean, &sd);
      assert_true(mean >= 0);
      lifted += mean == 0;
    }
  }
  assert_true(lifted > 0);
}

/* Of the intervals that should hold the true curve four times in five, about so many do. */
static void deviations_are_honest (void **state) {
  (void)state;
  enum { ROUNDS = 1000 };
  Random random = random_seeded(77);
  int inside = 0;
  for (int round = 0; round < ROUNDS; round++) {
    double losses[100], mean, sd;
    const double a = 0.3 + 2 * random_uniform(&random), c = random_uniform(&random);
    const double b = -exp(log(0.002) + log(0.1 / 0.002) * random_uniform(&random));
    make_series(&random, 100, a, b, c, exp(log(0.01) + log(20) * random_uniform(&random)), losses);
    const ExpfitOptions options = { .first = 0, .stride = 1, .lower = 0, .horizon = 10 };
    const Expfit fit = bounded(&options, 100, losses);
    expfit_forecast(&fit, 1000, &mean, &sd);
    inside += fabs(a * exp(b * 1000) + c - mean) < 1.2816 * sd;
  }
  assert_in_range(inside, 0.72 * ROUNDS, 0.88 * ROUNDS);
}

static void hard_numbers (void **state) {
  (void)state;
  Random random = random_seeded(9);
  for (int round = 0; round < 2000; round++) {
    double losses[50];
    const int n = 1 + (int)random_below(&random, 50);
    for (int i = 0; i < n; i++) losses[i] = odd_loss(&random);
    const ExpfitOptions options = {
      .first = round % 2 ? 1 : 1e6, .stride = round % 3 ? 1 : 1e-3, .lower = round % 5 ? 0 : -INFINITY, .horizon = round % 7 ? 10 : 1,
    };
    Expfit fit;
    double mean, sd;
    Status status = expfit_bounded(&fit, &options, n, losses);
    assert_true(status == STATUS_OK || status == STATUS_TOO_FEW);
    if (status == STATUS_OK) bounded(&options, n, losses);
    status = expfit_published(&fit, &options, n, losses, round % 2);
    assert_true(status == STATUS_OK || status == STATUS_TOO_FEW);
    if (status == STATUS_OK) {
      expfit_forecast(&fit, 1e7, &mean, &sd);
      assert_true(isfinite(mean));
    }
  }
}

static void bad_options (void **state) {
  (void)state;
  const double losses[] = { 1, 2, 3, 4 };
  const ExpfitOptions bad[] = {
    { NAN, 1, 0, 10 }, { 1, 0, 0, 10 }, { 1, -1, 0, 10 }, { 1, NAN, 0, 10 }, { 1, 1, NAN, 10 }, { 1, 1, INFINITY, 10 }, { 1, 1, 0, 0.5 },
    { 1, 1, 0, INFINITY }, { INFINITY, 1, 0, 10 },
  };
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    Expfit fit;
    assert_int_equal(expfit_bounded(&fit, &bad[k], 4, losses), STATUS_BAD_ARGUMENT);
    assert_int_equal(expfit_published(&fit, &bad[k], 4, losses, false), STATUS_BAD_ARGUMENT);
  }
}

static void no_memory (void **state) {
  (void)state;
  Expfit fit;
  EACH_ALLOCATION_FAILS({ status = expfit_bounded(&fit, &PLAIN, 100, EXPECTED[0].losses); });
  EACH_ALLOCATION_FAILS({ status = expfit_published(&fit, &PLAIN, 100, EXPECTED[0].losses, false); });
}

/* Against sums written out, for every length around the lanes', with gaps, fast and slow. */
static void projection (void **state) {
  (void)state;
  Random random = random_seeded(3);
  for (int n = 2; n < 40; n++)
    for (int k = 0; k < 20; k++) {
      double values[40], y[60] = { 0 }, w[60] = { 0 }, g[40], count = 0, gs = 0, vs = 0, gg = 0, gv = 0, residual = 0;
      const double rate = exp(-12 + 13 * random_uniform(&random));
      for (int i = 0; i < n; i++) {
        values[i] = random_normal(&random) + 50;
        w[i] = i == 0 || i == n - 1 || random_uniform(&random) < 0.7;
        if (k % 2 && i < n - 2) w[i] = i >= n / 2;
      }
      DecaySeries series = { .n = n, .y = y, .w = w };
      decay_center(&series, values);
      const Decay decay = decay_project(&series, rate);
      for (int i = 0; i < n; i++) g[i] = -expm1(-rate * (i - series.start));
      for (int i = 0; i < n; i++) count += w[i], gs += w[i] * g[i], vs += w[i] * values[i];
      for (int i = 0; i < n; i++) gg += w[i] * pow(g[i] - gs / count, 2), gv += w[i] * (g[i] - gs / count) * values[i];
      for (int i = 0; i < n; i++) residual += w[i] * pow(values[i] - decay_curve(&decay, i), 2);
      near(decay.mean, vs / count, 1e-12);
      if (count == 1) assert_true(decay.slope == 0);
      else near(decay.slope * gg, gv, 1e-9);
      near(decay.residual, residual, 1e-10 * series.spread + 1e-12);
      near(decay_curve(&decay, 1e9), decay_asymptote(&decay), 1e-9 * fabs(decay_asymptote(&decay)));
    }
}

static void selection (void **state) {
  (void)state;
  Random random = random_seeded(6);
  for (int n = 1; n < 60; n++)
    for (int k = 0; k < n; k++) {
      double x[60];
      for (int i = 0; i < n; i++) x[i] = (double)random_below(&random, 20);
      const double found = select_smallest(n, x, k);
      int below = 0, equal = 0;
      for (int i = 0; i < n; i++) below += x[i] < found, equal += x[i] == found;
      assert_true(below <= k && k < below + equal);
    }
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(published_as_scipy), cmocka_unit_test(bounded_as_defined), cmocka_unit_test(units_do_not_matter),
    cmocka_unit_test(outliers_left_out), cmocka_unit_test(what_is_not_finite_is_left_out), cmocka_unit_test(few_points),
    cmocka_unit_test(constant_series), cmocka_unit_test(bound_holds), cmocka_unit_test(bound_holds_everywhere),
    cmocka_unit_test(deviations_are_honest), cmocka_unit_test(hard_numbers), cmocka_unit_test(bad_options), cmocka_unit_test(no_memory),
    cmocka_unit_test(projection), cmocka_unit_test(selection),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

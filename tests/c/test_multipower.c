#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "mem_rigged.h"
#include "numerics/multipower.h"
#include "numerics/random.h"

enum { N = 400, P = MULTIPOWER_PARAMETERS };

static const ForecastOptions PLAIN = { .first = 1, .stride = 1, .lower = 0 };

/* L0, A, alpha, B, C, beta, gamma, about as the paper has them, at rates about 1. */
static const double LAW[P] = { 0.385, 1.2, 0.45, 0.12, 2, 0.6, 0.64 };

#define near(value, expected, tolerance) assert_near(value, expected, tolerance, #value, __LINE__)

static void assert_near (double value, double expected, double tolerance, const char *what, int line) {
  if (!(fabs(value - expected) <= tolerance)) fail_msg("line %d: %s is %.17g, expected %.17g", line, what, value, expected);
}

/* The paper's formula word by word; the first 'climb' rates are a warm-up. */
static double paper (const double *law, const double *rates, int climb, int t) {
  double all = 0, drop = 0;
  for (int i = 0; i < t; i++) all += rates[i];
  for (int k = climb; k < t; k++) {
    double since = 0;
    for (int i = k; i < t; i++) since += rates[i];
    drop += (rates[k - 1] - rates[k]) * (1 - pow(law[4] * pow(rates[k], -law[6]) * since + 1, -law[5]));
  }
  return law[0] + law[1] * pow(all, -law[2]) - law[3] * drop;
}

/* Climb, two drops, and a rise between. */
static double rate_at (int i) {
  return i < 20 ? 0.05 * (i + 1) : i < 150 ? 1 : i < 230 ? 0.4 : i < 300 ? 0.6 : 0.15;
}

static void to_theta (const double *law, double *theta) {
  for (int i = 0; i < P; i++) theta[i] = i == 6 ? law[i] : log(law[i]);
}

static void is_the_papers_formula (void **state) {
  (void)state;
  double rates[N], theta[P];
  MultipowerPath path = { .climbing = true };
  to_theta(LAW, theta);
  for (int i = 0; i < N; i++) {
    rates[i] = rate_at(i);
    multipower_step(&path, rates[i], 1);
    near(multipower_law(theta, &path, path.sum, NULL), paper(LAW, rates, 20, i + 1), 1e-11);
  }
  assert_int_equal(path.count, 4 - 1);
}

static void gradient (void **state) {
  (void)state;
  MultipowerPath path = { .climbing = true };
  for (int i = 0; i < N; i++) multipower_step(&path, rate_at(i), 1);
  double theta[P], by[P];
  to_theta(LAW, theta);
  for (double s = 3.1; s < path.sum; s *= 1.37) {
    multipower_law(theta, &path, s, by);
    for (int i = 0; i < P; i++) {
      const double h = 1e-5, at = theta[i];
      theta[i] = at + h;
      const double up = multipower_law(theta, &path, s, NULL);
      theta[i] = at - h;
      near((up - multipower_law(theta, &path, s, NULL)) / (2 * h), by[i], 1e-8);
      theta[i] = at;
    }
  }
}

/* Many changes are joined, and the law stays nearly what it was. */
static void many_changes_are_joined (void **state) {
  (void)state;
  double rates[1000], theta[P];
  MultipowerPath path = { .climbing = true };
  to_theta(LAW, theta);
  for (int i = 0; i < 1000; i++) {
    rates[i] = i < 10 ? 0.1 * (i + 1) : 1 - (i - 9.0) / 991;
    multipower_step(&path, rates[i], 1);
    if (i % 90 == 0) near(multipower_law(theta, &path, path.sum, NULL), paper(LAW, rates, 10, i + 1), 0.01);
  }
  assert_true(path.count <= MULTIPOWER_KNOTS);
}

static void losses_of (const double *law, int n, const double *rates, double noise, Random *random, double *losses) {
  for (int i = 0; i < n; i++) losses[i] = paper(law, rates, 20, i + 1) * exp(noise * random_normal(random));
}

/* From a whole training with drops, the law comes back as far as it shows: its losses do everywhere, its parameters nearly. */
static void recovers_the_law (void **state) {
  (void)state;
  Random random = random_seeded(4);
  double rates[N], losses[N];
  for (int i = 0; i < N; i++) rates[i] = rate_at(i);
  losses_of(LAW, N, rates, 0.001, &random, losses);
  Multipower fit;
  assert_int_equal(multipower_fit(&fit, &PLAIN, N, losses, rates), STATUS_OK);
  near(fit.alpha, LAW[2], 0.15);
  near(fit.L0, LAW[0], 0.12);
  near(fit.A, LAW[1], 0.3);
  near(fit.gamma, LAW[6], 0.4);
  near(fit.beta, LAW[5], 0.4);
  const double found[P] = { fit.L0, fit.A, fit.alpha, fit.B, fit.C, fit.beta, fit.gamma };
  for (int t = 40; t <= N; t += 30) near(paper(found, rates, 20, t), paper(LAW, rates, 20, t), 0.02);
}

/* Units: rates, losses and steps times anything; the forecast is the same in theirs. */
static void units_do_not_matter (void **state) {
  (void)state;
  Random random = random_seeded(5);
  double rates[N], losses[N], small[N], moved[N], ahead[50], ahead_small[500];
  for (int i = 0; i < N; i++) rates[i] = rate_at(i), small[i] = 1e-4 * rates[i];
  for (int i = 0; i < 50; i++) ahead[i] = 0.15 - 0.003 * i;
  for (int i = 0; i < 500; i++) ahead_small[i] = 1e-4 * ahead[i / 10];
  losses_of(LAW, N, rates, 0.01, &random, losses);
  for (int i = 0; i < N; i++) moved[i] = 3 + 2385 * losses[i];
  const ForecastOptions options = { .first = 10, .stride = 10, .lower = 3 };
  Multipower fit, other;
  double mean, sd, mean_other, sd_other;
  assert_int_equal(multipower_fit(&fit, &PLAIN, N, losses, rates), STATUS_OK);
  assert_int_equal(multipower_fit(&other, &options, N, moved, small), STATUS_OK);
  for (int more = 0; more <= 70; more += 10) {
    multipower_forecast(&fit, 50, ahead, N + more, &mean, &sd);
    multipower_forecast(&other, 500, ahead_small, 10 * N + 10 * more, &mean_other, &sd_other);
    near(mean_other - log(2385), mean, 1e-3);
    near(sd_other, sd, 1e-3 + 0.02 * sd);
  }
  near((other.L0 - 3) / 2385, fit.L0, 1e-3);
  near(other.gamma, fit.gamma, 1e-3);
}

/* The forecast holds what the law will come to; the last rate stays where none is told. */
static void foretells (void **state) {
  (void)state;
  Random random = random_seeded(6);
  double rates[N], losses[N], mean, sd, stays, stays_sd;
  for (int i = 0; i < N; i++) rates[i] = rate_at(i);
  losses_of(LAW, N, rates, 0.02, &random, losses);
  Multipower fit;
  assert_int_equal(multipower_fit(&fit, &PLAIN, 250, losses, rates), STATUS_OK);
  multipower_forecast(&fit, N - 250, rates + 250, N, &mean, &sd);
  near(mean, log(paper(LAW, rates, 20, N)), 3 * sd);
  assert_true(sd > 0 && sd < 0.5);
  double same[150];
  for (int i = 0; i < 150; i++) same[i] = rates[249];
  multipower_forecast(&fit, 150, same, N, &mean, &sd);
  multipower_forecast(&fit, 0, NULL, N, &stays, &stays_sd);
  near(stays, mean, 1e-9);
  near(stays_sd, sd, 1e-9);
  multipower_forecast(&fit, 0, NULL, 3, &mean, &sd);
  multipower_forecast(&fit, 0, NULL, 250, &stays, &stays_sd);
  near(mean, stays, 0);  /* a step of the series counts as its last */
}

static void hard_numbers (void **state) {
  (void)state;
  Random random = random_seeded(7);
  for (int round = 0; round < 200; round++) {
    double losses[40], rates[40], mean, sd;
    const int n = 1 + (int)random_below(&random, 40);
    for (int i = 0; i < n; i++) {
      const uint64_t kind = random_below(&random, 10);
      losses[i] = kind == 0 ? NAN : kind == 1 ? INFINITY : kind == 2 ? 1e150 : kind == 3 ? 0 : exp(10 * random_normal(&random));
      rates[i] = kind == 4 ? 0 : kind == 5 ? 1e300 : kind == 6 ? 1e-300 : exp(5 * random_normal(&random));
    }
    rates[random_below(&random, n)] = 0.1;
    Multipower fit;
    const Status status = multipower_fit(&fit, &PLAIN, n, losses, rates);
    assert_true(status == STATUS_OK || status == STATUS_TOO_FEW);
    if (status != STATUS_OK) continue;
    multipower_forecast(&fit, n, rates, 3 * n, &mean, &sd);
    assert_true(isfinite(mean) && isfinite(sd) && sd >= 0);
  }
}

static void bad_input (void **state) {
  (void)state;
  const double losses[] = { 3, 2, 1 }, lost[] = { NAN, NAN, NAN }, good[] = { 1, 1, 0.5 };
  const double bad[][3] = { { 0, 0, 0 }, { 1, -1, 1 }, { 1, NAN, 1 }, { 1, INFINITY, 1 } };
  const ForecastOptions unbounded = { .first = 1, .stride = 1, .lower = -INFINITY }, still = { .first = 1, .stride = 0, .lower = 0 };
  Multipower fit;
  for (int k = 0; k < 4; k++) assert_int_equal(multipower_fit(&fit, &PLAIN, 3, losses, bad[k]), STATUS_BAD_ARGUMENT);
  assert_int_equal(multipower_fit(&fit, &unbounded, 3, losses, good), STATUS_BAD_ARGUMENT);
  assert_int_equal(multipower_fit(&fit, &still, 3, losses, good), STATUS_BAD_ARGUMENT);
  assert_int_equal(multipower_fit(&fit, &PLAIN, -1, losses, good), STATUS_BAD_ARGUMENT);
  assert_int_equal(multipower_fit(&fit, &PLAIN, 0, losses, good), STATUS_TOO_FEW);
  assert_int_equal(multipower_fit(&fit, &PLAIN, 3, lost, good), STATUS_TOO_FEW);
}

static void no_memory (void **state) {
  (void)state;
  const double losses[] = { 3, 2.385, 2, 1.8 }, rates[] = { 1, 1, 0.5, 0.25 };
  Multipower fit;
  EACH_ALLOCATION_FAILS({ status = multipower_fit(&fit, &PLAIN, 4, losses, rates); });
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(is_the_papers_formula), cmocka_unit_test(gradient), cmocka_unit_test(many_changes_are_joined),
    cmocka_unit_test(recovers_the_law), cmocka_unit_test(units_do_not_matter), cmocka_unit_test(foretells),
    cmocka_unit_test(hard_numbers), cmocka_unit_test(bad_input), cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

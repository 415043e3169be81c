#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../reference/gp_reference.h"
#include "numerics/acquisition.h"

static bool near (double a, double b, double relative) {
  return fabs(a - b) <= relative * fmax(fabs(b), 1e-3);
}

static void logarithm_of_h (void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof REFERENCE_LOG_H / sizeof *REFERENCE_LOG_H; i++) {
    const double z = REFERENCE_LOG_H[i].z;
    assert_true(near(acquisition_log_ei(-z, 1, 0, NULL), REFERENCE_LOG_H[i].log_h, 2e-14));
  }
}

/* In other units: sigma h((best - mu) / sigma). */
static void units (void **state) {
  (void)state;
  const double sigma = 2.385, best = -0.7;
  for (double z = -50; z < 5; z += 0.37)
    assert_true(near(acquisition_log_ei(best - z * sigma, sigma, best, NULL), log(sigma) + acquisition_log_ei(-z, 1, 0, NULL), 1e-12));
}

static const double ERRORS[] = { 0.385, 0.1 };
static const Acquisition KINDS[] = {
  { ACQUISITION_LCB, 2.385, 0, NULL }, { ACQUISITION_EI, 0, 0.3, NULL }, { ACQUISITION_EI, 0, 0.3, ERRORS },
  { ACQUISITION_PI, 0, 0.3, NULL },
};

static double cost (const Acquisition *a, double mu, double sigma, AcquisitionSlope *slope) {
  const double one = 1;
  return acquisition_cost(a, 1, &one, &mu, &sigma, slope);
}

/* Of every kind, alone and in a mixture of two. */
static void slopes (void **state) {
  (void)state;
    const double e = 1e-5, weight[] = { 0.3, 0.7 };
  for (int k = 0; k < 4; k++)
    for (double mu = -3; mu < 3; mu += 0.61)
      for (double sigma = 0.2; sigma < 3; sigma *= 1.7) {
        AcquisitionSlope slope, both[2];
        cost(&KINDS[k], mu, sigma, &slope);
        const double by_mu = cost(&KINDS[k], mu + e, sigma, NULL) - cost(&KINDS[k], mu - e, sigma, NULL);
        const double by_sigma = cost(&KINDS[k], mu, sigma + e, NULL) - cost(&KINDS[k], mu, sigma - e, NULL);
        assert_true(near(slope.mu, by_mu / (2 * e), 1e-5));
        assert_true(near(slope.sigma, by_sigma / (2 * e), 1e-5));
        double mus[] = { 0.4, mu }, sigmas[] = { 0.9, sigma };
        acquisition_cost(&KINDS[k], 2, weight, mus, sigmas, both);
        for (int i = 0; i < 2; i++) {
          const double m = mus[i], s = sigmas[i];
          mus[i] = m + e;
          double up = acquisition_cost(&KINDS[k], 2, weight, mus, sigmas, NULL);
          mus[i] = m - e;
          double down = acquisition_cost(&KINDS[k], 2, weight, mus, sigmas, NULL);
          mus[i] = m;
          assert_true(near(both[i].mu, (up - down) / (2 * e), 1e-5));
          sigmas[i] = s + e;
          up = acquisition_cost(&KINDS[k], 2, weight, mus, sigmas, NULL);
          sigmas[i] = s - e;
          down = acquisition_cost(&KINDS[k], 2, weight, mus, sigmas, NULL);
          sigmas[i] = s;
          assert_true(near(both[i].sigma, (up - down) / (2 * e), 1e-5));
        }
      }
}

/* The quick way with many points is the exact one to seven digits. */
static void many_points (void **state) {
  (void)state;
  enum { M = 200 };
  const double weight[] = { 0.25, 0.75 };
  double mu[2 * M], variance[2 * M], costs[M];
  for (int i = 0; i < 2 * M; i++) {
    mu[i] = 0.1 * (i % M) - 2 + 0.3 * (i / M);
    variance[i] = i % 7 == 0 ? 0 : pow(10, -(i % 9));
  }
  for (int k = 0; k < 4; k++)
    for (int n = 1; n <= 2; n++) {
      const bool plain = acquisition_ranks(&KINDS[k], n, n == 1 ? (double[]){ 1 } : weight, M, mu, variance, costs);
      for (int j = 0; j < M; j++) {
        const double m[] = { mu[j], mu[M + j] }, s[] = { sqrt(variance[j]), sqrt(variance[M + j]) };
        const double expected = acquisition_cost(&KINDS[k], n, n == 1 ? (double[]){ 1 } : weight, m, s, NULL);
        if (plain) assert_true(fabs(costs[j] + exp(-expected)) <= 1e-7 * exp(-expected) + 1e-200);
        else assert_true(costs[j] == expected || near(costs[j], expected, 1e-7));
      }
    }
}

/* What errors leave of an improvement: all of it where there are none, half of it where sigma^2 = 3 tau^2, next to nothing where
 * the point is known well. */
static void errors_take_their_share (void **state) {
  (void)state;
  const double none = 0, tau = 0.5, large = 1e3;
  for (double mu = -1; mu < 2; mu += 0.385) {
    const double sigma = sqrt(3) * tau, exact = acquisition_log_ei(mu, sigma, 0.3, NULL);
    assert_true(near(cost(&(Acquisition){ ACQUISITION_EI, 0, 0.3, &none }, mu, sigma, NULL), -exact, 1e-14));
    assert_true(near(cost(&(Acquisition){ ACQUISITION_EI, 0, 0.3, &tau }, mu, sigma, NULL), -exact - log(0.5), 1e-12));
    const double little = -exact - log(0.5 * sigma * sigma / 1e6);
    assert_true(near(cost(&(Acquisition){ ACQUISITION_EI, 0, 0.3, &large }, mu, sigma, NULL), little, 1e-6));
  }
}

static void ends_of_the_range (void **state) {
  (void)state;
  AcquisitionSlope slope;
  assert_true(acquisition_log_ei(1, 0, 3, &slope) == log(2));
  assert_true(slope.mu == -0.5 && slope.sigma == 0);
  assert_true(acquisition_log_ei(3, 0, 1, &slope) == -INFINITY);
  assert_true(acquisition_log_ei(1, 0, 1, NULL) == -INFINITY);
  for (double sigma = 1; sigma > 1e-300; sigma /= 10) {
    const double value = acquisition_log_ei(1, sigma, 0, &slope);
    assert_true(!isnan(value) && value < 0 && !isnan(slope.mu) && !isnan(slope.sigma));
  }
  const Acquisition lcb = { ACQUISITION_LCB, 1000, 0, NULL };
  assert_true(cost(&lcb, 5, 0.25, &slope) == -245);
  assert_true(slope.mu == 1 && slope.sigma == -1000);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(logarithm_of_h), cmocka_unit_test(units), cmocka_unit_test(slopes), cmocka_unit_test(many_points),
      cmocka_unit_test(errors_take_their_share), cmocka_unit_test(ends_of_the_range),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

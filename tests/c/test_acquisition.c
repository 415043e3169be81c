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

static void slopes (void **state) {
  (void)state;
  const Acquisition kinds[] = { { ACQUISITION_EI, 0, 0.3 }, { ACQUISITION_LCB, 2.385, 0 } };
  const double e = 1e-6;
  for (int k = 0; k < 2; k++)
    for (double mu = -3; mu < 12; mu += 0.31)
      for (double sigma = 0.2; sigma < 3; sigma *= 1.7) {
        AcquisitionSlope slope, ignored;
        acquisition_cost(&kinds[k], mu, sigma, &slope);
        const double by_mu = acquisition_cost(&kinds[k], mu + e, sigma, &ignored) - acquisition_cost(&kinds[k], mu - e, sigma, &ignored);
        const double by_sigma = acquisition_cost(&kinds[k], mu, sigma + e, NULL) - acquisition_cost(&kinds[k], mu, sigma - e, NULL);
        assert_true(near(slope.mu, by_mu / (2 * e), 1e-5));
        assert_true(near(slope.sigma, by_sigma / (2 * e), 1e-5));
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
  const Acquisition lcb = { ACQUISITION_LCB, 1000, 0 };
  assert_true(acquisition_cost(&lcb, 5, 0.25, &slope) == -245);
  assert_true(slope.mu == 1 && slope.sigma == -1000);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(logarithm_of_h), cmocka_unit_test(units), cmocka_unit_test(slopes), cmocka_unit_test(ends_of_the_range),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Gaussian processes: their posterior and evidence beside scikit-learn's, and data that break a careless one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gp_cases.h"
#include "mem_rigged.h"
#include "numerics/gp.h"

static double evidence_of (const Gp *gp) {
  double value;
  assert_int_equal(gp_evidence(gp, &value, NULL), STATUS_OK);
  return value;
}

static void agrees_with (const Gp *gp, const Reference *r) {
  for (int i = 0; i < M; i++) {
    double mean, variance;
    predict(gp, REFERENCE_Z + i * D, &mean, &variance);
    assert_true(near(mean, r->mean[i], 1e-11) && near(variance, r->variance[i], 1e-11));
  }
  assert_true(near(evidence_of(gp), r->evidence, 1e-11));
}

static void scikit_learn (void **state) {
  (void)state;
  for (int kind = 0; kind < REFERENCE_KINDS; kind++) {
    const GpOptions o = reference_options((KernelKind)kind);
    Gp *gp = new_gp(&o);
    assert_int_equal(fit(gp, N, REFERENCE_X, REFERENCE_Y, REFERENCE_VARIANCE), STATUS_OK);
    agrees_with(gp, &REFERENCE[kind]);
    gp_free(gp);
  }
}

static void point_by_point_is_all_at_once (void **state) {
  (void)state;
  for (int kind = 0; kind < REFERENCE_KINDS; kind++) {
    const GpOptions o = reference_options((KernelKind)kind);
    Gp *gp = new_gp(&o);
    for (int i = 0; i < N; i++)
      assert_int_equal(gp_append(gp, REFERENCE_X + i * D, REFERENCE_Y[i], REFERENCE_VARIANCE[i]), STATUS_OK);
    agrees_with(gp, &REFERENCE[kind]);
    for (int i = 0; i < 40; i++)  /* beyond the first capacity, and back */
      assert_int_equal(gp_append(gp, (double[]){ 0.1 * i, 1 }, 7, 0.1), STATUS_OK);
    assert_int_equal(gp_size(gp), N + 40);
    gp_truncate(gp, N);
    agrees_with(gp, &REFERENCE[kind]);
    gp_free(gp);
  }
}

/* Merged observations are worth what they are one by one: mean, variance and evidence. */
static void merging_loses_nothing (void **state) {
  (void)state;
  const double x[] = { 0.1, 0.1, 0.1, 0.6, 0.6, 0.9 }, y[] = { 1, 2, 2.385, -1, -1.5, 0.3 };
  const double at[] = { 0.1, 0.6, 0.9 }, means[] = { 5.385 / 3, -1.25, 0.3 }, times[] = { 3, 2, 1 };
  double within = 0, mean[2], variance[2];
  for (int i = 0; i < 3; i++) within += pow(y[i] - means[0], 2);
  for (int i = 3; i < 5; i++) within += pow(y[i] - means[1], 2);
  GpOptions o = gp_options(KERNEL_MATERN52, 1);
  o.given.length[0] = 0.4;
  o.given.signal = 2;
  o.given.noise = 0.3;
  for (int trend = 0; trend < 3; trend++) {
    o.trend = trend == 2 ? GP_LINEAR : GP_CONSTANT;
    o.given.mean = trend == 0 ? 0.5 : NAN;
    o.span[0] = 1;
    Gp *all = new_gp(&o), *merged = new_gp(&o);
    assert_int_equal(fit(all, 6, x, y, NULL), STATUS_OK);
    assert_int_equal(gp_fit(merged, &(GpData){ .n = 3, .X = at, .y = means, .times = times, .within = within }), STATUS_OK);
    predict(all, (double[]){ 0.35 }, mean, variance);
    predict(merged, (double[]){ 0.35 }, mean + 1, variance + 1);
    /* the slopes of a linear mean have a prior in standard units, which differ a little */
    assert_true(near(mean[0], mean[1], trend == 2 ? 1e-2 : 1e-10) && near(variance[0], variance[1], trend == 2 ? 1e-2 : 1e-10));
    if (trend == 0) assert_true(near(evidence_of(all), evidence_of(merged), 1e-10));
    gp_free(all);
    gp_free(merged);
  }
}

/* y -> a + b y and x -> c + s x change nothing but units. */
static void units_do_not_matter (void **state) {
  (void)state;
  double X[N * D], y[N], mean[2], variance[2];
  const double b = 1e6, a = -3e7, s = 1e-3;
  for (int i = 0; i < N * D; i++) X[i] = 2 + s * REFERENCE_X[i];
  for (int i = 0; i < N; i++) y[i] = a + b * REFERENCE_Y[i];
  const GpOptions o = gp_options(KERNEL_MATERN52, D);
  Gp *plain = new_gp(&o), *scaled = new_gp(&o);
  assert_int_equal(fit(plain, N, REFERENCE_X, REFERENCE_Y, NULL), STATUS_OK);
  assert_int_equal(fit(scaled, N, X, y, NULL), STATUS_OK);
  predict(plain, (double[]){ 0.5, 0.2 }, mean, variance);
  predict(scaled, (double[]){ 2 + s * 0.5, 2 + s * 0.2 }, mean + 1, variance + 1);
  assert_true(near((mean[1] - a) / b, mean[0], 1e-4) && near(variance[1] / b / b, variance[0], 1e-4));
  gp_free(plain);
  gp_free(scaled);
}

/* Numbers that break a careless implementation: each answer is defined. */
static void awkward_data (void **state) {
  (void)state;
  static const struct { int n; double x[4], y[4], mean; } cases[] = {
    { 0, { 0 }, { 0 }, 0 },
    { 1, { 0.3 }, { 2.385 }, 2.385 }, { 1, { 0.3 }, { 1e300 }, 1e300 }, { 1, { 0.3 }, { -1e-300 }, -1e-300 },
    { 3, { 0, 0.5, 1 }, { 7, 7, 7 }, 7 }, { 3, { 0, 0.5, 1 }, { 0.1, 0.1, 0.1 }, 0.1 },
    { 4, { 0.2, 0.2, 0.2, 0.2 }, { 1, 1, 1, 1 }, 1 }, { 4, { 0.2, 0.2, 0.8, 0.8 }, { 0, 1, 2, 3 }, NAN },
    { 3, { 0, 0.5, 1 }, { 1e300, -1e300, 1e300 }, NAN }, { 3, { 0, 0.5, 1 }, { 1e-300, 2e-300, 3e-300 }, NAN },
    { 3, { 0, 0.5, 1 }, { 5e-324, 0, 5e-324 }, NAN }, { 3, { -1e300, 0, 1e300 }, { 1, 2, 3 }, NAN },
    { 2, { 0.5, 0.50000000000000011 }, { 1, 2 }, NAN }, { 3, { 0, 0.5, 1 }, { 1e308 / 8, -1e308 / 8, 0 }, NAN },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (int kind = 0; kind < KERNEL_KINDS; kind++) {
      const GpOptions o = gp_options((KernelKind)kind, 1);
      double mean, variance;
      Gp *gp = new_gp(&o);
      assert_int_equal(fit(gp, cases[i].n, cases[i].x, cases[i].y, NULL), STATUS_OK);
      for (double x = -0.5; x < 2; x += 0.25) {
        predict(gp, &x, &mean, &variance);
        assert_true(isfinite(mean) && variance >= 0);
        if (!isnan(cases[i].mean)) assert_true(fabs(mean - cases[i].mean) <= 1e-9 * fabs(cases[i].mean) + 1e-15);
      }
      assert_true(isfinite(evidence_of(gp)));
      assert_int_equal(gp_append(gp, &cases[i].x[0], cases[i].y[0], 0), STATUS_OK);
      assert_int_equal(gp_append(gp, &cases[i].x[0], 0.5, 1e300), STATUS_OK);
      predict(gp, (double[]){ 0.25 }, &mean, &variance);
      assert_true(isfinite(mean) && variance >= 0);
      gp_free(gp);
    }
}

/* Coincident points and no noise at all: jitter, and between the two values. */
static void jitter (void **state) {
  (void)state;
  GpOptions o = gp_options(KERNEL_SQUARED_EXPONENTIAL, 1);
  o.given.noise = 0;
  o.given.length[0] = 1;
  Gp *gp = new_gp(&o);
  const double x[] = { 0, 0, 0.5, 1 }, y[] = { 1, 3, 2, 2.385 };
  double mean, variance;
  assert_int_equal(fit(gp, 4, x, y, NULL), STATUS_OK);
  predict(gp, x, &mean, &variance);
  assert_true(fabs(mean - 2) < 0.01);
  assert_int_equal(gp_append(gp, x + 2, 2, 0), STATUS_OK);  /* the floor of the pivot */
  predict(gp, x + 2, &mean, &variance);
  assert_true(fabs(mean - 2) < 0.01 && variance < 1e-3);
  gp_free(gp);
}

static void refuses (void **state) {
  (void)state;
  GpOptions o = gp_options(KERNEL_MATERN52, 1);
  Gp *gp = new_gp(&o), *none;
  const double x[] = { 0, 1 }, y[] = { 1, 2 };
  const double bad[] = { NAN, INFINITY, 2 * GP_LARGEST };
  assert_int_equal(fit(gp, 2, x, y, NULL), STATUS_OK);
  for (int i = 0; i < 3; i++) {
    const double wrong[] = { 0, bad[i] };
    if (i < 2) assert_int_equal(fit(gp, 2, wrong, y, NULL), STATUS_BAD_ARGUMENT);
    assert_int_equal(fit(gp, 2, x, wrong, NULL), STATUS_BAD_ARGUMENT);
    if (i < 2) assert_int_equal(fit(gp, 2, x, y, wrong), STATUS_BAD_ARGUMENT);
    assert_int_equal(gp_append(gp, x, bad[i], 0), STATUS_BAD_ARGUMENT);
  }
  assert_int_equal(gp_append(gp, x, 1, -1), STATUS_BAD_ARGUMENT);
  assert_int_equal(gp_size(gp), 2);
  gp_free(gp);
  o.given.signal = 0;
  assert_int_equal(gp_new(&none, &o), STATUS_BAD_ARGUMENT);
  assert_null(none);
  o = gp_options(KERNEL_MATERN52, 17);
  assert_int_equal(gp_new(&none, &o), STATUS_BAD_ARGUMENT);
  o = gp_options(KERNEL_MATERN52, 1);
  o.given.length[0] = -1;
  assert_int_equal(gp_new(&none, &o), STATUS_BAD_ARGUMENT);
  gp_free(NULL);
}

static Status life (void) {
  const GpOptions o = gp_options(KERNEL_MATERN52, D);
  Gp *gp;
  Status status = gp_new(&gp, &o);
  assert_true((status == STATUS_OK) == (gp != NULL));
  if (status == STATUS_OK) status = fit(gp, N, REFERENCE_X, REFERENCE_Y, NULL);
  if (status == STATUS_OK) assert_int_equal(gp_size(gp), N);
  for (int i = 0; i < 10 && status == STATUS_OK; i++) {
    status = gp_append(gp, REFERENCE_X, 1, 0.1);
    assert_int_equal(gp_size(gp), N + i + (status == STATUS_OK));
  }
  gp_free(gp);
  return status;
}

static void no_memory (void **state) {
  (void)state;
  EACH_ALLOCATION_FAILS(status = life(););
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(scikit_learn), cmocka_unit_test(point_by_point_is_all_at_once), cmocka_unit_test(merging_loses_nothing),
    cmocka_unit_test(units_do_not_matter), cmocka_unit_test(awkward_data), cmocka_unit_test(jitter), cmocka_unit_test(refuses),
    cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

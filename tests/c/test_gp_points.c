/* What a Gaussian process says at points: slopes, many at once, points that are tracked and those near them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "gp_cases.h"
#include "numerics/gp.h"
#include "numerics/hyper.h"
#include "numerics/mem.h"

/* Slopes of one component and of the whole against central differences, with any mean. */
static void slopes (void **state) {
  (void)state;
  for (int kind = 1; kind < KERNEL_KINDS; kind++)  /* Matern 1/2 has corners at the data */
    for (int trend = 0; trend < 3; trend++) {
      GpOptions o = reference_options((KernelKind)kind);
      o.trend = trend == 2 ? GP_LINEAR : GP_CONSTANT;
      if (trend > 0) o.given.mean = NAN;
      o.span[0] = 2.5;
      o.span[1] = 0.4;
      Gp *gp = new_gp(&o);
      assert_int_equal(fit(gp, N, REFERENCE_X, REFERENCE_Y, REFERENCE_VARIANCE), STATUS_OK);
      double work[4096];
      for (int i = 0; i < M; i++) {
        double x[] = { REFERENCE_Z[i * D], REFERENCE_Z[i * D + 1] }, mean, variance;
        GpSlope slope, whole;
        gp_slope(gp, 0, x, work, &slope);
        gp_predict_slope(gp, x, work, &whole);
        gp_posterior(gp, 1, x, work, &mean, &variance);
        assert_true(near(slope.mean, mean, 1e-12) && near(slope.variance, variance, 1e-12));
        for (int k = 0; k < 2; k++) {
          const double at = x[k], e = 1e-5;
          double up, down, vup, vdown;
          x[k] = at + e;
          predict(gp, x, &up, &vup);
          x[k] = at - e;
          predict(gp, x, &down, &vdown);
          x[k] = at;
          assert_true(near(whole.mean_slope[k], (up - down) / (2 * e), 1e-6));
          assert_true(near(whole.variance_slope[k], (vup - vdown) / (2 * e), 1e-6));
          assert_true(near(slope.mean_slope[k] * gp_scale(gp), whole.mean_slope[k], 1e-10));
        }
      }
      GpSlope many[M], one;                                 /* all at once, and each alone */
      assert_true(gp_slopes_work(gp, M) <= 4096);
      gp_slopes(gp, 0, M, REFERENCE_Z, work, many);
      for (int i = 0; i < M; i++) {
        gp_slope(gp, 0, REFERENCE_Z + i * D, work, &one);
        assert_true(near(many[i].mean, one.mean, 1e-12) && near(many[i].variance, one.variance, 1e-12));
        for (int k = 0; k < D; k++)
          assert_true(near(many[i].mean_slope[k], one.mean_slope[k], 1e-10)
                      && near(many[i].variance_slope[k], one.variance_slope[k], 1e-10));
      }
      gp_free(gp);
    }
}

static void mean_at_observations (void **state) {
  (void)state;
  const GpOptions o = reference_options(KERNEL_MATERN52);
  Gp *gp = new_gp(&o);
  assert_int_equal(fit(gp, N, REFERENCE_X, REFERENCE_Y, REFERENCE_VARIANCE), STATUS_OK);
  for (int i = 0; i < N; i++) {
    double work[4096], mean, variance;
    gp_posterior(gp, 1, REFERENCE_X + i * D, work, &mean, &variance);
    assert_true(near(gp_mean_at(gp, i), mean, 1e-10));
  }
  gp_free(gp);
}

static void many_at_once (void **state) {
  (void)state;
  enum { MANY = 150 };
  const GpOptions o = reference_options(KERNEL_MATERN32);
  Gp *gp = new_gp(&o);
  assert_int_equal(fit(gp, N, REFERENCE_X, REFERENCE_Y, NULL), STATUS_OK);
  double X[MANY * D], mean[MANY], variance[MANY], work[4096];
  for (int i = 0; i < MANY * D; i++) X[i] = sin(i);
  gp_posterior(gp, MANY, X, work, mean, variance);
  for (int i = 0; i < MANY; i++) {
    double m, v;
    gp_posterior(gp, 1, X + i * D, work, &m, &v);
    assert_true(near(mean[i], m, 1e-13) && near(variance[i], v, 1e-12));
  }
  gp_free(gp);
}

/* Tracked points are what predictions say of them, through appends, suppositions and forgetting; a mixture too. */
static void tracking (void **state) {
  (void)state;
  enum { POINTS = 40 };
  for (int integrate = 0; integrate < 2; integrate++) {
    GpOptions o = gp_options(KERNEL_MATERN52, 1);
    o.integrate = integrate;
    Gp *gp = new_gp(&o);
    double x[12], y[12], X[POINTS], mean[POINTS * HYPER_NODES], variance[POINTS * HYPER_NODES];
    double expected[POINTS * HYPER_NODES], spread[POINTS * HYPER_NODES], *work;
    for (int i = 0; i < 12; i++) {
      x[i] = fmod(0.618 * i, 1);
      y[i] = sin(7 * x[i]);
    }
    for (int i = 0; i < POINTS; i++) X[i] = i / (POINTS - 1.0);
    assert_int_equal(fit(gp, 12, x, y, NULL), STATUS_OK);
    assert_true((gp_components(gp) > 1) == (integrate == 1));
    assert_int_equal(gp_track(gp, POINTS, X), STATUS_OK);
    for (int step = 0; step < 4; step++) {
      if (step == 1) for (int i = 0; i < 9; i++) assert_int_equal(gp_append(gp, &X[4 * i + 1], sin(7 * X[4 * i + 1]), 0), STATUS_OK);
      if (step == 2) for (int i = 0; i < 3; i++) assert_int_equal(gp_suppose(gp, &X[9 * i + 3]), STATUS_OK);
      if (step == 3) gp_truncate(gp, 21);
      work = mem_alloc(gp_work(gp), sizeof *work);
      const int n = POINTS * gp_components(gp);
      if (step == 2) memcpy(expected, mean, sizeof mean);   /* to suppose leaves the mean */
      gp_tracked_posterior(gp, mean, variance);
      if (step != 2) gp_components_posterior(gp, POINTS, X, work, expected, spread);
      for (int i = 0; i < n; i++) {
        assert_true(fabs(mean[i] - expected[i]) < 1e-5);
        if (step != 2) assert_true(fabs(variance[i] - spread[i]) < 1e-5);
        else assert_true(variance[i] <= spread[i] + 1e-9);
      }
      mem_free(work);
    }
    gp_free(gp);
  }
}

/* Between tracked points of a line: what solving gives, whatever was appended or supposed; a coarse answer lies further off. */
static void near_tracked_points (void **state) {
  (void)state;
  enum { LINE = 257 };
  static const int ABOUT[] = { 0, 1, 2, 100, 254, 256 };
  for (int kind = 0; kind < 4; kind++) {
    GpOptions o = gp_options(kind == 3 ? KERNEL_SQUARED_EXPONENTIAL : KERNEL_MATERN52, 1);
    o.integrate = kind == 1;
    o.trend = kind == 2 ? GP_LINEAR : GP_CONSTANT;
    Gp *gp = new_gp(&o);
    double x[10], y[10], line[LINE], off = 0, coarse_off = 0;
    for (int i = 0; i < 10; i++) {
      x[i] = fmod(0.618 * i, 1);
      y[i] = sin(7 * x[i]);
    }
    for (int i = 0; i < LINE; i++) line[i] = i / (LINE - 1.0);
    assert_int_equal(fit(gp, 8, x, y, NULL), STATUS_OK);
    assert_int_equal(gp_track(gp, LINE, line), STATUS_OK);
    assert_int_equal(gp_append(gp, &x[8], y[8], 0), STATUS_OK);
    assert_int_equal(gp_suppose(gp, &x[9]), STATUS_OK);
    double *work = mem_alloc(gp_work(gp), sizeof *work);
    for (int i = 0; i < (int)(sizeof ABOUT / sizeof *ABOUT); i++) {
      GpNear near;
      gp_near(gp, ABOUT[i], &near);
      for (double at = -1; at <= 1; at += 0.21) {
        const double u = fmin(fmax(line[ABOUT[i]] + at / (LINE - 1), 0), 1);
        double mean[2][HYPER_NODES], variance[2][HYPER_NODES], exact[HYPER_NODES], spread[HYPER_NODES];
        gp_components_posterior(gp, 1, &u, work, exact, spread);
        for (int coarse = 0; coarse < 2; coarse++) gp_near_posterior(gp, &near, u, coarse, mean[coarse], variance[coarse]);
        for (int k = 0; k < gp_components(gp); k++) {
          off = fmax(off, fmax(fabs(mean[0][k] - exact[k]), fabs(variance[0][k] - spread[k])));
          coarse_off = fmax(coarse_off, fmax(fabs(mean[1][k] - exact[k]), fabs(variance[1][k] - spread[k])));
        }
      }
    }
    assert_true(off < 1e-7);
    assert_true(coarse_off < 1e-4);
    assert_true(off < coarse_off);
    mem_free(work);
    gp_free(gp);
  }
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(slopes), cmocka_unit_test(mean_at_observations), cmocka_unit_test(many_at_once),
    cmocka_unit_test(tracking), cmocka_unit_test(near_tracked_points),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

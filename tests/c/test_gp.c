#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../reference/gp_reference.h"
#include "mem_rigged.h"
#include "numerics/gp.h"
#include "numerics/hyper.h"
#include "numerics/mem.h"

enum { N = REFERENCE_N, D = REFERENCE_D, M = REFERENCE_M, REFERENCE_KINDS = sizeof REFERENCE / sizeof *REFERENCE };

static bool near (double a, double b, double tolerance) {
  return fabs(a - b) <= tolerance * (1 + fabs(b));
}

/* Everything given, mean 0: what scikit-learn was asked. */
static GpOptions reference_options (KernelKind kind) {
  GpOptions o = gp_options(kind, D);
  memcpy(o.given.length, REFERENCE_LENGTH, sizeof REFERENCE_LENGTH);
  o.given.signal = REFERENCE_SIGNAL;
  o.given.noise = REFERENCE_NOISE;
  o.given.mean = 0;
  return o;
}

static Gp *new_gp (const GpOptions *options) {
  Gp *gp;
  assert_int_equal(gp_new(&gp, options), STATUS_OK);
  return gp;
}

static Status fit (Gp *gp, int n, const double *X, const double *y, const double *variance) {
  return gp_fit(gp, &(GpData){ .n = n, .X = X, .y = y, .variance = variance });
}

static double evidence_of (const Gp *gp) {
  double value;
  assert_int_equal(gp_evidence(gp, &value, NULL), STATUS_OK);
  return value;
}

static void predict (const Gp *gp, const double *x, double *mean, double *variance) {
  double work[4096];
  assert_true(gp_work(gp) <= 4096);
  gp_predict(gp, x, work, mean, variance);
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

/* Point by point to coordinate by coordinate. */
static void turn (int n, int d, const double *X, double *out) {
  for (int i = 0; i < n; i++)
    for (int k = 0; k < d; k++) out[i + k * n] = X[i * d + k];
}

/* For every kernel, mean given or fitted, constant or linear, with and without merged observations. */
static void evidence_gradient (void **state) {
  (void)state;
  double X[N * D], ones[N], times[N], work[2 * N * N + 12 * N], theta[D + 2], gradient[D + 2];
  turn(N, D, REFERENCE_X, X);
  for (int i = 0; i < N; i++) {
    ones[i] = 1;
    times[i] = 1 + i % 3;
  }
  assert_true(evidence_work(N, 1 + D) <= sizeof work / sizeof *work);
  for (int kind = 0; kind < KERNEL_KINDS; kind++)
    for (int columns = 0; columns <= 1 + D; columns += columns == 0 ? 1 : D)
      for (int merged = 0; merged < 2; merged++) {
        const bool reference = columns == 0 && !merged && kind < REFERENCE_KINDS;
        const Evidence e = {
          .kernel = { (KernelKind)kind, D, 0 }, .n = N, .ldx = N, .X = X, .y = REFERENCE_Y, .variance = REFERENCE_VARIANCE,
          .times = merged ? times : ones, .surplus = merged ? N : 0, .within = merged ? 2.385 : 0, .columns = columns,
        };
        for (int k = 0; k < D; k++) theta[k] = log(REFERENCE_LENGTH[k]);
        theta[D] = log(REFERENCE_SIGNAL);
        theta[D + 1] = log(REFERENCE_NOISE);
        const double value = evidence_log(&e, theta, gradient, work);
        assert_true(value == evidence_log(&e, theta, NULL, work));
        if (reference) assert_true(near(value, REFERENCE[kind].evidence, 1e-11));
        for (int k = 0; k < D + 2; k++) {
          if (reference) assert_true(near(gradient[k], REFERENCE[kind].gradient[k], 1e-10));
          const double at = theta[k], step = 1e-5;
          theta[k] = at + step;
          const double up = evidence_log(&e, theta, NULL, work);
          theta[k] = at - step;
          const double down = evidence_log(&e, theta, NULL, work);
          theta[k] = at;
          assert_true(near(gradient[k], (up - down) / (2 * step), 1e-6));
        }
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

static void prior_gradient (void **state) {
  (void)state;
  const bool fixed[] = { false, true, false, false };
  HyperPriors priors = hyper_priors(2);
  double modes[4], flat[4] = { 0 };
  hyper_modes(&priors, 2, modes);
  hyper_log_prior(&priors, 2, (bool[4]){ false }, modes, flat);
  for (int k = 0; k < 4; k++) assert_true(fabs(flat[k]) < 1e-12);
  priors.length[0] = (HyperPrior){ HYPER_INVERSE_SQUARE, 0.1, 0.1 };
  priors.signal = (HyperPrior){ HYPER_GAMMA, 2, 1 };
  double theta[] = { 0.7, 0.1, -0.3, -2.385 }, gradient[4] = { 0 };
  hyper_log_prior(&priors, 2, fixed, theta, gradient);
  assert_true(gradient[1] == 0);
  for (int k = 0; k < 4; k++) {
    const double at = theta[k], step = 1e-5;
    theta[k] = at + step;
    const double up = hyper_log_prior(&priors, 2, fixed, theta, NULL);
    theta[k] = at - step;
    const double down = hyper_log_prior(&priors, 2, fixed, theta, NULL);
    theta[k] = at;
    assert_true(near(gradient[k], (up - down) / (2 * step), 1e-8));
  }
  hyper_modes(&priors, 2, modes);
  memset(flat, 0, sizeof flat);
  hyper_log_prior(&priors, 2, (bool[4]){ false }, modes, flat);
  for (int k = 0; k < 4; k++) assert_true(fabs(flat[k]) < 1e-12);
}

/* A fit ends where the slope of evidence + prior is nought, and better than where it could have started. */
static void fit_is_a_maximum (void **state) {
  (void)state;
  enum { POINTS = 30 };
  double X[2 * POINTS], y[POINTS], variance[POINTS] = { 0 }, times[POINTS], theta[4], gradient[4], value;
  double work[2 * POINTS * POINTS + 6 * POINTS];
  for (int i = 0; i < POINTS; i++) {
    X[i] = fmod(i * 0.7549, 1);
    X[i + POINTS] = fmod(i * 0.5698, 1);
    y[i] = sin(6 * X[i]) + 0.3 * X[i + POINTS] + 0.05 * cos(97.0 * i);
    times[i] = 1;
  }
  const Evidence e = {
    .kernel = { KERNEL_MATERN52, 2, 0 }, .n = POINTS, .ldx = POINTS, .X = X, .y = y, .variance = variance, .times = times, .columns = 1,
  };
  const HyperPriors priors = hyper_priors(2);
  const bool fixed[4] = { false };
  hyper_modes(&priors, 2, theta);
  const double before = evidence_log(&e, theta, NULL, work) + hyper_log_prior(&priors, 2, fixed, theta, NULL);
  assert_int_equal(hyper_fit(&e, &priors, fixed, false, theta, &value, work), STATUS_OK);
  const double after = evidence_log(&e, theta, gradient, work) + hyper_log_prior(&priors, 2, fixed, theta, gradient);
  assert_true(after > before + 1);
  for (int k = 0; k < 4; k++) assert_true(fabs(gradient[k]) < 0.05);
  assert_true(theta[1] > theta[0] + 1);  /* y hardly depends on the second coordinate */
  double again[4];
  memcpy(again, theta, sizeof again);
  assert_int_equal(hyper_fit(&e, &priors, fixed, true, again, &value, work), STATUS_OK);
  for (int k = 0; k < 4; k++) assert_true(fabs(again[k] - theta[k]) < 0.05);
}

static void what_is_given_stays (void **state) {
  (void)state;
  GpOptions o = gp_options(KERNEL_MATERN32, D);
  o.given.length[1] = 2.385;
  o.given.noise = 0.0625;
  Gp *gp = new_gp(&o);
  assert_int_equal(fit(gp, N, REFERENCE_X, REFERENCE_Y, NULL), STATUS_OK);
  const GpHyper h = gp_hyper(gp);
  assert_true(h.length[1] == 2.385 && h.noise == 0.0625);
  assert_true(h.length[0] > 0 && h.signal > 0 && isfinite(h.mean));
  gp_free(gp);
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

/* The lattice and a fine grid of given hyper-parameters agree on what to expect. */
static void integration (void **state) {
  (void)state;
  enum { POINTS = 7 };
  double x[POINTS], y[POINTS], mean, variance, work[4096];
  for (int i = 0; i < POINTS; i++) {
    x[i] = i / (POINTS - 1.0);
    y[i] = sin(6 * x[i]) + 0.1 * cos(40.0 * i);
  }
  GpOptions o = gp_options(KERNEL_MATERN52, 1);
  o.span[0] = 1;
  o.integrate = true;
  Gp *whole = new_gp(&o);
  assert_int_equal(fit(whole, POINTS, x, y, NULL), STATUS_OK);
  assert_true(gp_components(whole) > 4);
  predict(whole, (double[]){ 0.41 }, &mean, &variance);
  /* by hand: every length and every ratio of noise to signal, the signal at its expectation */
  const Evidence e = {
    .kernel = { KERNEL_MATERN52, 1, 0 }, .n = POINTS, .ldx = POINTS, .X = x, .y = y, .variance = (double[POINTS]){ 0 },
    .times = (double[]){ 1, 1, 1, 1, 1, 1, 1 }, .columns = 1,
  };
  double standard[POINTS], center = 0, scale = 0, total = 0, sum = 0, square = 0;
  for (int i = 0; i < POINTS; i++) center += y[i] / POINTS;
  for (int i = 0; i < POINTS; i++) scale += pow(y[i] - center, 2) / POINTS;
  scale = sqrt(scale);
  for (int i = 0; i < POINTS; i++) standard[i] = (y[i] - center) / scale;
  Evidence se = e;
  se.y = standard;
  const HyperPriors priors = hyper_priors(1);
  for (double l = -4; l < 3; l += 0.1)
    for (double r = -25; r < 2; r += 0.5) {
      double C[POINTS * POINTS], L[POINTS * POINTS], U[POINTS], z0[POINTS], z[POINTS], signal, m, v;
      EvidenceFactor f = { .L = L, .ld = POINTS, .U = U, .z0 = z0, .z = z };
      const double length = exp(l);
      kernel_matrix(&se.kernel, &length, POINTS, x, POINTS, C, NULL, POINTS);
      double mass = evidence_marginal(&se, C, exp(r), 1, &f, &signal);
      const double noise = r + log(signal);
      mass = exp(mass + hyper_prior_log(priors.length[0], l, NULL) + l + hyper_prior_log(priors.noise, noise, NULL) + noise);
      GpOptions given = gp_options(KERNEL_MATERN52, 1);
      given.span[0] = 1;
      given.given.length[0] = length;
      given.given.signal = signal * scale * scale;
      given.given.noise = exp(r) * given.given.signal;
      Gp *gp = new_gp(&given);
      assert_int_equal(fit(gp, POINTS, x, y, NULL), STATUS_OK);
      gp_predict(gp, (double[]){ 0.41 }, work, &m, &v);
      gp_free(gp);
      total += mass;
      sum += mass * m;
      square += mass * (v + m * m);
    }
  const double exact = sum / total, exact_variance = square / total - exact * exact;
  assert_true(fabs(mean - exact) < 0.05 * sqrt(exact_variance));
  assert_true(variance < exact_variance && variance > exact_variance / 2);   /* the tails it leaves out hold up to half */
  gp_free(whole);
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

/* Of many points the few nodes that are looked at say what the most probable hyper-parameters say, nearly. */
static void integration_of_many (void **state) {
  (void)state;
  enum { MANY = 140 };
  double x[MANY], y[MANY], mean[2], variance[2], sum = 0, *work[2];
  Random random = random_seeded(5);
  for (int i = 0; i < MANY; i++) {
    x[i] = fmod(0.618 * i, 1);
    y[i] = sin(9 * x[i]) + 0.2 * random_normal(&random);
  }
  GpOptions o = gp_options(KERNEL_MATERN52, 1);
  o.span[0] = 1;
  Gp *gp[2];
  for (int k = 0; k < 2; k++) {
    o.integrate = k == 1;
    gp[k] = new_gp(&o);
    assert_int_equal(fit(gp[k], MANY, x, y, NULL), STATUS_OK);
    work[k] = mem_alloc(gp_work(gp[k]), sizeof **work);
  }
  assert_true(gp_components(gp[1]) > 1 && gp_components(gp[1]) < HYPER_NODES);
  for (int k = 0; k < gp_components(gp[1]); k++) sum += gp_weight(gp[1], k);
  assert_true(fabs(sum - 1) < 1e-12);
  for (double at = 0; at <= 1; at += 0.1) {
    for (int k = 0; k < 2; k++) gp_predict(gp[k], &at, work[k], &mean[k], &variance[k]);
    assert_true(fabs(mean[1] - mean[0]) < 0.3 * sqrt(variance[0]));
    assert_true(fabs(log(variance[1] / variance[0])) < 0.4);
  }
  for (int k = 0; k < 2; k++) {
    mem_free(work[k]);
    gp_free(gp[k]);
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
    cmocka_unit_test(scikit_learn), cmocka_unit_test(point_by_point_is_all_at_once), cmocka_unit_test(evidence_gradient),
      cmocka_unit_test(merging_loses_nothing),
    cmocka_unit_test(prior_gradient), cmocka_unit_test(fit_is_a_maximum), cmocka_unit_test(what_is_given_stays),
    cmocka_unit_test(units_do_not_matter), cmocka_unit_test(slopes), cmocka_unit_test(mean_at_observations),

    cmocka_unit_test(many_at_once), cmocka_unit_test(tracking), cmocka_unit_test(near_tracked_points), cmocka_unit_test(integration),
    cmocka_unit_test(integration_of_many),
    cmocka_unit_test(awkward_data), cmocka_unit_test(jitter), cmocka_unit_test(refuses),
    cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

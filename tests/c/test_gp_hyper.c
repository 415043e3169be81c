/* The hyper-parameters of Gaussian processes: gradients, the fit, and averages over them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "gp_cases.h"
#include "numerics/gp.h"
#include "numerics/hyper.h"
#include "numerics/mem.h"

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

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(evidence_gradient), cmocka_unit_test(prior_gradient), cmocka_unit_test(fit_is_a_maximum),
    cmocka_unit_test(what_is_given_stays), cmocka_unit_test(integration), cmocka_unit_test(integration_of_many),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

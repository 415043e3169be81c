/* The state of an optimiser: kept and taken up again, damaged, and what it knows of a former study. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "bayesopt_cases.h"
#include "numerics/bayesopt.h"

/* What one optimiser holds, into another. */
static Status copy (const Bayesopt *a, Bayesopt *b) {
  enum { MOST = 64 };
  const int d = bayesopt_space(a)->d, recalled = bayesopt_recalled(a), told = bayesopt_size(a), n = recalled + told;
  double X[MOST * SPACE_DIMENSIONS], loss[MOST], variance[MOST], model[256];
  double P[BAYESOPT_PENDING * SPACE_DIMENSIONS], Q[BAYESOPT_PENDING * SPACE_DIMENSIONS];
  assert_true(n <= MOST && gp_state_size(bayesopt_model(a)) <= 256);
  for (int i = 0; i < n; i++) {
    const BayesoptTrial trial = bayesopt_trial(a, i < recalled ? told + i : i - recalled);
    memcpy(X + d * i, trial.x, (size_t)d * sizeof *X);
    loss[i] = trial.loss;
    variance[i] = trial.variance;
  }
  for (int i = 0; i < bayesopt_pending(a); i++) memcpy(P + d * i, bayesopt_pending_point(a, i), (size_t)d * sizeof *P);
  for (int i = 0; i < bayesopt_queued(a); i++) memcpy(Q + d * i, bayesopt_queued_point(a, i), (size_t)d * sizeof *Q);
  gp_state(bayesopt_model(a), model);
  const BayesoptState state = bayesopt_state(a);
  return bayesopt_restore(b, &state, &(BayesoptRecord){
    .recalled = recalled, .told = told, .X = X, .loss = loss, .variance = variance, .pending = bayesopt_pending(a), .pending_points = P,
    .queued = bayesopt_queued(a), .queued_points = Q, .model_size = gp_state_size(bayesopt_model(a)), .model = model,
  });
}

static void goes_on_alike (Bayesopt *a, Bayesopt *b, int rounds, double (*f) (const double *)) {
  for (int i = 0; i < rounds; i++) {
    double x[SPACE_DIMENSIONS], y[SPACE_DIMENSIONS], mean_a, mean_b;
    assert_int_equal(bayesopt_ask(a, x), STATUS_OK);
    assert_int_equal(bayesopt_ask(b, y), STATUS_OK);
    assert_memory_equal(x, y, (size_t)bayesopt_space(a)->d * sizeof *x);
    assert_int_equal(bayesopt_tell(a, x, f(x), 0), STATUS_OK);
    assert_int_equal(bayesopt_tell(b, y, f(y), 0), STATUS_OK);
    if (bayesopt_best(a, x, &mean_a) != STATUS_OK) continue;
    assert_int_equal(bayesopt_best(b, y, &mean_b), STATUS_OK);
    assert_true(mean_a == mean_b);
  }
}

static double curved (const double *x) { return log(x[0]) * x[2] + x[1] / 50; }

static double bent (const double *x) { return x[0] > 0.8 ? NAN : forrester(x[0]); }

/* To the bit, in every acquisition, fitted or given, with failures, repeats, pending and waiting points. */
static void restore_goes_on (void **state) {
  (void)state;
  for (int kind = ACQUISITION_LCB; kind <= ACQUISITION_HEDGE; kind++) {
    BayesoptOptions o = bayesopt_options(3);
    o.space = (Space){ .d = 3, .dimension = {
      { 1e-4, 1, SPACE_LOG, false, false }, { 1, 64, SPACE_LOG, true, false }, { -1, 1, SPACE_LINEAR, false, false } } };
    o.acquisition = (AcquisitionKind)kind;
    Bayesopt *a = new_opt(&o), *b = new_opt(&o);
    double x[3] = { 0.01, 8, 0.5 };
    assert_int_equal(bayesopt_recall(a, x, 0.3, 0.1), STATUS_OK);
    for (int i = 0; i < 12; i++) {
      if (i != 7) assert_int_equal(bayesopt_ask(a, x), STATUS_OK);
      assert_int_equal(bayesopt_tell(a, x, i == 5 ? NAN : curved(x), i == 7 ? 0 : i % 3 * 0.01), STATUS_OK);
    }
    for (int i = 0; i < 3; i++) assert_int_equal(bayesopt_ask(a, x), STATUS_OK);
    assert_int_equal(bayesopt_suggest(a, x), STATUS_OK);
    assert_int_equal(copy(a, b), STATUS_OK);
    assert_int_equal(bayesopt_recalled(b), 1);
    goes_on_alike(a, b, 5, curved);
    bayesopt_free(b);
    b = new_opt(&o);
    bayesopt_free(a);
    bayesopt_free(b);
    for (int given = 0; given < 2; given++) {
      o = interval(0, 1, SPACE_LINEAR, 4);
      o.acquisition = (AcquisitionKind)kind;
      if (given) o.model.given = (GpHyper){ .length = { 0.2 }, .signal = 30, .noise = 1e-4, .mean = NAN };
      a = new_opt(&o);
      b = new_opt(&o);
      for (int i = 0; i < 13; i++) {
        if (i != 10) assert_int_equal(bayesopt_ask(a, x), STATUS_OK);
        assert_int_equal(bayesopt_tell(a, x, bent(x), 0), STATUS_OK);
      }
      assert_int_equal(copy(a, b), STATUS_OK);
      goes_on_alike(a, b, 6, bent);
      bayesopt_free(a);
      bayesopt_free(b);
    }
  }
}

static void damaged_states (void **state) {
  (void)state;
  BayesoptOptions o = interval(0, 1, SPACE_LINEAR, 4);
  const double inside = 0.5, outside = 1.5, one = 1, nan = NAN;
  Bayesopt *opt = new_opt(&o);
  double model[256];
  const int size = gp_state_size(bayesopt_model(opt));
  gp_state(bayesopt_model(opt), model);
  const BayesoptState s = bayesopt_state(opt);
  BayesoptState wrong = s;
  const BayesoptRecord good = { .told = 1, .X = &inside, .loss = &one, .variance = &one, .model_size = size, .model = model };
  BayesoptRecord r = good;
  r.X = &outside;
  assert_int_equal(bayesopt_restore(opt, &s, &r), STATUS_BAD_ARGUMENT);
  r = good;
  r.variance = &nan;
  assert_int_equal(bayesopt_restore(opt, &s, &r), STATUS_BAD_ARGUMENT);
  r = good;
  r.model_size--;
  assert_int_equal(bayesopt_restore(opt, &s, &r), STATUS_BAD_ARGUMENT);
  r = good;
  r.pending = 1;
  r.pending_points = &outside;
  assert_int_equal(bayesopt_restore(opt, &s, &r), STATUS_BAD_ARGUMENT);
  wrong.settled = 2;
  assert_int_equal(bayesopt_restore(opt, &wrong, &good), STATUS_BAD_ARGUMENT);
  model[size - 1] = NAN;
  assert_int_equal(bayesopt_restore(opt, &s, &good), STATUS_BAD_ARGUMENT);
  bayesopt_free(opt);
}

/* What is recalled informs the model and is nobody's best. */
static void recalling (void **state) {
  (void)state;
  const BayesoptOptions o = interval(0, 1, SPACE_LINEAR, 1);
  Bayesopt *opt = new_opt(&o);
  double x, mean;
  for (int i = 0; i <= 8; i++) {
    x = i / 8.0;
    assert_int_equal(bayesopt_recall(opt, &x, forrester(x), 1), STATUS_OK);
  }
  assert_int_equal(bayesopt_size(opt), 0);
  assert_int_equal(bayesopt_best(opt, &x, &mean), STATUS_TOO_FEW);
  assert_int_equal(bayesopt_ask(opt, &x), STATUS_OK);
  assert_true(fabs(x - 0.757) < 0.1);
  x = 0.1;
  assert_int_equal(bayesopt_tell(opt, &x, forrester(x), 0), STATUS_OK);
  assert_int_equal(bayesopt_recall(opt, &x, 0, 0), STATUS_BAD_ARGUMENT);
  assert_int_equal(bayesopt_best(opt, &x, &mean), STATUS_OK);
  assert_true(x == 0.1);
  bayesopt_free(opt);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(restore_goes_on), cmocka_unit_test(damaged_states), cmocka_unit_test(recalling),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

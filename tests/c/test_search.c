#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mem_rigged.h"
#include "numerics/search_inner.h"

static const SpaceDimension REAL = { 0, 1, SPACE_LINEAR, false, false };
static const double SHIFT[SPACE_DIMENSIONS] = { 0.3, 0.8, 0.1 };

static Gp *model (int d, int n, const double *X, const double *y) {
  GpOptions o = gp_options(KERNEL_MATERN52, d);
  Gp *gp;
  for (int i = 0; i < d; i++) {
    o.given.length[i] = 0.2;
    o.span[i] = 1;
  }
  o.given.noise = 1e-6;
  assert_int_equal(gp_new(&gp, &o), STATUS_OK);
  assert_int_equal(gp_fit(gp, &(GpData){ .n = n, .X = X, .y = y }), STATUS_OK);
  return gp;
}

static Status find (const Space *space, Gp *gp, const Acquisition *a, int n, const double *taken, Random *random, double *u) {
  const Search search = { .space = space, .gp = gp, .acquisition = *a, .n = n, .taken = taken, .best = n > 0 ? 0 : -1, .shift = SHIFT };
  return search_best(&search, random, u);
}

static double cost_at (const Gp *gp, const Acquisition *a, const double *u) {
  double work[4096], mean, variance;
  assert_true(gp_work(gp) <= 4096);
  gp_posterior(gp, 1, u, work, &mean, &variance);
  const double one = 1, sigma = sqrt(variance), error = sqrt(gp_noise(gp, 0));
  return acquisition_cost(&(Acquisition){ a->kind, a->kappa, a->best, &error }, 1, &one, &mean, &sigma, NULL);
}

static const double X1[] = { 0.05, 0.31, 0.52, 0.9 }, Y1[] = { 1, -0.3, 0.1, 2.385 };
static const Acquisition KINDS[] = {
  { ACQUISITION_EI, 0, -0.9, NULL }, { ACQUISITION_LCB, 2, 0, NULL }, { ACQUISITION_LCB, 1000, 0, NULL },
};

/* One dimension: nothing on a grid a hundred times finer is better. */
static void exact_in_one_dimension (void **state) {
  (void)state;
  const Space space = { .d = 1, .dimension = { REAL } };
  Gp *gp = model(1, 4, X1, Y1);
  for (int k = 0; k < 3; k++) {
    double u, least = INFINITY;
    assert_int_equal(find(&space, gp, &KINDS[k], 4, X1, NULL, &u), STATUS_OK);
    for (int i = 0; i <= 100000; i++) least = fmin(least, cost_at(gp, &KINDS[k], (double[]){ i * 1e-5 }));
    assert_true(0 <= u && u <= 1);
    assert_true(cost_at(gp, &KINDS[k], &u) <= least + 1e-9 * fabs(least));
  }
  gp_free(gp);
}

static void good_in_three_dimensions (void **state) {
  (void)state;
  const Space space = { .d = 3, .dimension = { REAL, REAL, REAL } };
  double X[3 * 8], y[8], u[3], v[3];
  Random random = random_seeded(4);
  for (int i = 0; i < 24; i++) X[i] = random_uniform(&random);
  for (int i = 0; i < 8; i++) y[i] = sin(5 * X[3 * i]) + X[3 * i + 1] * X[3 * i + 2];
  Gp *gp = model(3, 8, X, y);
  for (int k = 0; k < 3; k++) {
    assert_int_equal(find(&space, gp, &KINDS[k], 8, X, &random, u), STATUS_OK);
    double least = INFINITY;
    for (int i = 0; i < 50000; i++) {
      for (int j = 0; j < 3; j++) v[j] = random_uniform(&random);
      least = fmin(least, cost_at(gp, &KINDS[k], v));
    }
    assert_true(cost_at(gp, &KINDS[k], u) <= least);
  }
  gp_free(gp);
}

/* Gradients of what the descents go down, many points at once, against central differences of the cost at one: with the risk
 * of failing and without; a dimension of whole numbers has none. */
static void gradients (void **state) {
  (void)state;
  enum { D = 3, N = 8 };
  const Space space = { .d = D, .dimension = { REAL, { 1, 9, SPACE_LINEAR, true, false }, REAL } };
  double X[D * N], y[N], u[D * SEARCH_STARTS], value[SEARCH_STARTS], gradient[D * SEARCH_STARTS], scratch[16384];
  const bool failed[N] = { [2] = true, [5] = true };
  Random random = random_seeded(6);
  Feasibility *feasibility;
  for (int i = 0; i < D * N; i++) X[i] = random_uniform(&random);
  for (int i = 0; i < N; i++) y[i] = sin(5 * X[D * i]) + X[D * i + 1] * X[D * i + 2];
  for (int i = 0; i < D * SEARCH_STARTS; i++) u[i] = random_uniform(&random);
  Gp *gp = model(D, N, X, y);
  assert_int_equal(feasibility_new(&feasibility, &(Kernel){ KERNEL_MATERN52, D, 0 }), STATUS_OK);
  assert_int_equal(feasibility_learn(feasibility, N, X, failed), STATUS_OK);
  for (int k = 0; k < 6; k++) {
    const Search search = {
      .space = &space, .gp = gp, .acquisition = KINDS[k % 3], .feasibility = k < 3 ? NULL : feasibility, .worst = 3, .variance = 0.05,
    };
    const double error = sqrt(gp_noise(gp, 0) + search.variance);
    Work w = { .s = &search, .acquisition = search.acquisition, .weight = { 1 }, .error = { error }, .scratch = scratch };
    w.acquisition.error = w.error;
    assert_true(gp_slopes_work(gp, SEARCH_STARTS) <= 16384);
    search_inner_slopes(D, SEARCH_STARTS, u, value, gradient, &w);
    for (int i = 0; i < SEARCH_STARTS; i++)
      for (int j = 0; j < D; j++) {
        double at[D], cost, up, down;
        memcpy(at, u + D * i, sizeof at);
        assert_int_equal(search_cost(&search, at, &cost), STATUS_OK);
        assert_true(fabs(value[i] - cost) <= 1e-9 * fmax(1, fabs(cost)));
        at[j] += 1e-5;
        assert_int_equal(search_cost(&search, at, &up), STATUS_OK);
        at[j] -= 2e-5;
        assert_int_equal(search_cost(&search, at, &down), STATUS_OK);
        const double slope = (up - down) / 2e-5;
        if (j == 1) assert_true(gradient[D * i + j] == 0);
        else assert_true(fabs(gradient[D * i + j] - slope) <= 1e-5 * fmax(1, fabs(slope)));
      }
  }
  feasibility_free(feasibility);
  gp_free(gp);
}

/* The best point is taken (the model is sure of it): the answer keeps away, and is still the best there is. */
static void keeps_apart (void **state) {
  (void)state;
  const Space space = { .d = 1, .dimension = { REAL } };
  const Acquisition mean_alone = { ACQUISITION_LCB, 0, 0, NULL };
  Gp *gp = model(1, 4, X1, Y1);
  double taken[5], u;
  memcpy(taken, X1, sizeof X1);
  assert_int_equal(find(&space, gp, &mean_alone, 4, taken, NULL, &u), STATUS_OK);
  taken[4] = u;
  assert_int_equal(find(&space, gp, &mean_alone, 5, taken, NULL, &u), STATUS_OK);
  assert_true(fabs(u - taken[4]) >= SEARCH_APART);
  assert_false(search_taken(&space, 5, taken, &u));
  gp_free(gp);
}

static void integers (void **state) {
  (void)state;
  const Space small = { .d = 2, .dimension = { { 1, 3, SPACE_LINEAR, true, false }, { 0, 1, SPACE_LINEAR, true, true } } };
  double taken[2 * 8], x[2];
  bool seen[6] = { false };
  Random random = random_seeded(9);
  Gp *gp = model(2, 2, (double[]){ 0.2, 0.3, 0.9, 0.8 }, (double[]){ 1, 2 });
  for (int i = 0; i < 6; i++) {  /* all six, each once */
    assert_int_equal(find(&small, gp, &KINDS[1], i, taken, &random, taken + 2 * i), STATUS_OK);
    space_from_unit(&small, taken + 2 * i, x);
    const int which = (int)(2 * (x[0] - 1) + x[1]);
    assert_false(seen[which]);
    seen[which] = true;
  }
  assert_int_equal(find(&small, gp, &KINDS[1], 6, taken, &random, taken + 12), STATUS_OK);  /* used up: a repeat */
  assert_true(search_taken(&small, 6, taken, taken + 12));
  gp_free(gp);
}

/* A long integer axis is searched to the single number: no neighbour is better. */
static void long_integer_axis (void **state) {
  (void)state;
  const Space space = { .d = 1, .dimension = { { 1, 1e6, SPACE_LINEAR, true, false } } };
  Gp *gp = model(1, 4, X1, Y1);
  double u, x;
  assert_int_equal(find(&space, gp, &KINDS[1], 4, X1, NULL, &u), STATUS_OK);
  space_from_unit(&space, &u, &x);
  for (int side = -1; side <= 1; side += 2) {
    double neighbour = x + side, v;
    space_to_unit(&space, &neighbour, &v);
    assert_true(cost_at(gp, &KINDS[1], &u) <= cost_at(gp, &KINDS[1], &v));
  }
  gp_free(gp);
}

/* The share of points in any box is near its volume. */
static void sequence_is_even (void **state) {
  (void)state;
  const double shift[] = { 0.385, 0.9, 0 };
  int count[8] = { 0 };
  for (uint64_t i = 0; i < 800; i++) {
    double u[3];
    search_sequence(3, i, shift, u);
    for (int k = 0; k < 3; k++) assert_true(0 <= u[k] && u[k] < 1);
    count[(u[0] > 0.5) + 2 * (u[1] > 0.5) + 4 * (u[2] > 0.5)]++;
  }
  for (int i = 0; i < 8; i++) assert_true(abs(count[i] - 100) <= 10);
}

static Status once (Gp *gp) {
  const Space space = { .d = 2, .dimension = { REAL, REAL } };
  Random random = random_seeded(1);
  double u[2];
  return find(&space, gp, &KINDS[0], 0, NULL, &random, u);
}

/* What the search lacked memory for is not missed by the next one. */
static void no_memory (void **state) {
  (void)state;
  for (int budget = 0; budget < 20; budget++) {
    mem_budget = 1 << 30;
    Gp *gp = model(2, 2, (double[]){ 0.2, 0.3, 0.9, 0.8 }, (double[]){ 1, 2 });
    mem_budget = budget;
    const Status status = once(gp);
    assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
    mem_budget = 1 << 30;
    assert_int_equal(once(gp), STATUS_OK);
    gp_free(gp);
    assert_int_equal(mem_live, 0);
  }
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(exact_in_one_dimension), cmocka_unit_test(good_in_three_dimensions), cmocka_unit_test(gradients),
    cmocka_unit_test(keeps_apart),
    cmocka_unit_test(integers), cmocka_unit_test(long_integer_axis), cmocka_unit_test(sequence_is_even), cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

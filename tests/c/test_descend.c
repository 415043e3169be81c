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
#include "numerics/descend.h"
#include "numerics/gp.h"
#include "numerics/minimize.h"
#include "numerics/random.h"

enum { MOST = 16 };

static const Descend OPTIONS = { .rounds = 200, .reach = 0.1, .x_tolerance = 1e-9, .f_tolerance = 1e-14 };
static const double ZEROS[MOST] = { 0 }, ONES[MOST] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

typedef struct Count {
  int calls, points;
} Count;

/* Rosenbrock's valley, of one point. */
static double valley (int n, const double *x, double *g) {
  double sum = 0;
  memset(g, 0, (size_t)n * sizeof *g);
  for (int i = 0; i + 1 < n; i++) {
    const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    sum += 100 * a * a + b * b;
    g[i] += -400 * a * x[i] - 2 * b;
    g[i + 1] += 200 * a;
  }
  return sum;
}

static void valleys (int n, int m, const double *x, double *value, double *gradient, void *context) {
  Count *count = context;
  count->calls++;
  count->points += m;
  for (int i = 0; i < m; i++) value[i] = valley(n, x + i * n, gradient + i * n);
}

static void finds_the_end_of_the_valley (void **state) {
  (void)state;
  const double low[] = { -2, -2, -2 }, high[] = { 2, 2, 2 };
  double x[3 * 4] = { -1.2, 1, -1.2, 1.9, 1.9, 1.9, -2, -2, -2, 0.385, 0, 2 }, value[4];
  Count count = { 0, 0 };
  assert_int_equal(descend(&OPTIONS, 3, 4, valleys, &count, low, high, x, value), STATUS_OK);
  for (int i = 0; i < 4; i++) {
    assert_true(value[i] < 1e-12);
    for (int k = 0; k < 3; k++) assert_true(fabs(x[3 * i + k] - 1) < 1e-5);
  }
  assert_true(count.calls <= 150 && count.points <= 4 * count.calls);
}

/* The box ends before the valley does: the best point lies on its wall, where the slope leads out of it. */
static void keeps_to_the_box (void **state) {
  (void)state;
  const double low[] = { -2, -2 }, high[] = { 0.5, 2 };
  double x[] = { -1.2, 1, 0.5, -2, -2, 2 }, value[3], g[2];
  Count count = { 0, 0 };
  assert_int_equal(descend(&OPTIONS, 2, 3, valleys, &count, low, high, x, value), STATUS_OK);
  for (int i = 0; i < 3; i++) {
    assert_true(x[2 * i] == 0.5 && fabs(x[2 * i + 1] - 0.25) < 1e-6);
    assert_true(value[i] == valley(2, x + 2 * i, g) && g[0] < 0);
  }
}

/* 0 where x lies left of 0.3: a wall without a value. Starts without one stay where they are. */
static void walled (int n, int m, const double *x, double *value, double *gradient, void *context) {
  (void)context;
  for (int i = 0; i < m; i++) {
    value[i] = x[i * n] < 0.3 ? NAN : x[i * n] + pow(x[i * n + 1] - 0.385, 2);
    gradient[i * n] = 1;
    gradient[i * n + 1] = 2 * (x[i * n + 1] - 0.385);
  }
}

static void bears_what_is_no_number (void **state) {
  (void)state;
  double x[] = { 0.9, 0.9, 0.1, 0.2 }, value[2];
  assert_int_equal(descend(&OPTIONS, 2, 2, walled, NULL, ZEROS, ONES, x, value), STATUS_OK);
  assert_true(x[0] >= 0.3 && value[0] < 0.5);
  assert_true(x[2] == 0.1 && x[3] == 0.2 && isinf(value[1]));
}

/* ---- Gaussian processes ---- */

typedef struct Posterior {
  const Gp *gp;
  double *work;
} Posterior;

/* A lower bound: mean - 2 deviations. */
static double bound (const Posterior *p, const double *x, double *gradient) {
  GpSlope s;
  gp_slope(p->gp, 0, x, p->work, &s);
  const double sigma = sqrt(fmax(s.variance, 1e-18));
  for (int k = 0; gradient != NULL && k < gp_dimensions(p->gp); k++) gradient[k] = s.mean_slope[k] - s.variance_slope[k] / sigma;
  return s.mean - 2 * sigma;
}

static double bound_alone (int n, const double *x, double *gradient, void *context) {
  (void)n;
  return bound(context, x, gradient);
}

static void bounds (int n, int m, const double *x, double *value, double *gradient, void *context) {
  for (int i = 0; i < m; i++) value[i] = bound(context, x + i * n, gradient + i * n);
}

static Gp *random_process (int d, int n, Random *random) {
  double X[40 * 6], y[40];
  GpOptions o = gp_options(KERNEL_MATERN52, d);
  for (int i = 0; i < d; i++) {
    o.given.length[i] = (0.1 + 0.4 * random_uniform(random)) * sqrt(d);
    o.span[i] = 1;
  }
  o.given.noise = 1e-4;
  for (int i = 0; i < n * d; i++) X[i] = random_uniform(random);
  for (int i = 0; i < n; i++) y[i] = random_normal(random);
  Gp *gp;
  assert_int_equal(gp_new(&gp, &o), STATUS_OK);
  assert_int_equal(gp_fit(gp, &(GpData){ .n = n, .X = X, .y = y }), STATUS_OK);
  return gp;
}

/* x[m*d] = the best m of many random points, as a search has them. */
static void best_points (const Posterior *p, int d, int m, Random *random, double *x) {
  double value[16], u[6];
  for (int i = 0; i < m; i++) value[i] = INFINITY;
  for (int i = 0; i < 500; i++) {
    for (int k = 0; k < d; k++) u[k] = random_uniform(random);
    const double v = bound(p, u, NULL);
    int worst = 0;
    for (int j = 1; j < m; j++) if (value[j] > value[worst]) worst = j;
    if (!(v < value[worst])) continue;
    value[worst] = v;
    memcpy(x + worst * d, u, (size_t)d * sizeof *u);
  }
}

/* On random processes in 2 to 6 dimensions, with as many evaluations: the best of ten starts is as low as NLopt's, but now and
 * then, as each jumps into valleys that the other does not see; and so are all ten in the mean. */
static void as_good_as_nlopt (void **state) {
  (void)state;
  enum { STARTS = 10, PROCESSES = 60 };
  const Descend ours = { .rounds = 40, .reach = 0.1, .x_tolerance = 1e-6, .f_tolerance = 1e-9 };
  const Minimize theirs = { .method = MINIMIZE_LBFGS, .evaluations = 40, .x_tolerance = 1e-6, .f_tolerance = 1e-9 };
  Random random = random_seeded(11);
  int worse = 0;
  double total = 0, total_theirs = 0;
  for (int round = 0; round < PROCESSES; round++) {
    const int d = 2 + round % 5, n = 10 + round % 31;
    Gp *gp = random_process(d, n, &random);
    Posterior p = { gp, malloc(gp_work(gp) * sizeof(double)) };
    double x[STARTS * 6], value[STARTS], best = INFINITY, best_theirs = INFINITY;
    best_points(&p, d, STARTS, &random, x);
    for (int i = 0; i < STARTS; i++) {
      double z[6], v;
      memcpy(z, x + i * d, (size_t)d * sizeof *z);
      assert_int_equal(minimize(&theirs, d, bound_alone, &p, ZEROS, ONES, z, &v, NULL), STATUS_OK);
      best_theirs = fmin(best_theirs, v);
      total_theirs += v;
    }
    assert_int_equal(descend(&ours, d, STARTS, bounds, &p, ZEROS, ONES, x, value), STATUS_OK);
    for (int i = 0; i < STARTS; i++) {
      best = fmin(best, value[i]);
      total += value[i];
      assert_true(fabs(bound(&p, x + i * d, NULL) - value[i]) <= 1e-12 * fabs(value[i]));
    }
    worse += best > best_theirs + 1e-4 * fabs(best_theirs);
    free(p.work);
    gp_free(gp);
  }
  assert_true(worse <= PROCESSES / 20);
  assert_true(total <= total_theirs + 0.002 * fabs(total_theirs));
}

static void no_memory (void **state) {
  (void)state;
  Status status = STATUS_NO_MEMORY;
  for (int budget = 0; status != STATUS_OK; budget++) {
    double x[] = { -1.2, 1 }, value;
    Count count = { 0, 0 };
    mem_budget = budget;
    status = descend(&OPTIONS, 2, 1, valleys, &count, (double[]){ -2, -2 }, (double[]){ 2, 2 }, x, &value);
    mem_budget = 1 << 30;
    assert_true(status == STATUS_OK ? x[0] > 0.9 : status == STATUS_NO_MEMORY && x[0] == -1.2);
    assert_int_equal(mem_live, 0);
    assert_true(budget < 5);
  }
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(finds_the_end_of_the_valley), cmocka_unit_test(keeps_to_the_box), cmocka_unit_test(bears_what_is_no_number),
    cmocka_unit_test(as_good_as_nlopt), cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

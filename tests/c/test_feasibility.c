#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mem_rigged.h"
#include "numerics/feasibility.h"

static double at (const Feasibility *f, const double *u) {
  double work[4096];
  assert_true(feasibility_work(f) <= 4096);
  return exp(feasibility_log(f, u, work, NULL));
}

/* Failures beyond one rate: sure below, a straight line between the two, doubtful beyond; on either side. */
static void one_sided (void **state) {
  (void)state;
  const Kernel kernel = { KERNEL_MATERN52, 1, 0 };
  const double u[] = { 0.1, 0.4, 0.8, 0.9 };
  Feasibility *f;
  assert_int_equal(feasibility_new(&f, &kernel), STATUS_OK);
  for (int side = 0; side < 2; side++) {
    const bool failed[] = { side == 1, side == 1, side == 0, side == 0 };
    assert_int_equal(feasibility_learn(f, 4, u, failed), STATUS_OK);
    const double good = side == 0 ? 0.05 : 0.95, middle = 0.6, bad = side == 0 ? 0.95 : 0.05;
    assert_true(at(f, &good) > 0.94);
    assert_true(fabs(at(f, &middle) - 0.5) < 0.06);
    assert_true(at(f, &bad) < 0.05);
  }
  feasibility_free(f);
}

/* An island of failures in one dimension, a corner in two; slopes against differences. */
static void anywhere (void **state) {
  (void)state;
  const Kernel line = { KERNEL_MATERN52, 1, 0 }, plane = { KERNEL_MATERN52, 2, 0 };
  const double u[] = { 0.1, 0.5, 0.9 }, X[] = { 0.1, 0.1, 0.9, 0.9, 0.5, 0.5, 0.2, 0.8 };
  Feasibility *f;
  assert_int_equal(feasibility_new(&f, &line), STATUS_OK);
  assert_int_equal(feasibility_learn(f, 3, u, (bool[]){ false, true, false }), STATUS_OK);
  assert_true(at(f, &u[0]) > 0.95 && at(f, &u[1]) < 0.05 && at(f, &u[2]) > 0.95);
  feasibility_free(f);
  assert_int_equal(feasibility_new(&f, &plane), STATUS_OK);
  assert_int_equal(feasibility_learn(f, 4, X, (bool[]){ false, true, false, false }), STATUS_OK);
  assert_true(at(f, X) > 0.95 && at(f, X + 2) < 0.05);
  for (double a = 0.05; a < 1; a += 0.13) {
    double x[] = { a, 0.7 * a + 0.1 }, slope[2], work[4096];
    feasibility_log(f, x, work, slope);
    for (int k = 0; k < 2; k++) {
      const double e = 1e-5, here = x[k];
      x[k] = here + e;
      const double up = feasibility_log(f, x, work, NULL);
      x[k] = here - e;
      const double down = feasibility_log(f, x, work, NULL);
      x[k] = here;
      assert_true(fabs(slope[k] - (up - down) / (2 * e)) < 1e-4 * (1 + fabs(slope[k])));
    }
  }
  feasibility_free(f);
  feasibility_free(NULL);
}

static Status life (void) {
  const Kernel kernel = { KERNEL_MATERN52, 1, 0 };
  const double u[] = { 0.1, 0.9 };
  Feasibility *f;
  Status status = feasibility_new(&f, &kernel);
  if (status == STATUS_OK) status = feasibility_learn(f, 2, u, (bool[]){ false, true });
  feasibility_free(f);
  return status;
}

static void no_memory (void **state) {
  (void)state;
  EACH_ALLOCATION_FAILS(status = life(););
}

int main (void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(one_sided), cmocka_unit_test(anywhere), cmocka_unit_test(no_memory) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "mem_rigged.h"
#include "numerics/minimize.h"

static const double WIDE[] = { -5, -5 }, HIGH[] = { 5, 5 };

/* Rosenbrock's valley, least at (1, 1). */
static double valley (int n, const double *x, double *gradient, void *context) {
  assert_int_equal(n, 2);
  int *calls = context;
  if (calls != NULL) ++*calls;
  const double a = 1 - x[0], b = x[1] - x[0] * x[0];
  if (gradient != NULL) {
    gradient[0] = -2 * a - 400 * b * x[0];
    gradient[1] = 200 * b;
  }
  return a * a + 100 * b * b;
}

static void finds_the_valley (void **state) {
  (void)state;
  const MinimizeMethod methods[] = { MINIMIZE_LBFGS, MINIMIZE_NELDER_MEAD };
  for (int i = 0; i < 2; i++) {
    const Minimize options = { .method = methods[i], .evaluations = 2000, .x_tolerance = 1e-9 };
    double x[] = { -1.2, 1 }, value;
    MinimizeEnd end;
    assert_int_equal(minimize(&options, 2, valley, NULL, WIDE, HIGH, x, &value, &end), STATUS_OK);
    assert_true(fabs(x[0] - 1) < 1e-5 && fabs(x[1] - 1) < 1e-5);
    assert_true(value == valley(2, x, NULL, NULL));
    assert_int_not_equal(end, MINIMIZE_OUT_OF_EVALUATIONS);
  }
}

static void stops_at_a_bound (void **state) {
  (void)state;
  const double low[] = { -5, 2.385 };  /* there the valley is least at x0 = sqrt of about 2.385 */
  const Minimize options = { .method = MINIMIZE_LBFGS, .evaluations = 500, .f_tolerance = 1e-14 };
  double x[] = { 1, 4 }, value;
  assert_int_equal(minimize(&options, 2, valley, NULL, low, HIGH, x, &value, NULL), STATUS_OK);
  assert_true(x[1] == 2.385);
  double gradient[2];
  valley(2, x, gradient, NULL);
  assert_true(fabs(gradient[0]) < 1e-3 && gradient[1] > 0);
}

static void keeps_to_its_evaluations (void **state) {
  (void)state;
  const MinimizeMethod methods[] = { MINIMIZE_LBFGS, MINIMIZE_NELDER_MEAD };
  for (int i = 0; i < 2; i++) {
    const Minimize options = { .method = methods[i], .evaluations = 7 };
    double x[] = { -1.2, 1 }, value;
    int calls = 0;
    MinimizeEnd end;
    assert_int_equal(minimize(&options, 2, valley, &calls, WIDE, HIGH, x, &value, &end), STATUS_OK);
    assert_true(calls <= 8);
    assert_int_equal(end, MINIMIZE_OUT_OF_EVALUATIONS);
    assert_true(value < valley(2, (double[]){ -1.2, 1 }, NULL, NULL));
  }
}

/* Not a number left of 0.5, where the slope leads. */
static double cliff (int n, const double *x, double *gradient, void *context) {
  (void)n;
  (void)context;
  if (gradient != NULL) gradient[0] = 1;
  return x[0] < 0.5 ? NAN : x[0];
}

static double nowhere (int n, const double *x, double *gradient, void *context) {
  (void)x;
  (void)context;
  for (int i = 0; i < n && gradient != NULL; i++) gradient[i] = 0;
  return INFINITY;
}

static void what_is_not_finite_is_never_the_minimum (void **state) {
  (void)state;
  const MinimizeMethod methods[] = { MINIMIZE_LBFGS, MINIMIZE_NELDER_MEAD };
  for (int i = 0; i < 2; i++) {
    const Minimize options = { .method = methods[i], .evaluations = 300, .x_tolerance = 1e-8 };
    double x[] = { 3 }, value;
    assert_int_equal(minimize(&options, 1, cliff, NULL, WIDE, HIGH, x, &value, NULL), STATUS_OK);
    assert_true(x[0] >= 0.5 && x[0] <= 3 && value == x[0]);
    double y[] = { 3 };
    assert_int_equal(minimize(&options, 1, nowhere, NULL, WIDE, HIGH, y, &value, NULL), STATUS_BAD_ARGUMENT);
    assert_true(y[0] == 3);
  }
}

static void refuses (void **state) {
  (void)state;
  const Minimize options = { .method = MINIMIZE_LBFGS, .evaluations = 10 }, none = { .method = MINIMIZE_LBFGS };
  double x[] = { 6, 0 }, with_nan[] = { NAN, 0 }, inside[] = { 0, 0 }, value;
  assert_int_equal(minimize(&options, 2, valley, NULL, WIDE, HIGH, x, &value, NULL), STATUS_BAD_ARGUMENT);
  assert_int_equal(minimize(&options, 2, valley, NULL, WIDE, HIGH, with_nan, &value, NULL), STATUS_BAD_ARGUMENT);
  assert_int_equal(minimize(&none, 2, valley, NULL, WIDE, HIGH, inside, &value, NULL), STATUS_BAD_ARGUMENT);
  assert_int_equal(minimize(&options, 0, valley, NULL, WIDE, HIGH, inside, &value, NULL), STATUS_BAD_ARGUMENT);
  assert_true(x[0] == 6);
}

static void repeats_itself (void **state) {
  (void)state;
  const Minimize options = { .method = MINIMIZE_LBFGS, .evaluations = 30 };
  double x[] = { -1.2, 1 }, y[] = { -1.2, 1 }, at_x, at_y;
  minimize(&options, 2, valley, NULL, WIDE, HIGH, x, &at_x, NULL);
  minimize(&options, 2, valley, NULL, WIDE, HIGH, y, &at_y, NULL);
  assert_true(x[0] == y[0] && x[1] == y[1] && at_x == at_y);
}

static Status descend (void) {
  const Minimize options = { .method = MINIMIZE_LBFGS, .evaluations = 30 };
  double x[] = { -1.2, 1 }, value;
  return minimize(&options, 2, valley, NULL, WIDE, HIGH, x, &value, NULL);
}

static void no_memory (void **state) {
  (void)state;
  EACH_ALLOCATION_FAILS(status = descend(););
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(finds_the_valley), cmocka_unit_test(stops_at_a_bound), cmocka_unit_test(keeps_to_its_evaluations),
    cmocka_unit_test(what_is_not_finite_is_never_the_minimum), cmocka_unit_test(refuses), cmocka_unit_test(repeats_itself),
    cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

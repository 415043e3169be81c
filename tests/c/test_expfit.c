#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../reference/expfit.h"
#include "mem_rigged.h"
#include "numerics/expfit.h"
#include "numerics/random.h"
#include "numerics/select.h"

enum { CASES = sizeof EXPECTED / sizeof *EXPECTED };

static const ExpfitOptions PLAIN = { .first = 1, .stride = 1, .lower = -INFINITY, .horizon = 10 };

static ExpfitOptions options_of (const struct Expected *e) {
  return (ExpfitOptions){ e->first, e->stride, e->lower, e->horizon };
}

#define near(value, expected, tolerance) assert_near(value, expected, tolerance, #value, __LINE__)

static void assert_near (double value, double expected, double tolerance, const char *what, int line) {
  if (!(fabs(value - expected) <= tolerance)) fail_msg("line %d: %s is %.17g, expected %.17g", line, what, value, expected);
}

/* SciPy's spline and Nelder-Mead take the same path to the same end. Where the curve is a straight
 * line, b is anything small, and so only the forecast is compared. */
static void published_as_scipy (void **state) {
  (void)state;
  for (int k = 0; k < CASES; k++) {
    const struct Expected *e = &EXPECTED[k];
    const ExpfitOptions options = options_of(e);
    Expfit fit;
    double mean, sd;
    assert_int_equal(expfit_published(&fit, &options, e->n, e->losses, e->validation), STATUS_OK);
    expfit_forecast(&fit, e->step, &mean, &sd);
    print_message("%s: %g %g %g %d\n", e->name, fit.b / e->published.b - 1, fit.c / e->published.c - 1, mean - e->published.mean, fit.used);
  }
}

static void bounded_as_defined (void **state) {
  (void)state;
  for (int k = 0; k < CASES; k++) {
    const struct Expected *e = &EXPECTED[k];
    const ExpfitOptions options = options_of(e);
    Expfit fit;
    double mean, sd;
    assert_int_equal(expfit_bounded(&fit, &options, e->n, e->losses), STATUS_OK);
    expfit_forecast(&fit, e->step, &mean, &sd);
    print_message("%s: b %g c %g | %g %g | sd %g %g used %d noise %g\n", e->name, fit.b / e->bounded.b - 1, fit.c - e->bounded.c, mean, e->bounded.mean,
     sd, e->bounded.sd, fit.used, fit.noise);
  }
}
int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(published_as_scipy), cmocka_unit_test(bounded_as_defined),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "numerics/random.h"
#include "numerics/space.h"

static Space one (double low, double high, SpaceScale scale, bool integer) {
  return (Space){ .d = 1, .dimension = { { low, high, scale, integer } } };
}

static const SpaceDimension KINDS[] = {
  { -2.385, 7.1, SPACE_LINEAR, false, false }, { 1e-4, 1, SPACE_LOG, false, false }, { -3, 8, SPACE_LINEAR, true, false }, { 1, 4096,
    SPACE_LOG, true, false },
  { 1e-300, 1e300, SPACE_LOG, false, false }, { 0.3, 0.30000000000000004, SPACE_LOG, false, false }, { -1e300, 1e300, SPACE_LINEAR,
    false, false },
  { 0, 1, SPACE_LINEAR, true, false }, { 5e-324, 1e-320, SPACE_LOG, false, false }, { -0x1p53, 0x1p53, SPACE_LINEAR, true, false },
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

static void ends_are_exact (void **state) {
  (void)state;
  for (int i = 0; i < KIND_COUNT; i++) {
    const Space s = { .d = 1, .dimension = { KINDS[i] } };
    assert_int_equal(space_check(&s, NULL), STATUS_OK);
    const double u[] = { 0, 1, -0.1, 1.1, NAN };
    for (int j = 0; j < 5; j++) {
      double x;
      space_from_unit(&s, &u[j], &x);
      assert_true(x == (j == 1 || j == 3 ? KINDS[i].high : KINDS[i].low));
      assert_true(space_contains(&s, &x));
    }
  }
}

static void there_and_back (void **state) {
  (void)state;
  Random random = random_seeded(1);
  for (int i = 0; i < KIND_COUNT; i++) {
    const Space s = { .d = 1, .dimension = { KINDS[i] } };
    for (int j = 0; j < 2000; j++) {
      double u = random_uniform(&random), x, v, y;
      space_from_unit(&s, &u, &x);
      assert_true(space_contains(&s, &x));
      space_to_unit(&s, &x, &v);
      assert_true(0 <= v && v <= 1);
      space_from_unit(&s, &v, &y);
      assert_true(KINDS[i].integer ? x == y : fabs(y - x) <= 1e-12 * (fabs(x) + fabs(KINDS[i].low)));
      space_snap(&s, &u);
      assert_true(KINDS[i].integer ? u == v : true);
    }
  }
}

static void known_places (void **state) {
  (void)state;
  double x = 0.01, u;
  Space s = one(1e-4, 1, SPACE_LOG, false);
  space_to_unit(&s, &x, &u);
  assert_true(fabs(u - 0.5) < 1e-15);
  assert_true(fabs(space_width(&s, 0) - 4 * log(10)) < 1e-14);
  s = one(1, 4, SPACE_LINEAR, true);
  x = 2;
  space_to_unit(&s, &x, &u);
  assert_true(fabs(u - 0.375) < 1e-15);   /* the middle of the second quarter */
  assert_true(space_count(&s) == 4);
  s = one(0, 1, SPACE_LINEAR, false);
  assert_true(isinf(space_count(&s)));
}

static void integers_share_evenly (void **state) {
  (void)state;
  const Space s = one(-1, 2, SPACE_LINEAR, true);
  int count[4] = { 0 };
  for (int i = 0; i < 1000; i++) {
    double u = (i + 0.5) / 1000, x;
    space_from_unit(&s, &u, &x);
    count[(int)x + 1]++;
  }
  for (int i = 0; i < 4; i++) assert_int_equal(count[i], 250);
}

static void refuses (void **state) {
  (void)state;
  const struct { Space space; const char *why; } wrong[] = {
    { one(1, 1, SPACE_LINEAR, false), "low must be below high" }, { one(2, 1, SPACE_LINEAR, false), "low must be below high" },
    { one(NAN, 1, SPACE_LINEAR, false), "finite" }, { one(0, INFINITY, SPACE_LINEAR, false), "finite" },
    { one(0, 1, SPACE_LOG, false), "low > 0" }, { one(-1, 1, SPACE_LOG, false), "low > 0" },
    { one(0.5, 3, SPACE_LINEAR, true), "whole" }, { one(0, 1e17, SPACE_LINEAR, true), "2^53" },
    { one(-1.7e308, 1.7e308, SPACE_LINEAR, false), "too long" },
    { { .d = 0 }, "dimensions" }, { { .d = SPACE_DIMENSIONS + 1 }, "dimensions" },
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    Problem problem = { "" };
    assert_int_equal(space_check(&wrong[i].space, &problem), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(problem.text, wrong[i].why));
  }
}

static void contains (void **state) {
  (void)state;
  const Space s = { .d = 2, .dimension = { { 0, 1, SPACE_LINEAR, false, false }, { 1, 9, SPACE_LOG, true, false } } };
  const double in[][2] = { { 0, 1 }, { 1, 9 }, { 0.5, 4 } };
  const double out[][2] = { { -1e-9, 1 }, { 1.1, 1 }, { 0.5, 2.5 }, { 0.5, 10 }, { NAN, 1 }, { 0.5, NAN } };
  for (int i = 0; i < 3; i++) assert_true(space_contains(&s, in[i]));
  for (int i = 0; i < 6; i++) assert_false(space_contains(&s, out[i]));
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(ends_are_exact), cmocka_unit_test(there_and_back), cmocka_unit_test(known_places),
    cmocka_unit_test(integers_share_evenly), cmocka_unit_test(refuses), cmocka_unit_test(contains),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

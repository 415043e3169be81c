#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "numerics/warp.h"

/* There and back again, the slope a derivative, and smooth at the floor. */
static void laws (void **state) {
  (void)state;
  const Warp warps[] = { { 0, INFINITY }, { -2.385, 0.1 }, { 7, 3e5 }, { 1e300, 1e298 } };
  for (int i = 0; i < 4; i++) {
    const double unit = isinf(warps[i].knee) ? 1 : warps[i].knee;
    for (double t = -5; t < 50; t += 0.37) {
      const double y = warps[i].floor + t * unit, e = 1e-4 * unit;
      assert_true(fabs(warp_back(&warps[i], warp_of(&warps[i], y)) - y) <= 1e-12 * (fabs(y) + unit));
      const double by = (warp_of(&warps[i], y + e) - warp_of(&warps[i], y - e)) / (2 * e);
      assert_true(fabs(warp_slope(&warps[i], y) - by) <= 1e-3 / unit && by > 0);
    }
    assert_true(fabs(warp_slope(&warps[i], warps[i].floor) * unit - 1) < 1e-12);
  }
}

static void choices (void **state) {
  (void)state;
  const double y[] = { 3, 1, 2, 100, 7 }, flat[] = { 4, 4, 4, 4, 9 }, fine[] = { 1e9, 1e9 + 1e-6, 1e9, 1e9 + 1e-6, 1e9 + 1e-6 };
  double scratch[5];
  Warp warps[WARP_CHOICES];
  assert_int_equal(warp_choices(5, y, scratch, warps), WARP_CHOICES);
  assert_true(isinf(warps[0].knee));
  for (int i = 1; i < WARP_CHOICES; i++) assert_true(warps[i].floor == 1 && warps[i].knee > 0 && warps[i].knee < warps[i - 1].knee);
  assert_true(warps[1].knee == 2);   /* the median, 3, less the least */
  assert_int_equal(warp_choices(3, y, scratch, warps), 1);
  assert_int_equal(warp_choices(5, flat, scratch, warps), 1);
  assert_int_equal(warp_choices(5, fine, scratch, warps), 1);
  assert_int_equal(warp_choices(0, y, scratch, warps), 1);
}

int main (void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(laws), cmocka_unit_test(choices) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

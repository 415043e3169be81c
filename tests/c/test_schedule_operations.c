/* What can be done to a schedule: operations on its time and its rates, restarts, noise. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mem_rigged.h"
#include "numerics/profile.h"
#include "numerics/schedule.h"
#include "schedule_cases.h"

/* What each operation does, said once more in plain arithmetic. */
static void operations (void **state) {
  (void)state;
  Schedule *a = piece(PROFILE_LINEAR, 0.2, 300, SCHEDULE_OPEN), *b = rex(200), *out[20];
  assert_int_equal(schedule_combine(&out[0], SCHEDULE_SUM, a, b, NULL), STATUS_OK);
  assert_int_equal(schedule_combine(&out[1], SCHEDULE_PRODUCT, a, b, NULL), STATUS_OK);
  assert_int_equal(schedule_combine(&out[2], SCHEDULE_MAX, a, b, NULL), STATUS_OK);
  assert_int_equal(schedule_combine(&out[3], SCHEDULE_MIN, b, a, NULL), STATUS_OK);
  assert_int_equal(schedule_clip(&out[4], a, 0.3, 0.7, NULL), STATUS_OK);
  assert_int_equal(schedule_shift(&out[5], a, 50, NULL), STATUS_OK);
  assert_int_equal(schedule_shift(&out[6], a, -50, NULL), STATUS_OK);
  assert_int_equal(schedule_take(&out[7], a, 120, NULL), STATUS_OK);
  assert_int_equal(schedule_hold(&out[8], a, 40, NULL), STATUS_OK);
  assert_int_equal(schedule_reverse(&out[9], a, NULL), STATUS_OK);
  assert_int_equal(schedule_repeat(&out[10], a, 3, 0.5, NULL), STATUS_OK);
  assert_int_equal(schedule_repeat(&out[11], a, 2, 1, NULL), STATUS_OK);
  const int steps[] = { 300, 300, 300, 300, 300, 350, 250, 120, 340, 300, 900, 600 };
  for (int i = 0; i < 12; i++) assert_int_equal(schedule_steps(out[i]), steps[i]);
  for (int t = 0; t < 1000; t++) {
    const double x = schedule_at(a, t), y = schedule_at(b, t);
    assert_true(schedule_at(out[0], t) == x + y);
    assert_true(schedule_at(out[1], t) == x * y);
    assert_true(schedule_at(out[2], t) == fmax(x, y));
    assert_true(schedule_at(out[3], t) == fmin(x, y));
    assert_true(schedule_at(out[4], t) == fmin(0.7, fmax(0.3, x)));
    assert_true(schedule_at(out[5], t) == schedule_at(a, t - 50));
    assert_true(schedule_at(out[6], t) == schedule_at(a, t + 50));
    assert_true(schedule_at(out[7], t) == schedule_at(a, t < 120 ? t : 120));
    assert_true(schedule_at(out[8], t) == schedule_at(a, t < 300 ? t : 299));
    assert_true(schedule_at(out[9], t) == schedule_at(a, t < 300 ? 299 - t : 0));
    assert_true(schedule_at(out[10], t) == (t < 900 ? pow(0.5, t / 300) * schedule_at(a, t % 300) : 0.25 * schedule_at(a, 300)));
    assert_true(schedule_at(out[11], t) == schedule_at(a, t < 600 ? t % 300 : 300));
  }
  for (int i = 0; i < 12; i++) schedule_free(out[i]);
  Problem problem;
  assert_int_equal(schedule_clip(out, a, 0.7, 0.3, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_clip(out, a, -1, 0.3, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_shift(out, a, -301, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_shift(out, a, INT64_MAX, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_take(out, a, 301, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_take(out, a, -1, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_hold(out, a, -1, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_hold(out, a, SCHEDULE_STEPS, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_repeat(out, a, 0, 1, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_repeat(out, a, SCHEDULE_STEPS, 1, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_repeat(out, a, 2, 1.1, &problem), STATUS_BAD_ARGUMENT);
  Schedule *huge = scaled(1e200, schedule_retain(a));
  assert_int_equal(schedule_combine(out, SCHEDULE_PRODUCT, huge, huge, &problem), STATUS_BAD_ARGUMENT);
  schedule_free(a), schedule_free(b), schedule_free(huge);
  assert_int_equal(mem_live, 0);
}

static void warm_restarts (void **state) {
  (void)state;
  Schedule *cycle = piece(PROFILE_LINEAR, 0, 1, SCHEDULE_OPEN), *plain, *longer;
  assert_int_equal(schedule_restarts(&plain, cycle, 100, 25, 1, 0.5, 0.1, NULL), STATUS_OK);
  assert_int_equal(schedule_restarts(&longer, cycle, 70, 10, 2, 1, 0, NULL), STATUS_OK);
  for (int t = 0; t < 100; t++) near(schedule_at(plain, t), 0.1 + (pow(0.5, t / 25) - 0.1) * (1 - t % 25 / 25.0));
  assert_true(schedule_at(plain, 100) == 0.1 && schedule_at(plain, 1e9) == 0.1);   /* ends, and does not begin again */
  for (int t = 0; t < 70; t++) {
    const int begin = t < 10 ? 0 : t < 30 ? 10 : 30, length = t < 10 ? 10 : t < 30 ? 20 : 40;
    near(schedule_at(longer, t), 1 - (t - begin) / (double)length);
  }
  assert_true(schedule_at(longer, 70) == 0);
  Schedule *out;
  Problem problem;
  const double bad[][4] = {
    { 0.5, 1, 1, 0 }, { 10, 0.5, 1, 0 }, { 10, 1, 1.5, 0 }, { 10, 1, 1, -1 }, { NAN, 1, 1, 0 }, { 10, 1e10, 1, 0 },
  };
  for (int i = 0; i < 6; i++)
    assert_int_equal(schedule_restarts(&out, cycle, 10, bad[i][0], bad[i][1], bad[i][2], bad[i][3], &problem),
                     STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_restarts(&out, cycle, -1, 10, 1, 1, 0, &problem), STATUS_BAD_ARGUMENT);
  schedule_free(cycle), schedule_free(plain), schedule_free(longer);
  assert_int_equal(mem_live, 0);
}

/* Cycles are found exactly, however far away and however slowly they grow. */
static void far_restarts (void **state) {
  (void)state;
  Schedule *cycle = piece(PROFILE_LINEAR, 0, 1, SCHEDULE_OPEN), *out;
  const double multipliers[] = { 1, 1.0000001, 1.1, 2, 7, 1e9 };
  for (int k = 0; k < 6; k++) {
    assert_int_equal(schedule_restarts(&out, cycle, SCHEDULE_STEPS, 3, multipliers[k], 1, 0, NULL), STATUS_OK);
    for (double t = 0; t < (double)SCHEDULE_STEPS; t = 1.5 * t + 1) {
      const double rate = schedule_at(out, floor(t));
      assert_true(0 <= rate && rate <= 1);
    }
    schedule_free(out);
  }
  assert_int_equal(schedule_restarts(&out, cycle, SCHEDULE_STEPS, 3, 2, 1, 0, NULL), STATUS_OK);
  for (int i = 0; i < 44; i++) assert_true(schedule_at(out, 3 * (ldexp(1, i) - 1)) == 1);
  schedule_free(out), schedule_free(cycle);
}

static void noise_is_a_hash (void **state) {
  (void)state;
  enum { N = 20000 };
  Schedule *one = piece(PROFILE_CONSTANT, 0, N, SCHEDULE_OPEN), *normal, *uniform, *other;
  assert_int_equal(schedule_noise(&normal, one, 0.1, 7, 0, NULL), STATUS_OK);
  assert_int_equal(schedule_noise(&uniform, one, 0.1, 7, 1, NULL), STATUS_OK);
  assert_int_equal(schedule_noise(&other, one, 0.1, 8, 0, NULL), STATUS_OK);
  double sum = 0, squares = 0, least = 1, most = 1, together = 0;
  for (int t = 0; t < N; t++) {
    const double g = (schedule_at(normal, t) - 1) / 0.1, h = (schedule_at(other, t) - 1) / 0.1, u = schedule_at(uniform, t);
    sum += g, squares += g * g, together += g * h;
    least = fmin(least, u), most = fmax(most, u);
  }
  assert_true(fabs(sum / N) < 0.03 && fabs(squares / N - 1) < 0.05 && fabs(together / N) < 0.03);
  assert_true(0.9 <= least && least < 0.9001 && 1.0999 < most && most < 1.1);
  double rates[100];
  schedule_fill(normal, 5000, 100, rates);
  for (int i = 0; i < 100; i++) assert_true(rates[i] == schedule_at(normal, 5000 + i));
  Schedule *wild, *out;
  assert_int_equal(schedule_noise(&wild, one, 10, 7, 0, NULL), STATUS_OK);
  for (int t = 0; t < N; t++) assert_true(schedule_at(wild, t) >= 0);
  assert_int_equal(schedule_noise(&out, one, -1, 7, 0, NULL), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_noise(&out, one, NAN, 7, 0, NULL), STATUS_BAD_ARGUMENT);
  schedule_free(one), schedule_free(normal), schedule_free(uniform), schedule_free(other), schedule_free(wild);
  assert_int_equal(mem_live, 0);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(operations), cmocka_unit_test(warm_restarts), cmocka_unit_test(far_restarts),
    cmocka_unit_test(noise_is_a_hash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

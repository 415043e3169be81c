/* Schedules joined of parts: local steps, long sequences, samples of them, and how large they may be. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mem_rigged.h"
#include "numerics/profile.h"
#include "numerics/random.h"
#include "numerics/schedule.h"
#include "schedule_cases.h"

static Schedule *joined (Schedule *first, Schedule *second) {
  Schedule *schedule;
  assert_int_equal(schedule_join(&schedule, first, second, NULL), STATUS_OK);
  schedule_free(first);
  schedule_free(second);
  return schedule;
}

static Schedule *sampled (Schedule *part, ScheduleSampling sampling, double interval) {
  Schedule *schedule;
  assert_int_equal(schedule_sample(&schedule, part, sampling, interval, NULL), STATUS_OK);
  schedule_free(part);
  return schedule;
}

static void sequence_gives_local_steps (void **state) {
  (void)state;
  Schedule *warmup = piece(PROFILE_WARMUP, 0, 500, SCHEDULE_AFTER), *decay = rex(9500);
  Schedule *whole = scaled(0.1, joined(schedule_retain(warmup), schedule_retain(decay)));
  assert_int_equal(schedule_steps(whole), 10000);
  for (int t = 0; t < 500; t++) assert_true(schedule_at(whole, t) == 0.1 * schedule_at(warmup, t));
  for (int t = 500; t < 10100; t++) assert_true(schedule_at(whole, t) == 0.1 * schedule_at(decay, t - 500));
  double rates[300];
  schedule_fill(whole, 350, 300, rates);
  for (int i = 0; i < 300; i++) assert_true(rates[i] == schedule_at(whole, 350 + i));
  schedule_free(warmup), schedule_free(decay), schedule_free(whole);
  assert_int_equal(mem_live, 0);
}

static void empty_parts_vanish (void **state) {
  (void)state;
  Schedule *plain = rex(100);
  Schedule *front = joined(piece(PROFILE_WARMUP, 0, 0, SCHEDULE_AFTER), rex(100));
  Schedule *back = joined(rex(100), piece(PROFILE_CONSTANT, 0, 0, SCHEDULE_OPEN));
  for (int t = 0; t <= 100; t++)
    assert_true(schedule_at(front, t) == schedule_at(plain, t) && schedule_at(back, t) == schedule_at(plain, t));
  assert_true(schedule_steps(front) == 100 && schedule_steps(back) == 100);
  Schedule *nothing = rex(0);
  assert_true(schedule_steps(nothing) == 0 && schedule_at(nothing, 0) == 0);
  schedule_free(plain), schedule_free(front), schedule_free(back), schedule_free(nothing);
}

static void sampling (void **state) {
  (void)state;
  Schedule *plain = rex(1000), *every = sampled(rex(1000), SCHEDULE_EVERY, 30), *five = sampled(rex(1000), SCHEDULE_PERCENT, 5);
  Schedule *odd = sampled(rex(130), SCHEDULE_PERCENT, 7), *once = sampled(rex(1000), SCHEDULE_PERCENT, 100);
  for (int t = 0; t < 1000; t++) {
    assert_true(schedule_at(every, t) == schedule_at(plain, t / 30 * 30));
    assert_true(schedule_at(five, t) == schedule_at(plain, t / 50 * 50));
    assert_true(schedule_at(once, t) == 1);
  }
  for (int t = 0; t < 130; t++) near(schedule_at(odd, t), profile_at(profile_of(PROFILE_REX, 0.5), floor(t * 100 / (7 * 130.0)) * 0.07));
  assert_true(schedule_at(every, 1000) == 0 && schedule_at(once, 1000) == 0);
  schedule_free(plain), schedule_free(every), schedule_free(five), schedule_free(odd), schedule_free(once);
}

/* However ten thousand pieces are joined, it is the same schedule, read fast and freed without deep recursion. */
static void long_sequences (void **state) {
  (void)state;
  enum { N = 10000 };
  Schedule *left = rex(0), *right = rex(0);
  for (int i = 0; i < N; i++) {
    left = joined(left, i % 2 ? scaled(0.5, rex(2)) : rex(3));
    right = joined(i % 2 ? rex(3) : scaled(0.5, rex(2)), right);
  }
  assert_int_equal(schedule_steps(left), N / 2 * 5);
  for (int t = 0; t < N / 2 * 5; t++) {
    const int local = t % 5;
    const Profile profile = profile_of(PROFILE_REX, 0.5);
    near(schedule_at(left, t), local < 3 ? profile_at(profile, local / 3.0) : 0.5 * profile_at(profile, (local - 3) / 2.0));
    assert_true(schedule_at(left, t) == schedule_at(right, t));
  }
  schedule_free(left), schedule_free(right);
  assert_int_equal(mem_live, 0);
}

/* Joining in random groupings keeps order, length and balance. */
static void random_groupings (void **state) {
  (void)state;
  Random random = random_seeded(11);
  for (int round = 0; round < 50; round++) {
    Schedule *parts[100];
    int n = 100;
    for (int i = 0; i < n; i++) parts[i] = piece(PROFILE_LINEAR, i / 100.0, i + 1, SCHEDULE_CLOSED);
    for (; n > 1; n--) {
      const int i = (int)random_below(&random, (uint64_t)n - 1);
      parts[i] = joined(parts[i], parts[i + 1]);
      for (int j = i + 1; j < n - 1; j++) parts[j] = parts[j + 1];
    }
    int64_t t = 0;
    for (int i = 0; i < 100; i++) {
      assert_true(schedule_at(parts[0], (double)t) == 1);
      assert_true(schedule_at(parts[0], (double)(t += i + 1) - 1) == (i == 0 ? 1 : i / 100.0));
    }
    schedule_free(parts[0]);
    assert_int_equal(mem_live, 0);
  }
}

static void limits (void **state) {
  (void)state;
  Schedule *deep = rex(10), *out;
  Problem problem;
  Status status = STATUS_OK;
  int levels = 0;
  for (; status == STATUS_OK; levels++) {
    Schedule *longer = joined(scaled(0.9, deep), rex(1));
    deep = longer;
    status = schedule_steps(deep) > 1000 ? STATUS_TOO_FEW : schedule_scale(&out, 1, deep, &problem);
    if (status == STATUS_OK) schedule_free(out);
  }
  assert_int_equal(status, STATUS_BAD_ARGUMENT);
  assert_true(levels <= SCHEDULE_DEPTH && levels > SCHEDULE_DEPTH / 4);
  near(schedule_at(deep, 0), pow(0.9, levels));
  schedule_free(deep);
  Schedule *plain = rex(100), *longest = rex(SCHEDULE_STEPS);
  const double bad[] = { -1, NAN, INFINITY };
  for (int i = 0; i < 3; i++) assert_int_equal(schedule_scale(&out, bad[i], plain, &problem), STATUS_BAD_ARGUMENT);
  const double intervals[] = { 0, -1, NAN, 101 };
  for (int i = 0; i < 3; i++) assert_int_equal(schedule_sample(&out, plain, SCHEDULE_EVERY, intervals[i], &problem), STATUS_BAD_ARGUMENT);
  for (int i = 0; i < 4; i++) assert_int_equal(schedule_sample(&out, plain, SCHEDULE_PERCENT, intervals[i], &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_join(&out, longest, plain, &problem), STATUS_BAD_ARGUMENT);
  assert_null(out);
  const Profile profile = profile_of(PROFILE_REX, 0.5);
  assert_int_equal(schedule_piece(&out, &profile, -1, SCHEDULE_OPEN, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_piece(&out, &profile, SCHEDULE_STEPS + 1, SCHEDULE_OPEN, &problem), STATUS_BAD_ARGUMENT);
  schedule_free(plain), schedule_free(longest), schedule_free(NULL);
  assert_int_equal(mem_live, 0);
}

/* Filling walks the tree once for a stretch, and gives bit for bit what step by step does. */
static void filled_as_read (void **state) {
  (void)state;
  Random random = random_seeded(21);
  for (int round = 0; round < 300; round++) {
    Schedule *whole = piece(PROFILE_WARMUP, 0, 1 + (int64_t)random_below(&random, 90), SCHEDULE_AFTER);
    for (int i = 0; i < 12; i++) {
      const int64_t length = 1 + (int64_t)random_below(&random, 200);
      Schedule *before = whole, *other = piece_of(profile_of(PROFILE_COSINE, 0.1, 1, 1, 0.5), length, SCHEDULE_CLOSED);
      const int64_t steps = schedule_steps(whole);
      Status status = STATUS_OK;
      switch (random_below(&random, 11)) {
        case 0: status = schedule_join(&whole, before, other, NULL); break;
        case 1: status = schedule_join(&whole, other, before, NULL); break;
        case 2: status = schedule_combine(&whole, SCHEDULE_MAX, before, other, NULL); break;
        case 3: status = schedule_combine(&whole, SCHEDULE_PRODUCT, other, before, NULL); break;
        case 4: status = schedule_sample(&whole, before, SCHEDULE_PERCENT, 7, NULL); break;
        case 5: status = schedule_shift(&whole, before, (int64_t)random_below(&random, 40) - steps / 2, NULL); break;
        case 6: status = schedule_reverse(&whole, before, NULL); break;
        case 7:
          status = steps < 10000 ? schedule_repeat(&whole, before, 2, 0.9, NULL) : schedule_take(&whole, before, steps / 2, NULL);
          break;
        case 8: status = schedule_noise(&whole, before, 0.1, 3, round % 2, NULL); break;
        case 9: status = schedule_hold(&whole, before, 30, NULL); break;
        default: status = schedule_clip(&whole, before, 0.01, 0.9, NULL); break;
      }
      assert_int_equal(status, STATUS_OK);
      schedule_free(before), schedule_free(other);
    }
    double rates[700];
    const int64_t from = (int64_t)random_below(&random, 200);
    schedule_fill(whole, from, 700, rates);
    for (int i = 0; i < 700; i++) assert_true(rates[i] == schedule_at(whole, (double)from + i));
    schedule_free(whole);
  }
  assert_int_equal(mem_live, 0);
}

static Status build_much (void) {
  const Profile profile = profile_of(PROFILE_PIECEWISE, 0);
  Schedule *part = NULL, *whole = NULL;
  Status status = schedule_piece(&part, &profile, 10, SCHEDULE_OPEN, NULL);
  if (status == STATUS_OK) status = schedule_sample(&whole, part, SCHEDULE_EVERY, 2, NULL);
  for (int i = 0; i < 60 && status == STATUS_OK; i++) {
    Schedule *longer;
    switch (i % 12) {
      case 0: status = schedule_scale(&longer, 0.5, whole, NULL); break;
      case 1: status = schedule_combine(&longer, SCHEDULE_SUM, whole, part, NULL); break;
      case 2: status = schedule_clip(&longer, whole, 0.1, 0.5, NULL); break;
      case 3: status = schedule_shift(&longer, whole, 3, NULL); break;
      case 4: status = schedule_hold(&longer, whole, 3, NULL); break;
      case 5: status = schedule_take(&longer, whole, 8, NULL); break;
      case 6: status = schedule_reverse(&longer, whole, NULL); break;
      case 7: status = schedule_noise(&longer, whole, 0.1, 1, 0, NULL); break;
      case 8: status = schedule_repeat(&longer, whole, 2, 0.5, NULL); break;
      case 9: status = schedule_restarts(&longer, whole, 20, 5, 2, 1, 0, NULL); break;
      case 10: status = schedule_join(&longer, whole, part, NULL); break;
      default: status = schedule_join(&longer, part, whole, NULL); break;
    }
    if (status == STATUS_OK) {
      schedule_free(whole);
      whole = longer;
    } else assert_null(longer);
  }
  schedule_free(part);
  schedule_free(whole);
  return status;
}

static void no_memory (void **state) {
  (void)state;
  EACH_ALLOCATION_FAILS({ status = build_much(); });
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(sequence_gives_local_steps), cmocka_unit_test(empty_parts_vanish), cmocka_unit_test(sampling),
    cmocka_unit_test(long_sequences), cmocka_unit_test(random_groupings), cmocka_unit_test(limits),
    cmocka_unit_test(filled_as_read), cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

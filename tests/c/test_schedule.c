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

#include "../reference/schedule.h"

static const double MILESTONES[] = { 0.5, 0.75 };

static Profile profile_of (ProfileKind kind, double parameter) {
  return (Profile){ kind, parameter, kind == PROFILE_STEP ? MILESTONES : NULL, kind == PROFILE_STEP ? 2 : 0 };
}

static Schedule *piece (ProfileKind kind, double parameter, int64_t steps, ScheduleEndpoint endpoint) {
  Schedule *schedule;
  const Profile profile = profile_of(kind, parameter);
  assert_int_equal(schedule_piece(&schedule, &profile, steps, endpoint, NULL), STATUS_OK);
  return schedule;
}

static Schedule *rex (int64_t steps) { return piece(PROFILE_REX, 0.5, steps, SCHEDULE_OPEN); }

/* Build from parts and end the caller's references to them. */
static Schedule *scaled (double factor, Schedule *part) {
  Schedule *schedule;
  assert_int_equal(schedule_scale(&schedule, factor, part, NULL), STATUS_OK);
  schedule_free(part);
  return schedule;
}

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

#define near(value, expected) assert_near(value, expected, __LINE__)

static void assert_near (double value, double expected, int line) {
  if (!(fabs(value - expected) <= 4e-15 * (1 + fabs(expected)))) fail_msg("line %d: %.17g, expected %.17g", line, value, expected);
}

static void rates_of_torch_and_fractions (void **state) {
  (void)state;
  for (size_t k = 0; k < sizeof RATES / sizeof *RATES; k++) {
    const struct Rates *e = &RATES[k];
    const Profile profile = { e->kind, e->parameter, e->at, e->count };
    Schedule *schedule;
    assert_int_equal(schedule_piece(&schedule, &profile, e->steps, e->kind == PROFILE_WARMUP ? SCHEDULE_AFTER : SCHEDULE_OPEN, NULL),
                     STATUS_OK);
    for (int t = 0; t < e->steps; t++) near(schedule_at(schedule, t), e->rates[t]);
    schedule_free(schedule);
  }
}

/* The table of the REX paper's profile. */
static void rex_known (void **state) {
  (void)state;
  const Profile profile = profile_of(PROFILE_REX, 0.5);
  near(profile_at(&profile, 0.25), 6.0 / 7);
  near(profile_at(&profile, 0.5), 2.0 / 3);
  near(profile_at(&profile, 0.75), 0.4);
  near(profile_at(&profile, 0.9), 2.0 / 11);
  near(profile_at(&profile, 0.95), 2.0 / 21);
  const Profile late = profile_of(PROFILE_REX, 0.9), straight = profile_of(PROFILE_REX, 0);
  near(profile_at(&late, 0.5), 10.0 / 11);
  near(profile_at(&late, 0.9), 10.0 / 19);
  near(profile_at(&straight, 0.2385), 0.7615);
}

static void ends_exact_and_clamped (void **state) {
  (void)state;
  const struct { ProfileKind kind; double parameter, first, last; } cases[] = {
    { PROFILE_CONSTANT, 0, 1, 1 }, { PROFILE_LINEAR, 0.2385, 1, 0.2385 }, { PROFILE_LINEAR, 3, 1, 3 },
    { PROFILE_COSINE, 0.1, 1, 0.1 }, { PROFILE_COSINE, 0, 1, 0 }, { PROFILE_EXPONENTIAL, -3, 1, exp(-3) },
    { PROFILE_REX, 0.5, 1, 0 }, { PROFILE_REX, 0x1.fffffffffffffp-1, 1, 0 }, { PROFILE_STEP, 0.1, 1, pow(0.1, 2) },
    { PROFILE_WARMUP, 0.3, 0.3, 1 },
  };
  const double before[] = { 0, -0.0, -1, -INFINITY, NAN }, after[] = { 1, 1.5, 1e300, INFINITY };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    const Profile profile = profile_of(cases[k].kind, cases[k].parameter);
    assert_int_equal(profile_check(&profile, NULL), STATUS_OK);
    for (int i = 0; i < 5; i++) assert_true(profile_at(&profile, before[i]) == cases[k].first);
    for (int i = 0; i < 4; i++) assert_true(profile_at(&profile, after[i]) == cases[k].last);
    assert_true(profile_bound(&profile) >= fmax(cases[k].first, cases[k].last));
  }
}

static void decays_are_monotone (void **state) {
  (void)state;
  Random random = random_seeded(4);
  const ProfileKind kinds[] = { PROFILE_LINEAR, PROFILE_COSINE, PROFILE_EXPONENTIAL, PROFILE_REX, PROFILE_STEP };
  for (int round = 0; round < 200; round++) {
    const ProfileKind kind = kinds[round % 5];
    const double u = random_uniform(&random);
    const Profile profile = profile_of(kind, kind == PROFILE_EXPONENTIAL ? -10 * u : u);
    double last = 1;
    for (int i = 0; i <= 1000; i++) {
      const double value = profile_at(&profile, i / 1000.0);
      assert_true(0 <= value && value <= last);
      last = value;
    }
  }
}

static void bad_profiles_named (void **state) {
  (void)state;
  const double falling[] = { 0.5, 0.25 }, outside[] = { 0.5, 1.5 };
  const Profile bad[] = {
    { PROFILE_REX, 1, NULL, 0 }, { PROFILE_REX, -0.1, NULL, 0 }, { PROFILE_LINEAR, NAN, NULL, 0 },
    { PROFILE_LINEAR, INFINITY, NULL, 0 },
    { PROFILE_COSINE, -1, NULL, 0 }, { PROFILE_EXPONENTIAL, 601, NULL, 0 }, { PROFILE_STEP, -1, MILESTONES, 2 },
    { PROFILE_STEP, 0.1, falling, 2 },
    { PROFILE_STEP, 0.1, outside, 2 }, { PROFILE_STEP, 1e200, MILESTONES, 2 },
    { (ProfileKind)99, 0, NULL, 0 }, { (ProfileKind)-1, 0, NULL, 0 },
  };
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    Problem problem = { "" };
    Schedule *schedule;
    assert_int_equal(schedule_piece(&schedule, &bad[k], 10, SCHEDULE_OPEN, &problem), STATUS_BAD_ARGUMENT);
    assert_null(schedule);
    assert_true(problem.text[0] != '\0');
  }
}

static void endpoints (void **state) {
  (void)state;
  Schedule *open = piece(PROFILE_LINEAR, 0.1, 10, SCHEDULE_OPEN), *closed = piece(PROFILE_LINEAR, 0.1, 10, SCHEDULE_CLOSED);
  Schedule *one = piece(PROFILE_LINEAR, 0.1, 1, SCHEDULE_CLOSED), *warmup = piece(PROFILE_WARMUP, 0, 4, SCHEDULE_AFTER);
  near(schedule_at(open, 9), 0.1 + 0.9 * 0.1);
  assert_true(schedule_at(open, 10) == 0.1);
  assert_true(schedule_at(closed, 9) == 0.1);
  assert_true(schedule_at(one, 0) == 1 && schedule_at(one, 1) == 0.1);
  for (int t = 0; t < 4; t++) near(schedule_at(warmup, t), (t + 1) / 4.0);
  assert_true(schedule_at(warmup, 4) == 1 && schedule_at(warmup, 1e15) == 1);
  schedule_free(open), schedule_free(closed), schedule_free(one), schedule_free(warmup);
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
  assert_true(schedule_equal(front, plain) && schedule_equal(back, plain));
  assert_true(schedule_at(back, 100) == 0);
  Schedule *nothing = rex(0);
  assert_true(schedule_steps(nothing) == 0 && schedule_at(nothing, 0) == 0);
  schedule_free(plain), schedule_free(front), schedule_free(back), schedule_free(nothing);
}

static void sampling (void **state) {
  (void)state;
  Schedule *plain = rex(1000), *every = sampled(rex(1000), SCHEDULE_EVERY, 30), *five = sampled(rex(1000), SCHEDULE_PERCENT, 5);
  Schedule *odd = sampled(rex(130), SCHEDULE_PERCENT, 7), *once = sampled(rex(1000), SCHEDULE_PERCENT, 100);
  const Profile profile = profile_of(PROFILE_REX, 0.5);
  for (int t = 0; t < 1000; t++) {
    assert_true(schedule_at(every, t) == schedule_at(plain, t / 30 * 30));
    assert_true(schedule_at(five, t) == schedule_at(plain, t / 50 * 50));
    assert_true(schedule_at(once, t) == 1);
  }
  for (int t = 0; t < 130; t++) near(schedule_at(odd, t), profile_at(&profile, floor(t * 100 / (7 * 130.0)) * 0.07));
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
  assert_int_equal(schedule_view(left).parts, N);
  assert_true(schedule_equal(left, right));
  for (int t = 0; t < N / 2 * 5; t++) {
    const int local = t % 5;
    const Profile profile = profile_of(PROFILE_REX, 0.5);
    const double expected = local < 3 ? profile_at(&profile, local / 3.0) : 0.5 * profile_at(&profile, (local - 3) / 2.0);
    assert_true(schedule_at(left, t) == expected && schedule_at(right, t) == expected);
  }
  for (int i = 0; i < N; i++) assert_int_equal(schedule_view(schedule_part(left, i)).steps, i % 2 ? 2 : 3);
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
      assert_int_equal(schedule_view(schedule_part(parts[0], i)).steps, i + 1);
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
    status = schedule_view(deep).steps > 1000 ? STATUS_TOO_FEW : schedule_scale(&out, 1, deep, &problem);
    if (status == STATUS_OK) schedule_free(out);
  }
  assert_int_equal(status, STATUS_BAD_ARGUMENT);
  assert_true(levels <= SCHEDULE_DEPTH && levels > SCHEDULE_DEPTH / 4);
  near(schedule_at(deep, 0), pow(0.9, levels));
  schedule_free(deep);
  Schedule *plain = rex(100), *longest = rex(SCHEDULE_STEPS);
  const double bad[] = { -1, NAN, INFINITY };
  for (int i = 0; i < 3; i++) assert_int_equal(schedule_scale(&out, bad[i], plain, &problem), STATUS_BAD_ARGUMENT);
  const double intervals[] = { 0, 1.5, -1, NAN, 101 };
  for (int i = 0; i < 4; i++) assert_int_equal(schedule_sample(&out, plain, SCHEDULE_EVERY, intervals[i], &problem), STATUS_BAD_ARGUMENT);
  for (int i = 2; i < 5; i++) assert_int_equal(schedule_sample(&out, plain, SCHEDULE_PERCENT, intervals[i], &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_join(&out, longest, plain, &problem), STATUS_BAD_ARGUMENT);
  assert_null(out);
  const Profile profile = profile_of(PROFILE_REX, 0.5);
  assert_int_equal(schedule_piece(&out, &profile, -1, SCHEDULE_OPEN, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(schedule_piece(&out, &profile, SCHEDULE_STEPS + 1, SCHEDULE_OPEN, &problem), STATUS_BAD_ARGUMENT);
  schedule_free(plain), schedule_free(longest), schedule_free(NULL);
  assert_int_equal(mem_live, 0);
}

static void equality (void **state) {
  (void)state;
  Schedule *a[] = {
    rex(100), rex(101), piece(PROFILE_REX, 0.9, 100, SCHEDULE_OPEN), piece(PROFILE_REX, 0.5, 100, SCHEDULE_CLOSED),
    piece(PROFILE_STEP, 0.1, 100, SCHEDULE_OPEN), scaled(0.5, rex(100)), scaled(0.25, rex(100)),
    sampled(rex(100), SCHEDULE_EVERY, 2), sampled(rex(100), SCHEDULE_PERCENT, 2), joined(rex(50), rex(50)), joined(rex(40), rex(60)),
  };
  enum { N = sizeof a / sizeof *a };
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) assert_int_equal(schedule_equal(a[i], a[j]), i == j);
  Schedule *twice = scaled(0.5, scaled(0.5, rex(100))), *steps = piece(PROFILE_STEP, 0.1, 100, SCHEDULE_OPEN);
  assert_true(schedule_equal(twice, a[6]) && schedule_equal(steps, a[4]));
  schedule_free(twice), schedule_free(steps);
  for (int i = 0; i < N; i++) schedule_free(a[i]);
}

static Status build_much (void) {
  const Profile profile = profile_of(PROFILE_STEP, 0.1);
  Schedule *part = NULL, *sample = NULL, *whole = NULL;
  Status status = schedule_piece(&part, &profile, 10, SCHEDULE_OPEN, NULL);
  if (status == STATUS_OK) status = schedule_sample(&sample, part, SCHEDULE_EVERY, 2, NULL);
  if (status == STATUS_OK) status = schedule_scale(&whole, 0.5, sample, NULL);
  for (int i = 0; i < 40 && status == STATUS_OK; i++) {
    Schedule *longer;
    status = i % 3 ? schedule_join(&longer, whole, part, NULL) : schedule_join(&longer, part, whole, NULL);
    if (status == STATUS_OK) {
      schedule_free(whole);
      whole = longer;
    } else assert_null(longer);
  }
  schedule_free(part);
  schedule_free(sample);
  schedule_free(whole);
  return status;
}

static void no_memory (void **state) {
  (void)state;
  EACH_ALLOCATION_FAILS({ status = build_much(); });
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(rates_of_torch_and_fractions), cmocka_unit_test(rex_known), cmocka_unit_test(ends_exact_and_clamped),
    cmocka_unit_test(decays_are_monotone), cmocka_unit_test(bad_profiles_named), cmocka_unit_test(endpoints),
    cmocka_unit_test(sequence_gives_local_steps), cmocka_unit_test(empty_parts_vanish), cmocka_unit_test(sampling),
    cmocka_unit_test(long_sequences), cmocka_unit_test(random_groupings), cmocka_unit_test(limits), cmocka_unit_test(equality),
    cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

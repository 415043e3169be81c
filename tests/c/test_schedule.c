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

static const double AT[] = { 0, 5, 7.5 }, VALUE[] = { 1, 0.1, 0.01 };

/* A profile of a kind, with these parameters; PIECEWISE with the knots above. */
#define profile_of(kind_, ...) ((Profile){ .kind = kind_, .extent = 1, .parameter = { __VA_ARGS__ }, .at = AT, .value = VALUE, .count = 3 })

static Schedule *piece_of (Profile profile, int64_t steps, ScheduleEndpoint endpoint) {
  Schedule *schedule;
  Problem problem = { "" };
  if (schedule_piece(&schedule, &profile, steps, endpoint, &problem) != STATUS_OK) fail_msg("%s", problem.text);
  return schedule;
}

static Schedule *piece (ProfileKind kind, double parameter, int64_t steps, ScheduleEndpoint endpoint) {
  return piece_of(profile_of(kind, parameter), steps, endpoint);
}

static double profile_at (Profile profile, double p) {
  return profile_value(&profile, p * profile.extent);
}

/* A block and single steps agree to the bit, from before the start to past the end. */
static void fill_agrees (const Schedule *schedule) {
  double rates[1023];
  schedule_fill(schedule, -7, 1023, rates);
  for (int i = 0; i < 1023; i++) {
    const double rate = schedule_at(schedule, i - 7);
    assert_memory_equal(&rates[i], &rate, sizeof rate);
  }
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
    Profile profile = e->profile;
    profile.at = e->at;
    profile.value = e->value;
    Schedule *schedule = piece_of(profile, e->steps, e->endpoint);
    for (int t = 0; t < e->steps; t++) near(schedule_at(schedule, t), e->rates[t]);
    schedule_free(schedule);
  }
}

/* The table of the REX paper's profile. */
static void rex_known (void **state) {
  (void)state;
  const Profile profile = profile_of(PROFILE_REX, 0.5);
  near(profile_at(profile, 0.25), 6.0 / 7);
  near(profile_at(profile, 0.5), 2.0 / 3);
  near(profile_at(profile, 0.75), 0.4);
  near(profile_at(profile, 0.9), 2.0 / 11);
  near(profile_at(profile, 0.95), 2.0 / 21);
  const Profile late = profile_of(PROFILE_REX, 0.9), straight = profile_of(PROFILE_REX, 0);
  near(profile_at(late, 0.5), 10.0 / 11);
  near(profile_at(late, 0.9), 10.0 / 19);
  near(profile_at(straight, 0.2385), 0.7615);
}

static void ends_exact_and_clamped (void **state) {
  (void)state;
  const struct { Profile profile; double first, last; } cases[] = {
    { profile_of(PROFILE_CONSTANT, 0), 1, 1 }, { profile_of(PROFILE_LINEAR, 0.2385), 1, 0.2385 }, { profile_of(PROFILE_LINEAR, 3), 1, 3 },
    { profile_of(PROFILE_POLYNOMIAL, 1, 0.2385, 2.5, 0.7), 1, 0.2385 }, { profile_of(PROFILE_COSINE, 0.1, 1, 1, 0.5), 1, 0.1 },
    { profile_of(PROFILE_COSINE, 0.1, 0.3, 3, 0.5), 1, 0.1 }, { profile_of(PROFILE_REX, 0.5), 1, 0 },
    { profile_of(PROFILE_REX, 0x1.fffffffffffffp-1), 1, 0 }, { profile_of(PROFILE_SQRT, 0.3), 1, 0.3 },
    { profile_of(PROFILE_EXPONENTIAL, -0.003, 0), 1, exp(-3) }, { profile_of(PROFILE_EXPONENTIAL, -1e300, 7), 1, 0 },
    { profile_of(PROFILE_INVERSE_TIME, 0.003, 0), 1, 0.25 }, { profile_of(PROFILE_INVERSE_SQRT, 1000.0 / 3), 1, 0.5 },
    { profile_of(PROFILE_WARMUP, 0.3), 0.3, 1 }, { profile_of(PROFILE_WARMUP_COSINE, 0.3), 0.3, 1 },
    { profile_of(PROFILE_WARMUP_SQRT, 0.3), 0.3, 1 }, { profile_of(PROFILE_CYCLE, 0.2, 0.9, 125, 125, 1, 0), 0.2, 0.2 },
    { profile_of(PROFILE_PIECEWISE, PROFILE_LINES), 1, 0.01 },
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    for (int endpoint = SCHEDULE_OPEN; endpoint <= SCHEDULE_CLOSED; endpoint++) {
      const int64_t steps = endpoint == SCHEDULE_OPEN ? 1000 : 1001;
      Schedule *schedule = piece_of(cases[k].profile, steps, (ScheduleEndpoint)endpoint);
      const double before[] = { 0, -0.0, -1, -INFINITY, NAN }, after[] = { 1000, 1001, 1e300, INFINITY };
      for (int i = 0; i < 5; i++) assert_true(schedule_at(schedule, before[i]) == cases[k].first);
      for (int i = 0; i < 4; i++) near(schedule_at(schedule, after[i]), cases[k].last);
      if (cases[k].profile.kind != PROFILE_EXPONENTIAL && cases[k].profile.kind != PROFILE_INVERSE_TIME)
        assert_true(schedule_at(schedule, 1000) == cases[k].last);
      assert_true(profile_bound(&cases[k].profile) >= fmin(1, fmax(cases[k].first, cases[k].last)));
      fill_agrees(schedule);
      schedule_free(schedule);
    }
}

static void decays_are_monotone (void **state) {
  (void)state;
  Random random = random_seeded(4);
  const ProfileKind kinds[] = {
    PROFILE_LINEAR, PROFILE_POLYNOMIAL, PROFILE_COSINE, PROFILE_REX, PROFILE_SQRT, PROFILE_TANH, PROFILE_EXPONENTIAL,
    PROFILE_INVERSE_TIME, PROFILE_INVERSE_SQRT, PROFILE_WARMUP, PROFILE_WARMUP_COSINE, PROFILE_WARMUP_SQRT,
  };
  for (int round = 0; round < 600; round++) {
    const ProfileKind kind = kinds[round % 12];
    const double u = random_uniform(&random), v = 3 * random_uniform(&random) + 0.1, w = 3 * random_uniform(&random) + 0.1;
    Profile profile = profile_of(kind, u, v, w, 0.5);
    if (kind == PROFILE_POLYNOMIAL) profile = profile_of(kind, 1, u, v, w);
    if (kind == PROFILE_EXPONENTIAL) profile = profile_of(kind, -0.1 * u, round % 24 == 6 ? 7 : 0);
    if (kind == PROFILE_INVERSE_TIME) profile = profile_of(kind, u, round % 24 == 7 ? 7 : 0);
    if (kind == PROFILE_TANH) profile = profile_of(kind, u, -3 * v, w);
    if (kind == PROFILE_INVERSE_SQRT) profile = profile_of(kind, 100 * u + 1);
    Schedule *schedule = piece_of(profile, 1000, SCHEDULE_OPEN);
    const double sign = kind >= PROFILE_WARMUP ? -1 : 1;
    double last = sign > 0 ? 1 : -0.0;
    for (int t = 0; t <= 1000; t++) {
      const double value = schedule_at(schedule, t);
      assert_true(0 <= value && value <= 1);
      if (!(sign * value <= sign * last + 2e-16)) fail_msg("%s climbs at %d", profile_name(kind), t);
      last = value;
    }
    fill_agrees(schedule);
    schedule_free(schedule);
  }
}

static void bad_profiles_named (void **state) {
  (void)state;
  static const double falling[] = { 5, 2.5, 7 }, below[] = { -1, 2, 3 }, negative[] = { 1, -0.1, 0 }, zero[] = { 1, 0.1, 0 };
  Profile bad[] = {
    profile_of(PROFILE_REX, 1), profile_of(PROFILE_REX, -0.1), profile_of(PROFILE_LINEAR, NAN), profile_of(PROFILE_LINEAR, INFINITY),
    profile_of(PROFILE_COSINE, -1, 1, 1, 0.5), profile_of(PROFILE_COSINE, 0, 0, 1, 0.5), profile_of(PROFILE_COSINE, 0, 1, 1, -1),
    profile_of(PROFILE_POLYNOMIAL, 1, 0, 1, 0), profile_of(PROFILE_EXPONENTIAL, 100, 0), profile_of(PROFILE_EXPONENTIAL, 1, -1),
    profile_of(PROFILE_TANH, 0, 1, 1), profile_of(PROFILE_TANH, 0, 2, 1), profile_of(PROFILE_INVERSE_SQRT, 0),
    profile_of(PROFILE_INVERSE_TIME, -1, 0), profile_of(PROFILE_CYCLE, 0.1, 1, 0, 0, 1, 0), profile_of(PROFILE_CYCLE, 0.1, 1, 5, 5, 2, 0),
    profile_of(PROFILE_CYCLE, 0.1, 1, 5, 5, 1, 0.1), profile_of(PROFILE_PIECEWISE, 4), profile_of(PROFILE_PIECEWISE, PROFILE_POWERS),
    profile_of(PROFILE_PIECEWISE, 1), profile_of(PROFILE_PIECEWISE, 1), profile_of(PROFILE_PIECEWISE, 1), profile_of(PROFILE_PIECEWISE, 1),
    { .kind = (ProfileKind)99 }, { .kind = (ProfileKind)-1 },
  };
  bad[18].value = zero;
  bad[19].at = falling;
  bad[20].at = below;
  bad[21].value = negative;
  bad[22].count = 0;
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    Problem problem = { "" };
    Schedule *schedule;
    assert_int_equal(schedule_piece(&schedule, &bad[k], 10, SCHEDULE_OPEN, &problem), STATUS_BAD_ARGUMENT);
    assert_null(schedule);
    assert_true(problem.text[0] != '\0');
  }
  const Profile endless = { .kind = PROFILE_CONSTANT, .extent = 0 };
  assert_int_equal(profile_check(&endless, NULL), STATUS_BAD_ARGUMENT);
  assert_null(profile_name((ProfileKind)99));
  assert_null(profile_parameter(PROFILE_REX, 1));
  assert_null(profile_parameter(PROFILE_REX, -1));
}

static void knots (void **state) {
  (void)state;
  const double expected[][6] = {   /* at steps 0, 4, 5, 6, 7, 9 */
    [PROFILE_STEPS] = { 1, 1, 0.1, 0.1, 0.1, 0.01 }, [PROFILE_LINES] = { 1, 0.28, 0.1, 0.064, 0.028, 0.01 },
    [PROFILE_COSINES] = {
      1, 0.1 + 0.9 * 0.09549150281252627, 0.1, 0.01 + 0.09 * 0.6545084971874737, 0.01 + 0.09 * 0.09549150281252627, 0.01 },
    [PROFILE_POWERS] = { 1, pow(0.1, 0.8), 0.1, 0.1 * pow(0.1, 0.4), 0.1 * pow(0.1, 0.8), 0.01 },
  };
  const double at[] = { 0, 4, 5, 6, 7, 9 };
  for (int shape = PROFILE_STEPS; shape <= PROFILE_POWERS; shape++) {
    Schedule *schedule = piece(PROFILE_PIECEWISE, shape, 10, SCHEDULE_OPEN);
    for (int i = 0; i < 6; i++) near(schedule_at(schedule, at[i]), expected[shape][i]);
    fill_agrees(schedule);
    schedule_free(schedule);
  }
  Profile late = profile_of(PROFILE_PIECEWISE, PROFILE_LINES);
  late.at = AT + 1;
  late.count = 2;
  Schedule *schedule = piece_of(late, 10, SCHEDULE_OPEN);   /* before the first knot its value */
  assert_true(schedule_at(schedule, 0) == 1 && schedule_at(schedule, 10) == 0.1);
  schedule_free(schedule);
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
    cmocka_unit_test(rates_of_torch_and_fractions), cmocka_unit_test(rex_known), cmocka_unit_test(ends_exact_and_clamped),
    cmocka_unit_test(decays_are_monotone), cmocka_unit_test(bad_profiles_named), cmocka_unit_test(endpoints),
    cmocka_unit_test(sequence_gives_local_steps), cmocka_unit_test(empty_parts_vanish), cmocka_unit_test(sampling),
    cmocka_unit_test(long_sequences), cmocka_unit_test(random_groupings), cmocka_unit_test(limits), cmocka_unit_test(knots),
    cmocka_unit_test(operations), cmocka_unit_test(warm_restarts), cmocka_unit_test(far_restarts), cmocka_unit_test(noise_is_a_hash),
    cmocka_unit_test(filled_as_read),
    cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

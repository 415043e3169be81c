/* Profiles, alone and as a piece of a schedule: known values, ends, knots, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "numerics/profile.h"
#include "numerics/random.h"
#include "numerics/schedule.h"
#include "../reference/schedule.h"
#include "schedule_cases.h"

/* A block and single steps agree to the bit, from before the start to past the end. */
static void fill_agrees (const Schedule *schedule) {
  double rates[1023];
  schedule_fill(schedule, -7, 1023, rates);
  for (int i = 0; i < 1023; i++) {
    const double rate = schedule_at(schedule, i - 7);
    assert_memory_equal(&rates[i], &rate, sizeof rate);
  }
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

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(rates_of_torch_and_fractions), cmocka_unit_test(rex_known), cmocka_unit_test(ends_exact_and_clamped),
    cmocka_unit_test(decays_are_monotone), cmocka_unit_test(bad_profiles_named), cmocka_unit_test(endpoints),
    cmocka_unit_test(knots),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* schedule_cases.h -- schedules that their tests share, and how two rates are compared. */
#ifndef schedule_cases_h
#define schedule_cases_h

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "numerics/profile.h"
#include "numerics/schedule.h"

static const double AT[] = { 0, 5, 7.5 }, VALUE[] = { 1, 0.1, 0.01 };

/* A profile of a kind, with these parameters; PIECEWISE with the knots above. */
#define profile_of(kind_, ...) ((Profile){ .kind = kind_, .extent = 1, .parameter = { __VA_ARGS__ }, .at = AT, .value = VALUE, .count = 3 })

static inline Schedule *piece_of (Profile profile, int64_t steps, ScheduleEndpoint endpoint) {
  Schedule *schedule;
  Problem problem = { "" };
  if (schedule_piece(&schedule, &profile, steps, endpoint, &problem) != STATUS_OK) fail_msg("%s", problem.text);
  return schedule;
}

static inline Schedule *piece (ProfileKind kind, double parameter, int64_t steps, ScheduleEndpoint endpoint) {
  return piece_of(profile_of(kind, parameter), steps, endpoint);
}

static inline double profile_at (Profile profile, double p) {
  return profile_value(&profile, p * profile.extent);
}

static inline Schedule *rex (int64_t steps) { return piece(PROFILE_REX, 0.5, steps, SCHEDULE_OPEN); }

/* Build from parts and end the caller's references to them. */
static inline Schedule *scaled (double factor, Schedule *part) {
  Schedule *schedule;
  assert_int_equal(schedule_scale(&schedule, factor, part, NULL), STATUS_OK);
  schedule_free(part);
  return schedule;
}

#define near(value, expected) assert_near(value, expected, __LINE__)

static inline void assert_near (double value, double expected, int line) {
  if (!(fabs(value - expected) <= 4e-15 * (1 + fabs(expected)))) fail_msg("line %d: %.17g, expected %.17g", line, value, expected);
}

#endif

/* schedule.h -- a schedule: the rate as a pure function of the step, an
 * immutable value built from smaller ones.
 *
 * Steps count from 0; a schedule of N steps has the rates of t = 0 .. N-1. Past
 * the end it stays at its end value: it never climbs again. There is no state
 * but the parameters, so step t can be asked for in any order, and a resumed run sees
 * the same curve.
 *
 * Schedules share their parts by counting references; a count is not guarded,
 * so one schedule and what is built from it belong to one thread. A sequence
 * ("then") is kept as a balanced tree, as ropes are (Boehm, Atkinson and Plass 1995):
 * joining n pieces one by one costs O(n log n), evaluating O(log n), and nothing
 * recurses deeper than SCHEDULE_DEPTH plus that logarithm. */
#ifndef schedule_h
#define schedule_h

#include <stdint.h>

#include "profile.h"
#include "status.h"

typedef struct Schedule Schedule;

/* How a piece of N steps reads its profile. */
typedef enum ScheduleEndpoint {
  SCHEDULE_OPEN,    /* p = t / N: the end value falls at t = N, after the last step */
  SCHEDULE_CLOSED,  /* p = t / (N-1): the last step has the end value (the only step of N = 1 the first) */
  SCHEDULE_AFTER    /* p = (t+1) / N: as open, but seen after the step: a warm-up whose first step counts */
} ScheduleEndpoint;

/* How two schedules are combined, step by step; of the shorter one, the end value goes on. */
typedef enum ScheduleCombination { SCHEDULE_SUM, SCHEDULE_PRODUCT, SCHEDULE_MAX, SCHEDULE_MIN } ScheduleCombination;

/* When a sampled schedule is read; between, the rate stays. */
typedef enum ScheduleSampling {
  SCHEDULE_EVERY,   /* every 'interval' steps */
  SCHEDULE_PERCENT  /* every 'interval' percent of the steps; the profile is read at the exact share */
} ScheduleSampling;

enum { SCHEDULE_DEPTH = 200 };            /* schedules within schedules, at most */
#define SCHEDULE_STEPS ((int64_t)1 << 48) /* steps at most: exact as double, with room for percentages */

/* All constructors: STATUS_OK, and *out is a new reference, the caller's to end with
 * schedule_free. Otherwise *out is NULL: STATUS_BAD_ARGUMENT ('problem' says which),
 * STATUS_NO_MEMORY. They keep references of their own to the schedules they are given. */

/* The extent of a piece of so many steps: N, or N-1 where closed; 1 when that would be 0. */
double schedule_extent (int64_t steps, ScheduleEndpoint endpoint);

/* 'profile' over 0 <= steps <= SCHEDULE_STEPS; copies it, with schedule_extent as its extent.
 * No steps: nothing in a sequence. */
Status schedule_piece (Schedule **out, const Profile *profile, int64_t steps, ScheduleEndpoint endpoint,
                       Problem *problem);

/* 'first', then 'second', which sees steps from 0 again. A part without steps is left out. */
Status schedule_join (Schedule **out, Schedule *first, Schedule *second, Problem *problem);

/* factor * part; factor finite and >= 0. */
Status schedule_scale (Schedule **out, double factor, Schedule *part, Problem *problem);

/* 'first' and 'second' side by side, as long as the longer one. */
Status schedule_combine (Schedule **out, ScheduleCombination how, Schedule *first, Schedule *second, Problem *problem);

/* No rate below low or above high; 0 <= low <= high, high may be infinite. */
Status schedule_clip (Schedule **out, Schedule *part, double low, double high, Problem *problem);

/* 'part' read now and then: an interval > 0, and for PERCENT <= 100. */
Status schedule_sample (Schedule **out, Schedule *part, ScheduleSampling sampling, double interval, Problem *problem);

/* 'part' later by 'steps', with its first rate before; steps < 0: without its first -steps steps. */
Status schedule_shift (Schedule **out, Schedule *part, int64_t steps, Problem *problem);

/* The first 'steps' of 'part', 0 <= steps <= those of 'part'. */
Status schedule_take (Schedule **out, Schedule *part, int64_t steps, Problem *problem);

/* 'part', whose last step's rate stays for 'steps' more, and from then on. */
Status schedule_hold (Schedule **out, Schedule *part, int64_t steps, Problem *problem);

/* 'part' from its last step to its first. */
Status schedule_reverse (Schedule **out, Schedule *part, Problem *problem);

/* 'part' times >= 1 times over, each time 'factor' as high as before, 0 <= factor <= 1. */
Status schedule_repeat (Schedule **out, Schedule *part, int64_t times, double factor, Problem *problem);

/* Warm restarts over so many steps: cycle i is first * multiplier^i steps long and goes through the whole of 'part',
 * stretched; its rates are to + (decay^i - to) part. first >= 1, 1 <= multiplier <= 1e9, 0 <= decay <= 1, to >= 0.
 * 'part' should stay within [0, 1]. */
Status schedule_restarts (Schedule **out, Schedule *part, int64_t steps, double first, double multiplier, double decay, double to,
                          Problem *problem);

/* 'part' times 1 + deviation g, never below 0, where g is a hash of seed and step: standard normal, or uniform on [-1, 1).
 * 0 <= deviation <= 1e6. Any step can be asked for in any order, and a resumed run sees the same noise. */
Status schedule_noise (Schedule **out, Schedule *part, double deviation, uint64_t seed, int uniform, Problem *problem);

/* One more reference to 'schedule', returned. */
Schedule *schedule_retain (Schedule *schedule);

/* End one reference; NULL is ignored. */
void schedule_free (Schedule *schedule);

int64_t schedule_steps (const Schedule *schedule);

/* The rate at step t; before 0 that of 0, from N on the end value. Never nan. */
double schedule_at (const Schedule *schedule, double t);

/* rates[i] = rate at step from + i, 0 <= i < count: bit for bit schedule_at, but the tree is walked once for a stretch. */
void schedule_fill (const Schedule *schedule, int64_t from, int64_t count, double *rates);

#endif

/* schedule.h -- a schedule: the rate as a pure function of the step, an
 * immutable value built from smaller ones.
 *
 * Steps count from 0; a schedule of N steps has the rates of t = 0 .. N-1. Past
 * the end it stays at its last piece's end value: it never climbs again. There is no state
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

#include <stdbool.h>
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

/* When a sampled schedule is read; between, the rate stays. */
typedef enum ScheduleSampling {
  SCHEDULE_EVERY,   /* every 'interval' steps */
  SCHEDULE_PERCENT  /* every 'interval' percent of the steps; the profile is read at the exact share */
} ScheduleSampling;

typedef enum ScheduleKind { SCHEDULE_PIECE, SCHEDULE_SCALED, SCHEDULE_SEQUENCE, SCHEDULE_SAMPLED } ScheduleKind;

enum { SCHEDULE_DEPTH = 200 };            /* schedules within schedules, at most */
#define SCHEDULE_STEPS ((int64_t)1 << 48) /* steps at most: exact as double, with room for percentages */

/* All constructors: STATUS_OK, and *out is a new reference, the caller's to end with
 * schedule_free. Otherwise *out is NULL: STATUS_BAD_ARGUMENT ('problem' says which),
 * STATUS_NO_MEMORY. They keep references of their own to the schedules they are given. */

/* 'profile' over 0 <= steps <= SCHEDULE_STEPS; copies it. No steps: nothing in a sequence. */
Status schedule_piece (Schedule **out, const Profile *profile, int64_t steps, ScheduleEndpoint endpoint,
                       Problem *problem);

/* factor * part; factor finite and >= 0. */
Status schedule_scale (Schedule **out, double factor, Schedule *part, Problem *problem);

/* 'first', then 'second', which sees steps from 0 again. A part without steps is left out. */
Status schedule_join (Schedule **out, Schedule *first, Schedule *second, Problem *problem);

/* 'part' read now and then. EVERY: a whole interval >= 1; PERCENT: 0 < interval <= 100. */
Status schedule_sample (Schedule **out, Schedule *part, ScheduleSampling sampling, double interval, Problem *problem);

/* One more reference to 'schedule', returned. */
Schedule *schedule_retain (Schedule *schedule);

/* End one reference; NULL is ignored. */
void schedule_free (Schedule *schedule);

int64_t schedule_steps (const Schedule *schedule);

/* The rate at step t; before 0 that of 0, from N on the end value. Never nan. */
double schedule_at (const Schedule *schedule, double t);

/* rates[i] = rate at step from + i, 0 <= i < count. */
void schedule_fill (const Schedule *schedule, int64_t from, int count, double *rates);

/* Are they built alike? Sequences are compared piece by piece, however they were joined. */
bool schedule_equal (const Schedule *a, const Schedule *b);

/* One level of a schedule, to print it or write it down. Pointers are borrowed. */
typedef struct ScheduleView {
  ScheduleKind kind;
  int64_t steps;
  Profile profile;            /* PIECE */
  ScheduleEndpoint endpoint;  /* PIECE */
  double factor;              /* SCALED */
  ScheduleSampling sampling;  /* SAMPLED */
  double interval;            /* SAMPLED */
  const Schedule *part;       /* SCALED, SAMPLED */
  int parts;                  /* SEQUENCE: how many, for schedule_part */
} ScheduleView;

ScheduleView schedule_view (const Schedule *schedule);

/* The part i of a sequence, 0 <= i < parts, never itself a sequence; borrowed. O(log parts). */
const Schedule *schedule_part (const Schedule *sequence, int i);

#endif

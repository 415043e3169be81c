/* Time reading a rate per step from C: filling an array, and step by step. Prints: name, nanoseconds a step, the least of 15 rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "numerics/schedule.h"

enum { N = 10000 };

static double rates[N];

static double now (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static Schedule *must (Status status, Schedule *schedule, const Problem *problem) {
  if (status == STATUS_OK) return schedule;
  fprintf(stderr, "schedule_fill: %s\n", problem->text);
  exit(1);
}

static Schedule *piece (Profile profile, int64_t steps, ScheduleEndpoint endpoint) {
  Schedule *schedule;
  Problem problem = { "" };
  const Status status = schedule_piece(&schedule, &profile, steps, endpoint, &problem);
  return must(status, schedule, &problem);
}

/* 0.1 * (warmup(500) .. decay) */
static Schedule *composed (Schedule *decay) {
  Schedule *warmup = piece((Profile){ .kind = PROFILE_WARMUP }, 500, SCHEDULE_AFTER), *joined, *scaled;
  Problem problem = { "" };
  Status status = schedule_join(&joined, warmup, decay, &problem);
  must(status, joined, &problem);
  status = schedule_scale(&scaled, 0.1, joined, &problem);
  schedule_free(warmup), schedule_free(decay), schedule_free(joined);
  return must(status, scaled, &problem);
}

static void report (const char *name, Schedule *schedule) {
  double fill = 1, at = 1;
  for (int round = 0; round < 15; round++) {
    const double start = now();
    for (int i = 0; i < 20; i++) schedule_fill(schedule, 0, N, rates);
    const double middle = now();
    for (int t = 0; t < N; t++) rates[t] = schedule_at(schedule, t);
    const double end = now();
    if ((middle - start) / (20.0 * N) < fill) fill = (middle - start) / (20.0 * N);
    if ((end - middle) / N < at) at = (end - middle) / N;
  }
  printf("%s\tfill\t%.17g\n%s\tstep\t%.17g\n", name, fill * 1e9, name, at * 1e9);
  schedule_free(schedule);
}

int main (void) {
  static const double at[] = { 0, 4750, 7125 }, value[] = { 1, 0.1, 0.01 };
  report("warmup .. rex", composed(piece((Profile){ .kind = PROFILE_REX, .parameter = { 0.5 } }, N - 500, SCHEDULE_OPEN)));
  report("warmup .. linear", composed(piece((Profile){ .kind = PROFILE_LINEAR }, N - 500, SCHEDULE_OPEN)));
  report("warmup .. step", composed(piece((Profile){ .kind = PROFILE_PIECEWISE, .at = at, .value = value, .count = 3 }, N - 500,
                                          SCHEDULE_OPEN)));
  report("warmup .. cosine", composed(piece((Profile){ .kind = PROFILE_COSINE, .parameter = { 0.1, 1, 1, 0.5 } }, N - 500, SCHEDULE_OPEN)));
  report("warmup .. exponential", composed(piece((Profile){ .kind = PROFILE_EXPONENTIAL, .parameter = { -3e-4, 0 } }, N - 500,
                                                 SCHEDULE_OPEN)));
  return 0;
}

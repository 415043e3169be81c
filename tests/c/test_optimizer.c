#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "trainer/optimizer.h"

#include "../reference/optimizer_reference.h"
#include "../reference/schedulefree_reference.h"

/* To a few units of single precision. */
static void expect_near (const char *what, size_t c, const float *w, const double *expected) {
  for (int i = 0; i < N; i++)
    if (!(fabs((double)w[i] - expected[i]) <= 3e-6 * (1 + fabs(expected[i]))))
      fail_msg("%s, case %d, weight %d: %.9g, expected %.9g", what, (int)c, i, (double)w[i], expected[i]);
}

/* PyTorch's weights after the same gradients. */
static void as_pytorch (void **state) {
  (void)state;
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
    float w[N], kept[2 * N] = { 0 };
    OptimizerCount count = { 0 };
    memcpy(w, START, sizeof w);
    for (int t = 0; t < STEPS; t++) optimizer_step(&CASES[c].optimizer, &count, RATE[t], N, w, GRADIENT[t], kept);
    expect_near("PyTorch", c, w, CASES[c].end);
    assert_int_equal(count.steps, STEPS);
  }
}

/* And with another momentum at each step. */
static void as_pytorch_when_the_momentum_changes (void **state) {
  (void)state;
  for (size_t c = 0; c < sizeof CYCLED / sizeof *CYCLED; c++) {
    Optimizer optimizer = CYCLED[c].optimizer;
    float w[N], kept[2 * N] = { 0 };
    OptimizerCount count = { 0 };
    memcpy(w, START, sizeof w);
    for (int t = 0; t < STEPS; t++) {
      optimizer.momentum = optimizer.beta1 = MOMENTUM[t];
      optimizer_step(&optimizer, &count, RATE[t], N, w, GRADIENT[t], kept);
    }
    expect_near("PyTorch, momentum cycled", c, w, CYCLED[c].end);
  }
}

/* The paper's three sequences, in double precision: y is the weights, x their average. */
static void schedule_free_as_the_paper (void **state) {
  (void)state;
  for (size_t c = 0; c < sizeof FREE / sizeof *FREE; c++) {
    const Optimizer *optimizer = &FREE[c].optimizer;
    float w[N], x[N], kept[2 * N] = { 0 };
    OptimizerCount count = { 0 };
    memcpy(w, START, sizeof w);
    optimizer_average(optimizer, N, w, kept, x);
    assert_memory_equal(w, x, sizeof w);   /* before any step x, y and z are one */
    for (int t = 0; t < STEPS; t++) optimizer_step(optimizer, &count, FREE_RATE[t], N, w, GRADIENT[t], kept);
    optimizer_average(optimizer, N, w, kept, x);
    expect_near("y", c, w, FREE[c].y);
    expect_near("x", c, x, FREE[c].x);
  }
}

static void keeps_as_many_arrays_as_it_says (void **state) {
  (void)state;
  assert_int_equal(optimizer_arrays(&(Optimizer){ .kind = OPTIMIZER_SGD }), 0);
  assert_int_equal(optimizer_arrays(&(Optimizer){ .kind = OPTIMIZER_SGD, .momentum = 0.5 }), 1);
  assert_int_equal(optimizer_arrays(&(Optimizer){ .kind = OPTIMIZER_ADAM }), 2);
  assert_int_equal(optimizer_arrays(&(Optimizer){ .kind = OPTIMIZER_ADAMW }), 2);
  assert_int_equal(optimizer_arrays(&(Optimizer){ .kind = OPTIMIZER_SCHEDULEFREE_SGD }), 1);
  assert_int_equal(optimizer_arrays(&(Optimizer){ .kind = OPTIMIZER_SCHEDULEFREE_ADAMW }), 2);
  assert_false(optimizer_offers_momentum(&(Optimizer){ .kind = OPTIMIZER_SGD }));   /* nowhere to keep it */
  assert_true(optimizer_offers_momentum(&(Optimizer){ .kind = OPTIMIZER_SGD, .momentum = 0.5 }));
  assert_true(optimizer_offers_momentum(&(Optimizer){ .kind = OPTIMIZER_ADAMW }));
  assert_false(optimizer_offers_momentum(&(Optimizer){ .kind = OPTIMIZER_SCHEDULEFREE_ADAMW, .beta1 = 0.9 }));
}

static void ranges (void **state) {
  (void)state;
  static const struct { Optimizer optimizer; const char *word; } BAD[] = {
    { { .kind = OPTIMIZER_SGD, .momentum = 1 }, "momentum" }, { { .kind = OPTIMIZER_SGD, .momentum = -0.1 }, "momentum" },
    { { .kind = OPTIMIZER_ADAM, .beta1 = (double)NAN }, "beta1" }, { { .kind = OPTIMIZER_ADAM, .beta2 = 1 }, "beta2" },
    { { .kind = OPTIMIZER_ADAM, .epsilon = -1 }, "epsilon" },
    { { .kind = OPTIMIZER_ADAMW, .weight_decay = (double)INFINITY }, "weight_decay" },
    { { .kind = OPTIMIZER_SGD, .nesterov = true }, "nesterov" },
    { { .kind = OPTIMIZER_SCHEDULEFREE_SGD }, "momentum" }, { { .kind = OPTIMIZER_SCHEDULEFREE_ADAMW }, "beta1" },
  };
  Problem problem;
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
    assert_int_equal(optimizer_check(&BAD[i].optimizer, &problem), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(problem.text, BAD[i].word));
  }
  const Optimizer good = { OPTIMIZER_ADAMW, 0.9, true, 0, 0.999, 0, 0.1 };
  assert_int_equal(optimizer_check(&good, &problem), STATUS_OK);
}

/* A rate of 0 moves nothing, one beyond single precision spoils the weights without more ado. */
static void at_extreme_rates (const Optimizer *optimizer) {
  float w[N], kept[2 * N] = { 0 };
  OptimizerCount count = { 0 };
  memcpy(w, START, sizeof w);
  optimizer_step(optimizer, &count, 0, N, w, GRADIENT[0], kept);
  assert_memory_equal(w, START, sizeof w);
  optimizer_step(optimizer, &count, 1e300, N, w, GRADIENT[1], kept);
  assert_false(fabsf(w[0]) < 1e30f);
  assert_true(isfinite(count.weight));
}

static void extreme_rates (void **state) {
  (void)state;
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) at_extreme_rates(&CASES[c].optimizer);
  for (size_t c = 0; c < sizeof FREE / sizeof *FREE; c++) at_extreme_rates(&FREE[c].optimizer);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(as_pytorch), cmocka_unit_test(as_pytorch_when_the_momentum_changes),
    cmocka_unit_test(schedule_free_as_the_paper), cmocka_unit_test(keeps_as_many_arrays_as_it_says),
    cmocka_unit_test(ranges), cmocka_unit_test(extreme_rates),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

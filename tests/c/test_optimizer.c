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

/* PyTorch's weights after the same gradients, to a few units of single precision. */
static void as_pytorch (void **state) {
  (void)state;
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
    const Optimizer *optimizer = &CASES[c].optimizer;
    float w[N], kept[2 * N] = { 0 };
    memcpy(w, START, sizeof w);
    for (int t = 0; t < STEPS; t++) optimizer_step(optimizer, t + 1, RATE[t], N, w, GRADIENT[t], kept);
    for (int i = 0; i < N; i++)
      if (!(fabs((double)w[i] - CASES[c].end[i]) <= 3e-6 * (1 + fabs(CASES[c].end[i]))))
        fail_msg("case %d, weight %d: %.9g, PyTorch %.9g", (int)c, i, (double)w[i], CASES[c].end[i]);
  }
}

static void keeps_as_many_arrays_as_it_says (void **state) {
  (void)state;
  assert_int_equal(optimizer_arrays(&(Optimizer){ .kind = OPTIMIZER_SGD }), 0);
  assert_int_equal(optimizer_arrays(&(Optimizer){ .kind = OPTIMIZER_SGD, .momentum = 0.5 }), 1);
  assert_int_equal(optimizer_arrays(&(Optimizer){ .kind = OPTIMIZER_ADAM }), 2);
  assert_int_equal(optimizer_arrays(&(Optimizer){ .kind = OPTIMIZER_ADAMW }), 2);
}

static void ranges (void **state) {
  (void)state;
  static const struct { Optimizer optimizer; const char *word; } BAD[] = {
    { { .kind = OPTIMIZER_SGD, .momentum = 1 }, "momentum" }, { { .kind = OPTIMIZER_SGD, .momentum = -0.1 }, "momentum" },
    { { .kind = OPTIMIZER_ADAM, .beta1 = (double)NAN }, "beta1" }, { { .kind = OPTIMIZER_ADAM, .beta2 = 1 }, "beta2" },
    { { .kind = OPTIMIZER_ADAM, .epsilon = -1 }, "epsilon" },
    { { .kind = OPTIMIZER_ADAMW, .weight_decay = (double)INFINITY }, "weight_decay" },
    { { .kind = OPTIMIZER_SGD, .nesterov = true }, "nesterov" },
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
static void extreme_rates (void **state) {
  (void)state;
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
    float w[N], kept[2 * N] = { 0 };
    memcpy(w, START, sizeof w);
    optimizer_step(&CASES[c].optimizer, 1, 0, N, w, GRADIENT[0], kept);
    assert_memory_equal(w, START, sizeof w);
    optimizer_step(&CASES[c].optimizer, 2, 1e300, N, w, GRADIENT[1], kept);
    assert_false(fabsf(w[0]) < 1e30f);
  }
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(as_pytorch), cmocka_unit_test(keeps_as_many_arrays_as_it_says),
    cmocka_unit_test(ranges), cmocka_unit_test(extreme_rates),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

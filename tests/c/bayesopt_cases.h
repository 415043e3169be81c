/* bayesopt_cases.h -- optimisers and losses that the tests of Bayesian optimisation share. */
#ifndef bayesopt_cases_h
#define bayesopt_cases_h

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "numerics/bayesopt.h"

/* Repetitions of what only repetition makes hard: a tenth under valgrind, which looks at memory and is fifty times slower. */
static inline int rounds (int many) {
  return getenv("FEW_ROUNDS") != NULL ? (many + 9) / 10 : many;
}

static inline BayesoptOptions interval (double low, double high, SpaceScale scale, uint64_t seed) {
  BayesoptOptions o = bayesopt_options(1);
  o.space = (Space){ .d = 1, .dimension = { { low, high, scale, false, false } } };
  o.seed = seed;
  return o;
}

static inline Bayesopt *new_opt (const BayesoptOptions *o) {
  Bayesopt *opt;
  assert_int_equal(bayesopt_new(&opt, o, NULL), STATUS_OK);
  return opt;
}

static inline double forrester (double x) { return pow(6 * x - 2, 2) * sin(12 * x - 4); }

#endif

/* gp_cases.h -- what the tests of Gaussian processes share: the points of scikit-learn's reference. */
#ifndef gp_cases_h
#define gp_cases_h

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "numerics/gp.h"
#include "../reference/gp_reference.h"

enum { N = REFERENCE_N, D = REFERENCE_D, M = REFERENCE_M, REFERENCE_KINDS = sizeof REFERENCE / sizeof *REFERENCE };

static inline bool near (double a, double b, double tolerance) {
  return fabs(a - b) <= tolerance * (1 + fabs(b));
}

/* Everything given, mean 0: what scikit-learn was asked. */
static inline GpOptions reference_options (KernelKind kind) {
  GpOptions o = gp_options(kind, D);
  memcpy(o.given.length, REFERENCE_LENGTH, sizeof REFERENCE_LENGTH);
  o.given.signal = REFERENCE_SIGNAL;
  o.given.noise = REFERENCE_NOISE;
  o.given.mean = 0;
  return o;
}

static inline Gp *new_gp (const GpOptions *options) {
  Gp *gp;
  assert_int_equal(gp_new(&gp, options), STATUS_OK);
  return gp;
}

static inline Status fit (Gp *gp, int n, const double *X, const double *y, const double *variance) {
  return gp_fit(gp, &(GpData){ .n = n, .X = X, .y = y, .variance = variance });
}

static inline void predict (const Gp *gp, const double *x, double *mean, double *variance) {
  double work[4096];
  assert_true(gp_work(gp) <= 4096);
  gp_predict(gp, x, work, mean, variance);
}

#endif

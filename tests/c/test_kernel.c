#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "numerics/exponential.h"
#include "numerics/kernel.h"

static const KernelKind KINDS[] = { KERNEL_MATERN12, KERNEL_MATERN32, KERNEL_MATERN52, KERNEL_SQUARED_EXPONENTIAL,
  KERNEL_RATIONAL_QUADRATIC };

static void known_values (void **state) {
  (void)state;
  const double r = 0.6, s3 = sqrt(3) * r, s5 = sqrt(5) * r;
  const double expected[] = { exp(-r), (1 + s3) * exp(-s3), (1 + s5 + s5 * s5 / 3) * exp(-s5), exp(-r * r / 2), 1 / (1 + r * r / 2) };
  for (int i = 0; i < KERNEL_KINDS; i++) {
    assert_true(fabs(kernel_value(KINDS[i], r * r, NULL) - expected[i]) < 1e-15);
    assert_true(kernel_value(KINDS[i], 0, NULL) == 1);
  }
}

static void slope_is_a_derivative (void **state) {
  (void)state;
  for (int i = 0; i < KERNEL_KINDS; i++)
    for (double r2 = 0.01; r2 < 30; r2 *= 1.37) {
      const double e = 1e-5 * r2;
      double h;
      kernel_value(KINDS[i], r2, &h);
      const double expected = -2 * (kernel_value(KINDS[i], r2 + e, NULL) - kernel_value(KINDS[i], r2 - e, NULL)) / (2 * e);
      assert_true(fabs(h - expected) < 1e-6 * (fabs(expected) + 1e-3));
    }
}

static void far_and_near_are_numbers (void **state) {
  (void)state;
  const double at[] = { 0, 5e-324, 1e-300, 1e300, INFINITY };
  for (int i = 0; i < KERNEL_KINDS; i++)
    for (int j = 0; j < 5; j++) {
      double h;
      const double k = kernel_value(KINDS[i], at[j], &h);
      assert_true(0 <= k && k <= 1 && h >= 0 && !isnan(h));
      assert_true(j < 3 ? k > 0.999 : k < 1e-299);
    }
}

/* The matrix, the cross matrix and the definition agree; the second of the dimensions may hold categories. */
static void matrices (void **state) {
  (void)state;
  enum { N = 4, D = 3, LD = 6 };
  const double X[D * LD] = { 0, 1, 0.3, -0.6, 9, 9, 0.1, -1, 0.1, 0.9, 9, 9, 0.2, 0.5, 2, 0.4, 9, 9 }, length[D] = { 0.5, 2.385, 1.1 };
  for (int kind = 0; kind < KERNEL_KINDS; kind++)
    for (unsigned categories = 0; categories <= 2; categories += 2) {
      const Kernel kernel = { KINDS[kind], D, categories };
      double C[LD * N], H[LD * N], B[N * N], G[N * N];
      for (int i = 0; i < LD * N; i++) C[i] = H[i] = NAN;
      kernel_matrix(&kernel, length, N, X, LD, C, H, LD);
      kernel_between(&kernel, length, N, X, LD, N, X, LD, B, G);
      assert_true(isnan(C[1 * LD]) && isnan(H[1 * LD]));  /* above the diagonal */
      for (int j = 0; j < N; j++)
        for (int i = j; i < N; i++) {
          double r2 = 0, h;
          for (int k = 0; k < D; k++) {
            const double apart = X[i + k * LD] - X[j + k * LD];
            r2 += pow((categories >> k & 1 ? apart != 0 : apart) / length[k], 2);
          }
          const double k = kernel_value(KINDS[kind], r2, &h);
          assert_true(fabs(C[i + j * LD] - k) < 1e-14 && fabs(B[i + j * N] - k) < 1e-14 && fabs(B[j + i * N] - k) < 1e-14);
          assert_true(fabs(H[i + j * LD] - h) < 1e-13 && fabs(G[i + j * N] - h) < 1e-13);
        }
    }
}

static void derivatives (void **state) {
  (void)state;
  const double x[] = { 0.4, -0.3 }, z[] = { 1.1, 0.2 }, length[] = { 0.8, 1.7 }, e = 1e-6;
  for (int kind = 0; kind < KERNEL_KINDS; kind++)
    for (int k = 0; k < 2; k++) {
      const Kernel kernel = { KINDS[kind], 2, 0 };
      double C, h, up[2] = { length[0], length[1] }, down[2] = { length[0], length[1] }, at_up, at_down;
      kernel_between(&kernel, length, 1, x, 1, 1, z, 1, &C, &h);
      const double t = (x[k] - z[k]) / length[k];
      up[k] *= exp(e);
      down[k] *= exp(-e);
      kernel_between(&kernel, up, 1, x, 1, 1, z, 1, &at_up, NULL);
      kernel_between(&kernel, down, 1, x, 1, 1, z, 1, &at_down, NULL);
      assert_true(fabs(h * t * t - (at_up - at_down) / (2 * e)) < 1e-8);
      double right[2] = { x[0], x[1] }, left[2] = { x[0], x[1] };
      right[k] += e;
      left[k] -= e;
      kernel_between(&kernel, length, 1, right, 1, 1, z, 1, &at_up, NULL);
      kernel_between(&kernel, length, 1, left, 1, 1, z, 1, &at_down, NULL);
      assert_true(fabs(-h * t / length[k] - (at_up - at_down) / (2 * e)) < 1e-8);
    }
}

/* Within 2 units in the last place of exp, and 0 far out. */
static void exponentials (void **state) {
  (void)state;
  for (double x = 0; x < 700; x += 0.02385) assert_true(fabs(exponential_of_minus(x) - exp(-x)) <= 4.4e-16 * exp(-x));
  assert_true(exponential_of_minus(0) == 1 && exponential_of_minus(701) == 0 && exponential_of_minus(INFINITY) == 0);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(known_values), cmocka_unit_test(slope_is_a_derivative), cmocka_unit_test(far_and_near_are_numbers),
    cmocka_unit_test(matrices), cmocka_unit_test(derivatives), cmocka_unit_test(exponentials),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

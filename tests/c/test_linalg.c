#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "mem_rigged.h"
#include "numerics/linalg.h"
#include "numerics/random.h"

enum { N = 7, LD = 9 };

/* A = B B' + I, lower; what must not be read is nan. */
static void make (double *A, double *full) {
  double B[N * N];
  Random random = random_seeded(2385);
  for (int i = 0; i < N * N; i++) B[i] = random_normal(&random);
  for (int i = 0; i < LD * N; i++) A[i] = NAN;
  for (int j = 0; j < N; j++)
    for (int i = 0; i < N; i++) {
      double sum = i == j;
      for (int k = 0; k < N; k++) sum += B[i + k * N] * B[j + k * N];
      full[i + j * N] = sum;
      if (i >= j) A[i + j * LD] = sum;
    }
}

static void factor_times_itself (void **state) {
  (void)state;
  double L[LD * N], A[N * N];
  make(L, A);
  assert_int_equal(linalg_cholesky(N, L, LD), STATUS_OK);
  double log_determinant = 0;
  for (int j = 0; j < N; j++) {
    log_determinant += 2 * log(L[j + j * LD]);
    for (int i = j; i < N; i++) {
      double sum = 0;
      for (int k = 0; k <= j; k++) sum += L[i + k * LD] * L[j + k * LD];
      assert_true(fabs(sum - A[i + j * N]) < 1e-12);
    }
  }
  assert_true(fabs(linalg_log_determinant(N, L, LD) - log_determinant) < 1e-13);
  assert_true(isnan(L[0 + 1 * LD]));  /* above the diagonal nothing is touched */
}

static void solves (void **state) {
  (void)state;
  double L[LD * N], A[N * N], b[2 * N], x[2 * N];
  make(L, A);
  assert_int_equal(linalg_cholesky(N, L, LD), STATUS_OK);
  for (int i = 0; i < 2 * N; i++) x[i] = b[i] = sin(2.385 * i);
  linalg_cholesky_solve(N, L, LD, 2, x);
  for (int c = 0; c < 2; c++) {
    double r[N];
    memcpy(r, b + c * N, sizeof r);
    linalg_multiply(N, N, A, N, x + c * N, -1, r);
    for (int i = 0; i < N; i++) assert_true(fabs(r[i]) < 1e-12);
  }
  memcpy(x, b, sizeof b);
  linalg_lower_solve(N, L, LD, 1, x);
  linalg_lower_transpose_solve(N, L, LD, 1, x);
  double y[N] = { 0 };
  linalg_multiply_transposed(N, N, A, N, x, 0, y);
  for (int i = 0; i < N; i++) assert_true(fabs(y[i] - b[i]) < 1e-12);
}

/* One right side at a time and all rows at once, below and above the size from which BLAS is asked, agree. */
static void rows (void **state) {
  (void)state;
  enum { MOST = 40, ROWS = 300, SCALE = 3 };
  static const int SIZES[] = { 1, 2, 24, 25, MOST };
  for (int k = 0; k < (int)(sizeof SIZES / sizeof *SIZES); k++) {
    static double L[MOST * MOST], X[ROWS * MOST], Y[ROWS * MOST];
    const int n = SIZES[k];
    for (int j = 0; j < n; j++)
      for (int i = j; i < n; i++) L[i + j * MOST] = i == j ? 2 + cos(i) : 0.3 * sin(2.385 * i + j);
    for (int i = 0; i < ROWS * n; i++) X[i] = Y[i] = sin(0.7 * i);
    linalg_lower_solve_rows(n, L, MOST, SCALE, ROWS, X);
    for (int j = 0; j < ROWS; j++) {
      double row[MOST], back[MOST];
      for (int i = 0; i < n; i++) row[i] = SCALE * Y[j + i * ROWS];
      linalg_lower_solve(n, L, MOST, 1, row);
      for (int i = 0; i < n; i++) assert_true(fabs(row[i] - X[j + i * ROWS]) < 1e-12 * (1 + fabs(row[i])));
      memcpy(back, row, sizeof back);
      linalg_lower_transpose_solve(n, L, MOST, 1, back);     /* L' back = row */
      for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int c = i; c < n; c++) sum += L[c + i * MOST] * back[c];
        assert_true(fabs(sum - row[i]) < 1e-12 * (1 + fabs(row[i])));
      }
    }
  }
}

static void inverse (void **state) {
  (void)state;
  double L[LD * N], A[N * N];
  make(L, A);
  assert_int_equal(linalg_cholesky(N, L, LD), STATUS_OK);
  assert_int_equal(linalg_cholesky_inverse(N, L, LD), STATUS_OK);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int k = 0; k < N; k++) sum += A[i + k * N] * (k >= j ? L[k + j * LD] : L[j + k * LD]);
      assert_true(fabs(sum - (i == j)) < 1e-11);
    }
}

static void row_by_row_is_all_at_once (void **state) {
  (void)state;
  double whole[LD * N], rows[LD * N], A[N * N];
  make(whole, A);
  make(rows, A);
  assert_int_equal(linalg_cholesky(N, whole, LD), STATUS_OK);
  for (int n = 0; n < N; n++) assert_int_equal(linalg_cholesky_append(n, rows, LD, 0), STATUS_OK);
  for (int j = 0; j < N; j++)
    for (int i = j; i < N; i++) assert_true(fabs(rows[i + j * LD] - whole[i + j * LD]) < 1e-13);
}

static void not_positive_definite (void **state) {
  (void)state;
  double indefinite[] = { 1, 2, 0, 1 }, with_nan[] = { 1, NAN, 0, 1 }, repeated[] = { 1, 1, 0, 1 };
  assert_int_equal(linalg_cholesky(2, indefinite, 2), STATUS_SINGULAR);
  assert_int_equal(linalg_cholesky(2, with_nan, 2), STATUS_SINGULAR);
  assert_int_equal(linalg_cholesky_append(1, repeated, 2, 0), STATUS_SINGULAR);
  double floored[] = { 1, 1, 0, 1 }, nan_row[] = { 1, NAN, 0, 1 };
  assert_int_equal(linalg_cholesky_append(1, floored, 2, 1e-10), STATUS_OK);
  assert_true(fabs(floored[3] - 1e-5) < 1e-18);
  assert_int_equal(linalg_cholesky_append(1, nan_row, 2, 1e-10), STATUS_SINGULAR);
}

static void nothing (void **state) {
  (void)state;
  assert_int_equal(linalg_cholesky(0, NULL, 1), STATUS_OK);
  linalg_cholesky_solve(0, NULL, 1, 1, NULL);
  assert_true(linalg_log_determinant(0, NULL, 1) == 0);
  assert_true(linalg_dot(0, NULL, NULL) == 0);
}

/* y = 2.385 - 0.7 t + e with e orthogonal to 1 and t. */
static void least_squares (void **state) {
  (void)state;
  const double t[] = { -3, -1, 1, 3 }, e[] = { 1, -1, -1, 1 };
  double A[8], b[4];
  for (int i = 0; i < 4; i++) {
    A[i] = 1;
    A[i + 4] = t[i];
    b[i] = 2.385 - 0.7 * t[i] + e[i];
  }
  assert_int_equal(linalg_least_squares(4, 2, A, b), STATUS_OK);
  assert_true(fabs(b[0] - 2.385) < 1e-14 && fabs(b[1] + 0.7) < 1e-14);
}

static void dependent_columns (void **state) {
  (void)state;
  double A[] = { 1, 2, 3, 2, 4, 6 }, zeros[6] = { 0 }, b[] = { 1, 2, 4 };
  assert_int_equal(linalg_least_squares(3, 2, A, b), STATUS_SINGULAR);
  assert_int_equal(linalg_least_squares(3, 2, zeros, b), STATUS_SINGULAR);
}

static Status fit_a_line (void) {
  double A[] = { 1, 1, 1, 0, 1, 2 }, b[] = { 1, 2, 4 };
  return linalg_least_squares(3, 2, A, b);
}

static void no_memory (void **state) {
  (void)state;
  EACH_ALLOCATION_FAILS(status = fit_a_line(););
}

static void oldest_kernels_are_passed_over (void **state) {
  (void)state;
  assert_string_equal(linalg_better_kernels("Prescott", true, true), "SkylakeX");
  assert_string_equal(linalg_better_kernels("prescott", true, false), "Haswell");
  assert_null(linalg_better_kernels("Prescott", false, false));
  assert_null(linalg_better_kernels("Zen", true, true));
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(factor_times_itself), cmocka_unit_test(solves), cmocka_unit_test(rows), cmocka_unit_test(inverse),
    cmocka_unit_test(row_by_row_is_all_at_once), cmocka_unit_test(not_positive_definite), cmocka_unit_test(nothing),
    cmocka_unit_test(least_squares), cmocka_unit_test(dependent_columns), cmocka_unit_test(no_memory),
    cmocka_unit_test(oldest_kernels_are_passed_over),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

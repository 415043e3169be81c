#include "linalg.h"

#include <math.h>
#include <strings.h>

#include <cblas.h>
#include <lapacke.h>

#include "exponential.h"
#include "mem.h"

/* With more threads the sums of BLAS are taken in another order. So every routine here that may use several runs alone: */
static int alone (void) {
  const int threads = openblas_get_num_threads();
  if (threads != 1) openblas_set_num_threads(1);
  return threads;
}

/* and gives back what there was. */
static void together (int threads) {
  if (threads != 1) openblas_set_num_threads(threads);
}

/* Up to this size plain loops are done before BLAS has looked at its arguments. */
enum { SMALL = 24 };

static Status small_cholesky (int n, double *A, int ld) {
  for (int j = 0; j < n; j++) {
    double *column = A + (size_t)j * (size_t)ld;
    if (!(column[j] > 0) || !isfinite(column[j])) return STATUS_SINGULAR;
    column[j] = sqrt(column[j]);
    const double inverse = 1 / column[j];
    for (int i = j + 1; i < n; i++) column[i] *= inverse;
    for (int k = j + 1; k < n; k++) {
      double *later = A + (size_t)k * (size_t)ld;
      const double factor = column[k];
      for (int i = k; i < n; i++) later[i] -= factor * column[i];
    }
  }
  return STATUS_OK;
}

static void small_solve (int n, const double *L, int ld, double *b) {
  for (int j = 0; j < n; j++) {
    const double *column = L + (size_t)j * (size_t)ld, x = b[j] / column[j];
    b[j] = x;
    for (int i = j + 1; i < n; i++) b[i] -= x * column[i];
  }
}

static void small_transpose_solve (int n, const double *L, int ld, double *b) {
  for (int j = n - 1; j >= 0; j--) {
    const double *column = L + (size_t)j * (size_t)ld;
    double sum = b[j];
    for (int i = j + 1; i < n; i++) sum -= column[i] * b[i];
    b[j] = sum / column[j];
  }
}

/* b = L \ b, or L' \ b, for one right side: without the packing that several are worth. */
static void solve_one (int n, const double *L, int ld, CBLAS_TRANSPOSE transpose, double *b) {
  if (n <= SMALL) {
    (transpose == CblasNoTrans ? small_solve : small_transpose_solve)(n, L, ld, b);
    return;
  }
  const int threads = alone();
  cblas_dtrsv(CblasColMajor, CblasLower, transpose, CblasNonUnit, n, L, ld, b, 1);
  together(threads);
}

static void solve_many (int n, const double *L, int ld, CBLAS_TRANSPOSE transpose, int m, double *b) {
  const int threads = alone();
  cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, transpose, CblasNonUnit, n, m, 1, L, ld, b, n);
  together(threads);
}

Status linalg_cholesky (int n, double *A, int ld) {
  if (n <= SMALL) return small_cholesky(n, A, ld);
  const int threads = alone();
  const lapack_int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', n, A, ld);
  together(threads);
  for (int i = 0; info == 0 && i < n; i++)
    if (!isfinite(A[i + (size_t)i * (size_t)ld])) return STATUS_SINGULAR;
  return info == 0 ? STATUS_OK : STATUS_SINGULAR;
}

Status linalg_cholesky_append (int n, double *L, int ld, double floor) {
  double *row = L + n;                              /* stride ld */
  double *pivot = row + (size_t)n * (size_t)ld;
  if (n > 0) {
    const int threads = alone();
    cblas_dtrsv(CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, n, L, ld, row, ld);
    together(threads);
    *pivot -= cblas_ddot(n, row, ld, row, ld);      /* what the old points leave open */
  }
  if (*pivot < floor) *pivot = floor;
  if (!(*pivot > 0) || !isfinite(*pivot)) return STATUS_SINGULAR;
  *pivot = sqrt(*pivot);
  return STATUS_OK;
}

void linalg_lower_solve (int n, const double *L, int ld, int m, double *b) {
  if (n == 0 || m == 0) return;
  if (m == 1) solve_one(n, L, ld, CblasNoTrans, b);
  else solve_many(n, L, ld, CblasNoTrans, m, b);
}

void linalg_lower_transpose_solve (int n, const double *L, int ld, int m, double *b) {
  if (n == 0 || m == 0) return;
  if (m == 1) solve_one(n, L, ld, CblasTrans, b);
  else solve_many(n, L, ld, CblasTrans, m, b);
}

void linalg_cholesky_solve (int n, const double *L, int ld, int m, double *b) {
  linalg_lower_solve(n, L, ld, m, b);
  linalg_lower_transpose_solve(n, L, ld, m, b);
}

void linalg_subtract_square (int n, const double *w, double *A, int ld) {
  const int threads = alone();
  cblas_dsyr(CblasColMajor, CblasLower, n, -1, w, 1, A, ld);
  together(threads);
}

/* So many rows at once, of all columns, stay in the nearest cache. */
enum { BLOCK = 128 };

EXPONENTIAL_WIDE static void small_solve_rows (int n, const double *L, int ld, double scale, int m, double *X) {
  for (int start = 0; start < m; start += BLOCK) {
    const int some = m - start < BLOCK ? m - start : BLOCK;
    for (int i = 0; i < n; i++) {
      double *x = X + (size_t)i * (size_t)m + start;
      const double inverse = 1 / L[i + (size_t)i * (size_t)ld];
      for (int j = 0; j < some; j++) x[j] *= scale;
      for (int k = 0; k < i; k++) {
        const double *before = X + (size_t)k * (size_t)m + start, factor = L[i + (size_t)k * (size_t)ld];
        for (int j = 0; j < some; j++) x[j] -= factor * before[j];
      }
      for (int j = 0; j < some; j++) x[j] *= inverse;
    }
  }
}

void linalg_lower_solve_rows (int n, const double *L, int ld, double scale, int m, double *X) {
  if (n == 0 || m == 0) return;
  if (m == 1) {
    for (int i = 0; i < n; i++) X[i] *= scale;
    solve_one(n, L, ld, CblasNoTrans, X);
  } else if (n <= SMALL) {
    small_solve_rows(n, L, ld, scale, m, X);
  } else {
    const int threads = alone();
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, m, n, scale, L, ld, X, m);
    together(threads);
  }
}

void linalg_subtract_multiple (int m, int n, const double *A, int ld, const double *x, int step, double c, double factor, double *y) {
  const int threads = alone();
  cblas_dgemv(CblasColMajor, CblasNoTrans, m, n, -factor, A, ld, x, step, c * factor, y, 1);
  together(threads);
}

double linalg_dot_strided (int n, const double *x, int step, const double *y) {
  return cblas_ddot(n, x, step, y, 1);
}

Status linalg_cholesky_inverse (int n, double *L, int ld) {
  if (n == 0) return STATUS_OK;
  const int threads = alone();
  const lapack_int info = LAPACKE_dpotri_work(LAPACK_COL_MAJOR, 'L', n, L, ld);
  together(threads);
  return info == 0 ? STATUS_OK : STATUS_SINGULAR;
}

double linalg_log_determinant (int n, const double *L, int ld) {
  double sum = 0, product = 1;
  for (int i = 0; i < n; i++) {  /* one logarithm for as many factors as a double holds */
    product *= L[i + (size_t)i * (size_t)ld];
    if (product > 1e-100 && product < 1e100) continue;
    sum += log(product);
    product = 1;
  }
  return 2 * (sum + log(product));
}

double linalg_dot (int n, const double *x, const double *y) {
  if (n <= SMALL) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
  }
  return cblas_ddot(n, x, 1, y, 1);
}

void linalg_multiply (int m, int n, const double *A, int ld, const double *x, double beta, double *y) {
  const int threads = alone();
  cblas_dgemv(CblasColMajor, CblasNoTrans, m, n, 1, A, ld, x, 1, beta, y, 1);
  together(threads);
}

void linalg_multiply_transposed (int m, int n, const double *A, int ld, const double *x, double beta, double *y) {
  const int threads = alone();
  cblas_dgemv(CblasColMajor, CblasTrans, m, n, 1, A, ld, x, 1, beta, y, 1);
  together(threads);
}

/* Columns count as dependent when R has a pivot this small beside its largest. */
static const double DEPENDENT = 1e-13;

Status linalg_least_squares (int m, int n, double *A, double *b) {
  double size;
  lapack_int info = LAPACKE_dgels_work(LAPACK_COL_MAJOR, 'N', m, n, 1, A, m, b, m, &size, -1);
  double *work = info == 0 ? mem_alloc((size_t)size, sizeof *work) : NULL;
  if (work == NULL) return info == 0 ? STATUS_NO_MEMORY : STATUS_BAD_ARGUMENT;
  const int threads = alone();
  info = LAPACKE_dgels_work(LAPACK_COL_MAJOR, 'N', m, n, 1, A, m, b, m, work, (lapack_int)size);
  together(threads);
  mem_free(work);
  double largest = 0;
  for (int j = 0; j < n; j++) largest = fmax(largest, fabs(A[j + (size_t)j * (size_t)m]));
  for (int j = 0; j < n; j++)
    if (!(fabs(A[j + (size_t)j * (size_t)m]) > DEPENDENT * largest)) return STATUS_SINGULAR;
  return info == 0 ? STATUS_OK : STATUS_SINGULAR;
}

void linalg_set_threads (int threads) {
  openblas_set_num_threads(threads);
}

const char *linalg_better_kernels (const char *loaded, bool avx2, bool avx512) {
  if (strcasecmp(loaded, "prescott") != 0) return NULL;
  return avx512 ? "SkylakeX" : avx2 ? "Haswell" : NULL;
}

const char *linalg_kernels (void) {
  return openblas_get_corename();
}

const char *linalg_kernels_passed_over (void) {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
    && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return linalg_better_kernels(linalg_kernels(), avx2, avx512);
#else
  return NULL;
#endif
}

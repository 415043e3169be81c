/* linalg.h -- dense linear algebra in double precision. The numerics' only
 * door to LAPACK and BLAS.
 *
 * Matrices are column-major: element (i, j) of A with leading dimension ld is
 * A[i + j*ld]. "Lower" means that only i >= j is read or written. No function
 * allocates, except linalg_least_squares. */
#ifndef linalg_h
#define linalg_h

#include <stdbool.h>

#include "status.h"

/* A = L L' in place: A[n*ld] lower, ld >= n. STATUS_SINGULAR: A is not positive
 * definite (or has a nan) and is spoilt. */
Status linalg_cholesky (int n, double *A, int ld);

/* Make the factor of n rows one of n+1: on entry row n of L (L[n + j*ld],
 * j <= n) holds the new row of the matrix; on return, of its factor. O(n^2).
 * A pivot below 'floor' (>= 0) is raised to it; STATUS_SINGULAR if it is not
 * positive then, and the row is spoilt. */
Status linalg_cholesky_append (int n, double *L, int ld, double floor);

/* Solve with the lower factor, in place, for the m right sides b[n, m], leading
 * dimension n: b = L \ b;  b = L' \ b;  b = (L L') \ b. */
void linalg_lower_solve (int n, const double *L, int ld, int m, double *b);
void linalg_lower_transpose_solve (int n, const double *L, int ld, int m, double *b);
void linalg_cholesky_solve (int n, const double *L, int ld, int m, double *b);

/* A = A - w w', A[n, n] lower. */
void linalg_subtract_square (int n, const double *w, double *A, int ld);

/* X = scale X L'^-1 for X[m, n], leading dimension m: each row becomes scale (L \ row). */
void linalg_lower_solve_rows (int n, const double *L, int ld, double scale, int m, double *X);

/* y = (c y - A x) factor, A[m, n] with leading dimension ld, x[n] with stride 'step'. */
void linalg_subtract_multiple (int m, int n, const double *A, int ld, const double *x, int step, double c, double factor, double *y);

/* x'y, x with stride 'step'. */
double linalg_dot_strided (int n, const double *x, int step, const double *y);

/* Inverse of L L', lower triangle, in place of L. */
Status linalg_cholesky_inverse (int n, double *L, int ld);

/* The logarithm of the determinant of L L'. */
double linalg_log_determinant (int n, const double *L, int ld);

double linalg_dot (int n, const double *x, const double *y);

/* y = A x + beta y, A[m, n] with leading dimension ld. */
void linalg_multiply (int m, int n, const double *A, int ld, const double *x, double beta, double *y);

/* y = A' x + beta y, A[m, n] with leading dimension ld. */
void linalg_multiply_transposed (int m, int n, const double *A, int ld, const double *x, double beta, double *y);

/* The x[n] of least |A x - b|, m >= n, by QR. A[m*n] (leading dimension m) and
 * b[m] are spoilt; x ends in b[0 .. n-1]. STATUS_SINGULAR: the columns of A are
 * dependent. STATUS_NO_MEMORY. */
Status linalg_least_squares (int m, int n, double *A, double *b);

/* Threads that BLAS may use from now on, in the whole process (> 0). One thread
 * makes sums, and so results, the same on every machine of a kind. */
void linalg_set_threads (int threads);

/* OpenBLAS chooses its kernels by the model of the processor. One that is newer than the library gets its oldest ones, of
 * 2004: a quarter of the speed. Given the kernels it has, and what the processor can do, the better ones to name in
 * OPENBLAS_CORETYPE before the library is loaded; NULL: it has chosen well. */
const char *linalg_better_kernels (const char *loaded, bool avx2, bool avx512);

/* Likewise of this process; and those that it has, by OpenBLAS's name. */
const char *linalg_kernels_passed_over (void);
const char *linalg_kernels (void);

#endif

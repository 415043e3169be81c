/* bo_floor.c -- what one tell + ask of a Gaussian process in one dimension costs at least, hyper-parameters given.
 *
 *   bo_floor N..     prints a line for each N: N, microseconds of the three parts below, and of all
 *
 * When point N is told, and where to try next is asked on a grid of 1024 points, with V = L^-1 K(X, grid) kept:
 * its row of the Cholesky factor (a triangular solve), its row of V with the posterior mean and variance on the grid
 * (a product of V with that row), and the expected improvement on the grid. BLAS does the first two, and what neap itself
 * has for correlations and improvements stands for the rest: nothing is added but moving from one to the next. Medians
 * of many rounds, in one thread. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cblas.h>
#include <lapacke.h>

#include "numerics/acquisition.h"
#include "numerics/kernel.h"

enum { GRID = 1024, PARTS = 3 };

static const double LENGTH = 0.2, NOISE = 1e-4;

typedef struct Task {
  int n;                                   /* points before the new one */
  double *x, *L, *V, *row, *z;             /* [n+1], [(n+1)^2], [GRID*(n+1)], [n+1], [n+1] */
  double grid[GRID], sum[GRID], square[GRID], mean[GRID], variance[GRID], rank[GRID];
} Task;

static double now (void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static const Kernel MATERN = { KERNEL_MATERN52, 1, 0 };

static double *numbers (size_t n) {
  double *p = calloc(n, sizeof *p);
  if (p == NULL) exit(1);
  return p;
}

static void set_up (Task *t, int n) {
  const size_t room = (size_t)n + 1;
  t->n = n;
  t->x = numbers(room);
  t->L = numbers(room * room);
  t->V = numbers(GRID * room);
  t->row = numbers(room);
  t->z = numbers(room);
  for (int i = 0; i <= n; i++) t->x[i] = fmod(0.618033988749895 * (i + 1), 1);
  for (int j = 0; j < GRID; j++) t->grid[j] = j / (GRID - 1.0);
  for (int i = 0; i <= n; i++) t->z[i] = sin(9 * t->x[i]);
  kernel_matrix(&MATERN, &LENGTH, n, t->x, n, t->L, NULL, n + 1);
  for (int i = 0; i < n; i++) t->L[(size_t)i * (room + 1)] += NOISE;
  if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', n, t->L, n + 1) != 0) exit(1);
  kernel_between(&MATERN, &LENGTH, GRID, t->grid, GRID, n, t->x, n, t->V, NULL);
  cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, GRID, n, 1, t->L, n + 1, t->V, GRID);
  cblas_dtrsv(CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, n, t->L, n + 1, t->z, 1);
  cblas_dgemv(CblasColMajor, CblasNoTrans, GRID, n, 1, t->V, GRID, t->z, 1, 0, t->sum, 1);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < GRID; j++) t->square[j] += t->V[(size_t)i * GRID + (size_t)j] * t->V[(size_t)i * GRID + (size_t)j];
}

/* Pivot and row of the factor, and the new entry of L^-1 y. */
static double append (Task *t) {
  const int n = t->n;
  kernel_between(&MATERN, &LENGTH, n, t->x, n + 1, 1, t->x + n, 1, t->row, NULL);
  cblas_dtrsv(CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, n, t->L, n + 1, t->row, 1);
  const double pivot = sqrt(1 + NOISE - cblas_ddot(n, t->row, 1, t->row, 1));
  t->z[n] = (sin(9 * t->x[n]) - cblas_ddot(n, t->row, 1, t->z, 1)) / pivot;
  return pivot;
}

static void predict (Task *t, double pivot) {
  const int n = t->n;
  double *v = t->V + (size_t)n * GRID;
  kernel_between(&MATERN, &LENGTH, GRID, t->grid, GRID, 1, t->x + n, 1, v, NULL);
  cblas_dgemv(CblasColMajor, CblasNoTrans, GRID, n, -1 / pivot, t->V, GRID, t->row, 1, 1 / pivot, v, 1);
  for (int j = 0; j < GRID; j++) {
    t->mean[j] = t->sum[j] + t->z[n] * v[j];
    t->variance[j] = fmax(1 - t->square[j] - v[j] * v[j], 0);
  }
}

static void improve (Task *t) {
  const double weight = 1;
  acquisition_ranks(&(Acquisition){ .kind = ACQUISITION_EI, .best = -1 }, 1, &weight, GRID, t->mean, t->variance, t->rank);
}

static int by_size (const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median (int n, double *times) {
  qsort(times, (size_t)n, sizeof *times, by_size);
  return times[n / 2];
}

static void measure (int n) {
  static double times[PARTS + 1][1001];
  const int rounds = n < 300 ? 1001 : 201;
  Task *t = (Task *)numbers(sizeof *t / sizeof(double) + 1);
  set_up(t, n - 1);
  for (int r = 0; r < rounds; r++) {
    const double start = now(), pivot = append(t), appended = now();
    predict(t, pivot);
    const double predicted = now();
    improve(t);
    const double end = now(), parts[] = { appended - start, predicted - appended, end - predicted, end - start };
    for (int k = 0; k <= PARTS; k++) times[k][r] = parts[k];
  }
  printf("%d", n);
  for (int k = 0; k <= PARTS; k++) printf(" %.2f", median(rounds, times[k]));
  printf("\n");
  free(t->x);
  free(t->L);
  free(t->V);
  free(t->row);
  free(t->z);
  free(t);
}

int main (int count, char **words) {
  openblas_set_num_threads(1);
  for (int i = 1; i < count; i++) measure(atoi(words[i]));
  return 0;
}

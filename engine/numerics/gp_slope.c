/* gp_slope.c -- the posterior at points with its gradients. */
#include <math.h>
#include <string.h>

#include "exponential.h"
#include "gp_inner.h"
#include "linalg.h"

static void add_scaled (int n, const double *x, double factor, double *y) {
  for (int i = 0; i < n; i++) y[i] += factor * x[i];
}

/* Mean and variance from t = v of point j, and what the slopes need of the mean's error in r; t becomes v + U r. */
static void read_point (const Gp *gp, const Component *c, int m, const double *Z, int j, double *t, double *r, GpSlope *slope) {
  const int n = gp->n, columns = gp->columns;
  double w[EVIDENCE_COLUMNS];
  slope->variance = c->signal - linalg_dot(n, t, t);
  for (int i = 0; i < columns; i++) {
    const double column = evidence_column(Z, m, j, i);
    slope->mean += c->f.beta[i] * column;
    w[i] = r[i] = column - linalg_dot(n, c->f.U + (size_t)i * (size_t)c->f.ld, t);
  }
  if (columns > 0 && n > 0) {
    linalg_cholesky_solve(columns, c->f.R, EVIDENCE_COLUMNS, 1, r);
    for (int i = 0; i < columns; i++) {
      slope->variance += w[i] * r[i];
      add_scaled(n, c->f.U + (size_t)i * (size_t)c->f.ld, r[i], t);
    }
  }
  slope->variance = fmax(slope->variance, 0);
}

/* Minus the slopes of the correlations of point z by coordinate, times length^2: change[n]. */
EXPONENTIAL_WIDE static void changes (int n, const double *h, const double *x, double z, double *change) {
  for (int i = 0; i < n; i++) change[i] = -h[i] * (z - x[i]);
}

/* The gradients at point j from t = K^-1 (k + H r), the slopes h of the correlations and r. */
static void lean (const Gp *gp, const Component *c, int m, const double *Z, int j, const double *t, const double *h, const double *r,
                  double *change, GpSlope *slope) {
  const int n = gp->n, d = gp->options.kernel.d;
  for (int i = 0; i < d; i++) {
    const bool flat = gp->options.kernel.categories >> i & 1;
    double by_mean = 0, by_variance = 0;
    if (!flat && n > 0) {
      changes(n, h, gp->X + (size_t)i * (size_t)gp->capacity, Z[j + i * m], change);
      by_mean = linalg_dot(n, change, c->f.alpha);
      by_variance = linalg_dot(n, change, t);
    }
    const double scale = c->signal / (c->length[i] * c->length[i] * gp->span[i]);
    const double slant = gp->columns > 1 && !flat ? 1 / gp->span[i] : 0;
    slope->mean_slope[i] = scale * by_mean + (gp->columns > 1 ? c->f.beta[i + 1] * slant : 0);
    slope->variance_slope[i] = -2 * scale * by_variance + (gp->columns > 1 ? 2 * r[i + 1] * slant : 0);
  }
}

size_t gp_slopes_work (const Gp *gp, int m) {
  const size_t n = (size_t)gp->n;
  return (size_t)m * (2 * n + (size_t)gp->options.kernel.d + EVIDENCE_COLUMNS) + n;
}

void gp_slopes (const Gp *gp, int component, int m, const double *X, double *work, GpSlope *slopes) {
  const Component *c = &gp->component[component];
  const int n = gp->n, d = gp->options.kernel.d;
  double *Z = work, *r = Z + m * d, *change = r + m * EVIDENCE_COLUMNS, *T = change + n, *H = T + (size_t)n * (size_t)m;
  for (int j = 0; j < m; j++)
    for (int i = 0; i < d; i++) Z[j + i * m] = X[(size_t)j * (size_t)d + (size_t)i] / gp->span[i];
  kernel_between(&gp->options.kernel, c->length, n, gp->X, gp->capacity, m, Z, m, T, H);
  for (size_t i = 0; i < (size_t)n * (size_t)m; i++) T[i] *= c->signal;
  for (int j = 0; j < m; j++)
    slopes[j].mean = (gp->columns == 0 ? c->f.beta[0] : 0) + linalg_dot(n, T + (size_t)j * (size_t)n, c->f.alpha);
  linalg_lower_solve(n, c->f.L, c->f.ld, m, T);                   /* v */
  for (int j = 0; j < m; j++) read_point(gp, c, m, Z, j, T + (size_t)j * (size_t)n, r + j * EVIDENCE_COLUMNS, &slopes[j]);
  linalg_lower_transpose_solve(n, c->f.L, c->f.ld, m, T);
  for (int j = 0; j < m; j++) {
    const size_t column = (size_t)j * (size_t)n;
    lean(gp, c, m, Z, j, T + column, H + column, r + j * EVIDENCE_COLUMNS, change, &slopes[j]);
  }
}

void gp_slope (const Gp *gp, int component, const double *x, double *work, GpSlope *slope) {
  gp_slopes(gp, component, 1, x, work, slope);
}

void gp_predict_slope (const Gp *gp, const double *x, double *work, GpSlope *slope) {
  const int d = gp->options.kernel.d;
  GpSlope part;
  double square = 0, by_square[KERNEL_DIMENSIONS] = { 0 };
  *slope = (GpSlope){ 0 };
  for (int k = 0; k < gp->components; k++) {  /* variance = E(variance + mean^2) - (E mean)^2 */
    const double weight = gp->component[k].weight;
    gp_slope(gp, k, x, work, &part);
    slope->mean += weight * part.mean;
    square += weight * (part.variance + part.mean * part.mean);
    for (int i = 0; i < d; i++) {
      slope->mean_slope[i] += weight * part.mean_slope[i];
      by_square[i] += weight * (part.variance_slope[i] + 2 * part.mean * part.mean_slope[i]);
    }
  }
  slope->variance = fmax(square - slope->mean * slope->mean, 0) * gp->scale * gp->scale;
  for (int i = 0; i < d; i++) {
    slope->variance_slope[i] = (by_square[i] - 2 * slope->mean * slope->mean_slope[i]) * gp->scale * gp->scale;
    slope->mean_slope[i] *= gp->scale;
  }
  slope->mean = gp->center + gp->scale * slope->mean;
}

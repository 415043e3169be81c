/* gp_slope.c -- the posterior at one point with its gradients. */
#include <math.h>
#include <string.h>

#include "gp_inner.h"
#include "linalg.h"

static void add_scaled (int n, const double *x, double factor, double *y) {
  for (int i = 0; i < n; i++) y[i] += factor * x[i];
}

void gp_slope (const Gp *gp, int component, const double *x, double *work, GpSlope *slope) {
  const Component *c = &gp->component[component];
  const int n = gp->n, d = gp->options.kernel.d, columns = gp->columns;
  double point[KERNEL_DIMENSIONS], *k = work, *h = work + n, *t = work + 2 * n, r[EVIDENCE_COLUMNS] = { 0 };
  for (int i = 0; i < d; i++) point[i] = x[i] / gp->span[i];
  kernel_between(&gp->options.kernel, c->length, n, gp->X, gp->capacity, 1, point, 1, k, h);
  for (int i = 0; i < n; i++) t[i] = c->signal * k[i];
  slope->mean = (columns == 0 ? c->f.beta[0] : 0) + linalg_dot(n, t, c->f.alpha);
  linalg_lower_solve(n, c->f.L, c->f.ld, 1, t);                   /* v */
  slope->variance = c->signal - linalg_dot(n, t, t);
  for (int i = 0; i < columns; i++) {
    const double column = evidence_column(point, 1, 0, i);
    slope->mean += c->f.beta[i] * column;
    r[i] = column - linalg_dot(n, c->f.U + (size_t)i * (size_t)c->f.ld, t);
  }
  if (columns > 0 && n > 0) {
    double w[EVIDENCE_COLUMNS];
    memcpy(w, r, sizeof w);
    linalg_cholesky_solve(columns, c->f.R, EVIDENCE_COLUMNS, 1, w);
    for (int i = 0; i < columns; i++) {
      slope->variance += r[i] * w[i];
      add_scaled(n, c->f.U + (size_t)i * (size_t)c->f.ld, w[i], t);  /* v + U w */
    }
    memcpy(r, w, sizeof r);
  }
  slope->variance = fmax(slope->variance, 0);
  linalg_lower_transpose_solve(n, c->f.L, c->f.ld, 1, t);
  for (int i = 0; i < d; i++) {
    const double *xi = gp->X + (size_t)i * (size_t)gp->capacity;
    double by_mean = 0, by_variance = 0;
    const bool flat = gp->options.kernel.categories >> i & 1;
    for (int j = 0; j < n && !flat; j++) {
      const double change = -h[j] * (point[i] - xi[j]);           /* of k[j], times length^2 */
      by_mean += change * c->f.alpha[j];
      by_variance += change * t[j];
    }
    const double scale = c->signal / (c->length[i] * c->length[i] * gp->span[i]);
    const double lean = columns > 1 && !flat ? 1 / gp->span[i] : 0;
    slope->mean_slope[i] = scale * by_mean + (columns > 1 ? c->f.beta[i + 1] * lean : 0);
    slope->variance_slope[i] = -2 * scale * by_variance + (columns > 1 ? 2 * r[i + 1] * lean : 0);
  }
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

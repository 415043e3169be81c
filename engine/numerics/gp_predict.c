/* gp_predict.c -- mean and variance at any points, in panels whose rows of V stay in the cache. */
#include <math.h>

#include "gp_inner.h"

size_t gp_work (const Gp *gp) {
  const size_t n = (size_t)gp->n, d = (size_t)gp->options.kernel.d, columns = (size_t)gp->columns;
  return (size_t)GP_PANEL * (n + d + columns + 2 + 2 * (size_t)gp->components) + 4 * n;
}

/* Up to GP_PANEL points at once: their rows of V stay in the cache. */
static void panel (const Gp *gp, int m, const double *X, double *work, int stride, double *mean, double *variance) {
  const int d = gp->options.kernel.d;
  double *Z = work;
  Projection p = { .m = m, .V = work + (size_t)m * (size_t)d };
  p.a = p.V + (size_t)m * (size_t)gp->n;
  p.q = p.a + m;
  p.B = p.q + m;
  for (int j = 0; j < m; j++)
    for (int k = 0; k < d; k++) Z[j + k * m] = X[(size_t)j * (size_t)d + (size_t)k] / gp->span[k];
  for (int k = 0; k < gp->components; k++) {
    gp_inner_project(gp, &gp->component[k], gp->n, Z, m, &p);
    gp_inner_read(gp, &gp->component[k], Z, m, &p, mean + (size_t)k * (size_t)stride, variance + (size_t)k * (size_t)stride);
  }
}

void gp_components_posterior (const Gp *gp, int m, const double *X, double *work, double *mean, double *variance) {
  for (int j = 0; j < m; j += GP_PANEL)
    panel(gp, m - j < GP_PANEL ? m - j : GP_PANEL, X + (size_t)j * (size_t)gp->options.kernel.d, work, m, mean + j, variance + j);
}

/* The moments of the mixture. */
static void mix (const Gp *gp, int m, int stride, const double *means, const double *variances, double *mean, double *variance) {
  for (int j = 0; j < m; j++) {
    double mu = 0, spread = 0;
    for (int k = 0; k < gp->components; k++) mu += gp->component[k].weight * means[k * stride + j];
    for (int k = 0; k < gp->components; k++)
      spread += gp->component[k].weight * (variances[k * stride + j] + pow(means[k * stride + j] - mu, 2));
    mean[j] = mu;
    variance[j] = spread;
  }
}

void gp_posterior (const Gp *gp, int m, const double *X, double *work, double *mean, double *variance) {
  double *means = work, *variances = work + GP_PANEL * gp->components, *rest = variances + GP_PANEL * gp->components;
  for (int j = 0; j < m; j += GP_PANEL) {
    const int some = m - j < GP_PANEL ? m - j : GP_PANEL;
    panel(gp, some, X + (size_t)j * (size_t)gp->options.kernel.d, rest, GP_PANEL, means, variances);
    mix(gp, some, GP_PANEL, means, variances, mean + j, variance + j);
  }
}

void gp_predict (const Gp *gp, const double *x, double *work, double *mean, double *variance) {
  gp_posterior(gp, 1, x, work, mean, variance);
  *mean = gp->center + gp->scale * *mean;
  *variance = *variance * gp->scale * gp->scale;
}

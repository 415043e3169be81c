/* gp_project.c -- a Gaussian process's posterior at points, by what its factor makes of them.
 *
 * With v = L^-1 k(X, x), h the point's row of H and R R' = U'U + precision,
 *
 *   mean     = h'beta + v'z           = (h - U'v)'beta + v'z0
 *   variance = signal - |v|^2 + |R^-1 (h - U'v)|^2
 *
 * so that a, q and B, sums over the rows of V, are all there is to keep; an
 * observation more adds one row (Projection). */
#include <math.h>
#include <string.h>

#include "exponential.h"
#include "gp_inner.h"
#include "linalg.h"

EXPONENTIAL_WIDE static void add_row (int m, const double *v, double z, double *a, double *q) {
  for (int j = 0; j < m; j++) {
    a[j] += z * v[j];
    q[j] += v[j] * v[j];
  }
}

EXPONENTIAL_WIDE static void add_scaled (int m, const double *v, double u, double *b) {
  for (int j = 0; j < m; j++) b[j] += u * v[j];
}

void gp_inner_accumulate (const Gp *gp, const Component *c, int i, Projection *p) {
  const double *v = gp_inner_row(p, i);
  add_row(p->m, v, c->f.z0[i], p->a, p->q);
  for (int k = 0; k < gp->columns; k++)
    add_scaled(p->m, v, c->f.U[(size_t)i + (size_t)k * (size_t)c->f.ld], p->B + (size_t)k * (size_t)p->m);
}

void gp_inner_correlate (const Gp *gp, const Component *c, int n, const double *Z, int ldz, const Projection *p) {
  if (p->m == 1) kernel_between(&gp->options.kernel, c->length, n, gp->X, gp->capacity, 1, Z, ldz, p->V, NULL);
  else kernel_between(&gp->options.kernel, c->length, p->m, Z, ldz, n, gp->X, gp->capacity, p->V, NULL);
}

void gp_inner_reduce (const Gp *gp, const Component *c, int n, Projection *p) {
  linalg_lower_solve_rows(n, c->f.L, c->f.ld, c->signal, p->m, p->V);
  memset(p->a, 0, (size_t)p->m * sizeof *p->a);
  memset(p->q, 0, (size_t)p->m * sizeof *p->q);
  memset(p->B, 0, (size_t)p->m * (size_t)gp->columns * sizeof *p->B);
  if (p->m == 1) {
    *p->a = linalg_dot(n, p->V, c->f.z0);
    *p->q = linalg_dot(n, p->V, p->V);
    for (int k = 0; k < gp->columns; k++) p->B[k] = linalg_dot(n, p->V, c->f.U + (size_t)k * (size_t)c->f.ld);
    return;
  }
  for (int i = 0; i < n; i++) gp_inner_accumulate(gp, c, i, p);
}

void gp_inner_project (const Gp *gp, const Component *c, int n, const double *Z, int ldz, Projection *p) {
  gp_inner_correlate(gp, c, n, Z, ldz, p);
  gp_inner_reduce(gp, c, n, p);
}

double gp_inner_mean_error (const Gp *gp, const Component *c, const double *Z, int ldz, const Projection *p, int j, double *r) {
  const int columns = gp->columns;
  double sum = 0;
  for (int k = 0; k < columns; k++) r[k] = evidence_column(Z, ldz, j, k) - p->B[(size_t)j + (size_t)k * (size_t)p->m];
  double s[EVIDENCE_COLUMNS];
  for (int k = 0; k < columns && gp->n > 0; k++) {
    s[k] = r[k];
    for (int l = 0; l < k; l++) s[k] -= c->f.R[k + l * EVIDENCE_COLUMNS] * s[l];
    s[k] /= c->f.R[k * (EVIDENCE_COLUMNS + 1)];
    sum += s[k] * s[k];
  }
  return sum;
}

/* With a constant mean, which is the common case. */
EXPONENTIAL_WIDE static void read_constant (int m, double signal, double beta, double r, const double *a, const double *q,
                                            const double *b, double *mean, double *variance) {
  for (int j = 0; j < m; j++) {
    const double rest = 1 - b[j], var = signal - q[j] + rest * rest * r;
    mean[j] = a[j] + beta * rest;
    variance[j] = var > 0 ? var : 0;
  }
}

/* With a given mean. */
EXPONENTIAL_WIDE static void read_given (int m, double signal, double beta, const double *a, const double *q,
                                         double *mean, double *variance) {
  for (int j = 0; j < m; j++) {
    const double var = signal - q[j];
    mean[j] = a[j] + beta;
    variance[j] = var > 0 ? var : 0;
  }
}

void gp_inner_read (const Gp *gp, const Component *c, const double *Z, int ldz, const Projection *p, double *mean, double *variance) {
  if (gp->columns == 1 && gp->n > 0) {
    read_constant(p->m, c->signal, c->f.beta[0], 1 / (c->f.R[0] * c->f.R[0]), p->a, p->q, p->B, mean, variance);
    return;
  }
  if (gp->columns == 0) {
    read_given(p->m, c->signal, c->f.beta[0], p->a, p->q, mean, variance);
    return;
  }
  for (int j = 0; j < p->m; j++) {
    double r[EVIDENCE_COLUMNS];
    const double error = gp_inner_mean_error(gp, c, Z, ldz, p, j, r);
    mean[j] = p->a[j];
    for (int k = 0; k < gp->columns; k++) mean[j] += c->f.beta[k] * r[k];
    variance[j] = fmax(c->signal - p->q[j] + error, 0);
  }
}

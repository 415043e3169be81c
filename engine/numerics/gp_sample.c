/* gp_sample.c -- joint samples of the posterior. */
#include <math.h>
#include <string.h>

#include "gp_inner.h"
#include "linalg.h"
#include "mem.h"

/* The covariance of component c at the points of a projection: S[m*m], lower. */
static void joint_covariance (const Gp *gp, const Component *c, const double *Z, const Projection *p, double *S) {
  const int m = p->m;
  kernel_matrix(&gp->options.kernel, c->length, m, Z, m, S, NULL, m);
  for (int j = 0; j < m; j++)
    for (int i = j; i < m; i++) S[(size_t)i + (size_t)j * (size_t)m] *= c->signal;
  for (int i = 0; i < gp->n; i++) linalg_subtract_square(m, gp_inner_row(p, i), S, m);
  for (int j = 0; j < m && gp->columns > 0 && gp->n > 0; j++) {
    double r[EVIDENCE_COLUMNS], w[EVIDENCE_COLUMNS];
    gp_inner_mean_error(gp, c, Z, m, p, j, w);
    linalg_cholesky_solve(gp->columns, c->f.R, EVIDENCE_COLUMNS, 1, w);
    for (int i = j; i < m; i++) {
      gp_inner_mean_error(gp, c, Z, m, p, i, r);
      for (int k = 0; k < gp->columns; k++) S[(size_t)i + (size_t)j * (size_t)m] += r[k] * w[k];
    }
  }
}

static const Component *drawn (const Gp *gp, Random *random) {
  double left = random_uniform(random);
  for (int k = 0; k + 1 < gp->components; k++)
    if ((left -= gp->component[k].weight) < 0) return &gp->component[k];
  return &gp->component[gp->components - 1];
}

Status gp_sample (const Gp *gp, int m, const double *X, Random *random, double *out) {
  const size_t M = (size_t)m, n = (size_t)gp->n, d = (size_t)gp->options.kernel.d, columns = (size_t)gp->columns;
  if (m == 0) return STATUS_OK;
  double *Z = mem_alloc(M * (d + n + columns + 5 + 2 * M), sizeof *Z);
  if (Z == NULL) return STATUS_NO_MEMORY;
  Projection p = { .m = m, .V = Z + M * d };
  p.a = p.V + M * n;
  p.q = p.a + M;
  p.B = p.q + M;
  double *mean = p.B + M * columns, *variance = mean + M, *e = variance + M, *S = e + M, *F = S + M * M;
  for (size_t j = 0; j < M; j++)
    for (size_t k = 0; k < d; k++) Z[j + k * M] = X[j * d + k] / gp->span[k];
  const Component *c = drawn(gp, random);
  gp_inner_project(gp, c, gp->n, Z, m, &p);
  gp_inner_read(gp, c, Z, m, &p, mean, variance);
  joint_covariance(gp, c, Z, &p, S);
  Status status = STATUS_SINGULAR;
  for (double share = 1e-10; status != STATUS_OK && share < 1; share *= 10) {
    memcpy(F, S, M * M * sizeof *F);
    for (size_t j = 0; j < M; j++) F[j * (M + 1)] += share * c->signal;
    status = linalg_cholesky(m, F, m);
  }
  for (size_t j = 0; j < M; j++) e[j] = random_normal(random);
  for (size_t i = 0; i < M && status == STATUS_OK; i++) {
    double sum = mean[i];
    for (size_t j = 0; j <= i; j++) sum += F[i + j * M] * e[j];
    out[i] = gp->center + gp->scale * sum;
  }
  mem_free(Z);
  return status;
}

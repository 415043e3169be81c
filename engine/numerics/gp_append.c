/* gp_append.c -- observations that come and go one by one: a row more of the factor, O(n^2), and a row less. */
#include <string.h>

#include "gp_inner.h"
#include "linalg.h"

/* Row n of L and of U, the point in place. */
static Status append_row (Gp *gp, Component *c, double noise) {
  const int n = gp->n;
  const size_t ld = (size_t)c->f.ld;
  double *row = c->f.L + n;
  kernel_between(&gp->options.kernel, c->length, n, gp->X, gp->capacity, 1, gp->X + n, gp->capacity, gp->row, NULL);
  for (int j = 0; j < n; j++) row[(size_t)j * ld] = c->signal * gp->row[j];
  row[(size_t)n * ld] = c->signal + noise + c->f.jitter;
  if (linalg_cholesky_append(n, c->f.L, (int)ld, 1e-10 * (c->signal + c->noise)) != STATUS_OK) return STATUS_SINGULAR;
  for (int i = 0; i < gp->columns; i++) {
    double *u = c->f.U + (size_t)i * ld;
    u[n] = (evidence_column(gp->X, gp->capacity, n, i) - linalg_dot_strided(n, row, (int)ld, u)) / row[(size_t)n * ld];
  }
  return STATUS_OK;
}

static void place (Gp *gp, const double *x) {
  for (int k = 0; k < gp->options.kernel.d; k++) gp->X[(size_t)gp->n + (size_t)k * (size_t)gp->capacity] = x[k] / gp->span[k];
}

Status gp_append (Gp *gp, const double *x, double y, double variance) {
  const int n = gp->n;
  if (!gp_inner_usable(gp->options.kernel.d, &(GpData){ .n = 1, .X = x, .y = &y, .variance = &variance })) return STATUS_BAD_ARGUMENT;
  Status status = gp_inner_reserve(gp, n + 1);
  if (status != STATUS_OK) return status;
  place(gp, x);
  gp->raw[n] = y;
  gp->own[n] = variance;
  gp->times[n] = 1;
  gp->y[n] = (y - gp->center) / gp->scale;
  gp->v[n] = gp_inner_standard_variance(variance, gp->scale);
  for (int k = 0; k < gp->components; k++)
    if (append_row(gp, &gp->component[k], gp->component[k].noise + gp->v[n]) != STATUS_OK) return STATUS_SINGULAR;
  gp->n = n + 1;
  const Evidence e = gp_inner_data(gp);
  for (int k = 0; k < gp->components; k++) {
    Component *c = &gp->component[k];
    const double *row = c->f.L + n;
    c->f.z0[n] = (gp->y[n] - e.mean - linalg_dot_strided(n, row, c->f.ld, c->f.z0)) / row[(size_t)n * (size_t)c->f.ld];
    if (gp->tracked > 0) gp_inner_track_row(gp, c, n);
    evidence_settle(&e, &c->f);
  }
  return STATUS_OK;
}

Status gp_suppose (Gp *gp, const double *x) {
  const int n = gp->n;
  Status status = gp_inner_reserve(gp, n + 1);
  if (status != STATUS_OK) return status;
  if (gp->certain < 0) {
    gp->certain = n;
    if (gp->tracked > 0) gp_inner_keep(gp);
  }
  place(gp, x);
  gp->raw[n] = gp->y[n] = gp->own[n] = gp->v[n] = 0;
  gp->times[n] = 1;
  for (int k = 0; k < gp->components; k++)
    if (append_row(gp, &gp->component[k], gp->component[k].noise) != STATUS_OK) return STATUS_SINGULAR;
  gp->n = n + 1;
  const Evidence e = gp_inner_data(gp);
  for (int k = 0; k < gp->components; k++) {
    Component *c = &gp->component[k];
    c->f.z0[n] = gp->columns == 0 ? 0 : c->f.beta[0] * c->f.U[n];   /* what leaves no residual */
    for (int i = 1; i < gp->columns; i++) c->f.z0[n] += c->f.beta[i] * c->f.U[(size_t)n + (size_t)i * (size_t)c->f.ld];
    if (gp->tracked > 0) gp_inner_track_row(gp, c, n);
    evidence_settle_mean(&e, &c->f);
    c->f.alpha[n] = 0;                                   /* and the others stay */
  }
  return STATUS_OK;
}

static void add_up_again (Gp *gp) {
  for (int k = 0; k < gp->components; k++) {
    Component *c = &gp->component[k];
    memset(c->track.a, 0, (size_t)gp->tracked * (size_t)(gp->columns + 2) * sizeof *c->track.a);
    for (int i = 0; i < gp->n; i++) gp_inner_accumulate(gp, c, i, &c->track);
  }
}

void gp_truncate (Gp *gp, int n) {
  const bool to_certain = n == gp->certain && gp->kept, supposed = gp->certain >= 0 && n >= gp->certain;
  if (n <= gp->certain) gp->certain = -1;
  if (n >= gp->n) return;
  gp->n = n;
  const Evidence e = gp_inner_data(gp);
  for (int k = 0; k < gp->components; k++) (supposed ? evidence_settle_mean : evidence_settle)(&e, &gp->component[k].f);
  if (gp->tracked == 0) return;
  if (to_certain) gp_inner_take_back(gp);
  else add_up_again(gp);
}

/* gp_report.c -- what a Gaussian process says of itself: hyper-parameters,
 * evidence, diagnostics, and its state as numbers. */
#include <math.h>
#include <string.h>

#include "gp_inner.h"
#include "linalg.h"
#include "mem.h"

int gp_size (const Gp *gp) { return gp->n; }
int gp_dimensions (const Gp *gp) { return gp->options.kernel.d; }
double gp_center (const Gp *gp) { return gp->center; }
double gp_scale (const Gp *gp) { return gp->scale; }
int gp_components (const Gp *gp) { return gp->components; }
double gp_weight (const Gp *gp, int component) { return gp->component[component].weight; }
double gp_noise (const Gp *gp, int component) { return gp->component[component].noise; }

GpHyper gp_hyper_of (const Gp *gp, int component) {
  const Component *c = &gp->component[component];
  GpHyper h = gp->options.given;
  for (int i = 0; i < gp->options.kernel.d; i++) if (isnan(h.length[i])) h.length[i] = c->length[i] * gp->span[i];
  if (isnan(h.signal)) h.signal = c->signal * gp->scale * gp->scale;
  if (isnan(h.noise)) h.noise = c->noise * gp->scale * gp->scale;
  if (isnan(h.mean)) h.mean = gp->center + gp->scale * c->f.beta[0];
  return h;
}

GpHyper gp_hyper (const Gp *gp) { return gp_hyper_of(gp, 0); }

/* K alpha = y - H beta, less the noise's part of K. */
double gp_mean_at (const Gp *gp, int i) {
  double sum = 0;
  for (int k = 0; k < gp->components; k++) {
    const Component *c = &gp->component[k];
    sum += c->weight * (c->noise / gp->times[i] + gp->v[i] + c->f.jitter) * c->f.alpha[i];
  }
  return gp->y[i] - sum;
}

Status gp_evidence (const Gp *gp, double *evidence, double *gradient) {
  const Evidence e = gp_inner_data(gp);
  const Component *c = &gp->component[0];
  if (gradient != NULL) memset(gradient, 0, (size_t)(e.kernel.d + 2) * sizeof *gradient);
  *evidence = 0;
  if (gp->n == 0) return STATUS_OK;
  const double directions = gp->n + gp->surplus - (gp->columns > 0);
  *evidence = evidence_of_factor(&e, c->theta, &c->f) - directions * log(gp->scale);
  if (gradient == NULL) return STATUS_OK;
  double *work = mem_alloc(evidence_work(gp->n, gp->columns), sizeof *work);
  if (work == NULL) return STATUS_NO_MEMORY;
  evidence_log(&e, c->theta, gradient, work);
  mem_free(work);
  return STATUS_OK;
}

double gp_worth (const Gp *gp) {
  return gp->value - (gp->n + gp->surplus - (gp->columns > 0)) * log(gp->scale);
}

/* Q = K^-1 - K^-1 H (R R')^-1 H'K^-1; mean_i = y_i - alpha_i / Q_ii, variance_i = 1 / Q_ii. */
Status gp_leave_one_out (const Gp *gp, double *mean, double *variance) {
  const int n = gp->n;
  const size_t N = (size_t)n;
  if (n == 0) return STATUS_OK;
  double *Q = mem_alloc(N * N + N, sizeof *Q), *w = Q + N * N;
  if (Q == NULL) return STATUS_NO_MEMORY;
  memset(mean, 0, N * sizeof *mean);
  memset(variance, 0, N * sizeof *variance);
  for (int k = 0; k < gp->components; k++) {
    const Component *c = &gp->component[k];
    for (int j = 0; j < n; j++) memcpy(Q + (size_t)j * N, c->f.L + (size_t)j * (size_t)c->f.ld, N * sizeof *Q);
    if (linalg_cholesky_inverse(n, Q, n) != STATUS_OK) continue;
    double *diagonal = w;
    for (int i = 0; i < n; i++) diagonal[i] = Q[(size_t)i * (N + 1)];
    for (int b = 0; b < gp->columns; b++) {      /* less the squares of the columns of L'^-1 U R'^-1 */
      double *y = Q;                             /* spent */
      memset(y, 0, N * sizeof *y);
      for (int a = 0; a <= b; a++) {
        double unit[EVIDENCE_COLUMNS] = { 0 };
        unit[a] = 1;
        linalg_lower_solve(gp->columns, c->f.R, EVIDENCE_COLUMNS, 1, unit);   /* column a of R^-1 */
        for (int i = 0; i < n; i++) y[i] += unit[b] * c->f.U[(size_t)i + (size_t)a * (size_t)c->f.ld];
      }
      linalg_lower_transpose_solve(n, c->f.L, c->f.ld, 1, y);
      for (int i = 0; i < n; i++) diagonal[i] -= y[i] * y[i];
    }
    for (int i = 0; i < n; i++) {  /* moments of the mixture; weights as they are */
      const double q = fmax(diagonal[i], 1e-300), mu = gp->y[i] - c->f.alpha[i] / q;
      mean[i] += c->weight * mu;
      variance[i] += c->weight * (1 / q + mu * mu);
    }
  }
  for (int i = 0; i < n; i++) {
    variance[i] = fmax(variance[i] - mean[i] * mean[i], 0) * gp->scale * gp->scale;
    mean[i] = gp->center + gp->scale * mean[i];
  }
  mem_free(Q);
  return STATUS_OK;
}

/* ---- state: whether fitted, window, then the weight and theta of each component ---- */

enum { HEAD = 6 };

int gp_state_size (const Gp *gp) { return HEAD + gp->components * (gp->options.kernel.d + 3); }

void gp_state (const Gp *gp, double *state) {
  const HyperWindow *w = &gp->window;
  const double head[HEAD] = { gp->fitted, w->middle[0], w->middle[1], w->step[0], w->step[1], w->signal };
  memcpy(state, head, sizeof head);
  state += HEAD;
  for (int k = 0; k < gp->components; k++) {
    *state++ = gp->component[k].weight;
    for (int i = 0; i < gp->options.kernel.d + 2; i++) *state++ = gp->component[k].theta[i];
  }
}

Status gp_set_state (Gp *gp, int n, const double *state) {
  const int d = gp->options.kernel.d, each = d + 3;
  const int components = (n - HEAD) / each;
  if (n != HEAD + components * each || components < 1 || components > GP_COMPONENTS) return STATUS_BAD_ARGUMENT;
  if (components > 1 && d > 1) return STATUS_BAD_ARGUMENT;
  for (int i = 0; i < HEAD; i++) if (!isfinite(state[i])) return STATUS_BAD_ARGUMENT;
  for (int i = HEAD; i < n; i++) {   /* a noise of 0 is -inf */
    const bool noise = (i - HEAD) % each == d + 2;
    if (!isfinite(state[i]) && !(noise && state[i] < 0)) return STATUS_BAD_ARGUMENT;
    if (fabs(state[i]) > 600 && isfinite(state[i])) return STATUS_BAD_ARGUMENT;
  }
  gp->fitted = state[0] != 0;
  gp->window = (HyperWindow){ { state[1], state[2] }, { state[3], state[4] }, state[5] };
  state += HEAD;
  gp->components = components;
  for (int k = 0; k < components; k++) {
    gp->component[k].weight = *state++;
    for (int i = 0; i < d + 2; i++) gp->component[k].theta[i] = *state++;
  }
  return STATUS_OK;
}

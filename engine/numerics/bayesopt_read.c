/* bayesopt_read.c -- what an optimiser knows: the best, the model's word on a point, the trials. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "bayesopt_inner.h"
#include "mem.h"

#define point bayesopt_inner_point

double bayesopt_inner_incumbent (const Bayesopt *opt, bool told_alone, int *row) {
  double best = INFINITY;
  for (int r = 0; r < gp_size(opt->gp) && r < opt->rows; r++) {
    if ((told_alone && opt->own[r] == 0) || !(gp_mean_at(opt->gp, r) < best)) continue;
    best = gp_mean_at(opt->gp, r);
    if (row != NULL) *row = r;
  }
  return best;
}

int bayesopt_inner_trial (const Bayesopt *opt, int row) {
  const size_t size = (size_t)opt->options.space.d * sizeof(double);
  const double *u = point(opt, opt->row_u, row);
  int i = 0;
  while (opt->failed[i] || opt->variance[i] != opt->v[row] || memcmp(point(opt, opt->u, i), u, size) != 0) i++;
  return i;
}

/* From the model's standard units. */
static double loss_of (const Bayesopt *opt, double z) {
  const double loss = warp_back(&opt->state.warp, gp_center(opt->gp) + gp_scale(opt->gp) * z);
  return fmin(fmax(loss, -DBL_MAX), DBL_MAX);
}

Status bayesopt_best (const Bayesopt *opt, double *x, double *mean) {
  int row = -1;
  if (gp_size(opt->gp) == 0) return STATUS_TOO_FEW;
  *mean = loss_of(opt, bayesopt_inner_incumbent(opt, true, &row));
  if (row < 0) return STATUS_TOO_FEW;
  memcpy(x, point(opt, opt->x, bayesopt_inner_trial(opt, row)), (size_t)opt->options.space.d * sizeof *x);
  return STATUS_OK;
}

Status bayesopt_predict (const Bayesopt *opt, const double *x, double *mean, double *deviation) {
  double u[SPACE_DIMENSIONS], variance;
  if (!space_contains(&opt->options.space, x)) return STATUS_BAD_ARGUMENT;
  if (gp_size(opt->gp) == 0) return STATUS_TOO_FEW;
  double *work = mem_alloc(gp_work(opt->gp), sizeof *work);
  if (work == NULL) return STATUS_NO_MEMORY;
  space_to_unit(&opt->options.space, x, u);
  gp_posterior(opt->gp, 1, u, work, mean, &variance);
  const double z = *mean, sigma = sqrt(variance);
  *mean = loss_of(opt, z);
  *deviation = isinf(opt->state.warp.knee) ? gp_scale(opt->gp) * sigma : loss_of(opt, z + sigma) / 2 - loss_of(opt, z - sigma) / 2;
  mem_free(work);
  return STATUS_OK;
}

int bayesopt_size (const Bayesopt *opt) { return opt->n - opt->recalled; }
int bayesopt_recalled (const Bayesopt *opt) { return opt->recalled; }
int bayesopt_pending (const Bayesopt *opt) { return opt->pending.n; }
int bayesopt_queued (const Bayesopt *opt) { return opt->queue.n; }
const Space *bayesopt_space (const Bayesopt *opt) { return &opt->options.space; }
const Gp *bayesopt_model (const Bayesopt *opt) { return opt->gp; }

const double *bayesopt_pending_point (const Bayesopt *opt, int i) {
  return opt->pending.x + (size_t)i * (size_t)opt->options.space.d;
}

const double *bayesopt_queued_point (const Bayesopt *opt, int i) {
  return opt->queue.x + (size_t)i * (size_t)opt->options.space.d;
}

BayesoptTrial bayesopt_trial (const Bayesopt *opt, int i) {
  i = i < opt->n - opt->recalled ? opt->recalled + i : i - (opt->n - opt->recalled);
  return (BayesoptTrial){ point(opt, opt->x, i), opt->loss[i], opt->variance[i], opt->failed[i] };
}

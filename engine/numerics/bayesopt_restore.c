/* bayesopt_restore.c -- the state of an optimiser, and an optimiser from it. */
#include <math.h>

#include "bayesopt_inner.h"

BayesoptState bayesopt_state (const Bayesopt *opt) { return opt->state; }

static bool points_usable (const Bayesopt *opt, int n, const double *X) {
  for (int i = 0; i < n; i++)
    if (!space_contains(&opt->options.space, X + (size_t)i * (size_t)opt->options.space.d)) return false;
  return true;
}

static bool record_usable (const Bayesopt *opt, const BayesoptState *s, const BayesoptRecord *r) {
  const int n = r->recalled + r->told;
  for (int i = 0; i < n; i++) if (!(r->variance[i] >= 0 && isfinite(r->variance[i]))) return false;
  for (int i = 0; i < BAYESOPT_PORTFOLIO; i++) if (!isfinite(s->gain[i])) return false;
  if (!isfinite(s->warp.floor) || !(s->warp.knee > 0) || s->knee < 0 || s->knee >= WARP_CHOICES) return false;
  for (int i = 0; i < BAYESOPT_PORTFOLIO * opt->options.space.d && s->proposed; i++)
    if (!(s->proposal[i] >= 0 && s->proposal[i] <= 1)) return false;
  return r->pending <= BAYESOPT_PENDING && r->queued <= BAYESOPT_PENDING && s->settled >= 0 && s->settled <= n && s->fitted >= 0
      && s->fitted <= n && points_usable(opt, n, r->X) && points_usable(opt, r->pending, r->pending_points)
      && points_usable(opt, r->queued, r->queued_points);
}

Status bayesopt_restore (Bayesopt *opt, const BayesoptState *state, const BayesoptRecord *r) {
  const int n = r->recalled + r->told;
  const size_t d = (size_t)opt->options.space.d;
  if (!record_usable(opt, state, r)) return STATUS_BAD_ARGUMENT;
  Status status = bayesopt_inner_reserve(opt, n);
  if (status == STATUS_OK) status = gp_set_state(opt->gp, r->model_size, r->model);
  if (status != STATUS_OK) return status;
  opt->recalled = r->recalled;
  opt->state = *state;
  for (int i = 0; i < n; i++) bayesopt_inner_push(opt, r->X + (size_t)i * d, r->loss[i], r->variance[i]);
  bayesopt_inner_merge_all(opt, state->settled);
  if (opt->rows > 0) status = bayesopt_inner_inform(opt, gp_condition);
  for (int i = state->settled; i < n && status == STATUS_OK; i++) status = bayesopt_inner_update(opt, i);
  for (int i = 0; i < r->pending; i++) bayesopt_inner_add(opt, &opt->pending, r->pending_points + (size_t)i * d);
  for (int i = 0; i < r->queued; i++) bayesopt_inner_add(opt, &opt->queue, r->queued_points + (size_t)i * d);
  return status;
}

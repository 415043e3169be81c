/* bayesopt_model.c -- what the model is told of the trials, and when it is fitted again. */
#include <math.h>

#include "bayesopt_inner.h"
#include "mem.h"

enum { ALWAYS = 100, SHARE = 20 };   /* fit at every tell up to ALWAYS rows, then at every SHAREth more */
enum { EVERY_WARP = 24, NOW_AND_THEN = 16, LAST_WARP = 128 };   /* choose a warp at every fit up to 24 rows, at every 16th up to 128 */

/* A loss this many deviations out has the standard units taken anew. */
static const double OUTLYING = 20;

#define point bayesopt_inner_point

static void warp_row (Bayesopt *opt, int r) {
  const Warp *w = &opt->state.warp;
  const double slope = warp_slope(w, opt->y[r]);
  opt->warped[r] = warp_of(w, opt->y[r]);
  opt->error[r] = fmin(opt->v[r] / opt->times[r] * slope * slope, 1e300);
}

Status bayesopt_inner_inform (Bayesopt *opt, Status (*how) (Gp *, const GpData *)) {
  double within = 0;
  for (int r = 0; r < opt->rows; r++) {
    warp_row(opt, r);
    within += opt->scatter[r] * pow(warp_slope(&opt->state.warp, opt->y[r]), 2);
  }
  return how(opt->gp, &(GpData){
    .n = opt->rows, .X = opt->row_u, .y = opt->warped, .variance = opt->error, .times = opt->times, .within = fmin(within, 1e300),
  });
}

static int choices_of (const Bayesopt *opt, Warp *choices) {
  const GpHyper *h = &opt->options.model.given;
  choices[0] = (Warp){ 0, INFINITY };
  if (!opt->options.warp || !isnan(h->signal) || !isnan(h->noise) || !isnan(h->mean)) return 1;
  return warp_choices(opt->rows, opt->y, opt->warped, choices);
}

/* ln of the density of the losses, not of the warped ones. */
static double worth_of (const Bayesopt *opt) {
  double sum = gp_worth(opt->gp);
  for (int r = 0; r < opt->rows; r++) sum += opt->times[r] * log(warp_slope(&opt->state.warp, opt->y[r]));
  return sum;
}

/* Fit with each warp, all from where the last fit ended, and stay with the best. 'before' is the state of the model then,
 * 'best' room for the largest. */
static Status fit_warps (Bayesopt *opt, int n, const Warp *choices, int size, const double *before, double *best) {
  double most = -INFINITY;
  int chosen = 0, best_size = 0;
  Status status = STATUS_OK;
  for (int i = 0; i < n && status == STATUS_OK; i++) {
    opt->state.warp = choices[i];
    gp_set_state(opt->gp, size, before);
    status = bayesopt_inner_inform(opt, gp_weigh);
    if (status != STATUS_OK || !(worth_of(opt) > most)) continue;
    most = worth_of(opt);
    chosen = i;
    best_size = gp_state_size(opt->gp);
    gp_state(opt->gp, best);
  }
  opt->state.knee = chosen;
  if (status != STATUS_OK) return status;
  opt->state.warp = choices[chosen];
  if (best_size > 0) gp_set_state(opt->gp, best_size, best);
  return bayesopt_inner_inform(opt, gp_condition);
}

static Status fit (Bayesopt *opt) {
  Warp choices[WARP_CHOICES];
  const int n = choices_of(opt, choices), size = gp_state_size(opt->gp);
  const bool choose = opt->rows <= EVERY_WARP || (opt->rows % NOW_AND_THEN == 0 && opt->rows <= LAST_WARP);
  if (n == 1 || !choose) {
    if (opt->state.knee >= n) opt->state.knee = 0;
    opt->state.warp = choices[opt->state.knee];
    return bayesopt_inner_inform(opt, gp_fit);
  }
  double *before = mem_alloc((size_t)(size + GP_STATE_MOST), sizeof *before);
  if (before == NULL) return STATUS_NO_MEMORY;
  gp_state(opt->gp, before);
  const Status status = fit_warps(opt, n, choices, size, before, before + size);
  mem_free(before);
  return status;
}

static bool is_due (const Bayesopt *opt) {
  return !gp_is_given(opt->gp) && (opt->rows <= ALWAYS || opt->rows >= opt->state.fitted + opt->state.fitted / SHARE);
}

static bool needs_units (const Bayesopt *opt) {
  const int n = opt->rows;
  return (n & (n - 1)) == 0 || fabs(warp_of(&opt->state.warp, opt->y[n - 1]) - gp_center(opt->gp)) > OUTLYING * gp_scale(opt->gp);
}

Status bayesopt_inner_update (Bayesopt *opt, int i) {
  if (opt->failed[i]) return STATUS_OK;
  const bool fresh = bayesopt_inner_merge(opt, i);
  if (is_due(opt)) {
    const Status status = fit(opt);
    opt->state.fitted = opt->rows;
    opt->state.settled = i + 1;
    return status;
  }
  if (fresh && !needs_units(opt)) {
    const int r = opt->rows - 1;
    warp_row(opt, r);
    return gp_append(opt->gp, point(opt, opt->row_u, r), opt->warped[r], opt->error[r]);
  }
  opt->state.settled = i + 1;
  return bayesopt_inner_inform(opt, gp_condition);
}

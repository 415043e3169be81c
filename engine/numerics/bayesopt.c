#include "bayesopt.h"

#include <math.h>
#include <string.h>

#include "bayesopt_inner.h"
#include "mem.h"

/* ---- making and ending ---- */

BayesoptOptions bayesopt_options (int d) {
  BayesoptOptions o = {
    .model = gp_options(KERNEL_MATERN52, d), .acquisition = ACQUISITION_EI, .kappa = 2, .initial = -1, .warp = true, .seed = 1,
  };
  o.model.integrate = true;
  o.space.d = d;
  return o;
}

/* The model sees the unit box, so a given length shrinks with the width of its axis. */
static GpOptions model_options (const BayesoptOptions *o) {
  GpOptions g = o->model;
  g.kernel.d = o->space.d;
  g.kernel.categories = space_categories(&o->space);
  for (int i = 0; i < o->space.d; i++) {
    if (!(g.kernel.categories >> i & 1)) g.given.length[i] /= space_width(&o->space, i);
    g.span[i] = 1;
  }
  return g;
}

static int default_initial (int d) {
  return d == 1 ? 5 : d + 2 < 10 ? d + 2 : 10;
}

Status bayesopt_new (Bayesopt **out, const BayesoptOptions *options, Problem *problem) {
  *out = NULL;
  Status status = space_check(&options->space, problem);
  if (status != STATUS_OK) return status;
  if (!(options->kappa >= 0 && isfinite(options->kappa)))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "kappa must be finite and at least 0, not %g", options->kappa);
  if (options->budget < 0) return problem_set(problem, STATUS_BAD_ARGUMENT, "budget must be at least 0, not %d", options->budget);
  Bayesopt *opt = mem_alloc(1, sizeof *opt);
  if (opt == NULL) return STATUS_NO_MEMORY;
  opt->options = *options;
  if (options->initial < 0) opt->options.initial = default_initial(options->space.d);
  opt->state.random = random_seeded(options->seed);
  for (int i = 0; i < options->space.d; i++) opt->shift[i] = random_uniform(&opt->state.random);
  opt->learnt = -1;
  opt->state.warp.knee = INFINITY;
  const GpOptions model = model_options(options);
  status = gp_new(&opt->gp, &model);
  if (status == STATUS_BAD_ARGUMENT)
    problem_set(problem, status, "length and signal must be finite and above 0, noise at least 0, mean finite, "
      "deviations of priors above 0");
  if (status == STATUS_OK) status = feasibility_new(&opt->feasibility, &model.kernel);
  if (status != STATUS_OK) bayesopt_free(opt);
  else *out = opt;
  return status;
}

void bayesopt_free (Bayesopt *opt) {
  if (opt == NULL) return;
  gp_free(opt->gp);
  feasibility_free(opt->feasibility);
  search_room_free(&opt->room);
  mem_free(opt->x);
  mem_free(opt->failed);
  mem_free(opt);
}

/* ---- telling ---- */

static Status add (Bayesopt *opt, const double *x, double loss, double variance) {
  if (!space_contains(&opt->options.space, x) || !(variance >= 0 && isfinite(variance))) return STATUS_BAD_ARGUMENT;
  Status status = bayesopt_inner_reserve(opt, opt->n + 1);
  const int size = gp_state_size(opt->gp);
  double *state = mem_alloc((size_t)size, sizeof *state);
  if (status != STATUS_OK || state == NULL) {
    mem_free(state);
    return STATUS_NO_MEMORY;
  }
  const BayesoptState before = opt->state;
  gp_state(opt->gp, state);
  bayesopt_inner_push(opt, x, loss, variance);
  status = bayesopt_inner_update(opt, opt->n - 1);
  if (status != STATUS_OK) {  /* as if never told; the model has its room already */
    opt->n--;
    opt->failures -= opt->failed[opt->n];
    opt->state = before;
    bayesopt_inner_merge_all(opt, opt->n);
    opt->state.settled = opt->n;
    gp_set_state(opt->gp, size, state);
    if (bayesopt_inner_inform(opt, gp_condition) != STATUS_OK) opt->state.settled = 0;
  }
  mem_free(state);
  return status;
}

Status bayesopt_tell (Bayesopt *opt, const double *x, double loss, double variance) {
  const Status status = add(opt, x, loss, variance);
  if (status == STATUS_OK) bayesopt_drop(opt, x);
  return status;
}

Status bayesopt_recall (Bayesopt *opt, const double *x, double loss, double variance) {
  if (opt->n > opt->recalled) return STATUS_BAD_ARGUMENT;
  opt->recalled++;
  const Status status = add(opt, x, loss, variance);
  if (status != STATUS_OK) opt->recalled--;
  return status;
}

#include "minimize.h"

#include <math.h>
#include <string.h>

#include <nlopt.h>

#include "mem.h"

static const nlopt_algorithm ALGORITHM[] = {
  [MINIMIZE_LBFGS] = NLOPT_LD_LBFGS,
  [MINIMIZE_NELDER_MEAD] = NLOPT_LN_NELDERMEAD,
};

/* NLopt may end on a point other than the best one it met, so the best is
 * kept here. */
typedef struct Search {
  MinimizeFunction *f;
  void *context;
  double best;
  double *best_x;   /* [n] */
} Search;

static double evaluate (unsigned n, const double *x, double *gradient, void *data) {
  Search *search = data;
  const double value = search->f((int)n, x, gradient, search->context);
  if (!isfinite(value)) {
    if (gradient != NULL) memset(gradient, 0, n * sizeof *gradient);
    return 1e300;   /* finite: a line search can back away from it */
  }
  if (value < search->best) {
    search->best = value;
    memcpy(search->best_x, x, n * sizeof *x);
  }
  return value;
}

static MinimizeEnd kind_of_end (nlopt_result result) {
  if (result == NLOPT_MAXEVAL_REACHED) return MINIMIZE_OUT_OF_EVALUATIONS;
  return result > 0 ? MINIMIZE_CONVERGED : MINIMIZE_STALLED;
}

static nlopt_result run (nlopt_opt nlopt, const Minimize *options, Search *search,
                         const double *lower, const double *upper, double *x) {
  double ignored;
  nlopt_set_min_objective(nlopt, evaluate, search);
  nlopt_set_lower_bounds(nlopt, lower);
  nlopt_set_upper_bounds(nlopt, upper);
  nlopt_set_maxeval(nlopt, options->evaluations);
  nlopt_set_xtol_rel(nlopt, options->x_tolerance);
  nlopt_set_ftol_rel(nlopt, options->f_tolerance);
  if (options->step != NULL) nlopt_set_initial_step(nlopt, options->step);
  return nlopt_optimize(nlopt, x, &ignored);
}

Status minimize (const Minimize *options, int n, MinimizeFunction *f, void *context,
                 const double *lower, const double *upper,
                 double *x, double *value, MinimizeEnd *end) {
  if (n < 1 || options->evaluations < 1) return STATUS_BAD_ARGUMENT;
  for (int i = 0; i < n; i++)
    if (!(lower[i] <= x[i] && x[i] <= upper[i])) return STATUS_BAD_ARGUMENT;

  double *work = mem_alloc(2 * (size_t)n, sizeof *work);
  nlopt_opt nlopt = nlopt_create(ALGORITHM[options->method], (unsigned)n);
  Status status = STATUS_NO_MEMORY;
  if (work != NULL && nlopt != NULL) {
    Search search = { f, context, INFINITY, work + n };
    memcpy(work, x, (size_t)n * sizeof *x);
    const nlopt_result result = run(nlopt, options, &search, lower, upper, work);
    status = result == NLOPT_OUT_OF_MEMORY ? STATUS_NO_MEMORY
           : result == NLOPT_INVALID_ARGS || search.best == INFINITY ? STATUS_BAD_ARGUMENT
           : STATUS_OK;
    if (status == STATUS_OK) {
      memcpy(x, search.best_x, (size_t)n * sizeof *x);
      *value = search.best;
      if (end != NULL) *end = kind_of_end(result);
    }
  }
  nlopt_destroy(nlopt);
  mem_free(work);
  return status;
}

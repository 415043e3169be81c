#include "bayesopt.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "mem.h"
#include "search.h"

struct Bayesopt {
  BayesoptOptions options;
  Gp *gp;                 /* of the trials told; empty until one succeeded */
  Random random;
  double shift[SPACE_DIMENSIONS];  /* of the initial sequence */
  uint64_t designed;
  int n, capacity;        /* trials told */
  double *x, *u;          /* [capacity*d] as told; in the unit box */
  double *loss, *variance;/* [capacity] as told */
  double *y, *v;          /* [capacity] what the model is told */
  int p;                  /* pending */
  double pending[BAYESOPT_PENDING * SPACE_DIMENSIONS];
};

/* A failed trial lies this share of the spread of the others beyond the worst of them. */
static const double BEYOND = 0.25;

static bool failed (double loss) { return !(fabs(loss) <= GP_LARGEST); }

static double *point (const Bayesopt *opt, double *base, int i) {
  return base + (size_t)i * (size_t)opt->options.space.d;
}

/* ---- making and ending ---- */

BayesoptOptions bayesopt_options (void) {
  return (BayesoptOptions){
    .kernel = KERNEL_MATERN52, .acquisition = ACQUISITION_EI, .kappa = 2, .initial = -1, .seed = 1,
    .given = gp_options(KERNEL_MATERN52, 1).given,
  };
}

/* The model sees the unit box, so a given length shrinks with the width of its axis. */
static GpOptions model_options (const BayesoptOptions *o) {
  GpOptions g = gp_options(o->kernel, o->space.d);
  g.given = o->given;
  for (int i = 0; i < o->space.d; i++) {
    g.given.length[i] /= space_width(&o->space, i);
    g.span[i] = 1;
  }
  return g;
}

Status bayesopt_new (Bayesopt **out, const BayesoptOptions *options, Problem *problem) {
  *out = NULL;
  Status status = space_check(&options->space, problem);
  if (status != STATUS_OK) return status;
  if (!(options->kappa >= 0 && isfinite(options->kappa)))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "kappa must be finite and at least 0, not %g", options->kappa);
  Bayesopt *opt = mem_alloc(1, sizeof *opt);
  if (opt == NULL) return STATUS_NO_MEMORY;
  opt->options = *options;
  if (options->initial < 0) opt->options.initial = options->space.d + 2 < 10 ? options->space.d + 2 : 10;
  opt->random = random_seeded(options->seed);
  for (int i = 0; i < options->space.d; i++) opt->shift[i] = random_uniform(&opt->random);
  const GpOptions model = model_options(options);
  status = gp_new(&opt->gp, &model);
  if (status == STATUS_BAD_ARGUMENT)
    problem_set(problem, status, "length and signal must be finite and above 0, noise at least 0, mean finite");
  if (status != STATUS_OK) bayesopt_free(opt);
  else *out = opt;
  return status;
}

void bayesopt_free (Bayesopt *opt) {
  if (opt == NULL) return;
  gp_free(opt->gp);
  mem_free(opt->x);
  mem_free(opt);
}

/* ---- telling ---- */

/* Room for n trials: one block, in the order of the fields. */
static Status reserve (Bayesopt *opt, int n) {
  if (n <= opt->capacity) return STATUS_OK;
  const int capacity = n > 2 * opt->capacity ? n + 16 : 2 * opt->capacity;
  const size_t c = (size_t)capacity, d = (size_t)opt->options.space.d, m = (size_t)opt->n;
  double *block = mem_alloc(c * (2 * d + 4), sizeof *block);
  if (block == NULL) return STATUS_NO_MEMORY;
  double *u = block + c * d, *loss = u + c * d, *variance = loss + c;
  if (m > 0) {
    memcpy(block, opt->x, m * d * sizeof *block);
    memcpy(u, opt->u, m * d * sizeof *block);
    memcpy(loss, opt->loss, m * sizeof *block);
    memcpy(variance, opt->variance, m * sizeof *block);
  }
  mem_free(opt->x);
  opt->x = block;
  opt->u = u;
  opt->loss = loss;
  opt->variance = variance;
  opt->y = variance + c;
  opt->v = opt->y + c;
  opt->capacity = capacity;
  return STATUS_OK;
}

static int successes (const Bayesopt *opt) {
  int count = 0;
  for (int i = 0; i < opt->n; i++) count += !failed(opt->loss[i]);
  return count;
}

/* Where failed trials are placed. */
static double bad_loss (const Bayesopt *opt) {
  double best = INFINITY, worst = -INFINITY;
  for (int i = 0; i < opt->n; i++) {
    if (failed(opt->loss[i])) continue;
    best = fmin(best, opt->loss[i]);
    worst = fmax(worst, opt->loss[i]);
  }
  const double spread = worst > best ? worst - best : worst != 0 ? fabs(worst) : 1;
  return fmin(worst + BEYOND * spread, GP_LARGEST);
}

/* Tell the model all trials there are; without one success it stays empty. */
static Status inform (Bayesopt *opt, Status (*how) (Gp *, int, const double *, const double *, const double *)) {
  const int n = successes(opt) > 0 ? opt->n : 0;
  const double bad = bad_loss(opt);
  for (int i = 0; i < n; i++) {
    opt->y[i] = failed(opt->loss[i]) ? bad : opt->loss[i];
    opt->v[i] = failed(opt->loss[i]) ? 0 : opt->variance[i];
  }
  return how(opt->gp, n, opt->u, opt->y, opt->v);
}

static void push (Bayesopt *opt, const double *x, double loss, double variance) {
  memcpy(point(opt, opt->x, opt->n), x, (size_t)opt->options.space.d * sizeof *x);
  space_to_unit(&opt->options.space, x, point(opt, opt->u, opt->n));
  opt->loss[opt->n] = loss;
  opt->variance[opt->n++] = variance;
}

static void remove_pending (Bayesopt *opt, int i) {
  const size_t d = (size_t)opt->options.space.d;
  memmove(point(opt, opt->pending, i), point(opt, opt->pending, i + 1), (size_t)(opt->p - i - 1) * d * sizeof(double));
  opt->p--;
}

static void add_pending (Bayesopt *opt, const double *x) {
  if (opt->p == BAYESOPT_PENDING) remove_pending(opt, 0);
  memcpy(point(opt, opt->pending, opt->p++), x, (size_t)opt->options.space.d * sizeof *x);
}

static void no_longer_pending (Bayesopt *opt, const double *x) {
  for (int i = 0; i < opt->p; i++)
    if (memcmp(point(opt, opt->pending, i), x, (size_t)opt->options.space.d * sizeof *x) == 0) {
      remove_pending(opt, i);
      return;
    }
}

Status bayesopt_tell (Bayesopt *opt, const double *x, double loss, double variance) {
  if (!space_contains(&opt->options.space, x) || !(variance >= 0 && isfinite(variance))) return STATUS_BAD_ARGUMENT;
  Status status = reserve(opt, opt->n + 1);
  if (status != STATUS_OK) return status;
  double theta[KERNEL_DIMENSIONS + 2];
  const bool modelled = successes(opt) > 0;
  gp_theta(opt->gp, theta);
  push(opt, x, loss, variance);
  status = inform(opt, gp_fit);
  if (status == STATUS_OK) {
    no_longer_pending(opt, x);
  } else {  /* as if never told; that needs no memory */
    opt->n--;
    if (modelled) gp_set_theta(opt->gp, theta);
    inform(opt, gp_condition);
  }
  return status;
}

/* ---- asking ---- */

/* Told and pending points in the unit box: u[(n+p)*d]. */
static void collect_taken (const Bayesopt *opt, double *u) {
  const size_t d = (size_t)opt->options.space.d;
  if (opt->n > 0) memcpy(u, opt->u, (size_t)opt->n * d * sizeof *u);
  for (int i = 0; i < opt->p; i++)
    space_to_unit(&opt->options.space, bayesopt_pending_point(opt, i), u + (size_t)(opt->n + i) * d);
}

/* The next point of the initial sequence that is not taken, if any of the next 100 is free. */
static void design (Bayesopt *opt, const double *taken, double *u) {
  for (int i = 0; i < 100; i++) {
    search_sequence(opt->options.space.d, opt->designed++, opt->shift, u);
    space_snap(&opt->options.space, u);
    if (!search_taken(&opt->options.space, opt->n + opt->p, taken, u)) return;
  }
}

/* The least posterior mean at a point told: the incumbent where losses are noisy. */
static double incumbent (const Bayesopt *opt, int *which) {
  double best = INFINITY;
  for (int i = 0; i < opt->n; i++) {
    if (failed(opt->loss[i]) || !(gp_mean_at(opt->gp, i) < best)) continue;
    best = gp_mean_at(opt->gp, i);
    if (which != NULL) *which = i;
  }
  return best;
}

/* Let the model believe that pending points came out as it expects. */
static Status assume_pending (Bayesopt *opt, const double *u) {
  Status status = STATUS_OK;
  for (int i = 0; i < opt->p && status == STATUS_OK; i++) {
    double mean, variance, *work = mem_alloc(gp_work(opt->gp), sizeof *work);
    if (work == NULL) return STATUS_NO_MEMORY;
    const double *at = u + (size_t)i * (size_t)opt->options.space.d;
    gp_predict(opt->gp, at, work, &mean, &variance);
    mem_free(work);
    status = gp_append(opt->gp, at, mean, 0);
  }
  return status;
}

static Status search (Bayesopt *opt, const double *taken, double *u) {
  const int n = opt->n;
  const Acquisition acquisition = {
    .kind = opt->options.acquisition, .kappa = opt->options.kappa, .best = incumbent(opt, NULL),
  };
  Random random = opt->random;
  Status status = assume_pending(opt, taken + (size_t)n * (size_t)opt->options.space.d);
  if (status == STATUS_OK)
    status = search_best(&opt->options.space, opt->gp, &acquisition, n + opt->p, taken, &random, u);
  gp_truncate(opt->gp, n);
  if (status == STATUS_OK) opt->random = random;
  return status;
}

Status bayesopt_ask (Bayesopt *opt, double *x) {
  double u[SPACE_DIMENSIONS];
  double *taken = mem_alloc((size_t)(opt->n + opt->p) * (size_t)opt->options.space.d, sizeof *taken);
  if (taken == NULL) return STATUS_NO_MEMORY;
  Status status = STATUS_OK;
  collect_taken(opt, taken);
  if (gp_size(opt->gp) == 0 || opt->n + opt->p < opt->options.initial) design(opt, taken, u);
  else status = search(opt, taken, u);
  mem_free(taken);
  if (status != STATUS_OK) return status;
  space_from_unit(&opt->options.space, u, x);
  add_pending(opt, x);
  return STATUS_OK;
}

/* ---- reading ---- */

Status bayesopt_best (const Bayesopt *opt, double *x, double *mean) {
  int i = 0;
  if (gp_size(opt->gp) == 0) return STATUS_TOO_FEW;
  *mean = gp_center(opt->gp) + gp_scale(opt->gp) * incumbent(opt, &i);
  memcpy(x, point(opt, opt->x, i), (size_t)opt->options.space.d * sizeof *x);
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
  *mean = gp_center(opt->gp) + gp_scale(opt->gp) * *mean;
  *deviation = gp_scale(opt->gp) * sqrt(variance);
  mem_free(work);
  return STATUS_OK;
}

int bayesopt_size (const Bayesopt *opt) { return opt->n; }
int bayesopt_pending (const Bayesopt *opt) { return opt->p; }
const Space *bayesopt_space (const Bayesopt *opt) { return &opt->options.space; }

const double *bayesopt_pending_point (const Bayesopt *opt, int i) {
  return opt->pending + (size_t)i * (size_t)opt->options.space.d;
}

BayesoptTrial bayesopt_trial (const Bayesopt *opt, int i) {
  return (BayesoptTrial){ point(opt, opt->x, i), opt->loss[i], opt->variance[i], failed(opt->loss[i]) };
}

/* ---- saving ---- */

BayesoptState bayesopt_state (const Bayesopt *opt) {
  BayesoptState state = { .random = opt->random, .designed = opt->designed };
  gp_theta(opt->gp, state.theta);
  return state;
}

Status bayesopt_restore (Bayesopt *opt, const BayesoptState *state, int m, const double *X, const double *loss,
                         const double *variance, int p, const double *P) {
  const size_t d = (size_t)opt->options.space.d;
  if (p > BAYESOPT_PENDING) return STATUS_BAD_ARGUMENT;
  for (size_t i = 0; i < (size_t)m; i++)
    if (!space_contains(&opt->options.space, X + i * d) || !(variance[i] >= 0 && isfinite(variance[i]))) return STATUS_BAD_ARGUMENT;
  for (size_t i = 0; i < (size_t)p; i++)
    if (!space_contains(&opt->options.space, P + i * d)) return STATUS_BAD_ARGUMENT;
  const Status status = reserve(opt, m);
  if (status != STATUS_OK) return status;
  for (size_t i = 0; i < (size_t)m; i++) push(opt, X + i * d, loss[i], variance[i]);
  for (size_t i = 0; i < (size_t)p; i++) add_pending(opt, P + i * d);
  opt->random = state->random;
  opt->designed = state->designed;
  if (successes(opt) > 0) gp_set_theta(opt->gp, state->theta);
  return inform(opt, gp_condition);
}

#include "bayesopt.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "bayesopt_inner.h"
#include "mem.h"

enum { ALWAYS = 100, SHARE = 20 };   /* fit at every tell up to ALWAYS rows, then at every SHAREth more */
enum { EVERY_WARP = 24, NOW_AND_THEN = 16, LAST_WARP = 128 };   /* choose a warp at every fit up to 24 rows, at every 16th up to 128 */

/* A loss this many deviations out has the standard units taken anew. */
static const double OUTLYING = 20;

static bool is_failed (double loss) { return !(fabs(loss) <= GP_LARGEST); }

#define point bayesopt_inner_point

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
  mem_free(opt->x);
  mem_free(opt->failed);
  mem_free(opt);
}

/* ---- points ---- */

void bayesopt_inner_add (const Bayesopt *opt, Points *points, const double *x) {
  if (points->n == BAYESOPT_PENDING) bayesopt_inner_remove(opt, points, 0);
  memcpy(point(opt, points->x, points->n++), x, (size_t)opt->options.space.d * sizeof *x);
}

void bayesopt_inner_remove (const Bayesopt *opt, Points *points, int i) {
  const size_t d = (size_t)opt->options.space.d;
  points->n--;
  memmove(point(opt, points->x, i), point(opt, points->x, i + 1), (size_t)(points->n - i) * d * sizeof(double));
}

bool bayesopt_drop (Bayesopt *opt, const double *x) {
  for (int i = 0; i < opt->pending.n; i++)
    if (memcmp(point(opt, opt->pending.x, i), x, (size_t)opt->options.space.d * sizeof *x) == 0) {
      bayesopt_inner_remove(opt, &opt->pending, i);
      return true;
    }
  return false;
}

/* ---- trials ---- */

/* Room for n trials: one block, in the order of the fields. */
static Status reserve (Bayesopt *opt, int n) {
  if (n <= opt->capacity) return STATUS_OK;
  const int capacity = n > 2 * opt->capacity ? n + 16 : 2 * opt->capacity;
  const size_t c = (size_t)capacity, d = (size_t)opt->options.space.d, old = (size_t)opt->capacity;
  double *block = mem_alloc(c * (3 * d + 9), sizeof *block);
  bool *failed = mem_alloc(c, sizeof *failed);
  if (block == NULL || failed == NULL) {
    mem_free(block);
    mem_free(failed);
    return STATUS_NO_MEMORY;
  }
  double **const fields[] = { &opt->x, &opt->u, &opt->row_u, &opt->loss, &opt->variance, &opt->y, &opt->v, &opt->scatter, &opt->warped,
    &opt->error, &opt->times, &opt->own };
  double *const before = opt->x, *at = block;
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    const size_t width = i < 3 ? d : 1;
    if (old > 0) memcpy(at, *fields[i], old * width * sizeof *at);
    *fields[i] = at;
    at += c * width;
  }
  if (old > 0) memcpy(failed, opt->failed, old * sizeof *failed);
  mem_free(before);
  mem_free(opt->failed);
  opt->failed = failed;
  opt->capacity = capacity;
  return STATUS_OK;
}

/* The row that trial i belongs to: one at its point with its variance, or a new one. */
static int row_of (const Bayesopt *opt, int i) {
  const size_t size = (size_t)opt->options.space.d * sizeof(double);
  const double *u = point(opt, opt->u, i);
  for (int r = 0; r < opt->rows; r++)
    if (memcmp(point(opt, opt->row_u, r), u, size) == 0 && opt->v[r] == opt->variance[i]) return r;
  return opt->rows;
}

/* Put trial i among the rows (Welford's mean and sum of squares). Says whether it made a new one. */
static bool merge (Bayesopt *opt, int i) {
  const int r = row_of(opt, i);
  const bool fresh = r == opt->rows;
  if (fresh) {
    memcpy(point(opt, opt->row_u, r), point(opt, opt->u, i), (size_t)opt->options.space.d * sizeof(double));
    opt->y[r] = opt->times[r] = opt->own[r] = opt->scatter[r] = 0;
    opt->v[r] = opt->variance[i];
    opt->rows++;
  }
  const double off = opt->loss[i] - opt->y[r];
  opt->times[r]++;
  opt->own[r] += i >= opt->recalled;
  opt->y[r] = fresh ? opt->loss[i] : opt->y[r] + off / opt->times[r];
  if (!fresh) opt->scatter[r] += off * (opt->loss[i] - opt->y[r]);
  return fresh;
}

/* ---- the model ---- */

static void warp_row (Bayesopt *opt, int r) {
  const Warp *w = &opt->state.warp;
  const double slope = warp_slope(w, opt->y[r]);
  opt->warped[r] = warp_of(w, opt->y[r]);
  opt->error[r] = fmin(opt->v[r] / opt->times[r] * slope * slope, 1e300);
}

/* Needs no memory where the model has had as many rows and components before. */
static Status inform (Bayesopt *opt, Status (*how) (Gp *, const GpData *)) {
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
    status = inform(opt, gp_weigh);
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
  return inform(opt, gp_condition);
}

static Status fit (Bayesopt *opt) {
  Warp choices[WARP_CHOICES];
  const int n = choices_of(opt, choices), size = gp_state_size(opt->gp);
  const bool choose = opt->rows <= EVERY_WARP || (opt->rows % NOW_AND_THEN == 0 && opt->rows <= LAST_WARP);
  if (n == 1 || !choose) {
    if (opt->state.knee >= n) opt->state.knee = 0;
    opt->state.warp = choices[opt->state.knee];
    return inform(opt, gp_fit);
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

/* Tell the model of trial i, the last. */
static Status update (Bayesopt *opt, int i) {
  if (opt->failed[i]) return STATUS_OK;
  const bool fresh = merge(opt, i);
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
  return inform(opt, gp_condition);
}

static void push (Bayesopt *opt, const double *x, double loss, double variance) {
  memcpy(point(opt, opt->x, opt->n), x, (size_t)opt->options.space.d * sizeof *x);
  space_to_unit(&opt->options.space, x, point(opt, opt->u, opt->n));
  opt->loss[opt->n] = loss;
  opt->failed[opt->n] = is_failed(loss);
  opt->failures += opt->failed[opt->n];
  opt->variance[opt->n++] = variance;
}

/* All trials from the first, as if they were told again; the model is not. */
static void merge_all (Bayesopt *opt, int n) {
  opt->rows = 0;
  for (int i = 0; i < n; i++) if (!opt->failed[i]) merge(opt, i);
}

static Status add (Bayesopt *opt, const double *x, double loss, double variance) {
  if (!space_contains(&opt->options.space, x) || !(variance >= 0 && isfinite(variance))) return STATUS_BAD_ARGUMENT;
  Status status = reserve(opt, opt->n + 1);
  const int size = gp_state_size(opt->gp);
  double *state = mem_alloc((size_t)size, sizeof *state);
  if (status != STATUS_OK || state == NULL) {
    mem_free(state);
    return STATUS_NO_MEMORY;
  }
  const BayesoptState before = opt->state;
  gp_state(opt->gp, state);
  push(opt, x, loss, variance);
  status = update(opt, opt->n - 1);
  if (status != STATUS_OK) {  /* as if never told; the model has its room already */
    opt->n--;
    opt->failures -= opt->failed[opt->n];
    opt->state = before;
    merge_all(opt, opt->n);
    opt->state.settled = opt->n;
    gp_set_state(opt->gp, size, state);
    if (inform(opt, gp_condition) != STATUS_OK) opt->state.settled = 0;
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

/* ---- reading ---- */

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

/* ---- saving ---- */

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
  Status status = reserve(opt, n);
  if (status == STATUS_OK) status = gp_set_state(opt->gp, r->model_size, r->model);
  if (status != STATUS_OK) return status;
  opt->recalled = r->recalled;
  opt->state = *state;
  for (int i = 0; i < n; i++) push(opt, r->X + (size_t)i * d, r->loss[i], r->variance[i]);
  merge_all(opt, state->settled);
  if (opt->rows > 0) status = inform(opt, gp_condition);
  for (int i = state->settled; i < n && status == STATUS_OK; i++) status = update(opt, i);
  for (int i = 0; i < r->pending; i++) bayesopt_inner_add(opt, &opt->pending, r->pending_points + (size_t)i * d);
  for (int i = 0; i < r->queued; i++) bayesopt_inner_add(opt, &opt->queue, r->queued_points + (size_t)i * d);
  return status;
}

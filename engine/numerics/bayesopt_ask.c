/* bayesopt_ask.c -- which point to try next. */
#include <math.h>
#include <string.h>

#include "bayesopt_inner.h"
#include "mem.h"

#define point bayesopt_inner_point

/* A failure is worth this share of the spread of the losses beyond the worst. */
static const double BEYOND = 0.25;

/* A trial that exploits must promise more than this, of the standard deviation of the losses; and this share of the
 * deviations of noise and model. */
static const double LEAST_GAIN = 1e-6, UNSURE = 0.1;

enum { EXPLOIT_EVERY = 3 };

/* ---- before the model ---- */

Status bayesopt_suggest (Bayesopt *opt, const double *x) {
  if (!space_contains(&opt->options.space, x) || opt->queue.n == BAYESOPT_PENDING) return STATUS_BAD_ARGUMENT;
  bayesopt_inner_add(opt, &opt->queue, x);
  return STATUS_OK;
}

/* Told and pending points in the unit box: u[(n+p)*d]. */
static void collect_taken (const Bayesopt *opt, double *u) {
  const size_t d = (size_t)opt->options.space.d;
  if (opt->n > 0) memcpy(u, opt->u, (size_t)opt->n * d * sizeof *u);
  for (int i = 0; i < opt->pending.n; i++)
    space_to_unit(&opt->options.space, bayesopt_pending_point(opt, i), u + (size_t)(opt->n + i) * d);
}

/* The next point of the initial sequence that is not taken, if any of the next 100 is free. */
static void design (Bayesopt *opt, const double *taken, double *u) {
  for (int i = 0; i < 100; i++) {
    search_sequence(opt->options.space.d, opt->state.designed++, opt->shift, u);
    space_snap(&opt->options.space, u);
    if (!search_taken(&opt->options.space, opt->n + opt->pending.n, taken, u)) return;
  }
}

/* ---- with the model ---- */

static double worst_value (const Bayesopt *opt) {
  double low = INFINITY, high = -INFINITY;
  for (int r = 0; r < opt->rows; r++) {
    const double y = (opt->warped[r] - gp_center(opt->gp)) / gp_scale(opt->gp);
    low = fmin(low, y);
    high = fmax(high, y);
  }
  return high + BEYOND * (high > low ? high - low : 1);
}

/* What the next loss is expected to come with beside the noise, as those told did in the mean; standardised. */
static double expected_variance (const Bayesopt *opt) {
  const double scale = gp_scale(opt->gp);
  double sum = 0, count = 0;
  for (int r = 0; r < opt->rows; r++) {
    if (opt->own[r] == 0) continue;
    sum += opt->error[r] * opt->times[r] / scale / scale;
    count++;
  }
  return count > 0 ? fmin(sum / count, 1e30) : 0;
}

static Status learn_failures (Bayesopt *opt) {
  if (opt->failures == 0 || opt->learnt == opt->n) return STATUS_OK;
  const Status status = feasibility_learn(opt->feasibility, opt->n, opt->u, opt->failed);
  opt->learnt = status == STATUS_OK ? opt->n : -1;
  return status;
}

static Search task (Bayesopt *opt, AcquisitionKind kind, double kappa, const double *taken) {
  int row = -1;
  const double best = bayesopt_inner_incumbent(opt, false, &row);
  const bool risky = opt->failures > 0, wants_best = row >= 0 && opt->options.space.d > 1;
  return (Search){
    .space = &opt->options.space, .gp = opt->gp, .acquisition = { kind, kappa, best, 0 },
    .feasibility = risky ? opt->feasibility : NULL, .worst = risky ? worst_value(opt) : 0,
    .n = opt->n + opt->pending.n, .taken = taken, .pending = opt->pending.n, .best = wants_best ? bayesopt_inner_trial(opt, row) : -1,
    .variance = expected_variance(opt), .shift = opt->shift, .first = (uint64_t)opt->state.fitted * 2048 + 64, .room = &opt->room,
  };
}

/* Hedge of a portfolio (Hoffman, Brochu and de Freitas, "Portfolio allocation for Bayesian optimization", UAI 2011): each
 * acquisition proposes a point; one is drawn with probability proportional to exp(gain), and the gain of each is
 * minus the sum of the posterior means, one tell later, at what it proposed. */
static void reward (Bayesopt *opt, double *work) {
  BayesoptState *s = &opt->state;
  double best = -INFINITY;
  for (int i = 0; i < BAYESOPT_PORTFOLIO && s->proposed; i++) {
    double mean, variance;
    gp_posterior(opt->gp, 1, s->proposal + i * opt->options.space.d, work, &mean, &variance);
    s->gain[i] -= mean;
    best = fmax(best, s->gain[i]);
  }
  for (int i = 0; i < BAYESOPT_PORTFOLIO && s->proposed; i++) s->gain[i] -= best;
  s->proposed = 0;
}

static int draw (BayesoptState *s) {
  double sum = 0;
  for (int i = 0; i < BAYESOPT_PORTFOLIO; i++) sum += exp(s->gain[i]);
  double left = sum * random_uniform(&s->random);
  for (int i = 0; i + 1 < BAYESOPT_PORTFOLIO; i++) if ((left -= exp(s->gain[i])) < 0) return i;
  return BAYESOPT_PORTFOLIO - 1;
}

static Status hedge (Bayesopt *opt, const double *taken, double *u) {
  static const AcquisitionKind PORTFOLIO[BAYESOPT_PORTFOLIO] = { ACQUISITION_EI, ACQUISITION_PI, ACQUISITION_LCB };
  BayesoptState *s = &opt->state;
  const int d = opt->options.space.d;
  double *work = mem_alloc(gp_work(opt->gp), sizeof *work);
  if (work == NULL) return STATUS_NO_MEMORY;
  reward(opt, work);
  mem_free(work);
  Status status = STATUS_OK;
  for (int i = 0; i < BAYESOPT_PORTFOLIO && status == STATUS_OK; i++) {
    const Search search = task(opt, PORTFOLIO[i], opt->options.kappa, taken);
    status = search_best(&search, &s->random, s->proposal + i * d);
  }
  if (status != STATUS_OK) return status;
  s->proposed = 1;
  memcpy(u, s->proposal + draw(s) * d, (size_t)d * sizeof *u);
  return STATUS_OK;
}

/* The last trial of a known budget is spent on what looks best. */
static bool is_last (const Bayesopt *opt) {
  return opt->options.budget > 0 && bayesopt_size(opt) + opt->pending.n == opt->options.budget - 1;
}

/* The best point by one acquisition, or by that of the options. */
static Status by_acquisition (Bayesopt *opt, const double *taken, double *u) {
  if (opt->options.acquisition == ACQUISITION_HEDGE) return hedge(opt, taken, u);
  const Search search = task(opt, opt->options.acquisition, opt->options.kappa, taken);
  return search_best(&search, &opt->state.random, u);
}

/* u[d] = the least posterior mean; *gain is how far it lies below the incumbent, less what rounding, noise and the doubt of the
 * model may explain. */
static Status exploit (Bayesopt *opt, const double *taken, double *u, double *gain) {
  const Search search = task(opt, ACQUISITION_LCB, 0, taken);
  double *work = mem_alloc(gp_work(opt->gp), sizeof *work), mean, variance;
  if (work == NULL) return STATUS_NO_MEMORY;
  const Status status = search_best(&search, &opt->state.random, u);
  if (status == STATUS_OK) {
    gp_posterior(opt->gp, 1, u, work, &mean, &variance);
    const double noise = sqrt(gp_noise(opt->gp, 0));
    *gain = search.acquisition.best - mean - LEAST_GAIN - UNSURE * (noise + sqrt(variance));
  }
  mem_free(work);
  return status;
}

/* Expected improvement alone spends itself on where the minimum might be as well, and comes late to the bottom of
 * what it has found: once the design is twice behind, every third trial may go straight there. */
static bool may_exploit (const Bayesopt *opt) {
  return opt->options.acquisition == ACQUISITION_EI && opt->n % EXPLOIT_EVERY == 0 && opt->n >= 2 * opt->options.initial
      && opt->pending.n == 0;
}

static Status choose (Bayesopt *opt, const double *taken, double *u) {
  double gain = -INFINITY;
  if (is_last(opt)) return exploit(opt, taken, u, &gain);
  const Status status = may_exploit(opt) ? exploit(opt, taken, u, &gain) : STATUS_OK;
  return status != STATUS_OK || gain > 0 ? status : by_acquisition(opt, taken, u);
}

static Status consult (Bayesopt *opt, const double *taken, double *u) {
  const int n = gp_size(opt->gp), d = opt->options.space.d;
  Status status = learn_failures(opt);
  for (int i = 0; i < opt->pending.n && status == STATUS_OK; i++) {
    status = gp_suppose(opt->gp, taken + (size_t)(opt->n + i) * (size_t)d);
    if (status == STATUS_SINGULAR) status = STATUS_OK;   /* a point twice: it is supposed already */
  }
  if (status == STATUS_OK) status = choose(opt, taken, u);
  gp_truncate(opt->gp, n);
  return status;
}

Status bayesopt_ask (Bayesopt *opt, double *x) {
  double u[SPACE_DIMENSIONS];
  if (opt->queue.n > 0) {
    memcpy(x, opt->queue.x, (size_t)opt->options.space.d * sizeof *x);
    bayesopt_inner_remove(opt, &opt->queue, 0);
    bayesopt_inner_add(opt, &opt->pending, x);
    return STATUS_OK;
  }
  double *taken = mem_alloc((size_t)(opt->n + opt->pending.n) * (size_t)opt->options.space.d, sizeof *taken);
  if (taken == NULL) return STATUS_NO_MEMORY;
  const BayesoptState before = opt->state;
  Status status = STATUS_OK;
  collect_taken(opt, taken);
  if (gp_size(opt->gp) == 0 || opt->n + opt->pending.n < opt->options.initial) design(opt, taken, u);
  else status = consult(opt, taken, u);
  mem_free(taken);
  if (status != STATUS_OK) {
    opt->state = before;
    return status;
  }
  space_from_unit(&opt->options.space, u, x);
  bayesopt_inner_add(opt, &opt->pending, x);
  return STATUS_OK;
}

Status bayesopt_worth (Bayesopt *opt, const double *x, double *worth) {
  double u[SPACE_DIMENSIONS];
  if (!space_contains(&opt->options.space, x)) return STATUS_BAD_ARGUMENT;
  if (gp_size(opt->gp) == 0) return STATUS_TOO_FEW;
  const AcquisitionKind kind = opt->options.acquisition;
  const bool own = kind == ACQUISITION_LCB || kind == ACQUISITION_PI;
  const Search search = task(opt, own ? kind : ACQUISITION_EI, opt->options.kappa, opt->u);
  Status status = learn_failures(opt);
  space_to_unit(&opt->options.space, x, u);
  if (status == STATUS_OK) status = search_cost(&search, u, worth);
  *worth = -*worth;
  return status;
}

#include "search.h"

#include <math.h>
#include <string.h>

#include "mem.h"
#include "minimize.h"
#include "search_inner.h"

_Static_assert((int)SPACE_DIMENSIONS == (int)KERNEL_DIMENSIONS, "a space is the domain of a kernel");

const double SEARCH_APART = 1e-6;

enum { GRID = 1025, MIXTURE_GRID = 513, CLOUD = 2048, NEAR = 192, SAMPLED = 512, POLISH_EVALUATIONS = 40 };
enum { STARTS_1D = 3, STARTS = 10, FINER = SEARCH_FINER, COMPONENTS = HYPER_NODES };

static const double PENDING_APART = 1e-3;    /* points on trial together tell more when they spread */
static const double LEAST_VARIANCE = 1e-18;  /* of the signal 1: the deviation has a slope */

/* ---- sequences ---- */

/* The root above 1 of g^(d+1) = g + 1. */
static double golden (int d) {
  double g = 1.5, before = 0;
  for (int i = 0; i < 60 && g != before; i++) {
    before = g;
    g = pow(1 + g, 1.0 / (d + 1));
  }
  return g;
}

static void steps_of (int d, double *step) {
  const double g = golden(d);
  for (int k = 0; k < d; k++) step[k] = pow(g, -(k + 1));
}

static void sequence_point (int d, const double *step, uint64_t i, const double *shift, double *u) {
  for (int k = 0; k < d; k++) {
    const double x = shift[k] + (double)(i % (1u << 30)) * step[k];
    u[k] = x - floor(x);
  }
}

void search_sequence (int d, uint64_t i, const double *shift, double *u) {
  double step[SPACE_DIMENSIONS];
  steps_of(d, step);
  sequence_point(d, step, i, shift, u);
}

static bool too_close (const Space *space, int n, const double *taken, const double *u, double least) {
  const int d = space->d;
  for (int i = 0; i < n; i++) {
    bool same = true;
    for (int k = 0; k < d && same; k++) {
      const double apart = fabs(u[k] - taken[(size_t)i * (size_t)d + (size_t)k]);
      same = space->dimension[k].integer ? apart == 0 : apart < least;  /* integers are snapped */
    }
    if (same) return true;
  }
  return false;
}

bool search_taken (const Space *space, int n, const double *taken, const double *u) {
  return too_close(space, n, taken, u, SEARCH_APART);
}

/* ---- candidates ---- */

/* Every point of a small integer space: the digits of i, dimension by dimension. */
static void lattice_point (const Space *space, int i, double *u) {
  double x[SPACE_DIMENSIONS];
  for (int k = 0; k < space->d; k++) {
    const SpaceDimension *a = &space->dimension[k];
    const int values = (int)(a->high - a->low) + 1;
    x[k] = a->low + i % values;
    i /= values;
  }
  space_to_unit(space, x, u);
}

static bool on_a_grid (const Search *s) { return s->space->d == 1 && space_count(s->space) > CLOUD; }

static int candidates_of (const Search *s) {
  const double points = space_count(s->space);
  if (points <= CLOUD) return (int)points;
  return s->space->d > 1 ? CLOUD : gp_components(s->gp) > 1 ? MIXTURE_GRID : GRID;
}

/* 'm' a power of two and one: the quotients are exact. */
static void place_on_a_line (int m, double *u) {
  const double step = 1.0 / (m - 1);
  for (int i = 0; i < m; i++) u[i] = i * step;
}

static void place_candidates (const Work *w) {
  const Space *space = w->s->space;
  const int d = space->d;
  if (on_a_grid(w->s)) {
    place_on_a_line(w->tracked, w->u);
    for (int i = 0; i < w->tracked && space->dimension[0].integer; i++) space_snap(space, w->u + i);
    return;
  }
  const bool whole = space_count(space) <= CLOUD;
  bool integers = false;
  for (int k = 0; k < d; k++) integers = integers || space->dimension[k].integer;
  double step[SPACE_DIMENSIONS];
  steps_of(d, step);
  for (int i = 0; i < w->tracked; i++) {
    double *u = w->u + (size_t)i * (size_t)d;
    if (whole) lattice_point(space, i, u);
    else sequence_point(d, step, w->s->first + (uint64_t)i, w->s->shift, u);
    if (!whole && integers) space_snap(space, u);
  }
}

/* Points about the incumbent, from a tenth of the box down to a ten-thousandth. */
static void place_near (const Work *w, Random *random) {
  const Space *space = w->s->space;
  const int d = space->d;
  for (int i = w->tracked; i < w->m; i++) {
    const double reach = pow(10, -1 - 3 * random_uniform(random));
    double *u = w->u + (size_t)i * (size_t)d;
    for (int k = 0; k < d; k++) {
      const double centre = w->s->taken[(size_t)w->s->best * (size_t)d + (size_t)k];
      const bool jump = space->dimension[k].integer && random_uniform(random) < 1.0 / d;
      u[k] = jump ? random_uniform(random) : fmin(fmax(centre + reach * random_normal(random), 0), 1);
    }
    space_snap(space, u);
  }
}

/* ---- cost ---- */

/* What failing costs: a probability beside an improvement, a bad loss beside a bound. */
static double with_risk (const Search *s, double cost, double log_feasible) {
  if (s->acquisition.kind != ACQUISITION_LCB) return cost - log_feasible;
  const double p = exp(log_feasible);
  return p * cost + (1 - p) * s->worst;
}

/* Ranks are minus the improvement where 'plain'. */
static void rank_risk (const Work *w, int m, const double *u, bool plain, double *rank) {
  const Search *s = w->s;
  for (int i = 0; i < m && s->feasibility != NULL; i++) {
    const double log_feasible = feasibility_log(s->feasibility, u + (size_t)i * (size_t)s->space->d, w->scratch, NULL);
    rank[i] = plain ? rank[i] * exp(log_feasible) : with_risk(s, rank[i], log_feasible);
  }
}

static void add_risk (const Work *w, int m, const double *u, double *cost) {
  const Search *s = w->s;
  for (int i = 0; i < m && s->feasibility != NULL; i++)
    cost[i] = with_risk(s, cost[i], feasibility_log(s->feasibility, u + (size_t)i * (size_t)s->space->d, w->scratch, NULL));
}

static void weights_of (const Gp *gp, double *weight) {
  for (int k = 0; k < gp_components(gp); k++) weight[k] = gp_weight(gp, k);
}

/* What orders the candidates: those that are tracked, then the others. */
static void rank_all (Work *w) {
  const Search *s = w->s;
  const int near = w->m - w->tracked, n = gp_components(s->gp);
  const double *u = w->u + (size_t)w->tracked * (size_t)s->space->d;
  double weight[COMPONENTS];
  weights_of(s->gp, weight);
  gp_tracked_posterior(s->gp, w->mean, w->variance);
  const bool plain = acquisition_ranks(&s->acquisition, n, weight, w->tracked, w->mean, w->variance, w->cost);
  rank_risk(w, w->tracked, w->u, plain, w->cost);
  w->plain = plain;
  if (near == 0) return;
  double *rank = w->cost + w->tracked;
  gp_components_posterior(s->gp, near, u, w->scratch, w->mean, w->variance);
  const bool plain_near = acquisition_ranks(&s->acquisition, n, weight, near, w->mean, w->variance, rank);
  rank_risk(w, near, u, plain_near, rank);
  for (int i = 0; i < near && plain && !plain_near; i++) rank[i] = -exp(-rank[i]);
  for (int i = 0; i < w->tracked && !plain && plain_near; i++) w->cost[i] = -exp(-w->cost[i]);
}

void search_inner_weigh (const Work *w, int m, const double *u, const double *mean, const double *variance, double *cost) {
  const Search *s = w->s;
  const int n = gp_components(s->gp);
  double weight[COMPONENTS];
  weights_of(s->gp, weight);
  for (int i = 0; i < m; i++) {
    double mu[COMPONENTS], sigma[COMPONENTS];
    for (int k = 0; k < n; k++) {
      mu[k] = mean[k * m + i];
      sigma[k] = sqrt(variance[k * m + i]);
    }
    cost[i] = acquisition_cost(&s->acquisition, n, weight, mu, sigma, NULL);
  }
  add_risk(w, m, u, cost);
}

void search_inner_costs (const Work *w, int m, const double *u, double *cost) {
  double mean[COMPONENTS * FINER], variance[COMPONENTS * FINER];
  gp_components_posterior(w->s->gp, m, u, w->scratch, mean, variance);
  search_inner_weigh(w, m, u, mean, variance, cost);
}

/* By the continuous dimensions alone, which are the n. */
static double cost_at (int n, const double *x, double *gradient, void *context) {
  const Work *w = context;
  const Search *s = w->s;
  const Space *space = s->space;
  const int d = space->d, components = gp_components(s->gp);
  double u[SPACE_DIMENSIONS] = { 0 }, weight[COMPONENTS], mu[COMPONENTS], sigma[COMPONENTS], risk[SPACE_DIMENSIONS] = { 0 };
  GpSlope part[COMPONENTS];
  AcquisitionSlope slope[COMPONENTS];
  (void)n;
  weights_of(s->gp, weight);
  for (int k = 0, j = 0; k < d; k++) u[k] = space->dimension[k].integer ? w->at[k] : x[j++];
  for (int k = 0; k < components; k++) {
    gp_slope(s->gp, k, u, w->scratch, &part[k]);
    mu[k] = part[k].mean;
    sigma[k] = sqrt(fmax(part[k].variance, LEAST_VARIANCE));
  }
  double cost = acquisition_cost(&s->acquisition, components, weight, mu, sigma, slope);
  const double log_feasible = s->feasibility != NULL ? feasibility_log(s->feasibility, u, w->scratch, risk) : 0;
  const bool bound = s->acquisition.kind == ACQUISITION_LCB;
  const double p = exp(log_feasible);
  for (int k = 0, j = 0; k < d && gradient != NULL; k++) {
    if (space->dimension[k].integer) continue;
    double by = 0;
    for (int c = 0; c < components; c++)
      by += slope[c].mu * part[c].mean_slope[k] + slope[c].sigma * part[c].variance_slope[k] / (2 * sigma[c]);
    gradient[j++] = bound ? p * by + p * risk[k] * (cost - s->worst) : by - risk[k];
  }
  return s->feasibility != NULL ? with_risk(s, cost, log_feasible) : cost;
}

static bool is_taken (const Work *w, const double *u) {
  const Search *s = w->s;
  const int told = s->n - s->pending;
  return search_taken(s->space, told, s->taken, u)
      || too_close(s->space, s->pending, s->taken + (size_t)told * (size_t)s->space->d, u, PENDING_APART);
}

/* ---- one dimension ---- */

/* A long integer axis: from the best grid point walk to better whole neighbours. */
static void walk (const Work *w, double *u, double *cost) {
  const Space *space = w->s->space;
  double step = 1.0 / (w->tracked - 1);
  for (const double one = 1 / space_width(space, 0); step > one / 4; step /= 2)
    for (int side = -1; side <= 1; side += 2) {
      double v = fmin(fmax(*u + side * step, 0), 1), value;
      space_snap(space, &v);
      search_inner_costs(w, 1, &v, &value);
      if (value < *cost && !is_taken(w, &v)) {
        *u = v;
        *cost = value;
      }
    }
}

/* ---- more dimensions ---- */

/* Descend from u[d]; u and *cost are then the better point. */
static Status descend (Work *w, double *u, double *cost) {
  const Space *space = w->s->space;
  double x[SPACE_DIMENSIONS], low[SPACE_DIMENSIONS] = { 0 }, high[SPACE_DIMENSIONS], value;
  int n = 0;
  for (int k = 0; k < space->d; k++) {
    if (space->dimension[k].integer) continue;
    x[n] = u[k];
    high[n++] = 1;
  }
  if (n == 0) return STATUS_OK;
  const Minimize options = { .method = MINIMIZE_LBFGS, .evaluations = POLISH_EVALUATIONS, .x_tolerance = 1e-6, .f_tolerance = 1e-7 };
  w->at = u;
  const Status status = minimize(&options, n, cost_at, w, low, high, x, &value, NULL);
  if (status == STATUS_BAD_ARGUMENT) return STATUS_OK;  /* flat as far as doubles can tell: u is as good as any */
  if (status == STATUS_OK && value < *cost) {
    for (int k = 0, j = 0; k < space->d; k++) if (!space->dimension[k].integer) u[k] = x[j++];
    *cost = value;
  }
  return status;
}

/* ---- choosing ---- */

/* The candidate of least cost not yet used; -1: none left. */
static int next_start (const Work *w) {
  int best = -1;
  for (int i = 0; i < w->m; i++) {
    if (best >= 0 && !(w->cost[i] < w->cost[best])) continue;
    if (w->used[i] || isnan(w->cost[i])) continue;
    best = i;
  }
  return best;
}

/* at[] = the STARTS_1D least of the local minima on the grid, least first; how many there are. */
static int valleys (const Work *w, int *at) {
  const double *cost = w->cost;
  double bar = INFINITY;
  int n = 0;
  for (int i = 0; i < w->m; i++) {
    if (n == STARTS_1D && !(cost[i] < bar)) continue;
    if ((i > 0 && cost[i - 1] < cost[i]) || (i + 1 < w->m && cost[i + 1] < cost[i]) || isnan(cost[i])) continue;
    int k = n < STARTS_1D ? n++ : n - 1;
    for (; k > 0 && cost[i] < cost[at[k - 1]]; k--) at[k] = at[k - 1];
    at[k] = i;
    bar = cost[at[n - 1]];
  }
  return n;
}

/* The best candidate that is new; where the space is used up, the best of all. */
static void choose_among (const Work *w, double *u) {
  const size_t d = (size_t)w->s->space->d;
  memset(w->used, 0, (size_t)w->m * sizeof *w->used);
  int first = -1;
  for (int i; (i = next_start(w)) >= 0; w->used[i] = true) {
    if (first < 0) first = i;
    memcpy(u, w->u + (size_t)i * d, d * sizeof *u);
    if (!is_taken(w, u)) return;
  }
  memcpy(u, w->u + (size_t)(first > 0 ? first : 0) * d, d * sizeof *u);
}

/* The minimum that candidate i leads to, exactly where it comes below 'best'. */
static Status improve (Work *w, int i, double best, double *u, double *cost) {
  const Space *space = w->s->space;
  if (on_a_grid(w->s) && !space->dimension[0].integer) {
    search_inner_refine(w, i, best, u, cost);
    return STATUS_OK;
  }
  memcpy(u, w->u + (size_t)i * (size_t)space->d, (size_t)space->d * sizeof *u);
  search_inner_costs(w, 1, u, cost);
  if (!on_a_grid(w->s)) return descend(w, u, cost);
  walk(w, u, cost);
  return STATUS_OK;
}

static Status choose (Work *w, double *u) {
  const size_t d = (size_t)w->s->space->d;
  const bool grid = on_a_grid(w->s);
  int valley[STARTS_1D];
  const int starts = grid ? valleys(w, valley) : STARTS;
  double best = INFINITY;
  bool found = false;
  Status status = STATUS_OK;
  for (int k = 0; status == STATUS_OK && k < starts; k++) {
    const int i = grid ? valley[k] : next_start(w);
    if (i < 0 || (w->plain && w->cost[i] == 0)) break;   /* nothing left, or nothing to gain */
    w->used[i] = true;
    double v[SPACE_DIMENSIONS], cost;
    status = improve(w, i, best, v, &cost);
    if ((!found || cost < best) && !is_taken(w, v)) {
      found = true;
      best = cost;
      memcpy(u, v, d * sizeof *v);
    }
  }
  if (status == STATUS_OK && !found) choose_among(w, u);
  return status;
}

/* ---- the task ---- */

void search_room_free (SearchRoom *room) {
  mem_free(room->block);
  *room = (SearchRoom){ 0 };
}

/* Doubles, with room to grow: those that were there are spent. */
static double *widen (SearchRoom *room, size_t size) {
  if (size <= room->size) return room->block;
  search_room_free(room);
  room->block = mem_alloc(size + size / 2, sizeof *room->block);
  if (room->block != NULL) room->size = size + size / 2;
  return room->block;
}

/* Fill the scratch of w from 'room'. STATUS_NO_MEMORY. */
static Status prepare (Work *w, const Search *s, SearchRoom *room) {
  const size_t d = (size_t)s->space->d, components = (size_t)gp_components(s->gp);
  w->s = s;
  w->tracked = candidates_of(s);
  w->m = w->tracked + (s->space->d > 1 && s->best >= 0 && space_count(s->space) > CLOUD ? NEAR : 0);
  const size_t m = (size_t)w->m, risk = s->feasibility != NULL ? feasibility_work(s->feasibility) : 0;
  const size_t flags = m * sizeof *w->used / sizeof *w->u + 1;
  w->u = widen(room, m * (d + 1 + 2 * components) + flags + gp_work(s->gp) + risk);
  if (w->u == NULL) return STATUS_NO_MEMORY;
  w->cost = w->u + m * d;
  w->mean = w->cost + m;
  w->variance = w->mean + m * components;
  w->used = (bool *)(w->variance + m * components);
  w->scratch = w->variance + m * components + flags;
  memset(w->used, 0, m * sizeof *w->used);
  return STATUS_OK;
}

/* The least of one joint sample at some of the candidates. */
static Status sample (Work *w, Random *random, double *u) {
  const int m = w->m < SAMPLED ? w->m : SAMPLED, d = w->s->space->d;
  for (int i = 0; i < m; i++)
    memmove(w->u + (size_t)i * (size_t)d, w->u + (size_t)i * (size_t)w->m / (size_t)m * (size_t)d, (size_t)d * sizeof *w->u);
  w->m = m;
  const Status status = gp_sample(w->s->gp, m, w->u, random, w->cost);
  if (status == STATUS_NO_MEMORY) return status;
  for (int i = 0; i < m && status != STATUS_OK; i++) w->cost[i] = random_uniform(random);
  for (int i = 0; i < m && w->s->feasibility != NULL; i++) {
    const double p = exp(feasibility_log(w->s->feasibility, w->u + (size_t)i * (size_t)d, w->scratch, NULL));
    if (random_uniform(random) > p) w->cost[i] = INFINITY;
  }
  choose_among(w, u);
  return STATUS_OK;
}

static Status best_of (Work *w, Random *random, double *u) {
  const Search *s = w->s;
  place_candidates(w);
  if (w->m > w->tracked) place_near(w, random);
  if (s->acquisition.kind == ACQUISITION_THOMPSON) return sample(w, random, u);
  if (gp_tracked(s->gp) != w->tracked) {
    const Status status = gp_track(s->gp, w->tracked, w->u);
    if (status != STATUS_OK) return status;
  }
  rank_all(w);
  return choose(w, u);
}

Status search_best (const Search *s, Random *random, double *u) {
  Work w;
  SearchRoom own = { 0 };
  Status status = prepare(&w, s, s->room != NULL ? s->room : &own);
  if (status == STATUS_OK) status = best_of(&w, random, u);
  search_room_free(&own);
  return status;
}

Status search_cost (const Search *s, const double *u, double *cost) {
  Work w;
  SearchRoom own = { 0 };
  const Status status = prepare(&w, s, s->room != NULL ? s->room : &own);
  if (status == STATUS_OK) search_inner_costs(&w, 1, u, cost);
  search_room_free(&own);
  return status;
}

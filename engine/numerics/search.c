#include "search.h"

#include <math.h>
#include <string.h>

#include "mem.h"
#include "minimize.h"

_Static_assert((int)SPACE_DIMENSIONS == (int)KERNEL_DIMENSIONS, "a space is the domain of a kernel");

const double SEARCH_APART = 1e-6;

enum { GRID = 1025, CLOUD = 2048, STARTS_1D = 4, STARTS = 10, POLISH_EVALUATIONS = 40 };

static const double LEAST_VARIANCE = 1e-18;  /* of the signal 1: the deviation has a slope */

/* ---- sequences ---- */

/* The root above 1 of g^(d+1) = g + 1. */
static double golden (int d) {
  double g = 1.5;
  for (int i = 0; i < 60; i++) g = pow(1 + g, 1.0 / (d + 1));
  return g;
}

void search_sequence (int d, uint64_t i, const double *shift, double *u) {
  const double step = 1 / golden(d);
  double power = 1;
  for (int k = 0; k < d; k++) {
    power *= step;
    u[k] = fmod(shift[k] + (double)(i % (1u << 30)) * power, 1);
  }
}

bool search_taken (const Space *space, int n, const double *taken, const double *u) {
  const int d = space->d;
  for (int i = 0; i < n; i++) {
    bool same = true;
    for (int k = 0; k < d && same; k++) {
      const double apart = fabs(u[k] - taken[(size_t)i * (size_t)d + (size_t)k]);
      same = space->dimension[k].integer ? apart == 0 : apart < SEARCH_APART;  /* integers are snapped */
    }
    if (same) return true;
  }
  return false;
}

/* ---- candidates ---- */

typedef struct Candidates {
  int m;           /* how many */
  double *u;       /* [m*d], snapped */
  double *cost;    /* [m] */
} Candidates;

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

static int candidate_count (const Space *space) {
  const double points = space_count(space);
  return points <= CLOUD ? (int)points : space->d == 1 ? GRID : CLOUD;
}

static void place_candidates (const Space *space, Random *random, Candidates *c) {
  const int d = space->d;
  double shift[SPACE_DIMENSIONS];
  const bool whole = space_count(space) <= CLOUD;
  for (int k = 0; k < d && d > 1; k++) shift[k] = random_uniform(random);
  for (int i = 0; i < c->m; i++) {
    double *u = c->u + (size_t)i * (size_t)d;
    if (whole) lattice_point(space, i, u);
    else if (d == 1) u[0] = (double)i / (GRID - 1);
    else search_sequence(d, (uint64_t)i, shift, u);
    space_snap(space, u);
  }
}

/* ---- cost ---- */

typedef struct Search {
  const Space *space;
  const Gp *gp;
  const Acquisition *acquisition;
  double *work;      /* gp_work */
  const double *u;   /* the point whose integers a descent keeps */
} Search;

static void evaluate_all (const Search *s, Candidates *c, double *mean, double *variance) {
  gp_posterior(s->gp, c->m, c->u, s->work, mean, variance);
  for (int i = 0; i < c->m; i++)
    c->cost[i] = acquisition_cost(s->acquisition, mean[i], sqrt(variance[i]), NULL);
}

/* By the continuous dimensions alone, which are the n. */
static double cost_at (int n, const double *x, double *gradient, void *context) {
  const Search *s = context;
  const int d = s->space->d;
  double u[SPACE_DIMENSIONS] = { 0 }, mean, variance, by_mean[SPACE_DIMENSIONS], by_variance[SPACE_DIMENSIONS];
  AcquisitionSlope slope;
  (void)n;
  for (int k = 0, j = 0; k < d; k++) u[k] = s->space->dimension[k].integer ? s->u[k] : x[j++];
  gp_posterior_slope(s->gp, u, s->work, &mean, &variance, by_mean, by_variance);
  const double sigma = sqrt(fmax(variance, LEAST_VARIANCE));
  const double cost = acquisition_cost(s->acquisition, mean, sigma, &slope);
  for (int k = 0, j = 0; k < d && gradient != NULL; k++)
    if (!s->space->dimension[k].integer) gradient[j++] = slope.mu * by_mean[k] + slope.sigma * by_variance[k] / (2 * sigma);
  return cost;
}

/* Descend from u[d] within 'reach' of it; u and *cost are then the better point. */
static Status polish (Search *s, double reach, double *u, double *cost) {
  double x[SPACE_DIMENSIONS], low[SPACE_DIMENSIONS], high[SPACE_DIMENSIONS], value;
  int n = 0;
  for (int k = 0; k < s->space->d; k++) {
    if (s->space->dimension[k].integer) continue;
    x[n] = u[k];
    low[n] = fmax(u[k] - reach, 0);
    high[n++] = fmin(u[k] + reach, 1);
  }
  if (n == 0) return STATUS_OK;
  const Minimize options = { .method = MINIMIZE_LBFGS, .evaluations = POLISH_EVALUATIONS, .x_tolerance = 1e-7, .f_tolerance = 1e-10 };
  s->u = u;
  const Status status = minimize(&options, n, cost_at, s, low, high, x, &value, NULL);
  if (status == STATUS_BAD_ARGUMENT) return STATUS_OK;  /* flat as far as doubles can tell: u is as good as any */
  if (status == STATUS_OK && value < *cost) {
    for (int k = 0, j = 0; k < s->space->d; k++) if (!s->space->dimension[k].integer) u[k] = x[j++];
    *cost = value;
  }
  return status;
}

/* ---- choosing ---- */

/* A long integer axis: from the best grid point walk to better whole neighbours. */
static void walk (const Search *s, const Candidates *c, int n, const double *taken, double *u, double *cost) {
  if (s->space->d != 1 || !s->space->dimension[0].integer || c->m < GRID) return;
  double step = 1.0 / (GRID - 1), mean, variance;
  for (const double one = 1 / space_width(s->space, 0); step > one / 4; step /= 2)
    for (int side = -1; side <= 1; side += 2) {
      double v = fmin(fmax(*u + side * step, 0), 1);
      space_snap(s->space, &v);
      gp_posterior(s->gp, 1, &v, s->work, &mean, &variance);
      const double value = acquisition_cost(s->acquisition, mean, sqrt(variance), NULL);
      if (value < *cost && !search_taken(s->space, n, taken, &v)) {
        *u = v;
        *cost = value;
      }
    }
}

/* The candidate of least cost not yet used; on a grid, a local minimum. -1: none left. */
static int next_start (const Candidates *c, bool grid, const bool *used) {
  int best = -1;
  for (int i = 0; i < c->m; i++) {
    if (used[i] || isnan(c->cost[i])) continue;
    if (grid && ((i > 0 && c->cost[i - 1] < c->cost[i]) || (i + 1 < c->m && c->cost[i + 1] < c->cost[i]))) continue;
    if (best < 0 || c->cost[i] < c->cost[best]) best = i;
  }
  return best;
}

/* None of the best is new: the best that is; or, where the space is used up, the best of all. */
static Status choose_rest (const Search *s, const Candidates *c, bool *used, int n, const double *taken, double *u) {
  const size_t d = (size_t)s->space->d;
  memset(used, 0, (size_t)c->m * sizeof *used);
  int first = -1;
  for (int i; (i = next_start(c, false, used)) >= 0; used[i] = true) {
    if (first < 0) first = i;
    memcpy(u, c->u + (size_t)i * d, d * sizeof *u);
    if (!search_taken(s->space, n, taken, u)) return STATUS_OK;
  }
  memcpy(u, c->u + (size_t)(first > 0 ? first : 0) * d, d * sizeof *u);
  return STATUS_OK;
}

static Status choose (Search *s, Candidates *c, bool *used, int n, const double *taken, double *u) {
  const int d = s->space->d;
  const bool grid = d == 1 && c->m == GRID && !s->space->dimension[0].integer;
  double best = INFINITY;
  bool found = false;
  Status status = STATUS_OK;
  for (int k = 0; status == STATUS_OK && k < (grid ? STARTS_1D : STARTS); k++) {
    const int i = next_start(c, grid, used);
    if (i < 0) break;
    used[i] = true;
    double v[SPACE_DIMENSIONS], cost = c->cost[i];
    memcpy(v, c->u + (size_t)i * (size_t)d, (size_t)d * sizeof *v);
    status = polish(s, grid ? 1.0 / (GRID - 1) : 1, v, &cost);
    walk(s, c, n, taken, v, &cost);
    if ((!found || cost < best) && !search_taken(s->space, n, taken, v)) {
      found = true;
      best = cost;
      memcpy(u, v, (size_t)d * sizeof *v);
    }
  }
  return status != STATUS_OK || found ? status : choose_rest(s, c, used, n, taken, u);
}

Status search_best (const Space *space, const Gp *gp, const Acquisition *acquisition,
                    int n, const double *taken, Random *random, double *u) {
  Candidates c = { .m = candidate_count(space) };
  const size_t m = (size_t)c.m, d = (size_t)space->d;
  c.u = mem_alloc(m * (d + 3) + gp_work(gp), sizeof *c.u);
  bool *used = mem_alloc(m, sizeof *used);
  Status status = STATUS_NO_MEMORY;
  if (c.u != NULL && used != NULL) {
    Search s = { .space = space, .gp = gp, .acquisition = acquisition, .work = c.u + m * (d + 3) };
    c.cost = c.u + m * d;
    place_candidates(space, random, &c);
    evaluate_all(&s, &c, c.cost + m, c.cost + 2 * m);
    status = choose(&s, &c, used, n, taken, u);
  }
  mem_free(used);
  mem_free(c.u);
  return status;
}

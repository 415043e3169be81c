/* search_points.c -- where a search looks first: quasi-random points, a grid, the whole of a small space, and about
 * the best. */
#include <math.h>

#include "search_inner.h"

const double SEARCH_APART = 1e-6;

enum { GRID = 1025, MIXTURE_GRID = 513, CLOUD = 2048, NEAR = 192 };

static const double PENDING_APART = 1e-3;    /* points on trial together tell more when they spread */

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

bool search_inner_is_taken (const Work *w, const double *u) {
  const Search *s = w->s;
  const int told = s->n - s->pending;
  return search_taken(s->space, told, s->taken, u)
      || too_close(s->space, s->pending, s->taken + (size_t)told * (size_t)s->space->d, u, PENDING_APART);
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

bool search_inner_on_a_grid (const Search *s) { return s->space->d == 1 && space_count(s->space) > CLOUD; }

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
  if (search_inner_on_a_grid(w->s)) {
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

void search_inner_count (Work *w) {
  const Search *s = w->s;
  w->tracked = candidates_of(s);
  w->m = w->tracked + (s->space->d > 1 && s->best >= 0 && space_count(s->space) > CLOUD ? NEAR : 0);
}

void search_inner_place (const Work *w, Random *random) {
  place_candidates(w);
  if (w->m > w->tracked) place_near(w, random);
}

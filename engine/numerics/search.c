#include "search.h"

#include <math.h>
#include <string.h>

#include "descend.h"
#include "mem.h"
#include "search_inner.h"

_Static_assert((int)SPACE_DIMENSIONS == (int)KERNEL_DIMENSIONS, "a space is the domain of a kernel");
_Static_assert((int)SPACE_DIMENSIONS == (int)DESCEND_DIMENSIONS, "and that of a descent");

enum { SAMPLED = 512, VALLEYS = 3, STARTS = SEARCH_STARTS };

static const Descend POLISH = { .rounds = 40, .reach = 0.1, .x_tolerance = 1e-6, .f_tolerance = 1e-7 };

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

/* Something is to be gained at candidate i. */
static bool is_worth_a_look (const Work *w, int i) { return !(w->plain && w->cost[i] == 0); }

/* at[] = the VALLEYS least of the local minima on the grid, least first; how many there are. */
static int valleys (const Work *w, int *at) {
  const double *cost = w->cost;
  double bar = INFINITY;
  int n = 0;
  for (int i = 0; i < w->m; i++) {
    if (n == VALLEYS && !(cost[i] < bar)) continue;
    if ((i > 0 && cost[i - 1] < cost[i]) || (i + 1 < w->m && cost[i + 1] < cost[i]) || isnan(cost[i])) continue;
    int k = n < VALLEYS ? n++ : n - 1;
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
    if (!search_inner_is_taken(w, u)) return;
  }
  memcpy(u, w->u + (size_t)(first > 0 ? first : 0) * d, d * sizeof *u);
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
      if (value < *cost && !search_inner_is_taken(w, &v)) {
        *u = v;
        *cost = value;
      }
    }
}

/* The minimum that candidate i leads to, exactly where it comes below 'best'. */
static void improve (Work *w, int i, double best, double *u, double *cost) {
  if (!w->s->space->dimension[0].integer) {
    search_inner_refine(w, i, best, u, cost);
    return;
  }
  *u = w->u[i];
  search_inner_costs(w, 1, u, cost);
  walk(w, u, cost);
}

/* u = the best of the deepest valleys. Says whether one is new. */
static bool choose_on_a_line (Work *w, double *u) {
  int valley[VALLEYS];
  const int n = valleys(w, valley);
  double best = INFINITY, v, cost;
  bool found = false;
  for (int k = 0; k < n && is_worth_a_look(w, valley[k]); k++) {
    improve(w, valley[k], best, &v, &cost);
    if ((found && !(cost < best)) || search_inner_is_taken(w, &v)) continue;
    found = true;
    best = cost;
    *u = v;
  }
  return found;
}

/* ---- more dimensions ---- */

/* u[d] = the lowest point that the best candidates lead to. *found says whether one is new. */
static Status choose_in_a_box (Work *w, double *u, bool *found) {
  const int d = w->s->space->d;
  const size_t size = (size_t)d * sizeof *u;
  double x[STARTS * SPACE_DIMENSIONS], cost[STARTS], best = INFINITY;
  int n = 0;
  for (int i; n < STARTS && (i = next_start(w)) >= 0 && is_worth_a_look(w, i); n++) {
    w->used[i] = true;
    memcpy(x + n * d, w->u + (size_t)i * (size_t)d, size);
  }
  const double low[SPACE_DIMENSIONS] = { 0 }, high[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
  if (n == 0) return STATUS_OK;
  const Status status = descend(&POLISH, d, n, search_inner_slopes, w, low, high, x, cost);
  for (int k = 0; k < n && status == STATUS_OK; k++) {
    if (!(cost[k] < best) || search_inner_is_taken(w, x + k * d)) continue;
    *found = true;
    best = cost[k];
    memcpy(u, x + k * d, size);
  }
  return status;
}

static Status choose (Work *w, double *u) {
  bool found = false;
  Status status = STATUS_OK;
  if (search_inner_on_a_grid(w->s)) found = choose_on_a_line(w, u);
  else status = choose_in_a_box(w, u, &found);
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
  search_inner_count(w);
  w->acquisition = s->acquisition;
  w->acquisition.error = w->error;
  for (int k = 0; k < gp_components(s->gp); k++) {
    w->weight[k] = gp_weight(s->gp, k);
    w->error[k] = sqrt(gp_noise(s->gp, k) + s->variance);
  }
  const size_t m = (size_t)w->m, risk = s->feasibility != NULL ? feasibility_work(s->feasibility) : 0;
  const size_t flags = m * sizeof *w->used / sizeof *w->u + 1;
  const size_t looks = gp_work(s->gp), slopes = gp_slopes_work(s->gp, SEARCH_STARTS);
  w->u = widen(room, m * (d + 1 + 2 * components) + flags + (looks > slopes ? looks : slopes) + risk);
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
  search_inner_place(w, random);
  if (s->acquisition.kind == ACQUISITION_THOMPSON) return sample(w, random, u);
  if (gp_tracked(s->gp) != w->tracked) {
    const Status status = gp_track(s->gp, w->tracked, w->u);
    if (status != STATUS_OK) return status;
  }
  search_inner_rank(w);
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

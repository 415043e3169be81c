#include "descend.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "mem.h"

static const double ARMIJO = 1e-4;                   /* of the fall that the slope promises a step must keep this much */
static const double SHORTEST = 0.05, LONGEST = 0.6;  /* what a step that failed is multiplied by */
static const double GROWTH = 4;                      /* of the reach, where it was too short */
static const double CURVED = 1e-10;                  /* s'y / y'y below which a pair says nothing */

enum { MEMORY = 8, TRIALS = 12 };                    /* TRIALS steps from one point, then its start has ended */

/* One start and what it has learnt: pairs of steps and of changes of the gradient, the oldest at 'first' of a ring. */
typedef struct Start {
  double value, x[DESCEND_DIMENSIONS], g[DESCEND_DIMENSIONS];
  double S[MEMORY][DESCEND_DIMENSIONS], Y[MEMORY][DESCEND_DIMENSIONS];
  int pairs, first;
  double p[DESCEND_DIMENSIONS];   /* where to: x + step p */
  double step, reach;
  int failed;                     /* steps from x */
  bool active, capped;            /* capped: only the reach kept the step short */
} Start;

typedef struct Task {
  const Descend *options;
  int n, m;
  const double *low, *high;
  Start *starts;
} Task;

/* ---- where to ---- */

static double dot (int n, const double *a, const double *b) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/* a'b over the free coordinates. */
static double dot_free (int n, const bool *free, const double *a, const double *b) {
  double sum = 0;
  for (int i = 0; i < n; i++) if (free[i]) sum += a[i] * b[i];
  return sum;
}

static void add_free (int n, const bool *free, double factor, const double *a, double *b) {
  for (int i = 0; i < n; i++) if (free[i]) b[i] += factor * a[i];
}

/* p = H p, H the inverse Hessian that the pairs make believe (Nocedal 1980). Says whether they make one. */
static bool two_loops (int n, const Start *s, const bool *free, double *p) {
  double alpha[MEMORY], rho[MEMORY], scale = 0;
  for (int j = s->pairs - 1; j >= 0; j--) {
    const int k = (s->first + j) % MEMORY;
    const double sy = dot_free(n, free, s->S[k], s->Y[k]), yy = dot_free(n, free, s->Y[k], s->Y[k]);
    rho[j] = sy > CURVED * yy ? 1 / sy : 0;
    if (rho[j] > 0 && scale == 0) scale = sy / yy;
    alpha[j] = rho[j] * dot_free(n, free, s->S[k], p);
    add_free(n, free, -alpha[j], s->Y[k], p);
  }
  for (int i = 0; i < n; i++) p[i] *= scale;
  for (int j = 0; j < s->pairs; j++) {
    const int k = (s->first + j) % MEMORY;
    add_free(n, free, alpha[j] - rho[j] * dot_free(n, free, s->Y[k], p), s->S[k], p);
  }
  return scale > 0;
}

/* The largest move of p, as a share of the box. */
static double length_of (const Task *t, const double *p) {
  double most = 0;
  for (int i = 0; i < t->n; i++) most = fmax(most, fabs(p[i]) / (t->high[i] - t->low[i]));
  return most;
}

static void steepest (int n, const Start *s, const bool *free, double *p) {
  for (int i = 0; i < n; i++) p[i] = free[i] ? -s->g[i] : 0;
}

/* A direction and a first step: a full one, or as far as the reach. Nowhere to go ends the start. */
static void aim (const Task *t, Start *s) {
  const int n = t->n;
  bool free[DESCEND_DIMENSIONS];
  for (int i = 0; i < n; i++) free[i] = !(s->x[i] <= t->low[i] && s->g[i] >= 0) && !(s->x[i] >= t->high[i] && s->g[i] <= 0);
  steepest(n, s, free, s->p);
  const bool curved = two_loops(n, s, free, s->p) && dot(n, s->p, s->g) < 0;
  if (!curved) steepest(n, s, free, s->p);
  const double length = length_of(t, s->p);
  s->active = length > 0 && isfinite(length);
  s->capped = !curved || length > s->reach;
  s->step = s->capped ? s->reach / length : 1;
  s->failed = 0;
}

static void place (const Task *t, const Start *s, double *x) {
  for (int i = 0; i < t->n; i++) x[i] = fmin(fmax(s->x[i] + s->step * s->p[i], t->low[i]), t->high[i]);
}

/* ---- what came of it ---- */

static void learn (int n, Start *s, const double *moved, const double *changed) {
  if (!(dot(n, moved, changed) > CURVED * dot(n, changed, changed))) return;
  const int k = (s->first + s->pairs) % MEMORY;
  if (s->pairs == MEMORY) s->first = (s->first + 1) % MEMORY;
  else s->pairs++;
  memcpy(s->S[k], moved, sizeof s->S[k]);
  memcpy(s->Y[k], changed, sizeof s->Y[k]);
}

/* The step at which the cubic through both ends, with their slopes, is least; of a value that is not finite, the shortest. */
static void shorten (const Task *t, Start *s, double value, const double *g) {
  const double before = dot(t->n, s->p, s->g), after = dot(t->n, s->p, g), h = s->step;
  const double d = before + after - 3 * (value - s->value) / h, root = sqrt(d * d - before * after);
  const double share = 1 - (after + root - d) / (after - before + 2 * root);
  s->step *= share < SHORTEST || !isfinite(value) ? SHORTEST : share <= LONGEST ? share : LONGEST;
  s->reach = fmin(s->reach, 2 * s->step * length_of(t, s->p));
  s->active = ++s->failed < TRIALS;
}

static void advance (const Task *t, Start *s, const double *x, double value, const double *g) {
  const int n = t->n;
  double moved[DESCEND_DIMENSIONS] = { 0 }, changed[DESCEND_DIMENSIONS] = { 0 };
  for (int i = 0; i < n; i++) {
    moved[i] = x[i] - s->x[i];
    changed[i] = g[i] - s->g[i];
  }
  const double fall = s->value - value;
  const bool settled = length_of(t, moved) <= t->options->x_tolerance || fall <= t->options->f_tolerance * fabs(value);
  learn(n, s, moved, changed);
  if (s->capped && s->failed == 0) s->reach = fmin(GROWTH * s->reach, 1);
  memcpy(s->x, x, (size_t)n * sizeof *x);
  memcpy(s->g, g, (size_t)n * sizeof *g);
  s->value = value;
  if (settled) s->active = false;
  else aim(t, s);
}

static void take (const Task *t, Start *s, const double *x, double value, const double *g) {
  double promised = 0;
  for (int i = 0; i < t->n; i++) promised += s->g[i] * (x[i] - s->x[i]);
  if (isfinite(value) && promised < 0 && value <= s->value + ARMIJO * promised && value < s->value) advance(t, s, x, value, g);
  else shorten(t, s, value, g);
}

/* ---- all of them ---- */

static void begin (const Task *t, const double *x, const double *value, const double *gradient) {
  for (int i = 0; i < t->m; i++) {
    Start *s = &t->starts[i];
    *s = (Start){ .value = isfinite(value[i]) ? value[i] : INFINITY, .reach = t->options->reach };
    memcpy(s->x, x + i * t->n, (size_t)t->n * sizeof *x);
    memcpy(s->g, gradient + i * t->n, (size_t)t->n * sizeof *x);
    if (s->value < INFINITY) aim(t, s);
  }
}

/* Where those under way look next: x[their number * n]. */
static int gather (const Task *t, double *x) {
  int active = 0;
  for (int i = 0; i < t->m; i++) if (t->starts[i].active) place(t, &t->starts[i], x + t->n * active++);
  return active;
}

static void spread (const Task *t, const double *x, const double *value, const double *gradient) {
  for (int i = 0, j = 0; i < t->m; i++) {
    if (!t->starts[i].active) continue;
    take(t, &t->starts[i], x + j * t->n, value[j], gradient + j * t->n);
    j++;
  }
}

Status descend (const Descend *options, int n, int m, DescendFunction *f, void *context,
                const double *low, const double *high, double *x, double *value) {
  const size_t M = (size_t)m, N = (size_t)n;
  Start *starts = mem_alloc(M, sizeof *starts);
  double *trial = mem_alloc(M * (2 * N + 1), sizeof *trial), *gradient = trial + M * N, *values = gradient + M * N;
  if (starts == NULL || trial == NULL) {
    mem_free(starts);
    mem_free(trial);
    return STATUS_NO_MEMORY;
  }
  const Task t = { options, n, m, low, high, starts };
  f(n, m, x, values, gradient, context);
  begin(&t, x, values, gradient);
  for (int round = 1, active; round < options->rounds && (active = gather(&t, trial)) > 0; round++) {
    f(n, active, trial, values, gradient, context);
    spread(&t, trial, values, gradient);
  }
  for (int i = 0; i < m; i++) {
    memcpy(x + i * n, starts[i].x, N * sizeof *x);
    value[i] = starts[i].value;
  }
  mem_free(starts);
  mem_free(trial);
  return STATUS_OK;
}

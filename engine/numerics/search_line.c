/* search_line.c -- from a candidate on a line to the minimum beside it, with few looks at the acquisition. */
#include <math.h>

#include "search_inner.h"

enum { ROUNDS = 6, STEPS = 6 };

static const double PROMISE = 8;             /* a refinement gains no more than this many times its last gain */
static const double SETTLED = 1e-9;          /* a gain in cost, relative, that is not worth a look */
static const double AGREE = 1e-4;            /* how far quick looks of either kind may lie apart, beside 1 and the cost */

/* How the cost is looked at. */
typedef struct Eye {
  const Work *w;
  const GpNear *near;   /* quickly, by what the model keeps of the candidates about one of them; NULL: exactly */
  bool coarse;          /* more quickly than well */
} Eye;

static void look (const Eye *e, int m, const double *u, double *cost) {
  if (e->near == NULL) {
    search_inner_costs(e->w, m, u, cost);
    return;
  }
  for (int i = 0; i < m; i++) {
    double mean[HYPER_NODES], variance[HYPER_NODES];
    gp_near_posterior(e->w->s->gp, e->near, u[i], e->coarse, mean, variance);
    search_inner_weigh(e->w, 1, &u[i], mean, variance, &cost[i]);
  }
}

/* The cost of candidate i as its rank tells it. */
static double ranked_cost (const Work *w, int i) { return w->plain ? -log(-w->cost[i]) : w->cost[i]; }

/* Three points in order, the middle one of least cost. */
typedef struct Bracket {
  double at[3], cost[3];
} Bracket;

static Bracket bracket_at (const Work *w, int i) {
  const int before = i > 0 ? i - 1 : i, after = i + 1 < w->m ? i + 1 : i;
  return (Bracket){ { w->u[before], w->u[i], w->u[after] }, { ranked_cost(w, before), ranked_cost(w, i), ranked_cost(w, after) } };
}

/* Where the parabola through the three points is least, and how far below the middle one. */
static double vertex (const Bracket *b, double *gain) {
  const double left = b->at[1] - b->at[0], right = b->at[2] - b->at[1], wide = left + right;
  *gain = INFINITY;
  if (left == 0 || right == 0) return b->at[1] + 0.1 * (right - left);   /* an end of the box: does it fall inwards? */
  const double up = (b->cost[2] - b->cost[1]) / right, curve = ((b->cost[0] - b->cost[1]) / left + up) / wide;
  const double slope = up - curve * right;
  if (!(curve > 0) || !isfinite(curve)) return left > right ? b->at[1] - left / 2 : b->at[1] + right / 2;
  *gain = slope * slope / (4 * curve);
  return fmin(fmax(b->at[1] - slope / (2 * curve), b->at[0] + 0.1 * left), b->at[2] - 0.1 * right);
}

/* From parabola to parabola, as long as it may come below 'best'. */
static void slide (const Eye *e, double best, Bracket *b) {
  for (int step = 0; step < STEPS; step++) {
    double gain, cost;
    const double v = vertex(b, &gain);
    if (gain <= SETTLED * fabs(b->cost[1]) || b->cost[1] - PROMISE * gain > best) return;
    look(e, 1, &v, &cost);
    const bool better = cost < b->cost[1], end = b->at[0] == b->at[1] || b->at[1] == b->at[2];
    if (!better && end) return;
    const int side = v < b->at[1] ? 0 : 2, replaced = better ? 2 - side : side;
    b->at[replaced] = better ? b->at[1] : v;
    b->cost[replaced] = better ? b->cost[1] : cost;
    if (better) {
      b->at[1] = v;
      b->cost[1] = cost;
    }
  }
}

/* A point told or pending between these: the cost has a hill there. */
static bool crowded (const Search *s, double low, double high) {
  for (int i = 0; i < s->n; i++) if (s->taken[i] > low && s->taken[i] < high) return true;
  return false;
}

/* A finer grid on [low, high]; u and *cost are then the better point. */
static void scan (const Eye *e, double low, double high, double *u, double *cost) {
  double x[SEARCH_FINER], c[SEARCH_FINER];
  for (int i = 0; i < SEARCH_FINER; i++) x[i] = low + (high - low) * (i + 0.5) / SEARCH_FINER;
  look(e, SEARCH_FINER, x, c);
  for (int i = 0; i < SEARCH_FINER; i++)
    if (c[i] < *cost) {
      *cost = c[i];
      *u = x[i];
    }
}

static void refine (const Eye *e, int i, double best, double *u, double *cost) {
  const Work *w = e->w;
  double cell = 1.0 / (w->tracked - 1), gain;
  Bracket b = bracket_at(w, i);
  int round = 0;
  *u = b.at[1];
  *cost = b.cost[1];
  for (; round < ROUNDS && crowded(w->s, *u - cell, *u + cell); round++) {
    const double low = fmax(*u - cell, 0), high = fmin(*u + cell, 1), before = *cost;
    if (round == 0) look(e, 1, u, cost);
    scan(e, low, high, u, cost);
    cell = (high - low) / SEARCH_FINER;
    if (round > 0 && *cost - PROMISE * (before - *cost) > best) return;
  }
  if (round == 0) {
    vertex(&b, &gain);
    if (b.cost[1] - PROMISE * gain > best) return;
    look(e, 1, u, &b.cost[1]);
  } else {
    const double ends[] = { fmax(*u - cell, 0), fmin(*u + cell, 1) };
    b = (Bracket){ { ends[0], *u, ends[1] }, { 0, *cost, 0 } };
    look(e, 1, &ends[0], &b.cost[0]);
    look(e, 1, &ends[1], &b.cost[2]);
  }
  slide(e, best, &b);
  *u = b.at[1];
  *cost = b.cost[1];
}

void search_inner_refine (const Work *w, int i, double best, double *u, double *cost) {
  GpNear near;
  gp_near(w->s->gp, i, &near);
  refine(&(Eye){ w, &near, false }, i, best, u, cost);
  if (!(*cost < best)) return;
  double coarse;
  look(&(Eye){ w, &near, true }, 1, u, &coarse);
  if (!(fabs(*cost - coarse) <= AGREE * (1 + fabs(coarse)))) refine(&(Eye){ w, NULL, false }, i, best, u, cost);
}

/* search_inner.h -- what the files of search.h share, and nobody else includes. */
#ifndef search_inner_h
#define search_inner_h

#include <stdbool.h>

#include "search.h"

enum { SEARCH_FINER = 8 };   /* points of a finer grid */

/* The task, its scratch and its candidates. */
typedef struct Work {
  const Search *s;
  int tracked, m;   /* candidates that the process tracks; all of them */
  double *u;        /* [m*d], snapped */
  double *cost;     /* [m] */
  double *mean, *variance;   /* [m * components] */
  double *scratch;  /* of gp and feasibility */
  bool *used;       /* [m] */
  const double *at; /* the point whose integers a descent keeps */
  bool plain;       /* cost holds minus the improvement, not minus its logarithm */
} Work;

/* cost[m] of points u[m*d] from their posteriors: mean[k*m + i] and variance[k*m + i] of component k. */
void search_inner_weigh (const Work *w, int m, const double *u, const double *mean, const double *variance, double *cost);

/* cost[m] of up to SEARCH_FINER points, as exactly as it goes. */
void search_inner_costs (const Work *w, int m, const double *u, double *cost);

/* On a grid: from candidate i, the least of its neighbours, down to the minimum there: ever finer grids while there are hills
 * in sight, then parabolas. *u and *cost are the better point. */
void search_inner_refine (const Work *w, int i, double best, double *u, double *cost);

#endif

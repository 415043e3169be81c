/* search_inner.h -- what the files of search.h share, and nobody else includes. */
#ifndef search_inner_h
#define search_inner_h

#include <stdbool.h>

#include "search.h"

enum { SEARCH_FINER = 8, SEARCH_STARTS = 10 };   /* points of a finer grid; descents */

/* The task, its scratch and its candidates. */
typedef struct Work {
  const Search *s;
  int tracked, m;   /* candidates that the process tracks; all of them */
  double *u;        /* [m*d], snapped */
  double *cost;     /* [m] */
  double *mean, *variance;   /* [m * components] */
  double *scratch;  /* of gp and feasibility */
  bool *used;       /* [m] */
  Acquisition acquisition;   /* the task's, with 'error' */
  double weight[HYPER_NODES], error[HYPER_NODES];   /* of each component; what a loss deviates from f by, standardised */
  bool plain;       /* cost holds minus the improvement, not minus its logarithm */
} Work;

/* One dimension with too many points to see each. */
bool search_inner_on_a_grid (const Search *s);

/* u[d] is as good as one told, or near one on trial. */
bool search_inner_is_taken (const Work *w, const double *u);

/* How many candidates there are to be; and where. */
void search_inner_count (Work *w);
void search_inner_place (const Work *w, Random *random);

/* w->cost = what orders the candidates. */
void search_inner_rank (Work *w);

/* cost[m] of points u[m*d] from their posteriors: mean[k*m + i] and variance[k*m + i] of component k. */
void search_inner_weigh (const Work *w, int m, const double *u, const double *mean, const double *variance, double *cost);

/* cost[m] of up to SEARCH_FINER points, as exactly as it goes. */
void search_inner_costs (const Work *w, int m, const double *u, double *cost);

/* cost[m] at up to SEARCH_STARTS points u[m*d], and gradient[m*d]; 'work' is a Work. A DescendFunction. */
void search_inner_slopes (int d, int m, const double *u, double *cost, double *gradient, void *work);

/* On a grid: from candidate i, the least of its neighbours, down to the minimum there: ever finer grids while there are hills
 * in sight, then parabolas. *u and *cost are the better point. */
void search_inner_refine (const Work *w, int i, double best, double *u, double *cost);

#endif

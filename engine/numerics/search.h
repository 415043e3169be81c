/* search.h -- the point of a space that is most worth a trial.
 *
 * One dimension: a grid of 1025 points (513 for a mixture), then ever finer ones about the best of its local minima.
 * More: 2048 quasi-random points and some about the best observations, then descents
 * in the continuous dimensions from the ten best, together (descend.h). A space of at most
 * 2048 integer points is searched whole.
 *
 * Points are in the unit box (space.h). No answer is within SEARCH_APART of a
 * taken point in every dimension, unless the space has no other. */
#ifndef search_h
#define search_h

#include "acquisition.h"
#include "feasibility.h"
#include "gp.h"
#include "random.h"
#include "space.h"

extern const double SEARCH_APART;

/* u[d] = point i = 0, 1, .. of the additive quasi-random sequence of Roberts (2018), each step of which is a power of
 * the generalised golden ratio, moved by shift[d] (in [0, 1)) around the box. */
void search_sequence (int d, uint64_t i, const double *shift, double *u);

/* Whether u[d] is as good as one of the n points taken[n*d]. */
bool search_taken (const Space *space, int n, const double *taken, const double *u);

/* Scratch that one search leaves to the next. All zero at first. */
typedef struct SearchRoom {
  double *block;
  size_t size;
} SearchRoom;

void search_room_free (SearchRoom *room);

typedef struct Search {
  const Space *space;
  Gp *gp;                             /* its dimensions are the space's; the candidates are tracked in it */
  Acquisition acquisition;            /* not ACQUISITION_HEDGE */
  const Feasibility *feasibility;     /* NULL: every trial succeeds */
  double variance;                    /* that the next loss is expected to come with beside the noise, standardised; >= 0 */
  double worst;                       /* what a failure is worth to LCB, standardised */
  int n;
  const double *taken;                /* [n*d] */
  int pending;                        /* how many of the last taken are on trial: they are kept 1e-3 away from */
  int best;                           /* which of the taken is the incumbent, for d > 1; -1: none */
  const double *shift;                /* [d] of the quasi-random candidates */
  uint64_t first;                     /* and the first of them; may change after a fit alone */
  SearchRoom *room;                   /* the caller's; NULL: scratch for this search alone */
} Search;

/* u[d] = the point of least cost that is not taken. 'random' is drawn from where the space has more than
 * one dimension, or for ACQUISITION_THOMPSON. STATUS_OK, STATUS_NO_MEMORY. */
Status search_best (const Search *search, Random *random, double *u);

/* The cost at one point u[d]. STATUS_NO_MEMORY. */
Status search_cost (const Search *search, const double *u, double *cost);

#endif

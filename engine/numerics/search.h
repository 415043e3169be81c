/* search.h -- the point of a space that is most worth a trial.
 *
 * One dimension: a grid of 1025 points, then a descent within the cells of the
 * best of its local minima. More: 2048 quasi-random points, then a descent
 * (L-BFGS) in the continuous dimensions from the ten best. A space of at most
 * 2048 integer points is searched whole.
 *
 * Points are in the unit box (space.h). No answer is within SEARCH_APART of a
 * taken point in every dimension, unless the space has no other. */
#ifndef search_h
#define search_h

#include "acquisition.h"
#include "gp.h"
#include "random.h"
#include "space.h"

extern const double SEARCH_APART;

/* u[d] = point i = 0, 1, .. of the additive quasi-random sequence of Roberts (2018), each step of which is a power of
 * the generalised golden ratio, moved by shift[d] (in [0, 1)) around the box. */
void search_sequence (int d, uint64_t i, const double *shift, double *u);

/* Whether u[d] is as good as one of the n points taken[n*d]. */
bool search_taken (const Space *space, int n, const double *taken, const double *u);

/* u[d] = the point of least acquisition_cost under the standardised posterior of 'gp' (whose
 * dimensions are the space's), apart from taken[n*d]. 'random' is drawn from when the space has
 * more than one dimension. STATUS_OK, STATUS_NO_MEMORY. */
Status search_best (const Space *space, const Gp *gp, const Acquisition *acquisition,
                    int n, const double *taken, Random *random, double *u);

#endif

/* feasibility.h -- where trials succeed: the probability that one does, from
 * those that did and those that failed.
 *
 * A Gaussian process on the labels +1 (success) and -1 (failure) of given
 * length, Matern 5/2, gives P = Phi(mean / sqrt(variance + 0.04)) (least-squares
 * classification, Rasmussen and Williams, 2006, section 6.5). In one dimension,
 * where every failure lies beyond every success, as with learning rates that
 * diverge, a threshold between the two, anywhere with equal probability, is
 * believed to 95 %, and the process to the rest. */
#ifndef feasibility_h
#define feasibility_h

#include "gp.h"

typedef struct Feasibility Feasibility;

/* For points of the unit box of 'kernel's dimensions and categories. STATUS_OK, STATUS_NO_MEMORY. */
Status feasibility_new (Feasibility **out, const Kernel *kernel);
void feasibility_free (Feasibility *f);

/* Replace the trials: U[n*d], failed[n]. O(n^3). STATUS_OK, STATUS_NO_MEMORY. */
Status feasibility_learn (Feasibility *f, int n, const double *U, const bool *failed);

/* Doubles of scratch for the next. */
size_t feasibility_work (const Feasibility *f);

/* ln P at u[d], at most 0; by u, where slope[d] is not NULL (d > 1). */
double feasibility_log (const Feasibility *f, const double *u, double *work, double *slope);

#endif

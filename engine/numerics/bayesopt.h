/* bayesopt.h -- ask/tell minimisation of an expensive function of a few numbers.
 *
 * A Gaussian process (gp.h) models the loss over the unit box of the space;
 * each ask is the point of best acquisition under it, given what was told and
 * that points asked for and not told yet will come out as expected (their
 * posterior mean). The caller owns the loop and the trials.
 *
 * A failed trial (a loss that is not finite, or beyond GP_LARGEST) is placed a
 * quarter of the spread of the others beyond the worst of them: it repels, and
 * hides no detail. The optimiser keeps at most BAYESOPT_PENDING points in mind
 * as asked for and not told; beyond, the oldest is forgotten.
 *
 * One seed, one sequence of asks for one sequence of tells; reading (best,
 * predict) changes nothing. Cost: a tell refits, O(n^3). */
#ifndef bayesopt_h
#define bayesopt_h

#include "acquisition.h"
#include "gp.h"
#include "random.h"
#include "space.h"

enum { BAYESOPT_PENDING = 64 };

typedef struct Bayesopt Bayesopt;

typedef struct BayesoptOptions {
  Space space;
  KernelKind kernel;
  AcquisitionKind acquisition;
  double kappa;      /* >= 0, for ACQUISITION_LCB */
  int initial;       /* quasi-random points before the model is asked, >= 0; -1: d + 2, at most 10 */
  uint64_t seed;
  GpHyper given;     /* NAN: fitted. Lengths in x, or in ln x on a log scale */
} BayesoptOptions;

typedef struct BayesoptTrial {
  const double *x;   /* [d] the optimiser's, until the next tell */
  double loss;       /* as told */
  double variance;   /* as told */
  bool failed;
} BayesoptTrial;

/* Everything fitted, Matern 5/2, expected improvement, kappa 2, seed 1. */
BayesoptOptions bayesopt_options (void);

/* STATUS_OK: *out is the caller's, to end with bayesopt_free. Otherwise *out is NULL:
 * STATUS_BAD_ARGUMENT (and 'problem' says which), STATUS_NO_MEMORY. */
Status bayesopt_new (Bayesopt **out, const BayesoptOptions *options, Problem *problem);

/* End 'opt'; NULL is ignored. */
void bayesopt_free (Bayesopt *opt);

/* x[d] = the next point to try; it is pending until it is told. While fewer than 'initial' points were told or
 * are pending, or no trial succeeded, a quasi-random point. STATUS_NO_MEMORY: nothing happened. */
Status bayesopt_ask (Bayesopt *opt, double *x);

/* The loss at x[d], asked for or not; 'variance' is what is known of its error beside the noise, >= 0.
 * STATUS_BAD_ARGUMENT: x outside the space, or the variance; STATUS_NO_MEMORY. Nothing happened then. */
Status bayesopt_tell (Bayesopt *opt, const double *x, double loss, double variance);

/* x[d] = the told point of least posterior mean, and that mean; failed ones do not count.
 * STATUS_TOO_FEW: no trial succeeded. */
Status bayesopt_best (const Bayesopt *opt, double *x, double *mean);

/* What loss to expect at x[d], and its standard deviation (without noise). STATUS_TOO_FEW, STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. */
Status bayesopt_predict (const Bayesopt *opt, const double *x, double *mean, double *deviation);

int bayesopt_size (const Bayesopt *opt);          /* trials told */
BayesoptTrial bayesopt_trial (const Bayesopt *opt, int i);   /* 0 <= i < size, in the order of telling */
int bayesopt_pending (const Bayesopt *opt);
const double *bayesopt_pending_point (const Bayesopt *opt, int i);   /* x[d], oldest first */
const Space *bayesopt_space (const Bayesopt *opt);

/* What trials, pending points and options do not tell of a state. */
typedef struct BayesoptState {
  Random random;
  uint64_t designed;                        /* points of the initial sequence handed out */
  double theta[KERNEL_DIMENSIONS + 2];      /* [d + 2] where the last fit ended */
} BayesoptState;

BayesoptState bayesopt_state (const Bayesopt *opt);

/* Take up a state: m trials X[m*d], loss[m], variance[m] and p pending points P[p*d], into a new optimiser with the
 * same options. It then goes on as the other would have. STATUS_BAD_ARGUMENT (a point outside the
 * space, a number that is not finite), STATUS_NO_MEMORY: 'opt' is then fit for bayesopt_free alone. */
Status bayesopt_restore (Bayesopt *opt, const BayesoptState *state, int m, const double *X, const double *loss,
                         const double *variance, int p, const double *P);

#endif

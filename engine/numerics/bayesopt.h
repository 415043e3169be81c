/* bayesopt.h -- ask/tell minimisation of an expensive function of a few numbers.
 *
 * A Gaussian process (gp.h) models the loss over the unit box of the space;
 * each ask is the point of best acquisition under it, given what was told and
 * that points asked for and not told yet will come out as expected (their
 * posterior mean). The caller owns the loop and the trials.
 *
 * A failed trial (a loss that is not finite, or beyond GP_LARGEST) says nothing of the loss, and where
 * trials fail (feasibility.h). Trials at one point with one variance count as their mean. The optimiser keeps at most
 * BAYESOPT_PENDING points in mind as asked for and not told; beyond, the oldest is forgotten.
 *
 * One seed, one sequence of asks for one sequence of tells; reading (best, predict, worth) changes nothing.
 *
 * Hyper-parameters are fitted again at every tell up to 100 distinct points, then whenever these have grown by a
 * twentieth. Cost: a tell that fits, O(n^3); one that does not, O(n^2); an ask, O(n m) for m candidates in one
 * dimension, O(n^2 m) for the first after a fit. Memory: O(n^2 + n m). */
#ifndef bayesopt_h
#define bayesopt_h

#include "acquisition.h"
#include "gp.h"
#include "random.h"
#include "space.h"
#include "warp.h"

enum { BAYESOPT_PENDING = 64 };

typedef struct Bayesopt Bayesopt;

typedef struct BayesoptOptions {
  Space space;
  GpOptions model;   /* d, categories and span are the space's; lengths in x, or in ln x on a log scale */
  AcquisitionKind acquisition;
  double kappa;      /* >= 0, for ACQUISITION_LCB */
  bool warp;         /* press bad losses together where that explains them better (warp.h); not where signal, noise or mean is given */
  int initial;       /* quasi-random points before the model is asked, >= 0; -1: 5 for d = 1, else d + 2, at most 10 */
  int budget;        /* trials in all, if known: the last is spent on the least posterior mean; 0: not known */
  uint64_t seed;
} BayesoptOptions;

typedef struct BayesoptTrial {
  const double *x;   /* [d] the optimiser's, until the next tell */
  double loss;       /* as told */
  double variance;   /* as told */
  bool failed;
} BayesoptTrial;

/* Everything fitted, integrated over where d = 1, warped; Matern 5/2, expected improvement, kappa 2, seed 1. */
BayesoptOptions bayesopt_options (int d);

/* STATUS_OK: *out is the caller's, to end with bayesopt_free. Otherwise *out is NULL:
 * STATUS_BAD_ARGUMENT (and 'problem' says which), STATUS_NO_MEMORY. */
Status bayesopt_new (Bayesopt **out, const BayesoptOptions *options, Problem *problem);

/* End 'opt'; NULL is ignored. */
void bayesopt_free (Bayesopt *opt);

/* Put x[d] into the queue of points that are asked for before any other; at most BAYESOPT_PENDING.
 * STATUS_BAD_ARGUMENT: x outside the space, or the queue is full. */
Status bayesopt_suggest (Bayesopt *opt, const double *x);

/* x[d] = the next point to try; it is pending until it is told. While fewer than 'initial' points were told or
 * are pending, or no trial succeeded, a quasi-random point. STATUS_NO_MEMORY: nothing happened. */
Status bayesopt_ask (Bayesopt *opt, double *x);

/* The loss at x[d], asked for or not; 'variance' is what is known of its error beside the noise, >= 0.
 * STATUS_BAD_ARGUMENT: x outside the space, or the variance; STATUS_NO_MEMORY. Nothing happened then. */
Status bayesopt_tell (Bayesopt *opt, const double *x, double loss, double variance);

/* A trial of a former study, believed as one of this study is; doubt goes into its variance. It counts for the model, and
 * not as told: neither for 'initial' and the budget nor as the best. To be called before the first tell.
 * Errors as bayesopt_tell; STATUS_BAD_ARGUMENT also where trials were told already. */
Status bayesopt_recall (Bayesopt *opt, const double *x, double loss, double variance);

/* x[d] will not be told: it is no longer pending. Says whether it was. */
bool bayesopt_drop (Bayesopt *opt, const double *x);

/* x[d] = the told point of least posterior mean, and that mean; failed ones do not count.
 * STATUS_TOO_FEW: no trial succeeded. */
Status bayesopt_best (const Bayesopt *opt, double *x, double *mean);

/* What loss to expect at x[d], and its standard deviation (without noise); where losses are warped, the median and half
 * the width of the central 68 %. STATUS_TOO_FEW, STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. */
Status bayesopt_predict (const Bayesopt *opt, const double *x, double *mean, double *deviation);

/* What a trial at x[d] is worth, larger is better: ln of the expected improvement or of its probability, or minus the
 * lower confidence bound, in standard units; of Thompson's and the hedge, the improvement. Errors as above. */
Status bayesopt_worth (Bayesopt *opt, const double *x, double *worth);

int bayesopt_size (const Bayesopt *opt);          /* trials told */
BayesoptTrial bayesopt_trial (const Bayesopt *opt, int i);   /* 0 <= i < size, in the order of telling */
int bayesopt_recalled (const Bayesopt *opt);      /* trials of former studies; trial(size + i) gives them */
int bayesopt_pending (const Bayesopt *opt);
const double *bayesopt_pending_point (const Bayesopt *opt, int i);   /* x[d], oldest first */
int bayesopt_queued (const Bayesopt *opt);
const double *bayesopt_queued_point (const Bayesopt *opt, int i);
const Space *bayesopt_space (const Bayesopt *opt);

/* The model of the trials told, in the unit box; the optimiser's. */
const Gp *bayesopt_model (const Bayesopt *opt);

enum { BAYESOPT_PORTFOLIO = 3 };

/* What trials, points and options do not tell of a state. Plain data. */
typedef struct BayesoptState {
  Random random;
  uint64_t designed;       /* points of the initial sequence handed out */
  Warp warp;
  int knee;                /* which of warp_choices it is */
  int settled, fitted;     /* trials at the last condition; distinct points at the last fit */
  double gain[BAYESOPT_PORTFOLIO];                       /* of the hedge */
  int proposed;                                          /* 1: the following are set */
  double proposal[BAYESOPT_PORTFOLIO * SPACE_DIMENSIONS];/* in the unit box */
} BayesoptState;

BayesoptState bayesopt_state (const Bayesopt *opt);

/* Lists of points, each [n*d]. */
typedef struct BayesoptRecord {
  int recalled, told, pending, queued;
  const double *X, *loss, *variance;  /* recalled, then told */
  const double *pending_points, *queued_points;
  int model_size;
  const double *model;                /* gp_state */
} BayesoptRecord;

/* Take up a state into a new optimiser with the same options. It then goes on as the other would have.
 * STATUS_BAD_ARGUMENT (a point outside the space, a number that is not finite), STATUS_NO_MEMORY: 'opt' is
 * then fit for bayesopt_free alone. */
Status bayesopt_restore (Bayesopt *opt, const BayesoptState *state, const BayesoptRecord *record);

#endif

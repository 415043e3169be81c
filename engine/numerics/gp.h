/* gp.h -- Gaussian-process regression: y = f(x) + noise, x of d numbers.
 *
 * f has a constant or linear mean, whose coefficients are integrated out, and a
 * covariance signal * k(x, x') (kernel.h); an observation adds a normal error of
 * variance 'noise' plus its own. What is not given of lengths, signal and noise
 * is fitted to its most probable value (MAP) under log-normal priors; or, with
 * 'integrate' and d = 1, integrated out: then the process is a mixture of up to
 * ten components, each a process of its own with a weight (hyper.h).
 *
 * Fitting n points costs O(n^3) for each of some tens of evidences, a further
 * point O(n^2), a prediction O(n^2), each times the components. Memory: n^2
 * doubles for each component, 2 n^2 more during a fit, and n m for each
 * component while m points are tracked.
 *
 * Inside, y is standardised by the mean and deviation of the data at the last
 * gp_fit or gp_condition. Constant data have the deviation 1. */
#ifndef gp_h
#define gp_h

#include <stddef.h>

#include "hyper.h"
#include "kernel.h"
#include "random.h"
#include "status.h"

typedef struct Gp Gp;

/* Units of x and y. */
typedef struct GpHyper {
  double length[KERNEL_DIMENSIONS];  /* > 0: distance in x_i over which f forgets itself */
  double signal;                     /* > 0: variance of f before any data */
  double noise;                      /* >= 0: variance of one observation around f */
  double mean;                       /* of f before any data; of its constant part, where it is linear */
} GpHyper;

typedef enum GpTrend { GP_CONSTANT, GP_LINEAR } GpTrend;

/* The priors speak of x in units of 'span' and of y standardised. Ours on the noise (hyper.h) is wider than BoTorch's
 * LogNormal(-4, 1), which cannot believe a deterministic loss. Fitted lengths stay
 * in span * [0.005, 100], noise in [1e-9, 10], signal in [0.01, 100]. */
typedef struct GpOptions {
  Kernel kernel;
  GpTrend trend;                     /* where given.mean is NAN */
  GpHyper given;                     /* NAN in a field: to be fitted */
  double span[KERNEL_DIMENSIONS];    /* > 0; NAN: the range of the data at each fit (1 if that is 0) */
  HyperPriors priors;
  bool integrate;                    /* counts where d = 1 and no length, signal or noise is given */
} GpOptions;

/* All to be fitted, constant mean, span from the data, priors of hyper_priors, no integration. */
GpOptions gp_options (KernelKind kernel, int d);

/* Observations. An entry may be the mean of 'times' observations at one point. */
typedef struct GpData {
  int n;                    /* >= 0 */
  const double *X;          /* [n*d] point by point */
  const double *y;          /* [n] */
  const double *variance;   /* [n] of each entry beside the noise, >= 0; NULL: zeros */
  const double *times;      /* [n] >= 1; NULL: ones */
  double within;            /* sum of squares of the merged observations about their means */
} GpData;

/* Largest |y| that is taken. */
extern const double GP_LARGEST;

/* A process without observations. STATUS_OK: *out is the caller's, to end with gp_free.
 * Otherwise *out is NULL: STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. */
Status gp_new (Gp **out, const GpOptions *options);

/* End 'gp'; NULL is ignored. */
void gp_free (Gp *gp);

/* Replace the observations, all copied; then fit what is not given, from where the last fit ended and from fixed starts.
 * STATUS_BAD_ARGUMENT (a number not finite, |y| > GP_LARGEST, variance < 0) leaves 'gp' as it was;
 * after STATUS_NO_MEMORY or STATUS_SINGULAR it has no observations. */
Status gp_fit (Gp *gp, const GpData *data);

/* Like gp_fit, but with the hyper-parameters as the last fit left them. */
Status gp_condition (Gp *gp, const GpData *data);

/* The hyper-parameters of gp_fit alone, for gp_worth and gp_state: only after gp_fit or gp_condition may 'gp' be asked for
 * anything else. Errors as gp_fit. */
Status gp_weigh (Gp *gp, const GpData *data);

/* One observation more, hyper-parameters and standardisation kept. O(n^2). Errors as gp_fit, 'gp' then as it was. */
Status gp_append (Gp *gp, const double *x, double y, double variance);

/* Believe that x[d] will come out as predicted: the mean stays, the variance shrinks. Counts as an observation until
 * gp_truncate. O(n^2). */
Status gp_suppose (Gp *gp, const double *x);

/* Forget all but the first n observations, 0 <= n <= gp_size. O(n^2). */
void gp_truncate (Gp *gp, int n);

int gp_size (const Gp *gp);
int gp_dimensions (const Gp *gp);
bool gp_is_given (const Gp *gp);        /* nothing to fit but the mean */

/* Hyper-parameters in use, of the most probable component; the prior's modes for what is fitted and has not been yet. */
GpHyper gp_hyper (const Gp *gp);
GpHyper gp_hyper_of (const Gp *gp, int component);
int gp_components (const Gp *gp);
double gp_weight (const Gp *gp, int component);
double gp_noise (const Gp *gp, int component);     /* variance of one observation around f, standardised */

/* ln p(y) under them (of the most probable component), in units of y; 0 for n = 0. gradient[d + 2], where it is not NULL, by
 * ln lengths, ln signal and ln noise. STATUS_NO_MEMORY for want of scratch, with a gradient alone. */
Status gp_evidence (const Gp *gp, double *evidence, double *gradient);

/* How well the last fit explained its observations, in units of y: ln of their density with all that was fitted integrated
 * out, or at its most probable value times the prior; up to a constant that depends on n alone. To compare models of the same points. */
double gp_worth (const Gp *gp);

/* What the other observations say of each: mean[n] and variance[n] of y_i, in units of y (Rasmussen and Williams, 2006,
 * section 5.4.2). STATUS_NO_MEMORY. */
Status gp_leave_one_out (const Gp *gp, double *mean, double *variance);

/* Posterior mean of f at observation i, standardised. O(1). */
double gp_mean_at (const Gp *gp, int i);

/* y = gp_center + gp_scale * (standardised y). */
double gp_center (const Gp *gp);
double gp_scale (const Gp *gp);

/* Doubles of scratch for the predictions below, at any number of points. */
size_t gp_work (const Gp *gp);

/* Mean and variance of f (not of y) at x[d]; a variance too large for a double is INFINITY. Cannot fail. */
void gp_predict (const Gp *gp, const double *x, double *work, double *mean, double *variance);

/* The same standardised, at m points X[m*d]. */
void gp_posterior (const Gp *gp, int m, const double *X, double *work, double *mean, double *variance);

/* The same of each component: mean[k*m + j], variance[k*m + j]. */
void gp_components_posterior (const Gp *gp, int m, const double *X, double *work, double *mean, double *variance);

/* The posterior of one component at one point, standardised, and its gradients by x. */
typedef struct GpSlope {
  double mean, variance, mean_slope[KERNEL_DIMENSIONS], variance_slope[KERNEL_DIMENSIONS];
} GpSlope;

void gp_slope (const Gp *gp, int component, const double *x, double *work, GpSlope *slope);

/* The same at m points X[m*d], slopes[m]: one triangular solve with m right sides either way. 'work': gp_slopes_work doubles. */
size_t gp_slopes_work (const Gp *gp, int m);
void gp_slopes (const Gp *gp, int component, int m, const double *X, double *work, GpSlope *slopes);

/* The same of the mixture, in units of y and x. */
void gp_predict_slope (const Gp *gp, const double *x, double *work, GpSlope *slope);

/* Joint samples of f at m points X[m*d]: out[m], in units of y. STATUS_NO_MEMORY. */
Status gp_sample (const Gp *gp, int m, const double *X, Random *random, double *out);

/* ---- points that are asked about again and again ---- */

/* Keep what predictions at X[m*d] need, through every append and suppose, at O(n m) each; until the next gp_track, fit or
 * condition. STATUS_NO_MEMORY: nothing is tracked. */
Status gp_track (Gp *gp, int m, const double *X);

/* How many points are tracked: 0 after a fit. */
int gp_tracked (const Gp *gp);

/* Of every component at the tracked points: mean[k*m + j], variance[k*m + j]. */
void gp_tracked_posterior (const Gp *gp, double *mean, double *variance);

/* Between tracked points of a line, which must be evenly spaced and in order, at least GP_NEIGHBOURS (d = 1): the rows kept of those
 * about point j, from which posteriors not further away than the next point on either side follow in O(1) each (gp_near.c), to
 * some (spacing / length)^5 of the signal. Good until anything is appended or taken back. */
enum { GP_NEIGHBOURS = 7, GP_PAIRS = GP_NEIGHBOURS * (GP_NEIGHBOURS + 1) / 2 };

typedef struct GpNear {
  int first;                          /* of the neighbours */
  double G[HYPER_NODES][GP_PAIRS];    /* of each component: V'V of the neighbours, lower, row by row */
} GpNear;

void gp_near (const Gp *gp, int j, GpNear *near);

/* Of each component at x: mean[k], variance[k], standardised. A coarse answer lies further off than the other, and so shows how good
 * that is. */
void gp_near_posterior (const Gp *gp, const GpNear *near, double x, bool coarse, double *mean, double *variance);

/* ---- the state of a fit ---- */

/* Numbers that, with the observations at the last fit, restore a process to the bit. */
enum { GP_STATE_MOST = 6 + HYPER_NODES * (KERNEL_DIMENSIONS + 3) };   /* gp_state_size at most */
int gp_state_size (const Gp *gp);
void gp_state (const Gp *gp, double *state);

/* Take up n numbers from gp_state of a process with the same options; gp_condition then goes on from them.
 * STATUS_BAD_ARGUMENT: no such state; STATUS_NO_MEMORY. */
Status gp_set_state (Gp *gp, int n, const double *state);

#endif

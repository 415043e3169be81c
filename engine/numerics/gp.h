/* gp.h -- Gaussian-process regression: y = f(x) + noise, x of d numbers.
 *
 * f has a constant mean and a covariance signal * k(x, x') (kernel.h); an
 * observation adds a normal error of variance 'noise' plus its own. What is not
 * given of these is fitted to its most probable value (MAP) under log-normal
 * priors. Fitting n points costs O(n^3) for each of some tens of evidences, a
 * further point O(n^2), a prediction O(n^2). Memory 3 n^2 doubles.
 *
 * Inside, y is standardised by the mean and deviation of the data at the last
 * gp_fit. Constant data have the deviation 1. */
#ifndef gp_h
#define gp_h

#include <stddef.h>

#include "kernel.h"
#include "status.h"

typedef struct Gp Gp;

/* Units of x and y. */
typedef struct GpHyper {
  double length[KERNEL_DIMENSIONS];  /* > 0: distance in x_i over which f forgets itself */
  double signal;                     /* > 0: variance of f before any data */
  double noise;                      /* >= 0: variance of one observation around f */
  double mean;                       /* of f before any data */
} GpHyper;

/* The priors speak of x in units of 'span' and of y standardised:
 *   length ~ LogNormal(sqrt 2 + ln(d)/2, sqrt 3),  noise ~ LogNormal(-8, 2),  signal ~ LogNormal(1, 1)
 * The mean has none. The first is BoTorch's (0.12 and later). Its LogNormal(-4, 1) on the noise cannot believe a
 * deterministic loss: of 40 searches of the Forrester function 7 ended in the wrong basin, with ours none; and
 * with noise of 5 % of the range it was no better. BoTorch has no signal. Fitted lengths stay in span * [0.005, 100],
 * noise in [1e-9, 10], signal in [0.01, 100]. */
typedef struct GpOptions {
  KernelKind kernel;
  int d;                             /* 1 .. KERNEL_DIMENSIONS */
  GpHyper given;                     /* NAN in a field: to be fitted */
  double span[KERNEL_DIMENSIONS];    /* > 0; NAN: the range of the data at each fit (1 if that is 0) */
} GpOptions;

/* All to be fitted, span from the data. */
GpOptions gp_options (KernelKind kernel, int d);

/* Largest |y| that is taken. */
extern const double GP_LARGEST;

/* A process without observations. STATUS_OK: *out is the caller's, to end with gp_free.
 * Otherwise *out is NULL: STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. */
Status gp_new (Gp **out, const GpOptions *options);

/* End 'gp'; NULL is ignored. */
void gp_free (Gp *gp);

/* Replace the observations: X[n*d] point by point, y[n], variance[n] (>= 0; NULL: zeros), all copied, n >= 0;
 * then fit what is not given, from where the last fit ended and from fixed starts.
 * STATUS_BAD_ARGUMENT (a number not finite, |y| > GP_LARGEST, variance < 0) leaves 'gp' as it was;
 * after STATUS_NO_MEMORY or STATUS_SINGULAR it has no observations. */
Status gp_fit (Gp *gp, int n, const double *X, const double *y, const double *variance);

/* Like gp_fit, but with the hyper-parameters as the last fit left them. */
Status gp_condition (Gp *gp, int n, const double *X, const double *y, const double *variance);

/* One observation more, hyper-parameters and standardisation kept. O(n^2). Errors as gp_fit, 'gp' then as it was. */
Status gp_append (Gp *gp, const double *x, double y, double variance);

/* Forget all but the first n observations, 0 <= n <= gp_size. O(n^2). */
void gp_truncate (Gp *gp, int n);

int gp_size (const Gp *gp);
int gp_dimensions (const Gp *gp);

/* Hyper-parameters in use; the prior's modes for what is fitted and has not been yet. */
GpHyper gp_hyper (const Gp *gp);

/* ln p(y) under them, in units of y; 0 for n = 0. */
double gp_evidence (const Gp *gp);

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

/* The same at one point, and its gradients by x: mean_slope[d], variance_slope[d]. */
void gp_posterior_slope (const Gp *gp, const double *x, double *work, double *mean, double *variance,
                         double *mean_slope, double *variance_slope);

/* The state a fit starts from, ln of lengths, signal and noise in standard units: theta[d + 2]. With
 * gp_condition it restores a process to the bit. gp_set_theta believes what it is told. */
void gp_theta (const Gp *gp, double *theta);
void gp_set_theta (Gp *gp, const double *theta);

#endif

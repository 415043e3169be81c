/* expfit.h -- the loss model L(t) = a exp(b t) + c, b < 0, fitted to a short, noisy
 * series, and the forecast of the loss at a later step.
 *
 * Two ways to fit. The published one is that of AutoLRS (Jin et al., "AutoLRS: Automatic
 * Learning-Rate Schedule by Bayesian Optimization on the Fly", ICLR 2021, arXiv 2105.10762):
 * a parabola through the losses, an exponential through the parabola. It has neither bound nor
 * error bar. The bounded one is ours: raw losses without their outliers, b in a stated
 * interval, c not below a bound, and a forecast that is the average over every b that the
 * series allows, with its standard deviation.
 *
 * Where the bounded fit is weak: it takes the noise for independent and the curve
 * for one exponential. A series shorter than the curve's own time says little about c,
 * and then the deviation is large, as it should be. */
#ifndef expfit_h
#define expfit_h

#include <stdbool.h>

#include "decay.h"
#include "status.h"

enum { EXPFIT_NODES = 24 };  /* rates that a forecast averages over */

typedef struct ExpfitOptions {
  double first;    /* step of losses[0]; finite */
  double stride;   /* steps from one loss to the next; > 0 */
  double lower;    /* the asymptote c is not below it, nor is a forecast; -INFINITY: no bound. For cross-entropy 0 */
  double horizon;  /* the slowest decay looked for takes horizon times the series to fall by a
                      factor e; >= 1. 10: the series is the first tenth of what is forecast */
} ExpfitOptions;

/* What one rate has to say; lengths in points from the first. */
typedef struct ExpfitNode {
  Decay decay;
  double weight;     /* of this rate among all; they sum to 1 */
  double variance;   /* of the asymptote before its bound is known */
  double shift;      /* by which the bound raises its mean */
  double shrink;     /* by which the bound lowers its variance, >= 0 */
} ExpfitNode;

/* A fit: plain data, without pointers. Coefficients are in steps; 'a' is infinite where
 * a exp(b first) underflows, which forecasts do not mind. */
typedef struct Expfit {
  double a, b, c;    /* the best single curve; b < 0 */
  double noise;      /* standard deviation of one loss around the curve; 0 where not estimated */
  int used;          /* losses that entered the fit: finite, and no outliers */
  int nodes;         /* rates to average over; 0: the curve alone, without deviation */
  double first, stride;
  double lower;      /* no forecast is below it; -INFINITY: no bound, as always when published */
  Decay curve;
  ExpfitNode node[EXPFIT_NODES];
} Expfit;

/* The bounded fit. b lies in [-0.3, -1 / (horizon n)] per point, n the length of the series; a may have
 * either sign. Losses that are not finite, or beyond 1e150, are left out, and so are outliers: those farther
 * than four robust deviations (1.4826 times the median distance) from the curve, but never more than a
 * quarter. STATUS_OK for one loss on, constant and rising series included. Else *fit is not set: STATUS_TOO_FEW
 * (no finite loss), STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. O(n): some hundred projections. */
Status expfit_bounded (Expfit *fit, const ExpfitOptions *options, int n, const double *losses);

/* The published fit; 'lower' and 'horizon' are not used. Ten rounds of { least-squares parabola; of the floor(3 %)
 * points farthest from it, drop those in the first half of what is left }, or, for 'validation', one round that
 * drops the farthest point if it is there; then b = -exp(b') per point by Nelder and Mead from b' = 0, and a, c by
 * least squares, through the last parabola's values at the points left. Losses that are not finite are left out.
 * STATUS_TOO_FEW: fewer than three are left. */
Status expfit_published (Expfit *fit, const ExpfitOptions *options, int n, const double *losses, bool validation);

/* The mean curve at 'step' (not before the first; an earlier one counts as the first) and the standard deviation
 * of that: of the curve, not of one noisy loss around it. It holds the noise's share in a and c, and the
 * uncertainty of b: forecasts are averaged over b by its profile likelihood, flat in log |b|. A mean below the bound (a
 * curve that rises from below it) counts as the bound; without one, a falling line goes on below 0. The published fit
 * answers with its curve, at any step, and *sd = nan. Neither may be NULL. */
void expfit_forecast (const Expfit *fit, double step, double *mean, double *sd);

#endif

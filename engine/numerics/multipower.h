/* multipower.h -- the multi-power law of losses under a changing rate, fitted to one series whose rates are told.
 *
 * Luo, Wen, Hu, Sun, Liu, Sun, Lyu, Chen, "A multi-power law for loss curve prediction across learning rate schedules",
 * ICLR 2025, arXiv 2503.12811:
 *
 *     L(t) = L0 + A S(t)^-alpha - B sum over k <= t of (eta[k-1] - eta[k]) G(eta[k]^-gamma S_k(t))
 *     G(x) = 1 - (C x + 1)^-beta,    S(t) = eta[1] + .. + eta[t],    S_k(t) = eta[k] + .. + eta[t]
 *
 * where a first climb of the rate is a warm-up: it counts in S alone, as in the paper.
 *
 * The paper fits several whole trainings; here is a part of one, in which most of the seven parameters hardly show. So they
 * have priors (in units of the series, see multipower.c), the fit is the most probable point (Huber's loss, L-BFGS), and a
 * forecast is the log-normal that follows from the curvature there. The rates are kept as MULTIPOWER_KNOTS changes at
 * most; more are joined two by two. */
#ifndef multipower_h
#define multipower_h

#include <stdbool.h>

#include "forecast.h"
#include "status.h"

enum { MULTIPOWER_PARAMETERS = 7, MULTIPOWER_KNOTS = 64 };

/* The rates so far, relative to the highest of those fitted; sums relative to theirs. */
typedef struct MultipowerPath {
  int count;                        /* changes of the rate */
  double fall[MULTIPOWER_KNOTS];    /* eta[k-1] - eta[k] */
  double before[MULTIPOWER_KNOTS];  /* S(k-1) */
  double rate[MULTIPOWER_KNOTS];    /* eta[k] */
  double sum, last;
  bool climbing;                    /* it has not fallen yet */
} MultipowerPath;

/* A fit: plain data, without pointers. */
typedef struct Multipower {
  double L0, A, alpha, B, C, beta, gamma;   /* in the units of losses, rates and steps */
  int used;                                 /* finite losses */
  double first, stride, lower;
  int length;
  double level, reference, total;           /* units: the last level above 'lower'; the highest rate; the sum of rates */
  double theta[MULTIPOWER_PARAMETERS];      /* log L0, log A, log alpha, log B, log C, log beta, gamma, in those units */
  double covariance[MULTIPOWER_PARAMETERS * MULTIPOWER_PARAMETERS];
  MultipowerPath path;
} Multipower;

/* Fit losses[n] at rates[n] (finite, >= 0, one > 0). options->lower is the bound of L0 and must be finite.
 * STATUS_OK; STATUS_TOO_FEW (no finite loss), STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY: *fit is not set. */
Status multipower_fit (Multipower *fit, const ForecastOptions *options, int n, const double *losses, const double *rates);

/* Logarithm of the law's loss above 'lower', mean and deviation, at 'step' under the rates[n] of the steps after the last loss (NULL
 * with n = 0: the last one stays, as it does after them). The law may fall below its floor, and below 0: a forecast is bent up
 * where it does. O(n). */
void multipower_forecast (const Multipower *fit, int n, const double *rates, double step, double *mean, double *sd);

/* For the fit and its tests. Add a step that counts 'weight' (> 0, in the unit of sums) at a rate to the path. */
void multipower_step (MultipowerPath *path, double rate, double weight);

/* The law for theta at the sum s, in units; gradient[MULTIPOWER_PARAMETERS] by theta, or NULL. */
double multipower_law (const double *theta, const MultipowerPath *path, double s, double *gradient);

#endif

/* hyper.h -- the most probable hyper-parameters of a Gaussian process: priors,
 * bounds, and the search for the maximum of evidence + ln prior; and, where
 * that is worth it, all the probable ones with their weights.
 *
 * theta is that of evidence.h, x in units of the span the priors speak of, y standardised.
 * The priors are densities of the parameters themselves, as BoTorch has them, but for those that say otherwise. */
#ifndef hyper_h
#define hyper_h

#include <stdbool.h>

#include "evidence.h"

/* A prior of theta = a length, the signal or the noise, by two numbers:
 *   log-normal(mu, sigma)        ln theta ~ Normal(mu, sigma); mode at exp(mu - sigma^2)
 *   normal log(mu, sigma)        the same; but the most probable ln theta is looked for, and its mode is exp(mu)
 *   gamma(shape, rate)           density ~ theta^(shape - 1) exp(-rate theta)
 *   inverse square(a, b)         density ~ exp(-(a / t + b t)), t = 1 / theta^2: optuna's, of a length */
typedef enum HyperPriorKind { HYPER_LOG_NORMAL, HYPER_GAMMA, HYPER_INVERSE_SQUARE, HYPER_NORMAL_LOG } HyperPriorKind;

typedef struct HyperPrior {
  HyperPriorKind kind;
  double a, b;   /* finite; b > 0; a > 0 but for mu */
} HyperPrior;

bool hyper_prior_usable (HyperPrior prior);

/* ln density at theta, without its constant; its derivative by ln theta in *slope, where that is not NULL. */
double hyper_prior_log (HyperPrior prior, double log_theta, double *slope);

typedef struct HyperPriors {
  HyperPrior length[KERNEL_DIMENSIONS], signal, noise;
} HyperPriors;

/* Ours for d dimensions, all normal log: length (-1.25 + ln(d)/2, 0.9), or (-0.25, 0.9) for d = 1, where all lengths are
 * averaged over; noise (-14, 4), signal (0, 1). A length that did not grow
 * with the root of d, as distances in the box do, would take six dimensions for rough; and the most probable noise, not its
 * logarithm, would be that of a deterministic loss unless many points prove otherwise: its density is 1e6 times larger there. */
HyperPriors hyper_priors (int d);

/* theta[d + 2] = the modes of the priors, within the bounds of a fit. */
void hyper_modes (const HyperPriors *priors, int d, double *theta);

/* ln prior of those of theta[d + 2] that are not fixed, as the fit weighs them, without its constant; its gradient is added to
 * gradient[d + 2] where that is not NULL. */
double hyper_log_prior (const HyperPriors *priors, int d, const bool *fixed, const double *theta, double *gradient);

/* Move theta[d + 2], except what is fixed, to the most probable value: L-BFGS from theta itself where 'warm'
 * says it is worth it, and from the best of a few fixed starts. *value is evidence + ln prior there.
 * 'work': evidence_work(n, columns) doubles. STATUS_OK, STATUS_NO_MEMORY. */
Status hyper_fit (const Evidence *evidence, const HyperPriors *priors, const bool *fixed, bool warm, double *theta,
                  double *value, double *work);

/* ---- one dimension: every probable length and noise ---- */

enum { HYPER_NODES = 10 };

/* Where the last integration found the mass: ln length and ln(noise / signal), the middle and the step of the lattice. */
typedef struct HyperWindow {
  double middle[2], step[2];
  double signal;      /* expected; 0: never integrated */
} HyperWindow;

typedef struct HyperNode {
  double theta[3], weight;
} HyperNode;

/* nodes[0 .. *count-1], weights summing to 1, most probable first: the posterior of (length, noise / signal) on a
 * lattice of 5 x 5 about its mean (of 128 points or more, 13 of its nodes), 1.5 of its deviations apart; the signal of each is
 * its expectation. For d = 1.
 * Starts from 'window', or, while it is new or n is small, from a wide one; leaves it where the mass was found.
 * *value is ln p(y), all integrated out, up to a constant that depends on n alone. 'work': evidence_work(n, columns) doubles.
 * STATUS_SINGULAR: no node could be factored. */
Status hyper_integrate (const Evidence *evidence, const HyperPriors *priors, HyperWindow *window,
                        HyperNode *nodes, int *count, double *value, double *work);

#endif

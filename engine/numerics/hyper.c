#include "hyper.h"

#include <math.h>
#include <string.h>

#include "minimize.h"

enum { THETA = KERNEL_DIMENSIONS + 2 };

/* Bounds of a fit, of the logarithms. */
typedef struct Bounds {
  double low, high;
} Bounds;

static Bounds bounds_of (int d, int i) {
  if (i < d) return (Bounds){ log(0.005), log(100) };
  if (i == d) return (Bounds){ log(0.01), log(100) };
  return (Bounds){ log(1e-9), log(10) };
}

bool hyper_prior_usable (HyperPrior p) {
  return isfinite(p.a) && isfinite(p.b) && p.b > 0 && (p.kind == HYPER_LOG_NORMAL || p.kind == HYPER_NORMAL_LOG || p.a > 0);
}

double hyper_prior_log (HyperPrior p, double log_theta, double *slope) {
  double by, value;
  if (p.kind == HYPER_LOG_NORMAL || p.kind == HYPER_NORMAL_LOG) {
    const double t = (log_theta - p.a) / p.b;
    value = -log_theta - 0.5 * t * t;
    by = -1 - t / p.b;
  } else if (p.kind == HYPER_GAMMA) {
    const double theta = exp(log_theta);
    value = (p.a - 1) * log_theta - p.b * theta;
    by = p.a - 1 - p.b * theta;
  } else {
    const double t = exp(-2 * log_theta);
    value = -(p.a / t + p.b * t);
    by = -2 * (p.a / t - p.b * t);
  }
  if (slope != NULL) *slope = by;
  return value;
}

/* ln of the mode. */
static double mode_of (HyperPrior p) {
  if (p.kind == HYPER_LOG_NORMAL) return p.a - p.b * p.b;
  if (p.kind == HYPER_NORMAL_LOG) return p.a;
  if (p.kind == HYPER_GAMMA) return p.a > 1 ? log((p.a - 1) / p.b) : -INFINITY;
  return 0.25 * log(p.b / p.a);
}

HyperPriors hyper_priors (int d) {
  HyperPriors p = { .signal = { HYPER_NORMAL_LOG, 0, 1 }, .noise = { HYPER_NORMAL_LOG, -14, 4 } };
  const double middle = d == 1 ? -0.25 : -1.25 + 0.5 * log(d);
  for (int i = 0; i < KERNEL_DIMENSIONS; i++) p.length[i] = (HyperPrior){ HYPER_NORMAL_LOG, middle, 0.9 };
  return p;
}

static HyperPrior prior_of (const HyperPriors *p, int d, int i) {
  return i < d ? p->length[i] : i == d ? p->signal : p->noise;
}

void hyper_modes (const HyperPriors *priors, int d, double *theta) {
  for (int i = 0; i < d + 2; i++) {
    const Bounds b = bounds_of(d, i);
    theta[i] = fmin(fmax(mode_of(prior_of(priors, d, i)), b.low), b.high);
  }
}

double hyper_log_prior (const HyperPriors *priors, int d, const bool *fixed, const double *theta, double *gradient) {
  double sum = 0, slope;
  for (int i = 0; i < d + 2; i++) {
    if (fixed[i]) continue;
    const HyperPrior p = prior_of(priors, d, i);
    const bool of_logarithm = p.kind == HYPER_NORMAL_LOG;
    sum += hyper_prior_log(p, theta[i], &slope) + (of_logarithm ? theta[i] : 0);
    if (gradient != NULL) gradient[i] += slope + (of_logarithm ? 1 : 0);
  }
  return sum;
}

typedef struct Fit {
  const Evidence *evidence;
  const HyperPriors *priors;
  const bool *fixed;
  double theta[THETA];   /* what is fixed stays */
  double *work;
} Fit;

static int count_free (const Fit *fit) {
  int n = 0;
  for (int i = 0; i < fit->evidence->kernel.d + 2; i++) n += !fit->fixed[i];
  return n;
}

static void pack (const Fit *fit, const double *theta, double *x) {
  for (int i = 0; i < fit->evidence->kernel.d + 2; i++) if (!fit->fixed[i]) *x++ = theta[i];
}

static void unpack (const Fit *fit, const double *x, double *theta) {
  for (int i = 0; i < fit->evidence->kernel.d + 2; i++) if (!fit->fixed[i]) theta[i] = *x++;
}

/* Minus ln posterior density, as a function of what is free. */
static double cost (int n, const double *x, double *gradient, void *context) {
  (void)n;
  Fit *fit = context;
  const int d = fit->evidence->kernel.d;
  double all[THETA];
  unpack(fit, x, fit->theta);
  double value = evidence_log(fit->evidence, fit->theta, gradient != NULL ? all : NULL, fit->work);
  value += hyper_log_prior(fit->priors, d, fit->fixed, fit->theta, gradient != NULL ? all : NULL);
  if (gradient == NULL) return -value;
  pack(fit, all, gradient);
  for (int i = 0; i < n; i++) gradient[i] = -gradient[i];
  return -value;
}

/* Follow the slope from x, and keep theta where the end is better than *best. */
static Status descend (Fit *fit, double *x, double *theta, double *best) {
  const Minimize options = { .method = MINIMIZE_LBFGS, .evaluations = 60, .x_tolerance = 1e-4, .f_tolerance = 1e-7 };
  double low[THETA], high[THETA], lower[THETA], upper[THETA], value;
  const int d = fit->evidence->kernel.d, n = count_free(fit);
  for (int i = 0; i < d + 2; i++) {
    low[i] = bounds_of(d, i).low;
    high[i] = bounds_of(d, i).high;
  }
  pack(fit, low, lower);
  pack(fit, high, upper);
  for (int i = 0; i < n; i++) x[i] = fmin(fmax(x[i], lower[i]), upper[i]);
  const Status status = minimize(&options, n, cost, fit, lower, upper, x, &value, NULL);
  if (status == STATUS_BAD_ARGUMENT) return STATUS_OK;  /* no finite value on the way: nothing better */
  if (status == STATUS_OK && value < *best) {
    *best = value;
    unpack(fit, x, theta);
  }
  return status;
}

/* x = the best of the fixed starts; its value is returned. */
static double best_start (Fit *fit, double *x) {
  static const double LENGTHS[] = { 0.1, 0.3, 1 }, NOISES[] = { 1e-6, 1e-2 };
  const int d = fit->evidence->kernel.d;
  double best = INFINITY, start[THETA], trial[THETA];
  hyper_modes(fit->priors, d, start);
  pack(fit, start, x);
  for (int i = 0; i < 6; i++) {
    for (int k = 0; k < d; k++) start[k] = log(LENGTHS[i / 2] * sqrt(d));
    start[d + 1] = log(NOISES[i % 2]);
    pack(fit, start, trial);
    const double value = cost(count_free(fit), trial, NULL, fit);
    if (value < best) {
      best = value;
      pack(fit, start, x);
    }
  }
  return best;
}

/* Where one evidence costs this little a second descent is always worth it. */
static const int FEW = 20;

Status hyper_fit (const Evidence *evidence, const HyperPriors *priors, const bool *fixed, bool warm, double *theta,
                  double *value, double *work) {
  Fit fit = { .evidence = evidence, .priors = priors, .fixed = fixed, .work = work };
  memcpy(fit.theta, theta, (size_t)(evidence->kernel.d + 2) * sizeof *theta);
  double x[THETA], best = INFINITY;
  Status status = STATUS_OK;
  if (count_free(&fit) == 0) {
    *value = -cost(0, x, NULL, &fit);
    return STATUS_OK;
  }
  if (warm) {
    pack(&fit, theta, x);
    status = descend(&fit, x, theta, &best);
  }
  if (status == STATUS_OK && (best_start(&fit, x) < best || evidence->n <= FEW))
    status = descend(&fit, x, theta, &best);
  *value = -best;
  return status;
}

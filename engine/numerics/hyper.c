#include "hyper.h"

#include <math.h>
#include <string.h>

#include "minimize.h"

enum { THETA = KERNEL_DIMENSIONS + 2 };

/* A log-normal prior: ln of the parameter is normal. Its mode is at mu - sigma^2. */
typedef struct LogNormal {
  double mu, sigma, low, high;   /* and the bounds of a fit, of the logarithm */
} LogNormal;

static LogNormal prior_of (int d, int i) {
  if (i < d) return (LogNormal){ sqrt(2) + 0.5 * log(d), sqrt(3), log(0.005), log(100) };
  if (i == d) return (LogNormal){ 1, 1, log(0.01), log(100) };
  return (LogNormal){ -8, 2, log(1e-9), log(10) };
}

void hyper_modes (int d, double *theta) {
  for (int i = 0; i < d + 2; i++) {
    const LogNormal p = prior_of(d, i);
    theta[i] = p.mu - p.sigma * p.sigma;
  }
}

double hyper_log_prior (int d, const bool *fixed, const double *theta, double *gradient) {
  double sum = 0;
  for (int i = 0; i < d + 2; i++) {
    if (fixed[i]) continue;
    const LogNormal p = prior_of(d, i);
    const double t = (theta[i] - p.mu) / p.sigma;
    sum -= theta[i] + 0.5 * t * t;
    if (gradient != NULL) gradient[i] -= 1 + t / p.sigma;
  }
  return sum;
}

typedef struct Fit {
  const Evidence *evidence;
  const bool *fixed;
  double theta[THETA];   /* what is fixed stays */
  double *work;
} Fit;

static int count_free (const Fit *fit) {
  int n = 0;
  for (int i = 0; i < fit->evidence->d + 2; i++) n += !fit->fixed[i];
  return n;
}

static void pack (const Fit *fit, const double *theta, double *x) {
  for (int i = 0; i < fit->evidence->d + 2; i++) if (!fit->fixed[i]) *x++ = theta[i];
}

static void unpack (const Fit *fit, const double *x, double *theta) {
  for (int i = 0; i < fit->evidence->d + 2; i++) if (!fit->fixed[i]) theta[i] = *x++;
}

/* Minus ln posterior density, as a function of what is free. */
static double cost (int n, const double *x, double *gradient, void *context) {
  (void)n;
  Fit *fit = context;
  const int d = fit->evidence->d;
  double all[THETA];
  unpack(fit, x, fit->theta);
  double value = evidence_log(fit->evidence, fit->theta, gradient != NULL ? all : NULL, fit->work);
  value += hyper_log_prior(d, fit->fixed, fit->theta, gradient != NULL ? all : NULL);
  if (gradient == NULL) return -value;
  pack(fit, all, gradient);
  for (int i = 0; i < n; i++) gradient[i] = -gradient[i];
  return -value;
}

/* Follow the slope from x, and keep theta where the end is better than *best. */
static Status descend (Fit *fit, double *x, double *theta, double *best) {
  const Minimize options = { .method = MINIMIZE_LBFGS, .evaluations = 60, .x_tolerance = 1e-4, .f_tolerance = 1e-7 };
  double low[THETA], high[THETA], lower[THETA], upper[THETA], value;
  const int d = fit->evidence->d, n = count_free(fit);
  for (int i = 0; i < d + 2; i++) {
    const LogNormal p = prior_of(d, i);
    low[i] = p.low;
    high[i] = p.high;
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
  const int d = fit->evidence->d;
  double best = INFINITY, start[THETA], trial[THETA];
  hyper_modes(d, start);
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

Status hyper_fit (const Evidence *evidence, const bool *fixed, bool warm, double *theta, double *work) {
  Fit fit = { .evidence = evidence, .fixed = fixed, .work = work };
  memcpy(fit.theta, theta, (size_t)(evidence->d + 2) * sizeof *theta);
  if (count_free(&fit) == 0) return STATUS_OK;
  double x[THETA], best = INFINITY;
  Status status = STATUS_OK;
  if (warm) {
    pack(&fit, theta, x);
    status = descend(&fit, x, theta, &best);
  }
  if (status == STATUS_OK && (best_start(&fit, x) < best || evidence->n <= FEW))
    status = descend(&fit, x, theta, &best);
  return status;
}

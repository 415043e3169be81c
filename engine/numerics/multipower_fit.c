/* multipower_fit.c -- the most probable parameters of the multi-power law, and how far off they may be. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "forecast_inner.h"
#include "linalg.h"
#include "minimize.h"
#include "multipower.h"
#include "windows.h"

enum { P = MULTIPOWER_PARAMETERS, EVALUATIONS = 300 };

/* Beforehand, in units of the last level, the highest rate and the sum of rates so far. The law's floor is half of the last level,
 * and so is what falls by a power of about a half; a decay to zero takes off a quarter. C, beta and gamma are about what the
 * paper found for its three models. */
static const double PRIOR[P] = { -0.7, -0.7, -0.7, -1.5, 5.5, -0.5, 0.6 };
static const double PRIOR_SD[P] = { 1.5, 1.5, 0.5, 0.7, 2, 0.3, 0.2 };
static const double REACH = 6;            /* the search ends so many deviations away */
static const double STRAY = 0.02;         /* no law is truer than that, in logarithms */
static const double HUBER = 1.345;        /* deviations beyond which a window pulls no harder */
static const double LEAST_LAW = 1e-3;     /* below it the logarithm goes on as a line */
static const double BEND = 0.1;
static const double MOST_SD = 3;          /* of the logarithm of a forecast */

/* What is fitted: levels of the windows, in logarithms. */
typedef struct Seen {
  const MultipowerPath *path;
  int count;
  double sum[WINDOWS_MAX], z[WINDOWS_MAX], sd[WINDOWS_MAX];
} Seen;

/* The logarithm of the law, and of its gradient. */
static double log_law (const double *theta, const MultipowerPath *path, double s, double *gradient) {
  const double law = multipower_law(theta, path, s, gradient), at = fmax(law, LEAST_LAW);
  if (gradient != NULL)
    for (int i = 0; i < P; i++) gradient[i] /= at;
  return log(at) + (law - at) / at;
}

/* The same for a forecast, bent so that it stays above 0: F becomes (F + sqrt(F^2 + 4 b^2)) / 2, where b is a tenth of the floor. */
static double bent_log_law (const double *theta, const MultipowerPath *path, double s, double *gradient) {
  const double law = multipower_law(theta, path, s, gradient), bend = BEND * exp(theta[0]), root = hypot(law, 2 * bend);
  for (int i = 0; i < P; i++) gradient[i] /= root;  /* but for the bend's own, which is small */
  return log(law > 0 ? 0.5 * (law + root) : 2 * bend * bend / (root - law));
}

/* Minus the logarithm of the posterior. */
static double unlikely (int n, const double *theta, double *gradient, void *context) {
  const Seen *seen = context;
  double sum = 0, by[P];
  for (int i = 0; i < n; i++) {
    const double away = (theta[i] - PRIOR[i]) / PRIOR_SD[i];
    sum += 0.5 * away * away;
    if (gradient != NULL) gradient[i] = away / PRIOR_SD[i];
  }
  for (int w = 0; w < seen->count; w++) {
    const double u = (seen->z[w] - log_law(theta, seen->path, seen->sum[w], gradient == NULL ? NULL : by)) / seen->sd[w];
    const double pull = fmin(fmax(u, -HUBER), HUBER);
    sum += pull * (u - 0.5 * pull);
    if (gradient != NULL)
      for (int i = 0; i < n; i++) gradient[i] -= pull / seen->sd[w] * by[i];
  }
  return sum;
}

/* Inverse of the curvature at theta, of Gauss and Newton. */
static Status spread (const Seen *seen, const double *theta, double *covariance) {
  double by[P];
  memset(covariance, 0, P * P * sizeof *covariance);
  for (int i = 0; i < P; i++) covariance[i + i * P] = 1 / (PRIOR_SD[i] * PRIOR_SD[i]);
  for (int w = 0; w < seen->count; w++) {
    const double u = (seen->z[w] - log_law(theta, seen->path, seen->sum[w], by)) / seen->sd[w];
    const double weight = fmin(HUBER / fmax(fabs(u), DBL_MIN), 1) / (seen->sd[w] * seen->sd[w]);
    for (int j = 0; j < P; j++)
      for (int i = j; i < P; i++) covariance[i + j * P] += weight * by[i] * by[j];
  }
  Status status = linalg_cholesky(P, covariance, P);
  if (status == STATUS_OK) status = linalg_cholesky_inverse(P, covariance, P);
  return status;
}

/* Walk the rates: sets the path, and where the windows' losses lie on it. */
static void walk (Multipower *fit, const Windows *windows, const double *losses, const double *rates, Seen *seen) {
  MultipowerPath *path = &fit->path;
  *path = (MultipowerPath){ .climbing = true };
  seen->count = 0;
  for (int w = 0; w < windows->count; w++) {
    double logarithms = 0;
    for (int i = windows->first[w]; i < windows->first[w + 1]; i++) {
      multipower_step(path, rates[i] / fit->reference, fit->stride * fit->reference / fit->total);
      if (windows_counts(losses[i])) logarithms += log(fmax(path->sum, 1e-9));
    }
    if (windows->size[w] == 0) continue;
    const int k = seen->count++;
    seen->sum[k] = exp(logarithms / windows->size[w]);
    seen->z[k] = log(windows->level[w] / fit->level);
    seen->sd[k] = sqrt(log1p(windows->noise * windows->inflation / windows->size[w]) + STRAY * STRAY);
  }
}

/* From theta to the paper's letters. */
static void name_parameters (Multipower *fit) {
  const double *theta = fit->theta;
  fit->alpha = exp(theta[2]);
  fit->beta = exp(theta[5]);
  fit->gamma = theta[6];
  fit->L0 = fit->lower + fit->level * exp(theta[0]);
  fit->A = fit->level * exp(theta[1] + fit->alpha * log(fit->total));
  fit->B = fit->level * exp(theta[3]) / fit->reference;
  fit->C = exp(theta[4] + fit->gamma * log(fit->reference) - log(fit->total));
}

static Status search (Multipower *fit, Seen *seen) {
  const Minimize how = { .method = MINIMIZE_LBFGS, .evaluations = EVALUATIONS, .f_tolerance = 1e-9 };
  double low[P], high[P], value;
  for (int i = 0; i < P; i++) {
    low[i] = PRIOR[i] - REACH * PRIOR_SD[i];
    high[i] = PRIOR[i] + REACH * PRIOR_SD[i];
    fit->theta[i] = PRIOR[i];
  }
  const Status status = minimize(&how, P, unlikely, seen, low, high, fit->theta, &value, NULL);
  return status != STATUS_OK ? status : spread(seen, fit->theta, fit->covariance);
}

Status multipower_fit (Multipower *fit, const ForecastOptions *options, int n, const double *losses, const double *rates) {
  if (n < 0 || !forecast_options_good(options) || options->lower == -INFINITY) return STATUS_BAD_ARGUMENT;
  Multipower made = { .first = options->first, .stride = options->stride, .lower = options->lower, .length = n };
  for (int i = 0; i < n; i++) {
    if (!(rates[i] >= 0 && isfinite(rates[i]))) return STATUS_BAD_ARGUMENT;
    made.reference = fmax(made.reference, rates[i]);
  }
  if (n == 0) return STATUS_TOO_FEW;
  if (made.reference == 0) return STATUS_BAD_ARGUMENT;
  for (int i = 0; i < n; i++) made.total += rates[i] / made.reference;
  made.total *= made.reference * options->stride;
  Windows windows;
  Seen seen = { .path = &made.path };
  Status status = windows_condense(&windows, options->lower, n, losses, NULL);
  if (status != STATUS_OK) return status;
  for (int w = 0; w < windows.count; w++)
    if (windows.size[w] > 0) made.level = windows.level[w];
  made.used = windows.used;
  walk(&made, &windows, losses, rates, &seen);
  status = search(&made, &seen);
  if (status != STATUS_OK) return status;
  name_parameters(&made);
  *fit = made;
  return STATUS_OK;
}

void multipower_forecast (const Multipower *fit, int n, const double *rates, double step, double *mean, double *sd) {
  MultipowerPath path = fit->path;
  const double unit = fit->reference / fit->total;
  double steps = fmax(step - fit->first - (fit->length - 1) * fit->stride, 0), by[P], variance = STRAY * STRAY;
  for (int i = 0; i < n && steps > 0; i++, steps--) multipower_step(&path, rates[i] / fit->reference, fmin(steps, 1) * unit);
  if (steps > 0) multipower_step(&path, path.last, steps * unit);
  *mean = bent_log_law(fit->theta, &path, path.sum, by) + log(fit->level);
  for (int j = 0; j < P; j++)
    for (int i = j; i < P; i++) variance += (i == j ? 1 : 2) * by[i] * by[j] * fit->covariance[i + j * P];
  *sd = fmin(sqrt(fmax(variance, 0)), MOST_SD);
}

/* expfit.c -- the published fit, and the forecast of either. */
#include "expfit.h"

#include <math.h>
#include <string.h>

#include "expfit_inner.h"
#include "mem.h"
#include "select.h"

bool expfit_options_good (const ExpfitOptions *options) {
  return isfinite(options->first) && options->stride > 0 && isfinite(options->stride)
      && options->lower < INFINITY && options->horizon >= 1 && isfinite(options->horizon);
}

void expfit_set_curve (Expfit *fit, const ExpfitOptions *options, const Decay *curve) {
  memset(fit, 0, sizeof *fit);
  fit->curve = *curve;
  fit->first = options->first;
  fit->stride = options->stride;
  fit->lower = -INFINITY;
  fit->b = -curve->rate / options->stride;
  fit->c = decay_asymptote(curve);
  fit->a = curve->slope == 0 ? 0 : -curve->slope * exp(-fit->b * (options->first + options->stride * curve->start));
}

/* ---- the forecast ---- */

/* Mean and variance of the curve at point t, as one rate sees them. What the bound says of
 * the asymptote is carried to t by their covariance. */
static void node_forecast (const Expfit *fit, const ExpfitNode *node, double t, double *mean, double *variance) {
  const Decay *decay = &node->decay;
  const double noise = fit->noise * fit->noise;
  const double away = decay->spread > 0 ? decay_g(decay, t) - decay->center : 0;
  const double per_away = decay->spread > 0 ? away / decay->spread : 0;
  const double carried = noise * (1.0 / fit->used + per_away * (1 - decay->center)) / node->variance;
  *mean = decay->mean + decay->slope * away + carried * node->shift;
  *variance = fmax(0, noise * (1.0 / fit->used + per_away * away) - carried * carried * node->shrink);
}

void expfit_forecast (const Expfit *fit, double step, double *mean, double *sd) {
  double t = (step - fit->first) / fit->stride;
  if (fit->nodes == 0) {
    *mean = decay_curve(&fit->curve, t);
    *sd = NAN;
    return;
  }
  t = fmax(t, 0);
  double means[EXPFIT_NODES], spread = 0;
  *mean = 0;
  for (int k = 0; k < fit->nodes; k++) {
    double variance;
    node_forecast(fit, &fit->node[k], t, &means[k], &variance);
    *mean += fit->node[k].weight * means[k];
    spread += fit->node[k].weight * variance;
  }
  for (int k = 0; k < fit->nodes; k++)
    spread += fit->node[k].weight * (means[k] - *mean) * (means[k] - *mean);
  *sd = sqrt(spread);
  *mean = fmax(*mean, fit->lower);
}

/* ---- the published procedure ---- */

/* y = value[0] + value[1] x + value[2] x^2, x from -1 to 1 over the points 0 .. n-1. */
typedef struct Parabola {
  double value[3];
} Parabola;

static double scaled (int n, int i) {
  return n > 1 ? 2.0 * i / (n - 1) - 1 : 0;
}

static double parabola_at (const Parabola *parabola, double x) {
  return parabola->value[0] + x * (parabola->value[1] + x * parabola->value[2]);
}

/* Solve the symmetric A v = b, lower triangle given, by L D L'; a vanishing pivot leaves its v at 0. */
static void solve3 (double A[3][3], double v[3]) {
  for (int j = 0; j < 3; j++) {
    const double pivot = A[j][j];
    const bool dead = !(fabs(pivot) > 1e-12 * A[0][0]);
    for (int i = j + 1; i < 3; i++) {
      const double factor = dead ? 0 : A[i][j] / pivot;
      for (int k = j + 1; k <= i; k++) A[i][k] -= factor * A[k][j];
      v[i] -= factor * v[j];
    }
    v[j] = dead ? 0 : v[j] / pivot;
    if (dead) for (int i = j + 1; i < 3; i++) A[i][j] = 0;
  }
  for (int j = 2; j >= 0; j--)
    for (int i = j + 1; i < 3; i++)
      if (A[j][j] != 0) v[j] -= A[i][j] / A[j][j] * v[i];
}

/* The parabola of least squares through the points index[0 .. m-1]. */
static Parabola fit_parabola (int n, const double *losses, int m, const int *index) {
  double power[5] = { 0 };
  Parabola parabola = { { 0 } };
  const double shift = losses[index[0]];
  for (int k = 0; k < m; k++) {
    const double x = scaled(n, index[k]), y = losses[index[k]] - shift;
    double term = 1;
    for (int j = 0; j < 5; j++, term *= x) {
      power[j] += term;
      if (j < 3) parabola.value[j] += term * y;
    }
  }
  double A[3][3];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j <= i; j++) A[i][j] = power[i + j];
  solve3(A, parabola.value);
  parabola.value[0] += shift;
  return parabola;
}

/* Of the 'farthest' points farthest from the parabola, drop those in the first half. Returns how many are left. */
static int drop_far (int n, const double *losses, const Parabola *parabola, int farthest,
                     int m, int *index, double *distance, double *scratch) {
  if (farthest < 1) return m;
  for (int k = 0; k < m; k++)
    scratch[k] = distance[k] = fabs(losses[index[k]] - parabola_at(parabola, scaled(n, index[k])));
  const double limit = select_smallest(m, scratch, m - farthest);
  int left = 0;
  for (int k = 0; k < m; k++)
    if (2 * k >= m || distance[k] < limit) index[left++] = index[k];
  return left;
}

static double residual_at (const DecaySeries *series, double x) {
  return decay_project(series, exp(x)).residual;
}

/* Nelder and Mead (1965) in one dimension from x = 0, with the usual coefficients 1, 2, 1/2, 1/2, until both
 * the two ends and their values are within 1e-4, or after 200 evaluations. */
static double nelder_mead (const DecaySeries *series) {
  double best = 0, worst = 0.00025;
  double at_best = residual_at(series, best), at_worst = residual_at(series, worst);
  for (int evaluations = 2; evaluations < 200;) {
    if (at_worst < at_best) {
      double t = best; best = worst; worst = t;
      t = at_best; at_best = at_worst; at_worst = t;
    }
    if (fabs(worst - best) <= 1e-4 && fabs(at_worst - at_best) <= 1e-4) break;
    double x = 2 * best - worst, at_x = residual_at(series, x);
    evaluations += 2;
    if (at_x < at_best) {
      const double farther = 3 * best - 2 * worst, at_farther = residual_at(series, farther);
      if (at_farther < at_x) x = farther, at_x = at_farther;
    } else {
      const bool outside = at_x < at_worst;
      const double limit = outside ? at_x : at_worst;
      x = outside ? 1.5 * best - 0.5 * worst : 0.5 * (best + worst);
      at_x = residual_at(series, x);
      if (outside ? at_x > limit : at_x >= limit) {
        x = 0.5 * (best + worst);
        at_x = residual_at(series, x);
        evaluations++;
      }
    }
    worst = x;
    at_worst = at_x;
  }
  return at_worst < at_best ? worst : best;
}

/* The indices of the finite losses. */
static int finite_points (int n, const double *losses, int *index) {
  int m = 0;
  for (int i = 0; i < n; i++)
    if (fabs(losses[i]) <= EXPFIT_HUGE) index[m++] = i;
  return m;
}

/* Rounds of parabola and drop; then the last parabola's values, at the points left, into 'series'. */
static int smooth (int n, const double *losses, bool validation, int m, int *index, double *scratch, DecaySeries *series) {
  double *values = scratch, *other = scratch + n;
  Parabola parabola = { { 0 } };
  for (int round = 0; round < (validation ? 1 : 10); round++) {
    parabola = fit_parabola(n, losses, m, index);
    m = drop_far(n, losses, &parabola, validation ? 1 : m * 3 / 100, m, index, values, other);
  }
  for (int k = 0; k < m; k++) {
    values[index[k]] = parabola_at(&parabola, scaled(n, index[k]));
    series->w[index[k]] = 1;
  }
  decay_center(series, values);
  return m;
}

Status expfit_published (Expfit *fit, const ExpfitOptions *options, int n, const double *losses, bool validation) {
  if (n < 0 || !expfit_options_good(options)) return STATUS_BAD_ARGUMENT;
  if (n < 3) return STATUS_TOO_FEW;
  const size_t room = (size_t)decay_room(n);
  double *y = mem_alloc(4 * room, sizeof *y);
  int *index = mem_alloc((size_t)n, sizeof *index);
  Status status = STATUS_NO_MEMORY;
  if (y != NULL && index != NULL) {
    int m = finite_points(n, losses, index);
    status = m < 3 ? STATUS_TOO_FEW : STATUS_OK;
    if (status == STATUS_OK) {
      DecaySeries series = { .n = n, .y = y, .w = y + room };
      m = smooth(n, losses, validation, m, index, y + 2 * room, &series);
      const Decay curve = decay_project(&series, exp(nelder_mead(&series)));
      expfit_set_curve(fit, options, &curve);
      fit->used = m;
    }
  }
  mem_free(index);
  mem_free(y);
  return status;
}

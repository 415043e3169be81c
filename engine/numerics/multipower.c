#include "multipower.h"

#include <math.h>
#include <stddef.h>

static const double LEAST_RATE = 1e-6;   /* of the highest: its power stays finite */
static const double LEAST_SUM = 1e-9;

enum { L0, A, ALPHA, B, C, BETA, GAMMA };  /* places in theta */

/* Half as many changes: each two are one, where the larger is. */
static void join (MultipowerPath *path) {
  for (int k = 0; 2 * k + 1 < path->count; k++) {
    const int at = fabs(path->fall[2 * k]) > fabs(path->fall[2 * k + 1]) ? 2 * k : 2 * k + 1;
    path->before[k] = path->before[at];
    path->rate[k] = path->rate[2 * k + 1];
    path->fall[k] = path->fall[2 * k] + path->fall[2 * k + 1];
  }
  path->count /= 2;
}

void multipower_step (MultipowerPath *path, double rate, double weight) {
  const double fall = path->last - rate;
  if (fall > 0) path->climbing = false;
  if (fall != 0 && !path->climbing) {
    if (path->count == MULTIPOWER_KNOTS) join(path);
    const int k = path->count++;
    path->fall[k] = fall;
    path->before[k] = path->sum;
    path->rate[k] = fmax(rate, LEAST_RATE);
  }
  path->sum += rate * weight;
  path->last = rate;
}

double multipower_law (const double *theta, const MultipowerPath *path, double s, double *gradient) {
  const double floor = exp(theta[L0]), alpha = exp(theta[ALPHA]), b = exp(theta[B]), c = exp(theta[C]), beta = exp(theta[BETA]);
  const double lns = log(fmax(s, LEAST_SUM)), power = exp(theta[A] - alpha * lns);
  double drop = 0, by_c = 0, by_beta = 0, by_gamma = 0;
  for (int k = 0; k < path->count && path->before[k] < s; k++) {
    const double lnr = log(path->rate[k]), y = c * exp(-theta[GAMMA] * lnr) * (s - path->before[k]);  /* C eta^-gamma S_k */
    const double p = exp(-beta * log1p(y)), part = b * path->fall[k];
    drop += part * (1 - p);
    if (gradient == NULL) continue;
    const double by_y = -part * beta * p / (1 + y) * y;  /* by log y */
    by_c += by_y;
    by_gamma -= by_y * lnr;
    by_beta -= part * beta * log1p(y) * p;
  }
  if (gradient != NULL) {
    gradient[L0] = floor;
    gradient[A] = power;
    gradient[ALPHA] = -power * alpha * lns;
    gradient[B] = -drop;
    gradient[C] = by_c;
    gradient[BETA] = by_beta;
    gradient[GAMMA] = by_gamma;
  }
  return floor + power - drop;
}

/* integrate.c -- hyper_integrate: the posterior of length and noise in one
 * dimension, on a lattice that follows its mass.
 *
 * A lattice 1.5 deviations apart is enough: for a normal density the trapezoidal
 * rule is then wrong by 2 exp(-2 pi^2 / 1.5^2) = 3e-4. The signal is integrated
 * out in closed form (evidence_marginal), so a lattice costs 5 kernel matrices
 * and 25 Cholesky factors. Of many points, whose posterior is close to normal and
 * narrow, 13 nodes are enough: those at most two steps from the middle; and fewer
 * of them become components. */
#include "hyper.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 5, LATTICE = SIDE * SIDE, MOVES = 6, FEW = 24, MANY = 128 };

static const double SPACING = 1.5;                          /* of a deviation */
static const double NARROWEST[] = { 0.08, 0.5 }, WIDEST[] = { 0.9, 3 };   /* steps, in ln length and ln ratio */
static const double LOW[] = { -4.6, -20 }, HIGH[] = { 3, 1.5 };           /* of the middle */
static const double NEGLIGIBLE = 0.01, NEGLIGIBLE_OF_MANY = 0.1;          /* beside the heaviest node */

typedef struct Lattice {
  double at[2][SIDE];                    /* ln length; ln ratio */
  double log_density[LATTICE], signal[LATTICE];
  int best;
} Lattice;

/* ln prior by the logarithms of length and noise. */
static double log_prior (const HyperPriors *p, double length, double noise) {
  return hyper_prior_log(p->length[0], length, NULL) + length + hyper_prior_log(p->noise, noise, NULL) + noise;
}

/* Whether a node is worth its factor: row i, column j of the lattice. */
static bool counts (int n, int i, int j) { return n < MANY || abs(i - SIDE / 2) + abs(j - SIDE / 2) <= 2; }

static void evaluate (const Evidence *e, const HyperPriors *priors, const HyperWindow *w, Lattice *l, double *work) {
  const size_t n = (size_t)e->n;
  double *C = work, *vectors = work + 2 * n * n;
  EvidenceFactor f = { .L = work + n * n, .ld = e->n, .z = vectors, .z0 = vectors + n, .U = vectors + 2 * n };
  l->best = -1;
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < SIDE; i++) l->at[k][i] = w->middle[k] + (i - SIDE / 2) * w->step[k];
  for (int i = 0; i < SIDE; i++) {
    const double length = exp(l->at[0][i]);
    kernel_matrix(&e->kernel, &length, e->n, e->X, e->ldx, C, NULL, e->n);
    for (int j = 0; j < SIDE; j++) {
      const int k = i * SIDE + j;
      const double ratio = l->at[1][j];
      l->log_density[k] = -INFINITY;
      l->signal[k] = w->signal;
      if (!counts(e->n, i, j)) continue;
      l->log_density[k] = evidence_marginal(e, C, exp(ratio), w->signal, &f, &l->signal[k]);
      if (l->log_density[k] > -INFINITY) l->log_density[k] += log_prior(priors, l->at[0][i], ratio + log(l->signal[k]));
      if (isnan(l->log_density[k])) l->log_density[k] = -INFINITY;
      if (l->log_density[k] > -INFINITY && (l->best < 0 || l->log_density[k] > l->log_density[l->best])) l->best = k;
    }
  }
}

static double clamp (double x, double low, double high) { return fmin(fmax(x, low), high); }

/* The mean and deviation of the mass in each direction; the window is moved there. Says whether its edge was too close.
 * *value = ln of the integral. */
static bool follow (const Lattice *l, HyperWindow *w, double *value) {
  double total = 0, mean[2] = { 0 }, square[2] = { 0 }, signal = 0;
  for (int k = 0; k < LATTICE; k++) {
    const double mass = exp(l->log_density[k] - l->log_density[l->best]);
    const double at[] = { l->at[0][k / SIDE], l->at[1][k % SIDE] };
    total += mass;
    signal += mass * l->signal[k];
    for (int i = 0; i < 2; i++) {
      mean[i] += mass * (at[i] - w->middle[i]);
      square[i] += mass * pow(at[i] - w->middle[i], 2);
    }
  }
  bool moved = false;
  *value = l->log_density[l->best] + log(total * w->step[0] * w->step[1]);
  for (int i = 0; i < 2; i++) {
    const double shift = mean[i] / total, deviation = sqrt(fmax(square[i] / total - shift * shift, 0));
    const double middle = clamp(w->middle[i] + shift, LOW[i], HIGH[i]);
    moved = moved || fabs(middle - w->middle[i]) > w->step[i];
    w->middle[i] = middle;
    w->step[i] = clamp(SPACING * deviation, fmax(NARROWEST[i], w->step[i] / 3), fmin(WIDEST[i], 2 * w->step[i]));
  }
  w->signal = signal / total;
  return moved;
}

/* The heaviest nodes, with weights that sum to 1. */
static int choose (const Lattice *l, double negligible, HyperNode *nodes) {
  bool used[LATTICE] = { false };
  double total = 0;
  int count = 0;
  while (count < HYPER_NODES) {
    int best = -1;
    for (int k = 0; k < LATTICE; k++) if (!used[k] && (best < 0 || l->log_density[k] > l->log_density[best])) best = k;
    const double mass = exp(l->log_density[best] - l->log_density[l->best]);
    if (count > 0 && mass < negligible) break;
    used[best] = true;
    total += mass;
    const double signal = log(l->signal[best]);
    nodes[count++] = (HyperNode){ { l->at[0][best / SIDE], signal, l->at[1][best % SIDE] + signal }, mass };
  }
  for (int k = 0; k < count; k++) nodes[k].weight /= total;
  return count;
}

Status hyper_integrate (const Evidence *e, const HyperPriors *priors, HyperWindow *window,
                        HyperNode *nodes, int *count, double *value, double *work) {
  Lattice lattice;
  const double negligible = e->n < MANY ? NEGLIGIBLE : NEGLIGIBLE_OF_MANY;
  if (!(window->signal > 0)) window->signal = 1;
  if (e->n <= FEW || !(window->step[0] > 0))
    *window = (HyperWindow){ { log(0.25), -9 }, { WIDEST[0], WIDEST[1] }, window->signal };
  for (int move = 0; move < MOVES; move++) {
    evaluate(e, priors, window, &lattice, work);
    if (lattice.best < 0) return STATUS_SINGULAR;
    HyperWindow next = *window;
    const bool moved = follow(&lattice, &next, value);
    const bool coarse = next.step[0] < 0.7 * window->step[0] || next.step[1] < 0.7 * window->step[1];
    if (!moved && !coarse) {
      *count = choose(&lattice, negligible, nodes);
      *window = next;
      return STATUS_OK;
    }
    *window = next;
  }
  *count = choose(&lattice, negligible, nodes);
  return STATUS_OK;
}

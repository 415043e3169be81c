/* forecast_neighbours.c -- what the rates next to a candidate's say of it.
 *
 * Let a training at rate r have, after t steps, the loss A (S0 + r t)^-a + c r: a curve in the sum of its rates, which began long
 * ago where S0 is large, and noise that goes with the rate. Then the rate that is best falls with time in a training that has
 * just begun, for a high one falls sooner and ends higher; and it rises in one that has settled, where a low one gains at once
 * what the noise had cost, and later on gets nowhere. A short probe shows the one and not the other. So a candidate is
 * expected to be at the end what a rate higher or lower by the factor of that move seems to be now: the forecasts are read
 * there, on lines between the candidates in ln(rate). That keeps a margin from the edge of stability, too: a candidate whose
 * neighbour goes wrong is not what it seems.
 *
 * With m the way of the best rate in the probe, in units of S0, and q times the steps to come, the best rate moves by the factor
 * (q^(1 / (1 + a)) (1 + m) - 1) / (q m), and m follows from how far it is ahead of a rate that stands still:
 * a log(1 + m) - log(1 + a m / (1 + m)). */
#include <math.h>
#include <stdbool.h>

#include "forecast_inner.h"
#include "mem.h"

static const double POWER = -FORECAST_DRIFT;  /* a */
static const double FARTHEST = 1.1;  /* up, in ln(rate): a factor of three. Where nothing is learnt, the law knows no bound */

static double ahead_after (double m) {
  return POWER * log1p(m) - log1p(POWER * m / (1 + m));
}

double forecast_shift (double longer, double ahead) {
  double low = -20, high = 60;  /* ln(m) */
  for (int i = 0; i < 60; i++) {
    const double middle = 0.5 * (low + high);
    if (ahead_after(exp(middle)) < ahead) low = middle; else high = middle;
  }
  const double m = exp(low), move = log((pow(longer, 1 / (1 + POWER)) * (1 + m) - 1) / (longer * m));
  return -fmin(move, FARTHEST);
}

/* A candidate at its place. */
typedef struct Place { double x, z; } Place;

/* Insert sorted by x; of equal ones, the earlier first. */
static void insert (Place *place, int count, Place next) {
  int at = count;
  for (; at > 0 && place[at - 1].x > next.x; at--) place[at] = place[at - 1];
  place[at] = next;
}

static double slope (const Place *left, const Place *right) {
  return right->x > left->x ? (right->z - left->z) / (right->x - left->x) : 0;
}

/* The line through the two ends; beyond the first and the last it only rises. */
static double read (int m, const Place *place, double x) {
  const Place *last = &place[m - 1];
  if (m == 1) return place->z;
  if (x < place->x) return place->z + fmax(-slope(place, place + 1), 0) * (place->x - x);
  if (x >= last->x) return last->z + fmax(slope(last - 1, last), 0) * (x - last->x);
  int i = 1;
  while (place[i].x <= x) i++;
  return place[i - 1].z + slope(&place[i - 1], &place[i]) * (x - place[i - 1].x);
}

Status forecast_ask_neighbours (int m, const double *rates, double shift, double wall, double *z) {
  double least = INFINITY;
  Place *place = mem_alloc((size_t)m, sizeof *place);
  if (place == NULL) return STATUS_NO_MEMORY;
  for (int k = 0; k < m; k++) least = fmin(least, z[k]);
  for (int k = 0; k < m; k++) insert(place, k, (Place){ log(rates[k]), fmin(z[k], least + wall) });
  for (int k = 0; k < m; k++) {
    if (z[k] == INFINITY) continue;
    const double x = log(rates[k]), here = read(m, place, x);
    z[k] += read(m, place, x + shift) - here;
  }
  mem_free(place);
  return STATUS_OK;
}

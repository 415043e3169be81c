/* forecast_neighbours.c -- what the rates next to a candidate's say of it.
 *
 * The longer a training at a constant rate goes on, the lower is the rate that is best: a high one falls sooner and ends
 * higher, for the noise of its steps stays. A short probe shows the one and not the other. So a candidate is expected
 * to be at the end what a rate
 *
 *     rate (steps of the end / steps seen)^FALL
 *
 * seems to be now: the forecasts are read, on lines between the candidates in ln(rate), that much to the right of each. It also keeps
 * a margin from the edge of stability: a candidate whose neighbour goes wrong is not what it seems. Where the probe learnt
 * little it was no beginning, but a stretch of a training that has settled, and its steps are few beside those before: then
 * the shift is less in proportion. */
#include <math.h>
#include <stdbool.h>

#include "forecast_inner.h"
#include "mem.h"

static const double FALL = 1.0 / 6;
static const double ENOUGH = 0.5;  /* learnt in a probe that is a beginning: in logarithms of the loss */

/* A candidate at its place. */
typedef struct Place { double x, z; } Place;

/* Insert sorted by x; of equal ones, the earlier first. */
static void insert (Place *place, int count, Place next) {
  int at = count;
  for (; at > 0 && place[at - 1].x > next.x; at--) place[at] = place[at - 1];
  place[at] = next;
}

/* The line through the two ends; beyond the last one it only rises. */
static double read (int m, const Place *place, double x) {
  int i = 0;
  while (i < m && place[i].x <= x) i++;
  if (i == 0) return place[0].z;
  const bool beyond = i == m;
  if (beyond) i--;
  if (i == 0 || place[i].x == place[i - 1].x) return place[i].z;
  const double slope = (place[i].z - place[i - 1].z) / (place[i].x - place[i - 1].x);
  return place[i].z + (beyond ? fmax(slope, 0) : slope) * (x - place[i].x);
}

Status forecast_ask_neighbours (int m, const double *rates, double longer, double learnt, double wall, double *z) {
  const double shift = FALL * log(longer) * fmin(fmax(learnt / ENOUGH, 0), 1);
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

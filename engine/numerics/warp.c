#include "warp.h"

#include <math.h>
#include <string.h>

#include "select.h"

enum { FEWEST = 4 };

static const double KNEES[WARP_CHOICES] = { INFINITY, 1, 0.3, 0.1 };

double warp_of (const Warp *warp, double y) {
  if (isinf(warp->knee)) return y;
  const double t = (y - warp->floor) / warp->knee;
  return t > 0 ? log1p(t) : t;
}

double warp_slope (const Warp *warp, double y) {
  if (isinf(warp->knee)) return 1;
  return 1 / (warp->knee + fmax(y - warp->floor, 0));
}

double warp_back (const Warp *warp, double w) {
  if (isinf(warp->knee)) return w;
  return warp->floor + warp->knee * (w > 0 ? expm1(w) : w);
}

int warp_choices (int n, const double *y, double *scratch, Warp *choices) {
  double floor = INFINITY;
  for (int i = 0; i < n; i++) floor = fmin(floor, y[i]);
  choices[0] = (Warp){ 0, INFINITY };
  if (n < FEWEST) return 1;
  memcpy(scratch, y, (size_t)n * sizeof *y);
  const double rise = select_smallest(n, scratch, n / 2) - floor;
  if (!(rise > 0) || !isfinite(rise) || !(rise * KNEES[WARP_CHOICES - 1] > 1e-12 * fabs(floor))) return 1;
  for (int i = 1; i < WARP_CHOICES; i++) choices[i] = (Warp){ floor, KNEES[i] * rise };
  return WARP_CHOICES;
}

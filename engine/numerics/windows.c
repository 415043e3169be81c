#include "windows.h"

#include <float.h>
#include <math.h>

#include "mem.h"
#include "select.h"

static const double RATIO = 1.2;          /* from the end of a window to the next one's */
static const double HUGE_LOSS = 1e150;    /* beyond it a loss counts as infinite: its square must stay finite */
static const double OUTLIER = 3;          /* robust deviations */
static const double LEAST_LEVEL = 1e-9;   /* of the largest: a level at the bound itself has no logarithm */
static const double PRIOR_NOISE = 0.01;   /* a tenth of the level, .. */
static const double PRIOR_POINTS = 1;     /* .. believed as much as one loss */
static const double MOST_INFLATION = 5;

enum { ROBUST_LEAST = 5, LINE_LEAST = 3 };  /* losses below which a window has no outliers, and no line */

/* Sums over all windows from which the noise follows. */
typedef struct Residuals {
  double square, product;  /* of each residual; of neighbours */
  double freedom;
  int pairs;
} Residuals;

bool windows_counts (double loss) {
  return fabs(loss) <= HUGE_LOSS;
}

static int cut (int n, int *first) {
  int count = 0;
  first[0] = 0;
  while (first[count] < n) {
    const int begin = first[count];
    double end = fmax(begin + 1, round(begin * RATIO));
    if (n - end < 0.5 * (end - begin)) end = n;  /* no stub at the end */
    first[++count] = (int)fmin(end, n);
  }
  return count;
}

/* Draw outliers in: x[0 .. k-1] to within OUTLIER deviations of their median. */
static void draw_in (int k, double *x, double *scratch) {
  if (k < ROBUST_LEAST) return;
  for (int i = 0; i < k; i++) scratch[i] = x[i];
  const double middle = select_smallest(k, scratch, k / 2);
  for (int i = 0; i < k; i++) scratch[i] = fabs(x[i] - middle);
  const double limit = OUTLIER * 1.4826 * select_smallest(k, scratch, k / 2);
  for (int i = 0; i < k; i++) x[i] = fmin(fmax(x[i], middle - limit), middle + limit);
}

/* Residuals of x[0 .. k-1] around their line, in 'unit', into x itself. */
static void detrend (int k, double *x, double mean, double unit, Residuals *sums) {
  double sxx = 0, sxy = 0, previous = 0;
  for (int i = 0; i < k; i++) {
    const double at = i - 0.5 * (k - 1);
    sxx += at * at;
    sxy += at * x[i];
  }
  for (int i = 0; i < k; i++) {
    x[i] = (x[i] - mean - sxy / sxx * (i - 0.5 * (k - 1))) / unit;
    sums->square += x[i] * x[i];
    if (i > 0) sums->product += x[i] * previous;
    previous = x[i];
  }
  sums->freedom += k - 2;
  sums->pairs += k - 1;
}

/* The finite losses of window w, above 'lower' where there is one, into x; its size and time. */
static void gather (Windows *windows, int w, double lower, const double *losses, double *x) {
  int k = 0;
  double logarithms = 0;
  for (int i = windows->first[w]; i < windows->first[w + 1]; i++)
    if (windows_counts(losses[i])) {
      x[k++] = lower > -INFINITY ? fmax(losses[i] - lower, 0) : losses[i];
      logarithms += log(i + 1.0);
    }
  windows->size[w] = k;
  windows->used += k;
  if (k > 0) windows->time[w] = exp(logarithms / k);
}

static double mean_of (int k, const double *x) {
  double sum = 0;
  for (int i = 0; i < k; i++) sum += x[i];
  return sum / k;
}

static void spread_residuals (const Windows *windows, int w, const double *losses, const double *x, double *residual) {
  for (int i = windows->first[w], k = 0; i < windows->first[w + 1]; i++)
    residual[i] = windows_counts(losses[i]) && windows->size[w] >= LINE_LEAST ? x[k++] : NAN;
}

/* No level below a small part of the largest, where there is a bound. */
static void lift (Windows *windows) {
  double most = 0;
  for (int w = 0; w < windows->count; w++) most = fmax(most, windows->level[w]);
  for (int w = 0; w < windows->count; w++) windows->level[w] = fmax(windows->level[w], LEAST_LEVEL * most + DBL_MIN);
}

/* How far apart the levels lie; the level itself where there is but one. */
static double span (const Windows *windows) {
  double low = INFINITY, high = -INFINITY;
  for (int w = 0; w < windows->count; w++)
    if (windows->size[w] > 0) {
      low = fmin(low, windows->level[w]);
      high = fmax(high, windows->level[w]);
    }
  return high > low ? high - low : fabs(high);
}

static void set_noise (Windows *windows, const Residuals *sums, double unit) {
  windows->noise = (sums->square + PRIOR_POINTS * PRIOR_NOISE * unit * unit) / (sums->freedom + PRIOR_POINTS);
  windows->inflation = 1;
  if (!(sums->square > 0)) return;
  /* The line takes something off the correlation of neighbours: about one part in their number. */
  const double correlation = fmin(sums->product / sums->square + 1.0 / sums->pairs, 0.9);
  if (correlation > 0) windows->inflation = fmin((1 + correlation) / (1 - correlation), MOST_INFLATION);
}

Status windows_condense (Windows *windows, double lower, int n, const double *losses, double *residual) {
  double *x = mem_alloc(2 * (size_t)n, sizeof *x);
  if (x == NULL) return STATUS_NO_MEMORY;
  const bool bounded = lower > -INFINITY;
  Residuals sums = { 0 };
  *windows = (Windows){ .count = 0 };
  windows->count = cut(n, windows->first);
  for (int w = 0; w < windows->count; w++) {
    gather(windows, w, lower, losses, x);
    const int k = windows->size[w];
    if (k > 0) {
      draw_in(k, x, x + n);
      windows->level[w] = mean_of(k, x);
    }
    if (k >= LINE_LEAST) detrend(k, x, windows->level[w], bounded && windows->level[w] > 0 ? windows->level[w] : 1, &sums);
    if (residual != NULL) spread_residuals(windows, w, losses, x, residual);
  }
  mem_free(x);
  if (windows->used == 0) return STATUS_TOO_FEW;
  if (bounded) lift(windows);
  set_noise(windows, &sums, bounded ? 1 : span(windows));
  return STATUS_OK;
}

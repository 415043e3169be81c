/* forecast_law.c -- candidates at constant rates, forecast by one law that they share.
 *
 *     loss(r, t) = A (1 + r t / S0)^-a + c r / (1 - r / EDGE)
 *
 * A rate three times as high has walked in the probe what one three times lower will have walked in three times the probe:
 * so the faster candidates have seen the end of the slower ones, but for the noise of their steps, which goes with the rate,
 * and faster near the edge of stability.
 *
 * What the law misses is a Gaussian process over ln(rate) and ln(time), relative to the loss; its part that lasts is added to
 * the forecast (universal kriging). Losses are means over five parts of the probe; the noise of the batches is common to all
 * candidates. A and c >= 0 are those of least squares; a and S0 are averaged over a grid by their likelihood. Candidates that
 * are clearly too fast, and those far behind, are left out: the law is not theirs. */
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "forecast_inner.h"
#include "linalg.h"
#include "mem.h"

static const double PART[] = { 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 3.0 / 4, 1 };  /* where parts of the probe begin, end */
static const double POWER[] = { 0.1, 0.2, 0.35, 0.6, 1 };
static const double BELIEF[] = { 1, 2, 2, 1, 0.5 };  /* in each power beforehand */
static const double START[] = { 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30 };  /* S0, in ways of the best */
static const double EDGE = 2;            /* rates as high as the highest that is let in */
static const double TOO_FAST = 0.12;     /* behind the best now, in ln(loss): of those with a higher rate .. */
static const double FAR_BEHIND = 0.5;    /* .. and of those with a lower one */
static const double MISS = 0.1;          /* standard deviation of what the law misses, in ln(loss) */
static const double REACH = 2;           /* of its likeness, in ln(rate) and in ln(time) */
static const double ROUGH = 0.01;        /* and what misses each part alone */
static const double MOST_MISSED = 1;     /* that is added to a forecast */
static const double LEAST_PART = 1e-6;   /* of the largest loss: a lower one counts as that */

enum {
  PARTS = sizeof PART / sizeof *PART - 1,
  POWERS = sizeof POWER / sizeof *POWER,
  STARTS = sizeof START / sizeof *START,
  SHAPES = POWERS * STARTS,
  LEAST_LOSSES = 16
};

/* The candidates that are let in, and their losses in parts. */
typedef struct Law {
  int m, count;          /* candidates; those let in */
  int *index;            /* [count] their places in the list */
  double *level;         /* [m * PARTS] above 'lower', of every candidate; nan where none is finite */
  double *x;             /* [count] ln(rate / best's) */
  double *noise;         /* what follows lies in it */
  double *sigma;         /* [N, N], N = count PARTS; then its factor */
  double *column;        /* [N, 2 + SHAPES + count]: ones, noise, curves, the ends' likeness; relative to the losses, whitened */
  int size[PARTS];       /* losses in each part */
  double time[PARTS];    /* ln(time / probe) */
  double scale;          /* the largest loss of those let in */
  double alone, common;  /* variance of one loss, relative to it: of each candidate, and of the batches */
} Law;

static void measure_parts (Law *law, int n, double lower, const double *const *losses) {
  for (int p = 0; p < PARTS; p++) {
    const int first = (int)(PART[p] * n + 0.5), end = (int)(PART[p + 1] * n + 0.5);
    law->size[p] = end - first;
    law->time[p] = 0;
    for (int i = first; i < end; i++) law->time[p] += log((i + 1.0) / n) / law->size[p];
    for (int k = 0; k < law->m; k++) law->level[k * PARTS + p] = forecast_level(lower, first, end, losses[k]);
  }
}

static double now (const Law *law, int k) {
  return law->level[k * PARTS + PARTS - 1];
}

static bool whole (const Law *law, int k) {
  for (int p = 0; p < PARTS; p++)
    if (!isfinite(law->level[k * PARTS + p])) return false;
  return true;
}

/* Returns the best now; -1: there is none. */
static int let_in (Law *law, const double *rates) {
  int best = -1;
  for (int k = 0; k < law->m; k++)
    if (whole(law, k) && (best < 0 || now(law, k) < now(law, best))) best = k;
  for (int k = 0; k < law->m && best >= 0; k++) {
    if (!whole(law, k) || !(now(law, k) <= now(law, best) * exp(rates[k] > rates[best] ? TOO_FAST : FAR_BEHIND))) continue;
    law->x[law->count] = log(rates[k] / rates[best]);
    law->index[law->count++] = k;
  }
  return best;
}

/* Variances of one loss in the last half, relative to it. */
static void measure_noise (Law *law, int n, double lower, const double *const *losses) {
  const int first = n / 2;
  double common = 0, alone = 0;
  for (int c = 0; c < law->count; c++) law->noise[c] = 0;
  for (int pass = 0; pass < 2; pass++)
    for (int i = first; i < n; i++) {
      double sum = 0, squares = 0;
      for (int c = 0; c < law->count; c++) {
        const double loss = losses[law->index[c]][i], floor = LEAST_PART * now(law, law->index[c]);
        const double z = isfinite(loss) ? log(fmax(loss - lower, fmax(floor, DBL_MIN))) : law->noise[c];
        if (pass == 0) law->noise[c] += z / (n - first);  /* its mean */
        sum += (z - law->noise[c]) / law->count;
        squares += (z - law->noise[c]) * (z - law->noise[c]) / law->count;
      }
      if (pass == 0) continue;
      common += sum * sum / (n - first);
      alone += fmax(squares - sum * sum, 0) / (n - first);
    }
  law->common = fmin(common, 1);
  law->alone = fmin(alone, 1);
}

static double likeness (double x, double time) {
  return MISS * MISS * exp(-(fabs(x) + fabs(time)) / REACH);
}

/* Sigma's factor, and the columns whitened by it. */
static Status whiten (Law *law, double longer) {
  const int N = law->count * PARTS;
  double *ones = law->column, *noise = ones + N, *curve = noise + N, *end = curve + (size_t)SHAPES * N;
  double highest = -INFINITY;
  law->scale = DBL_MIN;
  for (int c = 0; c < law->count; c++) {
    highest = fmax(highest, law->x[c]);
    for (int p = 0; p < PARTS; p++) law->scale = fmax(law->scale, law->level[law->index[c] * PARTS + p]);
  }
  for (int j = 0; j < N; j++) {
    const double x = law->x[j / PARTS], time = law->time[j % PARTS];
    const double y = fmax(law->level[law->index[j / PARTS] * PARTS + j % PARTS] / law->scale, LEAST_PART);
    ones[j] = 1;
    noise[j] = exp(x) / (1 - exp(x - highest) / EDGE) / y;
    for (int shape = 0; shape < SHAPES; shape++)
      curve[(size_t)shape * N + j] = pow(1 + exp(x + time) / START[shape % STARTS], -POWER[shape / STARTS]) / y;
    for (int c = 0; c < law->count; c++) end[(size_t)c * N + j] = likeness(x - law->x[c], log(longer) - time);
    for (int i = j; i < N; i++) {
      const bool same = i % PARTS == j % PARTS;
      double *sigma = &law->sigma[i + (size_t)j * N];
      *sigma = likeness(law->x[i / PARTS] - x, law->time[i % PARTS] - time) + (same ? law->common / law->size[j % PARTS] : 0);
      if (i == j) *sigma += law->alone / law->size[j % PARTS] + ROUGH * ROUGH;
    }
  }
  const Status status = linalg_cholesky(N, law->sigma, N);
  if (status == STATUS_OK) linalg_lower_solve(N, law->sigma, N, 2 + SHAPES + law->count, law->column);
  return status;
}

/* One shape, fitted. */
typedef struct Fit { double curve, noise, misfit; } Fit;

static Fit fit (int N, const double *ones, const double *noise, const double *curve) {
  const double gg = linalg_dot(N, curve, curve), hh = linalg_dot(N, noise, noise), gh = linalg_dot(N, curve, noise);
  const double g = linalg_dot(N, curve, ones), h = linalg_dot(N, noise, ones), det = gg * hh - gh * gh;
  Fit fit = { g / gg, 0, 0 };
  if (det > 1e-12 * gg * hh) {
    fit.curve = (g * hh - h * gh) / det;
    fit.noise = (h * gg - g * gh) / det;
  }
  if (fit.noise < 0) fit = (Fit){ fmax(g / gg, 0), 0, 0 };
  else if (fit.curve < 0) fit = (Fit){ 0, fmax(h / hh, 0), 0 };
  fit.misfit = linalg_dot(N, ones, ones) - 2 * (fit.curve * g + fit.noise * h) + fit.curve * fit.curve * gg
               + fit.noise * fit.noise * hh + 2 * fit.curve * fit.noise * gh;
  return fit;
}

/* Losses at the end, into expected[index]. */
static void foretell (const Law *law, double longer, double *expected) {
  const int N = law->count * PARTS;
  const double *ones = law->column, *noise = ones + N, *curve = noise + N, *end = curve + (size_t)SHAPES * N;
  Fit fits[SHAPES];
  double least = INFINITY, sum = 0, highest = -INFINITY;
  for (int shape = 0; shape < SHAPES; shape++) {
    fits[shape] = fit(N, ones, noise, curve + (size_t)shape * N);
    least = fmin(least, fits[shape].misfit);
  }
  for (int c = 0; c < law->count; c++) {
    expected[law->index[c]] = 0;
    highest = fmax(highest, law->x[c]);
  }
  for (int shape = 0; shape < SHAPES; shape++) {
    const Fit *f = &fits[shape];
    const double weight = BELIEF[shape / STARTS] * exp(0.5 * (least - f->misfit));
    sum += weight;
    for (int c = 0; c < law->count; c++) {
      const double *like = end + (size_t)c * N, x = law->x[c];
      const double missed = linalg_dot(N, like, ones) - f->noise * linalg_dot(N, like, noise)
                            - f->curve * linalg_dot(N, like, curve + (size_t)shape * N);
      const double trend = f->curve * pow(1 + exp(x) * longer / START[shape % STARTS], -POWER[shape / STARTS])
                           + f->noise * exp(x) / (1 - exp(x - highest) / EDGE);
      expected[law->index[c]] += weight * trend * exp(fmax(fmin(missed, MOST_MISSED), -MOST_MISSED));
    }
  }
  for (int c = 0; c < law->count; c++) expected[law->index[c]] *= law->scale / sum;
}

/* Those that were left out stay as far behind the worst of the others as they are now. */
static void follow (const Law *law, double *expected) {
  double worst = 0, worst_now = 0;
  for (int c = 0; c < law->count; c++) {
    worst = fmax(worst, expected[law->index[c]]);
    worst_now = fmax(worst_now, now(law, law->index[c]));
  }
  for (int k = 0, c = 0; k < law->m; k++) {
    if (c < law->count && law->index[c] == k) c++;
    else expected[k] = worst * (now(law, k) / fmax(worst_now, DBL_MIN));  /* nan where it diverged */
  }
}

Status forecast_by_law (double *expected, const double *rates, int m, int n, double lower, double longer,
                        const double *const *losses) {
  if (n < LEAST_LOSSES) return STATUS_TOO_FEW;
  const size_t M = (size_t)m, N = M * PARTS;
  Law law = { .m = m };
  law.index = mem_alloc(M, sizeof *law.index);
  law.level = mem_alloc(N + 2 * M, sizeof *law.level);
  Status status = law.index && law.level ? STATUS_OK : STATUS_NO_MEMORY;
  if (status == STATUS_OK) {
    law.x = law.level + N;
    law.noise = law.x + M;
    measure_parts(&law, n, lower, losses);
    if (let_in(&law, rates) < 0) status = STATUS_TOO_FEW;
  }
  if (status == STATUS_OK) {
    const size_t in = (size_t)law.count * PARTS;
    law.sigma = mem_alloc(in * (in + 2 + SHAPES + (size_t)law.count), sizeof *law.sigma);
    law.column = law.sigma + in * in;
    if (law.sigma == NULL) status = STATUS_NO_MEMORY;
  }
  if (status == STATUS_OK) {
    measure_noise(&law, n, lower, losses);
    status = whiten(&law, longer);
  }
  if (status == STATUS_OK) {
    foretell(&law, longer, expected);
    follow(&law, expected);
  }
  mem_free(law.sigma);
  mem_free(law.level);
  mem_free(law.index);
  return status;
}

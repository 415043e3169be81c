#include "gp.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "evidence.h"
#include "hyper.h"
#include "linalg.h"
#include "mem.h"

const double GP_LARGEST = DBL_MAX / 8;

enum { THETA = KERNEL_DIMENSIONS + 2, PANEL = 64, FIRST_CAPACITY = 16 };

/* A variance further than this from that of the data, either way, is held here: K stays finite. */
static const double FAR = 1e30;

/* What grows with the observations: one block of memory. */
typedef struct Rows {
  int capacity;        /* also the leading dimension of L */
  double *X;           /* [capacity*d] in units of span, point by point */
  double *raw, *y;     /* [capacity] as told; standardised */
  double *own, *v;     /* [capacity] variance of each, as told; standardised */
  double *z, *alpha;   /* [capacity] see EvidenceFactor */
  double *L;           /* [capacity*capacity] */
  double *work;        /* evidence_work(capacity) */
} Rows;

struct Gp {
  GpOptions options;
  int n;
  Rows rows;
  double span[KERNEL_DIMENSIONS];
  double center, scale;
  double theta[THETA], length[KERNEL_DIMENSIONS];  /* lengths in units of span */
  double signal, mean, jitter;                     /* standardised */
  bool fitted;                                     /* theta is worth starting from */
};

/* ---- making and ending ---- */

static bool given (double value) { return !isnan(value); }

GpOptions gp_options (KernelKind kernel, int d) {
  GpOptions o = { .kernel = kernel, .d = d, .given = { .signal = NAN, .noise = NAN, .mean = NAN } };
  for (int i = 0; i < KERNEL_DIMENSIONS; i++) o.given.length[i] = o.span[i] = NAN;
  return o;
}

static bool usable (double value, bool zero) {
  return !given(value) || (isfinite(value) && (value > 0 || (zero && value == 0)));
}

static bool options_usable (const GpOptions *o) {
  if (o->d < 1 || o->d > KERNEL_DIMENSIONS) return false;
  for (int i = 0; i < o->d; i++)
    if (!usable(o->given.length[i], false) || !usable(o->span[i], false)) return false;
  return usable(o->given.signal, false) && usable(o->given.noise, true)
      && (!given(o->given.mean) || fabs(o->given.mean) <= GP_LARGEST);
}

/* Room for 'capacity' observations; NULL in .X: no memory. */
static Rows rows_new (int capacity, int d) {
  const size_t c = (size_t)capacity;
  Rows r = { .capacity = capacity };
  r.X = mem_alloc(c * (size_t)d + 6 * c + c * c + evidence_work(capacity), sizeof *r.X);
  if (r.X == NULL) return r;
  r.raw = r.X + c * (size_t)d;
  r.y = r.raw + c;
  r.own = r.y + c;
  r.v = r.own + c;
  r.z = r.v + c;
  r.alpha = r.z + c;
  r.L = r.alpha + c;
  r.work = r.L + c * c;
  return r;
}

static int capacity_for (int n) {
  int capacity = FIRST_CAPACITY;
  while (capacity < n) capacity += capacity / 2;
  return capacity;
}

/* Make room for n observations and keep those there are. */
static Status reserve (Gp *gp, int n) {
  if (n <= gp->rows.capacity) return STATUS_OK;
  const size_t d = (size_t)gp->options.d, m = (size_t)gp->n, old = (size_t)gp->rows.capacity;
  Rows r = rows_new(capacity_for(n), gp->options.d);
  if (r.X == NULL) return STATUS_NO_MEMORY;
  if (m > 0) {
    memcpy(r.X, gp->rows.X, m * d * sizeof *r.X);
    memcpy(r.raw, gp->rows.raw, m * sizeof *r.X);
    memcpy(r.y, gp->rows.y, m * sizeof *r.X);
    memcpy(r.own, gp->rows.own, m * sizeof *r.X);
    memcpy(r.v, gp->rows.v, m * sizeof *r.X);
    memcpy(r.z, gp->rows.z, m * sizeof *r.X);
    memcpy(r.alpha, gp->rows.alpha, m * sizeof *r.X);
    for (size_t j = 0; j < m; j++)
      memcpy(r.L + j * (size_t)r.capacity, gp->rows.L + j * old, m * sizeof *r.X);
  }
  mem_free(gp->rows.X);
  gp->rows = r;
  return STATUS_OK;
}

/* ---- standard units ---- */

/* A variance of y squared in units of scale squared; scale squared may overflow. */
static double standard_variance (double variance, double scale) {
  return fmin(variance / scale / scale, FAR);
}

/* The mean and deviation of y, without overflow. */
static void standardise (Gp *gp) {
  const int n = gp->n;
  const double *y = gp->rows.raw;
  double center = 0, largest = 0, sum = 0;
  for (int i = 0; i < n; i++) center += y[i] / n;
  for (int i = 0; i < n; i++) largest = fmax(largest, fabs(y[i] - center));
  /* rounding alone must not pass for variation */
  const bool constant = largest <= 4 * DBL_EPSILON * fabs(center) || largest < DBL_MIN;
  for (int i = 0; i < n && !constant; i++) sum += pow((y[i] - center) / largest, 2) / n;
  gp->center = center;
  gp->scale = constant ? 1 : largest * sqrt(sum);
  for (int i = 0; i < n; i++) {
    gp->rows.y[i] = (y[i] - center) / gp->scale;
    gp->rows.v[i] = standard_variance(gp->rows.own[i], gp->scale);
  }
}

/* What x is measured in, from the data where it is not given. */
static void measure (Gp *gp, int n, const double *X) {
  const int d = gp->options.d;
  for (int k = 0; k < d; k++) {
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < n; i++) {
      low = fmin(low, X[(size_t)i * (size_t)d + (size_t)k]);
      high = fmax(high, X[(size_t)i * (size_t)d + (size_t)k]);
    }
    const double range = high > low && isfinite(high - low) ? high - low : 1;
    gp->span[k] = given(gp->options.span[k]) ? gp->options.span[k] : range;
  }
}

/* Put what is given into theta, in standard units. */
static void fix_given (Gp *gp, bool *fixed) {
  const int d = gp->options.d;
  const GpHyper *h = &gp->options.given;
  for (int i = 0; i < d; i++)
    if ((fixed[i] = given(h->length[i]))) gp->theta[i] = log(h->length[i]) - log(gp->span[i]);
  if ((fixed[d] = given(h->signal)))
    gp->theta[d] = log(fmax(standard_variance(h->signal, gp->scale), 1 / FAR));
  if ((fixed[d + 1] = given(h->noise)))
    gp->theta[d + 1] = log(standard_variance(h->noise, gp->scale));   /* -inf for 0, and exp takes it back */
}

/* ---- conditioning ---- */

static Evidence evidence_of (const Gp *gp) {
  const double mean = gp->options.given.mean;
  return (Evidence){
    .kernel = gp->options.kernel, .d = gp->options.d, .n = gp->n,
    .X = gp->rows.X, .y = gp->rows.y, .variance = gp->rows.v,
    .mean = given(mean) ? (mean - gp->center) / gp->scale : NAN,
  };
}

static bool numbers_usable (int d, int n, const double *X, const double *y, const double *variance) {
  for (size_t i = 0; i < (size_t)n * (size_t)d; i++) if (!isfinite(X[i])) return false;
  for (int i = 0; i < n; i++) {
    if (!(fabs(y[i]) <= GP_LARGEST)) return false;
    if (variance != NULL && !(variance[i] >= 0 && isfinite(variance[i]))) return false;
  }
  return n >= 0;
}

/* What predictions need beside L, z and alpha. */
static Status settle (Gp *gp) {
  const Evidence e = evidence_of(gp);
  EvidenceFactor f = { .L = gp->rows.L, .ld = gp->rows.capacity, .z = gp->rows.z, .alpha = gp->rows.alpha };
  for (int i = 0; i < e.d; i++) gp->length[i] = exp(gp->theta[i]);
  gp->signal = exp(gp->theta[e.d]);
  const Status status = gp->n > 0 ? evidence_factor(&e, gp->theta, &f) : STATUS_OK;
  if (gp->n == 0) f.mean = given(e.mean) ? e.mean : 0;
  if (status != STATUS_OK) gp->n = 0;
  gp->mean = f.mean;
  gp->jitter = f.jitter;
  return status;
}

static Status condition (Gp *gp, int n, const double *X, const double *y, const double *variance, bool fit) {
  const size_t d = (size_t)gp->options.d;
  bool fixed[THETA];
  if (!numbers_usable(gp->options.d, n, X, y, variance)) return STATUS_BAD_ARGUMENT;
  Status status = reserve(gp, n);
  gp->n = status == STATUS_OK ? n : 0;
  measure(gp, gp->n, X);
  for (size_t i = 0; i < (size_t)gp->n * d; i++) gp->rows.X[i] = X[i] / gp->span[i % d];
  for (int i = 0; i < gp->n; i++) {
    gp->rows.raw[i] = y[i];
    gp->rows.own[i] = variance != NULL ? variance[i] : 0;
  }
  standardise(gp);
  fix_given(gp, fixed);
  if (fit && gp->n > 0) {
    const Evidence e = evidence_of(gp);
    status = hyper_fit(&e, fixed, gp->fitted, gp->theta, gp->rows.work);
    if (status == STATUS_OK) gp->fitted = true;
    else gp->n = 0;
  }
  const Status settled = settle(gp);
  return status != STATUS_OK ? status : settled;
}

Status gp_new (Gp **out, const GpOptions *options) {
  *out = NULL;
  if (!options_usable(options)) return STATUS_BAD_ARGUMENT;
  Gp *gp = mem_alloc(1, sizeof *gp);
  if (gp == NULL) return STATUS_NO_MEMORY;
  gp->options = *options;
  hyper_modes(options->d, gp->theta);
  const Status status = condition(gp, 0, NULL, NULL, NULL, false);
  if (status != STATUS_OK) gp_free(gp);
  else *out = gp;
  return status;
}

void gp_free (Gp *gp) {
  if (gp != NULL) mem_free(gp->rows.X);
  mem_free(gp);
}

Status gp_fit (Gp *gp, int n, const double *X, const double *y, const double *variance) {
  return condition(gp, n, X, y, variance, true);
}

Status gp_condition (Gp *gp, int n, const double *X, const double *y, const double *variance) {
  return condition(gp, n, X, y, variance, false);
}

/* alpha = L' \ z */
static void solve_alpha (Gp *gp) {
  memcpy(gp->rows.alpha, gp->rows.z, (size_t)gp->n * sizeof *gp->rows.z);
  linalg_lower_transpose_solve(gp->n, gp->rows.L, gp->rows.capacity, 1, gp->rows.alpha);
}

Status gp_append (Gp *gp, const double *x, double y, double variance) {
  const int n = gp->n, d = gp->options.d;
  if (!numbers_usable(d, 1, x, &y, &variance)) return STATUS_BAD_ARGUMENT;
  const Status status = reserve(gp, n + 1);
  if (status != STATUS_OK) return status;
  const size_t ld = (size_t)gp->rows.capacity;
  double *row = gp->rows.L + n, *c = gp->rows.work, *point = gp->rows.X + (size_t)n * (size_t)d;
  for (int k = 0; k < d; k++) point[k] = x[k] / gp->span[k];
  gp->rows.raw[n] = y;
  gp->rows.own[n] = variance;
  gp->rows.y[n] = (y - gp->center) / gp->scale;
  gp->rows.v[n] = standard_variance(variance, gp->scale);

  kernel_between(gp->options.kernel, d, gp->length, n, gp->rows.X, 1, point, c, NULL);
  for (int j = 0; j < n; j++) row[(size_t)j * ld] = gp->signal * c[j];
  const double prior = gp->signal + exp(gp->theta[d + 1]);
  row[(size_t)n * ld] = prior + gp->rows.v[n] + gp->jitter;
  if (linalg_cholesky_append(n, gp->rows.L, (int)ld, 1e-10 * prior) != STATUS_OK) return STATUS_SINGULAR;

  double explained = 0;
  for (int j = 0; j < n; j++) explained += row[(size_t)j * ld] * gp->rows.z[j];
  gp->rows.z[n] = (gp->rows.y[n] - gp->mean - explained) / row[(size_t)n * ld];
  gp->n = n + 1;
  solve_alpha(gp);
  return STATUS_OK;
}

void gp_truncate (Gp *gp, int n) {
  if (n >= gp->n) return;
  gp->n = n;
  solve_alpha(gp);
}

/* ---- reading ---- */

int gp_size (const Gp *gp) { return gp->n; }
int gp_dimensions (const Gp *gp) { return gp->options.d; }
double gp_center (const Gp *gp) { return gp->center; }
double gp_scale (const Gp *gp) { return gp->scale; }

GpHyper gp_hyper (const Gp *gp) {
  const int d = gp->options.d;
  GpHyper h = gp->options.given;
  for (int i = 0; i < d; i++) if (!given(h.length[i])) h.length[i] = gp->length[i] * gp->span[i];
  if (!given(h.signal)) h.signal = gp->signal * gp->scale * gp->scale;
  if (!given(h.noise)) h.noise = exp(gp->theta[d + 1]) * gp->scale * gp->scale;
  if (!given(h.mean)) h.mean = gp->center + gp->scale * gp->mean;
  return h;
}

/* K alpha = y - mean, less the noise's part of K. */
double gp_mean_at (const Gp *gp, int i) {
  const double noise = exp(gp->theta[gp->options.d + 1]) + gp->rows.v[i] + gp->jitter;
  return gp->rows.y[i] - noise * gp->rows.alpha[i];
}

double gp_evidence (const Gp *gp) {
  if (gp->n == 0) return 0;
  const EvidenceFactor f = { .L = gp->rows.L, .ld = gp->rows.capacity, .z = gp->rows.z };
  return evidence_of_factor(gp->n, &f) - gp->n * log(gp->scale);
}

void gp_theta (const Gp *gp, double *theta) {
  memcpy(theta, gp->theta, (size_t)(gp->options.d + 2) * sizeof *theta);
}

void gp_set_theta (Gp *gp, const double *theta) {
  memcpy(gp->theta, theta, (size_t)(gp->options.d + 2) * sizeof *theta);
  gp->fitted = true;
}

/* ---- predicting ---- */

size_t gp_work (const Gp *gp) {
  return (size_t)PANEL * (size_t)(gp->n + gp->options.d) + 3 * (size_t)gp->n;
}

/* Up to PANEL points at once: their columns of the kernel stay in the cache. */
static void posterior_panel (const Gp *gp, int m, const double *X, double *work, double *mean, double *variance) {
  const int n = gp->n, d = gp->options.d;
  double *Z = work, *C = work + (size_t)PANEL * (size_t)d;
  for (int i = 0; i < m * d; i++) Z[i] = X[i] / gp->span[i % d];
  kernel_between(gp->options.kernel, d, gp->length, n, gp->rows.X, m, Z, C, NULL);
  for (int j = 0; j < m; j++)
    mean[j] = gp->mean + gp->signal * linalg_dot(n, C + (size_t)j * (size_t)n, gp->rows.alpha);
  linalg_lower_solve(n, gp->rows.L, gp->rows.capacity, m, C);
  for (int j = 0; j < m; j++) {
    const double *c = C + (size_t)j * (size_t)n;
    variance[j] = fmax(gp->signal * (1 - gp->signal * linalg_dot(n, c, c)), 0);
  }
}

void gp_posterior (const Gp *gp, int m, const double *X, double *work, double *mean, double *variance) {
  for (int j = 0; j < m; j += PANEL)
    posterior_panel(gp, m - j < PANEL ? m - j : PANEL, X + (size_t)j * (size_t)gp->options.d, work, mean + j, variance + j);
}

void gp_predict (const Gp *gp, const double *x, double *work, double *mean, double *variance) {
  gp_posterior(gp, 1, x, work, mean, variance);
  *mean = gp->center + gp->scale * *mean;
  *variance = *variance * gp->scale * gp->scale;
}

void gp_posterior_slope (const Gp *gp, const double *x, double *work, double *mean, double *variance,
                         double *mean_slope, double *variance_slope) {
  const int n = gp->n, d = gp->options.d;
  double point[KERNEL_DIMENSIONS], *c = work, *h = work + n, *q = work + 2 * n;
  for (int k = 0; k < d; k++) point[k] = x[k] / gp->span[k];
  kernel_between(gp->options.kernel, d, gp->length, n, gp->rows.X, 1, point, c, h);
  memcpy(q, c, (size_t)n * sizeof *c);
  linalg_cholesky_solve(n, gp->rows.L, gp->rows.capacity, 1, q);  /* K^-1 c */
  *mean = gp->mean + gp->signal * linalg_dot(n, c, gp->rows.alpha);
  *variance = fmax(gp->signal * (1 - gp->signal * linalg_dot(n, c, q)), 0);
  for (int k = 0; k < d; k++) {
    double by_mean = 0, by_variance = 0;
    for (int i = 0; i < n; i++) {
      const double slope = -h[i] * (point[k] - gp->rows.X[(size_t)i * (size_t)d + (size_t)k]);  /* of c[i], times length^2 */
      by_mean += slope * gp->rows.alpha[i];
      by_variance += slope * q[i];
    }
    const double scale = gp->signal / (gp->length[k] * gp->length[k] * gp->span[k]);
    mean_slope[k] = scale * by_mean;
    variance_slope[k] = -2 * gp->signal * scale * by_variance;
  }
}

/* gp_data.c -- a Gaussian process's room, and its observations in the units it works in. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "gp_inner.h"
#include "mem.h"

const double GP_LARGEST = DBL_MAX / 8;

enum { FIRST_CAPACITY = 16 };

/* A variance further than this from that of the data, either way, is held here: K stays finite. */
static const double FAR = 1e30;

static bool given (double value) { return !isnan(value); }

/* ---- room ---- */

static int capacity_for (int n) {
  int capacity = FIRST_CAPACITY;
  while (capacity < n) capacity += capacity / 2;
  return capacity;
}

/* Move n rows of 'columns' columns from one leading dimension to another. */
static void move (int n, int columns, const double *from, int ld, double *to, int new_ld) {
  for (int j = 0; j < columns && n > 0; j++)
    memcpy(to + (size_t)j * (size_t)new_ld, from + (size_t)j * (size_t)ld, (size_t)n * sizeof *to);
}

/* A component's room for 'capacity' observations. Kept are the n there are, or as many as it had room for: one that was
 * not in use did not grow with the others, and holds nothing of worth. */
static Status widen (const Gp *gp, Component *c, int n, int capacity) {
  const int kept = c->block != NULL && n > c->f.ld ? c->f.ld : n;
  const size_t room = (size_t)capacity, p = (size_t)gp->columns;
  if (c->block != NULL && c->f.ld >= capacity) return STATUS_OK;
  double *block = mem_alloc(room * (room + p + 3), sizeof *block);
  if (block == NULL) return STATUS_NO_MEMORY;
  EvidenceFactor f = c->f;
  f.ld = capacity;
  f.L = block;
  f.U = f.L + room * room;
  f.z0 = f.U + room * p;
  f.z = f.z0 + room;
  f.alpha = f.z + room;
  if (c->block != NULL) {
    move(kept, kept, c->f.L, c->f.ld, f.L, capacity);
    move(kept, gp->columns, c->f.U, c->f.ld, f.U, capacity);
    move(kept, 3, c->f.z0, c->f.ld, f.z0, capacity);
  }
  mem_free(c->block);
  c->block = block;
  c->f = f;
  return STATUS_OK;
}

Status gp_inner_reserve (Gp *gp, int n) {
  const int capacity = n > gp->capacity ? capacity_for(n) : gp->capacity, d = gp->options.kernel.d;
  if (capacity > gp->capacity) {
    const size_t room = (size_t)capacity;
    double *X = mem_alloc(room * (size_t)(d + 6), sizeof *X);
    if (X == NULL) return STATUS_NO_MEMORY;
    move(gp->n, d + 5, gp->X, gp->capacity, X, capacity);
    mem_free(gp->X);
    gp->X = X;
    gp->raw = X + room * (size_t)d;
    gp->y = gp->raw + room;
    gp->own = gp->y + room;
    gp->v = gp->own + room;
    gp->times = gp->v + room;
    gp->row = gp->times + room;
    gp->capacity = capacity;
  }
  Status status = STATUS_OK;
  for (int k = 0; k < gp->components && status == STATUS_OK; k++) status = widen(gp, &gp->component[k], gp->n, capacity);
  return status;
}

/* ---- standard units ---- */

double gp_inner_standard_variance (double variance, double scale) {
  return fmin(variance / scale / scale, FAR);
}

/* The mean and deviation of y, without overflow. */
static void standardise (Gp *gp, double within) {
  const int n = gp->n;
  const double *y = gp->raw;
  double center = 0, largest = 0, sum = 0;
  for (int i = 0; i < n; i++) center += y[i] / n;
  for (int i = 0; i < n; i++) largest = fmax(largest, fabs(y[i] - center));
  /* rounding alone must not pass for variation */
  const bool constant = largest <= 4 * DBL_EPSILON * fabs(center) || largest < DBL_MIN;
  for (int i = 0; i < n && !constant; i++) sum += pow((y[i] - center) / largest, 2) / n;
  gp->center = center;
  gp->scale = constant ? 1 : largest * sqrt(sum);
  gp->within = gp_inner_standard_variance(within, gp->scale);
  for (int i = 0; i < n; i++) {
    gp->y[i] = (y[i] - center) / gp->scale;
    gp->v[i] = gp_inner_standard_variance(gp->own[i], gp->scale);
  }
}

/* What x is measured in, from the data where it is not given. */
static void measure (Gp *gp, int n, const double *X) {
  const int d = gp->options.kernel.d;
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

void gp_inner_fix_given (const Gp *gp, double *theta, bool *fixed) {
  const int d = gp->options.kernel.d;
  const GpHyper *h = &gp->options.given;
  for (int i = 0; i < d; i++)
    if ((fixed[i] = given(h->length[i]))) theta[i] = log(h->length[i]) - log(gp->span[i]);
  if ((fixed[d] = given(h->signal)))
    theta[d] = log(fmax(gp_inner_standard_variance(h->signal, gp->scale), 1 / FAR));
  if ((fixed[d + 1] = given(h->noise)))
    theta[d + 1] = log(gp_inner_standard_variance(h->noise, gp->scale));   /* -inf for 0, and exp takes it back */
}

/* ---- observations ---- */

Evidence gp_inner_data (const Gp *gp) {
  const double mean = gp->options.given.mean;
  return (Evidence){
    .kernel = gp->options.kernel, .n = gp->n, .ldx = gp->capacity, .X = gp->X, .y = gp->y, .variance = gp->v, .times = gp->times,
    .surplus = gp->surplus, .within = gp->within, .columns = gp->columns,
    .mean = given(mean) ? (mean - gp->center) / gp->scale : 0,
  };
}

bool gp_inner_usable (int d, const GpData *data) {
  for (size_t i = 0; i < (size_t)data->n * (size_t)d; i++) if (!isfinite(data->X[i])) return false;
  for (int i = 0; i < data->n; i++) {
    if (!(fabs(data->y[i]) <= GP_LARGEST)) return false;
    if (data->variance != NULL && !(data->variance[i] >= 0 && isfinite(data->variance[i]))) return false;
    if (data->times != NULL && !(data->times[i] >= 1 && isfinite(data->times[i]))) return false;
  }
  return data->n >= 0 && data->within >= 0;
}

void gp_inner_take_up (Gp *gp, const GpData *data) {
  const int d = gp->options.kernel.d;
  measure(gp, gp->n, data->X);
  gp->surplus = 0;
  for (int i = 0; i < gp->n; i++) {
    for (int k = 0; k < d; k++)
      gp->X[(size_t)i + (size_t)k * (size_t)gp->capacity] = data->X[(size_t)i * (size_t)d + (size_t)k] / gp->span[k];
    gp->raw[i] = data->y[i];
    gp->own[i] = data->variance != NULL ? data->variance[i] : 0;
    gp->times[i] = data->times != NULL ? data->times[i] : 1;
    gp->surplus += gp->times[i] - 1;
  }
  standardise(gp, data->within);
}

#include "gp.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "gp_inner.h"
#include "linalg.h"
#include "mem.h"

const double GP_LARGEST = DBL_MAX / 8;

enum { FIRST_CAPACITY = 16 };

/* A variance further than this from that of the data, either way, is held here: K stays finite. */
static const double FAR = 1e30;

/* ---- making and ending ---- */

static bool given (double value) { return !isnan(value); }

GpOptions gp_options (KernelKind kernel, int d) {
  GpOptions o = {
    .kernel = { kernel, d, 0 }, .given = { .signal = NAN, .noise = NAN, .mean = NAN }, .priors = hyper_priors(),
  };
  for (int i = 0; i < KERNEL_DIMENSIONS; i++) o.given.length[i] = o.span[i] = NAN;
  return o;
}

static bool usable (double value, bool zero) {
  return !given(value) || (isfinite(value) && (value > 0 || (zero && value == 0)));
}

static bool options_usable (const GpOptions *o) {
  if (o->kernel.d < 1 || o->kernel.d > KERNEL_DIMENSIONS) return false;
  for (int i = 0; i < o->kernel.d; i++)
    if (!usable(o->given.length[i], false) || !usable(o->span[i], false) || !hyper_prior_usable(o->priors.length[i])) return false;
  return usable(o->given.signal, false) && usable(o->given.noise, true) && hyper_prior_usable(o->priors.signal)
      && hyper_prior_usable(o->priors.noise) && (!given(o->given.mean) || fabs(o->given.mean) <= GP_LARGEST);
}

bool gp_is_given (const Gp *gp) {
  const GpHyper *h = &gp->options.given;
  for (int i = 0; i < gp->options.kernel.d; i++) if (!given(h->length[i])) return false;
  return given(h->signal) && given(h->noise);
}

static bool integrates (const Gp *gp) {
  const GpHyper *h = &gp->options.given;
  return gp->options.integrate && gp->options.kernel.d == 1 && gp->options.kernel.categories == 0
      && !given(h->length[0]) && !given(h->signal) && !given(h->noise);
}

Status gp_new (Gp **out, const GpOptions *options) {
  *out = NULL;
  if (!options_usable(options)) return STATUS_BAD_ARGUMENT;
  Gp *gp = mem_alloc(1, sizeof *gp);
  if (gp == NULL) return STATUS_NO_MEMORY;
  gp->options = *options;
  gp->columns = given(options->given.mean) ? 0 : options->trend == GP_LINEAR ? 1 + options->kernel.d : 1;
  gp->components = 1;
  gp->component[0].weight = 1;
  hyper_modes(&options->priors, options->kernel.d, gp->component[0].theta);
  const Status status = gp_condition(gp, &(GpData){ .n = 0 });
  if (status != STATUS_OK) gp_free(gp);
  else *out = gp;
  return status;
}

void gp_free (Gp *gp) {
  if (gp == NULL) return;
  for (int k = 0; k < GP_COMPONENTS; k++) {
    mem_free(gp->component[k].block);
    mem_free(gp->component[k].track_block);
  }
  mem_free(gp->Z);
  mem_free(gp->X);
  mem_free(gp);
}

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

/* A component's room for 'capacity' observations, the n there are kept. */
static Status widen (const Gp *gp, Component *c, int n, int capacity) {
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
    move(n, n, c->f.L, c->f.ld, f.L, capacity);
    move(n, gp->columns, c->f.U, c->f.ld, f.U, capacity);
    move(n, 3, c->f.z0, c->f.ld, f.z0, capacity);
  }
  mem_free(c->block);
  c->block = block;
  c->f = f;
  return STATUS_OK;
}

/* Room for n observations in the data and in the components in use; what there is is kept. */
static Status reserve (Gp *gp, int n) {
  const int capacity = n > gp->capacity ? capacity_for(n) : gp->capacity, d = gp->options.kernel.d;
  if (capacity > gp->capacity) {
    const size_t room = (size_t)capacity;
    double *X = mem_alloc(room * (size_t)(d + 5), sizeof *X);
    if (X == NULL) return STATUS_NO_MEMORY;
    move(gp->n, d + 5, gp->X, gp->capacity, X, capacity);
    mem_free(gp->X);
    gp->X = X;
    gp->raw = X + room * (size_t)d;
    gp->y = gp->raw + room;
    gp->own = gp->y + room;
    gp->v = gp->own + room;
    gp->times = gp->v + room;
    gp->capacity = capacity;
  }
  Status status = STATUS_OK;
  for (int k = 0; k < gp->components && status == STATUS_OK; k++) status = widen(gp, &gp->component[k], gp->n, capacity);
  return status;
}

/* ---- standard units ---- */

/* A variance of y squared in units of scale squared; scale squared may overflow. */
static double standard_variance (double variance, double scale) {
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
  gp->within = standard_variance(within, gp->scale);
  for (int i = 0; i < n; i++) {
    gp->y[i] = (y[i] - center) / gp->scale;
    gp->v[i] = standard_variance(gp->own[i], gp->scale);
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

/* Put what is given into theta, in standard units. */
static void fix_given (const Gp *gp, double *theta, bool *fixed) {
  const int d = gp->options.kernel.d;
  const GpHyper *h = &gp->options.given;
  for (int i = 0; i < d; i++)
    if ((fixed[i] = given(h->length[i]))) theta[i] = log(h->length[i]) - log(gp->span[i]);
  if ((fixed[d] = given(h->signal)))
    theta[d] = log(fmax(standard_variance(h->signal, gp->scale), 1 / FAR));
  if ((fixed[d + 1] = given(h->noise)))
    theta[d + 1] = log(standard_variance(h->noise, gp->scale));   /* -inf for 0, and exp takes it back */
}

/* ---- conditioning ---- */

Evidence gp_inner_data (const Gp *gp) {
  const double mean = gp->options.given.mean;
  return (Evidence){
    .kernel = gp->options.kernel, .n = gp->n, .ldx = gp->capacity, .X = gp->X, .y = gp->y, .variance = gp->v, .times = gp->times,
    .surplus = gp->surplus, .within = gp->within, .columns = gp->columns,
    .mean = given(mean) ? (mean - gp->center) / gp->scale : 0,
  };
}

static bool numbers_usable (int d, const GpData *data) {
  for (size_t i = 0; i < (size_t)data->n * (size_t)d; i++) if (!isfinite(data->X[i])) return false;
  for (int i = 0; i < data->n; i++) {
    if (!(fabs(data->y[i]) <= GP_LARGEST)) return false;
    if (data->variance != NULL && !(data->variance[i] >= 0 && isfinite(data->variance[i]))) return false;
    if (data->times != NULL && !(data->times[i] >= 1 && isfinite(data->times[i]))) return false;
  }
  return data->n >= 0 && data->within >= 0;
}

static void take_up (Gp *gp, const GpData *data) {
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

/* Hyper-parameters to match the data: one component, or the nodes of an integration. */
static Status learn (Gp *gp) {
  const Evidence e = gp_inner_data(gp);
  HyperNode nodes[HYPER_NODES];
  bool fixed[GP_THETA];
  int count = 1;
  fix_given(gp, gp->component[0].theta, fixed);
  if (gp_is_given(gp)) return STATUS_OK;
  double *work = mem_alloc(evidence_work(gp->n, gp->columns), sizeof *work);
  if (work == NULL) return STATUS_NO_MEMORY;
  Status status = STATUS_SINGULAR;
  if (integrates(gp)) status = hyper_integrate(&e, &gp->options.priors, &gp->window, nodes, &count, &gp->value, work);
  if (status == STATUS_OK) {
    for (int k = 0; k < count; k++) {
      memcpy(gp->component[k].theta, nodes[k].theta, sizeof nodes[k].theta);
      gp->component[k].weight = nodes[k].weight;
    }
  } else {
    count = 1;
    gp->component[0].weight = 1;
    status = hyper_fit(&e, &gp->options.priors, fixed, gp->fitted, gp->component[0].theta, &gp->value, work);
  }
  mem_free(work);
  gp->components = count;
  if (status == STATUS_OK) gp->fitted = true;
  return status == STATUS_OK ? reserve(gp, gp->n) : status;
}

/* A component's part of what its theta says. */
static void read_theta (const Gp *gp, Component *c) {
  bool fixed[GP_THETA];
  const int d = gp->options.kernel.d;
  fix_given(gp, c->theta, fixed);
  for (int i = 0; i < d; i++) c->length[i] = exp(c->theta[i]);
  c->signal = exp(c->theta[d]);
  c->noise = exp(c->theta[d + 1]);
}

static Status factor (Gp *gp) {
  const Evidence e = gp_inner_data(gp);
  Status status = STATUS_OK;
  for (int k = 0; k < gp->components && status == STATUS_OK; k++) {
    Component *c = &gp->component[k];
    read_theta(gp, c);
    status = evidence_factor(&e, c->theta, &c->f);
  }
  return status;
}

static void forget_all (Gp *gp) {
  gp->n = gp->settled = 0;
  gp->surplus = gp->within = 0;
  gp->components = 1;
  gp->component[0].weight = 1;
  factor(gp);
}

static Status condition (Gp *gp, const GpData *data, bool fit, bool use) {
  if (!numbers_usable(gp->options.kernel.d, data)) return STATUS_BAD_ARGUMENT;
  gp->tracked = 0;
  gp->certain = -1;
  gp->n = 0;
  Status status = reserve(gp, data->n);
  if (status == STATUS_OK) {
    gp->n = data->n;
    take_up(gp, data);
    if (fit && gp->n > 0) status = learn(gp);
  }
  if (status == STATUS_OK && use) status = factor(gp);
  gp->settled = gp->n;
  if (status != STATUS_OK) forget_all(gp);
  return status;
}

Status gp_fit (Gp *gp, const GpData *data) { return condition(gp, data, true, true); }

Status gp_condition (Gp *gp, const GpData *data) { return condition(gp, data, false, true); }

Status gp_weigh (Gp *gp, const GpData *data) { return condition(gp, data, true, false); }

/* ---- one more ---- */

/* Row n of L and of U, the point in place. */
static Status append_row (Gp *gp, Component *c, double noise) {
  const int n = gp->n;
  const size_t ld = (size_t)c->f.ld;
  double *row = c->f.L + n;
  for (int j = 0; j < n; j++) {
    kernel_between(&gp->options.kernel, c->length, 1, gp->X + n, gp->capacity, 1, gp->X + j, gp->capacity, &row[(size_t)j * ld], NULL);
    row[(size_t)j * ld] *= c->signal;
  }
  row[(size_t)n * ld] = c->signal + noise + c->f.jitter;
  if (linalg_cholesky_append(n, c->f.L, (int)ld, 1e-10 * (c->signal + c->noise)) != STATUS_OK) return STATUS_SINGULAR;
  for (int i = 0; i < gp->columns; i++) {
    double *u = c->f.U + (size_t)i * ld;
    u[n] = (evidence_column(gp->X, gp->capacity, n, i) - linalg_dot_strided(n, row, (int)ld, u)) / row[(size_t)n * ld];
  }
  return STATUS_OK;
}

static void place (Gp *gp, const double *x) {
  for (int k = 0; k < gp->options.kernel.d; k++) gp->X[(size_t)gp->n + (size_t)k * (size_t)gp->capacity] = x[k] / gp->span[k];
}

Status gp_append (Gp *gp, const double *x, double y, double variance) {
  const int n = gp->n;
  if (!numbers_usable(gp->options.kernel.d, &(GpData){ .n = 1, .X = x, .y = &y, .variance = &variance })) return STATUS_BAD_ARGUMENT;
  Status status = reserve(gp, n + 1);
  if (status != STATUS_OK) return status;
  place(gp, x);
  gp->raw[n] = y;
  gp->own[n] = variance;
  gp->times[n] = 1;
  gp->y[n] = (y - gp->center) / gp->scale;
  gp->v[n] = standard_variance(variance, gp->scale);
  for (int k = 0; k < gp->components; k++)
    if (append_row(gp, &gp->component[k], gp->component[k].noise + gp->v[n]) != STATUS_OK) return STATUS_SINGULAR;
  gp->n = n + 1;
  const Evidence e = gp_inner_data(gp);
  for (int k = 0; k < gp->components; k++) {
    Component *c = &gp->component[k];
    const double *row = c->f.L + n;
    c->f.z0[n] = (gp->y[n] - e.mean - linalg_dot_strided(n, row, c->f.ld, c->f.z0)) / row[(size_t)n * (size_t)c->f.ld];
    if (gp->tracked > 0) gp_inner_track_row(gp, c, n);
    evidence_settle(&e, &c->f);
  }
  return STATUS_OK;
}

Status gp_suppose (Gp *gp, const double *x) {
  const int n = gp->n;
  Status status = reserve(gp, n + 1);
  if (status != STATUS_OK) return status;
  if (gp->certain < 0) {
    gp->certain = n;
    if (gp->tracked > 0) gp_inner_keep(gp);
  }
  place(gp, x);
  gp->raw[n] = gp->y[n] = gp->own[n] = gp->v[n] = 0;
  gp->times[n] = 1;
  for (int k = 0; k < gp->components; k++)
    if (append_row(gp, &gp->component[k], gp->component[k].noise) != STATUS_OK) return STATUS_SINGULAR;
  gp->n = n + 1;
  const Evidence e = gp_inner_data(gp);
  for (int k = 0; k < gp->components; k++) {
    Component *c = &gp->component[k];
    c->f.z0[n] = gp->columns == 0 ? 0 : c->f.beta[0] * c->f.U[n];   /* what leaves no residual */
    for (int i = 1; i < gp->columns; i++) c->f.z0[n] += c->f.beta[i] * c->f.U[(size_t)n + (size_t)i * (size_t)c->f.ld];
    if (gp->tracked > 0) gp_inner_track_row(gp, c, n);
    evidence_settle(&e, &c->f);
  }
  return STATUS_OK;
}

static void add_up_again (Gp *gp) {
  for (int k = 0; k < gp->components; k++) {
    Component *c = &gp->component[k];
    memset(c->track.a, 0, (size_t)gp->tracked * (size_t)(gp->columns + 2) * sizeof *c->track.a);
    for (int i = 0; i < gp->n; i++) gp_inner_accumulate(gp, c, i, &c->track);
  }
}

void gp_truncate (Gp *gp, int n) {
  const bool to_certain = n == gp->certain && gp->kept;
  if (n <= gp->certain) gp->certain = -1;
  if (n >= gp->n) return;
  gp->n = n;
  const Evidence e = gp_inner_data(gp);
  for (int k = 0; k < gp->components; k++) evidence_settle(&e, &gp->component[k].f);
  if (gp->tracked == 0) return;
  if (to_certain) gp_inner_take_back(gp);
  else add_up_again(gp);
}

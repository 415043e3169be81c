/* gp_predict.c -- what a Gaussian process says of points.
 *
 * With v = L^-1 k(X, x), h the point's row of H and R R' = U'U + precision,
 *
 *   mean     = h'beta + v'z           = (h - U'v)'beta + v'z0
 *   variance = signal - |v|^2 + |R^-1 (h - U'v)|^2
 *
 * so that a, q and B, sums over the rows of V, are all there is to keep; an
 * observation more adds one row (Projection). */
#include <math.h>
#include <string.h>

#include "exponential.h"
#include "gp_inner.h"
#include "linalg.h"
#include "mem.h"

static double *row_of (const Projection *p, int i) { return p->V + (size_t)i * (size_t)p->m; }

EXPONENTIAL_WIDE static void add_row (int m, const double *v, double z, double *a, double *q) {
  for (int j = 0; j < m; j++) {
    a[j] += z * v[j];
    q[j] += v[j] * v[j];
  }
}

EXPONENTIAL_WIDE static void add_scaled (int m, const double *v, double u, double *b) {
  for (int j = 0; j < m; j++) b[j] += u * v[j];
}

void gp_inner_accumulate (const Gp *gp, const Component *c, int i, Projection *p) {
  const double *v = row_of(p, i);
  add_row(p->m, v, c->f.z0[i], p->a, p->q);
  for (int k = 0; k < gp->columns; k++)
    add_scaled(p->m, v, c->f.U[(size_t)i + (size_t)k * (size_t)c->f.ld], p->B + (size_t)k * (size_t)p->m);
}

static void correlate (const Gp *gp, const Component *c, int n, const double *Z, int ldz, const Projection *p) {
  if (p->m == 1) kernel_between(&gp->options.kernel, c->length, n, gp->X, gp->capacity, 1, Z, ldz, p->V, NULL);
  else kernel_between(&gp->options.kernel, c->length, p->m, Z, ldz, n, gp->X, gp->capacity, p->V, NULL);
}

/* From the correlations in V on. */
static void reduce (const Gp *gp, const Component *c, int n, Projection *p) {
  linalg_lower_solve_rows(n, c->f.L, c->f.ld, c->signal, p->m, p->V);
  memset(p->a, 0, (size_t)p->m * sizeof *p->a);
  memset(p->q, 0, (size_t)p->m * sizeof *p->q);
  memset(p->B, 0, (size_t)p->m * (size_t)gp->columns * sizeof *p->B);
  if (p->m == 1) {
    *p->a = linalg_dot(n, p->V, c->f.z0);
    *p->q = linalg_dot(n, p->V, p->V);
    for (int k = 0; k < gp->columns; k++) p->B[k] = linalg_dot(n, p->V, c->f.U + (size_t)k * (size_t)c->f.ld);
    return;
  }
  for (int i = 0; i < n; i++) gp_inner_accumulate(gp, c, i, p);
}

void gp_inner_project (const Gp *gp, const Component *c, int n, const double *Z, int ldz, Projection *p) {
  correlate(gp, c, n, Z, ldz, p);
  reduce(gp, c, n, p);
}

/* The component before k that has its lengths, and so its correlations; -1: none. */
static int akin (const Gp *gp, int k) {
  int j = k - 1;
  while (j >= 0 && memcmp(gp->component[j].length, gp->component[k].length, (size_t)gp->options.kernel.d * sizeof(double)) != 0) j--;
  return j;
}

/* r = h - U'v of point j, and |R^-1 r|^2. */
static double mean_error (const Gp *gp, const Component *c, const double *Z, int ldz, const Projection *p, int j, double *r) {
  const int columns = gp->columns;
  double sum = 0;
  for (int k = 0; k < columns; k++) r[k] = evidence_column(Z, ldz, j, k) - p->B[(size_t)j + (size_t)k * (size_t)p->m];
  double s[EVIDENCE_COLUMNS];
  for (int k = 0; k < columns && gp->n > 0; k++) {
    s[k] = r[k];
    for (int l = 0; l < k; l++) s[k] -= c->f.R[k + l * EVIDENCE_COLUMNS] * s[l];
    s[k] /= c->f.R[k * (EVIDENCE_COLUMNS + 1)];
    sum += s[k] * s[k];
  }
  return sum;
}

/* With a constant mean, which is the common case. */
EXPONENTIAL_WIDE static void read_constant (int m, double signal, double beta, double r, const double *a, const double *q,
                                            const double *b, double *mean, double *variance) {
  for (int j = 0; j < m; j++) {
    const double rest = 1 - b[j], var = signal - q[j] + rest * rest * r;
    mean[j] = a[j] + beta * rest;
    variance[j] = var > 0 ? var : 0;
  }
}

/* With a given mean. */
EXPONENTIAL_WIDE static void read_given (int m, double signal, double beta, const double *a, const double *q,
                                         double *mean, double *variance) {
  for (int j = 0; j < m; j++) {
    const double var = signal - q[j];
    mean[j] = a[j] + beta;
    variance[j] = var > 0 ? var : 0;
  }
}

void gp_inner_read (const Gp *gp, const Component *c, const double *Z, int ldz, const Projection *p, double *mean, double *variance) {
  if (gp->columns == 1 && gp->n > 0) {
    read_constant(p->m, c->signal, c->f.beta[0], 1 / (c->f.R[0] * c->f.R[0]), p->a, p->q, p->B, mean, variance);
    return;
  }
  if (gp->columns == 0) {
    read_given(p->m, c->signal, c->f.beta[0], p->a, p->q, mean, variance);
    return;
  }
  for (int j = 0; j < p->m; j++) {
    double r[EVIDENCE_COLUMNS];
    const double error = mean_error(gp, c, Z, ldz, p, j, r);
    mean[j] = p->a[j];
    for (int k = 0; k < gp->columns; k++) mean[j] += c->f.beta[k] * r[k];
    variance[j] = fmax(c->signal - p->q[j] + error, 0);
  }
}

/* ---- predictions at any points ---- */

size_t gp_work (const Gp *gp) {
  const size_t n = (size_t)gp->n, d = (size_t)gp->options.kernel.d, columns = (size_t)gp->columns;
  return (size_t)GP_PANEL * (n + d + columns + 2 + 2 * (size_t)gp->components) + 4 * n;
}

/* Up to GP_PANEL points at once: their rows of V stay in the cache. */
static void panel (const Gp *gp, int m, const double *X, double *work, int stride, double *mean, double *variance) {
  const int d = gp->options.kernel.d;
  double *Z = work;
  Projection p = { .m = m, .V = work + (size_t)m * (size_t)d };
  p.a = p.V + (size_t)m * (size_t)gp->n;
  p.q = p.a + m;
  p.B = p.q + m;
  for (int j = 0; j < m; j++)
    for (int k = 0; k < d; k++) Z[j + k * m] = X[(size_t)j * (size_t)d + (size_t)k] / gp->span[k];
  for (int k = 0; k < gp->components; k++) {
    gp_inner_project(gp, &gp->component[k], gp->n, Z, m, &p);
    gp_inner_read(gp, &gp->component[k], Z, m, &p, mean + (size_t)k * (size_t)stride, variance + (size_t)k * (size_t)stride);
  }
}

void gp_components_posterior (const Gp *gp, int m, const double *X, double *work, double *mean, double *variance) {
  for (int j = 0; j < m; j += GP_PANEL)
    panel(gp, m - j < GP_PANEL ? m - j : GP_PANEL, X + (size_t)j * (size_t)gp->options.kernel.d, work, m, mean + j, variance + j);
}

/* The moments of the mixture. */
static void mix (const Gp *gp, int m, int stride, const double *means, const double *variances, double *mean, double *variance) {
  for (int j = 0; j < m; j++) {
    double mu = 0, spread = 0;
    for (int k = 0; k < gp->components; k++) mu += gp->component[k].weight * means[k * stride + j];
    for (int k = 0; k < gp->components; k++)
      spread += gp->component[k].weight * (variances[k * stride + j] + pow(means[k * stride + j] - mu, 2));
    mean[j] = mu;
    variance[j] = spread;
  }
}

void gp_posterior (const Gp *gp, int m, const double *X, double *work, double *mean, double *variance) {
  double *means = work, *variances = work + GP_PANEL * gp->components, *rest = variances + GP_PANEL * gp->components;
  for (int j = 0; j < m; j += GP_PANEL) {
    const int some = m - j < GP_PANEL ? m - j : GP_PANEL;
    panel(gp, some, X + (size_t)j * (size_t)gp->options.kernel.d, rest, GP_PANEL, means, variances);
    mix(gp, some, GP_PANEL, means, variances, mean + j, variance + j);
  }
}

void gp_predict (const Gp *gp, const double *x, double *work, double *mean, double *variance) {
  gp_posterior(gp, 1, x, work, mean, variance);
  *mean = gp->center + gp->scale * *mean;
  *variance = *variance * gp->scale * gp->scale;
}

/* ---- slopes ---- */

void gp_slope (const Gp *gp, int component, const double *x, double *work, GpSlope *slope) {
  const Component *c = &gp->component[component];
  const int n = gp->n, d = gp->options.kernel.d, columns = gp->columns;
  double point[KERNEL_DIMENSIONS], *k = work, *h = work + n, *t = work + 2 * n, r[EVIDENCE_COLUMNS] = { 0 };
  for (int i = 0; i < d; i++) point[i] = x[i] / gp->span[i];
  kernel_between(&gp->options.kernel, c->length, n, gp->X, gp->capacity, 1, point, 1, k, h);
  for (int i = 0; i < n; i++) t[i] = c->signal * k[i];
  slope->mean = (columns == 0 ? c->f.beta[0] : 0) + linalg_dot(n, t, c->f.alpha);
  linalg_lower_solve(n, c->f.L, c->f.ld, 1, t);                   /* v */
  slope->variance = c->signal - linalg_dot(n, t, t);
  for (int i = 0; i < columns; i++) {
    const double column = evidence_column(point, 1, 0, i);
    slope->mean += c->f.beta[i] * column;
    r[i] = column - linalg_dot(n, c->f.U + (size_t)i * (size_t)c->f.ld, t);
  }
  if (columns > 0 && n > 0) {
    double w[EVIDENCE_COLUMNS];
    memcpy(w, r, sizeof w);
    linalg_cholesky_solve(columns, c->f.R, EVIDENCE_COLUMNS, 1, w);
    for (int i = 0; i < columns; i++) {
      slope->variance += r[i] * w[i];
      add_scaled(n, c->f.U + (size_t)i * (size_t)c->f.ld, w[i], t);  /* v + U w */
    }
    memcpy(r, w, sizeof r);
  }
  slope->variance = fmax(slope->variance, 0);
  linalg_lower_transpose_solve(n, c->f.L, c->f.ld, 1, t);
  for (int i = 0; i < d; i++) {
    const double *xi = gp->X + (size_t)i * (size_t)gp->capacity;
    double by_mean = 0, by_variance = 0;
    const bool flat = gp->options.kernel.categories >> i & 1;
    for (int j = 0; j < n && !flat; j++) {
      const double change = -h[j] * (point[i] - xi[j]);           /* of k[j], times length^2 */
      by_mean += change * c->f.alpha[j];
      by_variance += change * t[j];
    }
    const double scale = c->signal / (c->length[i] * c->length[i] * gp->span[i]);
    const double lean = columns > 1 && !flat ? 1 / gp->span[i] : 0;
    slope->mean_slope[i] = scale * by_mean + (columns > 1 ? c->f.beta[i + 1] * lean : 0);
    slope->variance_slope[i] = -2 * scale * by_variance + (columns > 1 ? 2 * r[i + 1] * lean : 0);
  }
}

void gp_predict_slope (const Gp *gp, const double *x, double *work, GpSlope *slope) {
  const int d = gp->options.kernel.d;
  GpSlope part;
  double square = 0, by_square[KERNEL_DIMENSIONS] = { 0 };
  *slope = (GpSlope){ 0 };
  for (int k = 0; k < gp->components; k++) {  /* variance = E(variance + mean^2) - (E mean)^2 */
    const double weight = gp->component[k].weight;
    gp_slope(gp, k, x, work, &part);
    slope->mean += weight * part.mean;
    square += weight * (part.variance + part.mean * part.mean);
    for (int i = 0; i < d; i++) {
      slope->mean_slope[i] += weight * part.mean_slope[i];
      by_square[i] += weight * (part.variance_slope[i] + 2 * part.mean * part.mean_slope[i]);
    }
  }
  slope->variance = fmax(square - slope->mean * slope->mean, 0) * gp->scale * gp->scale;
  for (int i = 0; i < d; i++) {
    slope->variance_slope[i] = (by_square[i] - 2 * slope->mean * slope->mean_slope[i]) * gp->scale * gp->scale;
    slope->mean_slope[i] *= gp->scale;
  }
  slope->mean = gp->center + gp->scale * slope->mean;
}

/* ---- joint samples ---- */

/* The covariance of component c at the points of a projection: S[m*m], lower. */
static void joint_covariance (const Gp *gp, const Component *c, const double *Z, const Projection *p, double *S) {
  const int m = p->m;
  kernel_matrix(&gp->options.kernel, c->length, m, Z, m, S, NULL, m);
  for (int j = 0; j < m; j++)
    for (int i = j; i < m; i++) S[(size_t)i + (size_t)j * (size_t)m] *= c->signal;
  for (int i = 0; i < gp->n; i++) linalg_subtract_square(m, row_of(p, i), S, m);
  for (int j = 0; j < m && gp->columns > 0 && gp->n > 0; j++) {
    double r[EVIDENCE_COLUMNS], w[EVIDENCE_COLUMNS];
    mean_error(gp, c, Z, m, p, j, w);
    linalg_cholesky_solve(gp->columns, c->f.R, EVIDENCE_COLUMNS, 1, w);
    for (int i = j; i < m; i++) {
      mean_error(gp, c, Z, m, p, i, r);
      for (int k = 0; k < gp->columns; k++) S[(size_t)i + (size_t)j * (size_t)m] += r[k] * w[k];
    }
  }
}

static const Component *drawn (const Gp *gp, Random *random) {
  double left = random_uniform(random);
  for (int k = 0; k + 1 < gp->components; k++)
    if ((left -= gp->component[k].weight) < 0) return &gp->component[k];
  return &gp->component[gp->components - 1];
}

Status gp_sample (const Gp *gp, int m, const double *X, Random *random, double *out) {
  const size_t M = (size_t)m, n = (size_t)gp->n, d = (size_t)gp->options.kernel.d, columns = (size_t)gp->columns;
  if (m == 0) return STATUS_OK;
  double *Z = mem_alloc(M * (d + n + columns + 5 + 2 * M), sizeof *Z);
  if (Z == NULL) return STATUS_NO_MEMORY;
  Projection p = { .m = m, .V = Z + M * d };
  p.a = p.V + M * n;
  p.q = p.a + M;
  p.B = p.q + M;
  double *mean = p.B + M * columns, *variance = mean + M, *e = variance + M, *S = e + M, *F = S + M * M;
  for (size_t j = 0; j < M; j++)
    for (size_t k = 0; k < d; k++) Z[j + k * M] = X[j * d + k] / gp->span[k];
  const Component *c = drawn(gp, random);
  gp_inner_project(gp, c, gp->n, Z, m, &p);
  gp_inner_read(gp, c, Z, m, &p, mean, variance);
  joint_covariance(gp, c, Z, &p, S);
  Status status = STATUS_SINGULAR;
  for (double share = 1e-10; status != STATUS_OK && share < 1; share *= 10) {
    memcpy(F, S, M * M * sizeof *F);
    for (size_t j = 0; j < M; j++) F[j * (M + 1)] += share * c->signal;
    status = linalg_cholesky(m, F, m);
  }
  for (size_t j = 0; j < M; j++) e[j] = random_normal(random);
  for (size_t i = 0; i < M && status == STATUS_OK; i++) {
    double sum = mean[i];
    for (size_t j = 0; j <= i; j++) sum += F[i + j * M] * e[j];
    out[i] = gp->center + gp->scale * sum;
  }
  mem_free(Z);
  return status;
}

/* ---- tracked points ---- */

int gp_tracked (const Gp *gp) { return gp->tracked; }

/* Room in one component for V of m points and 'capacity' rows; the first n are kept. */
static Status widen_track (const Gp *gp, Component *c, int m, int n, int capacity) {
  const size_t M = (size_t)m, columns = (size_t)gp->columns;
  if (c->track_block != NULL && c->track.m == m && c->track.ld >= capacity) return STATUS_OK;
  double *block = mem_alloc(M * ((size_t)capacity + 2 * (columns + 2)), sizeof *block);
  if (block == NULL) return STATUS_NO_MEMORY;
  Projection p = { .m = m, .ld = capacity, .a = block };
  p.q = p.a + M;
  p.B = p.q + M;
  p.kept = p.B + M * columns;
  p.V = p.kept + M * (columns + 2);
  if (gp->tracked == m && c->track_block != NULL)
    memcpy(block, c->track_block, M * ((size_t)n + 2 * (columns + 2)) * sizeof *block);
  mem_free(c->track_block);
  c->track_block = block;
  c->track = p;
  return STATUS_OK;
}

static size_t sums_size (const Gp *gp) { return (size_t)gp->tracked * (size_t)(gp->columns + 2) * sizeof(double); }

void gp_inner_keep (Gp *gp) {
  for (int k = 0; k < gp->components; k++) memcpy(gp->component[k].track.kept, gp->component[k].track.a, sums_size(gp));
  gp->kept = true;
}

void gp_inner_take_back (Gp *gp) {
  for (int k = 0; k < gp->components; k++) memcpy(gp->component[k].track.a, gp->component[k].track.kept, sums_size(gp));
}

/* What was appended is tracked row by row, whenever tracking begins: so the order of things leaves no trace, not in the last bit. */
Status gp_track (Gp *gp, int m, const double *X) {
  const size_t M = (size_t)m, d = (size_t)gp->options.kernel.d;
  gp->tracked = 0;
  gp->kept = false;
  if (m > gp->track_capacity) {
    double *Z = mem_alloc(M * d, sizeof *Z);
    if (Z == NULL) return STATUS_NO_MEMORY;
    mem_free(gp->Z);
    gp->Z = Z;
    gp->track_capacity = m;
  }
  for (size_t j = 0; j < M; j++)
    for (size_t k = 0; k < d; k++) gp->Z[j + k * M] = X[j * d + k] / gp->span[k];
  for (int k = 0; k < gp->components; k++) {
    const Status status = widen_track(gp, &gp->component[k], m, 0, gp->capacity);
    if (status != STATUS_OK) return status;
    const int like = akin(gp, k);
    Projection *track = &gp->component[k].track;
    if (like < 0) correlate(gp, &gp->component[k], gp->settled, gp->Z, m, track);
    else memcpy(track->V, gp->component[like].track.V, M * (size_t)gp->settled * sizeof *track->V);
  }
  for (int k = 0; k < gp->components; k++) reduce(gp, &gp->component[k], gp->settled, &gp->component[k].track);
  gp->tracked = m;
  for (int i = gp->settled; i < gp->n; i++) {
    if (i == gp->certain) gp_inner_keep(gp);
    for (int k = 0; k < gp->components; k++) gp_inner_track_row(gp, &gp->component[k], i);
  }
  return STATUS_OK;
}

void gp_tracked_posterior (const Gp *gp, double *mean, double *variance) {
  for (int k = 0; k < gp->components; k++) {
    const size_t at = (size_t)k * (size_t)gp->tracked;
    gp_inner_read(gp, &gp->component[k], gp->Z, gp->tracked, &gp->component[k].track, mean + at, variance + at);
  }
}

/* v_n = (signal k(x_n, points) - V' l_n) / l_nn. Without memory for it, nothing is tracked any more. */
void gp_inner_track_row (Gp *gp, Component *c, int i) {
  if (widen_track(gp, c, gp->tracked, i, gp->capacity) != STATUS_OK) {
    gp->tracked = 0;
    return;
  }
  double *v = row_of(&c->track, i);
  const double *row = c->f.L + i;
  kernel_between(&gp->options.kernel, c->length, gp->tracked, gp->Z, gp->tracked, 1, gp->X + i, gp->capacity, v, NULL);
  linalg_subtract_multiple(gp->tracked, i, c->track.V, gp->tracked, row, c->f.ld, c->signal, 1 / row[(size_t)i * (size_t)c->f.ld], v);
  gp_inner_accumulate(gp, c, i, &c->track);
}

#include "evidence.h"

#include <math.h>
#include <string.h>

#include "exponential.h"
#include "linalg.h"

static const double FIRST_JITTER = 1e-10, LAST_JITTER = 1e-2;  /* of trace/n */
static const double SLOPE_PRECISION = 1e-2;                    /* of the slopes in H, standardised */
static const double SIGNAL_SHAPE = 1.5, SIGNAL_SCALE = 1.5;    /* of the inverse gamma prior */
static const double LOG_TWO_PI = 1.83787706640934548356;

static const size_t COLUMNS = EVIDENCE_COLUMNS;

static double *column_of (double *A, int j, int ld) { return A + (size_t)j * (size_t)ld; }

/* ---- the covariance and its factor ---- */

/* A = signal C + diag(noise / times + variance + jitter), lower; H = the slopes of C. */
static void covariance (const Evidence *e, const double *theta, double jitter, double *A, double *H, int ld) {
  double length[KERNEL_DIMENSIONS];
  const int d = e->kernel.d;
  for (int i = 0; i < d; i++) length[i] = exp(theta[i]);
  const double signal = exp(theta[d]), noise = exp(theta[d + 1]);
  kernel_matrix(&e->kernel, length, e->n, e->X, e->ldx, A, H, ld);
  for (int j = 0; j < e->n; j++) {
    double *a = column_of(A, j, ld);
    for (int i = j; i < e->n; i++) a[i] *= signal;
    a[j] += noise / e->times[j] + e->variance[j] + jitter;
  }
}

static double mean_diagonal (const Evidence *e, const double *theta) {
  const double noise = exp(theta[e->kernel.d + 1]);
  double sum = 0;
  for (int i = 0; i < e->n; i++) sum += (e->variance[i] + noise / e->times[i]) / e->n;
  return sum + exp(theta[e->kernel.d]);
}

/* L L' = K, with as little jitter as it takes. */
static Status factor_covariance (const Evidence *e, const double *theta, double *H, EvidenceFactor *f) {
  const double scale = mean_diagonal(e, theta);
  f->jitter = 0;
  covariance(e, theta, 0, f->L, H, f->ld);
  Status status = linalg_cholesky(e->n, f->L, f->ld);
  for (double share = FIRST_JITTER; status != STATUS_OK && share <= 1.5 * LAST_JITTER; share *= 10) {
    f->jitter = share * scale;
    covariance(e, theta, f->jitter, f->L, H, f->ld);
    status = linalg_cholesky(e->n, f->L, f->ld);
  }
  return status;
}

/* ---- the mean ---- */

double evidence_column (const double *X, int ldx, int i, int c) {
  return c == 0 ? 1 : X[(size_t)i + (size_t)(c - 1) * (size_t)ldx];
}

static double precision_of (int column) { return column == 0 ? 0 : SLOPE_PRECISION; }

/* R R' = U'U + precision and beta = (R R')^-1 U'z0. */
static void fit_mean (const Evidence *e, EvidenceFactor *f) {
  const int n = e->n, p = n > 0 ? e->columns : 0;
  memset(f->beta, 0, sizeof f->beta);
  if (p == 0) f->beta[0] = e->columns == 0 ? e->mean : 0;
  for (int j = 0; j < p; j++) {
    const double *u = f->U + (size_t)j * (size_t)f->ld;
    f->beta[j] = linalg_dot(n, u, f->z0);
    for (int i = j; i < p; i++) f->R[(size_t)i + (size_t)j * COLUMNS] = linalg_dot(n, f->U + (size_t)i * (size_t)f->ld, u);
    f->R[(size_t)j * (COLUMNS + 1)] += precision_of(j);
  }
  if (p == 0 || linalg_cholesky(p, f->R, EVIDENCE_COLUMNS) == STATUS_OK) {
    linalg_cholesky_solve(p, f->R, EVIDENCE_COLUMNS, 1, f->beta);
  } else {  /* the data weigh nothing in doubles: a mean of 0 and no word on its error */
    memset(f->beta, 0, sizeof f->beta);
    for (int j = 0; j < p; j++) f->R[(size_t)j * (COLUMNS + 1)] = 1e150;
  }
}

static void whiten (const Evidence *e, EvidenceFactor *f) {
  for (int i = 0; i < e->n; i++) f->z0[i] = e->columns == 0 ? e->y[i] - e->mean : e->y[i];
  linalg_lower_solve(e->n, f->L, f->ld, 1, f->z0);
}

static void residuals (const Evidence *e, EvidenceFactor *f) {
  fit_mean(e, f);
  if (e->n == 0) return;
  memcpy(f->z, f->z0, (size_t)e->n * sizeof *f->z);
  for (int c = 0; c < e->columns; c++)
    for (int i = 0; i < e->n; i++) f->z[i] -= f->beta[c] * f->U[(size_t)i + (size_t)c * (size_t)f->ld];
}

static void solve_alpha (const Evidence *e, EvidenceFactor *f) {
  if (e->n == 0) return;
  memcpy(f->alpha, f->z, (size_t)e->n * sizeof *f->z);
  linalg_lower_transpose_solve(e->n, f->L, f->ld, 1, f->alpha);
}

void evidence_settle_mean (const Evidence *e, EvidenceFactor *f) { residuals(e, f); }

void evidence_settle (const Evidence *e, EvidenceFactor *f) {
  residuals(e, f);
  solve_alpha(e, f);
}

/* U = L^-1 H */
static void solve_columns (const Evidence *e, EvidenceFactor *f) {
  for (int c = 0; c < e->columns && e->n > 0; c++) {
    double *u = column_of(f->U, c, f->ld);
    for (int i = 0; i < e->n; i++) u[i] = evidence_column(e->X, e->ldx, i, c);
    linalg_lower_solve(e->n, f->L, f->ld, 1, u);
  }
}

static Status factor_all (const Evidence *e, const double *theta, double *H, EvidenceFactor *f) {
  const Status status = factor_covariance(e, theta, H, f);
  if (status != STATUS_OK) return status;
  solve_columns(e, f);
  whiten(e, f);
  residuals(e, f);
  return STATUS_OK;
}

Status evidence_factor (const Evidence *e, const double *theta, EvidenceFactor *f) {
  const Status status = factor_all(e, theta, NULL, f);
  if (status == STATUS_OK) solve_alpha(e, f);
  return status;
}

/* ---- the evidence ---- */

/* y'K^-1 y with beta integrated out. */
static double misfit (const Evidence *e, const EvidenceFactor *f) {
  double sum = linalg_dot(e->n, f->z, f->z);
  for (int c = 1; c < e->columns; c++) sum += precision_of(c) * f->beta[c] * f->beta[c];
  return sum;
}

/* ln |K| + ln |H'K^-1 H + precision| - ln |precision|; the flat part counts nothing. */
static double log_volume (const Evidence *e, const EvidenceFactor *f) {
  double sum = linalg_log_determinant(e->n, f->L, f->ld);
  if (e->columns > 0 && e->n > 0) sum += linalg_log_determinant(e->columns, f->R, EVIDENCE_COLUMNS);
  for (int c = 1; c < e->columns; c++) sum -= log(precision_of(c));
  return sum;
}

/* How many of the n directions of y beta does not use up. */
static double directions (const Evidence *e) { return e->columns > 0 && e->n > 0 ? e->n - 1 : e->n; }

/* What merging hid: the scatter of 'surplus' more observations about their means. */
static double hidden (const Evidence *e, double noise) {
  if (!(e->surplus > 0)) return 0;
  double sum = e->surplus * (LOG_TWO_PI + log(noise)) + e->within / noise;
  for (int i = 0; i < e->n; i++) sum += log(e->times[i]);
  return sum;
}

double evidence_of_factor (const Evidence *e, const double *theta, const EvidenceFactor *f) {
  return -0.5 * (misfit(e, f) + log_volume(e, f) + directions(e) * LOG_TWO_PI + hidden(e, exp(theta[e->kernel.d + 1])));
}

size_t evidence_work (int n, int columns) {
  return 2 * (size_t)n * (size_t)n + (size_t)(4 + 2 * columns) * (size_t)n;
}

/* In four strands, so that it can be done four abreast: the sums of w (x - z)^2. */
EXPONENTIAL_WIDE static double weighted_squares (int n, const double *w, const double *x, double z) {
  double sum[4] = { 0 };
  int i = 0;
  for (; i + 4 <= n; i += 4)
    for (int s = 0; s < 4; s++) sum[s] += w[i + s] * (x[i + s] - z) * (x[i + s] - z);
  for (; i < n; i++) sum[0] += w[i] * (x[i] - z) * (x[i] - z);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static double weighted_changes (int n, const double *w, const double *x, double z) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += x[i] != z ? w[i] : 0;
  return sum;
}

/* w = (a_j a - q) h */
EXPONENTIAL_WIDE static void weigh (int n, const double *a, double aj, const double *q, const double *h, double *w) {
  for (int i = 0; i < n; i++) w[i] = (aj * a[i] - q[i]) * h[i];
}

/* W = K^-1 H R^-T; tr(W'K W) is returned. */
static double take_up_mean (const Evidence *e, const EvidenceFactor *f, double *W) {
  const int n = e->n;
  double trace = 0;
  for (int c = 0; c < e->columns; c++) {
    double *w = column_of(W, c, n);
    memcpy(w, f->U + (size_t)c * (size_t)f->ld, (size_t)n * sizeof *w);
    for (int b = 0; b < c; b++)
      for (int i = 0; i < n; i++) w[i] -= f->R[(size_t)c + (size_t)b * COLUMNS] * W[(size_t)i + (size_t)b * (size_t)n];
    for (int i = 0; i < n; i++) w[i] /= f->R[(size_t)c * (COLUMNS + 1)];
    trace += linalg_dot(n, w, w);               /* U R^-T */
  }
  linalg_lower_transpose_solve(n, f->L, f->ld, e->columns, W);
  return trace;
}

/* The gradient is 1/2 tr((alpha alpha' + W W' - K^-1) dK/dtheta). On entry Q holds
 * K^-1, lower; H the slopes; and W as above with its trace. 'w' is scratch [n]. */
static void gradient_of (const Evidence *e, const double *theta, const EvidenceFactor *f, double *Q, const double *H,
                         const double *W, double trace, double *w, double *gradient) {
  const int n = e->n, d = e->kernel.d;
  const double signal = exp(theta[d]), noise = exp(theta[d + 1]);
  double by_noise = 0, on_diagonal = 0, by_length[KERNEL_DIMENSIONS] = { 0 };
  for (int c = 0; c < e->columns; c++) linalg_subtract_square(n, W + (size_t)c * (size_t)n, Q, n);
  for (int j = 0; j < n; j++) {
    const size_t below = (size_t)j * (size_t)n + (size_t)j + 1;
    const double share = f->alpha[j] * f->alpha[j] - Q[below - 1];
    by_noise += share / e->times[j];
    on_diagonal += share * (e->variance[j] + f->jitter);
    weigh(n - j - 1, f->alpha + j + 1, f->alpha[j], Q + below, H + below, w);
    for (int k = 0; k < d; k++) {
      const double *x = e->X + (size_t)k * (size_t)e->ldx + j;
      by_length[k] += (e->kernel.categories >> k & 1 ? weighted_changes : weighted_squares)(n - j - 1, w, x + 1, x[0]);
    }
  }
  for (int k = 0; k < d; k++) gradient[k] = signal * by_length[k] * exp(-2 * theta[k]);
  /* signal C = K - diag, and tr((alpha alpha' - K^-1) K) = z'z - n */
  gradient[d] = 0.5 * (linalg_dot(n, f->z, f->z) + trace - n - noise * by_noise - on_diagonal);
  gradient[d + 1] = 0.5 * noise * by_noise;
  if (e->surplus > 0) gradient[d + 1] -= 0.5 * (e->surplus - e->within / noise);
}

double evidence_log (const Evidence *e, const double *theta, double *gradient, double *work) {
  const size_t n = (size_t)e->n, p = (size_t)e->columns;
  double *vectors = work + 2 * n * n;
  EvidenceFactor f = { .L = work, .ld = e->n > 0 ? e->n : 1, .z = vectors, .alpha = vectors + n,
    .z0 = vectors + 2 * n, .U = vectors + 4 * n };
  double *H = gradient != NULL ? work + n * n : NULL, *w = vectors + 3 * n, *W = f.U + p * n;
  if (gradient != NULL) memset(gradient, 0, (size_t)(e->kernel.d + 2) * sizeof *gradient);
  if (factor_all(e, theta, H, &f) != STATUS_OK) return -INFINITY;
  const double value = evidence_of_factor(e, theta, &f);
  if (gradient == NULL) return value;
  solve_alpha(e, &f);
  const double trace = take_up_mean(e, &f, W);
  if (linalg_cholesky_inverse(e->n, f.L, f.ld) == STATUS_OK) gradient_of(e, theta, &f, f.L, H, W, trace, w, gradient);
  return value;
}

/* ---- integrating the signal out ---- */

double evidence_marginal (const Evidence *e, const double *C, double ratio, double signal_guess, EvidenceFactor *f, double *signal) {
  const int n = e->n;
  for (int j = 0; j < n; j++) {
    double *column = column_of(f->L, j, f->ld);
    memcpy(column + j, C + (size_t)j * (size_t)(n + 1), (size_t)(n - j) * sizeof *column);
    column[j] += ratio / e->times[j] + e->variance[j] / signal_guess;
  }
  if (linalg_cholesky(n, f->L, f->ld) != STATUS_OK) return -INFINITY;
  solve_columns(e, f);
  whiten(e, f);
  residuals(e, f);
  const double shape = SIGNAL_SHAPE + 0.5 * (directions(e) + e->surplus);
  const double scale = SIGNAL_SCALE + 0.5 * (misfit(e, f) + (e->surplus > 0 ? e->within / ratio : 0));
  *signal = scale / (shape - 1);
  return -shape * log(scale) - 0.5 * (log_volume(e, f) + (e->surplus > 0 ? e->surplus * log(ratio) : 0));
}

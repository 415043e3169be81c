#include "evidence.h"

#include <math.h>
#include <string.h>

#include "linalg.h"

static const double FIRST_JITTER = 1e-10, LAST_JITTER = 1e-2;  /* of trace/n */

/* A = signal C + diag(noise + variance + jitter), lower; H = the slopes of C. */
static void covariance (const Evidence *e, const double *theta, double jitter, double *A, double *H, int ld) {
  double length[KERNEL_DIMENSIONS];
  for (int i = 0; i < e->d; i++) length[i] = exp(theta[i]);
  const double signal = exp(theta[e->d]), noise = exp(theta[e->d + 1]);
  kernel_matrix(e->kernel, e->d, length, e->n, e->X, A, H, ld);
  for (int j = 0; j < e->n; j++) {
    double *column = A + (size_t)j * (size_t)ld;
    for (int i = j; i < e->n; i++) column[i] *= signal;
    column[j] += noise + e->variance[j] + jitter;
  }
}

static double mean_diagonal (const Evidence *e, const double *theta) {
  double sum = 0;
  for (int i = 0; i < e->n; i++) sum += e->variance[i] / e->n;
  return sum + exp(theta[e->d]) + exp(theta[e->d + 1]);
}

/* L L' = K, with as little jitter as it takes. */
static Status factor_covariance (const Evidence *e, const double *theta, double *L, double *H, int ld, double *jitter) {
  const double scale = mean_diagonal(e, theta);
  *jitter = 0;
  covariance(e, theta, 0, L, H, ld);
  Status status = linalg_cholesky(e->n, L, ld);
  for (double share = FIRST_JITTER; status != STATUS_OK && share <= 1.5 * LAST_JITTER; share *= 10) {
    *jitter = share * scale;
    covariance(e, theta, *jitter, L, H, ld);
    status = linalg_cholesky(e->n, L, ld);
  }
  return status;
}

/* With u = L^-1 1 and v = L^-1 y the most likely mean is u'v / u'u. 'u' is scratch [n]. */
static double likely_mean (const Evidence *e, const EvidenceFactor *f, double *u) {
  if (!isnan(e->mean)) return e->mean;
  if (e->n == 0) return 0;
  for (int i = 0; i < e->n; i++) u[i] = 1;
  memcpy(f->z, e->y, (size_t)e->n * sizeof *f->z);
  linalg_lower_solve(e->n, f->L, f->ld, 1, u);
  linalg_lower_solve(e->n, f->L, f->ld, 1, f->z);
  return linalg_dot(e->n, u, f->z) / linalg_dot(e->n, u, u);
}

static Status factor_all (const Evidence *e, const double *theta, double *H, EvidenceFactor *f) {
  const Status status = factor_covariance(e, theta, f->L, H, f->ld, &f->jitter);
  if (status != STATUS_OK) return status;
  f->mean = likely_mean(e, f, f->alpha);
  for (int i = 0; i < e->n; i++) f->z[i] = e->y[i] - f->mean;
  linalg_lower_solve(e->n, f->L, f->ld, 1, f->z);
  memcpy(f->alpha, f->z, (size_t)e->n * sizeof *f->z);
  linalg_lower_transpose_solve(e->n, f->L, f->ld, 1, f->alpha);
  return STATUS_OK;
}

Status evidence_factor (const Evidence *evidence, const double *theta, EvidenceFactor *factor) {
  return factor_all(evidence, theta, NULL, factor);
}

double evidence_of_factor (int n, const EvidenceFactor *f) {
  const double log_two_pi = 1.83787706640934548356;
  return -0.5 * (linalg_dot(n, f->z, f->z) + linalg_log_determinant(n, f->L, f->ld) + n * log_two_pi);
}

size_t evidence_work (int n) {
  return 2 * (size_t)n * (size_t)n + 2 * (size_t)n;
}

/* The gradient is 1/2 tr((alpha alpha' - K^-1) dK/dtheta). On entry Q holds
 * K^-1, lower; H the slopes. The mean, where it is the most likely one, adds
 * nothing: the evidence is flat in it. */
static void gradient_of (const Evidence *e, const double *theta, const EvidenceFactor *f,
                         const double *Q, const double *H, double *gradient) {
  const int n = e->n, d = e->d;
  double trace = 0, weighted = 0, by_length[KERNEL_DIMENSIONS] = { 0 };
  for (int j = 0; j < n; j++) {
    const size_t column = (size_t)j * (size_t)n;
    const double w = f->alpha[j] * f->alpha[j] - Q[column + (size_t)j];
    trace += w;
    weighted += w * (e->variance[j] + f->jitter);
    for (int i = j + 1; i < n; i++) {
      const double wh = (f->alpha[i] * f->alpha[j] - Q[column + (size_t)i]) * H[column + (size_t)i];
      for (int k = 0; k < d; k++) {
        const double t = e->X[(size_t)i * (size_t)d + (size_t)k] - e->X[(size_t)j * (size_t)d + (size_t)k];
        by_length[k] += wh * t * t;
      }
    }
  }
  const double signal = exp(theta[d]), noise = exp(theta[d + 1]);
  for (int k = 0; k < d; k++) gradient[k] = signal * by_length[k] * exp(-2 * theta[k]);
  /* signal C = K - diag, and tr((alpha alpha' - K^-1) K) = z'z - n */
  gradient[d] = 0.5 * (linalg_dot(n, f->z, f->z) - n - noise * trace - weighted);
  gradient[d + 1] = 0.5 * noise * trace;
}

double evidence_log (const Evidence *e, const double *theta, double *gradient, double *work) {
  const size_t n = (size_t)e->n;
  EvidenceFactor f = { .L = work, .ld = e->n > 0 ? e->n : 1, .z = work + 2 * n * n, .alpha = work + 2 * n * n + n };
  double *H = gradient != NULL ? work + n * n : NULL;
  if (gradient != NULL) memset(gradient, 0, (size_t)(e->d + 2) * sizeof *gradient);
  if (factor_all(e, theta, H, &f) != STATUS_OK) return -INFINITY;
  const double value = evidence_of_factor(e->n, &f);
  if (gradient != NULL && linalg_cholesky_inverse(e->n, f.L, f.ld) == STATUS_OK)
    gradient_of(e, theta, &f, f.L, H, gradient);
  return value;
}

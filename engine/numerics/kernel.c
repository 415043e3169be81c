#include "kernel.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "exponential.h"

static const double SQRT3 = 1.73205080756887729353, SQRT5 = 2.23606797749978969641;

/* ---- from r^2 (Matern: from s) to k and h, in place; h NULL: no slopes ---- */

EXPONENTIAL_WIDE static void matern12 (int n, double *c, double *h) {
  if (h == NULL) {
    for (int i = 0; i < n; i++) c[i] = exponential_of_minus(c[i]);
    return;
  }
  for (int i = 0; i < n; i++) {
    const double s = c[i], k = exponential_of_minus(s);
    c[i] = k;
    h[i] = s > 0 ? k / s : 0;
  }
}

EXPONENTIAL_WIDE static void matern32 (int n, double *c, double *h) {
  if (h == NULL) {
    for (int i = 0; i < n; i++) c[i] = (1 + (c[i] < 750 ? c[i] : 750)) * exponential_of_minus(c[i]);
    return;
  }
  for (int i = 0; i < n; i++) {
    const double s = (c[i] < 750 ? c[i] : 750), k = exponential_of_minus(s);
    c[i] = (1 + s) * k;
    h[i] = 3 * k;
  }
}

EXPONENTIAL_WIDE static void matern52 (int n, double *c, double *h) {
  if (h == NULL) {
    for (int i = 0; i < n; i++) {
      const double s = c[i] < 750 ? c[i] : 750;
      c[i] = (1 + s + s * s * (1.0 / 3)) * exponential_of_minus(s);
    }
    return;
  }
  for (int i = 0; i < n; i++) {
    const double s = c[i] < 750 ? c[i] : 750, k = exponential_of_minus(s);
    c[i] = (1 + s + s * s * (1.0 / 3)) * k;
    h[i] = (5.0 / 3) * (1 + s) * k;
  }
}

EXPONENTIAL_WIDE static void squared_exponential (int n, double *c, double *h) {
  for (int i = 0; i < n; i++) c[i] = exponential_of_minus(c[i] * 0.5);
  for (int i = 0; i < n && h != NULL; i++) h[i] = c[i];
}

EXPONENTIAL_WIDE static void rational_quadratic (int n, double *c, double *h) {
  for (int i = 0; i < n; i++) c[i] = 1 / (1 + c[i] * 0.5);
  for (int i = 0; i < n && h != NULL; i++) h[i] = c[i] * c[i];
}

/* What the distances of each kind are multiplied by; a Matern kernel wants them not squared. */
static double stretch (KernelKind kind) {
  return kind == KERNEL_MATERN32 ? SQRT3 : kind == KERNEL_MATERN52 ? SQRT5 : 1;
}

static bool is_matern (KernelKind kind) {
  return kind == KERNEL_MATERN12 || kind == KERNEL_MATERN32 || kind == KERNEL_MATERN52;
}

static void correlate (KernelKind kind, int n, double *c, double *h) {
  switch (kind) {
    case KERNEL_MATERN12: matern12(n, c, h); break;
    case KERNEL_MATERN32: matern32(n, c, h); break;
    case KERNEL_MATERN52: matern52(n, c, h); break;
    case KERNEL_SQUARED_EXPONENTIAL: squared_exponential(n, c, h); break;
    case KERNEL_RATIONAL_QUADRATIC: rational_quadratic(n, c, h); break;
  }
}

double kernel_value (KernelKind kind, double r2, double *slope) {
  double k = is_matern(kind) ? stretch(kind) * sqrt(r2) : r2, h;
  correlate(kind, 1, &k, &h);
  if (slope != NULL) *slope = h;
  return k;
}

/* ---- distances ---- */

/* c[i] = |x[i] - z| scale */
EXPONENTIAL_WIDE static void distances_on_a_line (int n, const double *x, double z, double scale, double *c) {
  for (int i = 0; i < n; i++) c[i] = fabs(x[i] - z) * scale;
}

/* c[i] += ((x[i] - z) scale)^2 */
EXPONENTIAL_WIDE static void add_squares (int n, const double *x, double z, double scale, double *c) {
  for (int i = 0; i < n; i++) {
    const double t = (x[i] - z) * scale;
    c[i] += t * t;
  }
}

static void add_categories (int n, const double *x, double z, double scale, double *c) {
  for (int i = 0; i < n; i++) c[i] += x[i] != z ? scale * scale : 0;
}

EXPONENTIAL_WIDE static void roots (int n, double *c) {
  for (int i = 0; i < n; i++) c[i] = sqrt(c[i]);
}

/* c[i] = r^2, or s for Matern, between point i of X and z[0], z[ldz], .. */
static void distances (const Kernel *kernel, const double *length, int n, const double *X, int ldx,
                       const double *z, int ldz, double *c) {
  const double factor = stretch(kernel->kind);
  const bool matern = is_matern(kernel->kind);
  if (kernel->d == 1 && kernel->categories == 0 && matern) {
    distances_on_a_line(n, X, z[0], factor / length[0], c);
    return;
  }
  for (int i = 0; i < n; i++) c[i] = 0;
  for (int k = 0; k < kernel->d; k++) {
    const double *x = X + (size_t)k * (size_t)ldx, zk = z[(size_t)k * (size_t)ldz], scale = factor / length[k];
    if (kernel->categories >> k & 1) add_categories(n, x, zk, scale, c);
    else add_squares(n, x, zk, scale, c);
  }
  if (matern) roots(n, c);
}

void kernel_matrix (const Kernel *kernel, const double *length, int n, const double *X, int ldx, double *C, double *H, int ld) {
  for (int j = 0; j < n; j++) {
    const size_t column = (size_t)j * (size_t)ld + (size_t)j;
    distances(kernel, length, n - j, X + j, ldx, X + j, ldx, C + column);
    correlate(kernel->kind, n - j, C + column, H != NULL ? H + column : NULL);
  }
}

void kernel_between (const Kernel *kernel, const double *length, int n, const double *X, int ldx,
                     int m, const double *Z, int ldz, double *C, double *H) {
  for (int j = 0; j < m; j++) {
    const size_t column = (size_t)j * (size_t)n;
    distances(kernel, length, n, X, ldx, Z + j, ldz, C + column);
    correlate(kernel->kind, n, C + column, H != NULL ? H + column : NULL);
  }
}

#include "kernel.h"

#include <math.h>
#include <stddef.h>

double kernel_value (KernelKind kind, double r2, double *slope) {
  double k, h, s;
  switch (kind) {
    case KERNEL_MATERN12:
      s = sqrt(r2);
      k = exp(-s);
      h = s > 0 ? k / s : 0;
      break;
    case KERNEL_MATERN32:
      s = sqrt(3 * r2);
      h = 3 * exp(-s);
      k = (1 + s) * (h / 3);
      break;
    case KERNEL_MATERN52:
      s = sqrt(5 * r2);
      k = exp(-s);
      h = 5.0 / 3 * (1 + s) * k;
      k *= 1 + s + s * s / 3;
      break;
    default:
      k = h = exp(-r2 / 2);
  }
  if (isinf(r2)) k = h = 0;  /* where inf * 0 would be nan */
  if (slope != NULL) *slope = h;
  return k;
}

/* c[i] = r^2 between X[i] and z, 0 <= i < n. */
static void distances (int d, const double *length, int n, const double *X, const double *z, double *c) {
  if (d == 1) {
    const double scale = 1 / length[0], z0 = z[0];
    for (int i = 0; i < n; i++) {
      const double t = (X[i] - z0) * scale;
      c[i] = t * t;
    }
    return;
  }
  double scale[KERNEL_DIMENSIONS];
  for (int k = 0; k < d; k++) scale[k] = 1 / length[k];
  for (int i = 0; i < n; i++) {
    double sum = 0;
    for (int k = 0; k < d; k++) {
      const double t = (X[(size_t)i * (size_t)d + (size_t)k] - z[k]) * scale[k];
      sum += t * t;
    }
    c[i] = sum;
  }
}

/* From r^2 to k, in place, and to the slopes h (NULL: none). */
static void correlate (KernelKind kind, int n, double *c, double *h) {
  for (int i = 0; i < n; i++) c[i] = kernel_value(kind, c[i], h != NULL ? &h[i] : NULL);
}

void kernel_matrix (KernelKind kind, int d, const double *length, int n, const double *X, double *C, double *H, int ld) {
  for (int j = 0; j < n; j++) {
    const size_t column = (size_t)j * (size_t)ld + (size_t)j;
    const double *x = X + (size_t)j * (size_t)d;
    distances(d, length, n - j, x, x, C + column);
    correlate(kind, n - j, C + column, H != NULL ? H + column : NULL);
  }
}

void kernel_between (KernelKind kind, int d, const double *length,
                     int n, const double *X, int m, const double *Z, double *C, double *H) {
  for (int j = 0; j < m; j++) {
    const size_t column = (size_t)j * (size_t)n;
    distances(d, length, n, X, Z + (size_t)j * (size_t)d, C + column);
    correlate(kind, n, C + column, H != NULL ? H + column : NULL);
  }
}

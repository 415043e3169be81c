/* kernel.h -- stationary correlation functions with one length scale per
 * dimension (ARD).
 *
 * With r^2 the sum over i of ((x_i - z_i) / length_i)^2, s = sqrt(2 nu) r
 * (Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, ch. 4):
 *
 *   Matern 1/2           exp(-s)                    s = r
 *   Matern 3/2           (1 + s) exp(-s)            s = sqrt(3) r
 *   Matern 5/2           (1 + s + s^2/3) exp(-s)    s = sqrt(5) r
 *   squared exponential  exp(-r^2 / 2)
 *
 * The slope h = -2 dk/d(r^2) gives every derivative:
 *   dk/d(ln length_i) = h ((x_i - z_i) / length_i)^2
 *   dk/dx_i           = -h (x_i - z_i) / length_i^2 */
#ifndef kernel_h
#define kernel_h

enum { KERNEL_DIMENSIONS = 16 };  /* at most */

typedef enum KernelKind { KERNEL_MATERN12, KERNEL_MATERN32, KERNEL_MATERN52, KERNEL_SQUARED_EXPONENTIAL } KernelKind;

/* k at r2 >= 0; *slope = h, where 'slope' is not NULL. At r2 = 0 the slope of
 * Matern 1/2 is infinite and reported as 0, its part in either derivative there. */
double kernel_value (KernelKind kind, double r2, double *slope);

/* The correlations of n points X[n*d] (point by point) among themselves:
 * C[i + j*ld], i >= j; the slopes in H likewise, where H is not NULL. */
void kernel_matrix (KernelKind kind, int d, const double *length, int n, const double *X, double *C, double *H, int ld);

/* The correlations of X[n*d] with Z[m*d]: C[i + j*n]; slopes likewise, H may be NULL. */
void kernel_between (KernelKind kind, int d, const double *length,
                     int n, const double *X, int m, const double *Z, double *C, double *H);

#endif

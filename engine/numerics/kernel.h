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
 *   rational quadratic   1 / (1 + r^2 / 2)          alpha = 1
 *
 * The slope h = -2 dk/d(r^2) gives every derivative:
 *   dk/d(ln length_i) = h ((x_i - z_i) / length_i)^2
 *   dk/dx_i           = -h (x_i - z_i) / length_i^2
 *
 * A dimension may hold categories by number: two of them differ by 1, whatever
 * their numbers. Many points lie coordinate by coordinate, so that the loops
 * over them run through memory: point i of X[d*ld] is X[i], X[i + ld], .. */
#ifndef kernel_h
#define kernel_h

enum { KERNEL_DIMENSIONS = 16 };  /* at most */

typedef enum KernelKind {
  KERNEL_MATERN12, KERNEL_MATERN32, KERNEL_MATERN52, KERNEL_SQUARED_EXPONENTIAL, KERNEL_RATIONAL_QUADRATIC
} KernelKind;

enum { KERNEL_KINDS = KERNEL_RATIONAL_QUADRATIC + 1 };

typedef struct Kernel {
  KernelKind kind;
  int d;                 /* 1 .. KERNEL_DIMENSIONS */
  unsigned categories;   /* bit i: dimension i holds categories */
} Kernel;

/* How far apart x and z are in dimension i. */
static inline double kernel_apart (const Kernel *kernel, int i, double x, double z) {
  return kernel->categories >> i & 1 ? x != z : x - z;
}

/* k at r2 >= 0; *slope = h, where 'slope' is not NULL. At r2 = 0 the slope of
 * Matern 1/2 is infinite and reported as 0, its part in either derivative there. */
double kernel_value (KernelKind kind, double r2, double *slope);

/* The correlations of n points X[d*ldx] among themselves: C[i + j*ld], i >= j; the slopes in H likewise, where H is not NULL. */
void kernel_matrix (const Kernel *kernel, const double *length, int n, const double *X, int ldx, double *C, double *H, int ld);

/* The correlations of n points X[d*ldx] with m points Z[d*ldz]: C[i + j*n]; slopes likewise, H may be NULL. */
void kernel_between (const Kernel *kernel, const double *length, int n, const double *X, int ldx,
                     int m, const double *Z, int ldz, double *C, double *H);

#endif

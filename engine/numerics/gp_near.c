/* gp_near.c -- the posterior between tracked points of a line, from what is kept of them.
 *
 * On a line, v(x) = L^-1 k(X, x) is a smooth function of x, so that with the weights w(x) of the polynomial through seven
 * neighbours V_1 .. V_7 (Lagrange), v(x) = sum_j w_j(x) V_j up to an error that falls with the seventh power of their
 * distance beside the length; with the fifth, where a point told lies among them and the kernel is Matern 5/2. Then
 *
 *   v'z0 = sum w_j a_j,   v'U = sum w_j B_j,   |v|^2 = w'G w,   G = V'V of the seven
 *
 * and after O(n) for G each look costs 28 products, where a solve costs n^2/2. The inner five neighbours alone give a second
 * answer, of larger error: how far the two are apart tells how far the first can be trusted. */
#include "gp_inner.h"

/* G += v v', lower, row by row. */
static void add_square (const double *v, double *G) {
  for (int i = 0; i < GP_NEIGHBOURS; i++)
    for (int j = 0; j <= i; j++) *G++ += v[i] * v[j];
}

void gp_near (const Gp *gp, int j, GpNear *near) {
  const int first = j - GP_NEIGHBOURS / 2, last = gp->tracked - GP_NEIGHBOURS;
  near->first = first < 0 ? 0 : first > last ? last : first;
  for (int k = 0; k < gp->components; k++) {
    const Projection *track = &gp->component[k].track;
    double G[GP_PAIRS] = { 0 };
    for (int i = 0; i < gp->n; i++) add_square(gp_inner_row(track, i) + near->first, G);
    for (int i = 0; i < GP_PAIRS; i++) near->G[k][i] = G[i];
  }
}

/* The weights of the points from .. to, at t: scale[i] times the product of t - j over all j but i. */
static void lagrange (double t, int from, int to, const double *scale, double *w) {
  double product = 1;
  for (int i = from; i <= to; i++) {
    w[i] = scale[i] * product;
    product *= t - i;
  }
  product = 1;
  for (int i = to; i >= from; i--) {
    w[i] *= product;
    product *= t - i;
  }
}

static void weights (double t, bool coarse, double *w) {
  static const double SEVEN[GP_NEIGHBOURS] = { 1.0 / 720, -1.0 / 120, 1.0 / 48, -1.0 / 36, 1.0 / 48, -1.0 / 120, 1.0 / 720 };
  static const double FIVE[GP_NEIGHBOURS] = { 0, 1.0 / 24, -1.0 / 6, 1.0 / 4, -1.0 / 6, 1.0 / 24, 0 };
  w[0] = w[GP_NEIGHBOURS - 1] = 0;
  if (coarse) lagrange(t, 1, GP_NEIGHBOURS - 2, FIVE, w);
  else lagrange(t, 0, GP_NEIGHBOURS - 1, SEVEN, w);
}

static double weighted (const double *w, const double *a) {
  double sum = 0;
  for (int i = 0; i < GP_NEIGHBOURS; i++) sum += w[i] * a[i];
  return sum;
}

static double quadratic (const double *w, const double *G) {
  double sum = 0;
  for (int i = 0; i < GP_NEIGHBOURS; i++) {
    double inner = 0;
    for (int j = 0; j < i; j++) inner += w[j] * *G++;
    sum += w[i] * (2 * inner + w[i] * *G++);
  }
  return sum;
}

void gp_near_posterior (const Gp *gp, const GpNear *near, double x, bool coarse, double *mean, double *variance) {
  const double z = x / gp->span[0], *Z = gp->Z + near->first;
  double w[GP_NEIGHBOURS];
  weights((z - Z[0]) / (Z[1] - Z[0]), coarse, w);
  for (int k = 0; k < gp->components; k++) {
    const Component *c = &gp->component[k];
    double a = weighted(w, c->track.a + near->first), q = quadratic(w, near->G[k]), B[EVIDENCE_COLUMNS];
    for (int i = 0; i < gp->columns; i++) B[i] = weighted(w, c->track.B + (size_t)i * (size_t)c->track.m + near->first);
    gp_inner_read(gp, c, &z, 1, &(Projection){ .m = 1, .a = &a, .q = &q, .B = B }, &mean[k], &variance[k]);
  }
}

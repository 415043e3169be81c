/* decay.h -- the linear half of fitting an exponential: for a given rate r, the
 * least-squares line through a series in g(i) = 1 - exp(-r (i - start)), i = 0, 1, ..
 *
 *     curve(i) = mean + slope (g(i) - center)
 *
 * where 'start' is the first point that counts.
 *
 * This is variable projection (Golub and Pereyra, 1973): what is left to search is
 * r alone. g instead of exp keeps its digits when r is small, where the columns
 * exp(-r i) and 1 are nearly the same; 'start' when r is large, where only the first
 * points see anything of it. One projection costs some five multiplications a point
 * and a single call of expm1. */
#ifndef decay_h
#define decay_h

enum { DECAY_LANES = 8 };  /* a series' arrays are padded with zeros to a multiple of this */

typedef struct DecaySeries {
  int n;            /* points, those that do not count included; > 0 */
  double *y;        /* [n, padded] value minus 'mean'; 0 where a point does not count */
  double *w;        /* [n, padded] 1 where a point counts, else 0 */
  int start;        /* the first point that counts */
  double count;     /* sum of w, > 0 */
  double mean;
  double spread;    /* sum of y^2 */
} DecaySeries;

typedef struct Decay {
  double rate;      /* r per point, > 0 */
  double start;     /* where g is 0 */
  double mean;      /* of the values */
  double center;    /* mean of g over the points that count */
  double spread;    /* sum of (g - center)^2; 0: no slope to be had */
  double slope;     /* per unit of g: minus the amplitude */
  double residual;  /* sum of squared residuals */
} Decay;

/* Doubles each array of a series of n points needs. */
int decay_room (int n);

/* Fill 'series', whose n, y and w (1 or 0) are set: from the raw values[n], the
 * start and mean of what counts and y around that. At least one point counts. */
void decay_center (DecaySeries *series, const double *values);

/* The best line in g for the rate r. */
Decay decay_project (const DecaySeries *series, double rate);

/* g(t), and the curve there; t may be any number. */
double decay_g (const Decay *decay, double t);
double decay_curve (const Decay *decay, double t);

/* The curve's end, as t grows. */
double decay_asymptote (const Decay *decay);

#endif

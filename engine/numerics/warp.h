/* warp.h -- losses whose bad values dwarf the differences among the good ones,
 * pressed together before a Gaussian process sees them.
 *
 *   w(y) = ln(1 + (y - floor) / knee) for y >= floor, and its tangent (y - floor) / knee below
 *
 * Near the floor, the least loss, w is linear; far above the knee it is the logarithm. Which knee, if any, suits the
 * losses is a question of evidence: p(losses) = p(w(losses)) times the product of w'
 * (Snelson, Rasmussen and Ghahramani, "Warped Gaussian processes", NIPS 2003). */
#ifndef warp_h
#define warp_h

typedef struct Warp {
  double floor;
  double knee;    /* > 0; INFINITY: losses as they are */
} Warp;

double warp_of (const Warp *warp, double y);

/* w'(y), > 0. */
double warp_slope (const Warp *warp, double y);

/* The y with w(y) = w. */
double warp_back (const Warp *warp, double w);

enum { WARP_CHOICES = 4 };

/* Warps to choose among, for n losses: none, then knees of 1, 0.3 and 0.1 of how far their median lies above the least. Only
 * the first where that is 0 or n < 4. Returns how many; 'scratch' holds n doubles. */
int warp_choices (int n, const double *y, double *scratch, Warp *choices);

#endif

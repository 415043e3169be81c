/* windows.h -- a series of losses in few numbers: levels over windows that grow with time, and the noise.
 *
 * Training curves change evenly in the logarithm of time, so windows whose ends lie a factor 1.2 apart keep all that a
 * forecast needs: 24 of them for 100 losses, 36 for 1000. A level is the mean of its losses, where those farther than three
 * robust deviations (1.4826 times the median distance) from the window's median count as being at that distance. */
#ifndef windows_h
#define windows_h

#include <stdbool.h>

#include "status.h"

enum { WINDOWS_MAX = 128 };  /* enough for 2^31 losses */

typedef struct Windows {
  int count;                   /* windows, the empty ones included */
  int used;                    /* finite losses */
  int first[WINDOWS_MAX + 1];  /* window w holds the losses first[w] .. first[w + 1] - 1 */
  int size[WINDOWS_MAX];       /* finite losses in it */
  double time[WINDOWS_MAX];    /* geometric mean of their places, counted from 1 */
  double level[WINDOWS_MAX];   /* above 'lower' and > 0 where that is finite */
  double noise;                /* variance of one loss around a smooth curve: in units of its level squared where 'lower'
                                  is finite, else in units of the loss squared */
  double inflation;            /* >= 1: by how much more the neighbours' likeness lets the mean of many vary */
} Windows;

/* Does a loss count? Those that are not finite, or beyond 1e150, do not. */
bool windows_counts (double loss);

/* Condense n > 0 losses; those that do not count are left out. 'residual', when not NULL, gets for each
 * loss its distance from the line through its window, in the noise's unit's root, or nan. STATUS_OK; STATUS_TOO_FEW (none is
 * finite), STATUS_NO_MEMORY: *windows is not set. O(n). */
Status windows_condense (Windows *windows, double lower, int n, const double *losses, double *residual);

#endif

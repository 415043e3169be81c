/* select.h -- the k-th smallest of a list, for medians. */
#ifndef select_h
#define select_h

/* The k-th smallest of x[0 .. n-1], 0 <= k < n, none of them nan; x is put in another
 * order. O(n) on average (Hoare's Find, 1961; median of three). */
double select_smallest (int n, double *x, int k);

#endif

#include "select.h"

static double middle_of (double a, double b, double c) {
  if (a < b) return b < c ? b : a < c ? c : a;
  return a < c ? a : b < c ? c : b;
}

double select_smallest (int n, double *x, int k) {
  int low = 0, high = n - 1;
  while (low < high) {
    const double pivot = middle_of(x[low], x[low + (high - low) / 2], x[high]);
    int i = low, j = high;
    while (i <= j) {
      while (x[i] < pivot) i++;
      while (x[j] > pivot) j--;
      if (i <= j) {
        const double t = x[i];
        x[i++] = x[j];
        x[j--] = t;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;  /* between the two sides all are the pivot */
  }
  return x[k];
}

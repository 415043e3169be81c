#include "space.h"

#include <math.h>
#include <stddef.h>

static const double LARGEST_INTEGER = 0x1p53, MOST_CATEGORIES = 1024;

static const char *wrong (const SpaceDimension *a) {
  if (!isfinite(a->low) || !isfinite(a->high)) return "bounds must be finite";
  if (!(a->low < a->high)) return "low must be below high";
  if (a->scale == SPACE_LOG && !(a->low > 0)) return "a log scale needs low > 0";
  if (!isfinite(a->high - a->low)) return "the interval is too long";
  if (a->integer && (a->low != floor(a->low) || a->high != floor(a->high))) return "bounds of an integer must be whole";
  if (a->category && (!a->integer || a->scale != SPACE_LINEAR)) return "categories are whole numbers on a linear scale";
  if (a->category && a->high - a->low >= MOST_CATEGORIES) return "at most 1024 categories expected";
  if (a->integer && fmax(-a->low, a->high) > LARGEST_INTEGER) return "bounds of an integer must be within 2^53";
  return NULL;
}

Status space_check (const Space *space, Problem *problem) {
  if (space->d < 1 || space->d > SPACE_DIMENSIONS)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "1 to %d dimensions expected, not %d", SPACE_DIMENSIONS, space->d);
  for (int i = 0; i < space->d; i++) {
    const SpaceDimension *a = &space->dimension[i];
    const char *why = wrong(a);
    if (why != NULL)
      return problem_set(problem, STATUS_BAD_ARGUMENT, "dimension %d (%.17g to %.17g): %s", i + 1, a->low, a->high, why);
  }
  return STATUS_OK;
}

bool space_contains (const Space *space, const double *x) {
  for (int i = 0; i < space->d; i++) {
    const SpaceDimension *a = &space->dimension[i];
    if (!(a->low <= x[i] && x[i] <= a->high)) return false;
    if (a->integer && x[i] != floor(x[i])) return false;
  }
  return true;
}

/* The ends of the axis that is mapped, before the logarithm. */
static double first (const SpaceDimension *a) { return a->integer ? a->low - 0.5 : a->low; }
static double last (const SpaceDimension *a) { return a->integer ? a->high + 0.5 : a->high; }

/* Of the quotient, for narrow intervals; but a quotient can overflow. */
static double log_ratio (double high, double low) {
  const double ratio = high / low;
  return isfinite(ratio) ? log(ratio) : log(high) - log(low);
}

static double width (const SpaceDimension *a) {
  return a->scale == SPACE_LOG ? log_ratio(last(a), first(a)) : last(a) - first(a);
}

double space_width (const Space *space, int i) {
  return width(&space->dimension[i]);
}

static double to_unit (const SpaceDimension *a, double x) {
  const double past = a->scale == SPACE_LOG ? log_ratio(x, first(a)) : x - first(a);
  return fmin(fmax(past / width(a), 0), 1);
}

static double from_unit (const SpaceDimension *a, double u) {
  if (!(u > 0)) return a->low;
  if (u >= 1) return a->high;
  double x = first(a) + u * width(a);
  if (a->scale == SPACE_LOG) {
    const double step = u * width(a);
    x = step < 700 ? first(a) * exp(step) : exp(log(first(a)) + step);
  }
  if (a->integer) x = round(x);
  return fmin(fmax(x, a->low), a->high);
}

void space_to_unit (const Space *space, const double *x, double *u) {
  for (int i = 0; i < space->d; i++) u[i] = to_unit(&space->dimension[i], x[i]);
}

void space_from_unit (const Space *space, const double *u, double *x) {
  for (int i = 0; i < space->d; i++) x[i] = from_unit(&space->dimension[i], u[i]);
}

void space_snap (const Space *space, double *u) {
  for (int i = 0; i < space->d; i++) {
    const SpaceDimension *a = &space->dimension[i];
    if (a->integer) u[i] = to_unit(a, from_unit(a, u[i]));
  }
}

double space_count (const Space *space) {
  double count = 1;
  for (int i = 0; i < space->d; i++) {
    const SpaceDimension *a = &space->dimension[i];
    if (!a->integer) return INFINITY;
    count *= a->high - a->low + 1;
  }
  return count;
}

unsigned space_categories (const Space *space) {
  unsigned bits = 0;
  for (int i = 0; i < space->d; i++) bits |= space->dimension[i].category ? 1u << i : 0;
  return bits;
}

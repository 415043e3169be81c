/* space.h -- the box that is searched, and the unit box the model sees.
 *
 * Every dimension is mapped to u in [0, 1]: linearly, or in the logarithm. An
 * integer dimension runs over low - 1/2 .. high + 1/2 before it is mapped, so
 * that each of its values owns an equal share of the (linear) axis, the two at
 * the ends as well. */
#ifndef space_h
#define space_h

#include <stdbool.h>

#include "status.h"

enum { SPACE_DIMENSIONS = 16 };  /* at most */

typedef enum SpaceScale { SPACE_LINEAR, SPACE_LOG } SpaceScale;

typedef struct SpaceDimension {
  double low, high;   /* low < high, finite; SPACE_LOG: low > 0; integer: whole, at most 2^53 in size */
  SpaceScale scale;
  bool integer;
  bool category;      /* an integer whose order means nothing; linear, at most 1024 of them */
} SpaceDimension;

/* Plain data. */
typedef struct Space {
  int d;              /* 1 .. SPACE_DIMENSIONS */
  SpaceDimension dimension[SPACE_DIMENSIONS];
} Space;

/* STATUS_BAD_ARGUMENT, and which dimension is wrong and why, unless 'space' keeps the ranges above.
 * The other functions take only a space that passed. */
Status space_check (const Space *space, Problem *problem);

/* Whether x[d] lies in the box, whole numbers where they are asked for. No nan does. */
bool space_contains (const Space *space, const double *x);

/* u[d] = where x[d] lies in the unit box. x must lie in the space. */
void space_to_unit (const Space *space, const double *x, double *u);

/* x[d] = the point at u[d] (held to [0, 1]); always within low .. high, integers snapped. */
void space_from_unit (const Space *space, const double *u, double *x);

/* Move u[d] to the nearest point whose integers are whole. */
void space_snap (const Space *space, double *u);

/* How long dimension i is before it is mapped: in x, or in ln x for SPACE_LOG. A length of
 * l there is l / space_width in the unit box. */
double space_width (const Space *space, int i);

/* Bit i: dimension i holds categories. */
unsigned space_categories (const Space *space);

/* How many points the space has: INFINITY unless every dimension is an integer. */
double space_count (const Space *space);

#endif

/* gp_inner.h -- what the files of gp.h share, and nobody else includes. */
#ifndef gp_inner_h
#define gp_inner_h

#include <stdbool.h>

#include "evidence.h"
#include "gp.h"

enum { GP_THETA = KERNEL_DIMENSIONS + 2, GP_COMPONENTS = HYPER_NODES, GP_PANEL = 64 };

/* What is known of some points, under one component: from V = L^-1 K(X, points), row by row. */
typedef struct Projection {
  int m, ld;
  double *V;              /* [m, n] leading dimension m, transposed: entry (j, i) for point j and observation i; NULL: not kept */
  double *a;              /* [m] V'z0 */
  double *q;              /* [m] |v|^2 */
  double *B;              /* [m*columns] V'U */
  double *kept;           /* [m*(2 + columns)] a, q and B of the certain rows; of tracked points alone */
} Projection;

typedef struct Component {
  double theta[GP_THETA], weight;
  double length[KERNEL_DIMENSIONS], signal, noise;  /* standardised, lengths in units of span */
  EvidenceFactor f;
  double *block;           /* what f points into */
  Projection track;
  double *track_block;
} Component;

struct Gp {
  GpOptions options;
  int columns;             /* of the mean to fit */
  int n, capacity;
  double *X;               /* [d*capacity] in units of span, coordinate by coordinate; the block of the rest */
  double *raw, *y;         /* [capacity] as told; standardised */
  double *own, *v;         /* [capacity] variance of each, as told; standardised */
  double *times;           /* [capacity] */
  double *row;             /* [capacity] scratch */
  double surplus, within;  /* within: standardised */
  double span[KERNEL_DIMENSIONS];
  double center, scale;
  int components;
  Component component[GP_COMPONENTS];
  HyperWindow window;
  double value;            /* of the last fit, as hyper.h has it */
  bool fitted;             /* theta is worth starting from */
  int settled;             /* rows at the last fit or condition; the others were appended */
  int certain;             /* rows before the first that is supposed; -1: none is */
  bool kept;               /* every track holds what it was with these */
  int tracked, track_capacity;
  double *Z;               /* [d*tracked] in units of span */
};

/* ---- gp_data.c ---- */

/* Room for n observations in the data and in the components in use; what there is is kept. */
Status gp_inner_reserve (Gp *gp, int n);

/* Whether the numbers may be told. */
bool gp_inner_usable (int d, const GpData *data);

/* Copy gp->n observations and standardise them; there must be room. */
void gp_inner_take_up (Gp *gp, const GpData *data);

/* A variance of y squared in units of scale squared; scale squared may overflow. */
double gp_inner_standard_variance (double variance, double scale);

/* Put what is given into theta, in standard units; fixed[i] says whether theta[i] is. */
void gp_inner_fix_given (const Gp *gp, double *theta, bool *fixed);

/* The observations as the evidence wants them. */
Evidence gp_inner_data (const Gp *gp);

/* ---- gp_project.c ---- */

/* V = the correlations of the first n observations with p->m points Z[d*ldz] in units of span. */
void gp_inner_correlate (const Gp *gp, const Component *c, int n, const double *Z, int ldz, const Projection *p);

/* From correlations in V to V itself, a, q and B. */
void gp_inner_reduce (const Gp *gp, const Component *c, int n, Projection *p);

/* Both. */
void gp_inner_project (const Gp *gp, const Component *c, int n, const double *Z, int ldz, Projection *p);

/* The row of V of observation i: [m]. */
static inline double *gp_inner_row (const Projection *p, int i) { return p->V + (size_t)i * (size_t)p->m; }

/* Add observation i, whose row of V is in place. */
void gp_inner_accumulate (const Gp *gp, const Component *c, int i, Projection *p);

/* r = h - U'v of point j, and |R^-1 r|^2. */
double gp_inner_mean_error (const Gp *gp, const Component *c, const double *Z, int ldz, const Projection *p, int j, double *r);

/* Mean and variance from a projection, Z as above. */
void gp_inner_read (const Gp *gp, const Component *c, const double *Z, int ldz, const Projection *p, double *mean, double *variance);

/* ---- gp_track.c ---- */

/* Row 'i' of every track, after L, U and z0 have theirs. */
void gp_inner_track_row (Gp *gp, Component *c, int i);

/* Keep what the tracks are with the certain rows alone, and take it back. */
void gp_inner_keep (Gp *gp);
void gp_inner_take_back (Gp *gp);

#endif

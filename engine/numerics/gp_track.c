/* gp_track.c -- points that are asked about again and again: their rows of V are kept, and an observation adds one. */
#include <string.h>

#include "gp_inner.h"
#include "linalg.h"
#include "mem.h"

int gp_tracked (const Gp *gp) { return gp->tracked; }

/* The component before k that has its lengths, and so its correlations; -1: none. */
static int akin (const Gp *gp, int k) {
  int j = k - 1;
  while (j >= 0 && memcmp(gp->component[j].length, gp->component[k].length, (size_t)gp->options.kernel.d * sizeof(double)) != 0) j--;
  return j;
}

/* Room in one component for V of m points and 'capacity' rows; the first n are kept. */
static Status widen_track (const Gp *gp, Component *c, int m, int n, int capacity) {
  const size_t M = (size_t)m, columns = (size_t)gp->columns;
  if (c->track_block != NULL && c->track.m == m && c->track.ld >= capacity) return STATUS_OK;
  double *block = mem_alloc(M * ((size_t)capacity + 2 * (columns + 2)), sizeof *block);
  if (block == NULL) return STATUS_NO_MEMORY;
  Projection p = { .m = m, .ld = capacity, .a = block };
  p.q = p.a + M;
  p.B = p.q + M;
  p.kept = p.B + M * columns;
  p.V = p.kept + M * (columns + 2);
  if (gp->tracked == m && c->track_block != NULL)
    memcpy(block, c->track_block, M * ((size_t)n + 2 * (columns + 2)) * sizeof *block);
  mem_free(c->track_block);
  c->track_block = block;
  c->track = p;
  return STATUS_OK;
}

static size_t sums_size (const Gp *gp) { return (size_t)gp->tracked * (size_t)(gp->columns + 2) * sizeof(double); }

void gp_inner_keep (Gp *gp) {
  for (int k = 0; k < gp->components; k++) memcpy(gp->component[k].track.kept, gp->component[k].track.a, sums_size(gp));
  gp->kept = true;
}

void gp_inner_take_back (Gp *gp) {
  for (int k = 0; k < gp->components; k++) memcpy(gp->component[k].track.a, gp->component[k].track.kept, sums_size(gp));
}

/* What was appended is tracked row by row, whenever tracking begins: so the order of things leaves no trace, not in the last bit. */
Status gp_track (Gp *gp, int m, const double *X) {
  const size_t M = (size_t)m, d = (size_t)gp->options.kernel.d;
  gp->tracked = 0;
  gp->kept = false;
  if (m > gp->track_capacity) {
    double *Z = mem_alloc(M * d, sizeof *Z);
    if (Z == NULL) return STATUS_NO_MEMORY;
    mem_free(gp->Z);
    gp->Z = Z;
    gp->track_capacity = m;
  }
  for (size_t j = 0; j < M; j++)
    for (size_t k = 0; k < d; k++) gp->Z[j + k * M] = X[j * d + k] / gp->span[k];
  for (int k = 0; k < gp->components; k++) {
    const Status status = widen_track(gp, &gp->component[k], m, 0, gp->capacity);
    if (status != STATUS_OK) return status;
    const int like = akin(gp, k);
    Projection *track = &gp->component[k].track;
    if (like < 0) gp_inner_correlate(gp, &gp->component[k], gp->settled, gp->Z, m, track);
    else memcpy(track->V, gp->component[like].track.V, M * (size_t)gp->settled * sizeof *track->V);
  }
  for (int k = 0; k < gp->components; k++) gp_inner_reduce(gp, &gp->component[k], gp->settled, &gp->component[k].track);
  gp->tracked = m;
  for (int i = gp->settled; i < gp->n; i++) {
    if (i == gp->certain) gp_inner_keep(gp);
    for (int k = 0; k < gp->components; k++) gp_inner_track_row(gp, &gp->component[k], i);
  }
  return STATUS_OK;
}

void gp_tracked_posterior (const Gp *gp, double *mean, double *variance) {
  for (int k = 0; k < gp->components; k++) {
    const size_t at = (size_t)k * (size_t)gp->tracked;
    gp_inner_read(gp, &gp->component[k], gp->Z, gp->tracked, &gp->component[k].track, mean + at, variance + at);
  }
}

/* v_n = (signal k(x_n, points) - V' l_n) / l_nn. Without memory for it, nothing is tracked any more. */
void gp_inner_track_row (Gp *gp, Component *c, int i) {
  if (widen_track(gp, c, gp->tracked, i, gp->capacity) != STATUS_OK) {
    gp->tracked = 0;
    return;
  }
  double *v = gp_inner_row(&c->track, i);
  const double *row = c->f.L + i;
  kernel_between(&gp->options.kernel, c->length, gp->tracked, gp->Z, gp->tracked, 1, gp->X + i, gp->capacity, v, NULL);
  linalg_subtract_multiple(gp->tracked, i, c->track.V, gp->tracked, row, c->f.ld, c->signal, 1 / row[(size_t)i * (size_t)c->f.ld], v);
  gp_inner_accumulate(gp, c, i, &c->track);
}

/* bayesopt_trials.c -- the trials as they were told, and the distinct points among them that the model is told of. */
#include <math.h>
#include <string.h>

#include "bayesopt_inner.h"
#include "mem.h"

#define point bayesopt_inner_point

static bool is_failed (double loss) { return !(fabs(loss) <= GP_LARGEST); }

Status bayesopt_inner_reserve (Bayesopt *opt, int n) {
  if (n <= opt->capacity) return STATUS_OK;
  const int capacity = n > 2 * opt->capacity ? n + 16 : 2 * opt->capacity;
  const size_t c = (size_t)capacity, d = (size_t)opt->options.space.d, old = (size_t)opt->capacity;
  double *block = mem_alloc(c * (3 * d + 9), sizeof *block);
  bool *failed = mem_alloc(c, sizeof *failed);
  if (block == NULL || failed == NULL) {
    mem_free(block);
    mem_free(failed);
    return STATUS_NO_MEMORY;
  }
  double **const fields[] = { &opt->x, &opt->u, &opt->row_u, &opt->loss, &opt->variance, &opt->y, &opt->v, &opt->scatter, &opt->warped,
    &opt->error, &opt->times, &opt->own };
  double *const before = opt->x, *at = block;
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    const size_t width = i < 3 ? d : 1;
    if (old > 0) memcpy(at, *fields[i], old * width * sizeof *at);
    *fields[i] = at;
    at += c * width;
  }
  if (old > 0) memcpy(failed, opt->failed, old * sizeof *failed);
  mem_free(before);
  mem_free(opt->failed);
  opt->failed = failed;
  opt->capacity = capacity;
  return STATUS_OK;
}

void bayesopt_inner_push (Bayesopt *opt, const double *x, double loss, double variance) {
  memcpy(point(opt, opt->x, opt->n), x, (size_t)opt->options.space.d * sizeof *x);
  space_to_unit(&opt->options.space, x, point(opt, opt->u, opt->n));
  opt->loss[opt->n] = loss;
  opt->failed[opt->n] = is_failed(loss);
  opt->failures += opt->failed[opt->n];
  opt->variance[opt->n++] = variance;
}

/* ---- rows ---- */

/* The row that trial i belongs to: one at its point with its variance, or a new one. */
static int row_of (const Bayesopt *opt, int i) {
  const size_t size = (size_t)opt->options.space.d * sizeof(double);
  const double *u = point(opt, opt->u, i);
  for (int r = 0; r < opt->rows; r++)
    if (memcmp(point(opt, opt->row_u, r), u, size) == 0 && opt->v[r] == opt->variance[i]) return r;
  return opt->rows;
}

/* Welford's mean and sum of squares. */
bool bayesopt_inner_merge (Bayesopt *opt, int i) {
  const int r = row_of(opt, i);
  const bool fresh = r == opt->rows;
  if (fresh) {
    memcpy(point(opt, opt->row_u, r), point(opt, opt->u, i), (size_t)opt->options.space.d * sizeof(double));
    opt->y[r] = opt->times[r] = opt->own[r] = opt->scatter[r] = 0;
    opt->v[r] = opt->variance[i];
    opt->rows++;
  }
  const double off = opt->loss[i] - opt->y[r];
  opt->times[r]++;
  opt->own[r] += i >= opt->recalled;
  opt->y[r] = fresh ? opt->loss[i] : opt->y[r] + off / opt->times[r];
  if (!fresh) opt->scatter[r] += off * (opt->loss[i] - opt->y[r]);
  return fresh;
}

void bayesopt_inner_merge_all (Bayesopt *opt, int n) {
  opt->rows = 0;
  for (int i = 0; i < n; i++) if (!opt->failed[i]) bayesopt_inner_merge(opt, i);
}

/* ---- short lists of points ---- */

void bayesopt_inner_add (const Bayesopt *opt, Points *points, const double *x) {
  if (points->n == BAYESOPT_PENDING) bayesopt_inner_remove(opt, points, 0);
  memcpy(point(opt, points->x, points->n++), x, (size_t)opt->options.space.d * sizeof *x);
}

void bayesopt_inner_remove (const Bayesopt *opt, Points *points, int i) {
  const size_t d = (size_t)opt->options.space.d;
  points->n--;
  memmove(point(opt, points->x, i), point(opt, points->x, i + 1), (size_t)(points->n - i) * d * sizeof(double));
}

bool bayesopt_drop (Bayesopt *opt, const double *x) {
  for (int i = 0; i < opt->pending.n; i++)
    if (memcmp(point(opt, opt->pending.x, i), x, (size_t)opt->options.space.d * sizeof *x) == 0) {
      bayesopt_inner_remove(opt, &opt->pending, i);
      return true;
    }
  return false;
}

#include "feasibility.h"

#include <math.h>

#include "acquisition.h"
#include "mem.h"

struct Feasibility {
  Gp *gp;
  int side;           /* 1: all failures lie above all successes; -1: below; 0: neither, or d > 1 */
  double inner, outer;/* the success and the failure next to each other */
};

static const double LENGTH = 0.3, NOISE = 0.01, OPTIMISM = 0.5, SOFT = 0.04, DOUBT = 0.05;

Status feasibility_new (Feasibility **out, const Kernel *kernel) {
  *out = mem_alloc(1, sizeof **out);
  if (*out == NULL) return STATUS_NO_MEMORY;
  GpOptions o = gp_options(KERNEL_MATERN52, kernel->d);
  o.kernel.categories = kernel->categories;
  o.given.signal = 1;
  o.given.noise = NOISE;
  o.given.mean = OPTIMISM;
  for (int i = 0; i < kernel->d; i++) {
    o.given.length[i] = LENGTH * sqrt(kernel->d);
    o.span[i] = 1;
  }
  const Status status = gp_new(&(*out)->gp, &o);
  if (status != STATUS_OK) {
    mem_free(*out);
    *out = NULL;
  }
  return status;
}

void feasibility_free (Feasibility *f) {
  if (f != NULL) gp_free(f->gp);
  mem_free(f);
}

/* Whether one threshold parts the failures from the successes; inner and outer are then next to it. */
static bool parted (Feasibility *f, int n, const double *u, const bool *failed, int side) {
  double inner = -INFINITY, outer = INFINITY;
  for (int i = 0; i < n; i++) {
    if (failed[i]) outer = fmin(outer, side * u[i]);
    else inner = fmax(inner, side * u[i]);
  }
  if (!(inner < outer) || isinf(inner) || isinf(outer)) return false;
  f->inner = side * inner;
  f->outer = side * outer;
  f->side = side;
  return true;
}

Status feasibility_learn (Feasibility *f, int n, const double *U, const bool *failed) {
  double *y = mem_alloc((size_t)n, sizeof *y);
  if (y == NULL) return STATUS_NO_MEMORY;
  for (int i = 0; i < n; i++) y[i] = failed[i] ? -1 : 1;
  const Status status = gp_condition(f->gp, &(GpData){ .n = n, .X = U, .y = y });
  mem_free(y);
  f->side = 0;
  if (gp_dimensions(f->gp) == 1 && !parted(f, n, U, failed, 1)) parted(f, n, U, failed, -1);
  return status;
}

size_t feasibility_work (const Feasibility *f) { return gp_work(f->gp); }

double feasibility_log (const Feasibility *f, const double *u, double *work, double *slope) {
  GpSlope s;
  AcquisitionSlope by;
  const int d = gp_dimensions(f->gp);
  if (slope != NULL) {
    gp_predict_slope(f->gp, u, work, &s);
  } else {
    gp_predict(f->gp, u, work, &s.mean, &s.variance);
  }
  const double sigma = sqrt(s.variance + SOFT), value = acquisition_log_pi(-s.mean, sigma, 0, &by);
  for (int i = 0; i < d && slope != NULL; i++)
    slope[i] = -by.mu * s.mean_slope[i] + by.sigma * s.variance_slope[i] / (2 * sigma);
  if (f->side == 0) return value;
  const double share = (f->outer - u[0]) / (f->outer - f->inner);
  return log(DOUBT * exp(value) + (1 - DOUBT) * fmin(fmax(share, 0), 1));
}

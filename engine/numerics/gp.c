#include "gp.h"

#include <math.h>
#include <string.h>

#include "gp_inner.h"
#include "mem.h"

/* ---- making and ending ---- */

static bool given (double value) { return !isnan(value); }

GpOptions gp_options (KernelKind kernel, int d) {
  GpOptions o = {
    .kernel = { kernel, d, 0 }, .given = { .signal = NAN, .noise = NAN, .mean = NAN }, .priors = hyper_priors(d),
  };
  for (int i = 0; i < KERNEL_DIMENSIONS; i++) o.given.length[i] = o.span[i] = NAN;
  return o;
}

static bool usable (double value, bool zero) {
  return !given(value) || (isfinite(value) && (value > 0 || (zero && value == 0)));
}

static bool options_usable (const GpOptions *o) {
  if (o->kernel.d < 1 || o->kernel.d > KERNEL_DIMENSIONS) return false;
  for (int i = 0; i < o->kernel.d; i++)
    if (!usable(o->given.length[i], false) || !usable(o->span[i], false) || !hyper_prior_usable(o->priors.length[i])) return false;
  return usable(o->given.signal, false) && usable(o->given.noise, true) && hyper_prior_usable(o->priors.signal)
      && hyper_prior_usable(o->priors.noise) && (!given(o->given.mean) || fabs(o->given.mean) <= GP_LARGEST);
}

bool gp_is_given (const Gp *gp) {
  const GpHyper *h = &gp->options.given;
  for (int i = 0; i < gp->options.kernel.d; i++) if (!given(h->length[i])) return false;
  return given(h->signal) && given(h->noise);
}

static bool integrates (const Gp *gp) {
  const GpHyper *h = &gp->options.given;
  return gp->options.integrate && gp->options.kernel.d == 1 && gp->options.kernel.categories == 0
      && !given(h->length[0]) && !given(h->signal) && !given(h->noise);
}

Status gp_new (Gp **out, const GpOptions *options) {
  *out = NULL;
  if (!options_usable(options)) return STATUS_BAD_ARGUMENT;
  Gp *gp = mem_alloc(1, sizeof *gp);
  if (gp == NULL) return STATUS_NO_MEMORY;
  gp->options = *options;
  gp->columns = given(options->given.mean) ? 0 : options->trend == GP_LINEAR ? 1 + options->kernel.d : 1;
  gp->components = 1;
  gp->component[0].weight = 1;
  hyper_modes(&options->priors, options->kernel.d, gp->component[0].theta);
  const Status status = gp_condition(gp, &(GpData){ .n = 0 });
  if (status != STATUS_OK) gp_free(gp);
  else *out = gp;
  return status;
}

void gp_free (Gp *gp) {
  if (gp == NULL) return;
  for (int k = 0; k < GP_COMPONENTS; k++) {
    mem_free(gp->component[k].block);
    mem_free(gp->component[k].track_block);
  }
  mem_free(gp->Z);
  mem_free(gp->X);
  mem_free(gp);
}

/* ---- conditioning ---- */

/* Hyper-parameters to match the data: one component, or the nodes of an integration. */
static Status learn (Gp *gp) {
  const Evidence e = gp_inner_data(gp);
  HyperNode nodes[HYPER_NODES];
  bool fixed[GP_THETA];
  int count = 1;
  gp_inner_fix_given(gp, gp->component[0].theta, fixed);
  if (gp_is_given(gp)) return STATUS_OK;
  double *work = mem_alloc(evidence_work(gp->n, gp->columns), sizeof *work);
  if (work == NULL) return STATUS_NO_MEMORY;
  Status status = STATUS_SINGULAR;
  if (integrates(gp)) status = hyper_integrate(&e, &gp->options.priors, &gp->window, nodes, &count, &gp->value, work);
  if (status == STATUS_OK) {
    for (int k = 0; k < count; k++) {
      memcpy(gp->component[k].theta, nodes[k].theta, sizeof nodes[k].theta);
      gp->component[k].weight = nodes[k].weight;
    }
  } else {
    count = 1;
    gp->component[0].weight = 1;
    status = hyper_fit(&e, &gp->options.priors, fixed, gp->fitted, gp->component[0].theta, &gp->value, work);
  }
  mem_free(work);
  gp->components = count;
  if (status == STATUS_OK) gp->fitted = true;
  return status == STATUS_OK ? gp_inner_reserve(gp, gp->n) : status;
}

/* A component's part of what its theta says. */
static void read_theta (const Gp *gp, Component *c) {
  bool fixed[GP_THETA];
  const int d = gp->options.kernel.d;
  gp_inner_fix_given(gp, c->theta, fixed);
  for (int i = 0; i < d; i++) c->length[i] = exp(c->theta[i]);
  c->signal = exp(c->theta[d]);
  c->noise = exp(c->theta[d + 1]);
}

static Status factor (Gp *gp) {
  const Evidence e = gp_inner_data(gp);
  Status status = STATUS_OK;
  for (int k = 0; k < gp->components && status == STATUS_OK; k++) {
    Component *c = &gp->component[k];
    read_theta(gp, c);
    status = evidence_factor(&e, c->theta, &c->f);
  }
  return status;
}

static void forget_all (Gp *gp) {
  gp->n = gp->settled = 0;
  gp->surplus = gp->within = 0;
  gp->components = 1;
  gp->component[0].weight = 1;
  factor(gp);
}

static Status condition (Gp *gp, const GpData *data, bool fit, bool use) {
  if (!gp_inner_usable(gp->options.kernel.d, data)) return STATUS_BAD_ARGUMENT;
  gp->tracked = 0;
  gp->certain = -1;
  gp->n = 0;
  Status status = gp_inner_reserve(gp, data->n);
  if (status == STATUS_OK) {
    gp->n = data->n;
    gp_inner_take_up(gp, data);
    if (fit && gp->n > 0) status = learn(gp);
  }
  if (status == STATUS_OK && use) status = factor(gp);
  gp->settled = gp->n;
  if (status != STATUS_OK) forget_all(gp);
  return status;
}

Status gp_fit (Gp *gp, const GpData *data) { return condition(gp, data, true, true); }

Status gp_condition (Gp *gp, const GpData *data) { return condition(gp, data, false, true); }

Status gp_weigh (Gp *gp, const GpData *data) { return condition(gp, data, true, false); }

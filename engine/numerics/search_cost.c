/* search_cost.c -- what a trial at a point costs: minus what it is worth, with the risk that it fails. */
#include <math.h>

#include "search_inner.h"

enum { COMPONENTS = HYPER_NODES };

static const double LEAST_VARIANCE = 1e-18;  /* of the signal 1: the deviation has a slope */

/* What failing costs: a probability beside an improvement, a bad loss beside a bound. */
static double with_risk (const Search *s, double cost, double log_feasible) {
  if (s->acquisition.kind != ACQUISITION_LCB) return cost - log_feasible;
  const double p = exp(log_feasible);
  return p * cost + (1 - p) * s->worst;
}

/* Ranks are minus the improvement where 'plain'. */
static void rank_risk (const Work *w, int m, const double *u, bool plain, double *rank) {
  const Search *s = w->s;
  for (int i = 0; i < m && s->feasibility != NULL; i++) {
    const double log_feasible = feasibility_log(s->feasibility, u + (size_t)i * (size_t)s->space->d, w->scratch, NULL);
    rank[i] = plain ? rank[i] * exp(log_feasible) : with_risk(s, rank[i], log_feasible);
  }
}

static void add_risk (const Work *w, int m, const double *u, double *cost) {
  const Search *s = w->s;
  for (int i = 0; i < m && s->feasibility != NULL; i++)
    cost[i] = with_risk(s, cost[i], feasibility_log(s->feasibility, u + (size_t)i * (size_t)s->space->d, w->scratch, NULL));
}

/* What orders the candidates: those that are tracked, then the others. */
void search_inner_rank (Work *w) {
  const Search *s = w->s;
  const int near = w->m - w->tracked, n = gp_components(s->gp);
  const double *u = w->u + (size_t)w->tracked * (size_t)s->space->d;
  gp_tracked_posterior(s->gp, w->mean, w->variance);
  const bool plain = acquisition_ranks(&w->acquisition, n, w->weight, w->tracked, w->mean, w->variance, w->cost);
  rank_risk(w, w->tracked, w->u, plain, w->cost);
  w->plain = plain;
  if (near == 0) return;
  double *rank = w->cost + w->tracked;
  gp_components_posterior(s->gp, near, u, w->scratch, w->mean, w->variance);
  const bool plain_near = acquisition_ranks(&w->acquisition, n, w->weight, near, w->mean, w->variance, rank);
  rank_risk(w, near, u, plain_near, rank);
  for (int i = 0; i < near && plain && !plain_near; i++) rank[i] = -exp(-rank[i]);
  for (int i = 0; i < w->tracked && !plain && plain_near; i++) w->cost[i] = -exp(-w->cost[i]);
}

void search_inner_weigh (const Work *w, int m, const double *u, const double *mean, const double *variance, double *cost) {
  const Search *s = w->s;
  const int n = gp_components(s->gp);
  for (int i = 0; i < m; i++) {
    double mu[COMPONENTS], sigma[COMPONENTS];
    for (int k = 0; k < n; k++) {
      mu[k] = mean[k * m + i];
      sigma[k] = sqrt(variance[k * m + i]);
    }
    cost[i] = acquisition_cost(&w->acquisition, n, w->weight, mu, sigma, NULL);
  }
  add_risk(w, m, u, cost);
}

void search_inner_costs (const Work *w, int m, const double *u, double *cost) {
  double mean[COMPONENTS * SEARCH_FINER], variance[COMPONENTS * SEARCH_FINER];
  gp_components_posterior(w->s->gp, m, u, w->scratch, mean, variance);
  search_inner_weigh(w, m, u, mean, variance, cost);
}

/* From the posterior of every component at one point, part[k*m], to the cost there and its gradient; coordinates of whole
 * numbers stay as they are, and have none. */
static double cost_of (const Work *w, const double *u, int m, const GpSlope *part, double *gradient) {
  const Search *s = w->s;
  const int d = s->space->d, components = gp_components(s->gp);
  double mu[COMPONENTS], sigma[COMPONENTS], risk[SPACE_DIMENSIONS] = { 0 };
  AcquisitionSlope slope[COMPONENTS];
  for (int k = 0; k < components; k++) {
    mu[k] = part[k * m].mean;
    sigma[k] = sqrt(fmax(part[k * m].variance, LEAST_VARIANCE));
  }
  const double cost = acquisition_cost(&w->acquisition, components, w->weight, mu, sigma, slope);
  const double log_feasible = s->feasibility != NULL ? feasibility_log(s->feasibility, u, w->scratch, risk) : 0;
  const bool bound = w->acquisition.kind == ACQUISITION_LCB;
  const double p = exp(log_feasible);
  for (int i = 0; i < d; i++) {
    double by = 0;
    for (int k = 0; k < components; k++)
      by += slope[k].mu * part[k * m].mean_slope[i] + slope[k].sigma * part[k * m].variance_slope[i] / (2 * sigma[k]);
    by = bound ? p * by + p * risk[i] * (cost - s->worst) : by - risk[i];
    gradient[i] = s->space->dimension[i].integer ? 0 : by;
  }
  return s->feasibility != NULL ? with_risk(s, cost, log_feasible) : cost;
}

void search_inner_slopes (int d, int m, const double *u, double *cost, double *gradient, void *work) {
  const Work *w = work;
  GpSlope part[COMPONENTS * SEARCH_STARTS];
  for (int k = 0; k < gp_components(w->s->gp); k++) gp_slopes(w->s->gp, k, m, u, w->scratch, part + k * m);
  for (int i = 0; i < m; i++) cost[i] = cost_of(w, u + i * d, m, part + i, gradient + i * d);
}

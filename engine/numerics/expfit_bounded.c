/* expfit_bounded.c -- the bounded fit: b by a look at GRID rates and Brent's search between
 * them, outliers by the median distance, the forecast's spread by the likelihood of b. */
#include "expfit.h"

#include <float.h>
#include <math.h>

#include "expfit_inner.h"
#include "mem.h"
#include "select.h"

static const double FASTEST = 0.3;      /* |b| per point, at most */
static const double OUTLIER = 4;        /* robust deviations */
static const double PRIOR_POINTS = 2;   /* weight of the first guess of the noise, in points */
static const double FAR = 8;            /* log-likelihood below the best at which a rate no longer counts */

enum {
  GRID = 17,          /* rates in the first look, evenly in log */
  POLISHES = 40,      /* evaluations of the polish, at most; a dozen do */
  BISECTIONS = 40,
  FILTER_ROUNDS = 4,
  FILTER_LEAST = 6    /* points below which none can be told an outlier */
};

/* Everything a fit needs while it is made. */
typedef struct Fit {
  DecaySeries series;
  const double *losses;
  double *distance;      /* [n] of the losses from a curve */
  double *scratch;       /* [n] */
  double lower;          /* of the asymptote */
  double slow, fast;     /* log of the rate's bounds */
  double prior;          /* first guess of the noise's variance */
  double variance;       /* of one loss around the best curve */
  double grid[GRID];     /* log rate */
  Decay look[GRID];      /* the projection there, unbounded */
} Fit;

/* ---- one rate ---- */

/* The variance of the asymptote, in units of the noise's. */
static double asymptote_variance (const DecaySeries *series, const Decay *decay) {
  const double reach = 1 - decay->center;
  return 1 / series->count + (decay->spread > 0 ? reach * reach / decay->spread : 0);
}

/* Hold the asymptote at 'lower' if it is below: the best curve under that bound. */
static Decay bounded (const DecaySeries *series, Decay decay, double lower) {
  const double below = lower - decay_asymptote(&decay);
  if (!(below > 0)) return decay;
  const double variance = asymptote_variance(series, &decay);
  const double pull = below / variance;
  decay.mean += pull / series->count;
  if (decay.spread > 0) decay.slope += pull * (1 - decay.center) / decay.spread;
  decay.residual += below * pull;
  return decay;
}

static Decay project (const Fit *f, double log_rate) {
  return decay_project(&f->series, exp(log_rate));
}

static double residual_at (const Fit *f, double log_rate) {
  return bounded(&f->series, project(f, log_rate), f->lower).residual;
}

/* ---- the best curve ---- */

static void look_around (Fit *f) {
  for (int k = 0; k < GRID; k++) {
    f->grid[k] = f->slow + (f->fast - f->slow) * k / (GRID - 1);
    f->look[k] = project(f, f->grid[k]);
  }
}

static int best_look (const Fit *f) {
  int best = 0;
  double least = INFINITY;
  for (int k = 0; k < GRID; k++) {
    const double residual = bounded(&f->series, f->look[k], f->lower).residual;
    if (residual < least) {
      least = residual;
      best = k;
    }
  }
  return best;
}

/* The two best points of a search so far, the one before them, and the cell that holds the minimum. */
typedef struct Search {
  double x, w, v;           /* best first */
  double at_x, at_w, at_v;
  double low, high;
} Search;

/* Put u, seen as at_u, in its place among them. */
static void place (Search *s, double u, double at_u) {
  if (at_u <= s->at_x) {
    if (u < s->x) s->high = s->x;
    else s->low = s->x;
    s->v = s->w, s->at_v = s->at_w;
    s->w = s->x, s->at_w = s->at_x;
    s->x = u, s->at_x = at_u;
    return;
  }
  if (u < s->x) s->low = u;
  else s->high = u;
  if (at_u <= s->at_w || s->w == s->x) {
    s->v = s->w, s->at_v = s->at_w;
    s->w = u, s->at_w = at_u;
  } else if (at_u <= s->at_v || s->v == s->x || s->v == s->w) {
    s->v = u, s->at_v = at_u;
  }
}

/* Step from x to the lowest point of the parabola through all three; nan where there is none. */
static double parabola_step (const Search *s) {
  const double r = (s->x - s->w) * (s->at_x - s->at_v), q = (s->x - s->v) * (s->at_x - s->at_w);
  return q == r ? NAN : -0.5 * ((s->x - s->v) * q - (s->x - s->w) * r) / (q - r);
}

/* Brent's search (Algorithms for Minimization without Derivatives, 1973, chapter 5) in the two cells around the best look. */
static double polish (const Fit *f, int best) {
  const double x = f->grid[best], at_x = residual_at(f, x), golden = 0.3819660112501051, tolerance = 1e-7;
  Search s = { x, x, x, at_x, at_x, at_x, f->grid[best > 0 ? best - 1 : 0], f->grid[best < GRID - 1 ? best + 1 : GRID - 1] };
  double last = 0, before = 0;
  for (int i = 0; i < POLISHES; i++) {
    const double middle = 0.5 * (s.low + s.high);
    if (fabs(s.x - middle) + 0.5 * (s.high - s.low) <= 2 * tolerance) break;
    double step = parabola_step(&s);
    const bool good = fabs(step) < 0.5 * fabs(before) && s.x + step > s.low && s.x + step < s.high;
    before = last;
    if (!good) {
      before = (s.x < middle ? s.high : s.low) - s.x;
      step = golden * before;
    }
    if (fabs(step) < tolerance) step = s.x < middle ? tolerance : -tolerance;
    last = step;
    place(&s, s.x + step, residual_at(f, s.x + step));
  }
  return s.x;
}

/* ---- outliers ---- */

/* distance[i] = loss[i] - curve(i); not finite where the loss is not. */
static void set_distances (Fit *f, const Decay *curve) {
  const int start = f->series.start;
  const double rise = -expm1(-curve->rate);
  for (int i = 0; i < start; i++) f->distance[i] = f->losses[i] - decay_curve(curve, i);
  double g = 0;
  for (int i = start; i < f->series.n; i++) {
    f->distance[i] = f->losses[i] - (curve->mean + curve->slope * (g - curve->center));
    g += (1 - g) * rise;
  }
}

/* The largest distance from 'middle' that still counts as noise, and that middle. */
static double noise_limit (Fit *f, const Decay *curve, double *middle) {
  double *scratch = f->scratch;
  int count = 0;
  for (int i = 0; i < f->series.n; i++)
    if (fabs(f->losses[i]) <= EXPFIT_HUGE && isfinite(f->distance[i])) scratch[count++] = f->distance[i];
  *middle = select_smallest(count, scratch, count / 2);
  for (int i = 0; i < count; i++) scratch[i] = fabs(scratch[i] - *middle);
  const double typical = 1.4826 * select_smallest(count, scratch, count / 2);
  const double quarter = select_smallest(count, scratch, (3 * count + 3) / 4 - 1);
  const double rounding = 1e-12 * (fabs(curve->mean) + fabs(curve->slope));
  return fmax(fmax(OUTLIER * typical, quarter), rounding);
}

/* Weigh every point anew by its distance from a curve; true if a weight changed. */
static bool reweigh (Fit *f, const Decay *curve) {
  double middle;
  set_distances(f, curve);
  const double limit = noise_limit(f, curve, &middle);
  bool changed = false;
  for (int i = 0; i < f->series.n; i++) {
    const bool counts = fabs(f->losses[i]) <= EXPFIT_HUGE && fabs(f->distance[i] - middle) <= limit;
    changed = changed || counts != (f->series.w[i] > 0);
    f->series.w[i] = counts;
  }
  return changed;
}

/* Look, drop what lies far from the best look, look again. Every round judges every
 * point, so one that was dropped for a bad first curve comes back. */
static void filter_outliers (Fit *f) {
  decay_center(&f->series, f->losses);
  look_around(f);
  if (f->series.count < FILTER_LEAST) return;
  for (int round = 0; round < FILTER_ROUNDS; round++) {
    const Decay curve = bounded(&f->series, f->look[best_look(f)], f->lower);
    if (!reweigh(f, &curve)) return;
    decay_center(&f->series, f->losses);
    look_around(f);
  }
}

/* ---- noise and likelihood ---- */

/* A first guess of the noise's variance that no smooth curve disturbs: from second
 * differences of neighbours, first ones of two, the size itself of one. */
static double rough_noise (const Fit *f) {
  const double *y = f->series.y, *w = f->series.w;
  double last[2] = { 0 }, sum = 0;
  int seen = 0;
  for (int i = 0; i < f->series.n; i++)
    if (w[i] > 0) {
      const double second = y[i] - 2 * last[0] + last[1];
      if (seen >= 2) sum += second * second / 6;
      last[1] = last[0];
      last[0] = y[i];
      seen++;
    }
  if (seen >= 3) return sum / (seen - 2);
  const double apart = last[0] - last[1];
  return seen == 2 ? apart * apart / 2 : f->series.mean * f->series.mean;
}

static double noise_variance (const Fit *f, double residual) {
  const double freedom = fmax(f->series.count - 3, 0) + PRIOR_POINTS;
  const double rounding = 1e-12 * (fabs(f->series.mean) + (f->lower > -INFINITY ? fabs(f->lower) : 0));
  return (residual + PRIOR_POINTS * f->prior) / freedom + rounding * rounding + DBL_MIN;
}

/* phi(z) / (1 - Phi(z)), the mean of a standard normal above z; *log_mass: log(1 - Phi(z)). */
static double mean_above (double z, double *log_mass) {
  const double log_root = 0.91893853320467274178;  /* log sqrt(2 pi) */
  if (z < 25) {
    const double mass = 0.5 * erfc(z * 0.70710678118654752440);
    *log_mass = log(mass);
    return exp(-0.5 * z * z - log_root) / mass;
  }
  const double zz = z * z;  /* far out: the asymptotic series of Mills' ratio */
  const double mills = (1 - 1 / zz * (1 - 3 / zz * (1 - 5 / zz * (1 - 7 / zz)))) / z;
  *log_mass = log(mills) - 0.5 * zz - log_root;
  return 1 / mills;
}

/* What a rate says, the bound on its asymptote included; its weight as a logarithm. */
static ExpfitNode weigh (const Fit *f, const Decay *decay) {
  ExpfitNode node = { .decay = *decay };
  const double count = f->series.count;
  node.variance = f->variance * asymptote_variance(&f->series, decay);
  node.weight = -0.5 * (fmax(count - 2, 0) + PRIOR_POINTS)
              * log(decay->residual + PRIOR_POINTS * f->prior + f->variance * 1e-6);
  if (f->lower > -INFINITY) {
    const double deviation = sqrt(node.variance);
    const double z = (f->lower - decay_asymptote(decay)) / deviation;
    double log_mass;
    const double above = mean_above(z, &log_mass);
    node.weight += log_mass;
    node.shift = deviation * above;
    node.shrink = node.variance * fmin(fmax(above * (above - z), 0), 1);
  }
  return node;
}

static double log_weight (const Fit *f, double log_rate) {
  const Decay decay = project(f, log_rate);
  return weigh(f, &decay).weight;
}

/* Where, between a rate that counts and one that does not, the likelihood falls to 'level':
 * to a sixth of the way from the best rate, however narrow that is. */
static double edge (const Fit *f, double best, double inside, double outside, double level) {
  for (int i = 0; i < BISECTIONS && fabs(outside - inside) > fabs(outside - best) / 6; i++) {
    const double middle = 0.5 * (inside + outside);
    if (log_weight(f, middle) > level) inside = middle;
    else outside = middle;
  }
  return outside;
}

/* The interval of log rates that count. */
static void interval (const Fit *f, double best, double *low, double *high) {
  double weight[GRID], most = log_weight(f, best);
  for (int k = 0; k < GRID; k++) {
    weight[k] = weigh(f, &f->look[k]).weight;
    most = fmax(most, weight[k]);
  }
  const double level = most - FAR;
  int first = 0, last = GRID - 1;
  while (first < GRID && f->grid[first] < best && weight[first] < level) first++;
  while (last >= 0 && f->grid[last] > best && weight[last] < level) last--;
  const double inside_low = first < GRID ? fmin(f->grid[first], best) : best;
  const double inside_high = last >= 0 ? fmax(f->grid[last], best) : best;
  *low = first > 0 ? edge(f, best, inside_low, f->grid[first - 1], level) : f->slow;
  *high = last < GRID - 1 ? edge(f, best, inside_high, f->grid[last + 1], level) : f->fast;
}

/* Rates evenly in log over what counts, and their weights. */
static void average (Expfit *fit, const Fit *f, double best) {
  double low, high, most = -INFINITY, sum = 0;
  interval(f, best, &low, &high);
  fit->nodes = EXPFIT_NODES;
  for (int k = 0; k < EXPFIT_NODES; k++) {
    const Decay decay = project(f, low + (high - low) * (k + 0.5) / EXPFIT_NODES);
    fit->node[k] = weigh(f, &decay);
    most = fmax(most, fit->node[k].weight);
  }
  for (int k = 0; k < EXPFIT_NODES; k++) sum += fit->node[k].weight = exp(fit->node[k].weight - most);
  for (int k = 0; k < EXPFIT_NODES; k++) fit->node[k].weight /= sum;
}

/* ---- the fit ---- */

static Status begin (Fit *f, int n, const double *losses) {
  const size_t room = (size_t)decay_room(n);
  f->series.n = n;
  f->losses = losses;
  f->series.y = mem_alloc(4 * room, sizeof *f->series.y);
  if (f->series.y == NULL) return STATUS_NO_MEMORY;
  f->series.w = f->series.y + room;
  f->distance = f->series.w + room;
  f->scratch = f->distance + room;
  bool any = false;
  for (int i = 0; i < n; i++)
    if (fabs(losses[i]) <= EXPFIT_HUGE) {
      f->series.w[i] = 1;
      any = true;
    }
  return any ? STATUS_OK : STATUS_TOO_FEW;
}

Status expfit_bounded (Expfit *fit, const ExpfitOptions *options, int n, const double *losses) {
  if (n < 0 || !expfit_options_good(options)) return STATUS_BAD_ARGUMENT;
  if (n == 0) return STATUS_TOO_FEW;
  Fit f = { .lower = options->lower, .slow = -log(options->horizon * n), .fast = log(FASTEST) };
  f.slow = fmin(f.slow, f.fast);
  const Status status = begin(&f, n, losses);
  if (status == STATUS_OK) {
    filter_outliers(&f);
    const double best = polish(&f, best_look(&f));
    const Decay curve = bounded(&f.series, project(&f, best), f.lower);
    expfit_set_curve(fit, options, &curve);
    fit->lower = options->lower;
    f.prior = rough_noise(&f);
    f.variance = noise_variance(&f, curve.residual);
    fit->noise = sqrt(f.variance);
    fit->used = (int)f.series.count;
    average(fit, &f, best);
  }
  mem_free(f.series.y);
  return status;
}

#include "optimizer.h"

#include <float.h>
#include <math.h>

static Status refuse (Problem *problem, const char *name, const char *range, double value) {
  return problem_set(problem, STATUS_BAD_ARGUMENT, "%s: %s expected, not %g", name, range, value);
}

static bool below_one (double value) { return value >= 0 && value < 1; }
static bool not_negative (double value) { return value >= 0 && value < INFINITY; }

static double mixing (const Optimizer *optimizer) {   /* beta: y = (1 - beta) z + beta x */
  return optimizer->kind == OPTIMIZER_SCHEDULEFREE_SGD ? optimizer->momentum : optimizer->beta1;
}

bool optimizer_is_schedule_free (const Optimizer *optimizer) {
  return optimizer->kind == OPTIMIZER_SCHEDULEFREE_SGD || optimizer->kind == OPTIMIZER_SCHEDULEFREE_ADAMW;
}

Status optimizer_check (const Optimizer *optimizer, Problem *problem) {
  if (!below_one(optimizer->momentum)) return refuse(problem, "momentum", "at least 0 and below 1", optimizer->momentum);
  if (!below_one(optimizer->beta1)) return refuse(problem, "beta1", "at least 0 and below 1", optimizer->beta1);
  if (!below_one(optimizer->beta2)) return refuse(problem, "beta2", "at least 0 and below 1", optimizer->beta2);
  if (!not_negative(optimizer->epsilon)) return refuse(problem, "epsilon", "at least 0", optimizer->epsilon);
  if (!not_negative(optimizer->weight_decay)) return refuse(problem, "weight_decay", "at least 0", optimizer->weight_decay);
  if (optimizer->kind == OPTIMIZER_SGD && optimizer->nesterov && optimizer->momentum == 0)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "nesterov: a momentum above 0 expected with it");
  if (optimizer_is_schedule_free(optimizer) && mixing(optimizer) == 0)
    return refuse(problem, optimizer->kind == OPTIMIZER_SCHEDULEFREE_SGD ? "momentum" : "beta1", "above 0 and below 1", 0);
  return STATUS_OK;
}

int optimizer_arrays (const Optimizer *optimizer) {
  switch (optimizer->kind) {
    case OPTIMIZER_SGD: return optimizer->momentum > 0 ? 1 : 0;
    case OPTIMIZER_SCHEDULEFREE_SGD: return 1;
    default: return 2;
  }
}

bool optimizer_offers_momentum (const Optimizer *optimizer) {
  return optimizer_arrays(optimizer) > 0 && !optimizer_is_schedule_free(optimizer);
}

static void plain (int n, float rate, float decay, float *restrict w, const float *restrict g) {
  for (int i = 0; i < n; i++) w[i] -= rate * (g[i] + decay * w[i]);
}

static void polyak (int n, float rate, float momentum, float decay,
                    float *restrict w, const float *restrict g, float *restrict v) {
  for (int i = 0; i < n; i++) {
    v[i] = momentum * v[i] + (g[i] + decay * w[i]);
    w[i] -= rate * v[i];
  }
}

static void nesterov (int n, float rate, float momentum, float decay,
                      float *restrict w, const float *restrict g, float *restrict v) {
  for (int i = 0; i < n; i++) {
    const float d = g[i] + decay * w[i];
    v[i] = momentum * v[i] + d;
    w[i] -= rate * (d + momentum * v[i]);
  }
}

/* m and v: running means of the gradient and of its square. 'keep' multiplies
 * the weights, 'decay' of them joins the gradient; 'unbias' divides sqrt(v). */
typedef struct AdamStep {
  float rate, keep, decay, beta1, gain1, beta2, gain2, unbias, epsilon;
} AdamStep;

static void adam (int n, const AdamStep *step, float *restrict w, const float *restrict g,
                  float *restrict m, float *restrict v) {
  const AdamStep s = *step;
  for (int i = 0; i < n; i++) {
    const float d = g[i] + s.decay * w[i];
    m[i] = s.beta1 * m[i] + s.gain1 * d;
    v[i] = s.beta2 * v[i] + s.gain2 * (d * d);
    w[i] = s.keep * w[i] - s.rate * m[i] / (sqrtf(v[i]) * s.unbias + s.epsilon);
  }
}

static float bounded (double value) { return (float)fmax(fmin(value, FLT_MAX), -FLT_MAX); }

/* What divides sqrt(v) so that v is not biased towards its beginning, 0. */
static float unbias (const Optimizer *optimizer, int64_t steps) {
  return (float)(1 / sqrt(1 - pow(optimizer->beta2, (double)steps)));
}

static AdamStep adam_step (const Optimizer *optimizer, int64_t steps, double rate) {
  const bool decoupled = optimizer->kind == OPTIMIZER_ADAMW;
  return (AdamStep){
    .rate = bounded(rate / (1 - pow(optimizer->beta1, (double)steps))),
    .keep = decoupled ? bounded(1 - rate * optimizer->weight_decay) : 1,
    .decay = decoupled ? 0 : (float)optimizer->weight_decay,
    .beta1 = (float)optimizer->beta1, .gain1 = (float)(1 - optimizer->beta1),
    .beta2 = (float)optimizer->beta2, .gain2 = (float)(1 - optimizer->beta2),
    .unbias = unbias(optimizer, steps), .epsilon = (float)optimizer->epsilon,
  };
}

/* ---- schedule-free ---------------------------------------------------------
 * With z' = z - rate u for an update u, c the weight of z' in the mean x', and
 * y = (1 - beta) z + beta x, the new y and d = z - y are
 *     y' = y + c d - rate (1 - beta (1 - c)) u
 *     d' = (1 - c) (d - rate beta u). */
typedef struct FreeStep {
  float c, stay, rate_y, rate_d, decay;
} FreeStep;

static FreeStep free_step (const Optimizer *optimizer, OptimizerCount *count, double rate) {
  count->peak = fmax(count->peak, fmin(rate, 1e100));   /* its square stays finite */
  count->weight += count->peak * count->peak;
  const double beta = mixing(optimizer);
  const double c = count->weight > 0 ? count->peak * count->peak / count->weight : 0;
  return (FreeStep){
    .c = (float)c, .stay = (float)(1 - c), .rate_y = bounded(rate * (1 - beta * (1 - c))), .rate_d = bounded(rate * beta),
    .decay = (float)optimizer->weight_decay,
  };
}

static void free_sgd (int n, const FreeStep *step, float *restrict w, const float *restrict g, float *restrict d) {
  const FreeStep s = *step;
  for (int i = 0; i < n; i++) {
    const float u = g[i] + s.decay * w[i];
    w[i] += s.c * d[i] - s.rate_y * u;
    d[i] = s.stay * (d[i] - s.rate_d * u);
  }
}

static void free_adamw (int n, const FreeStep *step, const AdamStep *scale, float *restrict w, const float *restrict g,
                        float *restrict d, float *restrict v) {
  const FreeStep s = *step;
  const AdamStep a = *scale;
  for (int i = 0; i < n; i++) {
    v[i] = a.beta2 * v[i] + a.gain2 * (g[i] * g[i]);
    const float u = g[i] / (sqrtf(v[i]) * a.unbias + a.epsilon) + s.decay * w[i];
    w[i] += s.c * d[i] - s.rate_y * u;
    d[i] = s.stay * (d[i] - s.rate_d * u);
  }
}

void optimizer_average (const Optimizer *optimizer, int n, const float *w, const float *state, float *x) {
  const float ahead = (float)(1 / mixing(optimizer) - 1);
  for (int i = 0; i < n; i++) x[i] = w[i] - ahead * state[i];   /* x = y - d (1 - beta) / beta */
}

/* ---- */

static void sgd_step (const Optimizer *optimizer, double rate, int n, float *w, const float *g, float *state) {
  const float momentum = (float)optimizer->momentum, decay = (float)optimizer->weight_decay;
  if (momentum == 0) plain(n, bounded(rate), decay, w, g);
  else if (optimizer->nesterov) nesterov(n, bounded(rate), momentum, decay, w, g, state);
  else polyak(n, bounded(rate), momentum, decay, w, g, state);
}

void optimizer_step (const Optimizer *optimizer, OptimizerCount *count, double rate, int n,
                     float *w, const float *g, float *state) {
  count->steps++;
  if (optimizer->kind == OPTIMIZER_SGD) {
    sgd_step(optimizer, rate, n, w, g, state);
  } else if (!optimizer_is_schedule_free(optimizer)) {
    const AdamStep s = adam_step(optimizer, count->steps, rate);
    adam(n, &s, w, g, state, state + n);
  } else {
    const FreeStep s = free_step(optimizer, count, rate);
    if (optimizer->kind == OPTIMIZER_SCHEDULEFREE_SGD) {
      free_sgd(n, &s, w, g, state);
    } else {
      const AdamStep a = adam_step(optimizer, count->steps, rate);
      free_adamw(n, &s, &a, w, g, state, state + n);
    }
  }
}

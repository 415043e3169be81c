#include "optimizer.h"

#include <float.h>
#include <math.h>

static Status refuse (Problem *problem, const char *name, const char *range, double value) {
  return problem_set(problem, STATUS_BAD_ARGUMENT, "%s: %s expected, not %g", name, range, value);
}

static bool below_one (double value) { return value >= 0 && value < 1; }
static bool not_negative (double value) { return value >= 0 && value < INFINITY; }

Status optimizer_check (const Optimizer *optimizer, Problem *problem) {
  if (!below_one(optimizer->momentum)) return refuse(problem, "momentum", "at least 0 and below 1", optimizer->momentum);
  if (!below_one(optimizer->beta1)) return refuse(problem, "beta1", "at least 0 and below 1", optimizer->beta1);
  if (!below_one(optimizer->beta2)) return refuse(problem, "beta2", "at least 0 and below 1", optimizer->beta2);
  if (!not_negative(optimizer->epsilon)) return refuse(problem, "epsilon", "at least 0", optimizer->epsilon);
  if (!not_negative(optimizer->weight_decay)) return refuse(problem, "weight_decay", "at least 0", optimizer->weight_decay);
  if (optimizer->kind == OPTIMIZER_SGD && optimizer->nesterov && optimizer->momentum == 0)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "nesterov: a momentum above 0 expected with it");
  return STATUS_OK;
}

int optimizer_arrays (const Optimizer *optimizer) {
  return optimizer->kind != OPTIMIZER_SGD ? 2 : optimizer->momentum > 0 ? 1 : 0;
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

static AdamStep adam_step (const Optimizer *optimizer, long long step, double rate) {
  const bool decoupled = optimizer->kind == OPTIMIZER_ADAMW;
  return (AdamStep){
    .rate = (float)fmin(rate / (1 - pow(optimizer->beta1, (double)step)), FLT_MAX),
    .keep = decoupled ? (float)fmax(1 - rate * optimizer->weight_decay, -FLT_MAX) : 1,
    .decay = decoupled ? 0 : (float)optimizer->weight_decay,
    .beta1 = (float)optimizer->beta1, .gain1 = (float)(1 - optimizer->beta1),
    .beta2 = (float)optimizer->beta2, .gain2 = (float)(1 - optimizer->beta2),
    .unbias = (float)(1 / sqrt(1 - pow(optimizer->beta2, (double)step))),
    .epsilon = (float)optimizer->epsilon,
  };
}

void optimizer_step (const Optimizer *optimizer, long long step, double rate, int n,
                     float *w, const float *g, float *state) {
  const float momentum = (float)optimizer->momentum, decay = (float)optimizer->weight_decay;
  const float bounded = (float)fmin(rate, FLT_MAX);
  if (optimizer->kind != OPTIMIZER_SGD) {
    const AdamStep s = adam_step(optimizer, step, rate);
    adam(n, &s, w, g, state, state + n);
  } else if (momentum == 0) {
    plain(n, bounded, decay, w, g);
  } else if (optimizer->nesterov) {
    nesterov(n, bounded, momentum, decay, w, g, state);
  } else {
    polyak(n, bounded, momentum, decay, w, g, state);
  }
}

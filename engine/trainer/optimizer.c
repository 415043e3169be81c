#include "optimizer.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "../numerics/mem.h"

struct Optimizer {
  OptimizerOptions options;
  int size;
  int64_t steps;    /* taken so far */
  int moments;      /* vectors of state: 0, 1 or 2 */
  float *moment;    /* [moments * size] */
};

static bool in_unit (double x) { return 0 <= x && x < 1; }

static bool are_valid (const OptimizerOptions *o) {
  const bool common = o->weight_decay >= 0 && isfinite(o->weight_decay);
  if (o->kind == OPTIMIZER_SGD) return common && in_unit(o->momentum) && (!o->nesterov || o->momentum > 0);
  return common && in_unit(o->beta1) && in_unit(o->beta2) && o->epsilon > 0 && isfinite(o->epsilon);
}

Status optimizer_create (Optimizer **out, const OptimizerOptions *options, int size) {
  *out = NULL;
  if (size < 1 || !are_valid(options)) return STATUS_BAD_ARGUMENT;
  Optimizer *o = mem_alloc(1, sizeof *o);
  if (o == NULL) return STATUS_NO_MEMORY;
  o->options = *options;
  o->size = size;
  o->moments = options->kind != OPTIMIZER_SGD ? 2 : options->momentum > 0;
  o->moment = mem_alloc((size_t)o->moments * (size_t)size, sizeof *o->moment);
  if (o->moment == NULL) {
    optimizer_free(o);
    return STATUS_NO_MEMORY;
  }
  *out = o;
  return STATUS_OK;
}

void optimizer_free (Optimizer *optimizer) {
  if (optimizer == NULL) return;
  mem_free(optimizer->moment);
  mem_free(optimizer);
}

/* Each loop below is one pass over the weights: they are bound by memory. */

static void sgd_plain (int n, float rate, float decay, const float *restrict g, float *restrict w) {
  for (int i = 0; i < n; i++) w[i] -= rate * (g[i] + decay * w[i]);
}

static void sgd_momentum (int n, float rate, float decay, float momentum, const float *restrict g,
                          float *restrict w, float *restrict v) {
  for (int i = 0; i < n; i++) {
    v[i] = momentum * v[i] + (g[i] + decay * w[i]);
    w[i] -= rate * v[i];
  }
}

static void sgd_nesterov (int n, float rate, float decay, float momentum, const float *restrict g,
                          float *restrict w, float *restrict v) {
  for (int i = 0; i < n; i++) {
    const float d = g[i] + decay * w[i];
    v[i] = momentum * v[i] + d;
    w[i] -= rate * (d + momentum * v[i]);
  }
}

static void adam (const Optimizer *o, float rate, const float *restrict g, float *restrict w,
                  float *restrict m, float *restrict v) {
  const double t = (double)o->steps, beta1 = o->options.beta1, beta2 = o->options.beta2;
  const float b1 = (float)beta1, b2 = (float)beta2, epsilon = (float)o->options.epsilon;
  const float step = (float)((double)rate / (1 - pow(beta1, t)));
  const float root = (float)(1 / sqrt(1 - pow(beta2, t)));
  const bool apart = o->options.kind == OPTIMIZER_ADAMW;
  const float l2 = apart ? 0 : (float)o->options.weight_decay;
  const float keep = apart ? (float)(1 - (double)rate * o->options.weight_decay) : 1;
  for (int i = 0; i < o->size; i++) {
    const float d = g[i] + l2 * w[i];
    m[i] = b1 * m[i] + (1 - b1) * d;
    v[i] = b2 * v[i] + (1 - b2) * d * d;
    w[i] = keep * w[i] - step * m[i] / (sqrtf(v[i]) * root + epsilon);
  }
}

void optimizer_step (Optimizer *optimizer, double rate, const float *gradient, float *weight) {
  const OptimizerOptions *o = &optimizer->options;
  const int n = optimizer->size;
  const float r = (float)rate, decay = (float)o->weight_decay, momentum = (float)o->momentum;
  float *m = optimizer->moment;
  optimizer->steps++;
  if (o->kind != OPTIMIZER_SGD) adam(optimizer, r, gradient, weight, m, m + n);
  else if (o->nesterov) sgd_nesterov(n, r, decay, momentum, gradient, weight, m);
  else if (o->momentum > 0) sgd_momentum(n, r, decay, momentum, gradient, weight, m);
  else sgd_plain(n, r, decay, gradient, weight);
}

static size_t moment_bytes (const Optimizer *o) {
  return (size_t)o->moments * (size_t)o->size * sizeof *o->moment;
}

size_t optimizer_state_size (const Optimizer *optimizer) {
  return sizeof optimizer->steps + moment_bytes(optimizer);
}

void optimizer_save (const Optimizer *optimizer, void *state) {
  memcpy(state, &optimizer->steps, sizeof optimizer->steps);
  memcpy((char *)state + sizeof optimizer->steps, optimizer->moment, moment_bytes(optimizer));
}

void optimizer_restore (Optimizer *optimizer, const void *state) {
  memcpy(&optimizer->steps, state, sizeof optimizer->steps);
  memcpy(optimizer->moment, (const char *)state + sizeof optimizer->steps, moment_bytes(optimizer));
}

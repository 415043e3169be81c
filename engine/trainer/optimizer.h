/* optimizer.h -- first-order optimizers over a flat vector of weights, float32.
 * The update rules are PyTorch's (torch.optim.SGD, Adam, AdamW), so that a rate
 * means here what it means there.
 *
 *   sgd    v = momentum v + g (first step: v = g);  w -= rate v
 *          nesterov: w -= rate (g + momentum v)
 *   adam   Kingma and Ba 2015, with both bias corrections
 *   adamw  Loshchilov and Hutter 2019: w -= rate weight_decay w, apart from g
 * Weight decay in sgd and adam is L2: g += weight_decay w. */
#ifndef optimizer_h
#define optimizer_h

#include <stdbool.h>
#include <stddef.h>

#include "../numerics/status.h"

typedef enum OptimizerKind { OPTIMIZER_SGD, OPTIMIZER_ADAM, OPTIMIZER_ADAMW } OptimizerKind;

typedef struct OptimizerOptions {
  OptimizerKind kind;
  double momentum;       /* [0, 1); sgd */
  bool nesterov;         /* sgd; needs momentum > 0 */
  double beta1, beta2;   /* [0, 1); adam, adamw */
  double epsilon;        /* > 0; adam, adamw */
  double weight_decay;   /* >= 0 */
} OptimizerOptions;

typedef struct Optimizer Optimizer;

/* An optimizer of 'size' weights with empty state. STATUS_OK: *out is the caller's, to end
 * with optimizer_free. Otherwise NULL: STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. */
Status optimizer_create (Optimizer **out, const OptimizerOptions *options, int size);

/* End it; NULL is ignored. */
void optimizer_free (Optimizer *optimizer);

/* One update of weight[size] by gradient[size]; rate >= 0. */
void optimizer_step (Optimizer *optimizer, double rate, const float *gradient, float *weight);

/* The state as bytes: how many, copy out, copy in (of an optimizer alike). */
size_t optimizer_state_size (const Optimizer *optimizer);
void optimizer_save (const Optimizer *optimizer, void *state);
void optimizer_restore (Optimizer *optimizer, const void *state);

#endif

/* optimizer.h -- from a gradient to new weights: SGD with momentum (Polyak) or
 * Nesterov's, Adam (Kingma and Ba 2015, arXiv 1412.6980) and AdamW (Loshchilov
 * and Hutter 2019, arXiv 1711.05101), in the semantics of PyTorch 1.13's
 * torch.optim: the rate multiplies the whole step; weight decay is added to the
 * gradient, but in AdamW shrinks the weights by rate * weight_decay; biases
 * decay like weights; momentum is not dampened.
 *
 * An optimizer has no memory of its own: what it keeps between steps is arrays
 * of the caller's, as long as the weights, that begin as zeros. */
#ifndef trainer_optimizer_h
#define trainer_optimizer_h

#include <stdbool.h>

#include "../numerics/status.h"

typedef enum OptimizerKind { OPTIMIZER_SGD, OPTIMIZER_ADAM, OPTIMIZER_ADAMW } OptimizerKind;

typedef struct Optimizer {
  OptimizerKind kind;
  double momentum;       /* SGD: [0, 1) */
  bool nesterov;         /* SGD: needs momentum > 0 */
  double beta1, beta2;   /* Adam, AdamW: [0, 1) */
  double epsilon;        /* Adam, AdamW: >= 0 */
  double weight_decay;   /* >= 0 */
} Optimizer;

/* Whether every field is in its range: STATUS_OK or STATUS_BAD_ARGUMENT, with
 * the field and its value in 'problem'. */
Status optimizer_check (const Optimizer *optimizer, Problem *problem);

/* Arrays that 'optimizer' keeps between steps: 0, 1 or 2. */
int optimizer_arrays (const Optimizer *optimizer);

/* Update w[n] by the gradient g[n] at 'rate' (>= 0). 'step' counts updates, this one
 * included: 1, 2, ... state[arrays*n] is kept for the next. */
void optimizer_step (const Optimizer *optimizer, long long step, double rate, int n,
                     float *w, const float *g, float *state);

#endif

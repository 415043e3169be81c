/* optimizer.h -- from a gradient to new weights: SGD with momentum (Polyak) or
 * Nesterov's, Adam (Kingma and Ba 2015, arXiv 1412.6980) and AdamW (Loshchilov
 * and Hutter 2019, arXiv 1711.05101), in the semantics of PyTorch 1.13's
 * torch.optim: the rate multiplies the whole step; weight decay is added to the
 * gradient, but in AdamW shrinks the weights by rate * weight_decay; biases
 * decay like weights; momentum is not dampened.
 *
 * And schedule-free SGD and AdamW (Defazio et al. 2024, arXiv 2405.15682), as their
 * authors' code has them: gradients are taken at y, between z, where the steps go,
 * and x, the mean of the z weighted by the square of the largest rate so far. The
 * weights are y; x, optimizer_average(), is what one evaluates. Weight decay acts
 * at y. The array kept is d = z - y: it begins as zeros, and y and x follow from
 * it without loss.
 *
 * An optimizer has no memory of its own: what it keeps between steps is a count
 * and arrays of the caller's, as long as the weights, that begin as zeros. */
#ifndef trainer_optimizer_h
#define trainer_optimizer_h

#include <stdbool.h>
#include <stdint.h>

#include "../numerics/status.h"

typedef enum OptimizerKind {
  OPTIMIZER_SGD, OPTIMIZER_ADAM, OPTIMIZER_ADAMW, OPTIMIZER_SCHEDULEFREE_SGD, OPTIMIZER_SCHEDULEFREE_ADAMW
} OptimizerKind;

typedef struct Optimizer {
  OptimizerKind kind;
  double momentum;       /* SGD: [0, 1); schedule-free SGD: (0, 1), share of x in y */
  bool nesterov;         /* SGD: needs momentum > 0 */
  double beta1, beta2;   /* Adam, AdamW: [0, 1); schedule-free AdamW: beta1 in (0, 1) */
  double epsilon;        /* Adam, AdamW, schedule-free AdamW: >= 0 */
  double weight_decay;   /* >= 0 */
} Optimizer;

/* What is kept beside the arrays: plain data, zeros at the beginning. */
typedef struct OptimizerCount {
  int64_t steps;   /* updates made */
  double peak;     /* schedule-free: largest rate so far */
  double weight;   /* schedule-free: sum of the weights of the z in x */
} OptimizerCount;

/* Whether every field is in its range: STATUS_OK or STATUS_BAD_ARGUMENT, with
 * the field and its value in 'problem'. */
Status optimizer_check (const Optimizer *optimizer, Problem *problem);

bool optimizer_is_schedule_free (const Optimizer *optimizer);

/* Arrays that 'optimizer' keeps between steps: 0, 1 or 2. */
int optimizer_arrays (const Optimizer *optimizer);

/* Whether the momentum (beta1 in Adam) may change from step to step: not without
 * an array to keep it in, nor where x depends on it. */
bool optimizer_offers_momentum (const Optimizer *optimizer);

/* Update w[n] by the gradient g[n] at 'rate' (>= 0). 'count' and state[arrays*n] are
 * kept for the next step. */
void optimizer_step (const Optimizer *optimizer, OptimizerCount *count, double rate, int n,
                     float *w, const float *g, float *state);

/* Schedule-free: x[n], the averaged weights, of w[n] and state. */
void optimizer_average (const Optimizer *optimizer, int n, const float *w, const float *state, float *x);

#endif

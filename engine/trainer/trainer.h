/* trainer.h -- the embedded backend: a network, its data and its optimizer,
 * trained step by step by whoever holds it.
 *
 * An epoch is a fresh shuffle of the training part, cut into batches of equal
 * size; rows that do not fill a batch sit that epoch out. One seed determines
 * everything: the first weights, and every shuffle. */
#ifndef trainer_h
#define trainer_h

#include "../numerics/random.h"
#include "dataset.h"
#include "network.h"
#include "optimizer.h"

typedef struct TrainerOptions {
  int hidden;                    /* hidden layers, >= 0 */
  const int *width;              /* [hidden] their widths, each > 0 */
  NetworkActivation activation;
  OptimizerOptions optimizer;
  int batch;                     /* 1 .. rows of the training part */
  uint64_t seed;
} TrainerOptions;

typedef struct Trainer Trainer;

/* A trainer state one can return to: weights, optimizer, generator, order of
 * the data and place in it. */
typedef struct Checkpoint Checkpoint;

/* 'data' is borrowed and must outlive the trainer. STATUS_OK: *out is the caller's, to end
 * with trainer_free. Otherwise NULL: STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY. */
Status trainer_create (Trainer **out, const Dataset *data, const TrainerOptions *options);

/* End it; NULL is ignored. Its checkpoints live on, for trainer_drop. */
void trainer_free (Trainer *trainer);

/* Take 'steps' steps, step i at rates[i] (each finite and >= 0), or fewer: the first loss
 * that is not finite is the last. losses[i] is the mean loss of the batch before the update.
 * Returns the number of steps taken. */
int trainer_train (Trainer *trainer, int steps, const double *rates, double *losses);

typedef struct TrainerScore {
  double loss;        /* mean over the rows; of standardised targets in a regression */
  double accuracy;    /* share of rows classified rightly; nan in a regression */
  double rmse;        /* in units of the target; nan for classes */
  double r2;          /* 1 - squared error / variance of the targets; nan for classes */
} TrainerScore;

/* Score the model on a part, or on its first 'batches' batches (0: all of it). */
TrainerScore trainer_evaluate (Trainer *trainer, DatasetPart part, int batches);

/* Keep the present state. STATUS_OK: *out is the caller's, to end with
 * trainer_drop. Otherwise NULL: STATUS_NO_MEMORY. */
Status trainer_save (Checkpoint **out, const Trainer *trainer);

/* Return to a state saved from this trainer: what follows repeats exactly. */
void trainer_restore (Trainer *trainer, const Checkpoint *checkpoint);

/* End a checkpoint; NULL is ignored. */
void trainer_drop (Checkpoint *checkpoint);

/* Number of weights, biases included. */
int trainer_parameters (const Trainer *trainer);

#endif

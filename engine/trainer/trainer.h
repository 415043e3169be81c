/* trainer.h -- a network in training: one step is one optimizer update by one
 * mini-batch.
 *
 * An epoch takes the training rows in a new random order, in batches of equal
 * size; rows left over at its end are skipped (another order skips others). One
 * seed determines the initial weights and every order. All that a later step
 * depends on can be saved as bytes and restored, after which training repeats
 * bit for bit.
 *
 * Beside the weights a trainer can keep their average: after step t = 0, 1, ... of
 * the averaging it moves by (k + 1) / (t + k + 1), k = 8, of the way to the weights
 * (polynomial-decay averaging: Shamir and Zhang 2013), so that the beginning is
 * soon forgotten. It costs one more array and does not touch the training. */
#ifndef trainer_trainer_h
#define trainer_trainer_h

#include <stddef.h>
#include <stdint.h>

#include "dataset.h"
#include "network.h"
#include "optimizer.h"

typedef struct TrainerSettings {
  int hidden;                      /* hidden layers, 0 .. NETWORK_MAX_HIDDEN */
  int width[NETWORK_MAX_HIDDEN];   /* units of each */
  NetworkActivation activation;
  Optimizer optimizer;
  int batch;                       /* rows, 1 .. training rows */
  uint64_t seed;
} TrainerSettings;

typedef struct TrainerScore {
  double loss;       /* mean over the rows; of standardised targets in regression */
  double accuracy;   /* classes: share of rows whose label has the largest output */
  double rmse;       /* regression: in the unit of the target column */
  double r2;         /* regression: 1 - squared error / variance; nan if the targets are all equal */
} TrainerScore;

typedef struct Trainer Trainer;

/* Takes a share of 'data'. STATUS_OK: *out is the caller's, to end with
 * trainer_free. Otherwise *out is NULL: STATUS_BAD_ARGUMENT (a setting, named in
 * 'problem'), STATUS_NO_MEMORY. */
Status trainer_create (Trainer **out, Dataset *data, const TrainerSettings *settings, Problem *problem);

/* End 'trainer'; NULL is ignored. */
void trainer_free (Trainer *trainer);

const Dataset *trainer_data (const Trainer *trainer);
int trainer_parameters (const Trainer *trainer);
long long trainer_steps (const Trainer *trainer);   /* updates made since the beginning */

const Optimizer *trainer_optimizer (const Trainer *trainer);

/* Take n steps at rate[n] (finite, >= 0), with momentum[n] ([0, 1), in Adam beta1;
 * NULL: as set; else only where optimizer_offers_momentum). loss[i] becomes the loss of
 * step i's batch before its update. Stops after the first loss that is not finite: that
 * step counts, but updates nothing. Returns the number of steps taken. */
int trainer_train (Trainer *trainer, int n, const double *rate, const double *momentum, double *loss);

/* Which weights are evaluated: of a schedule-free optimizer TRAINER_NOW is its x. */
typedef enum TrainerWeights { TRAINER_NOW, TRAINER_AVERAGE } TrainerWeights;

/* Score the weights on a part of the data: on all of it, or on its first
 * 'batches' (> 0; 0 is all) batches of the trainer's size. TRAINER_AVERAGE needs
 * an average of at least one step. Changes nothing that a later step depends on. */
void trainer_evaluate (Trainer *trainer, TrainerWeights which, DatasetPart part, int batches, TrainerScore *score);

/* Begin an average, anew if there is one. STATUS_BAD_ARGUMENT: the optimizer is
 * schedule-free, an average already; STATUS_NO_MEMORY. Then nothing has changed. */
Status trainer_average_start (Trainer *trainer, Problem *problem);

/* Forget the average, if there is one. */
void trainer_average_stop (Trainer *trainer);

/* Steps in the average: -1 if none is kept. */
long long trainer_averaged (const Trainer *trainer);

/* The average, of at least one step, becomes the weights; averaging ends. What the
 * optimizer keeps stays as it is. */
void trainer_average_adopt (Trainer *trainer);

/* Bytes that hold the state of 'trainer'; more while it averages. */
size_t trainer_state_size (const Trainer *trainer);

/* Copy weights, their average if there is one, optimizer state, generator, row order
 * and place in it to state[trainer_state_size]. For this build on this machine. */
void trainer_save (const Trainer *trainer, void *state);

/* Go back to a saved state, of this trainer or of one with the same data and
 * settings. STATUS_BAD_ARGUMENT: it is not one; STATUS_NO_MEMORY (an average is new
 * to this trainer). Then nothing has changed. */
Status trainer_restore (Trainer *trainer, const void *state, size_t size);

/* Move the weights 'share' (finite) of the way to those of a saved state: 0 leaves them, 1
 * takes the others, 2 goes as far again beyond. All else stays, an average too. Of a
 * schedule-free optimizer x moves so. STATUS_BAD_ARGUMENT: not a state of such a
 * trainer; then nothing has changed. */
Status trainer_blend (Trainer *trainer, const void *state, size_t size, double share);

#endif

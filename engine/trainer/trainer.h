/* trainer.h -- a network in training: one step is one optimizer update by one
 * mini-batch.
 *
 * An epoch takes the training rows in a new random order, in batches of equal
 * size; rows left over at its end are skipped (another order skips others). One
 * seed determines the initial weights and every order. All that a later step
 * depends on can be saved as bytes and restored, after which training repeats
 * bit for bit. */
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

/* Take n steps at rate[n] (finite, >= 0). loss[i] becomes the loss of step i's
 * batch before its update. Stops after the first loss that is not finite: that
 * step counts, but updates nothing. Returns the number of steps taken. */
int trainer_train (Trainer *trainer, int n, const double *rate, double *loss);

/* Score the weights on a part of the data: on all of it, or on its first
 * 'batches' (> 0; 0 is all) batches of the trainer's size. Changes nothing that
 * a later step depends on. */
void trainer_evaluate (Trainer *trainer, DatasetPart part, int batches, TrainerScore *score);

/* Bytes that hold the state of 'trainer'; the same throughout its life. */
size_t trainer_state_size (const Trainer *trainer);

/* Copy weights, optimizer state, generator, row order and place in it to
 * state[trainer_state_size]. For this build on this machine. */
void trainer_save (const Trainer *trainer, void *state);

/* Go back to a saved state, of this trainer or of one with the same data and
 * settings. STATUS_BAD_ARGUMENT: it is not one, and nothing has changed. */
Status trainer_restore (Trainer *trainer, const void *state, size_t size);

#endif

#include "trainer.h"

#include <math.h>
#include <string.h>

#include "../numerics/mem.h"

struct Trainer {
  const Dataset *data;   /* borrowed */
  Network *net;
  Optimizer *optimizer;
  int batch;
  Random random;
  int cursor;            /* rows of the present epoch already used */
  int *order;            /* [rows of the training part] the present epoch's */
  int *straight;         /* [batch] consecutive rows, for evaluation */
  float *target;         /* [batch] */
};

struct Checkpoint {
  Random random;
  int cursor;
  int *order;
  float *weight;
  void *optimizer;
};

static int training_rows (const Trainer *trainer) {
  return trainer->data->count[DATASET_TRAIN];
}

static void begin_epoch (Trainer *trainer) {
  random_shuffle(&trainer->random, training_rows(trainer), trainer->order);
  trainer->cursor = 0;
}

static Status create_network (Trainer *trainer, const TrainerOptions *options) {
  const Dataset *data = trainer->data;
  int *sizes = mem_alloc((size_t)options->hidden + 2, sizeof *sizes);
  if (sizes == NULL) return STATUS_NO_MEMORY;
  sizes[0] = data->inputs;
  for (int i = 0; i < options->hidden; i++) sizes[i + 1] = options->width[i];
  sizes[options->hidden + 1] = data->classes;
  const NetworkLoss loss = data->task == DATASET_CLASSES ? NETWORK_CROSS_ENTROPY : NETWORK_SQUARED;
  const Status status = network_create(&trainer->net, options->hidden + 1, sizes, trainer->batch, options->activation, loss);
  mem_free(sizes);
  return status;
}

static Status create_rest (Trainer *trainer, const TrainerOptions *options) {
  const int rows = training_rows(trainer);
  trainer->order = mem_alloc((size_t)rows, sizeof *trainer->order);
  trainer->straight = mem_alloc((size_t)trainer->batch, sizeof *trainer->straight);
  trainer->target = mem_alloc((size_t)trainer->batch, sizeof *trainer->target);
  if (!trainer->order || !trainer->straight || !trainer->target) return STATUS_NO_MEMORY;
  for (int i = 0; i < rows; i++) trainer->order[i] = i;
  return optimizer_create(&trainer->optimizer, &options->optimizer, network_size(trainer->net));
}

Status trainer_create (Trainer **out, const Dataset *data, const TrainerOptions *options) {
  *out = NULL;
  if (options->hidden < 0 || options->batch < 1 || options->batch > data->count[DATASET_TRAIN]) return STATUS_BAD_ARGUMENT;
  Trainer *trainer = mem_alloc(1, sizeof *trainer);
  if (trainer == NULL) return STATUS_NO_MEMORY;
  trainer->data = data;
  trainer->batch = options->batch;
  Status status = create_network(trainer, options);
  if (status == STATUS_OK) status = create_rest(trainer, options);
  if (status != STATUS_OK) {
    trainer_free(trainer);
    return status;
  }
  trainer->random = random_seeded(options->seed);
  network_draw(trainer->net, &trainer->random);
  begin_epoch(trainer);
  *out = trainer;
  return STATUS_OK;
}

void trainer_free (Trainer *trainer) {
  if (trainer == NULL) return;
  network_free(trainer->net);
  optimizer_free(trainer->optimizer);
  mem_free(trainer->order);
  mem_free(trainer->straight);
  mem_free(trainer->target);
  mem_free(trainer);
}

/* One optimizer update; returns the loss before it. */
static double step (Trainer *trainer, double rate) {
  if (trainer->cursor + trainer->batch > training_rows(trainer)) begin_epoch(trainer);
  dataset_gather(trainer->data, DATASET_TRAIN, trainer->batch, trainer->order + trainer->cursor,
                 network_input(trainer->net), trainer->target);
  trainer->cursor += trainer->batch;
  const double loss = network_gradient(trainer->net, trainer->batch, trainer->target);
  optimizer_step(trainer->optimizer, rate, network_gradient_of(trainer->net), network_weights(trainer->net));
  return loss;
}

int trainer_train (Trainer *trainer, int steps, const double *rates, double *losses) {
  int done = 0;
  while (done < steps) {
    losses[done] = step(trainer, rates[done]);
    if (!isfinite(losses[done++])) break;
  }
  return done;
}

/* Mean and variance of a part's first n targets. */
static double target_variance (const Dataset *data, DatasetPart part, int n) {
  const float *y = data->target + data->first[part];
  double mean = 0, variance = 0;
  for (int i = 0; i < n; i++) mean += (double)y[i] / n;
  for (int i = 0; i < n; i++) variance += pow((double)y[i] - mean, 2) / n;
  return variance;
}

TrainerScore trainer_evaluate (Trainer *trainer, DatasetPart part, int batches) {
  const Dataset *data = trainer->data;
  int rows = data->count[part];
  if (batches > 0 && batches < rows / trainer->batch) rows = batches * trainer->batch;
  double sum = 0;
  long long hits = 0;
  for (int first = 0; first < rows; first += trainer->batch) {
    const int n = rows - first < trainer->batch ? rows - first : trainer->batch;
    int right;
    for (int i = 0; i < n; i++) trainer->straight[i] = first + i;
    dataset_gather(data, part, n, trainer->straight, network_input(trainer->net), trainer->target);
    sum += n * network_loss(trainer->net, n, trainer->target, &right);
    hits += right;
  }
  TrainerScore score = { sum / rows, (double)hits / rows, (double)NAN, (double)NAN };
  if (data->task == DATASET_REGRESSION) {
    score.accuracy = (double)NAN;
    score.rmse = sqrt(score.loss) * data->target_deviation;
    score.r2 = 1 - score.loss / target_variance(data, part, rows);
  }
  return score;
}

Status trainer_save (Checkpoint **out, const Trainer *trainer) {
  const size_t rows = (size_t)training_rows(trainer), size = (size_t)network_size(trainer->net);
  *out = NULL;
  Checkpoint *c = mem_alloc(1, sizeof *c);
  if (c == NULL) return STATUS_NO_MEMORY;
  c->random = trainer->random;
  c->cursor = trainer->cursor;
  c->order = mem_alloc(rows, sizeof *c->order);
  c->weight = mem_alloc(size, sizeof *c->weight);
  c->optimizer = mem_alloc(optimizer_state_size(trainer->optimizer), 1);
  if (!c->order || !c->weight || !c->optimizer) {
    trainer_drop(c);
    return STATUS_NO_MEMORY;
  }
  memcpy(c->order, trainer->order, rows * sizeof *c->order);
  memcpy(c->weight, network_weights(trainer->net), size * sizeof *c->weight);
  optimizer_save(trainer->optimizer, c->optimizer);
  *out = c;
  return STATUS_OK;
}

void trainer_restore (Trainer *trainer, const Checkpoint *c) {
  trainer->random = c->random;
  trainer->cursor = c->cursor;
  memcpy(trainer->order, c->order, (size_t)training_rows(trainer) * sizeof *c->order);
  memcpy(network_weights(trainer->net), c->weight, (size_t)network_size(trainer->net) * sizeof *c->weight);
  optimizer_restore(trainer->optimizer, c->optimizer);
}

void trainer_drop (Checkpoint *c) {
  if (c == NULL) return;
  mem_free(c->order);
  mem_free(c->weight);
  mem_free(c->optimizer);
  mem_free(c);
}

int trainer_parameters (const Trainer *trainer) {
  return network_size(trainer->net);
}

#include "trainer.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "../numerics/mem.h"

/* Rows that an evaluation takes at a time, at least: small batches would waste BLAS. */
enum { EVALUATE_ROWS = 256 };

/* The part of the state that is not arrays: plain data. */
typedef struct Place {
  Random random;
  OptimizerCount count;
  int64_t cursor;     /* rows of the epoch already taken */
  int64_t averaged;   /* steps in the average; -1: none is kept */
} Place;

struct Trainer {
  Dataset *data;
  Network *network;
  Optimizer optimizer;
  int batch, rows, parameters, arrays;
  Place place;
  float *weights;    /* [parameters], followed by the optimizer's arrays [arrays*parameters] */
  float *gradient;   /* [parameters]; between steps scratch */
  float *average;    /* [parameters]; NULL until the first is begun */
  int *order;        /* [rows] training rows as this epoch takes them */
  float *inputs;     /* [capacity*inputs] rows gathered, and their targets */
  int *labels;       /* [capacity] */
  float *values;     /* [capacity] */
};

static Status check (const Dataset *data, const TrainerSettings *settings, Problem *problem) {
  int rows;
  dataset_rows(data, DATASET_TRAIN, &rows);
  if (settings->batch < 1)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "batch: at least 1 expected, not %d", settings->batch);
  if (settings->batch > rows)
    return problem_set(problem, STATUS_BAD_ARGUMENT, "batch: %d rows, but the training part has %d", settings->batch, rows);
  return optimizer_check(&settings->optimizer, problem);
}

static Status make_network (Trainer *trainer, const TrainerSettings *settings, Problem *problem) {
  NetworkShape shape = {
    .inputs = dataset_inputs(trainer->data), .outputs = dataset_outputs(trainer->data),
    .hidden = settings->hidden, .activation = settings->activation,
    .loss = dataset_task(trainer->data) == DATASET_CLASSES ? NETWORK_CROSS_ENTROPY : NETWORK_SQUARED,
  };
  memcpy(shape.width, settings->width, sizeof shape.width);
  const int capacity = settings->batch > EVALUATE_ROWS ? settings->batch : EVALUATE_ROWS;
  return network_create(&trainer->network, &shape, capacity, problem);
}

static Status allot (Trainer *trainer) {
  const size_t parameters = (size_t)trainer->parameters, capacity = (size_t)network_capacity(trainer->network);
  trainer->weights = mem_alloc(parameters * (size_t)(1 + trainer->arrays), sizeof(float));
  trainer->gradient = mem_alloc(parameters, sizeof(float));
  trainer->order = mem_alloc((size_t)trainer->rows, sizeof(int));
  trainer->inputs = mem_alloc(capacity * (size_t)dataset_inputs(trainer->data), sizeof(float));
  trainer->labels = mem_alloc(capacity, sizeof(int));
  trainer->values = mem_alloc(capacity, sizeof(float));
  return trainer->weights != NULL && trainer->gradient != NULL && trainer->order != NULL && trainer->inputs != NULL
         && trainer->labels != NULL && trainer->values != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

static void begin (Trainer *trainer, uint64_t seed) {
  trainer->place = (Place){ .random = random_seeded(seed), .averaged = -1 };
  network_init(trainer->network, &trainer->place.random, trainer->weights);
  const int *row = dataset_rows(trainer->data, DATASET_TRAIN, &trainer->rows);
  memcpy(trainer->order, row, (size_t)trainer->rows * sizeof *row);
  random_shuffle(&trainer->place.random, trainer->rows, trainer->order);
}

Status trainer_create (Trainer **out, Dataset *data, const TrainerSettings *settings, Problem *problem) {
  *out = NULL;
  Status status = check(data, settings, problem);
  if (status != STATUS_OK) return status;
  Trainer *trainer = mem_alloc(1, sizeof *trainer);
  if (trainer == NULL) return STATUS_NO_MEMORY;
  trainer->data = dataset_share(data);
  trainer->optimizer = settings->optimizer;
  trainer->batch = settings->batch;
  trainer->arrays = optimizer_arrays(&settings->optimizer);
  dataset_rows(data, DATASET_TRAIN, &trainer->rows);
  status = make_network(trainer, settings, problem);
  if (status == STATUS_OK) {
    trainer->parameters = network_parameters(trainer->network);
    status = allot(trainer);
  }
  if (status != STATUS_OK) {
    trainer_free(trainer);
    return status;
  }
  begin(trainer, settings->seed);
  *out = trainer;
  return STATUS_OK;
}

void trainer_free (Trainer *trainer) {
  if (trainer == NULL) return;
  dataset_free(trainer->data);
  network_free(trainer->network);
  mem_free(trainer->weights);
  mem_free(trainer->gradient);
  mem_free(trainer->average);
  mem_free(trainer->order);
  mem_free(trainer->inputs);
  mem_free(trainer->labels);
  mem_free(trainer->values);
  mem_free(trainer);
}

const Dataset *trainer_data (const Trainer *trainer) { return trainer->data; }
int trainer_parameters (const Trainer *trainer) { return trainer->parameters; }
long long trainer_steps (const Trainer *trainer) { return trainer->place.count.steps; }
const Optimizer *trainer_optimizer (const Trainer *trainer) { return &trainer->optimizer; }

static DatasetBatch gather (Trainer *trainer, int n, const int *row) {
  dataset_gather(trainer->data, n, row, trainer->inputs, trainer->labels, trainer->values);
  return (DatasetBatch){ .rows = n, .inputs = trainer->inputs, .labels = trainer->labels, .values = trainer->values };
}

static DatasetBatch next_batch (Trainer *trainer) {
  Place *place = &trainer->place;
  if (place->cursor + trainer->batch > trainer->rows) {
    random_shuffle(&place->random, trainer->rows, trainer->order);
    place->cursor = 0;
  }
  const int *row = trainer->order + place->cursor;
  place->cursor += trainer->batch;
  return gather(trainer, trainer->batch, row);
}

/* ---- the average of the weights ------------------------------------------- */

static Status allot_average (Trainer *trainer) {
  if (trainer->average == NULL) trainer->average = mem_alloc((size_t)trainer->parameters, sizeof(float));
  return trainer->average != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

Status trainer_average_start (Trainer *trainer, Problem *problem) {
  if (optimizer_is_schedule_free(&trainer->optimizer))
    return problem_set(problem, STATUS_BAD_ARGUMENT, "average: the weights of a schedule-free optimizer are an average already");
  const Status status = allot_average(trainer);
  if (status == STATUS_OK) trainer->place.averaged = 0;
  return status;
}

void trainer_average_stop (Trainer *trainer) { trainer->place.averaged = -1; }
long long trainer_averaged (const Trainer *trainer) { return trainer->place.averaged; }

void trainer_average_adopt (Trainer *trainer) {
  memcpy(trainer->weights, trainer->average, (size_t)trainer->parameters * sizeof(float));
  trainer_average_stop(trainer);
}

static void join_average (Trainer *trainer) {
  const double k = 8, t = (double)trainer->place.averaged++;
  const float share = (float)((k + 1) / (t + k + 1));   /* 1 at first: whatever the array held is gone */
  const int n = trainer->parameters;
  const float *restrict w = trainer->weights;
  float *restrict a = trainer->average;
  if (t == 0) memcpy(a, w, (size_t)n * sizeof(float));
  else for (int i = 0; i < n; i++) a[i] += share * (w[i] - a[i]);
}

/* ---- steps ---------------------------------------------------------------- */

static float *optimizer_state (const Trainer *trainer) { return trainer->weights + trainer->parameters; }

int trainer_train (Trainer *trainer, int n, const double *rate, const double *momentum, double *loss) {
  Optimizer optimizer = trainer->optimizer;
  for (int i = 0; i < n; i++) {
    const DatasetBatch batch = next_batch(trainer);
    loss[i] = network_gradient(trainer->network, trainer->weights, &batch, trainer->gradient);
    if (!isfinite(loss[i])) return i + 1;
    if (momentum != NULL) optimizer.momentum = optimizer.beta1 = momentum[i];
    optimizer_step(&optimizer, &trainer->place.count, rate[i], trainer->parameters,
                   trainer->weights, trainer->gradient, optimizer_state(trainer));
    if (trainer->place.averaged >= 0) join_average(trainer);
  }
  return n;
}

/* Sums over the rows seen so far. */
typedef struct Tally {
  double loss, right, target, target_square;
} Tally;

/* nan is never the largest. */
static bool is_largest (int k, const float *z, int label) {
  for (int j = 0; j < k; j++)
    if (j != label && !(z[label] > z[j] || (z[label] == z[j] && label < j))) return false;
  return true;
}

static void tally (Tally *sum, const Network *network, const DatasetBatch *batch, const float *z) {
  const int k = network_shape(network)->outputs;
  const bool classes = network_shape(network)->loss == NETWORK_CROSS_ENTROPY;
  for (int i = 0; i < batch->rows; i++, z += k) {
    sum->loss += network_loss(network, z, classes ? batch->labels[i] : 0, classes ? 0 : batch->values[i]);
    if (classes) {
      sum->right += is_largest(k, z, batch->labels[i]);
    } else {
      sum->target += (double)batch->values[i];
      sum->target_square += (double)batch->values[i] * (double)batch->values[i];
    }
  }
}

/* The weights to evaluate; x of a schedule-free optimizer is worked out where the gradient was. */
static const float *weights_of (Trainer *trainer, TrainerWeights which) {
  if (which == TRAINER_AVERAGE) return trainer->average;
  if (!optimizer_is_schedule_free(&trainer->optimizer)) return trainer->weights;
  optimizer_average(&trainer->optimizer, trainer->parameters, trainer->weights, optimizer_state(trainer), trainer->gradient);
  return trainer->gradient;
}

void trainer_evaluate (Trainer *trainer, TrainerWeights which, DatasetPart part, int batches, TrainerScore *score) {
  int count;
  const int *row = dataset_rows(trainer->data, part, &count);
  if (batches > 0 && batches < count / trainer->batch) count = batches * trainer->batch;
  const int capacity = network_capacity(trainer->network);
  const float *weights = weights_of(trainer, which);
  Tally sum = { 0 };
  for (int done = 0; done < count; done += capacity) {
    const DatasetBatch batch = gather(trainer, count - done < capacity ? count - done : capacity, row + done);
    tally(&sum, trainer->network, &batch,
          network_outputs(trainer->network, weights, batch.rows, batch.inputs));
  }
  const double spread = sum.target_square - sum.target * sum.target / count;
  score->loss = sum.loss / count;
  score->accuracy = sum.right / count;
  score->rmse = sqrt(score->loss) * dataset_unit(trainer->data);
  score->r2 = spread > 1e-12 * count ? 1 - sum.loss / spread : (double)NAN;
}

/* ---- the state as bytes: Place, weights and optimizer arrays, average, order - */

static size_t floats_size (const Trainer *trainer) {
  return (size_t)trainer->parameters * (size_t)(1 + trainer->arrays) * sizeof(float);
}

static size_t average_size (const Trainer *trainer, const Place *place) {
  return place->averaged >= 0 ? (size_t)trainer->parameters * sizeof(float) : 0;
}

static size_t order_size (const Trainer *trainer) {
  return (size_t)trainer->rows * sizeof(int);
}

static size_t state_size (const Trainer *trainer, const Place *place) {
  return sizeof(Place) + floats_size(trainer) + average_size(trainer, place) + order_size(trainer);
}

size_t trainer_state_size (const Trainer *trainer) { return state_size(trainer, &trainer->place); }

void trainer_save (const Trainer *trainer, void *state) {
  const size_t average = average_size(trainer, &trainer->place);
  unsigned char *byte = state;
  memcpy(byte, &trainer->place, sizeof(Place));
  memcpy(byte += sizeof(Place), trainer->weights, floats_size(trainer));
  byte += floats_size(trainer);
  if (average > 0) memcpy(byte, trainer->average, average);
  memcpy(byte + average, trainer->order, order_size(trainer));
}

static bool order_fits (const Trainer *trainer, const unsigned char *byte) {
  int rows[DATASET_PARTS], total = 0, row;
  for (int part = 0; part < DATASET_PARTS; part++) {
    dataset_rows(trainer->data, (DatasetPart)part, &rows[part]);
    total += rows[part];
  }
  for (int i = 0; i < trainer->rows; i++, byte += sizeof row) {
    memcpy(&row, byte, sizeof row);
    if (row < 0 || row >= total) return false;
  }
  return true;
}

static bool place_fits (const Trainer *trainer, const Place *place) {
  return place->count.steps >= 0 && place->cursor >= 0 && place->cursor <= trainer->rows && place->averaged >= -1;
}

static bool read_place (const Trainer *trainer, const void *state, size_t size, Place *place) {
  if (size < sizeof *place) return false;
  memcpy(place, state, sizeof *place);
  return place_fits(trainer, place) && size == state_size(trainer, place);
}

Status trainer_restore (Trainer *trainer, const void *state, size_t size) {
  const unsigned char *byte = state;
  Place place;
  if (!read_place(trainer, state, size, &place)) return STATUS_BAD_ARGUMENT;
  const size_t averaged = average_size(trainer, &place);
  const unsigned char *floats = byte + sizeof place, *average = floats + floats_size(trainer), *order = average + averaged;
  if (!order_fits(trainer, order)) return STATUS_BAD_ARGUMENT;
  if (averaged > 0 && allot_average(trainer) != STATUS_OK) return STATUS_NO_MEMORY;
  trainer->place = place;
  memcpy(trainer->weights, floats, floats_size(trainer));
  if (averaged > 0) memcpy(trainer->average, average, averaged);
  memcpy(trainer->order, order, order_size(trainer));
  return STATUS_OK;
}

Status trainer_blend (Trainer *trainer, const void *state, size_t size, double share) {
  const unsigned char *byte = state;
  Place place;
  if (!isfinite(share) || !read_place(trainer, state, size, &place)) return STATUS_BAD_ARGUMENT;
  byte += sizeof place;
  const int arrays = optimizer_is_schedule_free(&trainer->optimizer) ? 2 : 1;   /* x is of y and d, which stands first */
  for (size_t i = 0; i < (size_t)arrays * (size_t)trainer->parameters; i++, byte += sizeof(float)) {
    float kept;
    memcpy(&kept, byte, sizeof kept);
    trainer->weights[i] = (float)(1 - share) * trainer->weights[i] + (float)share * kept;   /* exact at 0 and at 1 */
  }
  return STATUS_OK;
}

#include "dataset.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "../numerics/mem.h"
#include "../numerics/random.h"

struct Dataset {
  int owners;
  DatasetTask task;
  int inputs, outputs;
  uint8_t *bytes;         /* [rows*inputs] images, or NULL; an input is (byte - shift) * scale */
  float shift, scale;
  float *cells;           /* [rows*inputs] a table, standardised, or NULL */
  int *labels;            /* [rows], or NULL */
  float *values;          /* [rows], or NULL */
  double unit;
  int *order;             /* [rows] row numbers, part after part */
  int first[DATASET_PARTS + 1];   /* part p is order[first[p] .. first[p+1]-1] */
};

static const uint64_t CUT_SEED = 1797;   /* of the cut into parts; changing it changes every result */

Dataset *dataset_share (Dataset *data) {
  data->owners++;
  return data;
}

void dataset_free (Dataset *data) {
  if (data == NULL || --data->owners > 0) return;
  mem_free(data->bytes);
  mem_free(data->cells);
  mem_free(data->labels);
  mem_free(data->values);
  mem_free(data->order);
  mem_free(data);
}

DatasetTask dataset_task (const Dataset *data) { return data->task; }
int dataset_inputs (const Dataset *data) { return data->inputs; }
int dataset_outputs (const Dataset *data) { return data->outputs; }
double dataset_unit (const Dataset *data) { return data->unit; }

const int *dataset_rows (const Dataset *data, DatasetPart part, int *count) {
  *count = data->first[part + 1] - data->first[part];
  return data->order + data->first[part];
}

static void scale_bytes (int n, const uint8_t *restrict bytes, float shift, float scale, float *restrict x) {
  for (int i = 0; i < n; i++) x[i] = ((float)bytes[i] - shift) * scale;
}

void dataset_gather (const Dataset *data, int n, const int *row, float *inputs, int *labels, float *values) {
  const size_t width = (size_t)data->inputs;
  for (int i = 0; i < n; i++) {
    float *x = inputs + (size_t)i * width;
    const size_t from = (size_t)row[i] * width;
    if (data->bytes != NULL) scale_bytes(data->inputs, data->bytes + from, data->shift, data->scale, x);
    else for (size_t j = 0; j < width; j++) x[j] = data->cells[from + j];
    if (data->task == DATASET_CLASSES) labels[i] = data->labels[row[i]];
    else values[i] = data->values[row[i]];
  }
}

/* An empty data set of 'rows' rows, cut: the rows in order but that the first
 * 'mixed' of them are permuted. NULL: no memory. */
static Dataset *cut (int rows, int mixed, int validation, int test) {
  Dataset *data = mem_alloc(1, sizeof *data);
  int *order = mem_alloc((size_t)rows, sizeof *order);
  if (data == NULL || order == NULL) {
    mem_free(data);
    mem_free(order);
    return NULL;
  }
  for (int i = 0; i < rows; i++) order[i] = i;
  Random random = random_seeded(CUT_SEED);
  random_shuffle(&random, mixed, order);
  data->owners = 1;
  data->unit = 1;
  data->order = order;
  data->first[DATASET_VALIDATION] = rows - test - validation;
  data->first[DATASET_TEST] = rows - test;
  data->first[DATASET_PARTS] = rows;
  return data;
}

/* ---- tables ------------------------------------------------------------- */

static int ascending (const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The target column as given, then sorted with repeats removed. */
typedef struct Targets {
  double *given;      /* [rows] */
  double *distinct;   /* [count] rising; room for [rows] */
  int count;
  bool whole;         /* whole numbers all */
} Targets;

static void sort_targets (Targets *targets, int rows) {
  qsort(targets->distinct, (size_t)rows, sizeof *targets->distinct, ascending);
  targets->whole = true;
  targets->count = 0;
  for (int i = 0; i < rows; i++) {
    const double value = targets->distinct[i];
    targets->whole = targets->whole && floor(value) == value;
    if (targets->count == 0 || value != targets->distinct[targets->count - 1]) targets->distinct[targets->count++] = value;
  }
}

static Status choose_task (const Targets *targets, DatasetTask *task, Problem *problem) {
  if (*task == DATASET_UNDECIDED)
    *task = targets->whole && targets->count <= DATASET_AUTO_CLASSES ? DATASET_CLASSES : DATASET_REGRESSION;
  if (targets->count < 2)
    return problem_set(problem, STATUS_BAD_DATA, "every row has the target %.6g: two different ones at least expected",
                       targets->distinct[0]);
  if (*task == DATASET_REGRESSION) return STATUS_OK;
  if (!targets->whole)
    return problem_set(problem, STATUS_BAD_DATA, "the targets are not all whole numbers, as classes are");
  if (targets->count > DATASET_MAX_CLASSES)
    return problem_set(problem, STATUS_BAD_DATA, "%d classes: at most %d expected", targets->count, DATASET_MAX_CLASSES);
  return STATUS_OK;
}

/* Mean and deviation of column j over the training rows; a deviation within
 * rounding of a constant is 0. */
static void moments (const Dataset *data, int columns, const double *cells, int j, double *mean, double *deviation) {
  int n;
  const int *row = dataset_rows(data, DATASET_TRAIN, &n);
  double sum = 0, square = 0;
  for (int i = 0; i < n; i++) sum += cells[(size_t)row[i] * (size_t)columns + (size_t)j];
  *mean = sum / n;
  for (int i = 0; i < n; i++) {
    const double distance = cells[(size_t)row[i] * (size_t)columns + (size_t)j] - *mean;
    square += distance * distance;
  }
  *deviation = sqrt(square / n);
  if (*deviation <= 1e-12 * fabs(*mean)) *deviation = 0;
}

/* Fill data->cells from every column but the target. */
static Status standardise (Dataset *data, int rows, int columns, const double *cells, int target, Problem *problem) {
  for (int j = 0, k = 0; j < columns; j++) {
    if (j == target) continue;
    double mean, deviation;
    moments(data, columns, cells, j, &mean, &deviation);
    if (!isfinite(mean) || !isfinite(deviation))
      return problem_set(problem, STATUS_BAD_DATA, "the numbers of column %d are too large", j + 1);
    const double scale = deviation > 0 ? 1 / deviation : 0;
    for (int i = 0; i < rows; i++)
      data->cells[(size_t)i * (size_t)data->inputs + (size_t)k]
        = (float)((cells[(size_t)i * (size_t)columns + (size_t)j] - mean) * scale);
    k++;
  }
  return STATUS_OK;
}

static Status label (Dataset *data, int rows, const Targets *targets) {
  data->outputs = targets->count;
  data->labels = mem_alloc((size_t)rows, sizeof *data->labels);
  if (data->labels == NULL) return STATUS_NO_MEMORY;
  for (int i = 0; i < rows; i++) {
    const double *place = bsearch(&targets->given[i], targets->distinct, (size_t)targets->count, sizeof *place, ascending);
    data->labels[i] = (int)(place - targets->distinct);
  }
  return STATUS_OK;
}

static Status value (Dataset *data, int rows, const Targets *targets, Problem *problem) {
  double mean;
  data->outputs = 1;
  moments(data, 1, targets->given, 0, &mean, &data->unit);
  if (!isfinite(mean) || !isfinite(data->unit))
    return problem_set(problem, STATUS_BAD_DATA, "the numbers of the target column are too large");
  if (data->unit == 0)
    return problem_set(problem, STATUS_BAD_DATA, "every training row has the target %.6g: nothing to learn", mean);
  data->values = mem_alloc((size_t)rows, sizeof *data->values);
  if (data->values == NULL) return STATUS_NO_MEMORY;
  for (int i = 0; i < rows; i++) data->values[i] = (float)((targets->given[i] - mean) / data->unit);
  return STATUS_OK;
}

static Status fill (Dataset *data, int rows, int columns, const double *cells, int target, Targets *targets,
                    Problem *problem) {
  data->cells = mem_alloc((size_t)rows * (size_t)data->inputs, sizeof *data->cells);
  if (data->cells == NULL) return STATUS_NO_MEMORY;
  Status status = choose_task(targets, &data->task, problem);
  if (status == STATUS_OK) status = standardise(data, rows, columns, cells, target, problem);
  if (status != STATUS_OK) return status;
  return data->task == DATASET_CLASSES ? label(data, rows, targets) : value(data, rows, targets, problem);
}

Status dataset_from_table (Dataset **out, int rows, int columns, const double *cells, int target, DatasetTask task,
                           Problem *problem) {
  *out = NULL;
  if (target < 0 || target >= columns) return STATUS_BAD_ARGUMENT;
  if (columns < 2)
    return problem_set(problem, STATUS_BAD_DATA, "one column: one at least is expected beside the target");
  if (rows < DATASET_MIN_ROWS)
    return problem_set(problem, STATUS_TOO_FEW, "%d rows of data: at least %d expected", rows, DATASET_MIN_ROWS);
  const int share = rows * 0.15 < 1 ? 1 : (int)(rows * 0.15);
  Dataset *data = cut(rows, rows, share, share);
  Targets targets = { .given = mem_alloc((size_t)rows, sizeof(double)), .distinct = mem_alloc((size_t)rows, sizeof(double)) };
  Status status = STATUS_NO_MEMORY;
  if (data != NULL && targets.given != NULL && targets.distinct != NULL) {
    data->task = task;
    data->inputs = columns - 1;
    for (int i = 0; i < rows; i++)
      targets.given[i] = targets.distinct[i] = cells[(size_t)i * (size_t)columns + (size_t)target];
    sort_targets(&targets, rows);
    status = fill(data, rows, columns, cells, target, &targets, problem);
  }
  mem_free(targets.given);
  mem_free(targets.distinct);
  if (status == STATUS_OK) *out = data;
  else dataset_free(data);
  return status;
}

/* ---- images ------------------------------------------------------------- */

/* Shift and scale that standardise the training part's pixels: sums of bytes are exact. */
static void scale_images (Dataset *data) {
  int n;
  const int *row = dataset_rows(data, DATASET_TRAIN, &n);
  const size_t width = (size_t)data->inputs;
  uint64_t sum = 0, square = 0;
  for (int i = 0; i < n; i++) {
    const uint8_t *byte = data->bytes + (size_t)row[i] * width;
    for (size_t j = 0; j < width; j++) {
      sum += byte[j];
      square += (uint32_t)byte[j] * byte[j];
    }
  }
  const double pixels = (double)n * (double)width;
  const double mean = (double)sum / pixels;
  const double variance = (double)square / pixels - mean * mean;
  data->shift = (float)mean;
  data->scale = variance > 0 ? (float)(1 / sqrt(variance)) : 0;
}

Status dataset_from_images (Dataset **out, int rows, int test, int inputs, uint8_t *pixels, const uint8_t *labels,
                            Problem *problem) {
  *out = NULL;
  const bool counts_fit = rows - test >= 6 && test > 0 && inputs > 0;
  Dataset *data = counts_fit ? cut(rows, rows - test, (rows - test) / 6, test) : NULL;
  int *copy = mem_alloc(counts_fit ? (size_t)rows : 1, sizeof *copy);
  if (data == NULL || copy == NULL) {
    dataset_free(data);
    mem_free(copy);
    mem_free(pixels);
    if (counts_fit) return STATUS_NO_MEMORY;
    return problem_set(problem, STATUS_TOO_FEW, "%d images to train on and %d to test: 6 and 1 at least expected",
                       rows - test, test);
  }
  data->task = DATASET_CLASSES;
  data->inputs = inputs;
  data->bytes = pixels;
  data->labels = copy;
  for (int i = 0; i < rows; i++) {
    copy[i] = labels[i];
    if (copy[i] >= data->outputs) data->outputs = copy[i] + 1;
  }
  if (data->outputs < 2) {
    dataset_free(data);
    return problem_set(problem, STATUS_BAD_DATA, "every image has the label 0: two different ones at least expected");
  }
  scale_images(data);
  *out = data;
  return STATUS_OK;
}

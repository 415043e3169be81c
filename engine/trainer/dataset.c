#include "dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../numerics/mem.h"
#include "../numerics/random.h"

enum { FEWEST_ROWS = 10, MOST_AUTO_CLASSES = 50, MOST_CLASSES = 10000 };

/* The order in which a table's rows are dealt out never depends on a run's seed:
 * else two runs would not be measured on the same validation part. */
enum { SPLIT_SEED = 20210521 };

void dataset_free (Dataset *data) {
  if (data == NULL) return;
  mem_free(data->bytes);
  mem_free(data->values);
  mem_free(data->target);
  mem_free(data);
}

static void set_parts (Dataset *data, int training, int validation, int test) {
  const int count[DATASET_PARTS] = { training, validation, test };
  for (int part = 0, first = 0; part < DATASET_PARTS; first += count[part++]) {
    data->first[part] = first;
    data->count[part] = count[part];
  }
}

static void scale_bytes (Dataset *data) {
  const size_t n = (size_t)data->count[DATASET_TRAIN] * (size_t)data->inputs;
  uint64_t sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) {
    sum += data->bytes[i];
    squares += (uint64_t)data->bytes[i] * data->bytes[i];
  }
  const double mean = (double)sum / (double)n;
  const double variance = (double)squares / (double)n - mean * mean;
  data->scale = variance > 0 ? (float)(1 / sqrt(variance)) : 0;
  data->shift = (float)(-mean * (double)data->scale);
}

Status dataset_from_bytes (Dataset **out, int inputs, int training, int validation, int test,
                           uint8_t *bytes, uint8_t *labels, Problem *problem) {
  *out = NULL;
  Dataset *data = mem_alloc(1, sizeof *data);
  Status status = STATUS_OK;
  if (inputs < 1 || validation < 1 || training <= validation || test < 1) status = STATUS_BAD_ARGUMENT;
  const int rows = training + test;
  if (data != NULL) {
    data->bytes = bytes;
    data->target = mem_alloc((size_t)rows, sizeof *data->target);
  }
  if (status == STATUS_OK && (data == NULL || data->target == NULL)) status = STATUS_NO_MEMORY;
  if (status == STATUS_OK) {
    int top = 0;
    for (int i = 0; i < rows; i++) {
      data->target[i] = labels[i];
      top = labels[i] > top ? labels[i] : top;
    }
    data->task = DATASET_CLASSES;
    data->inputs = inputs;
    data->classes = top + 1;
    data->target_deviation = 1;
    set_parts(data, training - validation, validation, test);
    scale_bytes(data);
    if (top == 0) status = problem_set(problem, STATUS_BAD_DATA, "every image has the same class: two are needed to learn from");
  }
  mem_free(labels);
  if (data == NULL) mem_free(bytes);
  if (status == STATUS_OK) *out = data;
  else dataset_free(data);
  return status;
}

static int compare (const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The distinct values of a column, ascending, in distinct[rows]; returns their number. */
static int distinct_targets (int rows, int columns, int target, const double *cells, double *distinct) {
  for (int i = 0; i < rows; i++) distinct[i] = cells[(size_t)i * (size_t)columns + target];
  qsort(distinct, (size_t)rows, sizeof *distinct, compare);
  int n = 0;
  for (int i = 0; i < rows; i++)
    if (n == 0 || distinct[i] != distinct[n - 1]) distinct[n++] = distinct[i];
  return n;
}

static DatasetTask task_of (DatasetWish wish, int n, const double *distinct) {
  if (wish != DATASET_AUTO) return wish == DATASET_WANT_CLASSES ? DATASET_CLASSES : DATASET_REGRESSION;
  if (n > MOST_AUTO_CLASSES) return DATASET_REGRESSION;
  for (int i = 0; i < n; i++) if (distinct[i] != floor(distinct[i])) return DATASET_REGRESSION;
  return DATASET_CLASSES;
}

/* Mean and deviation of n numbers; the deviation of constant ones is 0 exactly. */
static void moments (int n, const double *x, double *mean, double *deviation) {
  double sum = 0, squares = 0, largest = 0;
  for (int i = 0; i < n; i++) largest = fmax(largest, fabs(x[i]));
  const double unit = largest > 0 ? largest : 1;   /* squares must not overflow */
  for (int i = 0; i < n; i++) sum += x[i] / unit;
  *mean = sum / n;
  for (int i = 0; i < n; i++) squares += pow(x[i] / unit - *mean, 2);
  const double relative = sqrt(squares / n);
  *deviation = relative > 1e-12 ? relative * unit : 0;
  *mean *= unit;
}

/* Copy column 'from' of the dealt-out rows to column 'to' of the inputs. */
static void copy_input (Dataset *data, int rows, int columns, int from, int to, const int *order,
                        const double *cells, double *column) {
  double mean, deviation;
  for (int i = 0; i < rows; i++) column[i] = cells[(size_t)order[i] * (size_t)columns + from];
  moments(data->count[DATASET_TRAIN], column, &mean, &deviation);
  for (int i = 0; i < rows; i++)
    data->values[(size_t)i * (size_t)data->inputs + to] = deviation > 0 ? (float)((column[i] - mean) / deviation) : 0;
}

static void copy_targets (Dataset *data, int rows, int columns, int target, const int *order,
                          const double *cells, int n, const double *distinct, double *column) {
  for (int i = 0; i < rows; i++) column[i] = cells[(size_t)order[i] * (size_t)columns + target];
  data->target_deviation = 1;
  if (data->task == DATASET_REGRESSION) {
    moments(data->count[DATASET_TRAIN], column, &data->target_mean, &data->target_deviation);
    if (data->target_deviation == 0) data->target_deviation = 1;
  }
  for (int i = 0; i < rows; i++) {
    if (data->task == DATASET_REGRESSION) {
      data->target[i] = (float)((column[i] - data->target_mean) / data->target_deviation);
    } else {
      const double *found = bsearch(&column[i], distinct, (size_t)n, sizeof *distinct, compare);
      data->target[i] = (float)(found - distinct);
    }
  }
}

static Status check_targets (DatasetTask task, int n, Problem *problem) {
  if (task == DATASET_REGRESSION) return STATUS_OK;
  if (n < 2) return problem_set(problem, STATUS_BAD_DATA, "the target column has one class only; two are needed to learn from");
  if (n > MOST_CLASSES)
    return problem_set(problem, STATUS_BAD_DATA, "the target column has %d classes, at most %d expected; is it a regression?", n, MOST_CLASSES);
  return STATUS_OK;
}

static Status fill_from_table (Dataset *data, int rows, int columns, int target, DatasetWish wish,
                               const double *cells, int *order, double *distinct, double *column, Problem *problem) {
  const int n = distinct_targets(rows, columns, target, cells, distinct);
  data->task = task_of(wish, n, distinct);
  data->classes = data->task == DATASET_CLASSES ? n : 1;
  const Status status = check_targets(data->task, n, problem);
  if (status != STATUS_OK) return status;
  const int held_out = rows * 15 / 100 > 0 ? rows * 15 / 100 : 1;
  set_parts(data, rows - 2 * held_out, held_out, held_out);
  Random random = random_seeded(SPLIT_SEED);
  for (int i = 0; i < rows; i++) order[i] = i;
  random_shuffle(&random, rows, order);
  for (int from = 0, to = 0; from < columns; from++)
    if (from != target) copy_input(data, rows, columns, from, to++, order, cells, column);
  copy_targets(data, rows, columns, target, order, cells, n, distinct, column);
  return STATUS_OK;
}

Status dataset_from_table (Dataset **out, int rows, int columns, int target, DatasetWish wish,
                           const double *cells, Problem *problem) {
  *out = NULL;
  if (target < 0 || target >= columns) return STATUS_BAD_ARGUMENT;
  if (columns < 2) return problem_set(problem, STATUS_BAD_DATA, "no input column beside the target");
  if (rows < FEWEST_ROWS)
    return problem_set(problem, STATUS_BAD_DATA, "%d rows are too few to train, validate and test on; %d expected at least", rows, FEWEST_ROWS);
  Dataset *data = mem_alloc(1, sizeof *data);
  int *order = mem_alloc((size_t)rows, sizeof *order);
  double *work = mem_alloc(2 * (size_t)rows, sizeof *work);
  if (data != NULL) {
    data->inputs = columns - 1;
    data->values = mem_alloc((size_t)rows * (size_t)data->inputs, sizeof *data->values);
    data->target = mem_alloc((size_t)rows, sizeof *data->target);
  }
  Status status = STATUS_NO_MEMORY;
  if (order && work && data && data->values && data->target)
    status = fill_from_table(data, rows, columns, target, wish, cells, order, work, work + rows, problem);
  mem_free(work);
  mem_free(order);
  if (status == STATUS_OK) *out = data;
  else dataset_free(data);
  return status;
}

void dataset_gather (const Dataset *data, DatasetPart part, int n, const int *rows, float *x, float *y) {
  const size_t width = (size_t)data->inputs;
  for (int i = 0; i < n; i++, x += width) {
    const size_t row = (size_t)(data->first[part] + rows[i]);
    y[i] = data->target[row];
    if (data->bytes == NULL) {
      memcpy(x, data->values + row * width, width * sizeof *x);
    } else {
      const uint8_t *bytes = data->bytes + row * width;
      for (size_t j = 0; j < width; j++) x[j] = data->scale * (float)bytes[j] + data->shift;
    }
  }
}

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mem_rigged.h"
#include "numerics/mem.h"
#include "numerics/random.h"
#include "trainer/dataset.h"

enum { ROWS = 101, COLUMNS = 4, TARGET = 1 };

/* Columns: large and spread, the target, a constant, a small one. */
static void draw (double *cells, int classes) {
  Random random = random_seeded(2385);
  for (int i = 0; i < ROWS; i++, cells += COLUMNS) {
    cells[0] = 1e5 + 700 * random_normal(&random);
    cells[1] = classes > 0 ? (double)(int)random_below(&random, (uint64_t)classes) * 3 - 5 : 40 + 8 * random_normal(&random);
    cells[2] = 0.1;
    cells[3] = 1e-6 * random_normal(&random);
  }
}

static Dataset *make (int classes) {
  double cells[ROWS * COLUMNS];
  Dataset *data;
  draw(cells, classes);
  assert_int_equal(dataset_from_table(&data, ROWS, COLUMNS, cells, TARGET, DATASET_UNDECIDED, NULL), STATUS_OK);
  return data;
}

static void parts_share_no_row_and_leave_none (void **state) {
  (void)state;
  Dataset *data = make(3);
  int seen[ROWS] = { 0 }, count[DATASET_PARTS], moved = 0;
  for (int part = 0; part < DATASET_PARTS; part++) {
    const int *row = dataset_rows(data, (DatasetPart)part, &count[part]);
    for (int i = 0; i < count[part]; i++) seen[row[i]]++, moved += row[i] != i;
  }
  for (int i = 0; i < ROWS; i++) assert_int_equal(seen[i], 1);
  assert_int_equal(count[DATASET_VALIDATION], 15);
  assert_int_equal(count[DATASET_TEST], 15);
  assert_true(moved > ROWS / 2);
  dataset_free(data);
}

static void columns_are_standardised_by_the_training_part (void **state) {
  (void)state;
  Dataset *data = make(0);
  int n;
  float x[ROWS * 3], value[ROWS];
  const int *row = dataset_rows(data, DATASET_TRAIN, &n);
  dataset_gather(data, n, row, x, NULL, value);
  assert_int_equal(dataset_inputs(data), 3);
  assert_int_equal(dataset_outputs(data), 1);
  assert_int_equal(dataset_task(data), DATASET_REGRESSION);
  for (int j = 0; j < 4; j++) {
    double sum = 0, square = 0;
    for (int i = 0; i < n; i++) {
      const double v = j < 3 ? (double)x[3 * i + j] : (double)value[i];
      sum += v;
      square += v * v;
    }
    assert_true(fabs(sum / n) < 1e-6);
    assert_true(fabs(square / n - (j == 1 ? 0 : 1)) < 1e-5);   /* the constant column becomes 0 */
  }
  assert_true(fabs(dataset_unit(data) - 8) < 2);
  dataset_free(data);
}

static void classes_are_the_distinct_targets_in_order (void **state) {
  (void)state;
  double cells[ROWS * COLUMNS];
  float x[ROWS * 3];
  int label[ROWS], all[ROWS];
  Dataset *data = make(4);
  draw(cells, 4);
  for (int i = 0; i < ROWS; i++) all[i] = i;
  dataset_gather(data, ROWS, all, x, label, NULL);
  assert_int_equal(dataset_outputs(data), 4);
  for (int i = 0; i < ROWS; i++) assert_true(label[i] * 3 - 5 == cells[i * COLUMNS + TARGET]);
  assert_true(dataset_unit(data) == 1);
  dataset_free(data);
}

/* The task of n rows whose target is i / divisor, or the failure. */
static int task_of (int n, double divisor, DatasetTask wish) {
  double *cells = calloc(2 * (size_t)n, sizeof *cells);
  Dataset *data;
  for (int i = 0; i < n; i++) {
    cells[2 * i] = i * i;
    cells[2 * i + 1] = i / divisor;
  }
  const Status status = dataset_from_table(&data, n, 2, cells, 1, wish, NULL);
  const int task = status == STATUS_OK ? (int)dataset_task(data) : -(int)status;
  assert_true((status == STATUS_OK) == (data != NULL));
  dataset_free(data);
  free(cells);
  return task;
}

static void task_is_seen_from_the_target (void **state) {
  (void)state;
  assert_int_equal(task_of(50, 1, DATASET_UNDECIDED), DATASET_CLASSES);
  assert_int_equal(task_of(51, 1, DATASET_UNDECIDED), DATASET_REGRESSION);
  assert_int_equal(task_of(9, 2, DATASET_UNDECIDED), DATASET_REGRESSION);
  assert_int_equal(task_of(9, 1, DATASET_REGRESSION), DATASET_REGRESSION);
  assert_int_equal(task_of(51, 1, DATASET_CLASSES), DATASET_CLASSES);
  assert_int_equal(task_of(9, 2, DATASET_CLASSES), -STATUS_BAD_DATA);
  assert_int_equal(task_of(DATASET_MAX_CLASSES + 1, 1, DATASET_CLASSES), -STATUS_BAD_DATA);
  assert_int_equal(task_of(9, INFINITY, DATASET_UNDECIDED), -STATUS_BAD_DATA);
  assert_int_equal(task_of(2, 1, DATASET_UNDECIDED), -STATUS_TOO_FEW);
  assert_int_equal(task_of(0, 1, DATASET_UNDECIDED), -STATUS_TOO_FEW);
  assert_int_equal(task_of(3, 1, DATASET_UNDECIDED), DATASET_CLASSES);
}

static void bad_tables (void **state) {
  (void)state;
  const double huge[] = { 1e308, 0, -1e308, 1, 1e308, 0, -1e308, 1, 1e308, 0, 1e308, 2, 0, 0 }, column[] = { 1, 2, 3, 4 };
  Dataset *data;
  Problem problem = { "" };
  assert_int_equal(dataset_from_table(&data, 7, 2, huge, 1, DATASET_UNDECIDED, &problem), STATUS_BAD_DATA);
  assert_non_null(strstr(problem.text, "column 1"));
  assert_int_equal(dataset_from_table(&data, 7, 2, huge, 0, DATASET_REGRESSION, &problem), STATUS_BAD_DATA);
  assert_int_equal(dataset_from_table(&data, 4, 1, column, 0, DATASET_UNDECIDED, &problem), STATUS_BAD_DATA);
  assert_non_null(strstr(problem.text, "one column"));
  assert_int_equal(dataset_from_table(&data, 2, 2, column, 2, DATASET_UNDECIDED, &problem), STATUS_BAD_ARGUMENT);
  assert_null(data);
}

enum { IMAGES = 23, PIXELS = 6, TESTS = 5 };

static Status make_images (Dataset **out, int classes, Problem *problem) {
  uint8_t labels[IMAGES], *pixels = mem_alloc(IMAGES * PIXELS, 1);
  *out = NULL;
  if (pixels == NULL) return STATUS_NO_MEMORY;
  for (int i = 0; i < IMAGES * PIXELS; i++) pixels[i] = (uint8_t)(i * i % 256);
  for (int i = 0; i < IMAGES; i++) labels[i] = (uint8_t)(i % classes);
  return dataset_from_images(out, IMAGES, TESTS, PIXELS, pixels, labels, problem);
}

static void images (void **state) {
  (void)state;
  Dataset *data;
  assert_int_equal(make_images(&data, 7, NULL), STATUS_OK);
  int n, train, validation, label[IMAGES];
  float x[IMAGES * PIXELS];
  const int *row = dataset_rows(data, DATASET_TEST, &n);
  assert_int_equal(n, TESTS);
  for (int i = 0; i < n; i++) assert_int_equal(row[i], IMAGES - TESTS + i);
  dataset_rows(data, DATASET_VALIDATION, &validation);
  assert_int_equal(validation, 3);
  row = dataset_rows(data, DATASET_TRAIN, &train);
  assert_int_equal(train, 15);
  dataset_gather(data, train, row, x, label, NULL);
  double sum = 0, square = 0;
  for (int i = 0; i < train * PIXELS; i++) sum += (double)x[i], square += (double)x[i] * (double)x[i];
  assert_true(fabs(sum) < 1e-4);
  assert_true(fabs(square / (train * PIXELS) - 1) < 1e-5);
  for (int i = 0; i < train; i++) assert_int_equal(label[i], row[i] % 7);
  assert_int_equal(dataset_outputs(data), 7);
  dataset_free(data);
}

static void bad_images (void **state) {
  (void)state;
  const int alive = mem_live;
  Dataset *data;
  Problem problem = { "" };
  assert_int_equal(make_images(&data, 1, &problem), STATUS_BAD_DATA);
  assert_null(data);
  const uint8_t labels[4] = { 0, 1, 2, 3 };
  assert_int_equal(dataset_from_images(&data, 4, 4, 1, mem_alloc(4, 1), labels, &problem), STATUS_TOO_FEW);
  assert_null(data);
  assert_int_equal(mem_live, alive);   /* the pixels it took over are freed */
}

static void shared (void **state) {
  (void)state;
  const int alive = mem_live;
  Dataset *data = make(3), *share = dataset_share(data);
  dataset_free(data);
  assert_int_equal(dataset_inputs(share), 3);
  dataset_free(share);
  assert_int_equal(mem_live, alive);
  dataset_free(NULL);
}

static void no_memory (void **state) {
  (void)state;
  double cells[ROWS * COLUMNS];
  for (int classes = 0; classes < 4; classes += 3) {
    draw(cells, classes);
    EACH_ALLOCATION_FAILS({
      Dataset *data;
      status = dataset_from_table(&data, ROWS, COLUMNS, cells, TARGET, DATASET_UNDECIDED, NULL);
      assert_true((status == STATUS_OK) == (data != NULL));
      dataset_free(data);
    });
  }
  EACH_ALLOCATION_FAILS({
    Dataset *data;
    status = make_images(&data, 3, NULL);
    assert_true((status == STATUS_OK) == (data != NULL));
    dataset_free(data);
  });
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(parts_share_no_row_and_leave_none), cmocka_unit_test(columns_are_standardised_by_the_training_part),
    cmocka_unit_test(classes_are_the_distinct_targets_in_order), cmocka_unit_test(task_is_seen_from_the_target),
    cmocka_unit_test(bad_tables), cmocka_unit_test(images), cmocka_unit_test(bad_images), cmocka_unit_test(shared),
    cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

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
#include "trainer/trainer.h"

enum { ROWS = 120, COLUMNS = 4, BATCH = 7 };

/* y = 2 a - 3 b + 5 exactly, or which of three it is near. */
static Dataset *make (bool classes) {
  double cells[ROWS * COLUMNS], *cell = cells;
  Random random = random_seeded(2385);
  for (int i = 0; i < ROWS; i++, cell += COLUMNS) {
    for (int j = 0; j < 3; j++) cell[j] = random_normal(&random);
    cell[3] = 2 * cell[0] - 3 * cell[1] + 5;
    if (classes) cell[3] = cell[3] < 3 ? 0 : cell[3] < 7 ? 1 : 2;
  }
  Dataset *data;
  assert_int_equal(dataset_from_table(&data, ROWS, COLUMNS, cells, 3, DATASET_UNDECIDED, NULL), STATUS_OK);
  return data;
}

static const Optimizer SGD = { OPTIMIZER_SGD, 0.9, false, 0, 0, 0, 0 };
static const Optimizer ADAM = { OPTIMIZER_ADAM, 0, false, 0.9, 0.999, 1e-8, 0 };

static Trainer *train_on (Dataset *data, TrainerSettings settings) {
  Trainer *trainer;
  if (settings.batch == 0) settings.batch = BATCH;
  assert_int_equal(trainer_create(&trainer, data, &settings, NULL), STATUS_OK);
  return trainer;
}

static Trainer *make_trainer (bool classes, TrainerSettings settings) {
  Dataset *data = make(classes);
  Trainer *trainer = train_on(data, settings);
  dataset_free(data);   /* the trainer has its own share */
  return trainer;
}

static void constant (int n, double *rate, double value) {
  for (int i = 0; i < n; i++) rate[i] = value;
}

static void linear_regression_finds_the_line (void **state) {
  (void)state;
  enum { STEPS = 500 };
  double rate[STEPS], loss[STEPS];
  Trainer *trainer = make_trainer(false, (TrainerSettings){ .optimizer = SGD, .seed = 1 });
  assert_int_equal(trainer_parameters(trainer), 4);
  constant(STEPS, rate, 0.02);
  assert_int_equal(trainer_train(trainer, STEPS, rate, loss), STEPS);
  assert_int_equal(trainer_steps(trainer), STEPS);
  TrainerScore score;
  trainer_evaluate(trainer, DATASET_TEST, 0, &score);
  assert_true(score.rmse < 1e-4);
  assert_true(fabs(score.r2 - 1) < 1e-6);
  assert_true(fabs(score.rmse - sqrt(score.loss) * dataset_unit(trainer_data(trainer))) < 1e-9);
  trainer_free(trainer);
}

static void classes_are_learnt (void **state) {
  (void)state;
  enum { STEPS = 1500 };
  double rate[STEPS], loss[STEPS];
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 2, .width = { 16, 8 }, .optimizer = ADAM, .seed = 3 });
  constant(STEPS, rate, 0.01);
  assert_int_equal(trainer_train(trainer, STEPS, rate, loss), STEPS);
  TrainerScore score;
  trainer_evaluate(trainer, DATASET_TRAIN, 0, &score);
  assert_true(score.accuracy == 1 && score.loss < 0.05);
  trainer_evaluate(trainer, DATASET_TEST, 0, &score);
  assert_true(score.accuracy > 0.7);
  trainer_free(trainer);
}

/* At rate 0 the batches of an epoch average to the loss of the training part, if each row is in one. */
static void an_epoch_takes_every_row_once (void **state) {
  (void)state;
  double rate[12] = { 0 }, loss[12];
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .optimizer = SGD, .batch = 84 / BATCH, .seed = 1 });
  TrainerScore score;
  trainer_evaluate(trainer, DATASET_TRAIN, 0, &score);
  for (int epoch = 0; epoch < 3; epoch++) {
    assert_int_equal(trainer_train(trainer, BATCH, rate, loss), BATCH);
    double sum = 0;
    for (int i = 0; i < BATCH; i++) sum += loss[i];
    assert_true(fabs(sum / BATCH - score.loss) < 1e-6);
  }
  trainer_free(trainer);
}

/* Training after a restore repeats bit for bit, over ends of epochs, from several checkpoints. */
static void restore_repeats (void **state) {
  (void)state;
  const Optimizer optimizers[] = { SGD, ADAM };
  for (int o = 0; o < 2; o++) {
    enum { STEPS = 40 };
    double rate[STEPS], first[STEPS], again[STEPS];
    Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = optimizers[o] });
    const size_t size = trainer_state_size(trainer);
    void *start = malloc(size), *middle = malloc(size);
    TrainerScore score, same;
    constant(STEPS, rate, 0.03);
    trainer_save(trainer, start);
    trainer_train(trainer, 17, rate, first);
    trainer_save(trainer, middle);
    trainer_train(trainer, STEPS - 17, rate, first + 17);
    trainer_evaluate(trainer, DATASET_VALIDATION, 0, &score);
    assert_int_equal(trainer_restore(trainer, middle, size), STATUS_OK);
    assert_int_equal(trainer_steps(trainer), 17);
    trainer_evaluate(trainer, DATASET_VALIDATION, 2, &same);   /* changes nothing that follows */
    trainer_train(trainer, STEPS - 17, rate, again);
    assert_memory_equal(again, first + 17, (STEPS - 17) * sizeof *first);
    assert_int_equal(trainer_restore(trainer, start, size), STATUS_OK);
    trainer_train(trainer, STEPS, rate, again);
    assert_memory_equal(again, first, sizeof first);
    trainer_evaluate(trainer, DATASET_VALIDATION, 0, &same);
    assert_true(same.loss == score.loss && same.accuracy == score.accuracy);
    free(start), free(middle);
    trainer_free(trainer);
  }
}

static void the_seed_decides (void **state) {
  (void)state;
  double rate[20], loss[3][20];
  constant(20, rate, 0.05);
  for (int i = 0; i < 3; i++) {
    Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = SGD, .seed = i == 2 ? 8 : 7 });
    trainer_train(trainer, 20, rate, loss[i]);
    trainer_free(trainer);
  }
  assert_memory_equal(loss[0], loss[1], sizeof *loss);
  for (int i = 0; i < 20; i++) assert_true(loss[0][i] != loss[2][i]);
}

static void stops_after_a_loss_that_is_not_finite (void **state) {
  (void)state;
  double rate[9], loss[9] = { 0 };
  constant(9, rate, 1e38);
  Trainer *trainer = make_trainer(false, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = SGD });
  void *start = malloc(trainer_state_size(trainer));
  trainer_save(trainer, start);
  const int taken = trainer_train(trainer, 9, rate, loss);
  assert_in_range(taken, 2, 8);
  for (int i = 0; i < taken; i++) assert_int_equal(isfinite(loss[i]) != 0, i < taken - 1);
  for (int i = taken; i < 9; i++) assert_true(loss[i] == 0);
  TrainerScore score;
  trainer_evaluate(trainer, DATASET_VALIDATION, 0, &score);
  assert_false(isfinite(score.loss));
  assert_int_equal(trainer_train(trainer, 9, rate, loss), 1);
  assert_int_equal(trainer_restore(trainer, start, trainer_state_size(trainer)), STATUS_OK);
  constant(9, rate, 0.01);
  assert_int_equal(trainer_train(trainer, 9, rate, loss), 9);
  free(start);
  trainer_free(trainer);
}

static void nan_outputs_are_never_right (void **state) {
  (void)state;
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = SGD });
  const size_t size = trainer_state_size(trainer), weights = sizeof(Random) + 2 * sizeof(int64_t);
  unsigned char *bytes = malloc(size);
  trainer_save(trainer, bytes);
  memset(bytes + weights, 0xFF, (size_t)trainer_parameters(trainer) * sizeof(float));   /* every one a nan */
  assert_int_equal(trainer_restore(trainer, bytes, size), STATUS_OK);
  TrainerScore score;
  trainer_evaluate(trainer, DATASET_TRAIN, 0, &score);
  assert_true(isnan(score.loss) && score.accuracy == 0);
  free(bytes);
  trainer_free(trainer);
}

/* The first batches alone: the loss of so many rows, and of no more than there are. */
static void evaluates_on_some_batches (void **state) {
  (void)state;
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = SGD, .batch = 9 });
  TrainerScore one, two, all, more;
  trainer_evaluate(trainer, DATASET_VALIDATION, 1, &one);
  trainer_evaluate(trainer, DATASET_VALIDATION, 2, &two);   /* 18 rows: all of them */
  trainer_evaluate(trainer, DATASET_VALIDATION, 0, &all);
  trainer_evaluate(trainer, DATASET_VALIDATION, 1 << 30, &more);
  assert_true(one.loss != two.loss);
  assert_true(two.loss == all.loss && more.loss == all.loss);
  assert_true(fabs(one.accuracy * 9 - round(one.accuracy * 9)) < 1e-12);
  trainer_free(trainer);
}

static void refuses_what_is_no_state_of_its_own (void **state) {
  (void)state;
  double rate[5] = { 0.1, 0.1, 0.1, 0.1, 0.1 }, loss[5], after[5];
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .optimizer = SGD }),
          *other = make_trainer(true, (TrainerSettings){ .optimizer = ADAM });
  const size_t size = trainer_state_size(trainer), others = trainer_state_size(other);
  unsigned char *good = malloc(size), *bad = malloc(size), *foreign = malloc(others);
  trainer_save(trainer, good);
  trainer_save(other, foreign);
  trainer_train(trainer, 5, rate, loss);
  trainer_restore(trainer, good, size);
  assert_int_equal(trainer_restore(trainer, foreign, others), STATUS_BAD_ARGUMENT);
  const int wrong_row = ROWS;
  memcpy(bad, good, size);
  memcpy(bad + size - sizeof wrong_row, &wrong_row, sizeof wrong_row);
  assert_int_equal(trainer_restore(trainer, bad, size), STATUS_BAD_ARGUMENT);
  memcpy(bad, good, size);
  memset(bad + sizeof(Random) + sizeof(int64_t), 0x7F, sizeof(int64_t));   /* the place in the epoch */
  assert_int_equal(trainer_restore(trainer, bad, size), STATUS_BAD_ARGUMENT);
  trainer_train(trainer, 5, rate, after);
  assert_memory_equal(loss, after, sizeof loss);
  free(good), free(bad), free(foreign);
  trainer_free(trainer);
  trainer_free(other);
}

static void bad_settings (void **state) {
  (void)state;
  Dataset *data = make(true);
  Trainer *trainer;
  Problem problem = { "" };
  TrainerSettings settings = { .optimizer = SGD, .batch = 85 };
  assert_int_equal(trainer_create(&trainer, data, &settings, &problem), STATUS_BAD_ARGUMENT);
  assert_null(trainer);
  assert_string_equal(problem.text, "batch: 85 rows, but the training part has 84");
  settings.batch = 0;
  assert_int_equal(trainer_create(&trainer, data, &settings, &problem), STATUS_BAD_ARGUMENT);
  settings.batch = 84;
  settings.optimizer.momentum = 1;
  assert_int_equal(trainer_create(&trainer, data, &settings, &problem), STATUS_BAD_ARGUMENT);
  settings.optimizer.momentum = 0;
  settings.hidden = 1;
  assert_int_equal(trainer_create(&trainer, data, &settings, &problem), STATUS_BAD_ARGUMENT);
  dataset_free(data);
}

static void no_memory (void **state) {
  (void)state;
  Dataset *data = make(true);
  const TrainerSettings settings = { .hidden = 1, .width = { 5 }, .optimizer = ADAM, .batch = BATCH };
  EACH_ALLOCATION_FAILS({
    Trainer *trainer;
    status = trainer_create(&trainer, data, &settings, NULL);
    assert_true((status == STATUS_OK) == (trainer != NULL));
    trainer_free(trainer);
  });
  dataset_free(data);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(linear_regression_finds_the_line), cmocka_unit_test(classes_are_learnt),
    cmocka_unit_test(an_epoch_takes_every_row_once), cmocka_unit_test(restore_repeats), cmocka_unit_test(the_seed_decides),
    cmocka_unit_test(stops_after_a_loss_that_is_not_finite), cmocka_unit_test(nan_outputs_are_never_right),
    cmocka_unit_test(evaluates_on_some_batches), cmocka_unit_test(refuses_what_is_no_state_of_its_own),
    cmocka_unit_test(bad_settings), cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

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
static const Optimizer FREE_SGD = { OPTIMIZER_SCHEDULEFREE_SGD, 0.9, false, 0, 0, 0, 0 };
static const Optimizer FREE_ADAMW = { OPTIMIZER_SCHEDULEFREE_ADAMW, 0, false, 0.9, 0.999, 1e-8, 0.01 };

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
  assert_int_equal(trainer_train(trainer, STEPS, rate, NULL, loss), STEPS);
  assert_int_equal(trainer_steps(trainer), STEPS);
  TrainerScore score;
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_TEST, 0, &score);
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
  assert_int_equal(trainer_train(trainer, STEPS, rate, NULL, loss), STEPS);
  TrainerScore score;
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_TRAIN, 0, &score);
  assert_true(score.accuracy == 1 && score.loss < 0.05);
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_TEST, 0, &score);
  assert_true(score.accuracy > 0.7);
  trainer_free(trainer);
}

/* At rate 0 the batches of an epoch average to the loss of the training part, if each row is in one. */
static void an_epoch_takes_every_row_once (void **state) {
  (void)state;
  double rate[12] = { 0 }, loss[12];
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .optimizer = SGD, .batch = 84 / BATCH, .seed = 1 });
  TrainerScore score;
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_TRAIN, 0, &score);
  for (int epoch = 0; epoch < 3; epoch++) {
    assert_int_equal(trainer_train(trainer, BATCH, rate, NULL, loss), BATCH);
    double sum = 0;
    for (int i = 0; i < BATCH; i++) sum += loss[i];
    assert_true(fabs(sum / BATCH - score.loss) < 1e-6);
  }
  trainer_free(trainer);
}

/* Training after a restore repeats bit for bit, over ends of epochs, from several checkpoints. */
static void restore_repeats (void **state) {
  (void)state;
  const Optimizer optimizers[] = { SGD, ADAM, FREE_SGD, FREE_ADAMW };
  for (int o = 0; o < 4; o++) {
    enum { STEPS = 40 };
    double rate[STEPS], first[STEPS], again[STEPS];
    Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = optimizers[o] });
    const size_t size = trainer_state_size(trainer);
    void *start = malloc(size), *middle = malloc(size);
    TrainerScore score, same;
    constant(STEPS, rate, 0.03);
    trainer_save(trainer, start);
    trainer_train(trainer, 17, rate, NULL, first);
    trainer_save(trainer, middle);
    trainer_train(trainer, STEPS - 17, rate, NULL, first + 17);
    trainer_evaluate(trainer, TRAINER_NOW, DATASET_VALIDATION, 0, &score);
    assert_int_equal(trainer_restore(trainer, middle, size), STATUS_OK);
    assert_int_equal(trainer_steps(trainer), 17);
    trainer_evaluate(trainer, TRAINER_NOW, DATASET_VALIDATION, 2, &same);   /* changes nothing that follows */
    trainer_train(trainer, STEPS - 17, rate, NULL, again);
    assert_memory_equal(again, first + 17, (STEPS - 17) * sizeof *first);
    assert_int_equal(trainer_restore(trainer, start, size), STATUS_OK);
    trainer_train(trainer, STEPS, rate, NULL, again);
    assert_memory_equal(again, first, sizeof first);
    trainer_evaluate(trainer, TRAINER_NOW, DATASET_VALIDATION, 0, &same);
    assert_true(same.loss == score.loss && same.accuracy == score.accuracy);
    free(start), free(middle);
    trainer_free(trainer);
  }
}

/* Weights as they lie in a saved state. */
static const float *saved_weights (const Trainer *trainer, unsigned char *bytes) {
  trainer_save(trainer, bytes);
  return (const float *)(bytes + sizeof(Random) + sizeof(OptimizerCount) + 2 * sizeof(int64_t));
}

/* w, the mean of the weights as the formula has it, in double precision. */
static void the_average_is_that_of_the_formula (void **state) {
  (void)state;
  enum { STEPS = 60, MOST = 64 };
  double mean[MOST] = { 0 }, rate = 0.05, loss;
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = SGD });
  const int n = trainer_parameters(trainer);
  assert_in_range(n, 1, MOST);
  trainer_train(trainer, 1, &rate, NULL, &loss);
  assert_int_equal(trainer_averaged(trainer), -1);
  assert_int_equal(trainer_average_start(trainer, NULL), STATUS_OK);
  unsigned char *bytes = malloc(trainer_state_size(trainer));
  for (int t = 0; t < STEPS; t++) {
    trainer_train(trainer, 1, &rate, NULL, &loss);
    const float *w = saved_weights(trainer, bytes);
    for (int i = 0; i < n; i++) mean[i] += 9.0 / (t + 9) * ((double)w[i] - mean[i]);
  }
  assert_int_equal(trainer_averaged(trainer), STEPS);
  TrainerScore now, average, adopted;
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_VALIDATION, 0, &now);
  trainer_evaluate(trainer, TRAINER_AVERAGE, DATASET_VALIDATION, 0, &average);
  assert_true(now.loss != average.loss);
  trainer_average_adopt(trainer);
  assert_int_equal(trainer_averaged(trainer), -1);
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_VALIDATION, 0, &adopted);
  assert_true(adopted.loss == average.loss);
  const float *w = saved_weights(trainer, bytes);
  for (int i = 0; i < n; i++) assert_true(fabs((double)w[i] - mean[i]) < 1e-5);
  free(bytes);
  trainer_free(trainer);
}

/* It does not touch the training; checkpoints hold it; begun anew it forgets. */
static void an_average_is_kept_beside (void **state) {
  (void)state;
  enum { STEPS = 20 };
  double rate[STEPS], loss[STEPS], same[STEPS];
  constant(STEPS, rate, 0.05);
  const TrainerSettings settings = { .hidden = 1, .width = { 5 }, .optimizer = ADAM };
  Trainer *plain = make_trainer(true, settings), *trainer = make_trainer(true, settings);
  TrainerScore first, again, other;
  assert_int_equal(trainer_average_start(trainer, NULL), STATUS_OK);
  trainer_train(plain, STEPS, rate, NULL, loss);
  trainer_train(trainer, STEPS, rate, NULL, same);
  assert_memory_equal(loss, same, sizeof loss);
  const size_t size = trainer_state_size(trainer);
  assert_true(size == trainer_state_size(plain) + (size_t)trainer_parameters(trainer) * sizeof(float));
  void *saved = malloc(size), *without = malloc(trainer_state_size(plain));
  trainer_save(trainer, saved);
  trainer_save(plain, without);
  trainer_train(trainer, STEPS, rate, NULL, loss);
  trainer_evaluate(trainer, TRAINER_AVERAGE, DATASET_VALIDATION, 0, &first);
  assert_int_equal(trainer_restore(plain, saved, size), STATUS_OK);   /* another trainer, the first average of its life */
  assert_int_equal(trainer_averaged(plain), STEPS);
  trainer_train(plain, STEPS, rate, NULL, same);
  trainer_evaluate(plain, TRAINER_AVERAGE, DATASET_VALIDATION, 0, &again);
  assert_memory_equal(loss, same, sizeof loss);
  assert_true(first.loss == again.loss);
  assert_int_equal(trainer_restore(trainer, without, size), STATUS_BAD_ARGUMENT);
  assert_int_equal(trainer_restore(trainer, without, size - (size_t)trainer_parameters(trainer) * sizeof(float)), STATUS_OK);
  assert_int_equal(trainer_averaged(trainer), -1);
  trainer_train(plain, STEPS, rate, NULL, same);
  assert_int_equal(trainer_average_start(plain, NULL), STATUS_OK);
  trainer_train(plain, 1, rate, NULL, same);
  trainer_evaluate(plain, TRAINER_AVERAGE, DATASET_VALIDATION, 0, &again);
  trainer_evaluate(plain, TRAINER_NOW, DATASET_VALIDATION, 0, &other);
  assert_true(again.loss == other.loss);   /* one step is its own average */
  free(saved), free(without);
  trainer_free(plain);
  trainer_free(trainer);
}

static void schedule_free_is_evaluated_at_its_average (void **state) {
  (void)state;
  enum { STEPS = 400 };
  double rate[STEPS], loss[STEPS];
  constant(STEPS, rate, 0.5);
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 16 }, .optimizer = FREE_SGD, .seed = 3 });
  TrainerScore before, after;
  Problem problem;
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_TRAIN, 0, &before);
  assert_int_equal(trainer_train(trainer, STEPS, rate, NULL, loss), STEPS);
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_TRAIN, 0, &after);
  assert_true(after.loss < 0.3 * before.loss);
  assert_int_equal(trainer_average_start(trainer, &problem), STATUS_BAD_ARGUMENT);
  assert_non_null(strstr(problem.text, "average already"));
  assert_int_equal(trainer_averaged(trainer), -1);
  trainer_free(trainer);
}

static void the_momentum_may_change (void **state) {
  (void)state;
  double rate[9], momentum[9], loss[9], same[9], other[9];
  constant(9, rate, 0.05);
  constant(9, momentum, 0.9);
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .optimizer = SGD }),
          *told = make_trainer(true, (TrainerSettings){ .optimizer = SGD }),
          *changed = make_trainer(true, (TrainerSettings){ .optimizer = SGD });
  trainer_train(trainer, 9, rate, NULL, loss);
  trainer_train(told, 9, rate, momentum, same);
  momentum[4] = 0.5;
  trainer_train(changed, 9, rate, momentum, other);
  assert_memory_equal(loss, same, sizeof loss);
  assert_memory_equal(loss, other, 5 * sizeof *loss);
  for (int i = 5; i < 9; i++) assert_true(loss[i] != other[i]);
  trainer_free(trainer), trainer_free(told), trainer_free(changed);
}

static void the_seed_decides (void **state) {
  (void)state;
  double rate[20], loss[3][20];
  constant(20, rate, 0.05);
  for (int i = 0; i < 3; i++) {
    Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = SGD, .seed = i == 2 ? 8 : 7 });
    trainer_train(trainer, 20, rate, NULL, loss[i]);
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
  const int taken = trainer_train(trainer, 9, rate, NULL, loss);
  assert_in_range(taken, 2, 8);
  for (int i = 0; i < taken; i++) assert_int_equal(isfinite(loss[i]) != 0, i < taken - 1);
  for (int i = taken; i < 9; i++) assert_true(loss[i] == 0);
  TrainerScore score;
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_VALIDATION, 0, &score);
  assert_false(isfinite(score.loss));
  assert_int_equal(trainer_train(trainer, 9, rate, NULL, loss), 1);
  assert_int_equal(trainer_restore(trainer, start, trainer_state_size(trainer)), STATUS_OK);
  constant(9, rate, 0.01);
  assert_int_equal(trainer_train(trainer, 9, rate, NULL, loss), 9);
  free(start);
  trainer_free(trainer);
}

static void nan_outputs_are_never_right (void **state) {
  (void)state;
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = SGD });
  const size_t size = trainer_state_size(trainer),
               weights = sizeof(Random) + sizeof(OptimizerCount) + 2 * sizeof(int64_t);
  unsigned char *bytes = malloc(size);
  trainer_save(trainer, bytes);
  memset(bytes + weights, 0xFF, (size_t)trainer_parameters(trainer) * sizeof(float));   /* every one a nan */
  assert_int_equal(trainer_restore(trainer, bytes, size), STATUS_OK);
  TrainerScore score;
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_TRAIN, 0, &score);
  assert_true(isnan(score.loss) && score.accuracy == 0);
  free(bytes);
  trainer_free(trainer);
}

/* The first batches alone: the loss of so many rows, and of no more than there are. */
static void evaluates_on_some_batches (void **state) {
  (void)state;
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = SGD, .batch = 9 });
  TrainerScore one, two, all, more;
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_VALIDATION, 1, &one);
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_VALIDATION, 2, &two);   /* 18 rows: all of them */
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_VALIDATION, 0, &all);
  trainer_evaluate(trainer, TRAINER_NOW, DATASET_VALIDATION, 1 << 30, &more);
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
  trainer_train(trainer, 5, rate, NULL, loss);
  trainer_restore(trainer, good, size);
  assert_int_equal(trainer_restore(trainer, foreign, others), STATUS_BAD_ARGUMENT);
  const int wrong_row = ROWS;
  memcpy(bad, good, size);
  memcpy(bad + size - sizeof wrong_row, &wrong_row, sizeof wrong_row);
  assert_int_equal(trainer_restore(trainer, bad, size), STATUS_BAD_ARGUMENT);
  memcpy(bad, good, size);
  memset(bad + sizeof(Random) + sizeof(OptimizerCount), 0x7F, sizeof(int64_t));   /* the place in the epoch */
  assert_int_equal(trainer_restore(trainer, bad, size), STATUS_BAD_ARGUMENT);
  trainer_train(trainer, 5, rate, NULL, after);
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
    if (status == STATUS_OK) {
      status = trainer_average_start(trainer, NULL);
      assert_true((trainer_averaged(trainer) == 0) == (status == STATUS_OK));
    }
    trainer_free(trainer);
  });
  dataset_free(data);
}

/* Halfway lie the means, 0 and 1 are exact, and what is no state changes nothing. */
static void blends_with_a_state (void **state) {
  (void)state;
  enum { STEPS = 20, MOST = 64 };
  double rate[STEPS], loss[STEPS];
  float early[MOST], late[MOST];
  Trainer *trainer = make_trainer(true, (TrainerSettings){ .hidden = 1, .width = { 5 }, .optimizer = SGD });
  const int n = trainer_parameters(trainer);
  const size_t size = trainer_state_size(trainer), weights = (size_t)n * sizeof(float);
  unsigned char *start = malloc(size), *end = malloc(size), *bytes = malloc(size);
  for (int t = 0; t < STEPS; t++) rate[t] = 0.05;
  memcpy(early, saved_weights(trainer, start), weights);
  trainer_train(trainer, STEPS, rate, NULL, loss);
  memcpy(late, saved_weights(trainer, end), weights);
  assert_int_equal(trainer_blend(trainer, start, size, 0), STATUS_OK);
  assert_memory_equal(saved_weights(trainer, bytes), late, weights);
  assert_int_equal(trainer_blend(trainer, start, size, 0.5), STATUS_OK);
  const float *w = saved_weights(trainer, bytes);
  for (int i = 0; i < n; i++) assert_true(fabsf(w[i] - (early[i] + late[i]) / 2) < 1e-6f);
  assert_int_equal(trainer_blend(trainer, start, size, 1), STATUS_OK);
  assert_memory_equal(saved_weights(trainer, bytes), early, weights);
  assert_int_equal(trainer_blend(trainer, end, size - 1, 0.5), STATUS_BAD_ARGUMENT);
  assert_int_equal(trainer_blend(trainer, end, size, (double)NAN), STATUS_BAD_ARGUMENT);
  assert_memory_equal(saved_weights(trainer, bytes), early, weights);
  free(start);
  free(end);
  free(bytes);
  trainer_free(trainer);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(linear_regression_finds_the_line), cmocka_unit_test(classes_are_learnt),
    cmocka_unit_test(an_epoch_takes_every_row_once), cmocka_unit_test(restore_repeats),
    cmocka_unit_test(the_average_is_that_of_the_formula), cmocka_unit_test(an_average_is_kept_beside),
    cmocka_unit_test(schedule_free_is_evaluated_at_its_average), cmocka_unit_test(the_momentum_may_change),
    cmocka_unit_test(the_seed_decides),
    cmocka_unit_test(stops_after_a_loss_that_is_not_finite), cmocka_unit_test(nan_outputs_are_never_right),
    cmocka_unit_test(evaluates_on_some_batches), cmocka_unit_test(blends_with_a_state),
    cmocka_unit_test(refuses_what_is_no_state_of_its_own),
    cmocka_unit_test(bad_settings), cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

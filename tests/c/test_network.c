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
#include "trainer/network.h"

enum { ROWS = 7, MOST = 32 };

static const NetworkShape SHAPES[] = {
  { .inputs = 5, .outputs = 3, .hidden = 0, .loss = NETWORK_CROSS_ENTROPY },
  { .inputs = 5, .outputs = 1, .hidden = 0, .loss = NETWORK_SQUARED },
  { .inputs = 5, .outputs = 4, .hidden = 1, .width = { 6 }, .activation = NETWORK_RELU, .loss = NETWORK_CROSS_ENTROPY },
  { .inputs = 5, .outputs = 4, .hidden = 2, .width = { 6, 9 }, .activation = NETWORK_TANH, .loss = NETWORK_CROSS_ENTROPY },
  { .inputs = 5, .outputs = 1, .hidden = 3, .width = { 6, 1, 8 }, .activation = NETWORK_TANH, .loss = NETWORK_SQUARED },
  { .inputs = 1, .outputs = 2, .hidden = 3, .width = { 9, 7, 8 }, .activation = NETWORK_RELU, .loss = NETWORK_CROSS_ENTROPY },
};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

typedef struct Data {
  float inputs[ROWS * MOST], values[ROWS];
  int labels[ROWS];
} Data;

static DatasetBatch draw (Data *data, const NetworkShape *shape, Random *random) {
  for (int i = 0; i < ROWS * shape->inputs; i++) data->inputs[i] = (float)random_normal(random);
  for (int i = 0; i < ROWS; i++) {
    data->values[i] = (float)random_normal(random);
    data->labels[i] = (int)random_below(random, (uint64_t)shape->outputs);
  }
  return (DatasetBatch){ .rows = ROWS, .inputs = data->inputs, .labels = data->labels, .values = data->values };
}

/* The mean loss again, in double precision and by the definition alone. */
static double loss_by_definition (const NetworkShape *shape, const double *w, const DatasetBatch *batch) {
  double total = 0;
  for (int i = 0; i < batch->rows; i++) {
    double x[MOST], y[MOST];
    const double *p = w;
    int in = shape->inputs;
    for (int j = 0; j < in; j++) x[j] = (double)batch->inputs[i * in + j];
    for (int l = 0; l <= shape->hidden; l++) {
      const int out = l < shape->hidden ? shape->width[l] : shape->outputs;
      for (int j = 0; j < out; j++) {
        y[j] = p[in * out + j];
        for (int k = 0; k < in; k++) y[j] += x[k] * p[k * out + j];
        if (l < shape->hidden) y[j] = shape->activation == NETWORK_TANH ? tanh(y[j]) : fmax(y[j], 0);
      }
      memcpy(x, y, sizeof x);
      p += (in + 1) * out;
      in = out;
    }
    if (shape->loss == NETWORK_SQUARED) {
      total += pow(y[0] - (double)batch->values[i], 2);
    } else {
      double sum = 0;
      for (int j = 0; j < in; j++) sum += exp(y[j]);
      total += log(sum) - y[batch->labels[i]];
    }
  }
  return total / batch->rows;
}

static void gradient_is_central_difference (void **state) {
  (void)state;
  for (int s = 0; s < SHAPE_COUNT; s++) {
    Random random = random_seeded(2385);
    Network *network;
    Data data;
    assert_int_equal(network_create(&network, &SHAPES[s], ROWS, NULL), STATUS_OK);
    const int n = network_parameters(network);
    float *w = calloc((size_t)n, sizeof *w), *g = calloc((size_t)n, sizeof *g);
    double *v = calloc((size_t)n, sizeof *v);
    const DatasetBatch batch = draw(&data, &SHAPES[s], &random);
    network_init(network, &random, w);
    for (int i = 0; i < n; i++) v[i] = (double)(w[i] += 0.1f * (float)random_normal(&random));   /* biases too */
    const double loss = network_gradient(network, w, &batch, g);
    assert_true(fabs(loss - loss_by_definition(&SHAPES[s], v, &batch)) < 1e-5);
    for (int i = 0; i < n; i++) {
      const double h = 1e-6, at = v[i];
      v[i] = at + h;
      const double above = loss_by_definition(&SHAPES[s], v, &batch);
      v[i] = at - h;
      const double below = loss_by_definition(&SHAPES[s], v, &batch);
      v[i] = at;
      if (!(fabs((double)g[i] - (above - below) / (2 * h)) < 2e-5))
        fail_msg("shape %d, parameter %d: %g, difference %g", s, i, (double)g[i], (above - below) / (2 * h));
    }
    double sum = 0;
    const float *z = network_outputs(network, w, ROWS, data.inputs);
    for (int i = 0; i < ROWS; i++) sum += network_loss(network, z + i * SHAPES[s].outputs, data.labels[i], data.values[i]);
    assert_true(fabs(sum / ROWS - loss) < 1e-6);
    free(w), free(g), free(v);
    network_free(network);
  }
}

/* At zero weights every class is as likely, so the loss is log k. */
static void loss_at_zero (void **state) {
  (void)state;
  Random random = random_seeded(1);
  Network *network;
  Data data;
  float w[MOST] = { 0 }, g[MOST];
  assert_int_equal(network_create(&network, &SHAPES[0], ROWS, NULL), STATUS_OK);
  const DatasetBatch batch = draw(&data, &SHAPES[0], &random);
  assert_true(fabs(network_gradient(network, w, &batch, g) - log(3)) < 1e-6);
  float bias[3] = { 0 };
  for (int i = 0; i < ROWS; i++)
    for (int k = 0; k < 3; k++) bias[k] += (1.0f / 3 - (data.labels[i] == k)) / ROWS;
  for (int k = 0; k < 3; k++) assert_true(fabsf(g[15 + k] - bias[k]) < 1e-6f);
  network_free(network);
}

static void tanh_is_close (void **state) {
  (void)state;
  const NetworkShape shape = { .inputs = 1, .outputs = 1, .hidden = 1, .width = { 1 }, .activation = NETWORK_TANH,
                               .loss = NETWORK_SQUARED };
  const float w[4] = { 1, 0, 1, 0 };
  Network *network;
  assert_int_equal(network_create(&network, &shape, 1, NULL), STATUS_OK);
  for (int i = -12000; i <= 12000; i++) {
    const float x = (float)i / 1000;
    const double y = (double)*network_outputs(network, w, 1, &x);
    assert_true(fabs(y - tanh((double)x)) < 5e-7);
    assert_true(fabs(y) <= 1);
  }
  const float far = 1e30f, tiny = 1e-20f, infinite = -INFINITY, none = NAN;
  assert_true(fabs((double)*network_outputs(network, w, 1, &far) - 1) < 5e-7);
  assert_true(fabsf(*network_outputs(network, w, 1, &tiny) / tiny - 1) < 1e-5f);
  assert_true(fabs((double)*network_outputs(network, w, 1, &infinite) + 1) < 5e-7);
  assert_true(isnan(*network_outputs(network, w, 1, &none)));
  network_free(network);
}

static void initial_weights (void **state) {
  (void)state;
  for (int tanh_too = 0; tanh_too < 2; tanh_too++) {
    const NetworkShape shape = { .inputs = 200, .outputs = 2, .hidden = 1, .width = { 300 },
                                 .activation = tanh_too ? NETWORK_TANH : NETWORK_RELU, .loss = NETWORK_CROSS_ENTROPY };
    Network *network;
    assert_int_equal(network_create(&network, &shape, 1, NULL), STATUS_OK);
    const size_t n = (size_t)network_parameters(network), weights = 200 * 300;
    assert_int_equal(n, 201 * 300 + 301 * 2);
    float *a = calloc(n, sizeof *a), *b = calloc(n, sizeof *b);
    Random one = random_seeded(5), same = random_seeded(5);
    network_init(network, &one, a);
    network_init(network, &same, b);
    assert_memory_equal(a, b, n * sizeof *a);
    double square = 0;
    for (size_t i = 0; i < weights; i++) square += (double)a[i] * (double)a[i];
    const double variance = tanh_too ? 2.0 / 500 : 2.0 / 200;
    assert_true(fabs(square / weights / variance - 1) < 4 * sqrt(2.0 / weights));
    for (int j = 0; j < 300; j++) assert_true(a[weights + j] == 0);
    free(a), free(b);
    network_free(network);
  }
}

/* Weights that are too large give nan or inf, no more. */
static void diverged (void **state) {
  (void)state;
  for (int s = 0; s < SHAPE_COUNT; s++) {
    Random random = random_seeded(9);
    Network *network;
    Data data;
    assert_int_equal(network_create(&network, &SHAPES[s], ROWS, NULL), STATUS_OK);
    const int n = network_parameters(network);
    float *w = calloc((size_t)n, sizeof *w), *g = calloc((size_t)n, sizeof *g);
    const DatasetBatch batch = draw(&data, &SHAPES[s], &random);
    for (int i = 0; i < n; i++) w[i] = i % 2 == 0 ? INFINITY : -INFINITY;
    assert_false(isfinite(network_gradient(network, w, &batch, g)));
    for (int i = 0; i < n; i++) w[i] = NAN;
    assert_true(isnan(network_gradient(network, w, &batch, g)));
    free(w), free(g);
    network_free(network);
  }
}

/* Logits far apart, where the exponentials alone would overflow. */
static void large_logits (void **state) {
  (void)state;
  const NetworkShape shape = { .inputs = 1, .outputs = 2, .loss = NETWORK_CROSS_ENTROPY };
  const float logits[2] = { 1e4f, -1e4f };
  Network *network;
  assert_int_equal(network_create(&network, &shape, 1, NULL), STATUS_OK);
  assert_true(network_loss(network, logits, 0, 0) == 0);
  assert_true(network_loss(network, logits, 1, 0) == 2e4);
  network_free(network);
}

static void bad_shapes (void **state) {
  (void)state;
  NetworkShape shape = { .inputs = 4, .outputs = 2, .hidden = 1, .width = { 0 } };
  Network *network;
  Problem problem = { "" };
  assert_int_equal(network_create(&network, &shape, 1, &problem), STATUS_BAD_ARGUMENT);
  assert_null(network);
  shape.width[0] = NETWORK_MAX_WIDTH + 1;
  assert_int_equal(network_create(&network, &shape, 1, &problem), STATUS_BAD_ARGUMENT);
  assert_non_null(strstr(problem.text, "65537"));
  shape.hidden = NETWORK_MAX_HIDDEN + 1;
  assert_int_equal(network_create(&network, &shape, 1, &problem), STATUS_BAD_ARGUMENT);
  shape.hidden = 2;
  shape.width[0] = shape.width[1] = NETWORK_MAX_WIDTH;
  assert_int_equal(network_create(&network, &shape, 1, &problem), STATUS_BAD_ARGUMENT);
  assert_non_null(strstr(problem.text, "2^30"));
  shape = (NetworkShape){ .inputs = 1, .outputs = 2, .loss = NETWORK_SQUARED };
  assert_int_equal(network_create(&network, &shape, 1, &problem), STATUS_BAD_ARGUMENT);
}

static void no_memory (void **state) {
  (void)state;
  EACH_ALLOCATION_FAILS({
    Network *network;
    status = network_create(&network, &SHAPES[3], ROWS, NULL);
    assert_true((status == STATUS_OK) == (network != NULL));
    network_free(network);
  });
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(gradient_is_central_difference), cmocka_unit_test(loss_at_zero), cmocka_unit_test(tanh_is_close),
    cmocka_unit_test(initial_weights), cmocka_unit_test(diverged), cmocka_unit_test(large_logits),
    cmocka_unit_test(bad_shapes), cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* example.c -- softmax regression on points around three centres, its rate tuned by neap. C or C++.
 *
 *   cc -O2 -o example example.c -lm && neap run autolrs --lr 1e-3:10 --budget 2000 --tau 500 -- ./example */
#include "neap_client.h"

enum { INPUTS = 2, CLASSES = 3, ROWS = 600, TRAINING = 500, BATCH = 20, WEIGHTS = CLASSES * (INPUTS + 1) };

typedef struct Training {   /* all that a checkpoint must hold */
  double weights[WEIGHTS], velocity[WEIGHTS];
  unsigned long long generator;
} Training;

static double x[ROWS][INPUTS];
static int label[ROWS];

static double uniform (unsigned long long *generator) {
  *generator = *generator * 6364136223846793005ull + 1442695040888963407ull;
  return (double)(*generator >> 11) / 9007199254740992.0;
}

static void make_data (void) {
  static const double centre[CLASSES][INPUTS] = { { 1, 0 }, { -1, 1 }, { -0.5, -1.5 } };
  unsigned long long generator = 7;
  for (int i = 0; i < ROWS; i++) {
    label[i] = i % CLASSES;
    for (int j = 0; j < INPUTS; j++)
      x[i][j] = centre[label[i]][j] + 2 * (uniform(&generator) + uniform(&generator) - 1);
  }
}

/* The loss of a row; its probabilities go to p. */
static double predict (const double *w, int row, double *p) {
  double sum = 0, most = -1e300;
  for (int k = 0; k < CLASSES; k++) {
    p[k] = w[k * (INPUTS + 1) + INPUTS];
    for (int j = 0; j < INPUTS; j++) p[k] += w[k * (INPUTS + 1) + j] * x[row][j];
    if (p[k] > most) most = p[k];
  }
  for (int k = 0; k < CLASSES; k++) sum += p[k] = exp(p[k] - most);
  for (int k = 0; k < CLASSES; k++) p[k] /= sum;
  return -log(p[label[row]] + 1e-300);
}

/* One update by a batch drawn at random; its loss before. */
static double train_one_batch (Training *t, double rate, double momentum) {
  double gradient[WEIGHTS] = { 0 }, loss = 0, p[CLASSES];
  for (int i = 0; i < BATCH; i++) {
    const int row = (int)(uniform(&t->generator) * (double)TRAINING);
    loss += predict(t->weights, row, p) / (double)BATCH;
    for (int k = 0; k < CLASSES; k++)
      for (int j = 0; j <= INPUTS; j++)
        gradient[k * (INPUTS + 1) + j] += (p[k] - (label[row] == k)) * (j < INPUTS ? x[row][j] : 1) / (double)BATCH;
  }
  for (int i = 0; i < WEIGHTS; i++) {
    t->velocity[i] = momentum * t->velocity[i] + gradient[i];
    t->weights[i] -= rate * t->velocity[i];
  }
  return loss;
}

static double evaluate (NeapTuner *tuner, void *trainer, int test, long batches) {
  double loss = 0, right = 0, p[CLASSES];
  (void)test, (void)batches;
  for (int i = TRAINING; i < ROWS; i++) {
    loss += predict(((Training *)trainer)->weights, i, p) / (ROWS - TRAINING);
    right += p[label[i]] > 0.5 ? 1.0 / (ROWS - TRAINING) : 0;
  }
  neap_metric(tuner, "accuracy", right);
  return loss;
}

static void *save (void *trainer, size_t *bytes) {
  void *state = malloc(*bytes = sizeof(Training));
  return state != NULL ? memcpy(state, trainer, *bytes) : NULL;
}

static void restore (void *trainer, const void *state, size_t bytes) { memcpy(trainer, state, bytes); }

int main (void) {
  static Training training;
  NeapHooks hooks;
  NeapTuner tuner;
  memset(&hooks, 0, sizeof hooks);
  hooks.trainer = &training;
  hooks.name = "example.c";
  hooks.rate = 0.1;
  hooks.steps = 1000;
  hooks.momentum = 0.9;
  hooks.has_momentum = 1;
  hooks.evaluate = evaluate;
  hooks.save = save;
  hooks.restore = restore;
  make_data();
  if (neap_connect(&tuner, &hooks)) {
    training.generator = 1 + (unsigned long long)tuner.seed;
    while (neap_training(&tuner))
      neap_step(&tuner, train_one_batch(&training, tuner.rate, tuner.momentum));
    printf("validation loss %.4f\n", evaluate(&tuner, &training, 0, 0));
  }
  if (tuner.problem[0] != '\0') fprintf(stderr, "%s\n", tuner.problem);
  neap_close(&tuner);
  return tuner.problem[0] != '\0';
}

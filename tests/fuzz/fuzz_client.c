/* The C client, against whatever may sit at the other end: it comes to its end, and what it hands out is in range. */
#include "client/neap_client.h"

#include "fuzz.h"

static double evaluate (NeapTuner *tuner, void *trainer, int test, long batches) {
  (void)trainer, (void)test, (void)batches;
  neap_metric(tuner, "accuracy", 0.5);
  return (double)NAN;
}

static void *save (void *trainer, size_t *bytes) {
  char *state = malloc(*bytes = 8);
  if (state != NULL) memcpy(state, trainer, 8);
  return state;
}

static void restore (void *trainer, const void *state, size_t bytes) {
  promise(bytes == 8);
  memcpy(trainer, state, bytes);
}

/* What neap_connect makes, at one end of a pair whose other end has sent bytes[count] and will say no more. */
static void connect_pair (NeapTuner *tuner, const NeapHooks *hooks, const uint8_t *bytes, size_t count, int ends[2]) {
  memset(tuner, 0, sizeof *tuner);
  tuner->hooks = *hooks;
  tuner->input_room = 8192;
  tuner->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  tuner->input = malloc(tuner->input_room);
  tuner->rates = malloc(NEAP_STEPS * sizeof(double));
  tuner->momenta = malloc(NEAP_STEPS * sizeof(double));
  tuner->losses = malloc(NEAP_STEPS * sizeof(double));
  promise(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 && send(ends[1], bytes, count, 0) == (ssize_t)count);
  shutdown(ends[1], SHUT_WR);
  tuner->handle = ends[0];
}

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t count) {
  char trainer[8] = "weights";
  NeapHooks hooks = { .trainer = trainer, .has_momentum = 1, .evaluate = evaluate, .save = save, .restore = restore };
  NeapTuner tuner;
  int ends[2];
  if (count > 65536) return 0;   /* more than the pair holds */
  connect_pair(&tuner, &hooks, bytes, count, ends);
  int steps = 0;
  for (int going = neap__greet(&tuner, ""); going && steps < 20000 && neap_training(&tuner); steps++) {
    promise(isfinite(tuner.rate) && isfinite(tuner.momentum));
    neap_step(&tuner, 1.0);
    char answers[65536];
    while (tuner.steps == 0 && recv(ends[1], answers, sizeof answers, MSG_DONTWAIT) > 0) { }
  }
  promise(tuner.handle < 0 || steps == 20000);
  neap_close(&tuner);
  close(ends[1]);
  return 0;
}

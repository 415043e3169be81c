/* neap_client.h -- let neap tune the learning rate of a training loop in C or C++ that stays yours.
 *
 *   NeapHooks hooks = { 0 };                      what the training can do; see below
 *   NeapTuner tuner;
 *   if (!neap_connect(&tuner, &hooks)) { fprintf(stderr, "%s\n", tuner.problem); return 1; }
 *   while (neap_training(&tuner)) {               0 when the run is over
 *     double loss = train_one_batch(tuner.rate);  one update
 *     neap_step(&tuner, loss);
 *   }
 *   neap_close(&tuner);
 *
 *   neap run autolrs --lr 1e-3:0.3 --budget 6000 -- ./train
 *
 * neap starts the program and tells it in $NEAP_ADDRESS where to connect; without that the program trains at its own rate.
 * The protocol is doc/protocol.md, version 1. Header only: C99 or C++11, libc and POSIX sockets; include it first, or define
 * _POSIX_C_SOURCE as 200809L. A tuner belongs to one thread. Nothing is printed, no signal is raised, no locale matters. */
#ifndef neap_client_h
#define neap_client_h

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct NeapTuner;

/* What the training can do. All of it may be 0; a policy that searches needs save and restore. */
typedef struct NeapHooks {
  void *trainer;        /* handed to each of the functions */
  const char *name;     /* what the training is called; 0: "trainer" */
  double rate;          /* the rate it would begin with, and trains at without neap */
  long steps;           /* without neap: the steps that neap_training allows; 0: no end */
  double momentum;      /* likewise */
  int has_momentum;     /* not 0: the training heeds tuner.momentum: SGD's momentum, or Adam's beta1 */

  /* The loss on the validation part, or where test is not 0 on the test part; on the first 'batches' mini-batches alone if
   * that is > 0. Leaves the training as it was. neap_metric adds what else was measured. */
  double (*evaluate) (struct NeapTuner *tuner, void *trainer, int test, long batches);
  int has_test;         /* not 0: there is a test part */

  /* A copy of all that training goes on from (weights, optimizer, generators, order of the data), made by malloc, and its size;
   * 0: no memory. */
  void *(*save) (void *trainer, size_t *bytes);
  void (*restore) (void *trainer, const void *state, size_t bytes);   /* go back to such a copy */
} NeapHooks;

enum { NEAP_LINE = 1 << 20, NEAP_STEPS = 10000, NEAP_METRICS = 16 };

typedef struct NeapCheckpoint {
  double number;
  void *state;
  size_t bytes;
  struct NeapCheckpoint *next;
} NeapCheckpoint;

typedef struct NeapTuner {
  double rate, momentum;   /* to take the next step at */
  double seed;             /* of the run; 0 without neap */
  char problem[256];       /* why neap_connect failed, or the run ended before its end; "" else */
  /* The rest is the client's own. */
  NeapHooks hooks;
  int handle;              /* of the connection; -1: none */
  int alone;               /* there is no neap */
  long alone_steps;
  char *input;             /* [input_room] bytes that have come; a line at a time ends in NUL */
  size_t input_room, input_start, input_end;
  double id;               /* of the question that is open */
  long steps, taken;       /* of the question to train */
  double *rates, *momenta, *losses;   /* [NEAP_STEPS] */
  double heartbeat, heard; /* seconds; when we last spoke */
  const char *metric_names[NEAP_METRICS];
  double metrics[NEAP_METRICS];
  int metric_count;
  NeapCheckpoint *checkpoints;
  locale_t locale;         /* "C": a decimal point is a point wherever we run */
} NeapTuner;

/* ---- the client's own ------------------------------------------------------ */

static inline int neap__fail (NeapTuner *tuner, const char *what, const char *more) {
  snprintf(tuner->problem, sizeof tuner->problem, "neap: %s%s", what, more);
  if (tuner->handle >= 0) close(tuner->handle);
  tuner->handle = -1;
  return 0;
}

static inline int neap__broken (NeapTuner *tuner) {
  if (errno == EPIPE || errno == ECONNRESET) return neap__fail(tuner, "neap closed the connection", "");
  return neap__fail(tuner, "the connection broke: ", strerror(errno));
}

static inline double neap__now (void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static inline int neap__send (NeapTuner *tuner, const char *text, size_t length) {
#ifdef MSG_NOSIGNAL
  const int flags = MSG_NOSIGNAL;
#else
  const int flags = 0;
#endif
  while (length > 0) {
    const ssize_t sent = send(tuner->handle, text, length, flags);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return neap__broken(tuner);
    text += sent;
    length -= (size_t)sent;
  }
  tuner->heard = neap__now();
  return 1;
}

/* The value as the protocol writes it, at 'out', which has room for 32 bytes; its length. */
static inline int neap__value (NeapTuner *tuner, char *out, double value) {
  if (isnan(value)) return snprintf(out, 32, "\"nan\"");
  if (isinf(value)) return snprintf(out, 32, value > 0 ? "\"inf\"" : "\"-inf\"");
  const locale_t before = uselocale(tuner->locale);
  const int length = snprintf(out, 32, "%.17g", value);
  uselocale(before);
  return length;
}

/* ---- reading JSON: lines that end in NUL, from a neap that we called ------- */

static inline const char *neap__space (const char *p) {
  while (*p == ' ' || *p == '\t' || *p == '\r') p++;
  return p;
}

/* The end of the text that begins at 'p', a quote; NULL: none. */
static inline const char *neap__text_end (const char *p) {
  for (p++; *p != '\0'; p++) {
    if (*p == '"') return p + 1;
    if (*p == '\\' && *++p == '\0') return NULL;
  }
  return NULL;
}

/* The end of the value that begins at 'p'; NULL: none. What is inside of lists and objects is only balanced. */
static inline const char *neap__value_end (const char *p) {
  int depth = 0;
  do {
    if (*p == '\0') return NULL;
    if (*p == '"') {
      if ((p = neap__text_end(p)) == NULL) return NULL;
      continue;
    }
    if (*p == '{' || *p == '[') depth++;
    else if (*p == '}' || *p == ']') {
      if (--depth < 0) return NULL;
    } else if (depth == 0) {
      const size_t length = strcspn(p, " \t\r,:{}[]\"");
      return length > 0 ? p + length : NULL;
    }
    p++;
  } while (depth > 0);
  return p;
}

/* The value of a key of the object in 'line'; NULL: there is none, or the line is no object. */
static inline const char *neap__field (const char *line, const char *key) {
  const size_t length = strlen(key);
  const char *p = neap__space(line);
  if (*p != '{') return NULL;
  p = neap__space(p + 1);
  while (*p == '"') {
    const char *name = p + 1;
    const char *end = neap__text_end(p);
    if (end == NULL) return NULL;
    p = neap__space(end);
    if (*p != ':') return NULL;
    p = neap__space(p + 1);
    if ((size_t)(end - 1 - name) == length && memcmp(name, key, length) == 0) return p;
    if ((p = neap__value_end(p)) == NULL) return NULL;
    p = neap__space(p);
    if (*p != ',') return NULL;
    p = neap__space(p + 1);
  }
  return NULL;
}

/* A finite number at 'p'; *end is behind it. */
static inline int neap__number (NeapTuner *tuner, const char *p, double *number, const char **end) {
  char *after;
  if (p == NULL || (*p != '-' && (*p < '0' || *p > '9')) || p[strspn(p, "-0")] == 'x') return 0;
  const locale_t before = uselocale(tuner->locale);
  *number = strtod(p, &after);
  uselocale(before);
  *end = after;
  return isfinite(*number);
}

static inline int neap__number_of (NeapTuner *tuner, const char *line, const char *key, double *number) {
  const char *end;
  return neap__number(tuner, neap__field(line, key), number, &end);
}

/* Is the field this text? */
static inline int neap__is (const char *line, const char *key, const char *text) {
  const char *p = neap__field(line, key);
  const size_t length = strlen(text);
  return p != NULL && *p == '"' && strncmp(p + 1, text, length) == 0 && p[1 + length] == '"';
}

/* A number for all steps, or a list of one for each, into list[steps]. */
static inline int neap__numbers (NeapTuner *tuner, const char *p, long steps, double *list) {
  if (p == NULL) return 0;
  if (*p != '[') {
    const char *end;
    if (!neap__number(tuner, p, &list[0], &end)) return 0;
    for (long i = 1; i < steps; i++) list[i] = list[0];
    return 1;
  }
  for (long i = 0; i < steps; i++) {
    p = neap__space(p + 1);   /* behind the bracket or a comma */
    if (!neap__number(tuner, p, &list[i], &p)) return 0;
    p = neap__space(p);
    if (*p != (i < steps - 1 ? ',' : ']')) return 0;
  }
  return 1;
}

/* The next line, its line feed made NUL; NULL: the connection is over. Waits without a limit. */
static inline char *neap__line (NeapTuner *tuner) {
  size_t searched = tuner->input_start;
  for (;;) {
    char *feed = (char *)memchr(tuner->input + searched, '\n', tuner->input_end - searched);
    if (feed != NULL) {
      char *line = tuner->input + tuner->input_start;
      *feed = '\0';
      tuner->input_start = (size_t)(feed - tuner->input) + 1;
      return line;
    }
    const size_t kept = tuner->input_end - tuner->input_start;
    if (kept >= NEAP_LINE) return neap__fail(tuner, "neap sent a line that is too long", ""), (char *)NULL;
    memmove(tuner->input, tuner->input + tuner->input_start, kept);
    tuner->input_start = 0;
    tuner->input_end = searched = kept;
    if (tuner->input_room - kept < 4096) {
      char *larger = (char *)realloc(tuner->input, 2 * tuner->input_room);
      if (larger == NULL) return neap__fail(tuner, "out of memory", ""), (char *)NULL;
      tuner->input = larger;
      tuner->input_room *= 2;
    }
    ssize_t got;
    do got = recv(tuner->handle, tuner->input + kept, tuner->input_room - kept, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0) return neap__broken(tuner), (char *)NULL;
    if (got == 0) return neap__fail(tuner, "neap closed the connection", ""), (char *)NULL;
    tuner->input_end += (size_t)got;
  }
}

/* ---- answers --------------------------------------------------------------- */

static inline int neap__answer (NeapTuner *tuner, const char *more) {
  char text[256];
  const int length = snprintf(text, sizeof text, "{\"id\":%.0f%s}\n", tuner->id, more);
  return neap__send(tuner, text, (size_t)length);
}

static inline int neap__refuse (NeapTuner *tuner, const char *code, const char *why) {
  char text[200];
  snprintf(text, sizeof text, ",\"error\":\"%s\",\"code\":\"%s\"", why, code);
  return neap__answer(tuner, text);
}

static inline int neap__send_losses (NeapTuner *tuner) {
  char *text = (char *)malloc(64 + 32 * (size_t)tuner->taken);
  if (text == NULL) return neap__fail(tuner, "out of memory", "");
  int length = snprintf(text, 64, "{\"id\":%.0f,\"losses\":[", tuner->id);
  for (long i = 0; i < tuner->taken; i++) {
    if (i > 0) text[length++] = ',';
    length += neap__value(tuner, text + length, tuner->losses[i]);
  }
  memcpy(text + length, "]}\n", 3);
  tuner->steps = 0;
  const int sent = neap__send(tuner, text, (size_t)length + 3);
  free(text);
  return sent;
}

static inline int neap__evaluate (NeapTuner *tuner, const char *line) {
  const int test = neap__is(line, "on", "test");
  char text[128 + NEAP_METRICS * 128];
  double batches = 0;
  if (tuner->hooks.evaluate == NULL || (test && !tuner->hooks.has_test) || neap__is(line, "on", "train"))
    return neap__refuse(tuner, "bad_argument", "this part cannot be evaluated");
  neap__number_of(tuner, line, "batches", &batches);
  tuner->metric_count = 0;
  const double loss = tuner->hooks.evaluate(tuner, tuner->hooks.trainer, test, (long)batches);
  int length = snprintf(text, 64, "{\"id\":%.0f,\"loss\":", tuner->id);
  length += neap__value(tuner, text + length, loss);
  length += snprintf(text + length, 32, ",\"metrics\":{");
  for (int i = 0; i < tuner->metric_count; i++) {
    length += snprintf(text + length, 80, "%s\"%.60s\":", i > 0 ? "," : "", tuner->metric_names[i]);
    length += neap__value(tuner, text + length, tuner->metrics[i]);
  }
  memcpy(text + length, "}}\n", 3);
  return neap__send(tuner, text, (size_t)length + 3);
}

/* Where the checkpoint of this number hangs, or the end of the list. */
static inline NeapCheckpoint **neap__find (NeapTuner *tuner, double number) {
  NeapCheckpoint **place = &tuner->checkpoints;
  while (*place != NULL && (*place)->number != number) place = &(*place)->next;
  return place;
}

static inline void neap__drop (NeapCheckpoint **place) {
  NeapCheckpoint *gone = *place;
  if (gone == NULL) return;
  *place = gone->next;
  free(gone->state);
  free(gone);
}

static inline int neap__save (NeapTuner *tuner, double number) {
  char text[64];
  NeapCheckpoint *kept = (NeapCheckpoint *)calloc(1, sizeof *kept);
  if (kept != NULL) kept->state = tuner->hooks.save(tuner->hooks.trainer, &kept->bytes);
  if (kept == NULL || kept->state == NULL) {
    free(kept);
    return neap__refuse(tuner, "no_memory", "out of memory");
  }
  neap__drop(neap__find(tuner, number));
  kept->number = number;
  kept->next = tuner->checkpoints;
  tuner->checkpoints = kept;
  snprintf(text, sizeof text, ",\"bytes\":%.0f", (double)kept->bytes);
  return neap__answer(tuner, text);
}

static inline int neap__checkpoint (NeapTuner *tuner, const char *line) {
  double number;
  if (tuner->hooks.save == NULL || tuner->hooks.restore == NULL || !neap__number_of(tuner, line, "checkpoint", &number))
    return neap__refuse(tuner, "bad_argument", "this trainer keeps checkpoints in memory alone, or none");
  if (neap__is(line, "ask", "save")) return neap__save(tuner, number);
  NeapCheckpoint **place = neap__find(tuner, number);
  if (*place == NULL) return neap__refuse(tuner, "not_found", "no such checkpoint");
  if (neap__is(line, "ask", "drop")) neap__drop(place);
  else tuner->hooks.restore(tuner->hooks.trainer, (*place)->state, (*place)->bytes);
  return neap__answer(tuner, "");
}

static inline int neap__begin_steps (NeapTuner *tuner, const char *line) {
  double steps = 0;
  const char *momentum = neap__field(line, "momentum");
  if (!neap__number_of(tuner, line, "steps", &steps) || steps < 1 || steps > (double)NEAP_STEPS || steps != floor(steps) ||
      !neap__numbers(tuner, neap__field(line, "rate"), (long)steps, tuner->rates))
    return neap__refuse(tuner, "bad_argument", "steps and rates expected");
  if (momentum != NULL && (!tuner->hooks.has_momentum || !neap__numbers(tuner, momentum, (long)steps, tuner->momenta)))
    return neap__refuse(tuner, "bad_argument", "no such momentum");
  for (long i = 0; momentum == NULL && i < (long)steps; i++) tuner->momenta[i] = tuner->momentum;
  tuner->steps = (long)steps;
  tuner->taken = 0;
  return 1;
}

/* Answer questions until one asks for steps: 1; or the run is over: 0. */
static inline int neap__serve (NeapTuner *tuner) {
  while (tuner->steps == 0) {
    const char *line = neap__line(tuner);
    if (line == NULL) return 0;
    if (!neap__number_of(tuner, line, "id", &tuner->id)) return neap__fail(tuner, "neap sent what is no question", "");
    int served;
    if (neap__is(line, "ask", "train")) served = neap__begin_steps(tuner, line);
    else if (neap__is(line, "ask", "evaluate")) served = neap__evaluate(tuner, line);
    else if (neap__is(line, "ask", "save") || neap__is(line, "ask", "restore") || neap__is(line, "ask", "drop"))
      served = neap__checkpoint(tuner, line);
    else if (neap__is(line, "ask", "stop")) {
      if (neap__answer(tuner, "")) neap__fail(tuner, "", "");
      tuner->problem[0] = '\0';
      return 0;
    } else served = neap__refuse(tuner, "unknown", "no such question in version 1");
    if (!served) return 0;
  }
  return 1;
}

/* ---- connecting ------------------------------------------------------------ */

static inline int neap__connect_unix (const char *path, size_t length) {
  struct sockaddr_un at;
  memset(&at, 0, sizeof at);
  at.sun_family = AF_UNIX;
  if (length >= sizeof at.sun_path) return errno = ENAMETOOLONG, -1;
  memcpy(at.sun_path, path, length);
  const int handle = socket(AF_UNIX, SOCK_STREAM, 0);
  if (handle >= 0 && connect(handle, (struct sockaddr *)&at, sizeof at) != 0) return close(handle), -1;
  return handle;
}

static inline int neap__connect_tcp (const char *text, size_t length) {
  char host[256], *port;
  struct addrinfo hints, *found = NULL;
  int handle = -1;
  const int on = 1;
  errno = EINVAL;
  if (length >= sizeof host) return -1;
  memcpy(host, text, length);
  host[length] = '\0';
  port = strrchr(host, ':');
  if (port == NULL) return -1;
  *port++ = '\0';
  char *name = host;
  if (name[0] == '[' && port[-2] == ']') port[-2] = '\0', name++;   /* an IPv6 address */
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(name, port, &hints, &found) != 0) return errno = EHOSTUNREACH, -1;
  for (struct addrinfo *at = found; at != NULL && handle < 0; at = at->ai_next) {
    handle = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (handle >= 0 && connect(handle, at->ai_addr, at->ai_addrlen) != 0) close(handle), handle = -1;
  }
  freeaddrinfo(found);
  if (handle < 0) return -1;
  setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(handle, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  return handle;
}

/* Our first line, and neap's. */
static inline int neap__greet (NeapTuner *tuner, const char *token) {
  static const char *const WORD[] = { "false", "true" };
  const NeapHooks *hooks = &tuner->hooks;
  char text[1024], rate[32], name[128];
  size_t length = 0;
  for (const char *p = hooks->name != NULL ? hooks->name : "trainer"; *p != '\0' && length < sizeof name - 1; p++)
    name[length++] = *p == '"' || *p == '\\' || (unsigned char)*p < ' ' || (unsigned char)*p > '~' ? '?' : *p;
  name[length] = '\0';
  neap__value(tuner, rate, hooks->rate);
  const int restore = hooks->save != NULL && hooks->restore != NULL;
  const int size = snprintf(text, sizeof text,
    "{\"neap\":1%s%.128s%s,\"name\":\"%s\",\"rate\":%s,\"offers\":{\"evaluate\":%s,\"test\":%s,\"restore\":%s,\"momentum\":%s}"
    ",\"restores\":[%s]}\n", token[0] != '\0' ? ",\"token\":\"" : "", token, token[0] != '\0' ? "\"" : "", name,
    isfinite(hooks->rate) ? rate : "0", WORD[hooks->evaluate != NULL], WORD[hooks->evaluate != NULL && hooks->has_test],
    WORD[restore], WORD[hooks->has_momentum != 0], restore ? "\"weights\",\"optimizer\",\"generators\",\"order\"" : "");
  if (!neap__send(tuner, text, (size_t)size)) return 0;
  const char *line = neap__line(tuner);
  double version = 0;
  if (line == NULL) return 0;
  const char *why = neap__field(line, "error");
  if (why != NULL && *why == '"') return neap__fail(tuner, "neap turned us away: ", why);
  if (!neap__number_of(tuner, line, "neap", &version) || version != 1) return neap__fail(tuner, "neap speaks another version", "");
  neap__number_of(tuner, line, "seed", &tuner->seed);
  if (!neap__number_of(tuner, line, "heartbeat", &tuner->heartbeat)) tuner->heartbeat = 10;
  return 1;
}

/* ---- for users ------------------------------------------------------------- */

/* Connect to the neap at $NEAP_ADDRESS; without one, train alone. 1: go on; 0: tuner->problem says why not. Either way
 * neap_close ends the tuner. Copies 'hooks'; its 'name' and 'trainer' must outlive the tuner. */
static inline int neap_connect (NeapTuner *tuner, const NeapHooks *hooks) {
  const char *address = getenv("NEAP_ADDRESS");
  memset(tuner, 0, sizeof *tuner);
  tuner->hooks = *hooks;
  tuner->rate = hooks->rate;
  tuner->momentum = hooks->momentum;
  tuner->handle = -1;
  tuner->alone = address == NULL || address[0] == '\0';
  if (tuner->alone) return 1;
  tuner->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  tuner->input_room = 8192;
  tuner->input = (char *)malloc(tuner->input_room);
  tuner->rates = (double *)malloc(NEAP_STEPS * sizeof(double));
  tuner->momenta = (double *)malloc(NEAP_STEPS * sizeof(double));
  tuner->losses = (double *)malloc(NEAP_STEPS * sizeof(double));
  if (tuner->locale == (locale_t)0 || tuner->input == NULL || tuner->rates == NULL || tuner->momenta == NULL || tuner->losses == NULL)
    return neap__fail(tuner, "out of memory", "");
  const char *token = strrchr(address, '#');
  const size_t length = token != NULL ? (size_t)(token - address) : strlen(address);
  if (strncmp(address, "unix:", 5) == 0) tuner->handle = neap__connect_unix(address + 5, length - 5);
  else if (strncmp(address, "tcp:", 4) == 0) tuner->handle = neap__connect_tcp(address + 4, length - 4);
  else return neap__fail(tuner, "NEAP_ADDRESS: unix:PATH or tcp:HOST:PORT expected", "");
  if (tuner->handle < 0) return neap__fail(tuner, "nobody answers at NEAP_ADDRESS: ", strerror(errno));
  return neap__greet(tuner, token != NULL ? token + 1 : "");
}

/* Is there a step to take? Then 'rate' and 'momentum' are those of it. 0: the run is over; 'problem' is "" if it came to its end. */
static inline int neap_training (NeapTuner *tuner) {
  if (tuner->alone) return tuner->hooks.steps == 0 || tuner->alone_steps < tuner->hooks.steps;
  if (tuner->handle < 0 || !neap__serve(tuner)) return 0;
  tuner->rate = tuner->rates[tuner->taken];
  tuner->momentum = tuner->momenta[tuner->taken];
  return 1;
}

/* A step was taken; 'loss' is that of its batch before the update, nan and infinities included. */
static inline void neap_step (NeapTuner *tuner, double loss) {
  tuner->alone_steps++;
  if (tuner->handle < 0 || tuner->steps == 0) return;
  tuner->losses[tuner->taken++] = loss;
  if (tuner->taken == tuner->steps || !isfinite(loss)) {
    neap__send_losses(tuner);
  } else if (neap__now() - tuner->heard > tuner->heartbeat) {
    char text[64];
    const int length = snprintf(text, sizeof text, "{\"alive\":%.0f}\n", tuner->id);
    neap__send(tuner, text, (size_t)length);
  }
}

/* While evaluating: something else that was measured. 'name' is plain text that outlives the evaluation; the first 16 count. */
static inline void neap_metric (NeapTuner *tuner, const char *name, double value) {
  if (tuner->metric_count == NEAP_METRICS) return;
  tuner->metric_names[tuner->metric_count] = name;
  tuner->metrics[tuner->metric_count++] = value;
}

/* End: closes the connection, frees the checkpoints. */
static inline void neap_close (NeapTuner *tuner) {
  if (tuner->handle >= 0) close(tuner->handle);
  while (tuner->checkpoints != NULL) neap__drop(&tuner->checkpoints);
  free(tuner->input);
  free(tuner->rates);
  free(tuner->momenta);
  free(tuner->losses);
  if (tuner->locale != (locale_t)0) freelocale(tuner->locale);
  tuner->handle = -1;
  tuner->input = NULL;
  tuner->rates = tuner->momenta = tuner->losses = NULL;
  tuner->locale = (locale_t)0;
}

#endif

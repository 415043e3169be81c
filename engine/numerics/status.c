#include "status.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

static const struct { const char *code, *message; } WORDS[] = {
  [STATUS_OK] = { "ok", "no error" },
  [STATUS_BAD_ARGUMENT] = { "bad_argument", "an argument is outside its range" },
  [STATUS_NO_MEMORY] = { "no_memory", "out of memory" },
  [STATUS_SINGULAR] = { "singular", "the matrix is not positive definite: points too close together for so little noise" },
  [STATUS_TOO_FEW] = { "too_few", "too few data to answer" },
  [STATUS_NOT_FOUND] = { "not_found", "no such thing" },
  [STATUS_BAD_DATA] = { "bad_data", "the data break their format" },
  [STATUS_IO] = { "io", "reading or writing failed" },
};

enum { WORD_COUNT = sizeof WORDS / sizeof *WORDS };

const char *status_message (Status status) {
  return (unsigned)status < WORD_COUNT ? WORDS[status].message : "unknown status";
}

const char *status_code (Status status) {
  return (unsigned)status < WORD_COUNT ? WORDS[status].code : "unknown";
}

Status problem_set (Problem *problem, Status status, const char *format, ...) {
  if (problem != NULL) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
    for (char *c = problem->text; *c != '\0'; c++)
      if ((unsigned char)*c < ' ' || *c == 0x7f) *c = '?';
  }
  return status;
}

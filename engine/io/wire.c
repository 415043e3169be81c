#include "wire.h"

#include <string.h>

#include "../numerics/mem.h"

struct Wire {
  size_t limit;
  char *bytes;              /* [room]; those from 'start' to 'end' are not yet read */
  size_t room, start, end;
  size_t searched;          /* start <= searched <= end: no line feed before it */
};

Status wire_new (Wire **out, size_t limit) {
  *out = mem_alloc(1, sizeof **out);
  if (*out == NULL) return STATUS_NO_MEMORY;
  (*out)->limit = limit;
  return STATUS_OK;
}

void wire_free (Wire *wire) {
  if (wire == NULL) return;
  mem_free(wire->bytes);
  mem_free(wire);
}

void wire_set_limit (Wire *wire, size_t limit) {
  wire->limit = limit;
}

/* Move what is not yet read to the front, and make room for 'more' behind it. */
static Status make_room (Wire *wire, size_t more) {
  const size_t kept = wire->end - wire->start;
  if (kept > 0 && wire->start > 0) memmove(wire->bytes, wire->bytes + wire->start, kept);
  wire->searched -= wire->start;
  wire->start = 0;
  wire->end = kept;
  if (more <= wire->room - kept) return STATUS_OK;
  size_t room = wire->room > 0 ? wire->room : 1024;
  while (room - kept < more) room *= 2;
  char *bytes = mem_resize(wire->bytes, room, 1);
  if (bytes == NULL) return STATUS_NO_MEMORY;
  wire->bytes = bytes;
  wire->room = room;
  return STATUS_OK;
}

static Status too_long (const Wire *wire, Problem *problem) {
  return problem_set(problem, STATUS_BAD_DATA, "a line of more than %zu bytes", wire->limit);
}

/* The first line feed not yet read, or NULL; looks at no byte twice. */
static const char *find_end (Wire *wire) {
  if (wire->searched == wire->end) return NULL;
  const char *found = memchr(wire->bytes + wire->searched, '\n', wire->end - wire->searched);
  wire->searched = found != NULL ? (size_t)(found - wire->bytes) : wire->end;
  return found;
}

Status wire_feed (Wire *wire, const char *bytes, size_t length, Problem *problem) {
  if (length == 0) return STATUS_OK;
  const Status status = make_room(wire, length);
  if (status != STATUS_OK) return problem_set(problem, status, "%s", status_message(status));
  memcpy(wire->bytes + wire->end, bytes, length);
  wire->end += length;
  if (find_end(wire) == NULL && wire->end - wire->start >= wire->limit) return too_long(wire, problem);
  return STATUS_OK;
}

/* Is the line an object by its first byte, and no tower of brackets? */
static Status look (const char *line, size_t length, Problem *problem) {
  size_t first = 0;
  while (first < length && strchr(" \t\r", line[first]) != NULL && line[first] != '\0') first++;
  if (first == length || line[first] != '{') return problem_set(problem, STATUS_BAD_DATA, "a line that is not a JSON object");
  int depth = 0;
  bool text = false;
  for (size_t i = first; i < length; i++) {
    const char c = line[i];
    if (text && c == '\\') i++;
    else if (c == '"') text = !text;
    else if (!text && (c == '{' || c == '[')) depth++;
    else if (!text && (c == '}' || c == ']')) depth--;
    if (depth > WIRE_DEPTH) return problem_set(problem, STATUS_BAD_DATA, "a line nested deeper than %d", WIRE_DEPTH);
  }
  return STATUS_OK;
}

Status wire_next (Wire *wire, const char **line, size_t *length, Problem *problem) {
  *line = NULL;
  *length = 0;
  const char *end = find_end(wire);
  if (end == NULL) return wire->end - wire->start >= wire->limit ? too_long(wire, problem) : STATUS_OK;
  const char *begin = wire->bytes + wire->start;
  const size_t found = (size_t)(end - begin);
  if (found >= wire->limit) return too_long(wire, problem);
  const Status status = look(begin, found, problem);
  if (status != STATUS_OK) return status;
  wire->start += found + 1;
  wire->searched = wire->start;
  *line = begin;
  *length = found;
  return STATUS_OK;
}

bool wire_same (const char *secret, size_t secret_length, const char *given, size_t given_length) {
  unsigned char differs = secret_length != given_length;
  for (size_t i = 0; i < given_length; i++) {
    const char expected = secret_length > 0 ? secret[i % secret_length] : '\0';
    differs |= (unsigned char)(expected ^ given[i]);
  }
  return differs == 0;
}

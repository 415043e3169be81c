/* The cutter of a connection's lines: fed in pieces, its lines are those of the bytes. The first byte is the limit, the
 * second the length of a piece. */
#include <string.h>

#include "fuzz.h"
#include "io/wire.h"

/* The lines so far are a beginning of bytes[count], each with its line feed. */
static Status drain (Wire *wire, const uint8_t *bytes, size_t count, size_t limit, size_t *done) {
  const char *line;
  size_t length;
  Problem problem = { "" };
  Status status;
  while ((status = wire_next(wire, &line, &length, &problem)) == STATUS_OK && line != NULL) {
    promise(length < limit && *done + length < count);
    promise(memcmp(bytes + *done, line, length) == 0 && bytes[*done + length] == '\n');
    promise(memchr(line, '\n', length) == NULL && memchr(line, '{', length) != NULL);
    *done += length + 1;
  }
  promise(status == STATUS_OK || (status == STATUS_BAD_DATA && problem.text[0] != '\0'));
  return status;
}

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t count) {
  if (count < 2) return 0;
  const size_t limit = 2 + (size_t)bytes[0], piece = 1 + (size_t)bytes[1];
  bytes += 2, count -= 2;
  Wire *wire;
  promise(wire_new(&wire, limit) == STATUS_OK);
  Status status = STATUS_OK;
  size_t fed = 0, done = 0;
  while (fed < count && status == STATUS_OK) {
    const size_t part = piece < count - fed ? piece : count - fed;
    status = wire_feed(wire, (const char *)bytes + fed, part, NULL);
    fed += part;
    if (status == STATUS_OK) status = drain(wire, bytes, fed, limit, &done);
  }
  if (status == STATUS_OK) promise(fed == count && memchr(bytes + done, '\n', count - done) == NULL && count - done < limit);
  wire_free(wire);
  return 0;
}

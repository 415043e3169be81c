/* wire.h -- what comes over a connection, cut into the lines of doc/protocol.md.
 *
 * Bytes go in as they arrive, in pieces of any size; whole lines come out. A
 * line is looked at before JSON is: that it is not too long, that it is an
 * object, and nested no deeper than allowed. So whatever a stranger sends, no
 * more than the limit and one piece is ever held, and no parser sees a tower
 * of brackets. After an error a Wire is of no more use: where the next line
 * begins is not known. */
#ifndef wire_h
#define wire_h

#include <stdbool.h>
#include <stddef.h>

#include "../numerics/status.h"

enum {
  WIRE_LINE = 1 << 20,     /* bytes of a line, line feed included */
  WIRE_FIRST_LINE = 4096,  /* the same, before the other side has shown who it is */
  WIRE_DEPTH = 8           /* objects and arrays within each other, the message being 1 */
};

typedef struct Wire Wire;

/* A new Wire for lines of up to 'limit' > 1 bytes. STATUS_OK: *out is the
 * caller's, to end with wire_free. STATUS_NO_MEMORY: *out is NULL. */
Status wire_new (Wire **out, size_t limit);

/* End 'wire'; NULL is ignored. */
void wire_free (Wire *wire);

/* From now on lines of up to 'limit' > 1 bytes. */
void wire_set_limit (Wire *wire, size_t limit);

/* Take the bytes in, a copy. Ends the life of the line wire_next gave.
 * STATUS_OK, STATUS_NO_MEMORY, or STATUS_BAD_DATA: an unfinished line is
 * already too long. */
Status wire_feed (Wire *wire, const char *bytes, size_t length, Problem *problem);

/* The next whole line without its line feed, [*length] bytes, valid until the
 * next call; *line is NULL if none is there. STATUS_OK, or STATUS_BAD_DATA, also
 * where an unfinished line behind the last whole one is already too long. */
Status wire_next (Wire *wire, const char **line, size_t *length, Problem *problem);

/* Are two secrets the same? Takes a time that depends on the length of 'given' alone. */
bool wire_same (const char *secret, size_t secret_length, const char *given, size_t given_length);

#endif

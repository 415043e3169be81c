/* statefile.h -- bytes in a file that is there whole or not at all.
 *
 * A line of text says what it is, then how many bytes follow and their CRC-32:
 * a file that was cut or altered is found out. The bytes are its writer's affair. */
#ifndef io_statefile_h
#define io_statefile_h

#include <stddef.h>

#include "../numerics/status.h"

/* Write state[size] to 'path': beside its place, synced to the disk, then renamed.
 * STATUS_OK, or STATUS_IO or STATUS_NO_MEMORY with the reason in 'problem'; then what
 * was at 'path' is still there. */
Status statefile_write (const char *path, const void *state, size_t size, Problem *problem);

/* Read what statefile_write wrote. STATUS_OK: *out is the caller's, *size bytes, to end
 * with mem_free. Otherwise *out is NULL: STATUS_NOT_FOUND, STATUS_IO, STATUS_BAD_DATA
 * (no such file, or it was cut or altered), STATUS_NO_MEMORY. */
Status statefile_read (void **out, size_t *size, const char *path, Problem *problem);

#endif

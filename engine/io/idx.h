/* idx.h -- gzipped IDX files of bytes, as the MNIST family comes in
 * (yann.lecun.com/exdb/mnist). The only door to zlib. */
#ifndef idx_h
#define idx_h

#include <stdint.h>

#include "../numerics/status.h"

/* Read items of unsigned bytes: *count of them, *size bytes each. STATUS_OK: *out
 * [*count * *size] is the caller's, to end with mem_free. Otherwise NULL, and 'problem' names the file and
 * the trouble: STATUS_NOT_FOUND, STATUS_IO, STATUS_BAD_DATA, STATUS_NO_MEMORY. */
Status idx_read (uint8_t **out, int *count, int *size, const char *file, Problem *problem);

#endif

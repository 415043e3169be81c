#include "idx.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <zlib.h>

#include "../numerics/mem.h"

enum { UNSIGNED_BYTES = 0x08, MOST_DIMENSIONS = 4 };

static Status broken (Problem *problem, const char *file, const char *what) {
  return problem_set(problem, STATUS_BAD_DATA, "%s: %s", file, what);
}

/* Exactly n bytes, in pieces that gzread's unsigned count can take. */
static bool read_exactly (gzFile stream, uint8_t *bytes, size_t n) {
  while (n > 0) {
    const unsigned piece = n < (1u << 30) ? (unsigned)n : 1u << 30;
    const int got = gzread(stream, bytes, piece);
    if (got <= 0) return false;
    bytes += got;
    n -= (size_t)got;
  }
  return true;
}

static uint32_t big_endian (const uint8_t *b) {
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* The header: how many items of how many bytes. */
static Status read_header (gzFile stream, int *count, int *size, const char *file, Problem *problem) {
  uint8_t magic[4], dimension[4];
  uint64_t bytes = 1;
  if (!read_exactly(stream, magic, sizeof magic)) return broken(problem, file, "cut short, or not a gzip file");
  if (magic[0] != 0 || magic[1] != 0 || magic[2] != UNSIGNED_BYTES || magic[3] < 1 || magic[3] > MOST_DIMENSIONS)
    return broken(problem, file, "not an IDX file of unsigned bytes");
  for (int i = 0; i < magic[3]; i++) {
    if (!read_exactly(stream, dimension, sizeof dimension)) return broken(problem, file, "cut short in its header");
    const uint32_t extent = big_endian(dimension);
    if (extent == 0 || extent > INT_MAX) return broken(problem, file, "a dimension in its header is out of range");
    if (i == 0) *count = (int)extent;
    else bytes *= extent;
    if (bytes > INT_MAX) return broken(problem, file, "its items are too large");
  }
  *size = (int)bytes;
  return STATUS_OK;
}

static Status read_items (uint8_t **out, gzFile stream, int *count, int *size, const char *file, Problem *problem) {
  const Status status = read_header(stream, count, size, file, problem);
  if (status != STATUS_OK) return status;
  uint8_t *bytes = mem_alloc((size_t)*count, (size_t)*size);
  if (bytes == NULL) return STATUS_NO_MEMORY;
  uint8_t beyond;
  int error = Z_OK;
  const bool whole = read_exactly(stream, bytes, (size_t)*count * (size_t)*size) && gzread(stream, &beyond, 1) == 0;
  gzerror(stream, &error);  /* a cut or wrong checksum shows only here */
  if (whole && (error == Z_OK || error == Z_STREAM_END)) {
    *out = bytes;
    return STATUS_OK;
  }
  mem_free(bytes);
  return broken(problem, file, "cut short or damaged: it does not hold what its header says");
}

Status idx_read (uint8_t **out, int *count, int *size, const char *file, Problem *problem) {
  *out = NULL;
  errno = 0;
  gzFile stream = gzopen(file, "rb");
  if (stream == NULL)
    return errno == 0 ? STATUS_NO_MEMORY
         : problem_set(problem, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "%s: %s", file, strerror(errno));
  gzbuffer(stream, 1 << 18);
  Status status = read_items(out, stream, count, size, file, problem);
  gzclose(stream);
  return status;
}

#include "idx.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <zlib.h>

#include "../numerics/mem.h"

enum { MAX_DIMENSIONS = 4, MAX_ITEM = 1 << 24, UNSIGNED_BYTE = 8, BUFFER = 1 << 18,
  FIRST_PART = 1 << 16, LAST_PART = 1 << 30 };   /* bytes of one read of data */

typedef struct Header {
  int items, item;
} Header;

/* What zlib has to say after a read that gave too little. */
static Status short_read (gzFile file, const char *path, const char *where, Problem *problem) {
  int code;
  const char *text = gzerror(file, &code);
  if (code == Z_ERRNO) return problem_set(problem, STATUS_IO, "%s: %s", path, strerror(errno));
  if (code == Z_MEM_ERROR) return STATUS_NO_MEMORY;
  if (code == Z_OK || code == Z_BUF_ERROR)
    return problem_set(problem, STATUS_BAD_DATA, "%s: ends in %s: the file is cut short", path, where);
  return problem_set(problem, STATUS_BAD_DATA, "%s: damaged: %s", path, text);
}

static Status read_header (gzFile file, const char *path, Header *header, Problem *problem) {
  unsigned char magic[4], size[4 * MAX_DIMENSIONS];
  if (gzread(file, magic, sizeof magic) != (int)sizeof magic) return short_read(file, path, "its header", problem);
  if (magic[0] != 0 || magic[1] != 0 || magic[2] != UNSIGNED_BYTE || magic[3] < 1 || magic[3] > MAX_DIMENSIONS)
    return problem_set(problem, STATUS_BAD_DATA,
                       "%s: begins with %02x%02x%02x%02x: IDX of unsigned bytes expected, 000008 and 1 to %d dimensions",
                       path, magic[0], magic[1], magic[2], magic[3], MAX_DIMENSIONS);
  const int bytes = 4 * magic[3];
  if (gzread(file, size, (unsigned)bytes) != bytes) return short_read(file, path, "its header", problem);
  long long item = 1, items = 0;
  for (int d = 0; d < magic[3]; d++) {
    const unsigned char *b = size + 4 * d;
    const long long length = ((long long)b[0] << 24) | b[1] << 16 | b[2] << 8 | b[3];
    if (d == 0) items = length;
    else item *= length;
    if (item > MAX_ITEM || item < 1 || items > INT_MAX)
      return problem_set(problem, STATUS_BAD_DATA, "%s: items of %lld bytes, %lld of them, by its header: not a data set",
                         path, item, items);
  }
  *header = (Header){ .items = (int)items, .item = (int)item };
  return STATUS_OK;
}

/* Add exactly 'count' bytes to the first 'before' of *bytes. Memory is asked for as the
 * data arrive: what a header claims costs nothing until the file has delivered it. */
static Status read_bytes (gzFile file, const char *path, uint8_t **bytes, size_t before, size_t count, Problem *problem) {
  size_t part = FIRST_PART;
  while (count > 0) {
    if (part > count) part = count;
    uint8_t *larger = mem_resize(*bytes, before + part, 1);
    if (larger == NULL) return STATUS_NO_MEMORY;
    *bytes = larger;
    const int got = gzread(file, larger + before, (unsigned)part);
    if (got < (int)part) return short_read(file, path, "its data", problem);
    before += part;
    count -= part;
    if (part < LAST_PART) part *= 2;
  }
  return STATUS_OK;
}

/* The end of the file is here; reading on also checks gzip's checksum. */
static Status read_end (gzFile file, const char *path, Problem *problem) {
  unsigned char more;
  const int got = gzread(file, &more, 1);
  if (got > 0) return problem_set(problem, STATUS_BAD_DATA, "%s: more data than its header says", path);
  int code;
  gzerror(file, &code);
  return got == 0 && code == Z_OK ? STATUS_OK : short_read(file, path, "its checksum", problem);
}

static Status append (Idx *idx, gzFile file, const char *path, Problem *problem) {
  Header header = { 0 };
  Status status = read_header(file, path, &header, problem);
  if (status != STATUS_OK) return status;
  if (idx->items > 0 && header.item != idx->item)
    return problem_set(problem, STATUS_BAD_DATA, "%s: items of %d bytes, %d expected", path, header.item, idx->item);
  if (header.items > INT_MAX - idx->items) return problem_set(problem, STATUS_BAD_DATA, "%s: too many items", path);
  const size_t before = (size_t)idx->items * (size_t)header.item, count = (size_t)header.items * (size_t)header.item;
  status = read_bytes(file, path, &idx->bytes, before, count, problem);
  if (status == STATUS_OK) status = read_end(file, path, problem);
  if (status != STATUS_OK) return status;
  idx->item = header.item;
  idx->items += header.items;
  return STATUS_OK;
}

Status idx_append (Idx *idx, const char *path, Problem *problem) {
  errno = 0;
  gzFile file = gzopen(path, "rb");
  if (file == NULL) {
    if (errno == 0 || errno == ENOMEM) return STATUS_NO_MEMORY;
    return problem_set(problem, errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_IO, "%s: %s", path, strerror(errno));
  }
  gzbuffer(file, BUFFER);
  const Status status = append(idx, file, path, problem);
  gzclose_r(file);
  return status;
}

void idx_clear (Idx *idx) {
  mem_free(idx->bytes);
  *idx = (Idx){ 0 };
}

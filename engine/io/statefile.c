#include "statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "../numerics/mem.h"

/* "neap state 1 SIZE CRC\n", padded with blanks to this many bytes. */
enum { HEAD = 64 };
#define FORMAT "neap state 1 %zu %08lx"

static unsigned long checksum (const void *bytes, size_t size) {
  return (unsigned long)crc32_z(crc32_z(0, NULL, 0), bytes, size);
}

static void fill_head (char head[HEAD + 1], const void *state, size_t size) {
  char text[HEAD];
  snprintf(text, sizeof text, FORMAT, size, checksum(state, size));
  snprintf(head, HEAD + 1, "%-*s\n", HEAD - 1, text);
}

/* false, with errno, if any of it failed. */
static bool write_all (int file, const void *bytes, size_t size) {
  const char *next = bytes;
  while (size > 0) {
    const ssize_t written = write(file, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    next += written;
    size -= (size_t)written;
  }
  return true;
}

/* The bytes read; fewer than 'size' at the end of the file; -1, with errno. */
static ssize_t read_all (int file, void *bytes, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t got = read(file, (char *)bytes + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += (size_t)got;
  }
  return (ssize_t)done;
}

static bool write_file (const char *path, const void *state, size_t size) {
  char head[HEAD + 1];
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  fill_head(head, state, size);
  const bool written = write_all(file, head, HEAD) && write_all(file, state, size) && fsync(file) == 0;
  const int why = errno;
  if (close(file) == 0 && written) return true;
  if (!written) errno = why;
  return false;
}

Status statefile_write (const char *path, const void *state, size_t size, Problem *problem) {
  const size_t length = strlen(path) + 32;
  char *beside = mem_alloc(length, 1);
  if (beside == NULL) return STATUS_NO_MEMORY;
  snprintf(beside, length, "%s.%ld.part", path, (long)getpid());
  Status status = STATUS_OK;
  if (!write_file(beside, state, size) || rename(beside, path) != 0) {
    status = problem_set(problem, STATUS_IO, "%s: %s", path, strerror(errno));
    unlink(beside);
  }
  mem_free(beside);
  return status;
}

/* The state in an open file of 'length' bytes. */
static Status read_state (void **out, size_t *size, int file, size_t length, const char *path, Problem *problem) {
  char head[HEAD + 1] = "", expected[HEAD + 1];
  if (length < HEAD || read_all(file, head, HEAD) != HEAD || strncmp(head, FORMAT, strcspn(FORMAT, "%")) != 0)
    return problem_set(problem, STATUS_BAD_DATA, "%s: no checkpoint of neap's", path);
  *size = length - HEAD;
  *out = mem_alloc(*size, 1);
  if (*out == NULL) return STATUS_NO_MEMORY;
  const ssize_t got = read_all(file, *out, *size);
  if (got < 0) return problem_set(problem, STATUS_IO, "%s: %s", path, strerror(errno));
  fill_head(expected, *out, *size);
  if ((size_t)got == *size && memcmp(head, expected, HEAD) == 0) return STATUS_OK;
  return problem_set(problem, STATUS_BAD_DATA, "%s: the checkpoint was cut or altered", path);
}

Status statefile_read (void **out, size_t *size, const char *path, Problem *problem) {
  *out = NULL;
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);   /* a pipe would be waited for */
  if (file < 0) return problem_set(problem, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "%s: %s", path, strerror(errno));
  struct stat about;
  Status status;
  if (fstat(file, &about) != 0) status = problem_set(problem, STATUS_IO, "%s: %s", path, strerror(errno));
  else if (!S_ISREG(about.st_mode)) status = problem_set(problem, STATUS_BAD_DATA, "%s: no regular file", path);
  else status = read_state(out, size, file, (size_t)about.st_size, path, problem);
  close(file);
  if (status == STATUS_OK) return status;
  mem_free(*out);
  *out = NULL;
  return status;
}

/* fuzz.h -- what the fuzz targets share. A target is one function that takes any bytes, must come to its end, and aborts
 * where a promise is broken. libFuzzer calls it in `make fuzz`, corpus.c on the files of corpus/ in every test run. */
#ifndef fuzz_h
#define fuzz_h

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t count);

#define promise(condition) do {                                                        \
    if (!(condition)) {                                                                \
      fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);  \
      abort();                                                                         \
    }                                                                                  \
  } while (0)

/* A file in memory that holds bytes[count]: its descriptor, to close; 'path' opens it. */
static inline int memory_file (const uint8_t *bytes, size_t count, char path[32]) {
  const int file = memfd_create("fuzz", MFD_CLOEXEC);
  promise(file >= 0 && write(file, bytes, count) == (ssize_t)count);
  snprintf(path, 32, "/proc/self/fd/%d", file);
  return file;
}

#endif

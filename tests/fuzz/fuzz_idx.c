/* The reader of IDX files, compressed or not: items, or one line of why not. Twice, as the second file must fit the first. */
#include <string.h>

#include "fuzz.h"
#include "io/idx.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t count) {
  char path[32];
  const int file = memory_file(bytes, count, path);
  Problem problem = { "" };
  Idx idx = { 0 };
  const Status status = idx_append(&idx, path, &problem);
  promise(status == STATUS_OK || idx.items == 0);
  promise(status == STATUS_OK || status == STATUS_NO_MEMORY || strncmp(problem.text, path, strlen(path)) == 0);
  promise(strchr(problem.text, '\n') == NULL);
  if (status == STATUS_OK) {
    const size_t once = (size_t)idx.items * (size_t)idx.item;
    const int items = idx.items;
    promise(idx_append(&idx, path, &problem) == STATUS_OK && idx.items == 2 * items);
    promise(once == 0 || memcmp(idx.bytes, idx.bytes + once, once) == 0);
  }
  idx_clear(&idx);
  close(file);
  return 0;
}

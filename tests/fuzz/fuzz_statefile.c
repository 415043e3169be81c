/* The reader of checkpoint files: all the bytes that were written, or one line of why not. */
#include <string.h>

#include "fuzz.h"
#include "io/statefile.h"
#include "numerics/mem.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t count) {
  char path[32];
  const int file = memory_file(bytes, count, path);
  Problem problem = { "" };
  void *state;
  size_t size;
  const Status status = statefile_read(&state, &size, path, &problem);
  promise((status == STATUS_OK) == (state != NULL));
  promise(status == STATUS_OK || status == STATUS_NO_MEMORY || status == STATUS_BAD_DATA);
  promise(status != STATUS_BAD_DATA || strncmp(problem.text, path, strlen(path)) == 0);
  promise(strchr(problem.text, '\n') == NULL);
  if (status == STATUS_OK) promise(size < count && memcmp(state, bytes + count - size, size) == 0);
  mem_free(state);
  close(file);
  return 0;
}

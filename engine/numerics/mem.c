#include "mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Larger than an object can be: so is every product that overflows. */
static bool too_large (size_t count, size_t size) {
  return count > (size_t)PTRDIFF_MAX / size;
}

void *mem_alloc (size_t count, size_t size) {
  if (count == 0 || size == 0) count = size = 1;
  return too_large(count, size) ? NULL : calloc(count, size);
}

void *mem_resize (void *block, size_t count, size_t size) {
  if (count == 0 || size == 0) count = size = 1;
  return too_large(count, size) ? NULL : realloc(block, count * size);
}

void mem_free (void *block) {
  free(block);
}

#include "mem.h"

#include <stdint.h>
#include <stdlib.h>

void *mem_alloc (size_t count, size_t size) {
  if (count == 0 || size == 0) count = size = 1;
  return calloc(count, size);  /* checks the product itself */
}

void *mem_resize (void *block, size_t count, size_t size) {
  if (count == 0 || size == 0) count = size = 1;
  if (count > SIZE_MAX / size) return NULL;
  return realloc(block, count * size);
}

void mem_free (void *block) {
  free(block);
}

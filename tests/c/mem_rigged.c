#include "mem_rigged.h"

#include <stdint.h>
#include <stdlib.h>

#include "numerics/mem.h"

int mem_budget = 1 << 30;
int mem_live;

void *mem_alloc (size_t count, size_t size) {
  if (mem_budget-- <= 0) return NULL;
  void *block = calloc(count ? count : 1, size ? size : 1);
  if (block != NULL) mem_live++;
  return block;
}

void *mem_resize (void *block, size_t count, size_t size) {
  if (mem_budget-- <= 0 || (size != 0 && count > SIZE_MAX / size)) return NULL;
  void *moved = realloc(block, count > 0 && size > 0 ? count * size : 1);
  if (moved != NULL && block == NULL) mem_live++;
  return moved;
}

void mem_free (void *block) {
  if (block != NULL) mem_live--;
  free(block);
}

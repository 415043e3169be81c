/* idx.h -- arrays of bytes from IDX files, the format of MNIST and its kin,
 * compressed by gzip or not. The only door to zlib.
 *
 * The format (yann.lecun.com/exdb/mnist): two zero bytes, the type (8: unsigned
 * byte), the number of dimensions, each size as 4 bytes, largest first; then
 * the elements, the last index running fastest. */
#ifndef io_idx_h
#define io_idx_h

#include <stdint.h>

#include "../numerics/status.h"

/* Items of equal size, one after another; begins as { 0 }. */
typedef struct Idx {
  int items;
  int item;         /* bytes of an item: the product of all sizes but the first */
  uint8_t *bytes;   /* [items*item] of mem.h */
} Idx;

/* Add the items of the file at 'path' to 'idx', which fixes the size of an item
 * unless it is empty. STATUS_NOT_FOUND, STATUS_IO, STATUS_BAD_DATA (not IDX, not of
 * bytes, another item size, shorter or longer than its header says, damaged),
 * STATUS_NO_MEMORY: 'idx' keeps the items it had, 'problem' says "path: why". */
Status idx_append (Idx *idx, const char *path, Problem *problem);

/* Free the bytes and empty 'idx'. */
void idx_clear (Idx *idx);

#endif

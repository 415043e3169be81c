/* mem.h -- the engine's only door to the heap.
 *
 * The tests link another mem.c that counts what lives and fails on command:
 * that is why nothing under engine/ calls malloc itself. */
#ifndef mem_h
#define mem_h

#include <stddef.h>

/* 'count' * 'size' bytes set to zero, or NULL: no memory, or the product
 * overflows. Never NULL for a zero product. The caller's, to end with mem_free. */
void *mem_alloc (size_t count, size_t size);

/* Resize 'block' (NULL: a new one) to 'count' * 'size' bytes; what it grows by
 * is not set. NULL: no memory, and 'block' stays as it was and the caller's. */
void *mem_resize (void *block, size_t count, size_t size);

/* End 'block'; NULL is ignored. */
void mem_free (void *block);

#endif

/* labels.h -- texts as numbers: the first is 1, each new one the next. */
#ifndef io_labels_h
#define io_labels_h

#include <stddef.h>

#include "../numerics/status.h"

enum { LABELS_MAX = 4096 };

typedef struct Label {
  char *text;      /* [length] of mem.h */
  size_t length;
  int number;
} Label;

/* Begins as { 0 }. */
typedef struct Labels {
  Label *items;   /* [count] of mem.h, in an order of its own */
  int count, room;
} Labels;

/* The number of text[length], which may be new. STATUS_BAD_DATA: LABELS_MAX are
 * there already; STATUS_NO_MEMORY. Costs O(log count), a new one O(count). */
Status labels_number (Labels *labels, const char *text, size_t length, int *number);

/* Free the texts and empty 'labels'. */
void labels_clear (Labels *labels);

#endif

#include "labels.h"

#include <string.h>

#include "../numerics/mem.h"

/* Any order will do: by length, then byte by byte. */
static int compare (const Label *label, const char *text, size_t length) {
  if (label->length != length) return label->length < length ? -1 : 1;
  return memcmp(label->text, text, length);
}

/* Where 'text' is, or where it belongs. */
static int find (const Labels *labels, const char *text, size_t length) {
  int low = 0, high = labels->count;
  while (low < high) {
    const int middle = (low + high) / 2;
    if (compare(&labels->items[middle], text, length) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

static Status make_room (Labels *labels) {
  if (labels->count < labels->room) return STATUS_OK;
  const int room = labels->room > 0 ? 2 * labels->room : 16;
  Label *items = mem_resize(labels->items, (size_t)room, sizeof *items);
  if (items == NULL) return STATUS_NO_MEMORY;
  labels->items = items;
  labels->room = room;
  return STATUS_OK;
}

Status labels_number (Labels *labels, const char *text, size_t length, int *number) {
  const int place = find(labels, text, length);
  if (place < labels->count && compare(&labels->items[place], text, length) == 0) {
    *number = labels->items[place].number;
    return STATUS_OK;
  }
  if (labels->count == LABELS_MAX) return STATUS_BAD_DATA;
  if (make_room(labels) != STATUS_OK) return STATUS_NO_MEMORY;
  char *copy = mem_alloc(length, 1);
  if (copy == NULL) return STATUS_NO_MEMORY;
  memcpy(copy, text, length);
  Label *slot = labels->items + place;
  memmove(slot + 1, slot, (size_t)(labels->count - place) * sizeof *slot);
  *slot = (Label){ .text = copy, .length = length, .number = ++labels->count };
  *number = slot->number;
  return STATUS_OK;
}

void labels_clear (Labels *labels) {
  for (int i = 0; i < labels->count; i++) mem_free(labels->items[i].text);
  mem_free(labels->items);
  *labels = (Labels){ 0 };
}

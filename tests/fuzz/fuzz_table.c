/* The CSV reader: whatever a file holds, a table of what was asked for, or one line of why not. The first byte says how to read. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "io/table.h"

static const TableColumn WANTED[] = {
  { "rate", TABLE_FINITE }, { "run", TABLE_LABEL }, { "loss", TABLE_NUMBER }, { "validation", TABLE_OPTIONAL },
};

enum { EVERY, HEADER, CHOSEN, WAYS };

static void check_table (const Table *table, int way) {
  promise(table->columns > 0 && table->rows >= 0 && (way != HEADER || table->rows == 0));
  for (int j = 0; j < table->columns; j++) promise(table->names[j] != NULL);
  for (int i = 0; i < table->rows; i++) {
    promise(table->lines[i] > (i > 0 ? table->lines[i - 1] - 1 : 0));   /* lone CRs end a row, not a line */
    for (int j = 0; j < table->columns; j++) {
      const double cell = table->cells[(size_t)i * (size_t)table->columns + (size_t)j];
      promise(isfinite(cell) || (way == CHOSEN && WANTED[j].cell != TABLE_FINITE));
      promise(way != CHOSEN || WANTED[j].cell != TABLE_LABEL || (cell >= 1 && cell <= table->rows));
    }
  }
}

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t count) {
  if (count == 0) return 0;
  const int way = bytes[0] % WAYS;
  char path[32];
  const int file = memory_file(bytes + 1, count - 1, path);
  Problem problem = { "" };
  Table *table;
  const Status status = way == EVERY ? table_read(&table, path, &problem)
                      : way == HEADER ? table_read_header(&table, path, &problem)
                      : table_read_columns(&table, path, sizeof WANTED / sizeof *WANTED, WANTED, &problem);
  promise((status == STATUS_OK) == (table != NULL));
  promise(status == STATUS_OK || status == STATUS_NO_MEMORY || strncmp(problem.text, path, strlen(path)) == 0);
  promise(strchr(problem.text, '\n') == NULL);
  if (table != NULL) check_table(table, way);
  table_free(table);
  close(file);
  return 0;
}

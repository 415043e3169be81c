/* table.h -- a numeric CSV file with a header line. The only door to libcsv.
 *
 * Comma-separated, RFC 4180 quoting, LF or CRLF, a byte-order mark is skipped,
 * blank lines are too. Every cell is a finite number. */
#ifndef table_h
#define table_h

#include "../numerics/status.h"

enum { TABLE_MOST_COLUMNS = 65536 };

typedef struct Table {
  int rows, columns;    /* both > 0 */
  char **name;          /* [columns] as in the header */
  double *cell;         /* [rows * columns] row-major */
} Table;

/* Read a file. STATUS_OK: *out is the caller's, to end with table_free. Otherwise *out is
 * NULL and 'problem' says what, with file and line: STATUS_NOT_FOUND, STATUS_IO,
 * STATUS_BAD_DATA (ragged row, text for a number, no rows, too many columns), STATUS_NO_MEMORY. */
Status table_read (Table **out, const char *file, Problem *problem);

/* End it; NULL is ignored. */
void table_free (Table *table);

#endif

/* table.h -- tables of numbers with named columns, from CSV and to CSV
 * (RFC 4180: commas, double quotes; LF or CRLF; a byte-order mark is skipped).
 * The only door to libcsv. */
#ifndef io_table_h
#define io_table_h

#include <stdbool.h>

#include "../numerics/status.h"

enum {
  TABLE_MAX_COLUMNS = 65536,
  TABLE_MAX_FIELD = 4096      /* bytes of one cell or name */
};

typedef struct Table {
  int rows, columns;   /* columns > 0 */
  char **names;        /* [columns] */
  double *cells;       /* [rows*columns] row-major */
  int *lines;          /* [rows] of the file, from 1, on which a row ends; NULL if there are no rows */
} Table;

/* What the cells of a column may hold. */
typedef enum TableCell {
  TABLE_FINITE,     /* a finite number */
  TABLE_NUMBER,     /* a number, nan or an infinity */
  TABLE_OPTIONAL,   /* the same, or nothing: see table_is_missing */
  TABLE_LABEL       /* any text; texts that are alike are read as one number: 1, 2, .. as they appear */
} TableCell;

typedef struct TableColumn {
  const char *name;
  TableCell cell;
} TableColumn;

/* Read the file at 'path': a row of names, then rows of as many finite numbers. Blank
 * lines are skipped; nan, inf, hexadecimal and empty cells are refused.
 * STATUS_OK: *out is the caller's, to end with table_free. Otherwise *out is
 * NULL and 'problem' says "path:line: what is wrong": STATUS_NOT_FOUND,
 * STATUS_IO, STATUS_BAD_DATA, STATUS_NO_MEMORY. */
Status table_read (Table **out, const char *path, Problem *problem);

/* As table_read, but its names alone: no rows. */
Status table_read_header (Table **out, const char *path, Problem *problem);

/* As table_read, but of the columns wanted[count] alone, each as it is declared; columns
 * of the table are in the order of 'wanted'. What the others hold is not looked at.
 * STATUS_NOT_FOUND also for a column that is not there; STATUS_BAD_DATA also for a
 * wanted name that two columns have, and for more than LABELS_MAX different labels;
 * STATUS_BAD_ARGUMENT: count < 1, or a name is wanted twice. */
Status table_read_columns (Table **out, const char *path, int count, const TableColumn *wanted, Problem *problem);

/* Is this the nan that stands for an empty cell, unlike one that was written as nan? */
bool table_is_missing (double cell);

/* End 'table'; NULL is ignored. */
void table_free (Table *table);

/* Write names[columns] and cells[rows*columns] (row-major) to 'path'. A number is
 * written with the fewest digits that read back the same; nan and inf as those
 * words. A regular file appears whole or not at all: it is written beside its
 * place, then renamed. STATUS_OK, or STATUS_IO or STATUS_NO_MEMORY with the reason in 'problem'. */
Status table_write (const char *path, int rows, int columns, const char *const *names, const double *cells,
                    Problem *problem);

#endif

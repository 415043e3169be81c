/* table.c -- tables from CSV; the writing is in table_write.c.
 *
 * libcsv tells neither lines nor places, so it is fed at most one line at a
 * time; its callbacks cannot stop it, so they note the first problem. */
#include "table.h"

#include <csv.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../numerics/mem.h"
#include "labels.h"

enum { EVERY_COLUMN = -1, HEADER_ALONE = -2 };

typedef struct Reader {
  const char *path;
  Table *table;
  const TableColumn *wanted;   /* [count] */
  int count;                   /* or EVERY_COLUMN, HEADER_ALONE */
  int *place;                  /* [fields] where a field of the file goes in the table; < 0: nowhere */
  int fields;                  /* of each record, by the header */
  int line;                    /* of the text being parsed, from 1 */
  int field;                   /* fields of this record so far */
  int record_line;             /* where the last record ended: an open quote began after it */
  bool header_done;
  bool numeric_header;         /* no name yet that is not a number */
  int place_room, names_room, rows_room;
  Labels labels;               /* of all columns of labels */
  locale_t locale;             /* "C": a decimal point is a point wherever we run */
  Status status;
  Problem *problem;
} Reader;

static Status trouble (Reader *reader, const char *what) {
  if (reader->status == STATUS_OK)
    reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s:%d: %s", reader->path, reader->line, what);
  return reader->status;
}

static bool going_on (const Reader *reader) {
  return reader->status == STATUS_OK && !(reader->count == HEADER_ALONE && reader->header_done);
}

/* 'text' as one may print it: cut, control characters as '?'. */
static const char *printable (const char *text, char out[44]) {
  int n = 0;
  for (; n < 40 && text[n] != '\0'; n++) out[n] = iscntrl((unsigned char)text[n]) ? '?' : text[n];
  strcpy(out + n, text[n] != '\0' ? "..." : "");
  return out;
}

/* Make room for one more than 'count' elements; false: no memory. */
static bool grow (void **block, int *room, int count, size_t size) {
  if (count < *room) return true;
  const int more = *room > 0 ? (*room > INT_MAX / 2 ? INT_MAX : 2 * *room) : 64;
  void *larger = mem_resize(*block, (size_t)more, size);
  if (larger == NULL) return false;
  *block = larger;
  *room = more;
  return true;
}

/* A decimal number, nan or infinity that is all of text[length]. */
static bool read_number (const char *text, size_t length, locale_t locale, double *number) {
  char *end;
  if (length == 0 || isspace((unsigned char)text[0]) || strpbrk(text, "xX(") != NULL) return false;
  *number = strtod_l(text, &end, locale);
  return end == text + length;
}

/* ---- the header ------------------------------------------------------------ */

/* Where a column of this name goes: EVERY_COLUMN if nowhere. */
static int place_of (Reader *reader, const char *text, size_t length) {
  if (reader->count < 0) return reader->table->columns;
  for (int j = 0; j < reader->count; j++)
    if (strlen(reader->wanted[j].name) == length && memcmp(reader->wanted[j].name, text, length) == 0) return j;
  return EVERY_COLUMN;
}

static void add_name (Reader *reader, const char *text, size_t length) {
  Table *table = reader->table;
  const int place = place_of(reader, text, length);
  if (!grow((void **)&reader->place, &reader->place_room, reader->field, sizeof *reader->place) ||
      !grow((void **)&table->names, &reader->names_room, place, sizeof *table->names)) {
    reader->status = STATUS_NO_MEMORY;
    return;
  }
  reader->place[reader->field] = place;
  reader->fields++;
  double ignored;
  if (!read_number(text, length, reader->locale, &ignored)) reader->numeric_header = false;
  if (place < 0) return;
  char *name = mem_alloc(length + 1, 1), shown[44];
  if (name == NULL) { reader->status = STATUS_NO_MEMORY; return; }
  memcpy(name, text, length);
  if (reader->count >= 0 && table->names[place] != NULL) {
    reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s:%d: two columns are called '%s'", reader->path,
                                 reader->line, printable(name, shown));
    mem_free(name);
    return;
  }
  table->names[place] = name;
  if (reader->count < 0) table->columns++;
}

static void end_header (Reader *reader) {
  char shown[44];
  reader->header_done = true;
  if (reader->numeric_header) {
    trouble(reader, "numbers in the first row: names of the columns expected there");
    return;
  }
  for (int j = 0; j < reader->count; j++)
    if (reader->table->names[j] == NULL) {
      reader->status = problem_set(reader->problem, STATUS_NOT_FOUND, "%s:%d: no column '%s'", reader->path, reader->line,
                                   printable(reader->wanted[j].name, shown));
      return;
    }
}

/* ---- cells ----------------------------------------------------------------- */

static const uint64_t MISSING = 0x7ff8000000000e0d;   /* a quiet nan with a mark of ours; no text reads as it */

static double missing (void) {
  double cell;
  memcpy(&cell, &MISSING, sizeof cell);
  return cell;
}

bool table_is_missing (double cell) { return memcmp(&cell, &MISSING, sizeof cell) == 0; }

static void read_label (Reader *reader, const char *text, size_t length, double *cell) {
  int number = 0;
  const Status status = labels_number(&reader->labels, text, length, &number);
  *cell = number;
  if (status == STATUS_BAD_DATA) trouble(reader, "too many different labels");
  else reader->status = status;
}

/* Read a cell as its column says; false if it is not that. */
static bool read_cell (Reader *reader, TableCell kind, const char *text, size_t length, double *cell) {
  if (kind == TABLE_LABEL) return read_label(reader, text, length, cell), true;
  if (kind == TABLE_OPTIONAL && length == 0) return *cell = missing(), true;
  return read_number(text, length, reader->locale, cell) && (kind != TABLE_FINITE || isfinite(*cell));
}

static void add_cell (Reader *reader, const char *text, size_t length) {
  static const char *const NOT[] = {
    [TABLE_FINITE] = "is not a finite number", [TABLE_NUMBER] = "is not a number", [TABLE_OPTIONAL] = "is not a number",
  };
  Table *table = reader->table;
  if (reader->field >= reader->fields) return;   /* a ragged row: told at its end, with the count */
  const int j = reader->place[reader->field];
  if (j < 0) return;
  const TableCell kind = reader->count < 0 ? TABLE_FINITE : reader->wanted[j].cell;
  double *cell = &table->cells[(size_t)table->rows * (size_t)table->columns + (size_t)j];
  if (read_cell(reader, kind, text, length, cell) || reader->status != STATUS_OK) return;
  char shown[44], name[44];
  reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s:%d: column '%s': '%s' %s", reader->path, reader->line,
                               printable(table->names[j], name), printable(text, shown), NOT[kind]);
}

/* Room for a record's cells and its line, before the first of them. */
static void begin_row (Reader *reader) {
  Table *table = reader->table;
  int lines_room = reader->rows_room;
  if (!grow((void **)&table->lines, &lines_room, table->rows, sizeof *table->lines) ||
      !grow((void **)&table->cells, &reader->rows_room, table->rows, (size_t)table->columns * sizeof *table->cells))
    reader->status = STATUS_NO_MEMORY;
}

static void on_field (void *text, size_t length, void *data) {
  Reader *reader = data;
  if (!going_on(reader)) return;
  if (reader->field >= TABLE_MAX_COLUMNS) {
    reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s:%d: more than %d columns in a row",
                                 reader->path, reader->line, TABLE_MAX_COLUMNS);
    return;
  }
  if (!reader->header_done) {
    add_name(reader, text, length);
  } else {
    if (reader->field == 0) begin_row(reader);
    if (reader->status == STATUS_OK) add_cell(reader, text, length);
  }
  reader->field++;
}

static void end_row (Reader *reader) {
  Table *table = reader->table;
  if (reader->field != reader->fields) {
    reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s:%d: %d fields, %d expected as in the header",
                                 reader->path, reader->line, reader->field, reader->fields);
  } else if (table->rows == INT_MAX) {
    trouble(reader, "too many rows");
  } else {
    table->lines[table->rows++] = reader->line;
  }
}

static void on_row (int end, void *data) {
  Reader *reader = data;
  (void)end;
  if (!going_on(reader)) return;   /* a lone CR ends a row within what was fed */
  if (reader->header_done) end_row(reader);
  else end_header(reader);
  reader->record_line = reader->line;
  reader->field = 0;
}

/* ---- the stream ------------------------------------------------------------ */

static void parse (Reader *reader, struct csv_parser *csv, const char *text, size_t length) {
  if (csv_parse(csv, text, length, on_field, on_row, reader) != length && reader->status == STATUS_OK) {
    if (csv_error(csv) == CSV_ENOMEM) reader->status = STATUS_NO_MEMORY;
    else trouble(reader, "a quote in the wrong place");
  }
  if (csv_get_buffer_size(csv) > TABLE_MAX_FIELD && reader->status == STATUS_OK)
    reader->status = problem_set(reader->problem, STATUS_BAD_DATA,
                                 "%s:%d: a field of more than %d bytes, or a quote that is not closed",
                                 reader->path, reader->record_line + 1, TABLE_MAX_FIELD);
}

/* Feed text[length] up to the end of each line, and count lines. */
static void parse_lines (Reader *reader, struct csv_parser *csv, const char *text, size_t length) {
  while (length > 0 && going_on(reader)) {
    const char *newline = memchr(text, '\n', length);
    const size_t part = newline != NULL ? (size_t)(newline - text) + 1 : length;
    parse(reader, csv, text, part);
    if (newline != NULL && reader->status == STATUS_OK) reader->line++;
    text += part;
    length -= part;
  }
}

static void finish (Reader *reader, struct csv_parser *csv) {
  if (going_on(reader) && csv_fini(csv, on_field, on_row, reader) != 0 && reader->status == STATUS_OK) {
    if (csv_error(csv) == CSV_ENOMEM) reader->status = STATUS_NO_MEMORY;
    else reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s:%d: a quote opened here is not closed",
                                      reader->path, reader->record_line + 1);
  }
  if (reader->status == STATUS_OK && !reader->header_done)
    reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s: no header: a row of column names expected",
                                 reader->path);
}

static void read_stream (Reader *reader, struct csv_parser *csv, FILE *file) {
  static const char MARK[] = "\xEF\xBB\xBF";
  char text[1 << 14];
  size_t length;
  bool begun = false;
  while (going_on(reader) && (length = fread(text, 1, sizeof text, file)) > 0) {
    const size_t skip = !begun && length >= 3 && memcmp(text, MARK, 3) == 0 ? 3 : 0;
    begun = true;
    parse_lines(reader, csv, text + skip, length - skip);
  }
  if (reader->status == STATUS_OK && ferror(file))
    reader->status = problem_set(reader->problem, STATUS_IO, "%s: %s", reader->path, strerror(errno));
  finish(reader, csv);
}

static void *resize (void *block, size_t size) { return mem_resize(block, size, 1); }

static Status read_file (Reader *reader, FILE *file) {
  struct csv_parser csv;
  if (csv_init(&csv, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) return STATUS_NO_MEMORY;
  csv_set_realloc_func(&csv, resize);
  csv_set_free_func(&csv, mem_free);
  read_stream(reader, &csv, file);
  csv_free(&csv);
  return reader->status;
}

/* An empty table, with a place for the name of each wanted column; NULL: no memory. */
static Table *new_table (int wanted) {
  Table *table = mem_alloc(1, sizeof *table);
  if (table == NULL || wanted < 0) return table;
  table->names = mem_alloc((size_t)wanted, sizeof *table->names);
  if (table->names == NULL) return mem_free(table), NULL;
  table->columns = wanted;
  return table;
}

static Status read_path (Table **out, const char *path, int count, const TableColumn *wanted, Problem *problem) {
  *out = NULL;
  FILE *file = fopen(path, "r");
  if (file == NULL)
    return problem_set(problem, errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_IO, "%s: %s", path, strerror(errno));
  Reader reader = {
    .path = path, .wanted = wanted, .count = count, .names_room = count > 0 ? count : 0, .line = 1, .numeric_header = true,
    .problem = problem, .status = STATUS_NO_MEMORY,
  };
  reader.locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  reader.table = new_table(count);
  if (reader.locale != (locale_t)0 && reader.table != NULL) {
    reader.status = STATUS_OK;
    read_file(&reader, file);
  }
  if (reader.locale != (locale_t)0) freelocale(reader.locale);
  labels_clear(&reader.labels);
  mem_free(reader.place);
  fclose(file);
  if (reader.status == STATUS_OK) *out = reader.table;
  else table_free(reader.table);
  return reader.status;
}

Status table_read (Table **out, const char *path, Problem *problem) {
  return read_path(out, path, EVERY_COLUMN, NULL, problem);
}

Status table_read_header (Table **out, const char *path, Problem *problem) {
  return read_path(out, path, HEADER_ALONE, NULL, problem);
}

Status table_read_columns (Table **out, const char *path, int count, const TableColumn *wanted, Problem *problem) {
  *out = NULL;
  for (int j = 0; j < count; j++)
    for (int i = 0; i < j; i++)
      if (strcmp(wanted[i].name, wanted[j].name) == 0)
        return problem_set(problem, STATUS_BAD_ARGUMENT, "column '%s' is asked for twice", wanted[j].name);
  if (count < 1) return problem_set(problem, STATUS_BAD_ARGUMENT, "no column is asked for");
  return read_path(out, path, count, wanted, problem);
}

void table_free (Table *table) {
  if (table == NULL) return;
  for (int j = 0; j < table->columns; j++) mem_free(table->names[j]);
  mem_free(table->names);
  mem_free(table->cells);
  mem_free(table->lines);
  mem_free(table);
}

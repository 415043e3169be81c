#include "table.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "../numerics/mem.h"

enum { CHUNK = 1 << 16, LONGEST_FIELD = 1 << 16, SHOWN = 40 };

/* A file being read. libcsv calls back for each field and each end of a row. */
typedef struct Reader {
  const char *file;
  int line;              /* of the byte fed last, from 1 */
  int row_line;          /* where the present row began */
  int field;             /* fields of the present row so far */
  size_t room;           /* cells allocated */
  bool in_header;
  locale_t plain;        /* the "C" locale: a decimal point is a point */
  Table *table;
  Status status;         /* the first thing that went wrong; what follows is ignored */
  Problem *problem;
} Reader;

static void fail (Reader *r, const char *what) {
  r->status = problem_set(r->problem, STATUS_BAD_DATA, "%s:%d: %s", r->file, r->row_line, what);
}

static void out_of_memory (Reader *r) {
  r->status = STATUS_NO_MEMORY;
}

static void add_name (Reader *r, const char *text, size_t length) {
  Table *t = r->table;
  if (t->columns == TABLE_MOST_COLUMNS) {
    char what[80];
    snprintf(what, sizeof what, "more than %d columns", TABLE_MOST_COLUMNS);
    fail(r, what);
    return;
  }
  if ((t->columns & (t->columns - 1)) == 0) {  /* 0, 1, 2, 4, ...: time to double */
    char **grown = mem_resize(t->name, t->columns > 0 ? 2 * (size_t)t->columns : 1, sizeof *grown);
    if (grown == NULL) {
      out_of_memory(r);
      return;
    }
    t->name = grown;
  }
  char *name = mem_alloc(length + 1, 1);
  if (name == NULL) {
    out_of_memory(r);
    return;
  }
  memcpy(name, text, length);
  t->name[t->columns++] = name;
}

static bool make_room (Reader *r) {
  const size_t used = (size_t)r->table->rows * (size_t)r->table->columns + (size_t)r->field;
  if (used < r->room) return true;
  const size_t room = r->room > 0 ? 2 * r->room : 1024;
  double *grown = mem_resize(r->table->cell, room, sizeof *grown);
  if (grown == NULL) return false;
  r->table->cell = grown;
  r->room = room;
  return true;
}

static void refuse_cell (Reader *r, const char *text, size_t length) {
  char what[200];
  const char *column = r->table->name[r->field];
  if (length == 0) snprintf(what, sizeof what, "column '%.40s' is empty; a number expected", column);
  else snprintf(what, sizeof what, "column '%.40s': a finite number expected, not '%.*s'%s", column,
                length < SHOWN ? (int)length : SHOWN, text, length > SHOWN ? "..." : "");
  fail(r, what);
}

static void add_cell (Reader *r, const char *text, size_t length) {
  if (r->field >= r->table->columns) {  /* told at the end of the row, with the count */
    r->field++;
    return;
  }
  char *end;
  const double value = strtod_l(text, &end, r->plain);
  if (length == 0 || end != text + length || !isfinite(value)) {
    refuse_cell(r, text, length);
    return;
  }
  if (!make_room(r)) {
    out_of_memory(r);
    return;
  }
  r->table->cell[(size_t)r->table->rows * (size_t)r->table->columns + (size_t)r->field++] = value;
}

static void on_field (void *field, size_t length, void *reader) {
  Reader *r = reader;
  if (r->status != STATUS_OK) return;
  const char *text = field != NULL ? field : "";  /* CSV_APPEND_NULL ends it with a zero */
  if (r->in_header) add_name(r, text, length);
  else add_cell(r, text, length);
}

static void on_row (int end, void *reader) {
  Reader *r = reader;
  (void)end;
  if (r->status != STATUS_OK) return;
  if (!r->in_header) {
    if (r->field != r->table->columns) {
      char what[120];
      snprintf(what, sizeof what, "%d fields, %d expected as in the header", r->field, r->table->columns);
      fail(r, what);
      return;
    }
    if (r->table->rows == INT_MAX) {
      fail(r, "too many rows");
      return;
    }
    r->table->rows++;
  }
  r->in_header = false;
  r->field = 0;
  r->row_line = r->line + 1;
}

/* Feed a chunk to libcsv, line by line, so that the line is known when it calls back. */
static void feed (Reader *r, struct csv_parser *parser, const char *chunk, size_t length) {
  while (length > 0 && r->status == STATUS_OK) {
    const char *newline = memchr(chunk, '\n', length);
    const size_t n = newline != NULL ? (size_t)(newline - chunk) + 1 : length;
    if (csv_parse(parser, chunk, n, on_field, on_row, r) != n && r->status == STATUS_OK) {
      if (csv_error(parser) == CSV_EPARSE) fail(r, "a quote stands where none may be");
      else out_of_memory(r);
    }
    if (newline != NULL) {
      if (r->row_line == r->line) r->row_line += r->field == 0;  /* a blank line begins no row */
      r->line++;
    }
    if (parser->entry_pos > LONGEST_FIELD && r->status == STATUS_OK) fail(r, "a field longer than 65536 bytes; is a quote left open?");
    chunk += n;
    length -= n;
  }
}

static void read_stream (Reader *r, struct csv_parser *parser, FILE *stream, char *chunk) {
  bool first = true;
  size_t length;
  while (r->status == STATUS_OK && (length = fread(chunk, 1, CHUNK, stream)) > 0) {
    const size_t mark = first && length >= 3 && memcmp(chunk, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    feed(r, parser, chunk + mark, length - mark);
    first = false;
  }
  if (r->status == STATUS_OK && ferror(stream))
    r->status = problem_set(r->problem, STATUS_IO, "%s: %s", r->file, strerror(errno));
  if (r->status == STATUS_OK && csv_fini(parser, on_field, on_row, r) != 0) fail(r, "the file ends within a quote");
  if (r->status != STATUS_OK) return;
  if (r->table->columns == 0)
    r->status = problem_set(r->problem, STATUS_BAD_DATA, "%s: the file is empty; a header line expected", r->file);
  else if (r->table->rows == 0)
    r->status = problem_set(r->problem, STATUS_BAD_DATA, "%s: no rows below the header", r->file);
}

static Status parse (const char *file, FILE *stream, Table *table, Problem *problem) {
  Reader reader = {
    .file = file, .line = 1, .row_line = 1, .in_header = true, .table = table, .status = STATUS_NO_MEMORY, .problem = problem,
  };
  struct csv_parser parser;
  char *chunk = mem_alloc(CHUNK, 1);
  reader.plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (chunk != NULL && reader.plain != (locale_t)0 &&
      csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) == 0) {
    reader.status = STATUS_OK;
    read_stream(&reader, &parser, stream, chunk);
    csv_free(&parser);
  }
  if (reader.plain != (locale_t)0) freelocale(reader.plain);
  mem_free(chunk);
  return reader.status;
}

Status table_read (Table **out, const char *file, Problem *problem) {
  *out = NULL;
  FILE *stream = fopen(file, "rb");
  if (stream == NULL)
    return problem_set(problem, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "%s: %s", file, strerror(errno));
  Table *table = mem_alloc(1, sizeof *table);
  const Status status = table != NULL ? parse(file, stream, table, problem) : STATUS_NO_MEMORY;
  fclose(stream);
  if (status == STATUS_OK) *out = table;
  else table_free(table);
  return status;
}

void table_free (Table *table) {
  if (table == NULL) return;
  for (int i = 0; i < table->columns; i++) mem_free(table->name[i]);
  mem_free(table->name);
  mem_free(table->cell);
  mem_free(table);
}

#include "table.h"

#include <csv.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../numerics/mem.h"

/* ---- reading --------------------------------------------------------------
 * libcsv tells neither lines nor places, so it is fed at most one line at a
 * time; its callbacks cannot stop it, so they note the first problem. */

typedef struct Reader {
  const char *path;
  Table *table;
  int line;             /* of the text being parsed, from 1 */
  int field;            /* fields of this record so far */
  int record_line;      /* where the last record ended: an open quote began after it */
  bool header_done;
  bool numeric_header;  /* no name yet that is not a number */
  int names_room, rows_room;
  locale_t locale;      /* "C": a decimal point is a point wherever we run */
  Status status;
  Problem *problem;
} Reader;

static Status trouble (Reader *reader, const char *what) {
  if (reader->status == STATUS_OK)
    reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s:%d: %s", reader->path, reader->line, what);
  return reader->status;
}

/* 'text' as one may print it: cut, control characters as '?'. */
static const char *printable (const char *text, char out[44]) {
  int n = 0;
  for (; n < 40 && text[n] != '\0'; n++) out[n] = iscntrl((unsigned char)text[n]) ? '?' : text[n];
  strcpy(out + n, text[n] != '\0' ? "..." : "");
  return out;
}

/* A finite decimal number that is all of text[length]. */
static bool read_number (const char *text, size_t length, locale_t locale, double *number) {
  char *end;
  if (length == 0 || isspace((unsigned char)text[0]) || strpbrk(text, "xX") != NULL) return false;
  *number = strtod_l(text, &end, locale);
  return end == text + length && isfinite(*number);
}

static void add_name (Reader *reader, const char *text, size_t length) {
  Table *table = reader->table;
  if (reader->field >= reader->names_room) {
    const int room = reader->names_room > 0 ? 2 * reader->names_room : 64;
    char **names = mem_resize(table->names, (size_t)room, sizeof *names);
    if (names == NULL) { reader->status = STATUS_NO_MEMORY; return; }
    table->names = names;
    reader->names_room = room;
  }
  char *name = mem_alloc(length + 1, 1);
  if (name == NULL) { reader->status = STATUS_NO_MEMORY; return; }
  memcpy(name, text, length);
  table->names[table->columns++] = name;
  double ignored;
  if (!read_number(text, length, reader->locale, &ignored)) reader->numeric_header = false;
}

static void add_cell (Reader *reader, const char *text, size_t length) {
  Table *table = reader->table;
  if (reader->field >= table->columns) return;   /* a ragged row: told at its end, with the count */
  if (table->rows >= reader->rows_room) {
    const int room = reader->rows_room > 0 ? (reader->rows_room > INT_MAX / 2 ? INT_MAX : 2 * reader->rows_room) : 64;
    double *cells = mem_resize(table->cells, (size_t)room, (size_t)table->columns * sizeof *cells);
    if (cells == NULL) { reader->status = STATUS_NO_MEMORY; return; }
    table->cells = cells;
    reader->rows_room = room;
  }
  double *cell = &table->cells[(size_t)table->rows * (size_t)table->columns + (size_t)reader->field];
  if (read_number(text, length, reader->locale, cell)) return;
  char shown[44], name[44];
  reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s:%d: column '%s': '%s' is not a finite number",
                               reader->path, reader->line, printable(table->names[reader->field], name),
                               printable(text, shown));
}

static void on_field (void *text, size_t length, void *data) {
  Reader *reader = data;
  if (reader->status != STATUS_OK) return;
  if (reader->field >= TABLE_MAX_COLUMNS) {
    reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s:%d: more than %d columns in a row",
                                 reader->path, reader->line, TABLE_MAX_COLUMNS);
    return;
  }
  if (reader->header_done) add_cell(reader, text, length);
  else add_name(reader, text, length);
  reader->field++;
}

static void on_row (int end, void *data) {
  Reader *reader = data;
  (void)end;
  if (reader->status != STATUS_OK) return;
  if (!reader->header_done) {
    reader->header_done = true;
    if (reader->numeric_header) trouble(reader, "numbers in the first row: names of the columns expected there");
  } else if (reader->field != reader->table->columns) {
    reader->status = problem_set(reader->problem, STATUS_BAD_DATA, "%s:%d: %d fields, %d expected as in the header",
                                 reader->path, reader->line, reader->field, reader->table->columns);
  } else if (reader->table->rows == INT_MAX) {
    trouble(reader, "too many rows");
  } else {
    reader->table->rows++;
  }
  reader->record_line = reader->line;
  reader->field = 0;
}

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
  while (length > 0 && reader->status == STATUS_OK) {
    const char *newline = memchr(text, '\n', length);
    const size_t part = newline != NULL ? (size_t)(newline - text) + 1 : length;
    parse(reader, csv, text, part);
    if (newline != NULL && reader->status == STATUS_OK) reader->line++;
    text += part;
    length -= part;
  }
}

static void finish (Reader *reader, struct csv_parser *csv) {
  if (reader->status == STATUS_OK && csv_fini(csv, on_field, on_row, reader) != 0 && reader->status == STATUS_OK) {
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
  while (reader->status == STATUS_OK && (length = fread(text, 1, sizeof text, file)) > 0) {
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

Status table_read (Table **out, const char *path, Problem *problem) {
  *out = NULL;
  FILE *file = fopen(path, "r");
  if (file == NULL)
    return problem_set(problem, errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_IO, "%s: %s", path, strerror(errno));
  Reader reader = { .path = path, .line = 1, .numeric_header = true, .problem = problem, .status = STATUS_NO_MEMORY };
  reader.locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  reader.table = mem_alloc(1, sizeof *reader.table);
  if (reader.locale != (locale_t)0 && reader.table != NULL) {
    reader.status = STATUS_OK;
    read_file(&reader, file);
  }
  if (reader.locale != (locale_t)0) freelocale(reader.locale);
  fclose(file);
  if (reader.status == STATUS_OK) *out = reader.table;
  else table_free(reader.table);
  return reader.status;
}

void table_free (Table *table) {
  if (table == NULL) return;
  for (int j = 0; j < table->columns; j++) mem_free(table->names[j]);
  mem_free(table->names);
  mem_free(table->cells);
  mem_free(table);
}

/* ---- writing --------------------------------------------------------------- */

static void write_name (FILE *file, const char *name) {
  if (name[0] == '\0' || strpbrk(name, ",\"\r\n \t") != NULL) csv_fwrite(file, name, strlen(name));
  else fputs(name, file);
}

static void write_number (FILE *file, double number, locale_t locale) {
  char text[32];
  const locale_t before = uselocale(locale);   /* of this thread alone */
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, number);
    if (strtod(text, NULL) == number) break;
  }
  uselocale(before);
  fputs(isnan(number) ? "nan" : text, file);   /* printf may write "-nan" */
}

/* Write it all and close; false, with errno, if any of it failed. */
static bool write_stream (FILE *file, int rows, int columns, const char *const *names, const double *cells,
                          locale_t locale) {
  for (int j = 0; j < columns; j++) {
    if (j > 0) fputc(',', file);
    write_name(file, names[j]);
  }
  fputc('\n', file);
  for (int i = 0; i < rows && !ferror(file); i++)
    for (int j = 0; j < columns; j++) {
      write_number(file, *cells++, locale);
      fputc(j < columns - 1 ? ',' : '\n', file);
    }
  const bool written = fflush(file) == 0 && !ferror(file);
  const int why = errno;
  if (fclose(file) == 0 && written) return true;
  if (!written) errno = why;
  return false;
}

/* A new file beside 'path'; its name goes to 'beside'. NULL, with errno. */
static FILE *open_beside (const char *path, char *beside, size_t size) {
  for (int attempt = 0; attempt < 100; attempt++) {
    snprintf(beside, size, "%s.%ld-%d.part", path, (long)getpid(), attempt);
    const int handle = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (handle >= 0) return fdopen(handle, "w");
    if (errno != EEXIST) break;
  }
  return NULL;
}

/* As table_write, in one of its two ways; false, with errno. */
static bool write_path (const char *path, char *beside, size_t size, int rows, int columns,
                        const char *const *names, const double *cells, locale_t locale) {
  struct stat about;
  if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {   /* a device or a pipe: renaming would replace it */
    FILE *file = fopen(path, "w");
    return file != NULL && write_stream(file, rows, columns, names, cells, locale);
  }
  FILE *file = open_beside(path, beside, size);
  if (file == NULL) return false;
  if (write_stream(file, rows, columns, names, cells, locale) && rename(beside, path) == 0) return true;
  const int why = errno;
  unlink(beside);
  errno = why;
  return false;
}

Status table_write (const char *path, int rows, int columns, const char *const *names, const double *cells,
                    Problem *problem) {
  const size_t size = strlen(path) + 48;
  char *beside = mem_alloc(size, 1);
  const locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  Status status = STATUS_NO_MEMORY;
  if (beside != NULL && locale != (locale_t)0)
    status = write_path(path, beside, size, rows, columns, names, cells, locale)
      ? STATUS_OK : problem_set(problem, STATUS_IO, "%s: %s", path, strerror(errno));
  if (locale != (locale_t)0) freelocale(locale);
  mem_free(beside);
  return status;
}

/* table_write.c -- tables to CSV; the reading is in table.c. */
#include "table.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../numerics/mem.h"

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

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>

#include "files.h"
#include "io/labels.h"
#include "io/table.h"
#include "mem_rigged.h"

static Table *read_text (const char *text) {
  const char *path = in_folder("good.csv");
  Problem problem = { "" };
  Table *table;
  write_text(path, text);
  if (table_read(&table, path, &problem) != STATUS_OK) fail_msg("%s", problem.text);
  return table;
}

static void reads_numbers_and_names (void **state) {
  (void)state;
  /* A byte-order mark, CRLF, quotes, blanks, an empty line, no newline at the end. */
  Table *table = read_text("\xEF\xBB\xBF" "lr,\"a \"\"b\"\", c\"\r\n1e-3, -2.5 \r\n\r\n\"0.1\",+7");
  assert_int_equal(table->columns, 2);
  assert_int_equal(table->rows, 2);
  assert_string_equal(table->names[0], "lr");
  assert_string_equal(table->names[1], "a \"b\", c");
  const double cells[] = { 1e-3, -2.5, 0.1, 7 };
  assert_memory_equal(table->cells, cells, sizeof cells);
  table_free(table);
  table = read_text("a\n");
  assert_int_equal(table->rows, 0);
  table_free(table);
  table_free(NULL);
}

static void grows (void **state) {
  (void)state;
  enum { ROWS = 1000, COLUMNS = 200 };
  char *text = malloc(ROWS * COLUMNS * 8), *end = text;
  for (int j = 0; j < COLUMNS; j++) end += sprintf(end, "c%d%c", j, j < COLUMNS - 1 ? ',' : '\n');
  for (int i = 0; i < ROWS * COLUMNS; i++) end += sprintf(end, "%d%c", i, i % COLUMNS < COLUMNS - 1 ? ',' : '\n');
  Table *table = read_text(text);
  assert_int_equal(table->rows, ROWS);
  for (int i = 0; i < ROWS * COLUMNS; i++) assert_true(table->cells[i] == i);
  assert_string_equal(table->names[COLUMNS - 1], "c199");
  table_free(table);
  free(text);
}

static void says_what_is_wrong_and_where (void **state) {
  (void)state;
  static const struct { const char *text, *expected; } BAD[] = {
    { "", "bad.csv: no header: a row of column names expected" },
    { "\n\n", "bad.csv: no header: a row of column names expected" },
    { "1,2\n3,4\n", "bad.csv:1: numbers in the first row: names of the columns expected there" },
    { "a,b\n1,2\n3\n", "bad.csv:3: 1 fields, 2 expected as in the header" },
    { "a,b\n\n1,2,3\n", "bad.csv:3: 3 fields, 2 expected as in the header" },
    { "a,b\n1,2\n3,abc\n", "bad.csv:3: column 'b': 'abc' is not a finite number" },
    { "a,b\n1,\n", "bad.csv:2: column 'b': '' is not a finite number" },
    { "a,b\n1,nan\n", "bad.csv:2: column 'b': 'nan' is not a finite number" },
    { "a,b\n-inf,2\n", "bad.csv:2: column 'a': '-inf' is not a finite number" },
    { "a,b\n1e999,2\n", "bad.csv:2: column 'a': '1e999' is not a finite number" },
    { "a,b\n0x10,2\n", "bad.csv:2: column 'a': '0x10' is not a finite number" },
    { "a,b\n1 2,2\n", "bad.csv:2: column 'a': '1 2' is not a finite number" },
    { "a,b\n\"1\n2\",2\n", "bad.csv:3: column 'a': '1?2' is not a finite number" },
    { "a,b\n1,2\n\"3,4\n5,6\n", "bad.csv:3: a quote opened here is not closed" },
    { "a,b\n1,\"2\"3\n", "bad.csv:2: a quote in the wrong place" },
    { "a\nThis is a text of much more than forty characters.\n",
      "bad.csv:2: column 'a': 'This is a text of much more than forty c...' is not a finite number" },
  };
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
    Table *table;
    Problem problem = { "" };
    const int alive = mem_live;
    write_text(in_folder("bad.csv"), BAD[i].text);
    const Status status = table_read(&table, in_folder("bad.csv"), &problem);
    assert_int_equal(status, STATUS_BAD_DATA);
    assert_null(table);
    assert_string_equal(problem.text + strlen(folder) + 1, BAD[i].expected);
    assert_int_equal(mem_live, alive);
  }
}

static void no_such_file (void **state) {
  (void)state;
  Table *table;
  Problem problem = { "" };
  assert_int_equal(table_read(&table, in_folder("none.csv"), &problem), STATUS_NOT_FOUND);
  assert_non_null(strstr(problem.text, "none.csv: No such file"));
  assert_int_equal(table_read(&table, folder, &problem), STATUS_IO);
  assert_non_null(strstr(problem.text, "directory"));
}

static const TableColumn WANTED[] = {
  { "loss", TABLE_NUMBER }, { "run", TABLE_LABEL }, { "step", TABLE_FINITE }, { "val", TABLE_OPTIONAL },
};

static Status read_wanted (Table **table, const char *text, Problem *problem) {
  write_text(in_folder("some.csv"), text);
  return table_read_columns(table, in_folder("some.csv"), 4, WANTED, problem);
}

/* In their order, each by its kind; a column that nobody wants may hold anything. */
static void reads_wanted_columns (void **state) {
  (void)state;
  Table *table;
  Problem problem = { "" };
  assert_int_equal(read_wanted(&table, "step,note,run,loss,val\n1,\"a\nb\",x,0.5,\n\n2,,\"x,y\",NaN,3\n3,?,x,Infinity,nan\n",
                               &problem), STATUS_OK);
  assert_int_equal(table->rows, 3);
  assert_int_equal(table->columns, 4);
  static const double EXPECTED[] = { 0.5, 1, 1, -1, -1, 2, 2, 3, -1, 1, 3, -1 };   /* -1: not finite */
  for (int i = 0; i < 12; i++) assert_true((isfinite(table->cells[i]) ? table->cells[i] : -1) == EXPECTED[i]);
  assert_true(isnan(table->cells[4]) && isinf(table->cells[8]) && isnan(table->cells[3]) && isnan(table->cells[11]));
  for (int i = 0; i < 12; i++) assert_int_equal(table_is_missing(table->cells[i]), i == 3);
  for (int i = 0; i < 3; i++) assert_int_equal(table->lines[i], i == 0 ? 3 : i + 4);
  for (int j = 0; j < 4; j++) assert_string_equal(table->names[j], WANTED[j].name);
  table_free(table);

  static const struct { const char *text, *expected; Status status; } BAD[] = {
    { "step,run,loss\n1,x,2\n", ":1: no column 'val'", STATUS_NOT_FOUND },
    { "step,run,loss,val,loss\n1,x,2,3,4\n", ":1: two columns are called 'loss'", STATUS_BAD_DATA },
    { "step,run,loss,val\n1,x,2\n", ":2: 3 fields, 4 expected as in the header", STATUS_BAD_DATA },
    { "step,run,loss,val\n1,x,,2\n", ":2: column 'loss': '' is not a number", STATUS_BAD_DATA },
    { "step,run,loss,val\nnan,x,1,2\n", ":2: column 'step': 'nan' is not a finite number", STATUS_BAD_DATA },
    { "step,run,loss,val\n1,x,1,no\n", ":2: column 'val': 'no' is not a number", STATUS_BAD_DATA },
    { "step,run,loss,val\n1,x,nan(7),2\n", ":2: column 'loss': 'nan(7)' is not a number", STATUS_BAD_DATA },
  };
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
    const int alive = mem_live;
    assert_int_equal(read_wanted(&table, BAD[i].text, &problem), BAD[i].status);
    assert_string_equal(strrchr(problem.text, '/') + strlen("/some.csv"), BAD[i].expected);
    assert_null(table);
    assert_int_equal(mem_live, alive);
  }
  const TableColumn twice[] = { { "a", TABLE_FINITE }, { "a", TABLE_LABEL } };
  assert_int_equal(table_read_columns(&table, in_folder("some.csv"), 2, twice, &problem), STATUS_BAD_ARGUMENT);
  assert_int_equal(table_read_columns(&table, in_folder("some.csv"), 0, twice, &problem), STATUS_BAD_ARGUMENT);
}

static void reads_the_header_alone (void **state) {
  (void)state;
  Table *table;
  write_text(in_folder("some.csv"), "a,b,a\n1,x\n");   /* what follows is not looked at */
  assert_int_equal(table_read_header(&table, in_folder("some.csv"), NULL), STATUS_OK);
  assert_int_equal(table->columns, 3);
  assert_int_equal(table->rows, 0);
  assert_string_equal(table->names[2], "a");
  table_free(table);
  write_text(in_folder("some.csv"), "a,b\r1,2\r");
  assert_int_equal(table_read_header(&table, in_folder("some.csv"), NULL), STATUS_OK);
  assert_int_equal(table->rows, 0);
  table_free(table);
  write_text(in_folder("some.csv"), "a,b");
  assert_int_equal(table_read_header(&table, in_folder("some.csv"), NULL), STATUS_OK);
  assert_int_equal(table->columns, 2);
  table_free(table);
}

/* As many labels as there may be, and one more. */
static void labels (void **state) {
  (void)state;
  const TableColumn run = { "run", TABLE_LABEL };
  char *text = malloc(16 * (LABELS_MAX + 2)), *end = text + sprintf(text, "run\n");
  Table *table;
  Problem problem = { "" };
  for (int i = 0; i < LABELS_MAX; i++) end += sprintf(end, "%x\n", i * 2654435761u);
  write_text(in_folder("runs.csv"), text);
  assert_int_equal(table_read_columns(&table, in_folder("runs.csv"), 1, &run, NULL), STATUS_OK);
  for (int i = 0; i < LABELS_MAX; i++) assert_true(table->cells[i] == i + 1);
  table_free(table);
  strcpy(end, "one more\n");
  write_text(in_folder("runs.csv"), text);
  assert_int_equal(table_read_columns(&table, in_folder("runs.csv"), 1, &run, &problem), STATUS_BAD_DATA);
  assert_string_equal(strrchr(problem.text, '/') + 1, "runs.csv:4098: too many different labels");
  free(text);
}

/* A million columns, a field of megabytes, a quote that swallows the file: a line each, soon. */
static void limits (void **state) {
  (void)state;
  enum { COUNT = 1000000 };
  char *text = malloc(2 * COUNT + 2);
  Table *table;
  Problem problem = { "" };
  for (int i = 0; i < COUNT; i++) text[2 * i] = 'a', text[2 * i + 1] = ',';
  strcpy(text + 2 * COUNT, "\n");
  write_text(in_folder("wide.csv"), text);
  assert_int_equal(table_read(&table, in_folder("wide.csv"), &problem), STATUS_BAD_DATA);
  assert_string_equal(strrchr(problem.text, '/') + 1, "wide.csv:1: more than 65536 columns in a row");

  memset(text, '1', 2 * COUNT);
  memcpy(text, "a\n", 2);
  write_text(in_folder("long.csv"), text);
  assert_int_equal(table_read(&table, in_folder("long.csv"), &problem), STATUS_BAD_DATA);
  assert_non_null(strstr(problem.text, "long.csv:2: a field of more than 4096 bytes"));

  memcpy(text, "a\n\"", 3);
  for (int i = 20; i < 2 * COUNT; i += 20) text[i] = '\n';
  write_text(in_folder("quote.csv"), text);
  assert_int_equal(table_read(&table, in_folder("quote.csv"), &problem), STATUS_BAD_DATA);
  assert_non_null(strstr(problem.text, "quote.csv:2: a field of more than 4096 bytes, or a quote that is not closed"));

  assert_int_equal(table_read(&table, "/dev/zero", &problem), STATUS_BAD_DATA);
  free(text);
}

static const char *const NAMES[] = { "step", "a, \"b\"" };
static const double CELLS[] = { 1, 0.1, 2, 1.0 / 3, -3e-300, 1e22, 123456789012345680.0, 5e-324 };

static void writes_what_it_reads (void **state) {
  (void)state;
  Table *table;
  assert_int_equal(table_write(in_folder("curve.csv"), 4, 2, NAMES, CELLS, NULL), STATUS_OK);
  assert_int_equal(table_read(&table, in_folder("curve.csv"), NULL), STATUS_OK);
  assert_int_equal(table->rows, 4);
  assert_string_equal(table->names[1], NAMES[1]);
  assert_memory_equal(table->cells, CELLS, sizeof CELLS);
  table_free(table);
  assert_int_equal(table_write(in_folder("curve.csv"), 1, 2, NAMES, CELLS, NULL), STATUS_OK);   /* replaces it */
  assert_int_equal(table_read(&table, in_folder("curve.csv"), NULL), STATUS_OK);
  assert_int_equal(table->rows, 1);
  table_free(table);
  assert_int_equal(count_files("curve.csv"), 1);

  const double odd[] = { (double)NAN, -(double)INFINITY };
  char text[64] = "";
  assert_int_equal(table_write(in_folder("odd.csv"), 1, 2, NAMES, odd, NULL), STATUS_OK);
  FILE *file = fopen(in_folder("odd.csv"), "r");
  assert_true(fread(text, 1, sizeof text - 1, file) > 0);
  fclose(file);
  assert_string_equal(text, "step,\"a, \"\"b\"\"\"\nnan,-inf\n");
}

static void writes_all_or_nothing (void **state) {
  (void)state;
  Problem problem = { "" };
  const int files = count_files("");
  assert_int_equal(table_write(in_folder("none/curve.csv"), 4, 2, NAMES, CELLS, &problem), STATUS_IO);
  assert_non_null(strstr(problem.text, "none/curve.csv: No such file"));
  assert_int_equal(table_write("/dev/full", 4, 2, NAMES, CELLS, &problem), STATUS_IO);
  assert_string_equal(problem.text, "/dev/full: No space left on device");
  assert_int_equal(table_write(folder, 4, 2, NAMES, CELLS, &problem), STATUS_IO);
  assert_int_equal(table_write("/proc/curve.csv", 4, 2, NAMES, CELLS, &problem), STATUS_IO);   /* read-only even for root */
  assert_int_equal(count_files(""), files);
}

/* Out of room half way: what was there stays, and nothing is left beside it. */
static void out_of_room (void **state) {
  (void)state;
  enum { ROWS = 5000 };
  static double cells[2 * ROWS];
  const struct rlimit small = { 4096, RLIM_INFINITY };
  struct rlimit before;
  Problem problem = { "" };
  write_text(in_folder("full.csv"), "a\n1\n");
  getrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const Status status = table_write(in_folder("full.csv"), ROWS, 2, NAMES, cells, &problem);
  setrlimit(RLIMIT_FSIZE, &before);
  assert_int_equal(status, STATUS_IO);
  assert_non_null(strstr(problem.text, "full.csv: File too large"));
  assert_int_equal(count_files("full.csv"), 1);
  Table *table;
  assert_int_equal(table_read(&table, in_folder("full.csv"), NULL), STATUS_OK);
  assert_int_equal(table->rows, 1);
  table_free(table);
}

static void no_memory (void **state) {
  (void)state;
  write_text(in_folder("memory.csv"), "a,b\n1,2\n3,4\n");
  EACH_ALLOCATION_FAILS({
    Table *table;
    status = table_read(&table, in_folder("memory.csv"), NULL);
    assert_true((status == STATUS_OK) == (table != NULL));
    table_free(table);
  });
  write_text(in_folder("some.csv"), "run,loss,step,val,x\na,1,2,3,4\nb,1,2,,4\n");
  EACH_ALLOCATION_FAILS({
    Table *table;
    status = table_read_columns(&table, in_folder("some.csv"), 4, WANTED, NULL);
    assert_true((status == STATUS_OK) == (table != NULL));
    table_free(table);
  });
  EACH_ALLOCATION_FAILS({
    status = table_write(in_folder("memory.csv"), 4, 2, NAMES, CELLS, NULL);
  });
  assert_int_equal(count_files("memory.csv"), 1);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_numbers_and_names), cmocka_unit_test(grows), cmocka_unit_test(says_what_is_wrong_and_where),
    cmocka_unit_test(reads_wanted_columns), cmocka_unit_test(reads_the_header_alone), cmocka_unit_test(labels),
    cmocka_unit_test(no_such_file), cmocka_unit_test(limits), cmocka_unit_test(writes_what_it_reads),
    cmocka_unit_test(writes_all_or_nothing), cmocka_unit_test(out_of_room), cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

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

#include <zlib.h>

#include "files.h"
#include "io/idx.h"
#include "mem_rigged.h"

enum { HEADER = 16, ITEMS = 50, ITEM = 6 };

/* An IDX file of ITEMS x 2 x 3 bytes: 0, 1, 2, ... */
static void fill (unsigned char bytes[HEADER + ITEMS * ITEM]) {
  const unsigned char header[HEADER] = { 0, 0, 8, 3, 0, 0, 0, ITEMS, 0, 0, 0, 2, 0, 0, 0, 3 };
  memcpy(bytes, header, HEADER);
  for (int i = 0; i < ITEMS * ITEM; i++) bytes[HEADER + i] = (unsigned char)(i * 7);
}

static void write_gzip (const char *path, const void *bytes, unsigned count) {
  gzFile file = gzopen(path, "wb");
  assert_int_equal(gzwrite(file, bytes, count), (int)count);
  assert_int_equal(gzclose(file), Z_OK);
}

static void reads_and_appends (void **state) {
  (void)state;
  unsigned char bytes[HEADER + ITEMS * ITEM];
  Idx idx = { 0 };
  fill(bytes);
  write_gzip(in_folder("a.gz"), bytes, sizeof bytes);
  write_bytes(in_folder("a"), bytes, sizeof bytes);   /* not compressed: as good */
  assert_int_equal(idx_append(&idx, in_folder("a.gz"), NULL), STATUS_OK);
  assert_int_equal(idx_append(&idx, in_folder("a"), NULL), STATUS_OK);
  assert_int_equal(idx.items, 2 * ITEMS);
  assert_int_equal(idx.item, ITEM);
  assert_memory_equal(idx.bytes, bytes + HEADER, ITEMS * ITEM);
  assert_memory_equal(idx.bytes + ITEMS * ITEM, bytes + HEADER, ITEMS * ITEM);
  idx_clear(&idx);
  assert_null(idx.bytes);
}

static void expect (const char *path, Status expected, const char *words) {
  Idx idx = { 0 };
  Problem problem = { "" };
  assert_int_equal(idx_append(&idx, path, &problem), expected);
  if (strstr(problem.text, words) == NULL) fail_msg("'%s' is not in '%s'", words, problem.text);
  assert_int_equal(idx.items, 0);
  idx_clear(&idx);
}

static void says_what_is_wrong (void **state) {
  (void)state;
  unsigned char bytes[HEADER + ITEMS * ITEM + 1] = { 0 }, packed[1000];
  fill(bytes);
  const unsigned whole = HEADER + ITEMS * ITEM;
  expect(in_folder("none.gz"), STATUS_NOT_FOUND, "none.gz: No such file");
  expect(folder, STATUS_IO, "directory");
  write_gzip(in_folder("b.gz"), bytes, 0);
  expect(in_folder("b.gz"), STATUS_BAD_DATA, "ends in its header");
  write_gzip(in_folder("b.gz"), bytes, 10);
  expect(in_folder("b.gz"), STATUS_BAD_DATA, "ends in its header");
  write_gzip(in_folder("b.gz"), bytes, whole - 1);
  expect(in_folder("b.gz"), STATUS_BAD_DATA, "b.gz: ends in its data: the file is cut short");
  write_gzip(in_folder("b.gz"), bytes, whole + 1);
  expect(in_folder("b.gz"), STATUS_BAD_DATA, "more data than its header says");
  bytes[2] = 13;
  write_gzip(in_folder("b.gz"), bytes, whole);
  expect(in_folder("b.gz"), STATUS_BAD_DATA, "begins with 00000d03: IDX of unsigned bytes expected");
  fill(bytes);
  memset(bytes + 8, 0xFF, 8);
  write_gzip(in_folder("b.gz"), bytes, whole);
  expect(in_folder("b.gz"), STATUS_BAD_DATA, "not a data set");

  fill(bytes);
  write_gzip(in_folder("b.gz"), bytes, whole);
  FILE *file = fopen(in_folder("b.gz"), "rb");
  const size_t size = fread(packed, 1, sizeof packed, file);
  fclose(file);
  for (size_t cut = 3; cut < size; cut++) {   /* wherever the file was cut */
    write_bytes(in_folder("c.gz"), packed, cut);
    expect(in_folder("c.gz"), STATUS_BAD_DATA, "c.gz: ");
  }
  packed[size - 6] ^= 1;   /* in the checksum */
  write_bytes(in_folder("c.gz"), packed, size);
  expect(in_folder("c.gz"), STATUS_BAD_DATA, "damaged");
}

static void keeps_what_it_had (void **state) {
  (void)state;
  unsigned char bytes[HEADER + ITEMS * ITEM];
  Idx idx = { 0 };
  Problem problem = { "" };
  fill(bytes);
  write_bytes(in_folder("d"), bytes, sizeof bytes);
  assert_int_equal(idx_append(&idx, in_folder("d"), NULL), STATUS_OK);
  bytes[11] = 1;
  write_bytes(in_folder("e"), bytes, sizeof bytes);
  assert_int_equal(idx_append(&idx, in_folder("e"), &problem), STATUS_BAD_DATA);
  assert_non_null(strstr(problem.text, "items of 3 bytes, 6 expected"));
  assert_int_equal(idx.items, ITEMS);
  assert_memory_equal(idx.bytes, bytes + HEADER, ITEMS * ITEM);
  idx_clear(&idx);
}

static void no_memory (void **state) {
  (void)state;
  unsigned char bytes[HEADER + ITEMS * ITEM];
  fill(bytes);
  write_bytes(in_folder("f"), bytes, sizeof bytes);
  EACH_ALLOCATION_FAILS({
    Idx idx = { 0 };
    status = idx_append(&idx, in_folder("f"), NULL);
    idx_clear(&idx);
  });
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_and_appends), cmocka_unit_test(says_what_is_wrong), cmocka_unit_test(keeps_what_it_had),
    cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

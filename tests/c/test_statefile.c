#include "io/statefile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "files.h"
#include "mem_rigged.h"
#include "numerics/mem.h"

enum { SIZE = 1000 };

static void fill (unsigned char bytes[SIZE]) {
  for (int i = 0; i < SIZE; i++) bytes[i] = (unsigned char)(i * 37 + i / 256);
}

static void expect (const char *name, Status expected, const char *words) {
  void *out = &out;
  size_t size;
  Problem problem = { "" };
  assert_int_equal(statefile_read(&out, &size, in_folder(name), &problem), expected);
  assert_null(out);
  assert_non_null(strstr(problem.text, words));
  assert_non_null(strstr(problem.text, name));
  assert_int_equal(mem_live, 0);
}

static void what_was_written_is_read (void **state) {
  (void)state;
  unsigned char bytes[SIZE];
  fill(bytes);
  for (size_t size = 0; size <= SIZE; size += 250) {
    void *out;
    size_t got;
    assert_int_equal(statefile_write(in_folder("state"), bytes, size, NULL), STATUS_OK);   /* over the one before */
    assert_int_equal(statefile_read(&out, &got, in_folder("state"), NULL), STATUS_OK);
    assert_int_equal(got, size);
    assert_memory_equal(out, bytes, size);
    mem_free(out);
  }
  assert_int_equal(count_files("state"), 1);
  assert_int_equal(mem_live, 0);
}

/* Cut to every length, and each byte altered in turn: always found out. */
static void cut_or_altered (void **state) {
  (void)state;
  unsigned char bytes[SIZE], whole[SIZE + 200];
  fill(bytes);
  assert_int_equal(statefile_write(in_folder("a"), bytes, SIZE, NULL), STATUS_OK);
  FILE *file = fopen(in_folder("a"), "rb");
  const size_t length = fread(whole, 1, sizeof whole, file);
  fclose(file);
  assert_in_range(length, SIZE + 1, sizeof whole - 1);
  for (size_t cut = 0; cut < length; cut += cut < 70 ? 1 : 31) {
    write_bytes(in_folder("b"), whole, cut);
    expect("b", STATUS_BAD_DATA, cut < 64 ? "no checkpoint" : "cut or altered");
  }
  for (size_t i = 0; i < length; i += i < 70 ? 1 : 7) {
    whole[i] ^= 4;
    write_bytes(in_folder("b"), whole, length);
    expect("b", STATUS_BAD_DATA, "");
    whole[i] ^= 4;
  }
  whole[length] = 0;
  write_bytes(in_folder("b"), whole, length + 1);
  expect("b", STATUS_BAD_DATA, "cut or altered");
}

static void no_file (void **state) {
  (void)state;
  expect("absent", STATUS_NOT_FOUND, "No such file");
  assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
  expect("pipe", STATUS_BAD_DATA, "no regular file");
  Problem problem = { "" };
  assert_int_equal(statefile_write(in_folder("no/folder"), "abc", 3, &problem), STATUS_IO);
  assert_non_null(strstr(problem.text, "No such file"));
}

static void no_memory (void **state) {
  (void)state;
  EACH_ALLOCATION_FAILS({ status = statefile_write(in_folder("m"), "abc", 3, NULL); });
  EACH_ALLOCATION_FAILS({
    void *out;
    size_t size;
    status = statefile_read(&out, &size, in_folder("m"), NULL);
    assert_true((status == STATUS_OK) == (out != NULL));
    mem_free(out);
  });
  assert_int_equal(count_files("m"), 1);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_was_written_is_read), cmocka_unit_test(cut_or_altered), cmocka_unit_test(no_file),
    cmocka_unit_test(no_memory),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

#include "io/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mem_rigged.h"

static const char *const LINES[] = {
  "{\"id\":1,\"losses\":[2.385,\"nan\"]}", "{}", "  { \"a\" : \"}}}{{{[[[[[[[[[[[[\\\"[[[\" }\r", "{\"b\":[[[[[[[]]]]]]]}",
};
enum { COUNT = sizeof LINES / sizeof *LINES };

static size_t join (char *text) {
  text[0] = '\0';
  for (int i = 0; i < COUNT; i++) strcat(strcat(text, LINES[i]), "\n");
  return strlen(text);
}

static Wire *new_wire (size_t limit) {
  Wire *wire;
  assert_int_equal(wire_new(&wire, limit), STATUS_OK);
  return wire;
}

static Status feed (Wire *wire, const char *text) {
  return wire_feed(wire, text, strlen(text), NULL);
}

/* What went in comes out, whatever the pieces. */
static void lines_in_pieces (void **state) {
  (void)state;
  char text[512];
  const size_t length = join(text);
  for (size_t piece = 1; piece <= length; piece++) {
    Wire *wire = new_wire(100);
    int seen = 0;
    for (size_t at = 0; at < length; at += piece) {
      const size_t count = piece < length - at ? piece : length - at;
      assert_int_equal(wire_feed(wire, text + at, count, NULL), STATUS_OK);
      const char *line;
      size_t size;
      while (assert_int_equal(wire_next(wire, &line, &size, NULL), STATUS_OK), line != NULL) {
        assert_int_equal(size, strlen(LINES[seen]));
        assert_memory_equal(line, LINES[seen], size);
        seen++;
      }
    }
    assert_int_equal(seen, COUNT);
    wire_free(wire);
  }
  wire_free(NULL);
  assert_int_equal(mem_live, 0);
}

/* A line of exactly the limit is taken, one byte more is not, finished or not. */
static void the_limit (void **state) {
  (void)state;
  char line[32];
  for (int over = 0; over < 2; over++) {
    Wire *wire = new_wire(16);
    const char *found;
    size_t size;
    memset(line, ' ', sizeof line);
    line[0] = '{';
    line[14 + over] = '}';
    line[15 + over] = '\n';
    Problem problem = { "" };
    Status status = wire_feed(wire, line, 16 + (size_t)over, &problem);
    if (status == STATUS_OK) status = wire_next(wire, &found, &size, &problem);
    assert_int_equal(status, over ? STATUS_BAD_DATA : STATUS_OK);
    if (over) assert_string_equal(problem.text, "a line of more than 16 bytes");
    else assert_int_equal(size, 15);
    wire_free(wire);
  }
}

/* A line without an end is refused as soon as it is too long, and costs no more than that. */
static void a_line_without_end (void **state) {
  (void)state;
  enum { PIECE = 65536 };
  char *piece = calloc(PIECE, 1);
  memset(piece, '7', PIECE);
  Wire *wire = new_wire(WIRE_LINE);
  size_t sent = 0;
  Status status = STATUS_OK;
  for (; status == STATUS_OK; sent += PIECE) status = wire_feed(wire, piece, PIECE, NULL);
  assert_int_equal(status, STATUS_BAD_DATA);
  assert_int_equal(sent, WIRE_LINE);
  wire_free(wire);
  free(piece);
}

static void the_limit_may_change (void **state) {
  (void)state;
  Wire *wire = new_wire(8);
  const char *line;
  size_t size;
  assert_int_equal(feed(wire, "{\"a\":1}"), STATUS_OK);
  assert_int_equal(feed(wire, "\n"), STATUS_OK);
  assert_int_equal(wire_next(wire, &line, &size, NULL), STATUS_OK);
  assert_int_equal(size, 7);
  wire_set_limit(wire, 12);
  assert_int_equal(feed(wire, "{\"a\":12345}\n"), STATUS_OK);
  assert_int_equal(wire_next(wire, &line, &size, NULL), STATUS_OK);
  assert_int_equal(size, 11);
  wire_free(wire);
}

static void what_is_no_message (void **state) {
  (void)state;
  static const char *const WRONG[] = {
    "\n", "  \n", "[1]\n", "GET / HTTP/1.1\r\n", "\x16\x03\x01\n", "nul\n", "\"{\"\n", "{\"a\":[[[[[[[[1]]]]]]]]}\n",
    "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}\n",
  };
  for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
    Wire *wire = new_wire(100);
    const char *line;
    size_t size;
    Problem problem = { "" };
    assert_int_equal(feed(wire, WRONG[i]), STATUS_OK);
    assert_int_equal(wire_next(wire, &line, &size, &problem), STATUS_BAD_DATA);
    assert_null(line);
    assert_memory_equal(problem.text, "a line ", 7);
    wire_free(wire);
  }
}

static void a_zero_byte_is_no_blank (void **state) {
  (void)state;
  Wire *wire = new_wire(100);
  const char *line;
  size_t size;
  assert_int_equal(wire_feed(wire, "\0{}\n", 4, NULL), STATUS_OK);
  assert_int_equal(wire_next(wire, &line, &size, NULL), STATUS_BAD_DATA);
  wire_free(wire);
}

static void no_memory (void **state) {
  (void)state;
  char text[512];
  const size_t length = join(text);
  EACH_ALLOCATION_FAILS({
    Wire *wire;
    status = wire_new(&wire, WIRE_LINE);
    for (int i = 0; i < 40 && status == STATUS_OK; i++) status = wire_feed(wire, text, length, NULL);
    wire_free(wire);
  });
}

static void secrets (void **state) {
  (void)state;
  assert_true(wire_same("abc", 3, "abc", 3));
  assert_true(wire_same("", 0, "", 0));
  assert_false(wire_same("abc", 3, "abd", 3));
  assert_false(wire_same("abc", 3, "ab", 2));
  assert_false(wire_same("abc", 3, "abcabc", 6));
  assert_false(wire_same("", 0, "a", 1));
  assert_false(wire_same("a", 1, "", 0));
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(lines_in_pieces), cmocka_unit_test(the_limit), cmocka_unit_test(a_line_without_end),
    cmocka_unit_test(the_limit_may_change), cmocka_unit_test(what_is_no_message), cmocka_unit_test(a_zero_byte_is_no_blank),
    cmocka_unit_test(no_memory), cmocka_unit_test(secrets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

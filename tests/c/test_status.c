#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "numerics/status.h"

enum { FIRST = STATUS_OK, LAST = STATUS_IO };

static void every_status_has_words (void **state) {
  (void)state;
  for (int i = FIRST; i <= LAST; i++) {
    assert_non_null(status_message((Status)i));
    assert_non_null(status_code((Status)i));
    assert_true(strlen(status_message((Status)i)) > strlen("unknown"));
    assert_string_not_equal(status_message((Status)i), "unknown status");
    assert_string_not_equal(status_code((Status)i), "unknown");
    assert_true(strspn(status_code((Status)i), "abcdefghijklmnopqrstuvwxyz_") == strlen(status_code((Status)i)));
    for (int j = FIRST; j < i; j++) assert_string_not_equal(status_code((Status)i), status_code((Status)j));
  }
  assert_string_equal(status_code(STATUS_OK), "ok");
  assert_string_equal(status_code(STATUS_NO_MEMORY), "no_memory");
  assert_string_equal(status_code(STATUS_IO), "io");
}

static void foreign_numbers_too (void **state) {
  (void)state;
  const int foreign[] = { LAST + 1, -1, INT32_MAX, INT32_MIN };
  for (int i = 0; i < 4; i++) {
    assert_string_equal(status_message((Status)foreign[i]), "unknown status");
    assert_string_equal(status_code((Status)foreign[i]), "unknown");
  }
}

static void problem_is_one_error_path (void **state) {
  (void)state;
  Problem problem = { "" };
  const Status status = problem_set(&problem, STATUS_BAD_DATA, "line %d: '%s' is no number", 7, "abc");
  assert_int_equal(status, STATUS_BAD_DATA);
  assert_string_equal(problem.text, "line 7: 'abc' is no number");
  assert_int_equal(problem_set(&problem, STATUS_IO, "again"), STATUS_IO);
  assert_string_equal(problem.text, "again");
  assert_int_equal(problem_set(NULL, STATUS_SINGULAR, "%d", 1), STATUS_SINGULAR);
}

/* Whatever name or text of a stranger's is in it. */
static void problems_are_one_line (void **state) {
  (void)state;
  Problem problem = { "" };
  problem_set(&problem, STATUS_IO, "a\nb\tc\x7f\x1b[2J \xc3\xa9");
  assert_string_equal(problem.text, "a?b?c??[2J \xc3\xa9");
}

static void long_problems_are_cut (void **state) {
  (void)state;
  struct { Problem problem; char after[4]; } room = { { "" }, "end" };
  char word[2 * sizeof room.problem.text];
  memset(word, 'x', sizeof word - 1);
  word[sizeof word - 1] = '\0';
  problem_set(&room.problem, STATUS_IO, "%s", word);
  assert_int_equal(strlen(room.problem.text), sizeof room.problem.text - 1);
  assert_string_equal(room.after, "end");
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_status_has_words), cmocka_unit_test(foreign_numbers_too),
    cmocka_unit_test(problem_is_one_error_path), cmocka_unit_test(problems_are_one_line), cmocka_unit_test(long_problems_are_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The heap as it is. The rigged one has its names here, so it goes by others. */
#define mem_alloc real_alloc
#define mem_resize real_resize
#define mem_free real_free
#include "numerics/mem.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <cmocka.h>

static bool all (const unsigned char *block, size_t size, unsigned char value) {
  for (size_t i = 0; i < size; i++)
    if (block[i] != value) return false;
  return true;
}

static void new_blocks_are_zero (void **state) {
  (void)state;
  for (size_t count = 1; count < 5000; count = 3 * count + 1) {
    unsigned char *block = real_alloc(count, 7);
    assert_non_null(block);
    assert_true(all(block, 7 * count, 0));
    memset(block, 0xA5, 7 * count);   /* so that a block used again would show */
    real_free(block);
  }
}

static void empty_is_a_block (void **state) {
  (void)state;
  const size_t empty[][2] = { { 0, 0 }, { 0, 8 }, { 8, 0 }, { 0, SIZE_MAX }, { SIZE_MAX, 0 } };
  for (int i = 0; i < 5; i++) {
    void *block = real_alloc(empty[i][0], empty[i][1]);
    assert_non_null(block);
    block = real_resize(block, empty[i][0], empty[i][1]);
    assert_non_null(block);
    real_free(block);
  }
  real_free(NULL);
}

/* Products that wrap to something small must not give something small. */
static void overflow_is_no_memory (void **state) {
  (void)state;
  const size_t half = SIZE_MAX / 2 + 1;
  const size_t over[][2] = { { SIZE_MAX, 2 }, { 2, SIZE_MAX }, { half, 2 }, { half + 1, 2 }, { SIZE_MAX / 8 + 2, 8 },
                             { SIZE_MAX, SIZE_MAX } };
  unsigned char *block = real_alloc(16, 1);
  assert_non_null(block);
  memset(block, 0x5A, 16);
  for (int i = 0; i < 6; i++) {
    assert_null(real_alloc(over[i][0], over[i][1]));
    assert_null(real_resize(NULL, over[i][0], over[i][1]));
    assert_null(real_resize(block, over[i][0], over[i][1]));
    assert_true(all(block, 16, 0x5A));   /* still there */
  }
  real_free(block);
}

static void resize_keeps_what_fits (void **state) {
  (void)state;
  unsigned char *block = real_resize(NULL, 10, 3);
  assert_non_null(block);
  memset(block, 0x3C, 30);
  const size_t counts[] = { 4000, 10, 1000, 10 };
  for (int i = 0; i < 4; i++) {
    block = real_resize(block, counts[i], 3);
    assert_non_null(block);
    assert_true(all(block, 30, 0x3C));
  }
  real_free(block);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(new_blocks_are_zero), cmocka_unit_test(empty_is_a_block), cmocka_unit_test(overflow_is_no_memory),
    cmocka_unit_test(resize_keeps_what_fits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "numerics/random.h"

static void one_seed_one_sequence (void **state) {
  (void)state;
  Random a = random_seeded(7), b = random_seeded(7), c = random_seeded(8);
  int differ = 0;
  for (int i = 0; i < 1000; i++) {
    const uint64_t x = random_bits(&a);
    assert_true(x == random_bits(&b));
    differ += x != random_bits(&c);
  }
  assert_int_equal(differ, 1000);
}

/* The authors' generator from the state {1, 2, 3, 4} starts so. */
static void known_sequence (void **state) {
  (void)state;
  Random random = { { 1, 2, 3, 4 } };
  const uint64_t expected[] = { 11520u, 0u, 1509978240u, 1215971899390074240u };
  for (int i = 0; i < 4; i++) assert_true(random_bits(&random) == expected[i]);
}

static void moments (void **state) {
  (void)state;
  enum { N = 200000 };
  Random random = random_seeded(2385);
  double uniform = 0, normal = 0, square = 0, fourth = 0;
  for (int i = 0; i < N; i++) {
    const double u = random_uniform(&random), z = random_normal(&random);
    assert_true(0 <= u && u < 1);
    uniform += u;
    normal += z;
    square += z * z;
    fourth += z * z * z * z;
  }
  assert_true(fabs(uniform / N - 0.5) < 4 * sqrt(1.0 / 12 / N));
  assert_true(fabs(normal / N) < 4 / sqrt(N));
  assert_true(fabs(square / N - 1) < 4 * sqrt(2.0 / N));
  assert_true(fabs(fourth / N - 3) < 4 * sqrt(96.0 / N));
}

static void below_is_even (void **state) {
  (void)state;
  enum { N = 7, DRAWS = 70000 };
  Random random = random_seeded(0);
  int count[N] = { 0 };
  for (int i = 0; i < DRAWS; i++) count[random_below(&random, N)]++;
  double chi2 = 0;
  for (int i = 0; i < N; i++) chi2 += pow(count[i] - DRAWS / N, 2) / (DRAWS / N);
  assert_true(chi2 < 22.5);  /* 6 degrees of freedom: one seed in a thousand is above */
}

static void shuffle_keeps_all (void **state) {
  (void)state;
  enum { N = 257 };
  Random random = random_seeded(3);
  int order[N], seen[N] = { 0 }, moved = 0;
  for (int i = 0; i < N; i++) order[i] = i;
  random_shuffle(&random, N, order);
  for (int i = 0; i < N; i++) seen[order[i]]++, moved += order[i] != i;
  for (int i = 0; i < N; i++) assert_int_equal(seen[i], 1);
  assert_true(moved > N / 2);
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(one_seed_one_sequence), cmocka_unit_test(known_sequence), cmocka_unit_test(moments),
    cmocka_unit_test(below_is_even), cmocka_unit_test(shuffle_keeps_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Candidates whose rates are told: the neighbours, the law that they share, and what a race makes of both. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mem_rigged.h"
#include "numerics/forecast.h"
#include "numerics/forecast_inner.h"
#include "numerics/random.h"

enum { MANY = 8, LONG = 400 };

static const ForecastOptions PLAIN = { .first = 1, .stride = 1, .lower = 0 };
static const double RATES[MANY] = { 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3 };

#define near(value, expected, tolerance) assert_near(value, expected, tolerance, #value, __LINE__)

static void assert_near (double value, double expected, double tolerance, const char *what, int line) {
  if (!(fabs(value - expected) <= tolerance)) fail_msg("line %d: %s is %.17g, expected %.17g", line, what, value, expected);
}

static int lowest (int m, const double *values) {
  int best = 0;
  for (int k = 1; k < m; k++)
    if (values[k] < values[best]) best = k;
  return best;
}

/* ---- a world of two terms ---- */

typedef struct World { double start, power, noise; } World;

static double loss_at (const World *world, double rate, double t) {
  return pow(1 + rate * t / world->start, -world->power) + world->noise * rate;
}

/* n losses of each rate; the batches' noise is common to all, the rest is each one's own. */
static void train (const World *world, Random *random, int n, double common, double alone, double losses[][LONG]) {
  for (int i = 0; i < n; i++) {
    const double batch = common * random_normal(random);
    for (int k = 0; k < MANY; k++)
      losses[k][i] = loss_at(world, RATES[k], i + 1) * fmax(1 + batch + alone * random_normal(random), 0.01);
  }
}

static void list_of (double losses[][LONG], const double **lists) {
  for (int k = 0; k < MANY; k++) lists[k] = losses[k];
}

static int best_at (const World *world, double t) {
  double ends[MANY];
  for (int k = 0; k < MANY; k++) ends[k] = loss_at(world, RATES[k], t);
  return lowest(MANY, ends);
}

/* ---- how the best rate moves ---- */

/* ln of the rate that is best after t steps, by golden sections. */
static double best_rate (const World *world, double t) {
  double low = -40, high = 20;
  for (int i = 0; i < 200; i++) {
    const double a = high - 0.6180339887498949 * (high - low), b = low + 0.6180339887498949 * (high - low);
    if (loss_at(world, exp(a), t) < loss_at(world, exp(b), t)) high = b; else low = a;
  }
  return 0.5 * (low + high);
}

static void shift_is_that_of_two_terms (void **state) {
  (void)state;
  const double longer[] = { 3, 10, 100 }, start[] = { 0.3, 10, 300 };
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      const World world = { start[j], 0.2, 1e-3 };
      const double now = best_rate(&world, 1000), later = best_rate(&world, 1000 * longer[i]);
      const double ahead = -log(loss_at(&world, exp(now), 1000));
      near(forecast_shift(longer[i], ahead), fmax(now - later, -1.1), 1e-5);
    }
  near(forecast_shift(10, 30), log(10) / 6, 1e-6);  /* a power law: (steps of the end / steps seen)^(1/6) */
  near(forecast_shift(1, 0.7), 0, 1e-9);
  near(forecast_shift(10, 0), -1.1, 0);             /* settled: as far as it goes */
  near(forecast_shift(10, -5), -1.1, 0);
}

static void neighbours_are_read_on_lines (void **state) {
  (void)state;
  const double rates[] = { 1, 0.1, 10, 100 }, part = 0.25, shift = part * log(10);
  double z[] = { 1, 2, 1.5, INFINITY };  /* by rate: 2, 1, 1.5, diverged */
  assert_int_equal(forecast_ask_neighbours(4, rates, shift, 1, z), STATUS_OK);
  near(z[1], 2 - part, 1e-12);
  near(z[0], 1 + 0.5 * part, 1e-12);
  near(z[2], 1.5 + 0.5 * part, 1e-12);  /* a wall of 1 above the lowest stands at the diverged one */
  assert_true(z[3] == INFINITY);
  double left[] = { 1, 2, 1.5, INFINITY };
  assert_int_equal(forecast_ask_neighbours(4, rates, -shift, 1, left), STATUS_OK);
  near(left[1], 2 + part, 1e-12);
  near(left[0], 1 + part, 1e-12);
  near(left[2], 1.5 - 0.5 * part, 1e-12);
}

static void beyond_the_ends_nothing_is_promised (void **state) {
  (void)state;
  const double two[] = { 1, 10 }, same[] = { 1, 1 }, part = 0.5 * log(10);
  double alone[] = { 3 }, falling[] = { 2, 1 }, rising[] = { 1, 2 }, before[] = { 1, 2 }, first[] = { 2, 1 }, equal[] = { 1, 2 };
  assert_int_equal(forecast_ask_neighbours(1, two, part, 1, alone), STATUS_OK);
  near(alone[0], 3, 0);
  assert_int_equal(forecast_ask_neighbours(2, two, part, 1, falling), STATUS_OK);
  near(falling[1], 1, 0);
  assert_int_equal(forecast_ask_neighbours(2, two, part, 1, rising), STATUS_OK);
  near(rising[1], 2.5, 1e-12);  /* but what rises goes on rising */
  assert_int_equal(forecast_ask_neighbours(2, two, -part, 1, before), STATUS_OK);
  near(before[0], 1, 0);
  assert_int_equal(forecast_ask_neighbours(2, two, -part, 1, first), STATUS_OK);
  near(first[0], 2.5, 1e-12);
  assert_int_equal(forecast_ask_neighbours(2, same, part, 1, equal), STATUS_OK);
  near(equal[0], 1, 0);  /* one rate twice: each speaks for itself */
  near(equal[1], 2, 0);
}

/* The losses of every rate over a hundred steps of one world; the seed decides their noise. */
static void hundred_steps (uint64_t seed, double losses[MANY][LONG], const double **lists) {
  Random random = random_seeded(seed);
  const World world = { 0.3, 0.2, 0.02 };
  train(&world, &random, 100, 0.05, 0.01, losses);
  list_of(losses, lists);
}

/* ---- the law ---- */

static void law_foretells_its_own_world (void **state) {
  (void)state;
  const World worlds[] = { { 0.3, 0.2, 0.02 }, { 1, 0.35, 0.05 }, { 3, 0.6, 0.1 } };
  static double losses[MANY][LONG];
  const double *lists[MANY];
  double expected[MANY];
  list_of(losses, lists);
  for (int w = 0; w < 3; w++) {
    Random random = random_seeded(3);
    train(&worlds[w], &random, 200, 0.05, 0.01, losses);
    assert_int_equal(forecast_by_law(expected, RATES, MANY, 200, 0, 10, lists), STATUS_OK);
    const int best = best_at(&worlds[w], 200);
    for (int k = 0; k <= best; k++) {
      const double now = loss_at(&worlds[w], RATES[k], 200), end = loss_at(&worlds[w], RATES[k], 2000);
      if (now < 1.5 * loss_at(&worlds[w], RATES[best], 200)) assert_true(fabs(log(expected[k] / end)) < 0.2 * log(now / end));
    }
  }
}

static void law_leaves_out (void **state) {
  (void)state;
  static double losses[MANY][LONG];
  const double *lists[MANY];
  double expected[MANY], before[MANY];
  hundred_steps(4, losses, lists);
  for (int i = 0; i < 100; i++) losses[7][i] = 50 * losses[0][i];  /* far too fast */
  assert_int_equal(forecast_by_law(before, RATES, MANY, 100, 0, 10, lists), STATUS_OK);
  for (int i = 0; i < 100; i++) losses[7][i] *= 2;
  assert_int_equal(forecast_by_law(expected, RATES, MANY, 100, 0, 10, lists), STATUS_OK);
  for (int k = 0; k < 7; k++) near(expected[k], before[k], 1e-12);
  near(expected[7], 2 * before[7], 1e-9 * before[7]);
  losses[3][50] = NAN;  /* one loss of a part is missing: the rest speak */
  assert_int_equal(forecast_by_law(expected, RATES, MANY, 100, 0, 10, lists), STATUS_OK);
  near(expected[3], before[3], 0.01 * before[3]);
  assert_int_equal(forecast_by_law(expected, RATES, MANY, 15, 0, 10, lists), STATUS_TOO_FEW);
  EACH_ALLOCATION_FAILS({ status = forecast_by_law(expected, RATES, MANY, 100, 0, 10, lists); });
}

/* Losses of 0, equal candidates, equal rates: numbers come out. */
static void law_stands_hard_numbers (void **state) {
  (void)state;
  static double losses[MANY][LONG];
  const double *lists[MANY], same[MANY] = { 1, 1, 1, 1, 1, 1, 1, 1 };
  double expected[MANY];
  list_of(losses, lists);
  for (int hard = 0; hard < 4; hard++) {
    for (int k = 0; k < MANY; k++)
      for (int i = 0; i < 64; i++) losses[k][i] = hard == 0 ? 0 : hard == 1 ? 1 : hard == 2 ? 1e149 : 1e-300 * (i + 1);
    for (int equal = 0; equal < 2; equal++) {
      assert_int_equal(forecast_by_law(expected, equal ? same : RATES, MANY, 64, 0, 1, lists), STATUS_OK);
      for (int k = 0; k < MANY; k++) assert_true(expected[k] >= 0 && expected[k] < INFINITY);
    }
  }
}

/* ---- the race ---- */

/* One that begins: the best rate comes down. One that has settled: it goes up. */
static void race_knows_where_the_best_goes (void **state) {
  (void)state;
  const World begins = { 0.001, 0.2, 0.1332 }, settled = { 100, 0.3, 0.176 };
  static double losses[MANY][LONG];
  const double *lists[MANY];
  double odds[MANY], plain[MANY], told[MANY];
  list_of(losses, lists);
  for (int w = 0; w < 2; w++) {
    const World *world = w == 0 ? &begins : &settled;
    Random random = random_seeded(5);
    train(world, &random, 100, 0.05, 0.002, losses);
    const int now = best_at(world, 100), end = best_at(world, 1000);
    assert_true(w == 0 ? end < now : end > now);
    assert_int_equal(forecast_race(odds, plain, &PLAIN, NULL, MANY, 100, lists, 1000), STATUS_OK);
    assert_int_equal(forecast_race(odds, told, &PLAIN, RATES, MANY, 100, lists, 1000), STATUS_OK);
    assert_int_equal(lowest(MANY, told), end);
    if (w == 0) assert_int_equal(lowest(MANY, plain), now);
  }
}

static void units_and_order_do_not_matter (void **state) {
  (void)state;
  static double losses[MANY][LONG], moved[MANY][LONG];
  const double *lists[MANY], *reversed[MANY];
  double odds[MANY], told[MANY], there[MANY], back[MANY];
  hundred_steps(11, losses, lists);
  for (int k = 0; k < MANY; k++) {
    reversed[k] = moved[MANY - 1 - k];
    back[k] = 1000 * RATES[MANY - 1 - k];
    for (int i = 0; i < 100; i++) moved[k][i] = 5 + 1000 * losses[k][i];
  }
  const ForecastOptions other = { .first = 101, .stride = 10, .lower = 5 };
  assert_int_equal(forecast_race(odds, told, &PLAIN, RATES, MANY, 100, lists, 1000), STATUS_OK);
  assert_int_equal(forecast_race(odds, there, &other, back, MANY, 100, reversed, 101 + 999 * 10), STATUS_OK);
  for (int k = 0; k < MANY; k++) near(there[MANY - 1 - k], told[k], 1e-6 * told[k]);
  const ForecastOptions free = { .first = 1, .stride = 1, .lower = -INFINITY };
  assert_int_equal(forecast_race(odds, told, &free, RATES, MANY, 100, lists, 1000), STATUS_OK);
  assert_int_equal(forecast_race(odds, there, &free, back, MANY, 100, reversed, 1000), STATUS_OK);
  for (int k = 0; k < MANY; k++) near(there[MANY - 1 - k], 1000 * told[k], 1e-6 * fabs(there[MANY - 1 - k]));
}

static void race_refuses_and_survives (void **state) {
  (void)state;
  static double losses[MANY][LONG];
  const double *lists[MANY];
  double odds[MANY], told[MANY];
  hundred_steps(12, losses, lists);
  losses[3][99] = NAN;
  assert_int_equal(forecast_race(odds, told, &PLAIN, RATES, MANY, 100, lists, 1000), STATUS_OK);
  assert_true(told[3] == INFINITY && isfinite(told[2]) && isfinite(told[7]));
  assert_int_equal(forecast_race(odds, told, &PLAIN, RATES, 3, 4, lists, 1000), STATUS_OK);  /* too few for the law */
  for (int k = 0; k < 3; k++) assert_true(isfinite(told[k]));
  for (int k = 0; k < 3; k++) {
    double wrong[4] = { 1, 1, 1, 1 };
    wrong[k] = k == 0 ? 0 : k == 1 ? NAN : -1;
    assert_int_equal(forecast_race(odds, told, &PLAIN, wrong, 4, 100, lists, 1000), STATUS_BAD_ARGUMENT);
  }
  EACH_ALLOCATION_FAILS({ status = forecast_race(odds, told, &PLAIN, RATES, MANY, 100, lists, 1000); });
}

int main (void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(shift_is_that_of_two_terms), cmocka_unit_test(neighbours_are_read_on_lines),
    cmocka_unit_test(beyond_the_ends_nothing_is_promised), cmocka_unit_test(law_foretells_its_own_world),
    cmocka_unit_test(law_leaves_out), cmocka_unit_test(law_stands_hard_numbers),
    cmocka_unit_test(race_knows_where_the_best_goes), cmocka_unit_test(units_and_order_do_not_matter),
    cmocka_unit_test(race_refuses_and_survives),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

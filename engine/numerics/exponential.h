/* exponential.h -- exp of many numbers at once: most of the time of a small
 * Gaussian process goes there.
 *
 * The loops are written for the vectoriser and hold no fused product, so that
 * every machine gives the same bits. Error below 1.5 units in the last place. */
#ifndef exponential_h
#define exponential_h

#include <stdint.h>
#include <string.h>

/* A function whose loops are compiled twice: for what every machine has and for wide registers; the loader chooses. */
#if defined __x86_64__ && defined __GNUC__ && !defined __clang__ && !defined __SANITIZE_ADDRESS__
#define EXPONENTIAL_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define EXPONENTIAL_WIDE
#endif

/* exp(-x), x >= 0 or inf; 0 for x > 700. Made for the inside of such a loop.
 *
 * With k the nearest whole number to -x / ln 2 and r = -x - k ln 2, |r| <= 0.35, exp(-x) = 2^k exp(r), and exp(r) is
 * its Taylor polynomial of degree 13, good to 4e-18. */
static inline double exponential_of_minus (double x) {
  const double round_off = 0x1.8p52, ln2_high = 0x1.62e42fefa3800p-1, ln2_low = 0x1.ef35793c76730p-45;
  const double held = x > 700 ? 700 : x;
  const double shifted = held * -0x1.71547652b82fep0 + round_off;  /* its last bits are k */
  const double k = shifted - round_off;
  const double r = (-held - k * ln2_high) - k * ln2_low;
  const double r2 = r * r, r4 = r2 * r2;
  const double a = 1 + r + r2 * (1.0 / 2 + r * (1.0 / 6));
  const double b = 1.0 / 24 + r * (1.0 / 120) + r2 * (1.0 / 720 + r * (1.0 / 5040));
  const double c = 1.0 / 40320 + r * (1.0 / 362880) + r2 * (1.0 / 3628800 + r * (1.0 / 39916800));
  const double d = 1.0 / 479001600 + r * (1.0 / 6227020800);
  const double e = a + r4 * (b + r4 * (c + r4 * d));
  uint64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return x > 700 ? 0 : e * power;
}

#endif

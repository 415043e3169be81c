#include "random.h"

#include <math.h>

static uint64_t splitmix (uint64_t *x) {
  uint64_t z = (*x += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static uint64_t rotate_left (uint64_t x, int k) {
  return (x << k) | (x >> (64 - k));
}

Random random_seeded (uint64_t seed) {
  Random random;
  for (int i = 0; i < 4; i++) random.s[i] = splitmix(&seed);
  return random;
}

uint64_t random_bits (Random *random) {
  uint64_t *s = random->s;
  const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
  const uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left(s[3], 45);
  return result;
}

double random_uniform (Random *random) {
  return (double)(random_bits(random) >> 11) * 0x1p-53;
}

uint64_t random_below (Random *random, uint64_t n) {
  const uint64_t tail = (UINT64_MAX % n + 1) % n;  /* 2^64 mod n: draws above would bias */
  uint64_t bits;
  do bits = random_bits(random); while (bits > UINT64_MAX - tail);
  return bits % n;
}

double random_normal (Random *random) {
  const double tau = 6.28318530717958647692;
  const double u = 1.0 - random_uniform(random);  /* (0, 1]: the logarithm is finite */
  const double v = random_uniform(random);
  return sqrt(-2.0 * log(u)) * cos(tau * v);      /* Box and Muller, 1958 */
}

void random_shuffle (Random *random, int n, int *order) {
  for (int i = n - 1; i > 0; i--) {
    const int j = (int)random_below(random, (uint64_t)i + 1);
    const int t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
}

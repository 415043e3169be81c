#include "noise.h"

#include <math.h>

/* The finisher of splitmix64 (Steele, Lea and Flood 2014). */
static uint64_t mixed (uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* The seed is mixed on its own, so that neighbouring seeds are not neighbouring steps of one stream. */
static uint64_t hash (uint64_t seed, uint64_t counter) {
  return mixed(mixed(seed + 0x9E3779B97F4A7C15u) + (counter + 1) * 0x9E3779B97F4A7C15u);
}

/* Uniform on (0, 1]. */
static double unit (uint64_t bits) {
  return (double)((bits >> 11) + 1) * 0x1p-53;
}

double noise_uniform (uint64_t seed, uint64_t step) {
  return (double)(hash(seed, 2 * step) >> 11) * 0x1p-52 - 1;
}

double noise_normal (uint64_t seed, uint64_t step) {
  const double radius = sqrt(-2 * log(unit(hash(seed, 2 * step))));
  return radius * cos(6.28318530717958647693 * unit(hash(seed, 2 * step + 1)));
}

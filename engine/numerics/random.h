/* random.h -- a seeded generator that is a value: copy it to save it, assign
 * it to restore it. There is no other source of randomness in the engine.
 *
 * xoshiro256** 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47, 2021), seeded by splitmix64 as its authors advise.
 * Not for cryptography. */
#ifndef random_h
#define random_h

#include <stdint.h>

/* Plain data: 32 bytes, no padding, so that it can be stored as it is. */
typedef struct Random {
  uint64_t s[4];
} Random;

/* The generator of 'seed'; every seed is good, 0 included. */
Random random_seeded (uint64_t seed);

/* The next 64 random bits. */
uint64_t random_bits (Random *random);

/* Uniform on [0, 1), a multiple of 2^-53. */
double random_uniform (Random *random);

/* Uniform on 0 .. n-1, without bias; n > 0. */
uint64_t random_below (Random *random, uint64_t n);

/* Normal of mean 0 and variance 1. Uses two uniforms and keeps no spare, so
 * the state of the generator is all there is. */
double random_normal (Random *random);

/* Put order[0 .. n-1] in random order (Fisher and Yates). */
void random_shuffle (Random *random, int n, int *order);

#endif

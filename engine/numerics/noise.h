/* noise.h -- noise without a state: the number that belongs to a step is a hash of a seed and the step, so it can be had in
 * any order, and a resumed run sees the same. */
#ifndef noise_h
#define noise_h

#include <stdint.h>

/* Uniform on [-1, 1), a multiple of 2^-52. */
double noise_uniform (uint64_t seed, uint64_t step);

/* Normal of mean 0 and variance 1 (Box and Muller 1958), never beyond nine deviations. */
double noise_normal (uint64_t seed, uint64_t step);

#endif

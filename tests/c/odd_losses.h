/* odd_losses.h -- losses as a training that goes wrong might report them. */
#ifndef odd_losses_h
#define odd_losses_h

#include <math.h>
#include <stdint.h>

#include "numerics/random.h"

/* One of them: in twelve, half are not numbers, or huge, or next to nothing. */
static inline double odd_loss (Random *random) {
  static const double ODD[] = { NAN, INFINITY, 1e150, -1e150, 0, 1e-310 };
  const uint64_t kind = random_below(random, 2 * sizeof ODD / sizeof *ODD);
  return kind < sizeof ODD / sizeof *ODD ? ODD[kind] : exp(20 * random_normal(random));
}

#endif

/* expfit_inner.h -- what the two ways to fit share; no part of expfit's face. */
#ifndef expfit_inner_h
#define expfit_inner_h

#include "expfit.h"

#define EXPFIT_HUGE 1e150  /* a loss beyond it counts as infinite: its square must stay finite */

/* Every field in its range? */
bool expfit_options_good (const ExpfitOptions *options);

/* Make 'fit' nothing but 'curve', in steps. */
void expfit_set_curve (Expfit *fit, const ExpfitOptions *options, const Decay *curve);

#endif

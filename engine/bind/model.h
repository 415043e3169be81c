/* model.h -- what the two faces of the Gaussian process read alike. */
#ifndef bind_model_h
#define bind_model_h

#include <lua.h>

#include "../numerics/gp.h"

/* The table at 'arg' as the options of a process of d dimensions; what is nil is fitted, or left at its default:
 *   kernel = name, trend = "constant" | "linear", length = a list of d numbers or of one for all, signal, noise, mean,
 *   integrate = boolean, priors = { length = { prior, .. }, signal = prior, noise = prior }, each { kind, a, b }: kind 0 log-normal,
 * 1 gamma, 2 inverse square, 3 normal log.
 * Raises where one is out of range. Leaves values on the stack. */
GpOptions bind_checkmodel (lua_State *L, int arg, int d);

/* Push { length = { .. }, signal =, noise =, mean = }. */
void bind_pushhyper (lua_State *L, int d, const GpHyper *hyper);

#endif

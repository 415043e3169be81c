/* model.h -- what the two faces of the Gaussian process read alike. */
#ifndef bind_model_h
#define bind_model_h

#include <lua.h>

#include "../numerics/gp.h"

/* The kernel named at 'arg', or raise. */
KernelKind bind_checkkernel (lua_State *L, int arg);

/* Hyper-parameters at arg .. arg+3: length (a list of d numbers, or of one for all), signal, noise, mean. nil: NAN, to be
 * fitted. Raises where one is out of range. May push one value. */
GpHyper bind_checkhyper (lua_State *L, int arg, int d);

#endif

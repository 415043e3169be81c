/* bind.h -- what every Lua face of the engine shares: arrays in and out, and
 * how a Status becomes Lua values.
 *
 * A function that reads an array leaves the array's memory, a userdata, on top
 * of the stack: it lives as long as the C function runs, and an error in
 * between leaks nothing. */
#ifndef bind_h
#define bind_h

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "../numerics/status.h"

/* Scratch of 'count' * 'size' zero bytes, left on the stack. Raises if there is no memory. */
void *bind_scratch (lua_State *L, size_t count, size_t size);

/* The list of numbers at 'arg', copied. Raises unless it is a list of numbers.
 * *n is its length. Pushes one value. */
double *bind_checkvector (lua_State *L, int arg, int *n);

/* The list of learning rates at 'arg': as bind_checkvector, and each is finite and at least 0. */
double *bind_checkrates (lua_State *L, int arg, int *n);

/* The same where there are n losses: as many rates, and not all of them 0. */
double *bind_checkrates_of (lua_State *L, int arg, int n);

/* The list of points at 'arg', each a list of numbers of equal length (a plain
 * number is a point of one coordinate): row-major [*n * *d]. *d is 0 for an
 * empty list. Pushes one value. */
double *bind_checkmatrix (lua_State *L, int arg, int *n, int *d);

/* The number at 'arg' as an int in low..high, or raise. */
int bind_checkint (lua_State *L, int arg, int low, int high);

/* The userdata of 'type' that a method is called on. Anything else was called with a dot: raises, naming the method;
 * 'called' is what messages call such an object. */
void *bind_checkself (lua_State *L, const char *type, const char *called);

/* Push a list of n numbers. */
void bind_pushvector (lua_State *L, int n, const double *x);

/* How an outcome returns: STATUS_OK returns the value on top of the stack;
 * anything else nil, the message, and the code of status_code(). 'problem' is
 * the message where it has one; NULL: the status speaks for itself. */
int bind_result (lua_State *L, Status status, const Problem *problem);

/* Make the metatable 'type' with 'methods' as its __index and 'metamethods' (which
 * may be NULL) in itself. Leaves the stack as it was. */
void bind_type (lua_State *L, const char *type, const luaL_Reg *methods, const luaL_Reg *metamethods);

/* One per face: put its functions into the engine's table on top of the stack. */
void bind_open_gp (lua_State *L);
void bind_open_bayesopt (lua_State *L);
void bind_open_expfit (lua_State *L);
void bind_open_forecast (lua_State *L);
void bind_open_multipower (lua_State *L);
void bind_open_schedule (lua_State *L);
void bind_open_dataset (lua_State *L);
void bind_open_trainer (lua_State *L);
void bind_open_table (lua_State *L);
void bind_open_json (lua_State *L);
void bind_open_random (lua_State *L);
void bind_open_system (lua_State *L);
void bind_open_wire (lua_State *L);

#endif

#include "../numerics/random.h"

#include "bind.h"

#define RANDOM_TYPE "neap.Random"

/* engine.random(seed) -> generator */
static int l_random (lua_State *L) {
  const lua_Integer seed = luaL_checkinteger(L, 1);
  Random *random = lua_newuserdatauv(L, sizeof *random, 0);
  *random = random_seeded((uint64_t)seed);
  luaL_setmetatable(L, RANDOM_TYPE);
  return 1;
}

/* generator:uniform([low, high]) -> number */
static int l_uniform (lua_State *L) {
  Random *random = luaL_checkudata(L, 1, RANDOM_TYPE);
  const double low = luaL_optnumber(L, 2, 0), high = luaL_optnumber(L, 3, 1);
  lua_pushnumber(L, low + (high - low) * random_uniform(random));
  return 1;
}

/* generator:normal() -> number */
static int l_normal (lua_State *L) {
  lua_pushnumber(L, random_normal(luaL_checkudata(L, 1, RANDOM_TYPE)));
  return 1;
}

/* generator:below(n) -> 0 .. n-1 */
static int l_below (lua_State *L) {
  Random *random = luaL_checkudata(L, 1, RANDOM_TYPE);
  const lua_Integer n = luaL_checkinteger(L, 2);
  luaL_argcheck(L, n > 0, 2, "a number above 0 expected");
  lua_pushinteger(L, (lua_Integer)random_below(random, (uint64_t)n));
  return 1;
}

void bind_open_random (lua_State *L) {
  static const luaL_Reg METHODS[] = {
    { "uniform", l_uniform }, { "normal", l_normal }, { "below", l_below }, { NULL, NULL },
  };
  bind_type(L, RANDOM_TYPE, METHODS, NULL);
  lua_pushcfunction(L, l_random);
  lua_setfield(L, -2, "random");
}

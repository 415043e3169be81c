/* engine.c -- the module "neap.engine": every face of the C side in one table. */
#include <lua.h>
#include <lauxlib.h>

#include "bind.h"

static void (*const FACES[]) (lua_State *) = {
  bind_open_bayesopt,
  bind_open_expfit,
  bind_open_forecast,
  bind_open_multipower,
  bind_open_gp,
  bind_open_json,
  bind_open_random,
  bind_open_schedule,
  bind_open_system,
  bind_open_table,
  bind_open_dataset,
  bind_open_trainer,
  bind_open_wire,
};

__attribute__((visibility("default"))) int luaopen_neap_engine (lua_State *L);

int luaopen_neap_engine (lua_State *L) {
  luaL_checkversion(L);
  lua_newtable(L);
  for (size_t i = 0; i < sizeof FACES / sizeof *FACES; i++) FACES[i](L);
  return 1;
}

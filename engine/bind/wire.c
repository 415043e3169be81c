#include "../io/wire.h"

#include "bind.h"

#define WIRE_TYPE "neap.Wire"

static Wire *check_wire (lua_State *L) {
  return *(Wire **)luaL_checkudata(L, 1, WIRE_TYPE);
}

static size_t check_limit (lua_State *L, int arg) {
  return (size_t)bind_checkint(L, arg, 2, WIRE_LINE);
}

/* engine.wire([limit]) -> wire */
static int l_wire (lua_State *L) {
  const size_t limit = lua_isnoneornil(L, 1) ? WIRE_LINE : check_limit(L, 1);
  Wire **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, WIRE_TYPE);
  return bind_result(L, wire_new(box, limit), NULL);
}

/* wire:limit(bytes) */
static int l_limit (lua_State *L) {
  wire_set_limit(check_wire(L), check_limit(L, 2));
  return 0;
}

/* wire:feed(text) -> true, or nil, message, code */
static int l_feed (lua_State *L) {
  Wire *wire = check_wire(L);
  size_t length;
  const char *bytes = luaL_checklstring(L, 2, &length);
  Problem problem = { "" };
  const Status status = wire_feed(wire, bytes, length, &problem);
  lua_pushboolean(L, 1);
  return bind_result(L, status, &problem);
}

/* wire:next() -> line; nothing if there is none; or nil, message, code */
static int l_next (lua_State *L) {
  Wire *wire = check_wire(L);
  const char *line;
  size_t length;
  Problem problem = { "" };
  const Status status = wire_next(wire, &line, &length, &problem);
  if (status == STATUS_OK && line == NULL) return 0;
  if (status == STATUS_OK) lua_pushlstring(L, line, length);
  return bind_result(L, status, &problem);
}

/* engine.same_secret(secret, given) -> boolean */
static int l_same_secret (lua_State *L) {
  size_t secret_length, given_length;
  const char *secret = luaL_checklstring(L, 1, &secret_length);
  const char *given = luaL_checklstring(L, 2, &given_length);
  lua_pushboolean(L, wire_same(secret, secret_length, given, given_length));
  return 1;
}

static int l_free (lua_State *L) {
  Wire **box = luaL_checkudata(L, 1, WIRE_TYPE);
  wire_free(*box);
  *box = NULL;
  return 0;
}

void bind_open_wire (lua_State *L) {
  static const luaL_Reg METHODS[] = { { "limit", l_limit }, { "feed", l_feed }, { "next", l_next }, { NULL, NULL } };
  static const luaL_Reg METAMETHODS[] = { { "__gc", l_free }, { NULL, NULL } };
  static const luaL_Reg FUNCTIONS[] = { { "wire", l_wire }, { "same_secret", l_same_secret }, { NULL, NULL } };
  bind_type(L, WIRE_TYPE, METHODS, METAMETHODS);
  luaL_setfuncs(L, FUNCTIONS, 0);
}

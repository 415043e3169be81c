/* The JSON door: any text is a value or an outcome, and a value that is written comes back as it was. */
#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#include "fuzz.h"

int luaopen_neap_engine (lua_State *L);

static const char CHECK[] =
  "local engine = ...\n"
  "return function(text)\n"
  "  local value, problem, code = engine.json_decode(text)\n"
  "  if value == nil then return assert(code == 'bad_data' and not problem:find '\\n') end\n"
  "  local ok, once = pcall(engine.json_encode, value)\n"
  "  if not ok then return assert(once:find 'nested deeper') end\n"
  "  assert(engine.json_encode(assert(engine.json_decode(once) ~= nil and engine.json_decode(once))) == once)\n"
  "end\n";

static lua_State *checker (void) {
  lua_State *L = luaL_newstate();
  promise(L != NULL);
  luaL_requiref(L, "_G", luaopen_base, 1);
  luaL_requiref(L, "table", luaopen_table, 1);
  luaL_requiref(L, "string", luaopen_string, 1);
  lua_settop(L, 0);
  luaL_requiref(L, "neap.engine", luaopen_neap_engine, 0);
  promise(luaL_loadstring(L, CHECK) == LUA_OK);
  lua_insert(L, -2);
  promise(lua_pcall(L, 1, 1, 0) == LUA_OK);
  return L;
}

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t count) {
  lua_State *L = checker();
  lua_pushlstring(L, (const char *)bytes, count);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    promise(!"the text is a value that comes back, or an outcome");
  }
  lua_close(L);
  return 0;
}

/* json.c -- Lua values to JSON and back. The only door to jansson, and here
 * rather than under io/ because its one use is to convert Lua values.
 *
 * A table with elements 1..n and nothing else is an array, any other an object
 * (the empty table too). Integers and doubles come back exactly. nan and the
 * infinities, which JSON lacks, are written as null; null is read as
 * engine.null. */
#include <math.h>

#include <jansson.h>

#include "bind.h"

#define JSON_TYPE "neap.Json"   /* a box that owns a json_t, so that raising leaks nothing */

enum { MAX_DEPTH = 100 };

static json_t **new_box (lua_State *L) {
  json_t **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, JSON_TYPE);
  return box;
}

static int l_gc (lua_State *L) {
  json_t **box = luaL_checkudata(L, 1, JSON_TYPE);
  json_decref(*box);
  *box = NULL;
  return 0;
}

/* Each of these stores in *slot a value that the caller owns; the stack is kept. */
static void from_lua (lua_State *L, int index, json_t **slot, int depth);

static void from_array (lua_State *L, int index, json_t **slot, int depth) {
  const lua_Integer n = (lua_Integer)lua_rawlen(L, index);
  *slot = json_array();
  for (lua_Integer i = 1; i <= n; i++) {
    json_t **box = new_box(L);
    lua_rawgeti(L, index, i);
    from_lua(L, lua_gettop(L), box, depth);
    json_t *element = *box;
    *box = NULL;
    if (json_array_append_new(*slot, element) != 0) luaL_error(L, "out of memory");
    lua_pop(L, 2);
  }
}

/* The table at 'index' -> its text keys, sorted, in a list on the stack. */
static void push_sorted_keys (lua_State *L, int index) {
  lua_newtable(L);
  const int keys = lua_gettop(L);
  lua_Integer n = 0;
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "JSON: a table mixes texts and other keys");
    lua_pushvalue(L, -2);
    lua_rawseti(L, keys, ++n);
  }
  lua_getglobal(L, "table");
  lua_getfield(L, -1, "sort");
  lua_pushvalue(L, keys);
  lua_call(L, 1, 0);
  lua_settop(L, keys);
}

static void set_field (lua_State *L, int index, const char *key, json_t *object, int depth) {
  json_t **box = new_box(L);
  lua_getfield(L, index, key);
  from_lua(L, lua_gettop(L), box, depth);
  json_t *value = *box;
  *box = NULL;
  if (json_object_set_new(object, key, value) != 0) luaL_error(L, "JSON: a key is not UTF-8");
  lua_pop(L, 2);
}

static void from_object (lua_State *L, int index, json_t **slot, int depth) {
  *slot = json_object();
  push_sorted_keys(L, index);
  const int keys = lua_gettop(L);
  const lua_Integer n = (lua_Integer)lua_rawlen(L, keys);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, keys, i);
    set_field(L, index, lua_tostring(L, -1), *slot, depth);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void from_number (lua_State *L, int index, json_t **slot) {
  if (lua_isinteger(L, index)) *slot = json_integer(lua_tointeger(L, index));
  else if (isfinite(lua_tonumber(L, index))) *slot = json_real(lua_tonumber(L, index));
  else *slot = json_null();
}

static void from_string (lua_State *L, int index, json_t **slot) {
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  *slot = json_stringn(text, length);
  if (*slot == NULL) luaL_error(L, "JSON: a text is not UTF-8");
}

static void from_lua (lua_State *L, int index, json_t **slot, int depth) {
  luaL_checkstack(L, 8, "JSON nested too deep");
  if (depth > MAX_DEPTH) luaL_error(L, "JSON: nested deeper than %d", MAX_DEPTH);
  switch (lua_type(L, index)) {
    case LUA_TBOOLEAN: *slot = json_boolean(lua_toboolean(L, index)); break;
    case LUA_TNUMBER: from_number(L, index, slot); break;
    case LUA_TSTRING: from_string(L, index, slot); break;
    case LUA_TTABLE:
      if (lua_rawlen(L, index) > 0) from_array(L, index, slot, depth + 1);
      else from_object(L, index, slot, depth + 1);
      break;
    case LUA_TNIL: case LUA_TLIGHTUSERDATA: *slot = json_null(); break;
    default: luaL_error(L, "JSON: a %s cannot be written", luaL_typename(L, index));
  }
  if (*slot == NULL) luaL_error(L, "out of memory");
}

static int append (const char *text, size_t length, void *buffer) {
  luaL_addlstring(buffer, text, length);
  return 0;
}

/* engine.json_encode(value [, first]) -> text. The keys in the list 'first'
 * come first at the top level, in that order; all others are sorted. */
static int l_encode (lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 2);
  json_t **box = new_box(L);
  if (lua_istable(L, 1) && lua_istable(L, 2)) {
    *box = json_object();
    const lua_Integer n = (lua_Integer)lua_rawlen(L, 2);
    for (lua_Integer i = 1; i <= n; i++) {
      lua_rawgeti(L, 2, i);
      const char *key = luaL_checkstring(L, -1);
      if (lua_getfield(L, 1, key) != LUA_TNIL) set_field(L, 1, key, *box, 0);
      lua_pop(L, 2);
    }
    json_t **rest = new_box(L);
    from_object(L, 1, rest, 0);
    json_object_update_missing(*box, *rest);
  } else {
    from_lua(L, 1, box, 0);
  }
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  json_dump_callback(*box, append, &buffer, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
  luaL_pushresult(&buffer);
  return 1;
}

static void push_value (lua_State *L, const json_t *value) {
  luaL_checkstack(L, 4, "JSON nested too deep");
  switch (json_typeof(value)) {
    case JSON_OBJECT: {
      const char *key;
      json_t *field;
      lua_createtable(L, 0, (int)json_object_size(value));
      json_object_foreach((json_t *)(uintptr_t)value, key, field) {
        push_value(L, field);
        lua_setfield(L, -2, key);
      }
      break;
    }
    case JSON_ARRAY: {
      const size_t n = json_array_size(value);
      lua_createtable(L, (int)n, 0);
      for (size_t i = 0; i < n; i++) {
        push_value(L, json_array_get(value, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
      }
      break;
    }
    case JSON_STRING: lua_pushlstring(L, json_string_value(value), json_string_length(value)); break;
    case JSON_INTEGER: lua_pushinteger(L, json_integer_value(value)); break;
    case JSON_REAL: lua_pushnumber(L, json_real_value(value)); break;
    case JSON_TRUE: lua_pushboolean(L, 1); break;
    case JSON_FALSE: lua_pushboolean(L, 0); break;
    case JSON_NULL: lua_pushlightuserdata(L, NULL); break;
  }
}

/* engine.json_decode(text) -> value, or nil, message, code */
static int l_decode (lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  json_t **box = new_box(L);
  json_error_t error;
  *box = json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
  if (*box == NULL) {
    Problem problem;
    problem_set(&problem, STATUS_BAD_DATA, "JSON, line %d, column %d: %s", error.line, error.column, error.text);
    return bind_result(L, STATUS_BAD_DATA, &problem);
  }
  push_value(L, *box);
  return 1;
}

void bind_open_json (lua_State *L) {
  static const luaL_Reg METHODS[] = { { NULL, NULL } };
  static const luaL_Reg METAMETHODS[] = { { "__gc", l_gc }, { NULL, NULL } };
  static const luaL_Reg FUNCTIONS[] = { { "json_encode", l_encode }, { "json_decode", l_decode }, { NULL, NULL } };
  bind_type(L, JSON_TYPE, METHODS, METAMETHODS);
  luaL_setfuncs(L, FUNCTIONS, 0);
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, -2, "null");
}

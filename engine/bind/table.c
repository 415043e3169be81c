#include "../io/table.h"

#include <errno.h>

#include "bind.h"

#define TABLE_TYPE "neap.Table"

/* engine.table_read(file) -> table, or nil, message, code */
static int l_read (lua_State *L) {
  const char *file = luaL_checkstring(L, 1);
  Table **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, TABLE_TYPE);
  Problem problem = { "" };
  return bind_result(L, table_read(box, file, &problem), &problem);
}

/* table:columns() -> list of names */
static int l_columns (lua_State *L) {
  const Table *table = *(Table **)luaL_checkudata(L, 1, TABLE_TYPE);
  lua_createtable(L, table->columns, 0);
  for (int i = 0; i < table->columns; i++) {
    lua_pushstring(L, table->name[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* table:column(index) -> list of numbers */
static int l_column (lua_State *L) {
  const Table *table = *(Table **)luaL_checkudata(L, 1, TABLE_TYPE);
  const int column = bind_checkint(L, 2, 1, table->columns) - 1;
  lua_createtable(L, table->rows, 0);
  for (int i = 0; i < table->rows; i++) {
    lua_pushnumber(L, table->cell[(size_t)i * (size_t)table->columns + (size_t)column]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* #table -> rows */
static int l_length (lua_State *L) {
  lua_pushinteger(L, (*(Table **)luaL_checkudata(L, 1, TABLE_TYPE))->rows);
  return 1;
}

static int l_gc (lua_State *L) {
  Table **box = luaL_checkudata(L, 1, TABLE_TYPE);
  table_free(*box);
  *box = NULL;
  return 0;
}

void bind_open_table (lua_State *L) {
  static const luaL_Reg METHODS[] = { { "columns", l_columns }, { "column", l_column }, { NULL, NULL } };
  static const luaL_Reg METAMETHODS[] = { { "__gc", l_gc }, { "__len", l_length }, { NULL, NULL } };
  bind_type(L, TABLE_TYPE, METHODS, METAMETHODS);
  lua_pushcfunction(L, l_read);
  lua_setfield(L, -2, "table_read");
}

#include "../io/table.h"

#include <limits.h>

#include "bind.h"
#include "faces.h"

static Table *check_table (lua_State *L, int arg) {
  return *(Table **)luaL_checkudata(L, arg, TABLE_TYPE);
}

const Table *bind_checktable (lua_State *L, int arg) {
  return check_table(L, arg);
}

/* The list of { name, kind } at 'arg', with names that live as long as the list. Pushes one value. */
static const TableColumn *check_columns (lua_State *L, int arg, int *count) {
  static const char *const KINDS[] = { "finite", "number", "optional", "label", NULL };   /* as TableCell */
  luaL_checktype(L, arg, LUA_TTABLE);
  const lua_Unsigned length = lua_rawlen(L, arg);
  luaL_argcheck(L, length >= 1 && length <= TABLE_MAX_COLUMNS, arg, "a list of 1 to 65536 columns expected");
  *count = (int)length;
  TableColumn *columns = bind_scratch(L, (size_t)*count, sizeof *columns);
  for (int j = 0; j < *count; j++) {
    if (lua_rawgeti(L, arg, j + 1) != LUA_TTABLE || lua_rawgeti(L, -1, 1) != LUA_TSTRING)
      luaL_argerror(L, arg, "a list of { name, kind } expected");
    lua_rawgeti(L, -2, 2);
    columns[j] = (TableColumn){ .name = lua_tostring(L, -2), .cell = (TableCell)luaL_checkoption(L, -1, NULL, KINDS) };
    lua_pop(L, 3);
  }
  return columns;
}

/* engine.table_read(file [, columns]) -> table, or nil, message, code */
static int l_table_read (lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  int count = 0;
  const TableColumn *columns = lua_isnoneornil(L, 2) ? NULL : check_columns(L, 2, &count);
  Problem problem = { "" };
  Table **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, TABLE_TYPE);
  const Status status = columns == NULL ? table_read(box, path, &problem)
                                        : table_read_columns(box, path, count, columns, &problem);
  return bind_result(L, status, &problem);
}

static void push_names (lua_State *L, const Table *table) {
  lua_createtable(L, table->columns, 0);
  for (int j = 0; j < table->columns; j++) {
    lua_pushstring(L, table->names[j]);
    lua_rawseti(L, -2, j + 1);
  }
}

/* engine.table_names(file) -> list of column names, or nil, message, code */
static int l_table_names (lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  Problem problem = { "" };
  Table **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, TABLE_TYPE);
  const Status status = table_read_header(box, path, &problem);
  if (status == STATUS_OK) push_names(L, *box);
  return bind_result(L, status, &problem);
}

/* #table -> rows */
static int l_rows (lua_State *L) {
  lua_pushinteger(L, check_table(L, 1)->rows);
  return 1;
}

/* table:names() -> list of column names */
static int l_names (lua_State *L) {
  push_names(L, check_table(L, 1));
  return 1;
}

/* table:line(row) -> the line of the file on which a row ends */
static int l_line (lua_State *L) {
  const Table *table = check_table(L, 1);
  lua_pushinteger(L, table->lines[bind_checkint(L, 2, 1, table->rows) - 1]);
  return 1;
}

/* table:column(i) -> list of numbers; false where a cell is empty */
static int l_column (lua_State *L) {
  const Table *table = check_table(L, 1);
  const int j = bind_checkint(L, 2, 1, table->columns) - 1;
  lua_createtable(L, table->rows, 0);
  for (int i = 0; i < table->rows; i++) {
    const double cell = table->cells[(size_t)i * (size_t)table->columns + (size_t)j];
    if (table_is_missing(cell)) lua_pushboolean(L, 0);
    else lua_pushnumber(L, cell);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int l_free (lua_State *L) {
  Table **box = luaL_checkudata(L, 1, TABLE_TYPE);
  table_free(*box);
  *box = NULL;
  return 0;
}

/* The list of names at 'arg', as pointers that live as long as the list. Pushes one value. */
static const char **check_names (lua_State *L, int arg, int *count) {
  luaL_checktype(L, arg, LUA_TTABLE);
  const lua_Unsigned length = lua_rawlen(L, arg);
  luaL_argcheck(L, length >= 1 && length <= TABLE_MAX_COLUMNS, arg, "a list of 1 to 65536 names expected");
  *count = (int)length;
  const char **names = bind_scratch(L, (size_t)*count, sizeof *names);
  for (int j = 0; j < *count; j++) {
    if (lua_rawgeti(L, arg, j + 1) != LUA_TSTRING) luaL_argerror(L, arg, "a list of texts expected");
    names[j] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  return names;
}

/* engine.table_write(file, names, rows) -> true, or nil, message, code.
 * 'rows' is a list of lists of numbers, as long as 'names' each. */
static int l_table_write (lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  int columns, rows, width;
  const char **names = check_names(L, 2, &columns);
  const double *cells = bind_checkmatrix(L, 3, &rows, &width);
  if (rows > 0 && width != columns)
    luaL_argerror(L, 3, lua_pushfstring(L, "rows of %d numbers, but %d names", width, columns));
  Problem problem = { "" };
  const Status status = table_write(path, rows, columns, names, cells, &problem);
  lua_pushboolean(L, 1);
  return bind_result(L, status, &problem);
}

void bind_open_table (lua_State *L) {
  static const luaL_Reg METHODS[] = { { "names", l_names }, { "column", l_column }, { "line", l_line }, { NULL, NULL } };
  static const luaL_Reg METAMETHODS[] = { { "__len", l_rows }, { "__gc", l_free }, { NULL, NULL } };
  static const luaL_Reg FUNCTIONS[] = {
    { "table_read", l_table_read }, { "table_names", l_table_names }, { "table_write", l_table_write }, { NULL, NULL },
  };
  bind_type(L, TABLE_TYPE, METHODS, METAMETHODS);
  luaL_setfuncs(L, FUNCTIONS, 0);
}

#include "bind.h"

#include <math.h>

#include <limits.h>
#include <string.h>

void *bind_scratch (lua_State *L, size_t count, size_t size) {
  if (size != 0 && count > (size_t)PTRDIFF_MAX / size) luaL_error(L, "out of memory");
  void *block = lua_newuserdatauv(L, count * size, 0);
  memset(block, 0, count * size);
  return block;
}

static int check_length (lua_State *L, int arg) {
  luaL_checktype(L, arg, LUA_TTABLE);
  const lua_Unsigned length = lua_rawlen(L, arg);
  luaL_argcheck(L, length <= INT_MAX, arg, "list too long");
  return (int)length;
}

/* Reads list[i] where the list is at 'index', for argument 'arg'. */
static double check_element (lua_State *L, int arg, int index, int i) {
  if (lua_rawgeti(L, index, i) != LUA_TNUMBER)
    luaL_argerror(L, arg, lua_pushfstring(L, "element %d is a %s, a number expected", i, luaL_typename(L, -1)));
  const double value = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return value;
}

double *bind_checkvector (lua_State *L, int arg, int *n) {
  *n = check_length(L, arg);
  double *x = lua_newuserdatauv(L, (size_t)*n * sizeof *x, 0);
  for (int i = 0; i < *n; i++) x[i] = check_element(L, arg, arg, i + 1);
  return x;
}

double *bind_checkrates (lua_State *L, int arg, int *n) {
  double *rates = bind_checkvector(L, arg, n);
  for (int i = 0; i < *n; i++)
    if (!(rates[i] >= 0 && isfinite(rates[i])))
      luaL_argerror(L, arg, lua_pushfstring(L, "rate %d is %f, a finite number of at least 0 expected", i + 1, rates[i]));
  return rates;
}

double *bind_checkrates_of (lua_State *L, int arg, int n) {
  int told;
  double highest = 0, *rates = bind_checkrates(L, arg, &told);
  if (told != n) luaL_argerror(L, arg, lua_pushfstring(L, "%d rates for %d losses", told, n));
  for (int i = 0; i < n; i++) highest = fmax(highest, rates[i]);
  luaL_argcheck(L, n == 0 || highest > 0, arg, "all rates are 0: nothing was trained");
  return rates;
}

/* Coordinates of list[i], where the list is at 'arg': 1 for a plain number. */
static int point_length (lua_State *L, int arg, int i) {
  lua_rawgeti(L, arg, i);
  const int type = lua_type(L, -1);
  if (type != LUA_TTABLE && type != LUA_TNUMBER)
    luaL_argerror(L, arg, lua_pushfstring(L, "point %d is a %s, a list of numbers expected", i, luaL_typename(L, -1)));
  const int length = type == LUA_TTABLE ? (int)lua_rawlen(L, -1) : 1;
  lua_pop(L, 1);
  return length;
}

double *bind_checkmatrix (lua_State *L, int arg, int *n, int *d) {
  *n = check_length(L, arg);
  *d = *n > 0 ? point_length(L, arg, 1) : 0;
  double *x = bind_scratch(L, (size_t)*n * (size_t)*d, sizeof *x);
  for (int i = 0; i < *n; i++) {
    const int length = point_length(L, arg, i + 1);
    if (length != *d)
      luaL_argerror(L, arg, lua_pushfstring(L, "point %d has %d coordinates, %d expected", i + 1, length, *d));
    lua_rawgeti(L, arg, i + 1);
    if (lua_type(L, -1) == LUA_TNUMBER) x[i] = lua_tonumber(L, -1);
    else for (int j = 0; j < *d; j++) x[i * *d + j] = check_element(L, arg, lua_gettop(L), j + 1);
    lua_pop(L, 1);
  }
  return x;
}

int bind_checkint (lua_State *L, int arg, int low, int high) {
  const lua_Integer value = luaL_checkinteger(L, arg);
  if (value < low || value > high)
    luaL_argerror(L, arg, lua_pushfstring(L, "%I is outside %d..%d", value, low, high));
  return (int)value;
}

void *bind_checkself (lua_State *L, const char *type, const char *called) {
  void *self = luaL_testudata(L, 1, type);
  if (self == NULL) {
    lua_Debug call;
    const bool is_known = lua_getstack(L, 0, &call) && lua_getinfo(L, "n", &call) && call.name != NULL;
    const bool is_field = is_known && strcmp(call.namewhat, "field") == 0 && call.name[0] != '?';
    const char *name = is_field ? call.name : "METHOD";  /* the name of a variable would say nothing */
    luaL_error(L, "%s:%s: call it with a colon, %s:%s(..)", called, name, called, name);
  }
  return self;
}

void bind_pushvector (lua_State *L, int n, const double *x) {
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    lua_pushnumber(L, x[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

int bind_result (lua_State *L, Status status, const Problem *problem) {
  if (status == STATUS_OK) return 1;
  lua_pushnil(L);
  lua_pushstring(L, problem != NULL && problem->text[0] != '\0' ? problem->text : status_message(status));
  lua_pushstring(L, status_code(status));
  return 3;
}

void bind_type (lua_State *L, const char *type, const luaL_Reg *methods, const luaL_Reg *metamethods) {
  luaL_newmetatable(L, type);
  if (metamethods != NULL) luaL_setfuncs(L, metamethods, 0);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

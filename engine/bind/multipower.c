/* multipower.c -- fits of the multi-power law as Lua values. A fit is plain data, so its userdata holds it. */
#include "../numerics/multipower.h"

#include <math.h>

#include "bind.h"

#define MULTIPOWER_TYPE "neap.Multipower"

/* engine.multipower(losses, rates[, first[, stride[, lower]]]) -> fit, or nil and why not */
static int l_multipower (lua_State *L) {
  int n;
  lua_settop(L, 5);
  const ForecastOptions options = { .first = luaL_optnumber(L, 3, 1), .stride = luaL_optnumber(L, 4, 1), .lower = luaL_optnumber(L, 5, 0) };
  luaL_argcheck(L, isfinite(options.first), 3, "a finite step expected");
  luaL_argcheck(L, options.stride > 0 && isfinite(options.stride), 4, "a number above 0 expected");
  luaL_argcheck(L, isfinite(options.lower), 5, "a finite number expected");
  const double *losses = bind_checkvector(L, 1, &n);
  const double *rates = bind_checkrates_of(L, 2, n);
  Multipower *fit = lua_newuserdatauv(L, sizeof *fit, 0);
  luaL_setmetatable(L, MULTIPOWER_TYPE);
  Problem problem = { "" };
  const Status status = multipower_fit(fit, &options, n, losses, rates);
  if (status == STATUS_TOO_FEW) problem_set(&problem, status, "no finite loss to fit");
  return bind_result(L, status, &problem);
}

/* fit:parameters() -> L0, A, alpha, B, C, beta, gamma, used */
static int l_parameters (lua_State *L) {
  const Multipower *fit = luaL_checkudata(L, 1, MULTIPOWER_TYPE);
  const double values[] = { fit->L0, fit->A, fit->alpha, fit->B, fit->C, fit->beta, fit->gamma };
  for (int i = 0; i < MULTIPOWER_PARAMETERS; i++) lua_pushnumber(L, values[i]);
  lua_pushinteger(L, fit->used);
  return MULTIPOWER_PARAMETERS + 1;
}

/* fit:forecast(step[, rates of the steps to come]) -> mean and deviation of log(loss - lower) */
static int l_forecast (lua_State *L) {
  const Multipower *fit = luaL_checkudata(L, 1, MULTIPOWER_TYPE);
  const double step = luaL_checknumber(L, 2);
  luaL_argcheck(L, isfinite(step), 2, "a finite number expected");
  int n = 0;
  const double *rates = lua_isnoneornil(L, 3) ? NULL : bind_checkrates(L, 3, &n);
  double mean, sd;
  multipower_forecast(fit, n, rates, step, &mean, &sd);
  lua_pushnumber(L, mean);
  lua_pushnumber(L, sd);
  return 2;
}

void bind_open_multipower (lua_State *L) {
  static const luaL_Reg METHODS[] = { { "parameters", l_parameters }, { "forecast", l_forecast }, { NULL, NULL } };
  static const luaL_Reg FUNCTIONS[] = { { "multipower", l_multipower }, { NULL, NULL } };
  bind_type(L, MULTIPOWER_TYPE, METHODS, NULL);
  luaL_setfuncs(L, FUNCTIONS, 0);
}

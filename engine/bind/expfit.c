/* expfit.c -- fits of the exponential loss model as Lua values. A fit is plain data, so its userdata holds it. */
#include "../numerics/expfit.h"

#include <math.h>

#include "bind.h"

#define EXPFIT_TYPE "neap.Expfit"

static ExpfitOptions check_options (lua_State *L) {
  const ExpfitOptions options = {
    .first = luaL_optnumber(L, 2, 1),
    .stride = luaL_optnumber(L, 3, 1),
    .lower = luaL_optnumber(L, 4, -INFINITY),
    .horizon = luaL_optnumber(L, 5, 10),
  };
  luaL_argcheck(L, isfinite(options.first), 2, "a finite step expected");
  luaL_argcheck(L, options.stride > 0 && isfinite(options.stride), 3, "a number above 0 expected");
  luaL_argcheck(L, options.lower < INFINITY, 4, "a finite number expected");
  luaL_argcheck(L, options.horizon >= 1 && isfinite(options.horizon), 5, "a number of at least 1 expected");
  return options;
}

static Expfit *new_fit (lua_State *L) {
  Expfit *fit = lua_newuserdatauv(L, sizeof *fit, 0);
  luaL_setmetatable(L, EXPFIT_TYPE);
  return fit;
}

static int result (lua_State *L, Status status, int least) {
  Problem problem = { "" };
  if (status == STATUS_TOO_FEW)
    problem_set(&problem, status, "too few finite losses to fit: at least %d expected", least);
  return bind_result(L, status, &problem);
}

/* engine.expfit_bounded(losses[, first[, stride[, lower[, horizon]]]]) -> fit, or nil and why not */
static int l_bounded (lua_State *L) {
  int n;
  const ExpfitOptions options = check_options(L);
  const double *losses = bind_checkvector(L, 1, &n);
  Expfit *fit = new_fit(L);
  return result(L, expfit_bounded(fit, &options, n, losses), 1);
}

/* engine.expfit_published(losses[, first[, stride[, validation]]]) -> fit, or nil and why not */
static int l_published (lua_State *L) {
  int n;
  const bool validation = lua_toboolean(L, 4);
  lua_settop(L, 3);
  const ExpfitOptions options = check_options(L);
  const double *losses = bind_checkvector(L, 1, &n);
  Expfit *fit = new_fit(L);
  return result(L, expfit_published(fit, &options, n, losses, validation), 3);
}

/* fit:coefficients() -> a, b, c, noise, used */
static int l_coefficients (lua_State *L) {
  const Expfit *fit = luaL_checkudata(L, 1, EXPFIT_TYPE);
  lua_pushnumber(L, fit->a);
  lua_pushnumber(L, fit->b);
  lua_pushnumber(L, fit->c);
  if (fit->nodes > 0) lua_pushnumber(L, fit->noise);
  else lua_pushnil(L);
  lua_pushinteger(L, fit->used);
  return 5;
}

/* fit:forecast(step) -> mean, sd (nil where the fit has none) */
static int l_forecast (lua_State *L) {
  const Expfit *fit = luaL_checkudata(L, 1, EXPFIT_TYPE);
  const double step = luaL_checknumber(L, 2);
  luaL_argcheck(L, isfinite(step), 2, "a finite step expected");
  double mean, sd;
  expfit_forecast(fit, step, &mean, &sd);
  lua_pushnumber(L, mean);
  if (isnan(sd)) lua_pushnil(L);
  else lua_pushnumber(L, sd);
  return 2;
}

void bind_open_expfit (lua_State *L) {
  static const luaL_Reg METHODS[] = { { "coefficients", l_coefficients }, { "forecast", l_forecast }, { NULL, NULL } };
  static const luaL_Reg FUNCTIONS[] = { { "expfit_bounded", l_bounded }, { "expfit_published", l_published }, { NULL, NULL } };
  bind_type(L, EXPFIT_TYPE, METHODS, NULL);
  luaL_setfuncs(L, FUNCTIONS, 0);
}

/* forecast.c -- forecasts of losses as Lua values. A forecast is plain data, so its userdata holds it. */
#include "../numerics/forecast.h"

#include <math.h>

#include "bind.h"

#define FORECAST_TYPE "neap.Forecast"
#define AHEAD_TYPE "neap.ForecastAhead"

/* The options at arg 'arg' and after: first, stride, lower. */
static ForecastOptions check_options (lua_State *L, int arg) {
  const ForecastOptions options = {
    .first = luaL_optnumber(L, arg, 1),
    .stride = luaL_optnumber(L, arg + 1, 1),
    .lower = luaL_optnumber(L, arg + 2, 0),
  };
  luaL_argcheck(L, isfinite(options.first), arg, "a finite step expected");
  luaL_argcheck(L, options.stride > 0 && isfinite(options.stride), arg + 1, "a number above 0 expected");
  luaL_argcheck(L, options.lower < INFINITY, arg + 2, "a finite number expected");
  return options;
}

/* No bound was given: it is 0, unless the series itself goes below. */
static void find_lower (ForecastOptions *options, int n, const double *losses) {
  for (int i = 0; i < n; i++)
    if (losses[i] < 0 && isfinite(losses[i])) options->lower = -INFINITY;
}

static int too_few (lua_State *L, Status status, const char *what) {
  Problem problem = { "" };
  if (status == STATUS_TOO_FEW) problem_set(&problem, status, "%s", what);
  return bind_result(L, status, &problem);
}

/* engine.forecast(losses[, first[, stride[, lower[, fresh[, rates]]]]]) -> forecast, or nil and why not */
static int l_forecast (lua_State *L) {
  int n;
  const double *rates = NULL;
  lua_settop(L, 6);
  ForecastOptions options = check_options(L, 2);
  options.fresh = lua_toboolean(L, 5);
  const double *losses = bind_checkvector(L, 1, &n);
  if (lua_isnil(L, 4)) find_lower(&options, n, losses);
  if (!lua_isnil(L, 6)) {
    rates = bind_checkrates_of(L, 6, n);
  }
  Forecast *forecast = lua_newuserdatauv(L, sizeof *forecast, 0);
  luaL_setmetatable(L, FORECAST_TYPE);
  const Status status = rates == NULL ? forecast_fit(forecast, &options, n, losses)
                                      : forecast_fit_rates(forecast, &options, n, losses, rates);
  return too_few(L, status, "no finite loss to forecast from");
}

/* engine.forecast_race(list of losses, step[, first[, stride[, lower[, rates]]]]) -> probabilities, expected losses, or nil and why not */
static int l_race (lua_State *L) {
  const double *rates = NULL;
  lua_settop(L, 6);
  luaL_checktype(L, 1, LUA_TTABLE);
  const double step = luaL_checknumber(L, 2);
  luaL_argcheck(L, isfinite(step), 2, "a finite step expected");
  ForecastOptions options = check_options(L, 3);
  const int m = (int)lua_rawlen(L, 1);
  luaL_argcheck(L, m > 0, 1, "at least one series expected");
  luaL_checkstack(L, m + 4, "too many series");
  const double **losses = bind_scratch(L, (size_t)m, sizeof *losses);
  double *best = bind_scratch(L, 2 * (size_t)m, sizeof *best);
  int n = 0;
  for (int k = 0; k < m; k++) {
    int length;
    if (lua_rawgeti(L, 1, k + 1) != LUA_TTABLE) luaL_argerror(L, 1, lua_pushfstring(L, "series %d is no list of losses", k + 1));
    losses[k] = bind_checkvector(L, lua_gettop(L), &length);
    lua_remove(L, -2);
    if (k > 0 && length != n)
      luaL_argerror(L, 1, lua_pushfstring(L, "series %d has %d losses, the first has %d", k + 1, length, n));
    n = length;
    if (lua_isnil(L, 5)) find_lower(&options, n, losses[k]);
  }
  if (!lua_isnil(L, 6)) {
    int told;
    rates = bind_checkrates(L, 6, &told);
    if (told != m) luaL_argerror(L, 6, lua_pushfstring(L, "%d rates for %d series", told, m));
    for (int k = 0; k < m; k++)
      if (rates[k] == 0) luaL_argerror(L, 6, lua_pushfstring(L, "rate %d is 0, above 0 expected", k + 1));
  }
  const Status status = forecast_race(best, best + m, &options, rates, m, n, losses, step);
  if (status == STATUS_OK) {
    bind_pushvector(L, m, best);
    bind_pushvector(L, m, best + m);
    return 2;
  }
  return too_few(L, status, "no series ends with a finite loss");
}

static const Forecast *check_forecast (lua_State *L) {
  return luaL_checkudata(L, 1, FORECAST_TYPE);
}

static double check_finite (lua_State *L, int arg) {
  const double value = luaL_checknumber(L, arg);
  luaL_argcheck(L, isfinite(value), arg, "a finite number expected");
  return value;
}

/* forecast:ahead(rates of the steps to come) -> ahead. One block: the struct, then its places. */
static int l_ahead (lua_State *L) {
  const Forecast *forecast = check_forecast(L);
  int n;
  luaL_argcheck(L, forecast->reference > 0, 1, "the rates of its losses were not told");
  const double *rates = bind_checkrates(L, 2, &n);
  ForecastAhead *ahead = lua_newuserdatauv(L, sizeof *ahead + FORECAST_PACES * ((size_t)n + 1) * sizeof(ForecastPlace), 0);
  *ahead = (ForecastAhead){ .n = n, .place = (ForecastPlace *)(ahead + 1) };
  forecast_look_ahead(ahead, forecast, rates);
  luaL_setmetatable(L, AHEAD_TYPE);
  return 1;
}

/* The rates ahead at 'arg', or NULL. */
static const ForecastAhead *opt_ahead (lua_State *L, int arg) {
  return lua_isnoneornil(L, arg) ? NULL : luaL_checkudata(L, arg, AHEAD_TYPE);
}

/* forecast:moments(step[, ahead]) -> mean, sd */
static int l_moments (lua_State *L) {
  double mean, sd;
  forecast_moments(check_forecast(L), opt_ahead(L, 3), check_finite(L, 2), &mean, &sd);
  lua_pushnumber(L, mean);
  lua_pushnumber(L, sd);
  return 2;
}

/* forecast:quantile(step, p[, ahead]) -> loss */
static int l_quantile (lua_State *L) {
  const Forecast *forecast = check_forecast(L);
  const double step = check_finite(L, 2), p = luaL_checknumber(L, 3);
  luaL_argcheck(L, p > 0 && p < 1, 3, "a probability between 0 and 1 expected");
  lua_pushnumber(L, forecast_quantile(forecast, opt_ahead(L, 4), step, p));
  return 1;
}

/* forecast:below(step, loss[, ahead]) -> probability */
static int l_below (lua_State *L) {
  const Forecast *forecast = check_forecast(L);
  lua_pushnumber(L, forecast_below(forecast, opt_ahead(L, 4), check_finite(L, 2), luaL_checknumber(L, 3)));
  return 1;
}

/* forecast:about() -> noise, used, lower (nil: none) */
static int l_about (lua_State *L) {
  const Forecast *forecast = check_forecast(L);
  lua_pushnumber(L, forecast->noise);
  lua_pushinteger(L, forecast->used);
  if (isfinite(forecast->lower)) lua_pushnumber(L, forecast->lower);
  else lua_pushnil(L);
  return 3;
}

void bind_open_forecast (lua_State *L) {
  static const luaL_Reg METHODS[] = {
    { "moments", l_moments }, { "quantile", l_quantile }, { "below", l_below }, { "about", l_about }, { "ahead", l_ahead },
    { NULL, NULL },
  };
  static const luaL_Reg NONE[] = { { NULL, NULL } };
  static const luaL_Reg FUNCTIONS[] = { { "forecast", l_forecast }, { "forecast_race", l_race }, { NULL, NULL } };
  bind_type(L, FORECAST_TYPE, METHODS, NULL);
  bind_type(L, AHEAD_TYPE, NONE, NULL);
  luaL_setfuncs(L, FUNCTIONS, 0);
}

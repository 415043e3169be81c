#include "model.h"

#include <math.h>

#include "bind.h"

static KernelKind check_kernel (lua_State *L, int arg) {
  static const char *const NAMES[] = { "matern12", "matern32", "matern52", "squared_exponential", "rational_quadratic", NULL };
  lua_getfield(L, arg, "kernel");
  return (KernelKind)luaL_checkoption(L, -1, "matern52", NAMES);
}

static GpTrend check_trend (lua_State *L, int arg) {
  static const char *const NAMES[] = { "constant", "linear", NULL };
  lua_getfield(L, arg, "trend");
  return (GpTrend)luaL_checkoption(L, -1, "constant", NAMES);
}

/* nil is NAN; a number must be finite, and above 'above'. */
static double check_given (lua_State *L, int arg, const char *name, double above) {
  lua_getfield(L, arg, name);
  if (lua_isnil(L, -1)) return NAN;
  const double value = luaL_checknumber(L, -1);
  if (!isfinite(value) || !(value > above))
    luaL_argerror(L, arg, lua_pushfstring(L, "%s %f is outside its range", name, value));
  return value;
}

static void check_lengths (lua_State *L, int arg, int d, double *lengths) {
  lua_getfield(L, arg, "length");
  if (lua_isnil(L, -1)) return;
  luaL_argcheck(L, lua_istable(L, -1), arg, "option 'length': a list of numbers expected");
  int n;
  const double *length = bind_checkvector(L, lua_gettop(L), &n);
  if (n != 1 && n != d) luaL_argerror(L, arg, lua_pushfstring(L, "option 'length': %d lengths given, 1 or %d expected", n, d));
  for (int i = 0; i < d; i++) {
    lengths[i] = length[n == 1 ? 0 : i];
    if (!(lengths[i] > 0) || !isfinite(lengths[i]))
      luaL_argerror(L, arg, lua_pushfstring(L, "option 'length': length %f is not above 0 and finite", lengths[i]));
  }
}

/* The prior on top of the stack, { kind, a, b }; nil leaves it as it is. */
static void check_prior (lua_State *L, int arg, const char *name, HyperPrior *prior) {
  if (lua_isnil(L, -1)) return;
  int n;
  const double *p = bind_checkvector(L, lua_gettop(L), &n);
  const bool known = n == 3 && (p[0] == HYPER_LOG_NORMAL || p[0] == HYPER_GAMMA || p[0] == HYPER_INVERSE_SQUARE
    || p[0] == HYPER_NORMAL_LOG);
  if (known) *prior = (HyperPrior){ (HyperPriorKind)p[0], p[1], p[2] };
  if (!known || !hyper_prior_usable(*prior))
    luaL_argerror(L, arg, lua_pushfstring(L, "the two numbers of the prior of the %s are outside their range", name));
}

static void check_priors (lua_State *L, int arg, int d, HyperPriors *priors) {
  lua_getfield(L, arg, "priors");
  if (lua_isnil(L, -1)) return;
  luaL_checktype(L, -1, LUA_TTABLE);
  const int table = lua_gettop(L);
  lua_getfield(L, table, "signal");
  check_prior(L, arg, "signal", &priors->signal);
  lua_getfield(L, table, "noise");
  check_prior(L, arg, "noise", &priors->noise);
  lua_getfield(L, table, "length");
  const int lengths = lua_gettop(L);
  for (int i = 0; i < d && !lua_isnil(L, lengths); i++) {
    luaL_checktype(L, lengths, LUA_TTABLE);
    lua_rawgeti(L, lengths, i + 1);
    check_prior(L, arg, "length", &priors->length[i]);
    lua_settop(L, lengths);
  }
}

GpOptions bind_checkmodel (lua_State *L, int arg, int d) {
  luaL_checktype(L, arg, LUA_TTABLE);
  GpOptions o = gp_options(check_kernel(L, arg), d);
  o.trend = check_trend(L, arg);
  o.given.signal = check_given(L, arg, "signal", 0);
  o.given.noise = check_given(L, arg, "noise", -0x1p-1074);  /* 0 will do */
  o.given.mean = check_given(L, arg, "mean", -INFINITY);
  check_lengths(L, arg, d, o.given.length);
  check_priors(L, arg, d, &o.priors);
  lua_getfield(L, arg, "integrate");
  o.integrate = lua_toboolean(L, -1);
  return o;
}

void bind_pushhyper (lua_State *L, int d, const GpHyper *h) {
  lua_createtable(L, 0, 5);
  bind_pushvector(L, d, h->length);
  lua_setfield(L, -2, "length");
  lua_pushnumber(L, h->signal);
  lua_setfield(L, -2, "signal");
  lua_pushnumber(L, h->noise);
  lua_setfield(L, -2, "noise");
  lua_pushnumber(L, h->mean);
  lua_setfield(L, -2, "mean");
}

#include "../numerics/gp.h"

#include <float.h>
#include <math.h>

#include "bind.h"
#include "model.h"

#define GP_TYPE "neap.Gp"

KernelKind bind_checkkernel (lua_State *L, int arg) {
  static const char *const NAMES[] = { "matern12", "matern32", "matern52", "squared_exponential", NULL };
  return (KernelKind)luaL_checkoption(L, arg, NULL, NAMES);
}

/* nil is NAN; a number must be finite, and above 'above'. */
static double check_given (lua_State *L, int arg, const char *name, double above) {
  if (lua_isnoneornil(L, arg)) return NAN;
  const double value = luaL_checknumber(L, arg);
  if (!isfinite(value) || !(value > above))
    luaL_argerror(L, arg, lua_pushfstring(L, "%s %f is outside its range", name, value));
  return value;
}

GpHyper bind_checkhyper (lua_State *L, int arg, int d) {
  GpHyper h = gp_options(KERNEL_MATERN52, 1).given;
  h.signal = check_given(L, arg + 1, "signal", 0);
  h.noise = check_given(L, arg + 2, "noise", -0x1p-1074);  /* 0 will do */
  h.mean = check_given(L, arg + 3, "mean", -INFINITY);
  if (lua_isnoneornil(L, arg)) return h;
  int n;
  const double *length = bind_checkvector(L, arg, &n);
  if (n != 1 && n != d) luaL_argerror(L, arg, lua_pushfstring(L, "%d lengths given, 1 or %d expected", n, d));
  for (int i = 0; i < d; i++) {
    h.length[i] = length[n == 1 ? 0 : i];
    if (!(h.length[i] > 0) || !isfinite(h.length[i]))
      luaL_argerror(L, arg, lua_pushfstring(L, "length %f is not above 0 and finite", h.length[i]));
  }
  return h;
}

static void check_finite (lua_State *L, int arg, const char *what, int n, const double *x, double largest) {
  for (int i = 0; i < n; i++)
    if (!(fabs(x[i]) <= largest))
      luaL_argerror(L, arg, lua_pushfstring(L, "%s %d is %f, a finite number expected", what, i + 1, x[i]));
}

static const double *check_variances (lua_State *L, int arg, int n) {
  if (lua_isnoneornil(L, arg)) return NULL;
  int m;
  const double *variance = bind_checkvector(L, arg, &m);
  luaL_argcheck(L, m == n, arg, "as many variances as points expected");
  for (int i = 0; i < n; i++)
    if (!(variance[i] >= 0) || !isfinite(variance[i]))
      luaL_argerror(L, arg, lua_pushfstring(L, "variance %d is %f, a finite number of at least 0 expected", i + 1, variance[i]));
  return variance;
}

/* A box is empty where __gc was called by hand. */
static Gp *check_gp (lua_State *L) {
  Gp *gp = *(Gp **)luaL_checkudata(L, 1, GP_TYPE);
  luaL_argcheck(L, gp != NULL, 1, "a process that has ended");
  return gp;
}

/* engine.gp(kernel, x, y, variance, length, signal, noise, mean) -> gp, or nil and why not */
static int l_gp (lua_State *L) {
  int n, m, d;
  lua_settop(L, 8);
  const KernelKind kernel = bind_checkkernel(L, 1);
  const double *X = bind_checkmatrix(L, 2, &n, &d);
  const double *y = bind_checkvector(L, 3, &m);
  luaL_argcheck(L, m == n, 3, "as many values y as points x expected");
  if (n == 0) d = lua_istable(L, 5) && lua_rawlen(L, 5) > 0 ? (int)lua_rawlen(L, 5) : 1;
  if (d < 1 || d > KERNEL_DIMENSIONS)
    luaL_argerror(L, 2, lua_pushfstring(L, "points have %d coordinates, 1 to %d expected", d, KERNEL_DIMENSIONS));
  check_finite(L, 2, "coordinate", n * d, X, DBL_MAX);
  check_finite(L, 3, "value", n, y, GP_LARGEST);
  const double *variance = check_variances(L, 4, n);
  GpOptions options = gp_options(kernel, d);
  options.given = bind_checkhyper(L, 5, d);

  Gp **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, GP_TYPE);  /* from here on '__gc' owns what box holds */
  Status status = gp_new(box, &options);
  if (status == STATUS_OK) status = gp_fit(*box, n, X, y, variance);
  return bind_result(L, status, NULL);
}

/* The point at 'arg', a list of numbers, or a number where d is 1. */
static const double *check_point (lua_State *L, const Gp *gp, int arg) {
  const int d = gp_dimensions(gp);
  int n = 1;
  double *x;
  if (lua_type(L, arg) == LUA_TNUMBER) {
    x = bind_scratch(L, 1, sizeof *x);
    *x = lua_tonumber(L, arg);
  } else {
    x = bind_checkvector(L, arg, &n);
  }
  if (n != d) luaL_argerror(L, arg, lua_pushfstring(L, "a point of %d coordinates expected, not %d", d, n));
  check_finite(L, arg, "coordinate", d, x, DBL_MAX);
  return x;
}

/* gp:predict(x) -> mean, variance */
static int l_predict (lua_State *L) {
  Gp *gp = check_gp(L);
  double mean, variance;
  const double *x = check_point(L, gp, 2);
  double *work = bind_scratch(L, gp_work(gp), sizeof *work);
  gp_predict(gp, x, work, &mean, &variance);
  lua_pushnumber(L, mean);
  lua_pushnumber(L, variance);
  return 2;
}

/* gp:add(x, y[, variance]) -> gp, or nil and why not */
static int l_add (lua_State *L) {
  Gp *gp = check_gp(L);
  const double y = luaL_checknumber(L, 3), variance = luaL_optnumber(L, 4, 0);
  check_finite(L, 3, "value", 1, &y, GP_LARGEST);
  luaL_argcheck(L, variance >= 0 && isfinite(variance), 4, "a finite variance of at least 0 expected");
  const double *x = check_point(L, gp, 2);
  const Status status = gp_append(gp, x, y, variance);
  lua_pushvalue(L, 1);
  return bind_result(L, status, NULL);
}

/* gp:evidence() -> ln p(y) */
static int l_evidence (lua_State *L) {
  lua_pushnumber(L, gp_evidence(check_gp(L)));
  return 1;
}

/* gp:hyper() -> { length = { .. }, signal =, noise =, mean = } */
static int l_hyper (lua_State *L) {
  const Gp *gp = check_gp(L);
  const GpHyper h = gp_hyper(gp);
  lua_createtable(L, 0, 4);
  bind_pushvector(L, gp_dimensions(gp), h.length);
  lua_setfield(L, -2, "length");
  lua_pushnumber(L, h.signal);
  lua_setfield(L, -2, "signal");
  lua_pushnumber(L, h.noise);
  lua_setfield(L, -2, "noise");
  lua_pushnumber(L, h.mean);
  lua_setfield(L, -2, "mean");
  return 1;
}

/* gp:size() and #gp -> number of observations */
static int l_size (lua_State *L) {
  lua_pushinteger(L, gp_size(check_gp(L)));
  return 1;
}

static int l_free (lua_State *L) {
  Gp **box = luaL_checkudata(L, 1, GP_TYPE);
  gp_free(*box);
  *box = NULL;
  return 0;
}

void bind_open_gp (lua_State *L) {
  static const luaL_Reg METHODS[] = {
    { "predict", l_predict }, { "add", l_add }, { "evidence", l_evidence }, { "hyper", l_hyper }, { "size", l_size },
    { NULL, NULL },
  };
  static const luaL_Reg META[] = { { "__gc", l_free }, { "__len", l_size }, { NULL, NULL } };
  bind_type(L, GP_TYPE, METHODS, META);
  lua_pushcfunction(L, l_gp);
  lua_setfield(L, -2, "gp");
}

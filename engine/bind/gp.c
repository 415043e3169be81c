#include "../numerics/gp.h"

#include <float.h>
#include <math.h>

#include "bind.h"
#include "model.h"

#define GP_TYPE "neap.Gp"

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
  Gp *gp = *(Gp **)bind_checkself(L, GP_TYPE, "gp");
  luaL_argcheck(L, gp != NULL, 1, "a process that has ended");
  return gp;
}

/* engine.gp(x, y, variance, options) -> gp, or nil and why not */
static int l_gp (lua_State *L) {
  int n, m, d;
  lua_settop(L, 4);
  luaL_checktype(L, 4, LUA_TTABLE);
  const double *X = bind_checkmatrix(L, 1, &n, &d);
  const double *y = bind_checkvector(L, 2, &m);
  luaL_argcheck(L, m == n, 2, "as many values y as points x expected");
  if (n == 0) {
    lua_getfield(L, 4, "length");
    d = lua_istable(L, -1) && lua_rawlen(L, -1) > 0 ? (int)lua_rawlen(L, -1) : 1;
  }
  if (d < 1 || d > KERNEL_DIMENSIONS)
    luaL_argerror(L, 1, lua_pushfstring(L, "points have %d coordinates, 1 to %d expected", d, KERNEL_DIMENSIONS));
  check_finite(L, 1, "coordinate", n * d, X, DBL_MAX);
  check_finite(L, 2, "value", n, y, GP_LARGEST);
  const double *variance = check_variances(L, 3, n);
  const GpOptions options = bind_checkmodel(L, 4, d);

  Gp **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, GP_TYPE);  /* from here on '__gc' owns what box holds */
  Status status = gp_new(box, &options);
  if (status == STATUS_OK) status = gp_fit(*box, &(GpData){ .n = n, .X = X, .y = y, .variance = variance });
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

/* gp:slope(x) -> by_mean, by_variance: the gradients of both, lists */
static int l_slope (lua_State *L) {
  Gp *gp = check_gp(L);
  GpSlope slope;
  const double *x = check_point(L, gp, 2);
  double *work = bind_scratch(L, gp_work(gp), sizeof *work);
  gp_predict_slope(gp, x, work, &slope);
  bind_pushvector(L, gp_dimensions(gp), slope.mean_slope);
  bind_pushvector(L, gp_dimensions(gp), slope.variance_slope);
  return 2;
}

/* gp:sample(points, seed) -> { f_1, .. }: one joint sample, or nil and why not */
static int l_sample (lua_State *L) {
  enum { MOST = 4096 };
  Gp *gp = check_gp(L);
  int m, d;
  const double *X = bind_checkmatrix(L, 2, &m, &d);
  luaL_argcheck(L, m == 0 || d == gp_dimensions(gp), 2, "points of the process expected");
  luaL_argcheck(L, m <= MOST, 2, "at most 4096 points expected");
  check_finite(L, 2, "coordinate", m * d, X, DBL_MAX);
  Random random = random_seeded((uint64_t)luaL_checkinteger(L, 3));
  double *f = bind_scratch(L, (size_t)m, sizeof *f);
  const Status status = gp_sample(gp, m, X, &random, f);
  bind_pushvector(L, m, f);
  return bind_result(L, status, NULL);
}

/* gp:loo() -> { mean_1, .. }, { variance_1, .. }, or nil and why not */
static int l_loo (lua_State *L) {
  Gp *gp = check_gp(L);
  const int n = gp_size(gp);
  double *mean = bind_scratch(L, (size_t)n * 2, sizeof *mean);
  const Status status = gp_leave_one_out(gp, mean, mean + n);
  if (status != STATUS_OK) return bind_result(L, status, NULL);
  bind_pushvector(L, n, mean);
  bind_pushvector(L, n, mean + n);
  return 2;
}

/* gp:evidence() -> ln p(y), { by ln length_1, .., by ln signal, by ln noise }, or nil and why not */
static int l_evidence (lua_State *L) {
  Gp *gp = check_gp(L);
  double value, gradient[KERNEL_DIMENSIONS + 2];
  const Status status = gp_evidence(gp, &value, gradient);
  if (status != STATUS_OK) return bind_result(L, status, NULL);
  lua_pushnumber(L, value);
  bind_pushvector(L, gp_dimensions(gp) + 2, gradient);
  return 2;
}

/* gp:hyper() -> { length = { .. }, signal =, noise =, mean = }, { { weight =, length =, .. }, .. } */
static int l_hyper (lua_State *L) {
  const Gp *gp = check_gp(L);
  GpHyper h = gp_hyper(gp);
  bind_pushhyper(L, gp_dimensions(gp), &h);
  lua_createtable(L, gp_components(gp), 0);
  for (int k = 0; k < gp_components(gp); k++) {
    h = gp_hyper_of(gp, k);
    bind_pushhyper(L, gp_dimensions(gp), &h);
    lua_pushnumber(L, gp_weight(gp, k));
    lua_setfield(L, -2, "weight");
    lua_rawseti(L, -2, k + 1);
  }
  return 2;
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
    { "predict", l_predict }, { "add", l_add }, { "slope", l_slope }, { "sample", l_sample }, { "loo", l_loo },
    { "evidence", l_evidence }, { "hyper", l_hyper }, { "size", l_size },
    { NULL, NULL },
  };
  static const luaL_Reg META[] = { { "__gc", l_free }, { "__len", l_size }, { NULL, NULL } };
  bind_type(L, GP_TYPE, METHODS, META);
  lua_pushcfunction(L, l_gp);
  lua_setfield(L, -2, "gp");
}

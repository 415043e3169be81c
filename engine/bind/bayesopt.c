#include "../numerics/bayesopt.h"

#include <math.h>

#include "bind.h"
#include "model.h"

#define BAYESOPT_TYPE "neap.Bayesopt"

/* A box is empty after a restore that failed; and __gc can be called by hand. */
static Bayesopt *check_opt (lua_State *L) {
  Bayesopt *opt = *(Bayesopt **)luaL_checkudata(L, 1, BAYESOPT_TYPE);
  luaL_argcheck(L, opt != NULL, 1, "an optimiser that has ended");
  return opt;
}

/* Rows { low, high, log, integer }, the last two 0 or 1. */
static Space check_space (lua_State *L, int arg) {
  Space space = { 0 };
  int n, columns;
  const double *rows = bind_checkmatrix(L, arg, &n, &columns);
  luaL_argcheck(L, n == 0 || columns == 4, arg, "rows { low, high, log, integer } expected");
  if (n < 1 || n > SPACE_DIMENSIONS)
    luaL_argerror(L, arg, lua_pushfstring(L, "1 to %d dimensions expected, not %d", SPACE_DIMENSIONS, n));
  space.d = n;
  for (int i = 0; i < n; i++, rows += 4)
    space.dimension[i] = (SpaceDimension){ rows[0], rows[1], rows[2] != 0 ? SPACE_LOG : SPACE_LINEAR, rows[3] != 0 };
  return space;
}

/* engine.bayesopt(dimensions, kernel, acquisition, kappa, initial, seed, length, signal, noise, mean) -> opt, or nil and why not */
static int l_bayesopt (lua_State *L) {
  static const char *const ACQUISITIONS[] = { "lcb", "ei", NULL };
  Problem problem = { "" };
  lua_settop(L, 10);
  BayesoptOptions options = {
    .kernel = bind_checkkernel(L, 2),
    .acquisition = (AcquisitionKind)luaL_checkoption(L, 3, NULL, ACQUISITIONS),
    .kappa = luaL_checknumber(L, 4),
    .initial = bind_checkint(L, 5, -1, 1 << 20),
    .seed = (uint64_t)luaL_checkinteger(L, 6),
  };
  options.space = check_space(L, 1);
  options.given = bind_checkhyper(L, 7, options.space.d);
  Bayesopt **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, BAYESOPT_TYPE);
  return bind_result(L, bayesopt_new(box, &options, &problem), &problem);
}

static const double *check_point (lua_State *L, const Bayesopt *opt, int arg) {
  const int d = bayesopt_space(opt)->d;
  int n;
  const double *x = bind_checkvector(L, arg, &n);
  if (n != d) luaL_argerror(L, arg, lua_pushfstring(L, "a point of %d numbers expected, not %d", d, n));
  luaL_argcheck(L, space_contains(bayesopt_space(opt), x), arg, "a point of the space expected");
  return x;
}

/* opt:ask() -> { x_1, .. }, or nil and why not */
static int l_ask (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  double x[SPACE_DIMENSIONS];
  const Status status = bayesopt_ask(opt, x);
  bind_pushvector(L, status == STATUS_OK ? bayesopt_space(opt)->d : 0, x);
  return bind_result(L, status, NULL);
}

/* opt:tell({ x_1, .. }, loss, variance) -> opt, or nil and why not */
static int l_tell (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  const double loss = luaL_checknumber(L, 3), variance = luaL_optnumber(L, 4, 0);
  luaL_argcheck(L, variance >= 0 && isfinite(variance), 4, "a finite variance of at least 0 expected");
  const Status status = bayesopt_tell(opt, check_point(L, opt, 2), loss, variance);
  lua_pushvalue(L, 1);
  return bind_result(L, status, NULL);
}

static int too_few (lua_State *L, Status status) {
  Problem problem = { "" };
  if (status == STATUS_TOO_FEW) problem_set(&problem, status, "no trial has succeeded yet");
  return bind_result(L, status, &problem);
}

/* opt:best() -> { x_1, .. }, mean, or nil and why not */
static int l_best (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  double x[SPACE_DIMENSIONS], mean;
  const Status status = bayesopt_best(opt, x, &mean);
  if (status != STATUS_OK) return too_few(L, status);
  bind_pushvector(L, bayesopt_space(opt)->d, x);
  lua_pushnumber(L, mean);
  return 2;
}

/* opt:predict({ x_1, .. }) -> mean, deviation, or nil and why not */
static int l_predict (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  double mean, deviation;
  const Status status = bayesopt_predict(opt, check_point(L, opt, 2), &mean, &deviation);
  if (status != STATUS_OK) return too_few(L, status);
  lua_pushnumber(L, mean);
  lua_pushnumber(L, deviation);
  return 2;
}

/* opt:size() -> trials told */
static int l_size (lua_State *L) {
  lua_pushinteger(L, bayesopt_size(check_opt(L)));
  return 1;
}

/* opt:trial(i) -> { x_1, .. }, loss, variance, failed */
static int l_trial (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  const int i = bind_checkint(L, 2, 1, bayesopt_size(opt));
  const BayesoptTrial trial = bayesopt_trial(opt, i - 1);
  bind_pushvector(L, bayesopt_space(opt)->d, trial.x);
  lua_pushnumber(L, trial.loss);
  lua_pushnumber(L, trial.variance);
  lua_pushboolean(L, trial.failed);
  return 4;
}

/* opt:pending() -> { { x_1, .. }, .. }, oldest first */
static int l_pending (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  lua_createtable(L, bayesopt_pending(opt), 0);
  for (int i = 0; i < bayesopt_pending(opt); i++) {
    bind_pushvector(L, bayesopt_space(opt)->d, bayesopt_pending_point(opt, i));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* opt:state() -> { s_1, s_2, s_3, s_4 }, designed, { theta_1, .. } */
static int l_state (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  const BayesoptState state = bayesopt_state(opt);
  lua_createtable(L, 4, 0);
  for (int i = 0; i < 4; i++) {
    lua_pushinteger(L, (lua_Integer)state.random.s[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushinteger(L, (lua_Integer)state.designed);
  bind_pushvector(L, bayesopt_space(opt)->d + 2, state.theta);
  return 3;
}

/* opt:restore(random, designed, theta, points, losses, variances, pending) -> opt, or nil and why not. For a new optimiser. */
static int l_restore (lua_State *L) {
  Bayesopt **box = luaL_checkudata(L, 1, BAYESOPT_TYPE);
  Bayesopt *opt = check_opt(L);
  const int d = bayesopt_space(opt)->d;
  BayesoptState state = { .designed = (uint64_t)luaL_checkinteger(L, 3) };
  int n, m, columns;
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_argcheck(L, bayesopt_size(opt) == 0, 1, "a new optimiser expected");
  for (int i = 0; i < 4; i++) {
    lua_rawgeti(L, 2, i + 1);
    luaL_argcheck(L, lua_isinteger(L, -1), 2, "four integers expected");
    state.random.s[i] = (uint64_t)lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
  const double *theta = bind_checkvector(L, 4, &n);
  luaL_argcheck(L, n == d + 2, 4, "one number for each length, the signal and the noise expected");
  for (int i = 0; i < n; i++) state.theta[i] = theta[i];
  const double *X = bind_checkmatrix(L, 5, &m, &columns);
  luaL_argcheck(L, m == 0 || columns == d, 5, "points of the space expected");
  const double *loss = bind_checkvector(L, 6, &n);
  luaL_argcheck(L, n == m, 6, "as many losses as points expected");
  const double *variance = bind_checkvector(L, 7, &n);
  luaL_argcheck(L, n == m, 7, "as many variances as points expected");
  const double *P = bind_checkmatrix(L, 8, &n, &columns);
  luaL_argcheck(L, n == 0 || columns == d, 8, "points of the space expected");
  const Status status = bayesopt_restore(opt, &state, m, X, loss, variance, n, P);
  if (status != STATUS_OK) {
    bayesopt_free(opt);
    *box = NULL;
  }
  lua_pushvalue(L, 1);
  return bind_result(L, status, NULL);
}

static int l_free (lua_State *L) {
  Bayesopt **box = luaL_checkudata(L, 1, BAYESOPT_TYPE);
  bayesopt_free(*box);
  *box = NULL;
  return 0;
}

void bind_open_bayesopt (lua_State *L) {
  static const luaL_Reg METHODS[] = {
    { "ask", l_ask }, { "tell", l_tell }, { "best", l_best }, { "predict", l_predict }, { "size", l_size },
    { "trial", l_trial }, { "pending", l_pending }, { "state", l_state }, { "restore", l_restore }, { NULL, NULL },
  };
  static const luaL_Reg META[] = { { "__gc", l_free }, { NULL, NULL } };
  bind_type(L, BAYESOPT_TYPE, METHODS, META);
  lua_pushcfunction(L, l_bayesopt);
  lua_setfield(L, -2, "bayesopt");
}

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

/* Rows { low, high, log, kind }: log 0 or 1; kind 0 for a real number, 1 for an integer, 2 for categories. */
static Space check_space (lua_State *L, int arg) {
  Space space = { 0 };
  int n, columns;
  const double *rows = bind_checkmatrix(L, arg, &n, &columns);
  luaL_argcheck(L, n == 0 || columns == 4, arg, "rows { low, high, log, kind } expected");
  if (n < 1 || n > SPACE_DIMENSIONS)
    luaL_argerror(L, arg, lua_pushfstring(L, "1 to %d dimensions expected, not %d", SPACE_DIMENSIONS, n));
  space.d = n;
  for (int i = 0; i < n; i++, rows += 4)
    space.dimension[i] = (SpaceDimension){ rows[0], rows[1], rows[2] != 0 ? SPACE_LOG : SPACE_LINEAR, rows[3] != 0, rows[3] == 2 };
  return space;
}

static int int_field (lua_State *L, int arg, const char *name, int missing) {
  lua_getfield(L, arg, name);
  return lua_isnil(L, -1) ? missing : bind_checkint(L, lua_gettop(L), 0, 1 << 20);
}

/* engine.bayesopt(dimensions, options) -> opt, or nil and why not. Options: those of the model (model.h), and acquisition, kappa,
 * initial, budget, seed. */
static int l_bayesopt (lua_State *L) {
  static const char *const ACQUISITIONS[] = { "lcb", "ei", "pi", "thompson", "hedge", NULL };
  Problem problem = { "" };
  lua_settop(L, 2);
  luaL_checktype(L, 2, LUA_TTABLE);
  const Space space = check_space(L, 1);
  BayesoptOptions options = bayesopt_options(space.d);
  options.space = space;
  options.model = bind_checkmodel(L, 2, space.d);
  lua_getfield(L, 2, "acquisition");
  options.acquisition = (AcquisitionKind)luaL_checkoption(L, -1, "ei", ACQUISITIONS);
  lua_getfield(L, 2, "kappa");
  options.kappa = luaL_optnumber(L, -1, 2);
  lua_getfield(L, 2, "seed");
  options.seed = (uint64_t)luaL_optinteger(L, -1, 1);
  lua_getfield(L, 2, "warp");
  options.warp = lua_toboolean(L, -1);
  options.initial = int_field(L, 2, "initial", -1);
  options.budget = int_field(L, 2, "budget", 0);
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

static int tell (lua_State *L, Status (*how) (Bayesopt *, const double *, double, double)) {
  Bayesopt *opt = check_opt(L);
  const double loss = luaL_checknumber(L, 3), variance = luaL_optnumber(L, 4, 0);
  luaL_argcheck(L, variance >= 0 && isfinite(variance), 4, "a finite variance of at least 0 expected");
  const Status status = how(opt, check_point(L, opt, 2), loss, variance);
  lua_pushvalue(L, 1);
  return bind_result(L, status, NULL);
}

/* opt:tell({ x_1, .. }, loss, variance) -> opt, or nil and why not */
static int l_tell (lua_State *L) { return tell(L, bayesopt_tell); }

/* opt:recall({ x_1, .. }, loss, variance) -> opt, or nil and why not */
static int l_recall (lua_State *L) { return tell(L, bayesopt_recall); }

/* opt:suggest({ x_1, .. }) -> opt, or nil and why not */
static int l_suggest (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  const Status status = bayesopt_suggest(opt, check_point(L, opt, 2));
  lua_pushvalue(L, 1);
  return bind_result(L, status, NULL);
}

/* opt:drop({ x_1, .. }) -> whether it was pending */
static int l_drop (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  lua_pushboolean(L, bayesopt_drop(opt, check_point(L, opt, 2)));
  return 1;
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

/* opt:worth({ x_1, .. }) -> worth, or nil and why not */
static int l_worth (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  double worth;
  const Status status = bayesopt_worth(opt, check_point(L, opt, 2), &worth);
  lua_pushnumber(L, status == STATUS_OK ? worth : 0);
  return status == STATUS_OK ? 1 : too_few(L, status);
}

/* opt:hyper() -> { length = { .. }, signal =, noise =, mean = }, lengths in shares of each dimension; components; points at the last fit */
static int l_hyper (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  const Gp *gp = bayesopt_model(opt);
  const int d = bayesopt_space(opt)->d;
  for (int k = 0; k < gp_components(gp); k++) {
    const GpHyper h = gp_hyper_of(gp, k);
    if (k == 0) {
      bind_pushhyper(L, d, &h);
      lua_createtable(L, gp_components(gp), 0);
    }
    bind_pushhyper(L, d, &h);
    lua_pushnumber(L, gp_weight(gp, k));
    lua_setfield(L, -2, "weight");
    lua_rawseti(L, -2, k + 1);
  }
  lua_pushinteger(L, bayesopt_state(opt).fitted);
  return 3;
}

/* opt:size() -> trials told, trials recalled */
static int l_size (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  lua_pushinteger(L, bayesopt_size(opt));
  lua_pushinteger(L, bayesopt_recalled(opt));
  return 2;
}

/* opt:trial(i) -> { x_1, .. }, loss, variance, failed; those recalled follow those told */
static int l_trial (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  const int i = bind_checkint(L, 2, 1, bayesopt_size(opt) + bayesopt_recalled(opt));
  const BayesoptTrial trial = bayesopt_trial(opt, i - 1);
  bind_pushvector(L, bayesopt_space(opt)->d, trial.x);
  lua_pushnumber(L, trial.loss);
  lua_pushnumber(L, trial.variance);
  lua_pushboolean(L, trial.failed);
  return 4;
}

static int push_points (lua_State *L, Bayesopt *opt, int n, const double *(*at) (const Bayesopt *, int)) {
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    bind_pushvector(L, bayesopt_space(opt)->d, at(opt, i));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* opt:pending() -> { { x_1, .. }, .. }, oldest first */
static int l_pending (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  return push_points(L, opt, bayesopt_pending(opt), bayesopt_pending_point);
}

/* opt:queued() -> { { x_1, .. }, .. }, next first */
static int l_queued (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  return push_points(L, opt, bayesopt_queued(opt), bayesopt_queued_point);
}

/* opt:state() -> { integers: random (4), designed, settled, fitted, proposed, knee },
 * { numbers: warp, gains, proposals, then the model's } */
enum { INTEGERS = 9, OWN = 2 + BAYESOPT_PORTFOLIO };

static int l_state (lua_State *L) {
  Bayesopt *opt = check_opt(L);
  const BayesoptState s = bayesopt_state(opt);
  const Gp *gp = bayesopt_model(opt);
  const int own = OWN + BAYESOPT_PORTFOLIO * bayesopt_space(opt)->d, size = gp_state_size(gp);
  double *numbers = bind_scratch(L, (size_t)(own + size), sizeof *numbers);
  lua_createtable(L, INTEGERS, 0);
  const lua_Integer integers[INTEGERS] = {
    (lua_Integer)s.random.s[0], (lua_Integer)s.random.s[1], (lua_Integer)s.random.s[2], (lua_Integer)s.random.s[3],
    (lua_Integer)s.designed, s.settled, s.fitted, s.proposed, s.knee,
  };
  for (int i = 0; i < INTEGERS; i++) {
    lua_pushinteger(L, integers[i]);
    lua_rawseti(L, -2, i + 1);
  }
  numbers[0] = s.warp.floor;
  numbers[1] = s.warp.knee;
  for (int i = 2; i < own; i++) numbers[i] = i < OWN ? s.gain[i - 2] : s.proposal[i - OWN];
  gp_state(gp, numbers + own);
  bind_pushvector(L, own + size, numbers);
  return 2;
}

static int check_count (lua_State *L, int arg, lua_Integer value) {
  luaL_argcheck(L, value >= 0 && value <= 1 << 30, arg, "counts of at least 0 expected");
  return (int)value;
}

/* Points of the space, or an empty list. */
static const double *check_points (lua_State *L, int arg, int d, int *n) {
  int columns;
  const double *X = bind_checkmatrix(L, arg, n, &columns);
  luaL_argcheck(L, *n == 0 || columns == d, arg, "points of the space expected");
  return X;
}

/* opt:restore(integers, numbers, points, losses, variances, pending, queued, recalled) -> opt, or nil and why not. For a new
 * optimiser; points recalled come first, and 'recalled' is their number. */
static int l_restore (lua_State *L) {
  Bayesopt **box = luaL_checkudata(L, 1, BAYESOPT_TYPE);
  Bayesopt *opt = check_opt(L);
  const int d = bayesopt_space(opt)->d, own = OWN + BAYESOPT_PORTFOLIO * d;
  lua_Integer integers[INTEGERS];
  BayesoptState state = { 0 };
  BayesoptRecord record = { 0 };
  int n, m;
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_argcheck(L, bayesopt_size(opt) == 0, 1, "a new optimiser expected");
  for (int i = 0; i < INTEGERS; i++) {
    lua_rawgeti(L, 2, i + 1);
    luaL_argcheck(L, lua_isinteger(L, -1), 2, "nine integers expected");
    integers[i] = lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
  for (int i = 0; i < 4; i++) state.random.s[i] = (uint64_t)integers[i];
  state.designed = (uint64_t)integers[4];
  state.settled = check_count(L, 2, integers[5]);
  state.fitted = check_count(L, 2, integers[6]);
  state.proposed = integers[7] != 0;
  state.knee = check_count(L, 2, integers[8]);
  const double *numbers = bind_checkvector(L, 3, &n);
  luaL_argcheck(L, n > own, 3, "the numbers of a state expected");
  state.warp = (Warp){ numbers[0], numbers[1] };
  for (int i = 2; i < own; i++) {
    if (i < OWN) state.gain[i - 2] = numbers[i];
    else state.proposal[i - OWN] = numbers[i];
  }
  record.model = numbers + own;
  record.model_size = n - own;
  record.X = check_points(L, 4, d, &m);
  record.loss = bind_checkvector(L, 5, &n);
  luaL_argcheck(L, n == m, 5, "as many losses as points expected");
  record.variance = bind_checkvector(L, 6, &n);
  luaL_argcheck(L, n == m, 6, "as many variances as points expected");
  record.pending_points = check_points(L, 7, d, &record.pending);
  record.queued_points = check_points(L, 8, d, &record.queued);
  record.recalled = bind_checkint(L, 9, 0, m);
  record.told = m - record.recalled;
  const Status status = bayesopt_restore(opt, &state, &record);
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
    { "ask", l_ask }, { "tell", l_tell }, { "recall", l_recall }, { "suggest", l_suggest }, { "drop", l_drop }, { "best", l_best },
    { "predict", l_predict }, { "worth", l_worth }, { "hyper", l_hyper }, { "size", l_size }, { "trial", l_trial },
    { "pending", l_pending }, { "queued", l_queued }, { "state", l_state }, { "restore", l_restore }, { NULL, NULL },
  };
  static const luaL_Reg META[] = { { "__gc", l_free }, { NULL, NULL } };
  bind_type(L, BAYESOPT_TYPE, METHODS, META);
  lua_pushcfunction(L, l_bayesopt);
  lua_setfield(L, -2, "bayesopt");
}

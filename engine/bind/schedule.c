/* schedule.c -- schedules as Lua values: userdata that share the nodes of the
 * engine's tree. Names, options and text are the business of neap.schedule;
 * it adds its methods to the metatable, engine.schedule_type. */
#include "../numerics/schedule.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "bind.h"

#define SCHEDULE_TYPE "neap.Schedule"

static const char *const ENDPOINTS[] = {
  [SCHEDULE_OPEN] = "open", [SCHEDULE_CLOSED] = "closed", [SCHEDULE_AFTER] = "after", NULL,
};
static const char *const SAMPLINGS[] = { [SCHEDULE_EVERY] = "every", [SCHEDULE_PERCENT] = "percent", NULL };

static Schedule *check_schedule (lua_State *L, int arg) {
  Schedule **box = luaL_checkudata(L, arg, SCHEDULE_TYPE);
  luaL_argcheck(L, *box != NULL, arg, "schedule already ended");
  return *box;
}

static Schedule **new_box (lua_State *L) {
  Schedule **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, SCHEDULE_TYPE);
  return box;
}

/* A schedule's constructors fail on arguments alone, which is wrong use: raise. */
static int made (lua_State *L, Status status, const Problem *problem) {
  if (status == STATUS_BAD_ARGUMENT) return luaL_error(L, "%s", problem->text);
  if (status != STATUS_OK) return luaL_error(L, "%s", status_message(status));
  return 1;
}

/* A step that is a whole number not below 0: 'what' names it in the error. */
static int64_t check_step (lua_State *L, int arg, const char *what) {
  int is_integer;
  const lua_Integer step = lua_tointegerx(L, arg, &is_integer);
  if (!is_integer || lua_type(L, arg) != LUA_TNUMBER || step < 0)
    luaL_argerror(L, arg, lua_pushfstring(L, "%s is %s, a whole number not below 0 expected", what,
        lua_type(L, arg) == LUA_TNUMBER ? luaL_tolstring(L, arg, NULL) : luaL_typename(L, arg)));
  return step;
}

static ProfileKind check_kind (lua_State *L, int arg) {
  const char *name = luaL_checkstring(L, arg);
  for (int kind = 0; kind < PROFILE_KINDS; kind++)
    if (strcmp(name, profile_name((ProfileKind)kind)) == 0) return (ProfileKind)kind;
  return luaL_argerror(L, arg, lua_pushfstring(L, "no profile is called '%s'", name));
}

/* engine.schedule(profile, steps[, parameter[, endpoint[, milestones]]]) -> schedule */
static int l_schedule (lua_State *L) {
  lua_settop(L, 5);
  Profile profile = { .kind = check_kind(L, 1), .parameter = luaL_optnumber(L, 3, 0) };
  const int64_t steps = check_step(L, 2, "steps");
  const ScheduleEndpoint endpoint = (ScheduleEndpoint)luaL_checkoption(L, 4, "open", ENDPOINTS);
  if (!lua_isnoneornil(L, 5)) profile.at = bind_checkvector(L, 5, &profile.count);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_piece(box, &profile, steps, endpoint, &problem), &problem);
}

/* number * schedule, schedule * number */
static int l_scale (lua_State *L) {
  const int number = lua_type(L, 1) == LUA_TNUMBER ? 1 : 2;
  const double factor = luaL_checknumber(L, number);
  Schedule *part = check_schedule(L, 3 - number);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_scale(box, factor, part, &problem), &problem);
}

/* first .. second */
static int l_join (lua_State *L) {
  Schedule *first = check_schedule(L, 1), *second = check_schedule(L, 2);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_join(box, first, second, &problem), &problem);
}

/* engine.schedule_sample(schedule, "every" | "percent", interval) -> schedule */
static int l_sample (lua_State *L) {
  Schedule *part = check_schedule(L, 1);
  const ScheduleSampling sampling = (ScheduleSampling)luaL_checkoption(L, 2, NULL, SAMPLINGS);
  const double interval = luaL_checknumber(L, 3);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_sample(box, part, sampling, interval, &problem), &problem);
}

/* schedule:at(t) -> rate */
static int l_at (lua_State *L) {
  const Schedule *schedule = check_schedule(L, 1);
  lua_pushnumber(L, schedule_at(schedule, (double)check_step(L, 2, "step")));
  return 1;
}

/* schedule:values([first[, count]]) -> list of rates; the rest of the schedule from first = 0 */
static int l_values (lua_State *L) {
  const Schedule *schedule = check_schedule(L, 1);
  const int64_t first = lua_isnoneornil(L, 2) ? 0 : check_step(L, 2, "first step");
  const int64_t rest = schedule_steps(schedule) > first ? schedule_steps(schedule) - first : 0;
  const int64_t count = lua_isnoneornil(L, 3) ? rest : check_step(L, 3, "count");
  if (count > INT_MAX) return luaL_error(L, "%I values are too many for a list", (lua_Integer)count);
  lua_createtable(L, (int)count, 0);
  enum { BLOCK = 512 };
  double rates[BLOCK];
  for (int64_t done = 0; done < count; done += BLOCK) {
    const int size = count - done < BLOCK ? (int)(count - done) : BLOCK;
    schedule_fill(schedule, first + done, size, rates);
    for (int i = 0; i < size; i++) {
      lua_pushnumber(L, rates[i]);
      lua_rawseti(L, -2, done + i + 1);
    }
  }
  return 1;
}

static int l_length (lua_State *L) {
  lua_pushinteger(L, schedule_steps(check_schedule(L, 1)));
  return 1;
}

static int l_equal (lua_State *L) {
  Schedule **a = luaL_testudata(L, 1, SCHEDULE_TYPE), **b = luaL_testudata(L, 2, SCHEDULE_TYPE);
  lua_pushboolean(L, a != NULL && b != NULL && *a != NULL && *b != NULL && schedule_equal(*a, *b));
  return 1;
}

static int l_free (lua_State *L) {
  Schedule **box = luaL_checkudata(L, 1, SCHEDULE_TYPE);
  schedule_free(*box);
  *box = NULL;
  return 0;
}

static void push_tree (lua_State *L, const Schedule *schedule);

static void set_number (lua_State *L, const char *key, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, key);
}

static void set_string (lua_State *L, const char *key, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, key);
}

static void set_piece (lua_State *L, const ScheduleView *view) {
  set_string(L, "profile", profile_name(view->profile.kind));
  set_string(L, "endpoint", ENDPOINTS[view->endpoint]);
  set_number(L, "parameter", view->profile.parameter);
  lua_pushinteger(L, view->steps);
  lua_setfield(L, -2, "steps");
  bind_pushvector(L, view->profile.count, view->profile.at);
  lua_setfield(L, -2, "at");
}

/* Push one node as a table; nested no deeper than SCHEDULE_DEPTH. */
static void push_tree (lua_State *L, const Schedule *schedule) {
  static const char *const KINDS[] = {
    [SCHEDULE_PIECE] = "piece", [SCHEDULE_SCALED] = "scaled", [SCHEDULE_SEQUENCE] = "sequence", [SCHEDULE_SAMPLED] = "sampled",
  };
  const ScheduleView view = schedule_view(schedule);
  luaL_checkstack(L, 8, "schedule nested too deep");
  lua_newtable(L);
  set_string(L, "kind", KINDS[view.kind]);
  if (view.kind == SCHEDULE_PIECE) set_piece(L, &view);
  if (view.kind == SCHEDULE_SCALED) set_number(L, "factor", view.factor);
  if (view.kind == SCHEDULE_SAMPLED) set_number(L, SAMPLINGS[view.sampling], view.interval);
  if (view.kind == SCHEDULE_SCALED || view.kind == SCHEDULE_SAMPLED) {
    push_tree(L, view.part);
    lua_setfield(L, -2, "part");
  }
  if (view.kind == SCHEDULE_SEQUENCE)
    for (int i = 0; i < view.parts; i++) {
      push_tree(L, schedule_part(schedule, i));
      lua_rawseti(L, -2, i + 1);
    }
}

/* engine.schedule_tree(schedule) -> table */
static int l_tree (lua_State *L) {
  push_tree(L, check_schedule(L, 1));
  return 1;
}

void bind_open_schedule (lua_State *L) {
  static const luaL_Reg METHODS[] = { { "at", l_at }, { "values", l_values }, { NULL, NULL } };
  static const luaL_Reg METAMETHODS[] = {
    { "__mul", l_scale }, { "__concat", l_join }, { "__len", l_length }, { "__eq", l_equal },
    { "__gc", l_free }, { NULL, NULL },
  };
  static const luaL_Reg FUNCTIONS[] = {
    { "schedule", l_schedule }, { "schedule_sample", l_sample }, { "schedule_tree", l_tree }, { NULL, NULL },
  };
  bind_type(L, SCHEDULE_TYPE, METHODS, METAMETHODS);
  luaL_setfuncs(L, FUNCTIONS, 0);
  luaL_getmetatable(L, SCHEDULE_TYPE);
  lua_setfield(L, -2, "schedule_type");
}

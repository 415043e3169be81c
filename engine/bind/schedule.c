/* schedule.c -- schedules as Lua values: userdata that share the nodes of the
 * engine's tree. Names, options and text are the business of neap.schedule: it
 * keeps with each schedule a table, the node it was made from, as its user value, and
 * adds its methods to the metatable, engine.schedule_type.
 *
 * A schedule that cannot be evaluated here (it has a Lua function in it, or lengths that are not known yet) is an
 * empty userdata of another type, engine.schedule_loose_type, whose methods are all Lua's. */
#include "../numerics/schedule.h"

#include <limits.h>
#include <string.h>

#include "bind.h"

#define SCHEDULE_TYPE "neap.Schedule"
#define LOOSE_TYPE "neap.LooseSchedule"

static const char *const ENDPOINTS[] = {
  [SCHEDULE_OPEN] = "open", [SCHEDULE_CLOSED] = "closed", [SCHEDULE_AFTER] = "after", NULL,
};
static const char *const SAMPLINGS[] = { [SCHEDULE_EVERY] = "every", [SCHEDULE_PERCENT] = "percent", NULL };
static const char *const COMBINATIONS[] = {
  [SCHEDULE_SUM] = "sum", [SCHEDULE_PRODUCT] = "product", [SCHEDULE_MAX] = "max", [SCHEDULE_MIN] = "min", NULL,
};

static Schedule *check_schedule (lua_State *L, int arg) {
  Schedule **box = luaL_checkudata(L, arg, SCHEDULE_TYPE);
  luaL_argcheck(L, *box != NULL, arg, "schedule already ended");
  return *box;
}

/* What at() and values() are called on. */
static const Schedule *check_self (lua_State *L) {
  bind_checkself(L, SCHEDULE_TYPE, "schedule");
  return check_schedule(L, 1);
}

static Schedule **new_box (lua_State *L) {
  Schedule **box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = NULL;
  luaL_setmetatable(L, SCHEDULE_TYPE);
  return box;
}

/* A schedule's constructors fail on arguments alone, which is wrong use: raise. */
static int made (lua_State *L, Status status, const Problem *problem) {
  if (status == STATUS_BAD_ARGUMENT) {
    lua_pushstring(L, problem->text);
    return lua_error(L);
  }
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

/* engine.schedule_piece(profile, steps, endpoint, parameters[, at, value]) -> schedule */
static int l_piece (lua_State *L) {
  lua_settop(L, 6);
  Profile profile = { .kind = check_kind(L, 1) };
  const int64_t steps = check_step(L, 2, "steps");
  const ScheduleEndpoint endpoint = (ScheduleEndpoint)luaL_checkoption(L, 3, NULL, ENDPOINTS);
  luaL_checktype(L, 4, LUA_TTABLE);
  for (int i = 0; profile_parameter(profile.kind, i) != NULL; i++) {
    lua_getfield(L, 4, profile_parameter(profile.kind, i));
    if (lua_type(L, -1) != LUA_TNUMBER)
      return luaL_error(L, "%s: parameter '%s' is missing", profile_name(profile.kind), profile_parameter(profile.kind, i));
    profile.parameter[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  if (profile.kind == PROFILE_PIECEWISE) {
    int values;
    profile.at = bind_checkvector(L, 5, &profile.count);
    profile.value = bind_checkvector(L, 6, &values);
    luaL_argcheck(L, values == profile.count, 6, "as many values as positions expected");
  }
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_piece(box, &profile, steps, endpoint, &problem), &problem);
}

/* engine.schedule_join(first, second) -> schedule */
static int l_join (lua_State *L) {
  Schedule *first = check_schedule(L, 1), *second = check_schedule(L, 2);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_join(box, first, second, &problem), &problem);
}

/* engine.schedule_scale(factor, part) -> schedule */
static int l_scale (lua_State *L) {
  const double factor = luaL_checknumber(L, 1);
  Schedule *part = check_schedule(L, 2);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_scale(box, factor, part, &problem), &problem);
}

/* engine.schedule_combine("sum" | "product" | "max" | "min", first, second) -> schedule */
static int l_combine (lua_State *L) {
  const ScheduleCombination how = (ScheduleCombination)luaL_checkoption(L, 1, NULL, COMBINATIONS);
  Schedule *first = check_schedule(L, 2), *second = check_schedule(L, 3);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_combine(box, how, first, second, &problem), &problem);
}

/* engine.schedule_clip(part, low, high) -> schedule */
static int l_clip (lua_State *L) {
  Schedule *part = check_schedule(L, 1);
  const double low = luaL_checknumber(L, 2), high = luaL_checknumber(L, 3);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_clip(box, part, low, high, &problem), &problem);
}

/* engine.schedule_sample(part, "every" | "percent", interval) -> schedule */
static int l_sample (lua_State *L) {
  Schedule *part = check_schedule(L, 1);
  const ScheduleSampling sampling = (ScheduleSampling)luaL_checkoption(L, 2, NULL, SAMPLINGS);
  const double interval = luaL_checknumber(L, 3);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_sample(box, part, sampling, interval, &problem), &problem);
}

/* engine.schedule_shift(part, steps), engine.schedule_take(part, steps), engine.schedule_hold(part, steps) -> schedule */
static int with_steps (lua_State *L, Status (*build) (Schedule **, Schedule *, int64_t, Problem *)) {
  Schedule *part = check_schedule(L, 1);
  const int64_t steps = luaL_checkinteger(L, 2);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, build(box, part, steps, &problem), &problem);
}

static int l_shift (lua_State *L) { return with_steps(L, schedule_shift); }
static int l_take (lua_State *L) { return with_steps(L, schedule_take); }
static int l_hold (lua_State *L) { return with_steps(L, schedule_hold); }

/* engine.schedule_reverse(part) -> schedule */
static int l_reverse (lua_State *L) {
  Schedule *part = check_schedule(L, 1);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_reverse(box, part, &problem), &problem);
}

/* engine.schedule_repeat(part, times, factor) -> schedule */
static int l_repeat (lua_State *L) {
  Schedule *part = check_schedule(L, 1);
  const int64_t times = luaL_checkinteger(L, 2);
  const double factor = luaL_checknumber(L, 3);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_repeat(box, part, times, factor, &problem), &problem);
}

/* engine.schedule_restarts(part, steps, first, multiplier, decay, to) -> schedule */
static int l_restarts (lua_State *L) {
  Schedule *part = check_schedule(L, 1);
  const int64_t steps = check_step(L, 2, "steps");
  const double first = luaL_checknumber(L, 3), multiplier = luaL_checknumber(L, 4);
  const double decay = luaL_checknumber(L, 5), to = luaL_checknumber(L, 6);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_restarts(box, part, steps, first, multiplier, decay, to, &problem), &problem);
}

/* engine.schedule_noise(part, deviation, seed, uniform) -> schedule */
static int l_noise (lua_State *L) {
  Schedule *part = check_schedule(L, 1);
  const double deviation = luaL_checknumber(L, 2);
  const uint64_t seed = (uint64_t)luaL_checkinteger(L, 3);
  const int uniform = lua_toboolean(L, 4);
  Problem problem = { "" };
  Schedule **box = new_box(L);
  return made(L, schedule_noise(box, part, deviation, seed, uniform, &problem), &problem);
}

/* schedule:at(t) -> rate */
static int l_at (lua_State *L) {
  const Schedule *schedule = check_self(L);
  lua_pushnumber(L, schedule_at(schedule, (double)check_step(L, 2, "step")));
  return 1;
}

/* engine.schedule_read(schedule, t) -> rate; t may be a fraction */
static int l_read (lua_State *L) {
  const Schedule *schedule = check_schedule(L, 1);
  lua_pushnumber(L, schedule_at(schedule, luaL_checknumber(L, 2)));
  return 1;
}

/* schedule:values([first[, count]]) -> list of rates; the rest of the schedule from first = 0 */
static int l_values (lua_State *L) {
  const Schedule *schedule = check_self(L);
  const int64_t first = lua_isnoneornil(L, 2) ? 0 : check_step(L, 2, "first step");
  const int64_t rest = schedule_steps(schedule) > first ? schedule_steps(schedule) - first : 0;
  const int64_t count = lua_isnoneornil(L, 3) ? rest : check_step(L, 3, "count");
  if (count > INT_MAX) return luaL_error(L, "%I values are too many for a list", (lua_Integer)count);
  if (first > SCHEDULE_STEPS) return luaL_error(L, "first step is %I, at most 2^48 expected", (lua_Integer)first);
  lua_createtable(L, (int)count, 0);
  enum { BLOCK = 1024 };
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

static int l_free (lua_State *L) {
  Schedule **box = luaL_checkudata(L, 1, SCHEDULE_TYPE);
  schedule_free(*box);
  *box = NULL;
  return 0;
}

/* engine.schedule_loose() -> loose schedule */
static int l_loose (lua_State *L) {
  lua_newuserdatauv(L, 0, 1);
  luaL_setmetatable(L, LOOSE_TYPE);
  return 1;
}

static void check_any (lua_State *L, int arg) {
  if (luaL_testudata(L, arg, SCHEDULE_TYPE) == NULL && luaL_testudata(L, arg, LOOSE_TYPE) == NULL)
    luaL_typeerror(L, arg, "schedule");
}

/* engine.schedule_keep(schedule, node) -> schedule, which keeps the node */
static int l_keep (lua_State *L) {
  check_any(L, 1);
  lua_settop(L, 2);
  lua_setiuservalue(L, 1, 1);
  return 1;
}

/* engine.schedule_node(schedule) -> the node it keeps */
static int l_node (lua_State *L) {
  check_any(L, 1);
  lua_getiuservalue(L, 1, 1);
  return 1;
}

/* The metatable of a type becomes a field of the engine's table, on top of the stack. */
static void offer_type (lua_State *L, const char *type, const char *field) {
  luaL_getmetatable(L, type);
  lua_setfield(L, -2, field);
}

void bind_open_schedule (lua_State *L) {
  static const luaL_Reg METHODS[] = { { "at", l_at }, { "values", l_values }, { NULL, NULL } };
  static const luaL_Reg NONE[] = { { NULL, NULL } };
  static const luaL_Reg METAMETHODS[] = { { "__len", l_length }, { "__gc", l_free }, { NULL, NULL } };
  static const luaL_Reg FUNCTIONS[] = {
    { "schedule_piece", l_piece }, { "schedule_join", l_join }, { "schedule_scale", l_scale }, { "schedule_combine", l_combine },
    { "schedule_clip", l_clip }, { "schedule_sample", l_sample }, { "schedule_shift", l_shift }, { "schedule_take", l_take },
    { "schedule_hold", l_hold }, { "schedule_reverse", l_reverse }, { "schedule_repeat", l_repeat },
    { "schedule_restarts", l_restarts }, { "schedule_noise", l_noise }, { "schedule_read", l_read },
    { "schedule_loose", l_loose }, { "schedule_keep", l_keep }, { "schedule_node", l_node }, { NULL, NULL },
  };
  bind_type(L, SCHEDULE_TYPE, METHODS, METAMETHODS);
  bind_type(L, LOOSE_TYPE, NONE, NULL);
  luaL_setfuncs(L, FUNCTIONS, 0);
  offer_type(L, SCHEDULE_TYPE, "schedule_type");
  offer_type(L, LOOSE_TYPE, "schedule_loose_type");
}

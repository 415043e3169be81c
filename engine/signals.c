#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

/* A signal that follows another within this time is its echo: a terminal, or a
 * parent, may tell both the process and its group. */
#define ECHO_NANOSECONDS 200000000

/* A handler has no other way to know. */
static struct {
  lua_State *volatile running;    /* the thread that signals stop: the main one, or a coroutine that it waits for */
  int woken[2];                   /* a pipe; its reading end wakes an event loop */
  volatile sig_atomic_t held;     /* holds that are not released */
  volatile sig_atomic_t came;     /* the signal that is to raise, or 0 */
  int64_t last;                   /* when */
  void (*at_rest)(int);           /* what SIGTERM does where nothing is held */
} signals = { .woken = { -1, -1 }, .at_rest = SIG_DFL };

static int64_t nanoseconds (void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Raise what came, once. */
static void deliver (lua_State *L) {
  const int number = signals.came;
  lua_sethook(signals.running, NULL, 0, 0);
  signals.came = 0;
  if (number != 0) {
    lua_pushstring(L, number == SIGTERM ? "terminated" : "interrupted");
    lua_error(L);
  }
}

/* The hook of a thread that has gone on elsewhere meanwhile, or of one that was made by it, may find nothing to do. */
static void on_hook (lua_State *L, lua_Debug *where) {
  (void)where;
  lua_sethook(L, NULL, 0, 0);
  if (signals.held == 0) deliver(L);
}

/* Raise in this thread as soon as it goes on. */
static void stop (lua_State *L) {
  lua_sethook(L, on_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void wake (void) {
  if (write(signals.woken[1], "", 1) < 0) { /* full: it is readable already */ }
}

static void on_signal (int number) {
  const int kept = errno;
  const int64_t now = nanoseconds();
  const bool echo = signals.last != 0 && now - signals.last < ECHO_NANOSECONDS;
  signals.last = now;
  if (echo) return;
  if (signals.came != 0) {   /* the first has not been heard: end */
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  signals.came = number;
  if (signals.held > 0) wake();
  else stop(signals.running);
  errno = kept;
}

static void handle (int number, void (*handler)(int)) {
  struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaction(number, &action, NULL);
}

static int l_catch (lua_State *L) {
  signals.at_rest = lua_toboolean(L, 1) ? on_signal : SIG_DFL;
  handle(SIGINT, on_signal);
  handle(SIGTERM, signals.at_rest);
  return 0;
}

static int l_hold (lua_State *L) {
  if (signals.woken[0] < 0 && pipe2(signals.woken, O_NONBLOCK | O_CLOEXEC) != 0)
    return luaL_error(L, "no pipe for signals: too many files are open");
  signals.held++;
  handle(SIGTERM, on_signal);
  lua_sethook(signals.running, NULL, 0, 0);   /* one that came just before is kept as well */
  if (signals.came != 0) wake();
  lua_pushinteger(L, signals.woken[0]);
  return 1;
}

static int l_release (lua_State *L) {
  char heard[64];
  if (signals.held == 0 || --signals.held > 0) return 0;
  handle(SIGTERM, signals.at_rest);
  while (read(signals.woken[0], heard, sizeof heard) > 0) {}
  deliver(L);
  return 0;
}

/* ---- coroutines: resume and wrap as Lua has them (lcorolib.c), but they say who runs ---- */

/* From here on this thread runs. What came for the one before is for this one. */
static void run_on (lua_State *L) {
  signals.running = L;
  if (signals.came != 0 && signals.held == 0) stop(L);
}

/* Go on with a coroutine, which takes the top values as arguments. Returns how many results are on the stack, or -1 with why not. */
static int go_on (lua_State *L, lua_State *thread, int arguments) {
  int results = 0;
  if (!lua_checkstack(thread, arguments)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, thread, arguments);
  lua_State *before = signals.running;
  run_on(thread);
  const int status = lua_resume(thread, L, arguments, &results);
  run_on(before);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(thread, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(thread, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(thread, L, results);
  return results;
}

static int l_resume (lua_State *L) {
  luaL_checktype(L, 1, LUA_TTHREAD);
  const int results = go_on(L, lua_tothread(L, 1), lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  lua_insert(L, results >= 0 ? -results - 1 : -2);
  return results >= 0 ? results + 1 : 2;
}

/* What coroutine.wrap returns; upvalue 1: the coroutine. An error ends it, and is raised with its place. */
static int l_wrapped (lua_State *L) {
  lua_State *thread = lua_tothread(L, lua_upvalueindex(1));
  const int results = go_on(L, thread, lua_gettop(L));
  if (results >= 0) return results;
  int status = lua_status(thread);
  if (status != LUA_OK && status != LUA_YIELD) {
    status = lua_resetthread(thread);
    lua_xmove(thread, L, 1);
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int l_wrap (lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *thread = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, thread, 1);
  lua_pushcclosure(L, l_wrapped, 1);
  return 1;
}

static void follow_coroutines (lua_State *L) {
  lua_getglobal(L, LUA_COLIBNAME);
  lua_pushcfunction(L, l_resume);
  lua_setfield(L, -2, "resume");
  lua_pushcfunction(L, l_wrap);
  lua_setfield(L, -2, "wrap");
  lua_pop(L, 1);
}

int signals_open_program (lua_State *L) {
  static const luaL_Reg FUNCTIONS[] = { { "catch", l_catch }, { "hold", l_hold }, { "release", l_release }, { NULL, NULL } };
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  signals.running = lua_tothread(L, -1);
  lua_pop(L, 1);
  follow_coroutines(L);
  luaL_newlib(L, FUNCTIONS);
  return 1;
}

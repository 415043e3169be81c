#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
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
  lua_State *state;               /* the one that signals stop */
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
  lua_sethook(signals.state, NULL, 0, 0);
  signals.came = 0;
  if (number != 0) {
    lua_pushstring(L, number == SIGTERM ? "terminated" : "interrupted");
    lua_error(L);
  }
}

static void on_hook (lua_State *L, lua_Debug *where) {
  (void)where;
  deliver(L);
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
  else lua_sethook(signals.state, on_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
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
  lua_sethook(signals.state, NULL, 0, 0);   /* one that came just before is kept as well */
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

int signals_open_program (lua_State *L) {
  static const luaL_Reg FUNCTIONS[] = { { "catch", l_catch }, { "hold", l_hold }, { "release", l_release }, { NULL, NULL } };
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  signals.state = lua_tothread(L, -1);
  lua_pop(L, 1);
  luaL_newlib(L, FUNCTIONS);
  return 1;
}

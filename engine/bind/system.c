/* system.c -- what the Lua side needs to know of the process and its terminal. */
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "../numerics/linalg.h"
#include "bind.h"

/* engine.clock() -> seconds since some fixed moment; never runs backwards */
static int l_clock (lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  lua_pushnumber(L, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
  return 1;
}

/* engine.terminal_width(fd) -> columns, or nil if fd is not a terminal */
static int l_terminal_width (lua_State *L) {
  struct winsize size;
  const int fd = bind_checkint(L, 1, 0, 2);
  if (!isatty(fd)) return 0;
  lua_pushinteger(L, ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80);
  return 1;
}

/* engine.kernels() -> the kernels of BLAS in use, by OpenBLAS's name */
static int l_kernels (lua_State *L) {
  lua_pushstring(L, linalg_kernels());
  return 1;
}

/* engine.set_threads(n): BLAS threads, for the whole process */
static int l_set_threads (lua_State *L) {
  linalg_set_threads(bind_checkint(L, 1, 1, 1024));
  return 0;
}

/* engine.quiet_pipes(): to write to a socket whose other end has gone is an error for whoever writes, and no signal that ends
 * the process, unless the host has a way of its own. For the whole process; what it starts has the signal again. */
static int l_quiet_pipes (lua_State *L) {
  struct sigaction now;
  (void)L;
  if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
  return 0;
}

void bind_open_system (lua_State *L) {
  static const luaL_Reg FUNCTIONS[] = {
    { "clock", l_clock }, { "terminal_width", l_terminal_width }, { "set_threads", l_set_threads }, { "kernels", l_kernels },
    { "quiet_pipes", l_quiet_pipes }, { NULL, NULL },
  };
  luaL_setfuncs(L, FUNCTIONS, 0);
}

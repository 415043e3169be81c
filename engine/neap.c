/* neap.c -- the program: a Lua 5.4 interpreter with the engine inside.
 *
 * It opens Lua, finds the Lua side beside itself, and hands the command line to
 * lua/neap/main.lua. All else is there. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "numerics/linalg.h"
#include "signals.h"

int luaopen_neap_engine (lua_State *L);

/* Where the Lua side may lie, seen from the folder of the program: the build
 * tree, a build tree within it, an installed tree. */
static const char *const PLACES[] = { "/../lua", "/../../lua", "/../share/lua/5.4" };

static void use_own_modules (lua_State *L) {
  char folder[PATH_MAX + 1], file[PATH_MAX + 64];
  const ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX);
  if (length <= 0) return;
  folder[length] = '\0';
  char *slash = strrchr(folder, '/');
  if (slash != NULL) *slash = '\0';
  for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
    snprintf(file, sizeof file, "%s%s/neap/main.lua", folder, PLACES[i]);
    if (access(file, R_OK) != 0) continue;
    lua_getglobal(L, "package");
    lua_pushfstring(L, "%s%s/?.lua;%s%s/?/init.lua;", folder, PLACES[i], folder, PLACES[i]);
    lua_getfield(L, -2, "path");
    lua_concat(L, 2);
    lua_setfield(L, -2, "path");
    lua_pop(L, 1);
    return;
  }
}

static void push_arguments (lua_State *L, int argc, char **argv) {
  lua_createtable(L, argc, 1);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i);
  }
}

/* Protected: (argc, argv) -> exit status */
static int start (lua_State *L) {
  const int argc = (int)lua_tointeger(L, 1);
  char **argv = lua_touserdata(L, 2);
  luaL_checkversion(L);
  luaL_openlibs(L);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushcfunction(L, luaopen_neap_engine);
  lua_setfield(L, -2, "neap.engine");
  lua_pop(L, 1);
  luaL_requiref(L, "neap.program", signals_open_program, 0);
  lua_pop(L, 1);
  use_own_modules(L);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "neap.main");
  lua_call(L, 1, 1);
  push_arguments(L, argc, argv);
  lua_call(L, 1, 1);
  return 1;
}

/* Says that this program set OPENBLAS_CORETYPE, for itself and not for the programs that it starts. */
static const char OWN[] = "NEAP_OWN_KERNELS";

static void forget_kernels (void) {
  unsetenv("OPENBLAS_CORETYPE");
  unsetenv(OWN);
}

/* Was the program run by name? Through the dynamic loader or in valgrind it would not come back to where it is. */
static bool can_start_anew (const char *self) {
  const char *preloaded = getenv("LD_PRELOAD"), *name = strrchr(self, '/');
  return (preloaded == NULL || strstr(preloaded, "valgrind") == NULL) && name != NULL && strncmp(name, "/ld-", 4) != 0;
}

/* Start this program anew, on the kernels of BLAS that this processor deserves. It is not where the user named some, where they
 * are right, or where that fails. */
static void use_better_kernels (char **argv) {
  if (getenv(OWN) != NULL) {
    forget_kernels();    /* the library has read them */
    return;
  }
  const char *kernels = getenv("OPENBLAS_CORETYPE") == NULL ? linalg_kernels_passed_over() : NULL;
  char self[PATH_MAX + 1];
  const ssize_t length = kernels != NULL ? readlink("/proc/self/exe", self, PATH_MAX) : -1;
  if (length <= 0) return;
  self[length] = '\0';
  if (!can_start_anew(self) || setenv("OPENBLAS_CORETYPE", kernels, 1) != 0) return;
  if (setenv(OWN, kernels, 1) == 0) execv(self, argv);
  forget_kernels();
}

int main (int argc, char **argv) {
  use_better_kernels(argv);
  lua_State *L = luaL_newstate();
  if (L == NULL) {
    fprintf(stderr, "neap: out of memory\n");
    return EXIT_FAILURE;
  }
  if (getenv("OPENBLAS_NUM_THREADS") == NULL) linalg_set_threads(1);
  lua_pushcfunction(L, start);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  int status = EXIT_FAILURE;
  if (lua_pcall(L, 2, 1, 0) == LUA_OK) status = (int)lua_tointeger(L, -1);
  else fprintf(stderr, "neap: %s\n", lua_tostring(L, -1));
  lua_close(L);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    fprintf(stderr, "neap: standard output cannot be written\n");
    if (status == 0) status = EXIT_FAILURE;
  }
  return status;
}

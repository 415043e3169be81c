/* signals.h -- Ctrl-C and SIGTERM in the program: they raise in Lua, wherever it is, and none is lost. */
#ifndef NEAP_SIGNALS_H
#define NEAP_SIGNALS_H

#include <lua.h>

/* The module neap.program, after the standard libraries: what only the program can do, so absent from a stock Lua.
 *
 *   catch(terminating)      from here on Ctrl-C raises "interrupted" in whichever
 *                           coroutine runs; before, it ends the process. So does SIGTERM
 *                           ("terminated"), if terminating is true. A second one
 *                           that comes before the first could raise ends it too.
 *   hold() -> descriptor    signals no longer raise, but are kept, SIGTERM too; the
 *                           descriptor is readable once there is one.
 *   release()               for each hold(); the last raises "interrupted" or
 *                           "terminated" if a signal came meanwhile. */
int signals_open_program (lua_State *L);

#endif

/* faces.h -- userdata of one face that another face takes as an argument. */
#ifndef faces_h
#define faces_h

#include <lua.h>

#include "../io/table.h"

#define TABLE_TYPE "neap.Table"

/* The table at 'arg', or raise. */
const Table *bind_checktable (lua_State *L, int arg);

#endif

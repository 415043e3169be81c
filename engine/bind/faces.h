/* faces.h -- userdata of one face that another face takes as an argument. */
#ifndef faces_h
#define faces_h

#include <lua.h>

#include "../io/table.h"
#include "../trainer/dataset.h"

#define TABLE_TYPE "neap.Table"

/* The table at 'arg', or raise. */
const Table *bind_checktable (lua_State *L, int arg);

/* The data set at 'arg', or raise; raises if it is closed. */
Dataset *bind_checkdataset (lua_State *L, int arg);

#endif

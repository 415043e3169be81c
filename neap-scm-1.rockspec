rockspec_format = "3.0"
package = "neap"
version = "scm-1"
source = { url = "git+file://." }   -- the working tree:  luarocks make
description = {
  license = "not yet chosen",
  summary = "A scriptable tuning engine for learning rates",
  detailed = [[
Gaussian-process Bayesian optimisation, exponential loss forecasting and learning-rate schedules in C, composed by recipes
in Lua: AutoLRS, REX, or a policy of your own.]],
}
dependencies = { "lua ~> 5.4", "argparse >= 0.7", "luv >= 1.44" }
external_dependencies = {
  OPENBLAS = { header = "lapacke.h", library = "openblas" },
  NLOPT = { header = "nlopt.h", library = "nlopt" },
  JANSSON = { header = "jansson.h", library = "jansson" },
  CSV = { header = "csv.h", library = "csv" },
  ZLIB = { header = "zlib.h", library = "z" },
}
-- The packages above are the system's to provide: make sets nothing up here.
build = {
  type = "make",
  build_variables = { SETUP = "true", LUA = "$(LUA)", LUA_INCLUDE = "-I$(LUA_INCDIR)" },
  install_variables = {
    SETUP = "true", LUA = "$(LUA)", LUA_INCLUDE = "-I$(LUA_INCDIR)",
    PREFIX = "$(PREFIX)", BINDIR = "$(BINDIR)", LUADIR = "$(LUADIR)", LIBDIR = "$(LIBDIR)", DATADIR = "$(PREFIX)/share/neap",
  },
}

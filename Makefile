# neap -- setup, build, demo, test, bench, lint, install.   make help lists the targets.

# Settings: override on the command line or in the environment.
CC       = gcc
OPTIMIZE = -O2 -g -ftree-vectorize -fvect-cost-model=dynamic -fno-math-errno -fno-trapping-math
PYTHON   = /usr/bin/python3
LUA      = lua5.4
BUILD    = build
PREFIX   = /usr/local
DESTDIR  =
SANITIZE =
SETUP    = scripts/setup.sh
FUZZ_SECONDS = 3600
FUZZ_TARGETS = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

# No need to change anything below.
SHELL    = /bin/bash
VERSION  = 0.1.0
# Sizes are ints, as in LAPACK, so a sign conversion stands in every index: that one warning is off.
WARN     = -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes \
           -Wold-style-definition -Wvla -Werror
CFLAGS   = -std=c11 -D_GNU_SOURCE $(OPTIMIZE) $(WARN) -fPIC -fvisibility=hidden $(SANITIZE)
LUA_INCLUDE  = -I/usr/include/lua5.4
BLAS_INCLUDE = $(shell pkg-config --cflags openblas 2>/dev/null)
LIBS     = -lnlopt -llapacke -lopenblas -ljansson -lcsv -lz -lm

NUMERICS = $(wildcard engine/numerics/*.c)
TRAINER  = $(wildcard engine/trainer/*.c)
IO       = $(wildcard engine/io/*.c)
BIND     = $(wildcard engine/bind/*.c)
object   = $(patsubst engine/%.c,$(BUILD)/obj/%.o,$(1))
CORE     = $(call object,$(NUMERICS) $(TRAINER) $(IO))
FACE     = $(call object,$(BIND))
PROGRAM_ONLY = $(BUILD)/obj/neap.o $(BUILD)/obj/signals.o
PROGRAM  = $(BUILD)/neap
MODULE   = $(BUILD)/lib/neap/engine.so
CTESTS   = $(patsubst tests/c/%.c,$(BUILD)/tests/%,$(wildcard tests/c/test_*.c))
FUZZERS  = $(patsubst tests/fuzz/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
BINDIR   = $(PREFIX)/bin
LUADIR   = $(PREFIX)/share/lua/5.4
LIBDIR   = $(PREFIX)/lib/lua/5.4
DATADIR  = $(PREFIX)/share/neap
INCLUDEDIR = $(PREFIX)/include

LUA_PATH_LINE  = $(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;;
LUA_CPATH_LINE = $(abspath $(BUILD))/lib/?.so;;

.PHONY: all setup setup-build setup-test setup-bench setup-fuzz demo picture doc test check-c check-fuzz check-lua check-e2e bench \
  bench-bo bench-forecast bench-policies bench-holdout bench-drawn parity lint asan fuzz valgrind env install clean help
.DELETE_ON_ERROR:

all: setup-build $(PROGRAM) $(MODULE)     ## set up what is missing, then build the program and the module

# Setting up is a script that is instant when nothing is missing. One after the other: apt-get runs alone.
setup: setup-test                         ## install the Debian packages that are missing, for build and tests
setup-test setup-bench setup-fuzz: setup-build
setup-build setup-test setup-bench setup-fuzz:
	@$(SETUP) $(patsubst setup-%,%,$@)

# Numerics, trainer and io never see the Lua headers: a wrong arrow is a build error.
$(BUILD)/obj/numerics/%.o $(BUILD)/obj/trainer/%.o $(BUILD)/obj/io/%.o: INCLUDE = $(BLAS_INCLUDE)
$(BUILD)/obj/bind/%.o $(PROGRAM_ONLY): INCLUDE = $(LUA_INCLUDE)
$(BUILD)/obj/neap.o: CFLAGS += -DNEAP_VERSION='"$(VERSION)"'

# Written anew only when it changes: other flags, or another list of sources, build everything again.
SETTINGS := $(CC) $(CFLAGS) $(LIBS) $(VERSION) $(CORE) $(FACE)
$(BUILD)/settings: setup-build
	@mkdir -p $(@D)
	@echo '$(SETTINGS)' | cmp -s - $@ || echo '$(SETTINGS)' >$@

$(BUILD)/obj/%.o: engine/%.c $(BUILD)/settings
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(INCLUDE) -MMD -MP -c -o $@ $<

$(PROGRAM): $(CORE) $(FACE) $(PROGRAM_ONLY)
	$(CC) $(SANITIZE) -o $@ $^ -llua5.4 $(LIBS)

$(MODULE): $(CORE) $(FACE)
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) -shared -o $@ $^ $(LIBS)

demo: all                                 ## the main job: AutoLRS, REX and the autopilot side by side on Fashion-MNIST
	$(PROGRAM) scripts/demo.lua

picture: all                              ## the demo, drawn anew in doc/demo.svg
	$(PROGRAM) scripts/demo.lua 6000 1 doc/demo.svg

doc: all                                  ## the reference of the Lua library, doc/reference.md, from the comments in lua/
	$(PROGRAM) scripts/reference/main.lua doc/reference.md

# A C test is linked with the engine, but with its own mem.c, which fails on command; and without Lua.
$(BUILD)/obj/tests/%.o: tests/c/%.c $(BUILD)/settings | setup-test
	@mkdir -p $(@D)
	$(CC) $(filter-out -Wmissing-prototypes -Wconversion,$(CFLAGS)) -Iengine -Itests/c -MMD -MP -c -o $@ $<

$(CTESTS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(BUILD)/obj/tests/mem_rigged.o $(filter-out %/mem.o,$(CORE))
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) -o $@ $^ -lcmocka $(LIBS)

# A fuzz target runs the files of its corpus in every test run; `make fuzz` links it with libFuzzer instead.
$(BUILD)/obj/fuzz/%.o: tests/fuzz/%.c $(BUILD)/settings | setup-test
	@mkdir -p $(@D)
	$(CC) $(filter-out -Wmissing-prototypes -Wconversion,$(CFLAGS)) $(LUA_INCLUDE) -Iengine -MMD -MP -c -o $@ $<

FUZZ_MAIN = $(BUILD)/obj/fuzz/corpus.o
$(FUZZERS): $(BUILD)/tests/%: $(BUILD)/obj/fuzz/%.o $(FUZZ_MAIN) $(CORE) $(FACE)
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) $(FUZZ_LINK) -o $@ $^ -llua5.4 $(LIBS)

test: all setup-test $(CTESTS) $(FUZZERS) ## every test; ends with "N passed, N failed"
	@BUILD=$(BUILD) LUA=$(LUA) PYTHON=$(PYTHON) tests/run.sh c fuzz lua e2e

check-c: setup-test $(CTESTS)
check-fuzz: setup-test $(FUZZERS)
check-lua check-e2e: all setup-test
check-c check-fuzz check-lua check-e2e:              ## one kind of test
	@BUILD=$(BUILD) LUA=$(LUA) PYTHON=$(PYTHON) tests/run.sh $(patsubst check-%,%,$@)

asan:                                     ## every test under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan OPTIMIZE='-O1 -g -fno-omit-frame-pointer' \
	  SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all' test

fuzz: setup-fuzz                          ## libFuzzer on every reader of foreign bytes; FUZZ_SECONDS=3600 each, FUZZ_TARGETS="table idx .."
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/libfuzzer CC=clang OPTIMIZE='-O1 -g -fno-omit-frame-pointer' \
	  SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' \
	  FUZZ_MAIN= FUZZ_LINK=-fsanitize=fuzzer $(FUZZ_TARGETS:%=$(BUILD)/libfuzzer/tests/fuzz_%)
	@BUILD=$(BUILD)/libfuzzer FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh $(FUZZ_TARGETS)

valgrind: setup-test $(CTESTS)            ## the C tests under valgrind
	@BUILD=$(BUILD) tests/run.sh valgrind

# What is timed from C, without Lua.
CBENCHES = $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
$(CBENCHES): $(BUILD)/bench/%: tests/bench/%.c $(CORE)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Iengine -o $@ $^ $(LIBS)

bench: all setup-bench $(CBENCHES)        ## speed, each as a ratio to a peer measured in the same run
	@BUILD=$(BUILD) LUA=$(LUA) PYTHON=$(PYTHON) tests/bench/run.sh

bench-forecast: all setup-bench           ## forecasts of the loss, on recorded trainings; PICTURE=FILE draws some; SCIPY=1: minutes
	@OPENBLAS_NUM_THREADS=1 PYTHON=$(PYTHON) $(if $(SCIPY),SCIPY=1) \
	  $(PROGRAM) tests/bench/forecast/run.lua $(if $(PICTURE),--picture $(PICTURE))

bench-bo: all setup-bench $(BUILD)/bench/bo_floor  ## the optimiser beside its peers; QUICK=1: in about a minute
	@BUILD=$(BUILD) LUA=$(LUA) PYTHON=$(PYTHON) tests/bench/run.sh tests/bench/bo/run.py

bench-policies: all                       ## the autopilot beside a sweep, AutoLRS and schedule-free optimizers; QUICK=1: minutes
	@OPENBLAS_NUM_THREADS=1 $(PROGRAM) tests/bench/policies/main.lua $(if $(QUICK),--quick)

HOLDOUT = $(BUILD)/bench/holdout
$(HOLDOUT)/floor.csv: tests/bench/holdout/tables.py | setup-bench
	@$(PYTHON) $< $(HOLDOUT)

bench-holdout: all setup-bench $(HOLDOUT)/floor.csv  ## the same on tasks that the autopilot was not developed on; QUICK=1: seconds
	@OPENBLAS_NUM_THREADS=1 BUILD=$(BUILD) PYTHON=$(PYTHON) $(PROGRAM) tests/bench/policies/main.lua tests/bench/holdout \
	  $(if $(QUICK),--quick)

DRAWN = $(BUILD)/bench/drawn
$(DRAWN)/written: tests/bench/drawn/tables.py tests/bench/drawn/tables.lua tests/bench/drawn/drawing.lua | $(PROGRAM) setup-bench
	@mkdir -p $(DRAWN)
	@$(PROGRAM) tests/bench/drawn/tables.lua | $(PYTHON) $< $(DRAWN)
	@touch $@

bench-drawn: all setup-bench $(DRAWN)/written  ## the same on forty tasks drawn at random; CLOSED=1: on the sixty kept for the end; QUICK=1
	@OPENBLAS_NUM_THREADS=1 BUILD=$(BUILD) $(PROGRAM) tests/bench/policies/main.lua tests/bench/drawn \
	  $(if $(QUICK),--quick,--tasks '^drawn.$(if $(CLOSED),1,0)')

parity: all setup-bench                   ## schedules against torch's own, on 10,000 random parameter sets for each
	@eval "$$($(MAKE) -s env BUILD=$(BUILD))" && LUA=$(LUA) $(PYTHON) tests/parity/torch_schedules.py

lint: all setup-test                      ## luacheck over the Lua, compiler warnings over the C, house rules
	@BUILD=$(BUILD) scripts/lint.sh

env: | $(PROGRAM)                         ## shell assignments for a stock lua5.4:  eval "$$(make -s env)"
	@echo 'export LUA_PATH="$(LUA_PATH_LINE)"'
	@echo 'export LUA_CPATH="$(LUA_CPATH_LINE)"'
	@$(PROGRAM) -e 'print("export OPENBLAS_CORETYPE=" .. require("neap.engine").kernels())'

install: all                              ## PREFIX=/usr/local DESTDIR=
	install -d "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(LIBDIR)/neap" "$(DESTDIR)$(LUADIR)" "$(DESTDIR)$(DATADIR)"
	install -d "$(DESTDIR)$(INCLUDEDIR)"
	install -m 755 $(PROGRAM) "$(DESTDIR)$(BINDIR)/neap"
	install -m 644 engine/client/neap_client.h "$(DESTDIR)$(INCLUDEDIR)/neap_client.h"
	install -m 644 $(MODULE) "$(DESTDIR)$(LIBDIR)/neap/engine.so"
	cp -R lua/neap "$(DESTDIR)$(LUADIR)/"
	cp -R recipes lua/meta scripts/python "$(DESTDIR)$(DATADIR)/"
	chmod -R u+rwX,go+rX "$(DESTDIR)$(LUADIR)/neap" "$(DESTDIR)$(DATADIR)"

clean:                                    ## remove what was built
	rm -rf $(BUILD)

help:                                     ## this list
	@sed -nE 's/^([a-z][a-z0-9 -]*):.*## /\1\t/p' Makefile | expand -t 28

-include $(wildcard $(BUILD)/obj/*.d $(BUILD)/obj/*/*.d)

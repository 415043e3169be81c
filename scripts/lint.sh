#!/usr/bin/env bash
# The house rules, checked: each breach is one line "file:line: what is wrong", and the exit status is then 1.
# Called by make after building: what a function may call and keep is read off the objects, where nothing hides.
set -uo pipefail
shopt -s lastpipe   # 'rule' counts in this shell, not in a pipe's own
cd "$(dirname "$0")/.." || exit 2
build=${BUILD:-build}
checks=0 breaches=0
export LC_ALL=C.UTF-8

# rule WHAT: every line "file:line" or "file:line: more" on standard input is a breach.
rule () {
  local place
  checks=$((checks + 1))
  while IFS= read -r place; do
    breaches=$((breaches + 1))
    echo "$place: $1"
  done
}

# tool COMMAND...: a check by a program that prints its own findings.
tool () {
  checks=$((checks + 1))
  "$@" >"$said" 2>&1 && return
  breaches=$((breaches + 1))
  cat "$said"
}

said=$(mktemp)
trap 'rm -f "$said"' EXIT

places () { grep -nIE "$@" /dev/null | cut -d: -f1,2; }            # places PATTERN FILE... -> file:line
source_of () { local stem=${1#"$build/obj/"}; echo "engine/${stem%.o}.c"; }

place_of () {  # place_of OBJECT WORD -> file:line of the word in the object's source
  local file line
  file=$(source_of "$1") line=$(grep -nwm1 -- "$2" "$file")
  line=${line%%:*}
  echo "$file:${line:-1}: '$2'"
}

calls () {  # calls PATTERN OBJECT... -> where the objects use these symbols of others
  local pattern=$1 object name; shift
  for object in "$@"; do
    for name in $(nm -u "$object" | awk '{ print $NF }' | grep -xE "$pattern"); do place_of "$object" "$name"; done
  done
}

door () {  # door HEADERS FILE...: only these files include these headers
  local headers=$1 place file; shift
  places -r "#[[:space:]]*include[[:space:]]*[<\"](.*/)?($headers)\\.h" engine | while IFS= read -r place; do
    for file in "$@"; do [ "${place%:*}" != "engine/$file" ] || continue 2; done
    echo "$place"
  done | rule "each dependency has one door; that of ${headers%%|*} is $*"
}

mutable () {  # mutable OBJECT...: variables; constants that hold addresses lie in .data.rel.ro, which nobody writes
  local object name
  for object in "$@"; do
    for name in $(objdump -t "$object" | awk 'NF >= 5 && $NF !~ /^\./ && $(NF-2) !~ /^\.data\.rel\.ro/ &&
        $(NF-2) ~ /^(\.l?data|\.l?bss|\.tdata|\.tbss|\*COM\*)/ { print $NF }'); do
      place_of "$object" "${name%%.*}"
    done
  done
}

mapfile -t objects < <(find engine -name '*.c' -not -path 'engine/client/*' | sed "s|^engine/\(.*\)c\$|$build/obj/\1o|" | sort)
mapfile -t inner_objects < <(printf '%s\n' "${objects[@]}" | grep -E '/(numerics|trainer|io)/')
mapfile -t quiet_objects < <(printf '%s\n' "${inner_objects[@]}" | grep -v /io/)
mapfile -t beside_mem < <(printf '%s\n' "${objects[@]}" | grep -vx "$build/obj/numerics/mem.o")
mapfile -t beside_program < <(printf '%s\n' "${objects[@]}" | grep -vxE "$build/obj/(neap|signals)\.o")
mapfile -t inner < <(find engine/numerics engine/trainer engine/io -maxdepth 0 2>/dev/null)
mapfile -t texts < <(find Makefile README.md .luacheckrc .gitignore ./*.rockspec .ci doc engine lua recipes scripts tests -type f \
  \( -name '*.[ch]' -o -name '*.lua' -o -name '*.sh' -o -name '*.py' -o -name '*.md' -o -name '*.rockspec' -o -name '*.supp' \
  -o -name Makefile -o -name '.*' -o -path .ci/run \) 2>/dev/null | grep -vx scripts/lint.sh | sort)
mapfile -t untabbed < <(printf '%s\n' "${texts[@]}" | grep -vx Makefile)
mapfile -t written < <(printf '%s\n' "${texts[@]}" | grep -v -e '\.lua$' -e reference)   # luacheck sees to Lua; tables are generated
mapfile -t lua_folders < <(find lua recipes scripts tests -maxdepth 0 2>/dev/null)
mapfile -t shell_files < <(find scripts tests .ci/run -name '*.sh' -o -path .ci/run 2>/dev/null)

tool luacheck --quiet --no-color --codes "${lua_folders[@]}"
if command -v shellcheck >/dev/null; then tool shellcheck --format=gcc "${shell_files[@]}"; fi
if command -v luarocks >/dev/null; then tool luarocks lint neap-scm-1.rockspec; fi

places -r '#[[:space:]]*include[[:space:]]*[<"](.*/)?(lua|lauxlib|lualib|luaconf)\.h' "${inner[@]}" |
  rule "numerics, trainer and io know nothing of Lua"
calls 'luaL?_.*' "${inner_objects[@]}" | rule "numerics, trainer and io know nothing of Lua"
places -r '#[[:space:]]*include[[:space:]]*"(.*/)?bind/' "${inner[@]}" | rule "arrows run from bind to the engine, not back"
places -r '#[[:space:]]*include[[:space:]]*"(.*/)?(trainer|io)/' engine/numerics | rule "numerics include numerics alone"

door 'cblas|lapacke|lapack|f77blas|openblas_config' numerics/linalg.c trainer/network.c
door nlopt numerics/minimize.c
door csv io/table.c io/table_write.c
door jansson bind/json.c
door zlib io/idx.c io/statefile.c

calls '(malloc|calloc|realloc|reallocarray|free|aligned_alloc|posix_memalign|strn?dup|v?asprintf|getline)' \
  "${beside_mem[@]}" | rule "mem.h is the only door to the heap"
calls '(f?printf|v?fprintf|puts|putchar|fputs|fputc|f?open|fread|fwrite|perror|stdout|stderr|getenv)' "${quiet_objects[@]}" |
  rule "numerics and trainer do no input or output"
calls '(rand|srand|random|srandom|drand48|nlopt_srand|nlopt_srand_time|time|clock|clock_gettime)' "${quiet_objects[@]}" |
  rule "randomness comes from random.h alone, and results know no clock"
calls '(abort|exit|_exit|__assert_fail)' "${inner_objects[@]}" | rule "the engine returns a Status and never ends the process"

# The program itself may keep what its signal handler needs: a handler has no argument to pass it in.
mutable "${beside_program[@]}" | rule "mutable static state: two interpreters in one process must not meet"
nm -D --defined-only "$build/lib/neap/engine.so" | awk '$NF != "luaopen_neap_engine" { print "engine.so:0: " $NF }' |
  rule "the module exports luaopen_neap_engine and nothing else"

places '(^|[^[:alnum:]_])(TODO|FIXME|XXX)([^[:alnum:]_]|$)' "${texts[@]}" | rule "do it, or say it in an issue"
places '[[:blank:]]$' "${texts[@]}" | rule "white space at the end of the line"
places $'\t' "${untabbed[@]}" | rule "a tab: indent with spaces"
places '^.{141}' "${written[@]}" | rule "longer than 140 columns"
places '(^|[^[:alnum:]_./~*?$-])/(work|root|home|tmp)/' "${texts[@]}" | rule "a path of one machine"

if [ $breaches -gt 0 ]; then
  echo "lint: $breaches breaches in $checks checks"
  exit 1
fi
echo "lint: $checks checks passed"

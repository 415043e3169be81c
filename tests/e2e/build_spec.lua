-- What the build promises to those who embed the engine: what it exports, what it needs, where it installs.
local program = require "program"

local build = os.getenv "BUILD" or "build"
local lua = os.getenv "LUA" or "lua5.4"   -- under sanitizers neap itself: a plain interpreter cannot load that module
local make = ("env -u MAKEFLAGS make -s BUILD='%s'"):format(build)

--- The lines that a shell command prints; it must succeed, in silence otherwise.
local function lines(command)
  local ran = program.shell(command)
  assert.equal("", ran.err)
  assert.equal(0, ran.status)
  return program.lines(ran.out)
end

--- The modules of the Lua side: "neap", "neap.options", "neap.backend", ...
local function modules()
  local names = {}
  for _, file in ipairs(lines "cd lua && find neap -name '*.lua' | sort") do
    names[#names + 1] = file:gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
  end
  return names
end

describe("the module", function()
  it("exports luaopen_neap_engine and nothing else", function()
    local symbols = lines(("nm -D --defined-only '%s/lib/neap/engine.so'"):format(build))
    assert.equal(1, #symbols)
    assert.matches(" T luaopen_neap_engine$", symbols[1])
  end)

  it("has an inside that calls nothing of Lua", function()
    local objects = 0
    for _, folder in ipairs { "numerics", "trainer", "io" } do
      for _, file in ipairs(lines(("find engine -path 'engine/%s/*.c'"):format(folder))) do
        local object = ("%s/obj/%s.o"):format(build, file:match "^engine/(.*)%.c$")
        for _, symbol in ipairs(lines(("nm -u '%s'"):format(object))) do assert.is_nil(symbol:match " luaL?_.*") end
        objects = objects + 1
      end
    end
    assert.is_true(objects > 5)
  end)
end)

describe("a stock interpreter", function()
  it("finds neap from anywhere by the lines of make env", function()
    local code = [[local neap = require "neap" print(type(neap), neap.version)]]
    local found = lines(("eval \"$(%s env)\" && cd / && %s -e '%s'"):format(make, lua, code))
    assert.equal(1, #found)
    assert.matches("^table\t%d+%.%d+%.%d+$", found[1])
  end)

  it("has no new global after any module", function()
    local names = modules()
    assert.is_true(#names >= 3)
    local file = program.file(([[
      local before = {}
      for name in pairs(_G) do before[name] = true end
      for name in ("%s"):gmatch "%%S+" do
        require(name)
        for global in pairs(_G) do if not before[global] then print(name .. " sets " .. tostring(global)) end end
      end
      print "end"]]):format(table.concat(names, " ")), ".lua")
    local said = lines(("eval \"$(%s env)\" && cd / && %s %s"):format(make, lua, file))
    os.remove(file)
    assert.same({ "end" }, said)
  end)
end)

describe("an installed tree", function()
  local root = os.tmpname()
  os.remove(root)
  root = root .. " with a blank"

  setup(function()
    -- What is built is taken as it is: this make may have been given other flags.
    lines(("%s -o all install PREFIX=/opt/neap DESTDIR='%s'"):format(make, root))
  end)
  teardown(function() os.execute(("rm -rf '%s'"):format(root)) end)

  it("has everything in its place", function()
    for _, file in ipairs { "bin/neap", "lib/lua/5.4/neap/engine.so", "share/lua/5.4/neap/init.lua", "share/lua/5.4/neap/options.lua",
        "share/neap/recipes/autolrs.lua", "share/neap/recipes/data/digits.csv", "share/neap/meta/engine.lua" } do
      local handle = io.open(root .. "/opt/neap/" .. file)
      assert.is_truthy(handle, file)
      handle:close()
    end
  end)

  it("runs without the source tree", function()
    local neap = ("cd / && env -u LUA_PATH -u LUA_CPATH '%s/opt/neap/bin/neap'"):format(root)
    assert.same({ "0.5" }, lines(neap .. " -e 'print((require \"neap\").schedule.linear(10):at(5))'"))
    local result = lines(neap .. " run rex --backend builtin:digits --budget 20 --json")
    assert.matches('"event":"result"', result[#result])
  end)
end)

describe("the version", function()
  it("is the same in the Makefile, in Lua and in the program", function()
    local version = require("neap").version
    assert.same({ "VERSION  = " .. version }, lines "grep '^VERSION ' Makefile")
    assert.matches(version, table.concat(lines "@neap -v"), 1, true)
  end)

  it("of the rock names its file", function()
    local rock = {}
    assert(loadfile("neap-scm-1.rockspec", "t", rock))()
    assert.equal("neap-scm-1", rock.package .. "-" .. rock.version)
    assert.equal("make", rock.build.type)
  end)
end)

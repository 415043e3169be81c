-- doc/reference.md: what `make doc` makes of the comments. Every public function is in it.
local colon = require "neap.colon"
local neap = require "neap"
local program = require "program"

local PAGE <const> = "doc/reference.md"
local page = program.read(PAGE)

--- The names of the parts of neap, which load when they are first used.
local function parts()
  local names, i = {}, 1
  local index = getmetatable(neap).__index
  repeat
    local name, value = debug.getupvalue(index, i)
    if name == "parts" then names = value end
    i = i + 1
  until not name
  return names
end

--- Functions of a module and of the modules in it, each as scripts call it. What can be called itself is one of them.
local function each_function(name, value, visit)
  local meta = type(value) == "table" and getmetatable(value)
  if type(value) == "function" or meta and meta.__call then visit(name) end
  if type(value) ~= "table" then return end
  for key, inner in pairs(value) do
    local is_module = type(inner) == "table" and getmetatable(inner)
    if type(inner) == "function" or is_module then each_function(name .. "." .. key, inner, visit) end
  end
end

local LOSSES <const> = { 3, 2, 1.5, 1.3, 1.2 }

--- An object of each class that scripts come to hold.
local function objects()
  local trainer = assert(neap.backend "builtin:digits")
  local recipe = neap.recipe { summary = "a step", function(run) run:train(1, 0.1) end }
  local run = assert(neap.run(recipe, { backend = trainer, budget = 1 })).run
  return {
    run = run, ["run.random"] = run.random, trainer = trainer, sched = neap.schedule.rex(9),
    plateau = neap.schedule.plateau { rate = 0.1 }, opt = neap.bayesopt { space = { lr = { 1e-4, 1 } } },
    gp = assert(neap.gp { x = { 1, 2 }, y = { 1, 2 } }), forecast = assert(neap.forecast(LOSSES)),
    fit = assert(neap.multipower(LOSSES, { rates = 0.1 })),
  }
end

--- Is a method marked as private above its line?
local function is_private(method)
  local info = debug.getinfo(colon.behind[method] or method, "S")
  if info.what ~= "Lua" then return false end
  local lines, marked = program.lines(program.read(info.source:sub(2)):gsub("\n\n", "\n \n")), false
  local i = info.linedefined - 1
  while lines[i] and lines[i]:find "^%-%-%-" do
    marked = marked or lines[i]:find "^%-%-%-@private" ~= nil
    i = i - 1
  end
  return marked
end

local function shows(name)
  return page:find("\n    " .. name:gsub("%p", "%%%0") .. "%(") ~= nil
end

describe("the reference", function()
  it("is what make doc makes of the comments", function()
    local ran = program.shell "@neap scripts/reference/main.lua"
    assert.equal("", ran.err)
    assert(ran.out == page, PAGE .. " is out of date: make doc")
  end)

  it("has every public function of neap", function()
    local count = 0
    for name in pairs(parts()) do
      local _ = name == "schedule" and neap.schedule.plateau
      each_function("neap." .. name, neap[name], function(called)
        count = count + 1
        assert(shows(called), called)
      end)
    end
    assert.is_true(count > 45)
  end)

  it("has other libraries' schedules", function()
    for _, library in ipairs { "torch", "transformers", "optax", "keras", "timm" } do
      for name in pairs(neap.schedule.compat[library]) do
        assert(page:find(("\n    %s.%s {"):format(library, name), 1, true), name)
      end
    end
  end)

  it("has every public method of every object", function()
    local count = 0
    for name, object in pairs(objects()) do
      local class = debug.getmetatable(object)
      while class do
        for key, method in pairs(type(class.__index) == "table" and class.__index or {}) do
          if type(method) == "function" and not key:find "^__" and not is_private(method) then
            count = count + 1
            assert(shows(name .. ":" .. key), name .. ":" .. key)
          end
        end
        local above = type(class.__index) == "table" and getmetatable(class.__index)
        class = above or nil
      end
    end
    assert.is_true(count > 70)
  end)

  it("has a heading behind every link", function()
    local slugs = {}
    for heading in page:gmatch "\n#+ ([^\n]+)" do
      local slug = heading:lower():gsub("[^%w%s_-]", ""):gsub(" ", "-")
      local times = slugs[slug] or 0
      slugs[slug] = times + 1
      if times > 0 then slugs[("%s-%d"):format(slug, times)] = 1 end
    end
    local count = 0
    for slug in page:gmatch "%]%(#([^)]+)%)" do
      count = count + 1
      assert(slugs[slug], slug)
    end
    assert.is_true(count > 150)
  end)
end)

-- A method called with a dot: one line, with the method's name, at the caller.
local neap = require "neap"

local here = debug.getinfo(1, "S").short_src

--- Call a method with a dot, without arguments and with several wrong ones.
local function assert_told(object, name, method)
  local f = object[method]
  assert.is_function(f, method)
  local expected = ("%s:%s: call it with a colon, %s:%s(..)"):format(name, method, name, method)
  for _, first in ipairs { false, 3, "x", {}, io.stdout } do
    local _, problem = pcall(function() local _ = f(first or nil, 1) end)
    assert.is_truthy(problem:find("^" .. here:gsub("%p", "%%%0") .. ":%d+: "), problem)
    local told = problem:gsub("^.-:%d+: ", "")
    assert.equal(expected, (told:gsub("METHOD", method)))
  end
end

local function each_told(object, name, methods)
  for method in methods:gmatch "%a+" do assert_told(object, name, method) end
end

describe("a method called with a dot", function()
  it("of an optimiser", function()
    local opt = neap.bayesopt { space = { lr = { 1e-4, 1, scale = "log" } } }
    each_told(opt, "opt", "ask tell drop suggest best predict worth trials pending hyper plot serialize")
    assert.has_error(function() opt.ask() end, "opt:ask: call it with a colon, opt:ask(..)")
  end)

  it("of a forecast or a fit", function()
    local losses, rates = { 3, 2, 1.5, 1.2, 1.1, 1 }, { 1, 1, 1, 0.5, 0.5, 0.5 }
    each_told(assert(neap.forecast(losses, { rates = rates })), "forecast", "forecast quantile below under")
    each_told(assert(neap.forecast(losses, { rates = rates })):under(0.1), "forecast", "forecast quantile below under")
    each_told(assert(neap.expfit(losses)), "fit", "forecast")
    each_told(assert(neap.multipower(losses, { rates = rates })), "fit", "forecast under")
  end)

  it("of a Gaussian process", function()
    local gp = assert(neap.gp { x = { 1, 2, 3 }, y = { 1, 3, 2 } })
    each_told(gp, "gp", "predict add slope sample loo evidence hyper size")
    assert.has_error(function() local _ = gp.predict(2) end, "gp:predict: call it with a colon, gp:predict(..)")
  end)

  it("of a schedule, with known lengths or not", function()
    local methods = "at values bind describe json groups momentum plot picture take shift hold"
    each_told(neap.schedule.rex(9), "schedule", methods)
    each_told(neap.schedule.rex "50%", "schedule", methods)
    local sched = neap.schedule.rex(9)
    assert.has_error(function() local _ = sched.at(3) end, "schedule:at: call it with a colon, schedule:at(..)")
  end)
end)

describe("a method called with a colon", function()
  it("blames a wrong argument on the caller still", function()
    local opt, sched = neap.bayesopt { space = { lr = { 1e-4, 1 } } }, neap.schedule.rex(9)
    for _, wrong in ipairs {
      function() opt:tell({ lrr = 1 }, 1) end, function() opt:ask(0) end, function() sched:take(-1) end,
      function() local _ = sched:groups(3) end, function() local _ = sched:at(-1) end,
    } do
      local _, problem = pcall(wrong)
      assert.is_truthy(problem:find(here, 1, true), problem)
    end
  end)

  it("has its comment in help()", function()
    local help = require "neap.help"
    local opt = neap.bayesopt { space = { lr = { 1e-4, 1 } } }
    assert.matches("The next point to try", help(opt.ask))
    assert.matches("ask +The next point to try", help(opt))
    assert.is_nil(help(opt):find("values", 1, true))
    assert.matches("bind +The same schedule", help(neap.schedule.rex(9)))
  end)
end)

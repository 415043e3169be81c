local neap = require "neap"
local near = require "expect".near

local function series(n, a, b, c, first, stride)
  local losses = {}
  for i = 1, n do losses[i] = a * math.exp(b * ((first or 1) + (i - 1) * (stride or 1))) + c end
  return losses
end

describe("neap.expfit", function()
  it("finds the curve in steps", function()
    local fit = assert(neap.expfit(series(100, 1.7, -0.031, 0.42)))
    near(1.7, fit.a, 1e-5)
    near(-0.031, fit.b, 1e-8)
    near(0.42, fit.c, 1e-6)
    assert.equal(100, fit.used)
    local mean, sd = fit:forecast(1000)
    near(0.42, mean, 1e-3)
    assert.is_true(sd > 0 and sd < 1e-3)
    near(1.7 * math.exp(-0.031 * 50) + 0.42, fit:forecast(50), 1e-4)
  end)

  it("takes the first step and the stride", function()
    local fit = assert(neap.expfit(series(60, 2.5, -0.002, 0.3, 401, 25), { first = 401, stride = 25, lower = 0 }))
    near(2.5, fit.a, 1e-5)
    near(-0.002, fit.b, 1e-9)
    near(0.3, (fit:forecast(20000)), 1e-3)
  end)

  it("holds the asymptote above its bound", function()
    local line = {}
    for i = 1, 50 do line[i] = 1 - 0.01 * i end
    assert.is_true(assert(neap.expfit(line)).c < 0)
    local fit = assert(neap.expfit(line, { lower = 0 }))
    near(0, fit.c, 1e-9)
    assert.is_true(fit:forecast(1e6) >= 0)
    assert.is_true(assert(neap.expfit(line)):forecast(1000) < 0)   -- without a bound, as documented
    local rising = assert(neap.expfit({ 0.1, 0, 0, 0, 0.1, 1, 1.1, 1, 1 }, { lower = 0 }))
    for step = 0, 100 do assert.is_true(rising:forecast(step) >= 0) end
    assert.equal(0, (rising:forecast(1)))
  end)

  it("knows no step before the training", function()
    local fit = assert(neap.expfit { 3, 2, 1.5 })
    local published = assert(neap.expfit({ 3, 2, 1.5 }, { method = "published" }))
    for _, one in ipairs { fit, published } do
      assert.has_error(function() one:forecast(-5) end, "fit:forecast: step is -5, before the training: 0 or more expected")
    end
    assert.equal(fit:forecast(1), (fit:forecast(0)))
    local early = assert(neap.expfit({ 3, 2, 1.5 }, { first = -2 }))
    assert.is_true(early:forecast(-2) > early:forecast(-1))
    assert.has_error(function() early:forecast(-2.5) end, "fit:forecast: step is -2.5, before the training: -2 or more expected")
  end)

  it("fits as published: a mean without deviation", function()
    local fit = assert(neap.expfit(series(100, 1.7, -0.031, 0.42, 0), { method = "published", first = 0 }))
    local mean, sd = fit:forecast(999)
    near(0.401454255462604, mean, 1e-9)  -- SciPy's, of the same procedure
    assert.is_nil(sd)
    assert.is_nil(fit.noise)
    near(mean, fit.a * math.exp(fit.b * 999) + fit.c, 1e-9)
    local validation = series(16, 1.7, -0.01, 0.42, 50, 50)
    local one = assert(neap.expfit(validation, { method = "published", validation = true, first = 50, stride = 50 }))
    assert.is_true(one.used == 15 or one.used == 16)
  end)

  it("leaves out what is not finite, and says when nothing is left", function()
    local losses = series(40, 1, -0.05, 0.5)
    losses[3], losses[17], losses[40] = 0 / 0, math.huge, -math.huge
    assert.equal(37, assert(neap.expfit(losses)).used)
    for _, none in ipairs { {}, { 0 / 0, math.huge } } do
      local fit, problem, code = neap.expfit(none)
      assert.is_nil(fit)
      assert.equal("too few finite losses to fit: at least 1 expected", problem)
      assert.equal("too_few", code)
    end
    local fit, problem, code = neap.expfit({ 1, 2 }, { method = "published" })
    assert.is_nil(fit)
    assert.equal("too few finite losses to fit: at least 3 expected", problem)
    assert.equal("too_few", code)
  end)

  it("is defined for one, two, three losses", function()
    for n = 1, 3 do
      local mean, sd = assert(neap.expfit({ table.unpack({ 2.4, 2.3, 2.25 }, 1, n) })):forecast(100)
      assert.is_true(mean == mean and sd >= 0 and sd < math.huge)
    end
  end)

  it("names every mistake", function()
    local function mistake(expected, ...)
      local done, problem = pcall(neap.expfit, ...)
      assert.is_false(done)
      assert.is_truthy(tostring(problem):find(expected, 1, true), problem)
    end
    mistake("neap.expfit: a list of losses expected, not a number", 3)
    mistake("neap.expfit: losses: element 2 is a string, a number expected", { 1, "a" })
    mistake("unknown option 'strid' (did you mean 'stride'?)", { 1 }, { strid = 2 })
    mistake("option 'stride': above 0 expected, not '0'", { 1 }, { stride = 0 })
    mistake("option 'method': unknown value 'publishd' (did you mean 'published'?)", { 1 }, { method = "publishd" })
    mistake("option 'horizon': at least 1 expected", { 1 }, { horizon = 0.5 })
    local fit = assert(neap.expfit { 1, 2, 3 })
    assert.has_error(function() fit:forecast(0 / 0) end, "fit:forecast: step is " .. tostring(0 / 0) .. ", a finite number expected")
    assert.has_error(function() fit:forecast "x" end, "fit:forecast: step is x, a finite number expected")
  end)

  it("prints itself", function()
    local fit = assert(neap.expfit(series(20, 1, -0.1, 0.5)))
    assert.is_truthy(tostring(fit):find "^%S+ %* exp%(%-0.1 %* t%) %+ 0.5 %(bounded, 20 losses%)$")
  end)
end)

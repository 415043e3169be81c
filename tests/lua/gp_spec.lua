local neap = require "neap"

local function near(expected, actual, tolerance)
  assert.is_true(math.abs(expected - actual) <= tolerance, ("%s is not within %g of %s"):format(actual, tolerance, expected))
end

local function fails(expected, options)
  local ok, message = pcall(function() local gp = neap.gp(options); return gp end)
  assert.is_false(ok)
  assert.is_truthy(message:find("^[^:]*gp_spec.lua:%d+: "), message)  -- whose mistake it is
  assert.is_truthy(message:find(expected, 1, true), message)
  assert.is_nil(message:find("\n", 1, true))
end

describe("neap.gp", function()
  it("interpolates what it was told", function()
    local x, y = {}, {}
    for i = 1, 12 do x[i] = i / 6; y[i] = math.sin(3 * x[i]) end
    local gp = assert(neap.gp { x = x, y = y })
    assert.equal(12, #gp)
    for _, at in ipairs { 0.4, 1.05, 1.83 } do
      local mean, variance = gp:predict(at)
      near(math.sin(3 * at), mean, 0.02)
      assert.is_true(variance >= 0 and variance < 1e-2)
    end
    local _, far = gp:predict(50)
    near(gp:hyper().signal, far, 1e-9)
  end)

  it("knows the closed form of one observation", function()
    local gp = neap.gp { kernel = "squared_exponential", x = { 0 }, y = { 3 }, length = 2, signal = 4, noise = 1, mean = 1 }
    local mean, variance = gp:predict(1)
    local k = 4 * math.exp(-1 / 8)
    near(1 + k / 5 * 2, mean, 1e-12)
    near(4 - k * k / 5, variance, 1e-12)
    near(-0.5 * (4 / 5 + math.log(5) + math.log(2 * math.pi)), gp:evidence(), 1e-12)
  end)

  it("adds a point as if it had been there", function()
    local given = { length = { 0.5, 2 }, signal = 1, noise = 0.01, mean = 0 }
    local x, y = { { 0, 1 }, { 0.5, 0 }, { 1, 1 } }, { 1, 2, 0.5 }
    local whole = neap.gp { x = x, y = y, variance = { 0, 0, 0.3 }, length = given.length, signal = 1, noise = 0.01, mean = 0 }
    local grown = neap.gp { x = { x[1], x[2] }, y = { 1, 2 }, length = given.length, signal = 1, noise = 0.01, mean = 0 }
    assert.equal(grown, grown:add(x[3], 0.5, 0.3))
    local a, va = whole:predict { 0.7, 0.2 }
    local b, vb = grown:predict { 0.7, 0.2 }
    near(a, b, 1e-12)
    near(va, vb, 1e-12)
    assert.same({ 0.5, 2 }, grown:hyper().length)
  end)

  it("answers without observations, and for constant ones", function()
    local gp = neap.gp { x = {}, y = {}, signal = 2, mean = 5 }
    assert.same({ 5.0, 2.0 }, { gp:predict(0.3) })
    assert.equal(0, gp:evidence())
    local mean = neap.gp { x = { 1, 2, 3 }, y = { 1e300, 1e300, 1e300 } }:predict(1.5)
    assert.equal(1e300, mean)
  end)

  it("names what is wrong", function()
    fails("neap.gp: option 'x' is missing", { y = { 1 } })
    fails("did you mean 'kernel'", { x = { 1 }, y = { 1 }, kernal = "matern52" })
    fails("did you mean 'matern52'", { x = { 1 }, y = { 1 }, kernel = "matern53" })
    fails("option 'y': as many values y as points x", { x = { 1, 2 }, y = { 1 } })
    fails("nan, a finite number expected", { x = { 1, 0 / 0 }, y = { 1, 2 } })
    fails("option 'y': value 1 is inf", { x = { 1 }, y = { math.huge } })
    fails("option 'x': point 2 has 2 coordinates, 1 expected", { x = { 1, { 1, 2 } }, y = { 1, 2 } })
    fails("option 'x': point 1 is a string", { x = { "a" }, y = { 1 } })
    fails("option 'variance': variance 1 is -1.0", { x = { 1 }, y = { 1 }, variance = { -1 } })
    fails("option 'length': length 0.0", { x = { 1 }, y = { 1 }, length = 0 })
    fails("option 'length': 3 lengths given", { x = { { 1, 2 } }, y = { 1 }, length = { 1, 2, 3 } })
    fails("option 'length'", { x = { 1 }, y = { 1 }, length = "long" })
    fails("option 'signal': above 0 expected", { x = { 1 }, y = { 1 }, signal = 0 })
    fails("option 'noise': at least 0", { x = { 1 }, y = { 1 }, noise = -1 })
    local wide = {}
    for i = 1, 17 do wide[i] = i end
    fails("17 coordinates, 1 to 16", { x = { wide }, y = { 1 } })
    local gp = neap.gp { x = { { 1, 2 } }, y = { 1 } }
    assert.has_error(function() gp:predict(1) end)
    assert.has_error(function() gp:predict { 1, 0 / 0 } end)
    assert.has_error(function() gp:add({ 1, 2 }, math.huge) end)
    assert.has_error(function() gp:add({ 1, 2 }, 1, -1) end)
    assert.equal(1, #gp)
  end)

  it("survives being ended by hand", function()
    local gp = neap.gp { x = { 1 }, y = { 1 } }
    getmetatable(gp).__gc(gp)
    assert.has_error(function() gp:predict(1) end)
  end)
end)

local neap = require "neap"
local near = require "expect".near

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
    assert.is_true(far > gp:hyper().signal)   -- nothing is known there, not even the mean for certain
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

  it("has slopes that are derivatives", function()
    for _, trend in ipairs { "constant", "linear" } do
      local gp = neap.gp { trend = trend, kernel = "rational_quadratic", noise = 1e-3,
        x = { { 0, 1 }, { 0.5, 0.2 }, { 1, 0.7 }, { 0.3, 0.9 } }, y = { 1, 2.385, 0.4, -1 } }
      local by_mean, by_variance = gp:slope { 0.4, 0.6 }
      for k = 1, 2 do
        local up, down, e = { 0.4, 0.6 }, { 0.4, 0.6 }, 1e-5
        up[k], down[k] = up[k] + e, down[k] - e
        local m1, v1 = gp:predict(up)
        local m0, v0 = gp:predict(down)
        near((m1 - m0) / (2 * e), by_mean[k], 1e-5)
        near((v1 - v0) / (2 * e), by_variance[k], 1e-5)
      end
    end
  end)

  it("leaves one out as if it had never been there", function()
    local x, y = { 0, 0.4, 0.7, 1 }, { 1, 2.385, 0.4, -1 }
    for _, mean in ipairs { 0.5, false } do
      local given = { length = 0.5, signal = 2, noise = 0.1, mean = mean or nil }
      local function gp_of(xs, ys)
        given.x, given.y = xs, ys
        return neap.gp(given)
      end
      local means, variances = gp_of(x, y):loo()
      for i = 1, 4 do
        local xs, ys = { table.unpack(x) }, { table.unpack(y) }
        table.remove(xs, i)
        table.remove(ys, i)
        local m, v = gp_of(xs, ys):predict(x[i])
        near(m, means[i], 1e-9)
        near(v + 0.1, variances[i], 1e-9)
      end
    end
  end)

  it("draws joint samples with its own mean and variance", function()
    local gp = neap.gp { x = { 0, 0.5, 1 }, y = { 1, 2.385, 0.4 }, length = 0.3, signal = 1, noise = 0.01 }
    local sum, square, joint, at = 0, 0, 0, { 0.25, 0.26 }
    for seed = 1, 2000 do
      local f = gp:sample(at, seed)
      sum, square, joint = sum + f[1], square + f[1] ^ 2, joint + (f[1] - f[2]) ^ 2
    end
    local mean, variance = gp:predict(0.25)
    near(mean, sum / 2000, 0.1)
    near(variance, square / 2000 - (sum / 2000) ^ 2, 0.1)
    assert.is_true(joint / 2000 < 0.02)   -- neighbours move together
    assert.same(gp:sample(at, 7), gp:sample(at, 7))
  end)

  it("says how the evidence changes with its parameters", function()
    local given = { x = { 0, 0.4, 0.7, 1 }, y = { 1, 2.385, 0.4, -1 }, length = 0.5, signal = 2, noise = 0.1, mean = 0 }
    local _, gradient = neap.gp(given):evidence()
    for i, name in ipairs { "length", "signal", "noise" } do
      local at, e = given[name], 1e-5
      given[name] = at * math.exp(e)
      local up = neap.gp(given):evidence()
      given[name] = at * math.exp(-e)
      local down = neap.gp(given):evidence()
      given[name] = at
      near((up - down) / (2 * e), gradient[i], 1e-5)
    end
  end)

  it("averages over length and noise when asked to", function()
    local x, y = {}, {}
    for i = 1, 8 do x[i] = i / 8; y[i] = math.sin(5 * x[i]) end
    local gp = neap.gp { x = x, y = y, integrate = true }
    local _, components = gp:hyper()
    assert.is_true(#components > 1)
    local sum = 0
    for _, c in ipairs(components) do sum = sum + c.weight end
    near(1, sum, 1e-12)
    near(math.sin(5 * 0.55), (gp:predict(0.55)), 0.05)
    local by_mean = gp:slope(0.55)
    near(5 * math.cos(5 * 0.55), by_mean[1], 0.6)
  end)

  it("takes published priors, and others", function()
    local x, y = {}, {}
    for i = 1, 8 do x[i] = i / 8; y[i] = math.sin(5 * x[i]) end
    for _, priors in ipairs { "neap", "botorch", "optuna", { length = { "lognormal", -1, 0.1 } } } do
      local gp = neap.gp { x = x, y = y, priors = priors }
      near(math.sin(5 * 0.55), (gp:predict(0.55)), 0.1)
      if type(priors) == "table" then near(math.exp(-1) * 7 / 8, gp:hyper().length[1], 0.1) end
    end
    fails("unknown priors 'botorc' (did you mean 'botorch'?)", { x = x, y = y, priors = "botorc" })
    fails("unknown kind 'lognorm'", { x = x, y = y, priors = { noise = { "lognorm", 1, 2 } } })
    fails("unknown parameter 'lengths'", { x = x, y = y, priors = { lengths = {} } })
    fails("numbers above 0 expected", { x = x, y = y, priors = { noise = { "gamma", 1, 0 } } })
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

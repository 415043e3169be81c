local engine = require "neap.engine"

local function draws(seed, method, n, ...)
  local random, list = engine.random(seed), {}
  for i = 1, n do list[i] = random[method](random, ...) end
  return list
end

describe("a generator", function()
  it("repeats with its seed, and only with it", function()
    for _, method in ipairs { "uniform", "normal" } do
      assert.same(draws(7, method, 100), draws(7, method, 100))
      assert.not_same(draws(7, method, 100), draws(8, method, 100))
    end
    assert.same(draws(0, "below", 100, 1000), draws(0, "below", 100, 1000))
  end)

  it("takes any integer as seed", function()
    for _, seed in ipairs { 0, -1, math.maxinteger, math.mininteger, 3.0 } do
      local u = engine.random(seed):uniform()
      assert.is_true(u >= 0 and u < 1)
    end
    assert.same(draws(3, "uniform", 5), draws(3.0, "uniform", 5))
    assert.not_same(draws(-1, "uniform", 5), draws(1, "uniform", 5))
  end)

  it("is of its own: two do not meet", function()
    local a, b, alone = engine.random(1), engine.random(2), draws(1, "uniform", 10)
    for i = 1, 10 do
      assert.equal(alone[i], a:uniform())
      b:normal()
    end
  end)

  it("draws uniformly between bounds", function()
    local sum = 0
    for _, u in ipairs(draws(5, "uniform", 20000, -3, 5)) do
      assert.is_true(u >= -3 and u < 5)
      sum = sum + u
    end
    assert.near(1, sum / 20000, 4 * 8 / math.sqrt(12 * 20000))
    assert.same(draws(5, "uniform", 10), draws(5, "uniform", 10, 0, 1))
    assert.equal(2.5, draws(5, "uniform", 1, 2.5, 2.5)[1])
  end)

  it("draws normally", function()
    local sum, square, n = 0, 0, 20000
    for _, z in ipairs(draws(2385, "normal", n)) do sum, square = sum + z, square + z * z end
    assert.near(0, sum / n, 4 / math.sqrt(n))
    assert.near(1, square / n, 4 * math.sqrt(2 / n))
  end)

  it("draws every number below n, and no other", function()
    local seen = {}
    for _, k in ipairs(draws(9, "below", 2000, 10)) do
      assert.equal("integer", math.type(k))
      seen[k] = (seen[k] or 0) + 1
    end
    local different = 0
    for k, count in pairs(seen) do
      assert.is_true(k >= 0 and k < 10 and count > 130 and count < 270)   -- 200, and five deviations
      different = different + 1
    end
    assert.equal(10, different)
    assert.equal(0, draws(9, "below", 1, 1)[1])
    local large = draws(9, "below", 50, math.maxinteger)
    for _, k in ipairs(large) do assert.is_true(k >= 0 and k < math.maxinteger) end
  end)

  it("raises for wrong arguments and names them", function()
    local random = engine.random(1)
    assert.error_matches(function() engine.random() end, "bad argument #1 to 'random' %(number expected, got no value%)")
    assert.error_matches(function() engine.random(1.5) end, "bad argument #1 to 'random' %(number has no integer representation%)")
    assert.error_matches(function() engine.random("seven") end, "bad argument #1 to 'random' %(number expected, got string%)")
    for _, n in ipairs { 0, -1, math.mininteger } do
      assert.error_matches(function() random:below(n) end, "bad argument #1 to 'below' %(a number above 0 expected%)")
    end
    assert.error_matches(function() random:below(2.5) end, "number has no integer representation")
    assert.error_matches(function() random:below() end, "number expected, got no value")
    assert.error_matches(function() random:uniform("low") end, "number expected, got string")
    assert.error_matches(function() random.uniform() end, "neap.Random expected, got no value")
    assert.error_matches(function() random.normal(io.stdout) end, "neap.Random expected, got FILE%*")
    assert.error_matches(function() random.below({}, 3) end, "neap.Random expected, got table")
  end)
end)

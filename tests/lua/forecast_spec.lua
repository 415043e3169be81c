local neap = require "neap"
local expect = require "expect"

local near, mistake = expect.near, expect.mistake

--- Losses of a noisy power law.
local function series(n, exponent, noise, seed)
  local random, losses = require("neap.engine").random(seed or 1), {}
  for i = 1, n do losses[i] = 2.385 * i ^ -exponent * math.exp((noise or 0) * random:normal()) end
  return losses
end

describe("neap.forecast", function()
  it("foretells mean, deviation and quantiles of a later loss", function()
    local forecast = assert(neap.forecast(series(200, 0.25, 0.1)))
    local mean, sd = forecast:forecast(2000)
    local truth = 2.385 * 2000 ^ -0.25
    local low, high = forecast:quantile(2000, 0.1), forecast:quantile(2000, 0.9)
    assert.is_true(low < truth and truth < high)
    assert.is_true(low < mean and mean < high and sd > 0)
    near(0.9, forecast:below(2000, high), 1e-9)
    assert.is_true(forecast:quantile(2e9, 0.001) >= 0)
    near(0.1 * 2.385 * 200 ^ -0.25, forecast.noise, 0.02)
    assert.equal(200, forecast.used)
    assert.equal(0, forecast.lower)
    assert.equal("forecast from 200 losses", tostring(forecast))
  end)

  it("follows a clean exponential to its asymptote", function()
    local losses = {}
    for i = 1, 100 do losses[i] = 1.7 * math.exp(-0.031 * i) + 0.42 end
    near(0.42, (assert(neap.forecast(losses)):forecast(1000)), 1e-3)
  end)

  it("takes the first step, the stride and the bound", function()
    local losses = series(80, 0.3, 0.1)
    local plain, moved = assert(neap.forecast(losses)), {}
    for i, loss in ipairs(losses) do moved[i] = loss + 4 end
    local other = assert(neap.forecast(moved, { first = 401, stride = 25, lower = 4 }))
    local mean, sd = plain:forecast(800)
    local mean_moved, sd_moved = other:forecast(401 + 25 * 799)
    near(mean, mean_moved - 4, 1e-9)
    near(sd, sd_moved, 1e-9)
  end)

  it("knows no bound where a loss is negative", function()
    local losses = series(50, 0.3)
    for i = 1, 50 do losses[i] = losses[i] - 3 end
    local forecast = assert(neap.forecast(losses))
    assert.is_nil(forecast.lower)
    assert.is_true(forecast:quantile(500, 0.1) < losses[50])
    assert.equal(-3.0, assert(neap.forecast(losses, { lower = -3 })).lower)
  end)

  it("is defined for short, flat, rising and broken series", function()
    local broken = series(40, 0.2, 0.1)
    broken[3], broken[17] = 0 / 0, math.huge
    for _, losses in ipairs { { 2 }, { 2, 1 }, { 2, 2, 2, 2, 2, 2 }, { 1, 2, 3, 4, 5, 6, 7, 8 }, { 0, 0, 0 }, broken } do
      local mean, sd = assert(neap.forecast(losses)):forecast(10 * #losses)
      assert.is_true(mean == mean and sd >= 0 and sd < math.huge)
    end
    assert.equal(38, assert(neap.forecast(broken)).used)
    assert.is_false(assert(neap.forecast(broken)).diverged)
    broken[40] = 0 / 0
    local over = assert(neap.forecast(broken))
    assert.is_true(over.diverged)
    assert.equal("forecast from 37 losses, diverged", tostring(over))
  end)

  it("says when nothing can be foretold", function()
    for _, losses in ipairs { {}, { 0 / 0, math.huge } } do
      local forecast, problem, code = neap.forecast(losses)
      assert.is_nil(forecast)
      assert.equal("no finite loss to forecast from", problem)
      assert.equal("too_few", code)
    end
  end)

  it("names every mistake", function()
    mistake("neap.forecast: a list of losses expected, not a number", neap.forecast, 3)
    mistake("neap.forecast: losses: element 2 is a string, a number expected", neap.forecast, { 1, "a" })
    mistake("unknown option 'strid' (did you mean 'stride'?)", neap.forecast, { 1 }, { strid = 2 })
    mistake("option 'stride': above 0 expected", neap.forecast, { 1 }, { stride = 0 })
    local forecast = assert(neap.forecast { 1, 2, 3 })
    mistake("forecast:forecast: step is x, a finite number expected", forecast.forecast, forecast, "x")
    mistake("forecast:quantile: p is 1, a probability between 0 and 1 expected", forecast.quantile, forecast, 10, 1)
    mistake("forecast:below: loss is nil, a number expected", forecast.below, forecast, 10)
  end)
end)

describe("neap.forecast under a changing rate", function()
  local s = neap.schedule

  --- Losses of a training whose time passes by its rate and whose noise costs half of its level at the peak.
  local function trained(schedule, n)
    local losses, rates, sum = {}, {}, 0
    local random = require("neap.engine").random(3)
    for i = 1, n do
      rates[i] = schedule:at(i - 1)
      sum = sum + rates[i]
      losses[i] = 2.385 * (10 * sum) ^ -0.2 * (1 + 10 * rates[i]) * math.exp(0.02 * random:normal())
    end
    return losses, rates
  end

  local whole = 0.1 * (s.warmup(20) .. s.cosine(180))
  local losses, rates = trained(whole, 200)
  local seen = table.move(losses, 1, 120, 1, {})
  local told = table.move(rates, 1, 120, 1, {})
  local ahead = table.move(rates, 121, 200, 1, {})

  it("foretells what a decay brings, and what staying would", function()
    local forecast = assert(neap.forecast(seen, { rates = told }))
    local down = forecast:under(ahead)
    near(losses[200], down:quantile(200, 0.5), 0.15 * losses[200])
    assert.is_true(down:quantile(200, 0.05) < losses[200] and losses[200] < 1.02 * down:quantile(200, 0.95))
    assert.is_true(down:forecast(200) < 0.9 * forecast:forecast(200))
    assert.is_true(down:below(200, losses[120]) > 0.95)
    assert.equal(forecast:forecast(200), (forecast:under(told[120]):forecast(200)))
    assert.equal(120, down.used)
  end)

  it("takes schedules and single numbers", function()
    local by_list = assert(neap.forecast(seen, { rates = told })):under(ahead)
    local by_schedule = assert(neap.forecast(seen, { rates = whole })):under(whole:skip(120))
    near((by_list:forecast(190)), (by_schedule:forecast(190)), 1e-9)
    local number, list = {}, {}
    for i = 1, 50 do number[i], list[i] = seen[i], 0.3 end
    local one = assert(neap.forecast(number, { rates = 0.3 }))
    assert.equal(one:forecast(500), (assert(neap.forecast(number, { rates = list })):forecast(500)))
  end)

  it("expects more where the data never repeat", function()
    local mean = assert(neap.forecast(seen)):forecast(2000)
    assert.is_true(assert(neap.forecast(seen, { fresh = true })):forecast(2000) > 1.1 * mean)
  end)

  it("names every mistake", function()
    mistake("neap.forecast: rates: 2 rates for 3 losses", neap.forecast, { 3, 2, 1 }, { rates = { 1, 1 } })
    mistake("neap.forecast: rates: rate 2 is -1.0, a finite number of at least 0", neap.forecast, { 3, 2 }, { rates = { 1, -1 } })
    mistake("neap.forecast: rates: all rates are 0", neap.forecast, { 3, 2 }, { rates = 0 })
    mistake("neap.forecast: rates: a number, a list of numbers or a schedule expected, not a string", neap.forecast, { 3 },
      { rates = "fast" })
    local untold = assert(neap.forecast { 3, 2, 1 })
    mistake("forecast:under: the rates of the losses were not told", untold.under, untold, 0.1)
    local forecast = assert(neap.forecast({ 3, 2, 1 }, { rates = 0.1 }))
    mistake("forecast:under: rate 1 is inf, a finite number", forecast.under, forecast, math.huge)
    mistake("forecast:under: element 2 is a string, a number expected", forecast.under, forecast, { 0.1, "x" })
    mistake("unknown option 'fresh'", neap.forecast.race, { { 1 } }, 10, { fresh = true })
  end)
end)

describe("neap.forecast.race", function()
  it("gives each candidate its probability of being the best", function()
    local a, b, c = series(100, 0.2, 0.3, 5), series(100, 0.3, 0.3, 5), series(100, 0.25, 0.3, 5)
    local odds, expected = assert(neap.forecast.race({ a, b, c }, 1000))
    assert.is_true(expected[2] < expected[3] and expected[3] < expected[1])
    near(1, odds[1] + odds[2] + odds[3], 1e-12)
    assert.is_true(odds[2] > odds[3] and odds[3] > odds[1])
    near(odds[2], assert(neap.forecast.race({ b, a, c }, 1000))[1], 1e-9)
  end)

  it("hears the neighbours of a candidate where the rates are told", function()
    local rates, list = { 0.01, 0.1, 1 }, { series(100, 0.298, 0.1, 5), series(100, 0.3, 0.1, 5), series(100, -0.3, 0.1, 5) }
    local _, plain = assert(neap.forecast.race(list, 1000))
    local _, expected = assert(neap.forecast.race(list, 1000, { rates = rates }))
    assert.is_true(plain[2] < plain[1] and expected[1] < expected[2])
  end)

  it("gives a diverged candidate none", function()
    local a, b = series(30, 0.2, 0.1, 1), series(30, 0.9, 0.1, 1)
    b[30] = 0 / 0
    local odds, expected = neap.forecast.race({ a, b }, 300)
    assert.same({ 1.0, 0.0 }, odds)
    assert.equal(math.huge, expected[2])
    local none, problem, code = neap.forecast.race({ b }, 300)
    assert.is_nil(none)
    assert.equal("no series ends with a finite loss", problem)
    assert.equal("too_few", code)
  end)

  it("names every mistake", function()
    mistake("neap.forecast.race: a list of lists of losses expected, not a number", neap.forecast.race, 3, 10)
    mistake("neap.forecast.race: step is nil, a finite number expected", neap.forecast.race, { { 1 } })
    mistake("series 2 has 1 losses, the first has 2", neap.forecast.race, { { 1, 2 }, { 1 } }, 10)
    mistake("series 1 is no list of losses", neap.forecast.race, { 1, 2 }, 10)
    mistake("at least one series expected", neap.forecast.race, {}, 10)
    mistake("neap.forecast.race: rates: 1 rates for 2 series", neap.forecast.race, { { 1 }, { 2 } }, 10, { rates = { 1 } })
    mistake("neap.forecast.race: rates: rate 2 is 0, above 0 expected", neap.forecast.race, { { 1 }, { 2 } }, 10, { rates = { 1, 0 } })
    mistake("unknown option 'lowr' (did you mean 'lower'?)", neap.forecast.race, { { 1 } }, 10, { lowr = 0 })
  end)
end)

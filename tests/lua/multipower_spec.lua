local neap = require "neap"
local s = neap.schedule

local function near(expected, value, tolerance)
  assert.is_true(math.abs(value - expected) <= tolerance, ("%.17g, expected %.17g"):format(value, expected))
end

local function mistake(expected, f, ...)
  local done, problem = pcall(f, ...)
  assert.is_false(done)
  assert.is_truthy(tostring(problem):find(expected, 1, true), problem)
end

--- The law at every step, as the paper has it, without a warm-up.
local function law(L0, A, alpha, B, C, beta, gamma, rates)
  local losses, sum, before = {}, 0, {}
  for t, rate in ipairs(rates) do
    before[t], sum = sum, sum + rate
    local drop = 0
    for k = 2, t do
      if rates[k] ~= rates[k - 1] then
        drop = drop + (rates[k - 1] - rates[k]) * (1 - (C * rates[k] ^ -gamma * (sum - before[k]) + 1) ^ -beta)
      end
    end
    losses[t] = L0 + A * sum ^ -alpha - B * drop
  end
  return losses
end

describe("neap.multipower", function()
  local rates = (0.1 * s.step(300, { at = { 0.4, 0.7 }, factor = 0.3 })):values()
  local losses = law(0.4, 0.9, 0.5, 1.5, 2, 0.6, 0.64, rates)

  it("finds the law again where it shows", function()
    local fit = assert(neap.multipower(losses, { rates = rates }))
    near(0.4, fit.L0, 0.15)
    near(0.5, fit.alpha, 0.15)
    near(0.9, fit.A, 0.3)
    assert.equal(300, fit.used)
    near(losses[300], (fit:forecast(300)), 0.01)
    assert.is_truthy(tostring(fit):find("300 losses", 1, true))
  end)

  it("forecasts under rates to come, from a list, a number or a schedule", function()
    local seen, ahead = table.move(losses, 1, 180, 1, {}), table.move(rates, 181, 300, 1, {})
    local fit = assert(neap.multipower(seen, { rates = table.move(rates, 1, 180, 1, {}) }))
    local median, mean, sd = fit:under(ahead):forecast(300)
    near(math.exp(mean), median, 1e-12)
    near(math.log(losses[300]), mean, 2 * sd)
    assert.equal(fit:forecast(300), (fit:under(rates[180]):forecast(300)))
    local down = 0.03 * s.linear(120)
    assert.equal(fit:under(down):forecast(290), (fit:under(down:values()):forecast(290)))
    assert.is_true(fit:under(down):forecast(300) < fit:forecast(300))
  end)

  it("says when nothing can be fitted", function()
    local fit, problem, code = neap.multipower({ 0 / 0 }, { rates = 1 })
    assert.is_nil(fit)
    assert.equal("no finite loss to fit", problem)
    assert.equal("too_few", code)
  end)

  it("names every mistake", function()
    mistake("neap.multipower: option 'rates' is missing", neap.multipower, { 3, 2 })
    mistake("neap.multipower: a list of losses expected, not a number", neap.multipower, 3, { rates = 1 })
    mistake("neap.multipower: rates: 1 rates for 2 losses", neap.multipower, { 3, 2 }, { rates = { 1 } })
    mistake("neap.multipower: rates: all rates are 0", neap.multipower, { 3, 2 }, { rates = 0 })
    mistake("neap.multipower: losses: element 2 is a string", neap.multipower, { 3, "x" }, { rates = 1 })
    local fit = assert(neap.multipower({ 3, 2 }, { rates = 1 }))
    mistake("fit:forecast: step is nil", fit.forecast, fit)
    mistake("fit:under: rates: a number, a list of numbers or a schedule expected, not a nil", fit.under, fit)
    local wrong = fit:under { -1 }
    mistake("fit:forecast: rates: rate 1 is -1.0", wrong.forecast, wrong, 10)
  end)
end)

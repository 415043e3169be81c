--- The distribution of a training's loss at a later step, from a short and noisy series of its losses.
---
---   local forecast = assert(neap.forecast(losses))            -- of each step, from the change of the rate on
---   local mean, sd = forecast:forecast(1000)
---   local low, high = forecast:quantile(1000, 0.1), forecast:quantile(1000, 0.9)
---
--- where the rate changes, seen and to come:
---
---   local forecast = assert(neap.forecast(losses, { rates = rates }))    -- one for each loss
---   local mean, sd = forecast:under(0.1 * neap.schedule.rex(900)):forecast(1000)
---
--- and, for candidates that were trained on the same batches from the same start, who will be the best:
---
---   local odds, expected = assert(neap.forecast.race({ losses_a, losses_b }, 1000))   -- { 0.8, 0.2 }, { 0.98, 1.13 }

local colon = require "neap.colon"
local engine = require "neap.engine"
local finite = require "neap.finite"
local options = require "neap.options"
local rates_told = require "neap.rates_told"
local words = require "neap.words"

local forecast = {}

local FIRST = { 1.0, "step of the first loss" }
local STRIDE = { 1.0, "steps from one loss to the next", above = 0 }
local LOWER = { nil, "no loss lies below it; default 0, or no bound where a loss is negative", type = "number", optional = true }

local RACE <const> = options.declare {
  first = FIRST, stride = STRIDE, lower = LOWER,
  rates = { nil, "of each candidate, constant: lets neighbours speak for each other", type = "table", optional = true },
}

local DECLARED <const> = options.declare {
  first = FIRST, stride = STRIDE, lower = LOWER,
  fresh = { false, "the data never repeat, so nothing is learnt by heart" },
  rates = { nil, "of each loss: a number, a list or a schedule", type = "any", optional = true },
}

---@class neap.Forecast
---@field noise number      standard deviation of one loss around the curve at its end
---@field used integer      finite losses that it is made from
---@field lower? number     the bound; nil: none
---@field rated boolean     the rates of the losses were told
---@field diverged boolean  the last loss is not finite: whatever the forecast, this training is over
---@field private core engine.Forecast
---@field private ahead? engine.ForecastAhead    the rates to come; nil: the last one stays
local Forecast = {}
Forecast.__index = Forecast
Forecast.__name = "neap.Forecast"

local function check_finite(value, name, where)
  if type(value) ~= "number" or not finite(value) then
    error(("%s: %s is %s, a finite number expected"):format(where, name, tostring(value)), 3)
  end
end

--- Mean and standard deviation of the curve at a step (not of one noisy loss around it: that would be sqrt(sd^2 + noise^2)).
--- A loss more than e times the highest level seen counts as that in both. A step before the last loss's counts as that.
---@param step number
---@return number mean
---@return number sd
function Forecast:forecast(step)
  check_finite(step, "step", "forecast:forecast")
  return self.core:moments(step, self.ahead)
end

--- The loss below which the curve lies with probability p: 0.1 and 0.9 bound the 80 % interval.
---@param step number
---@param p number    between 0 and 1
---@return number loss
function Forecast:quantile(step, p)
  check_finite(step, "step", "forecast:quantile")
  if type(p) ~= "number" or not (p > 0 and p < 1) then
    error(("forecast:quantile: p is %s, a probability between 0 and 1 expected"):format(tostring(p)), 2)
  end
  return self.core:quantile(step, p, self.ahead)
end

--- The probability that the curve lies below a loss.
---@param step number
---@param loss number
---@return number probability
function Forecast:below(step, loss)
  check_finite(step, "step", "forecast:below")
  if type(loss) ~= "number" or loss ~= loss then
    error(("forecast:below: loss is %s, a number expected"):format(tostring(loss)), 2)
  end
  return self.core:below(step, loss, self.ahead)
end

--- The same forecast under the rates to come: a number, a list with one for each step after the last loss, or a schedule that
--- begins there. After them, the last one stays. Only where the rates of the losses were told.
---@param rates number|number[]|neap.Schedule
---@return neap.Forecast
function Forecast:under(rates)
  if not self.rated then
    error("forecast:under: the rates of the losses were not told: neap.forecast(losses, { rates = ... })", 2)
  end
  local done, ahead = pcall(self.core.ahead, self.core, rates_told.list(rates, 1, "forecast:under"))
  if not done then error("forecast:under: " .. words.reason(ahead), 2) end
  local other = { ahead = ahead }
  for key, value in pairs(self) do other[key] = other[key] or value end
  return setmetatable(other, Forecast)
end

function Forecast:__tostring()
  return ("forecast from %d losses%s"):format(self.used, self.diverged and ", diverged" or "")
end

colon.guard(Forecast, "forecast")

--- What the engine found wrong, with the list that it is in.
local function problem_of(raised, where, list)
  local of_rates = tostring(raised):find("bad argument #6", 1, true)
  return ("%s: %s: %s"):format(where, of_rates and "rates" or list, words.reason(raised))
end

local function check_losses(losses, where)
  if type(losses) ~= "table" then error(("%s: a list of losses expected, not a %s"):format(where, type(losses)), 3) end
end

--- Which of several candidates will have the lowest loss at a step. They were trained on the same batches, so that what the
--- batches have in common is no noise between them.
---
--- With 'rates', what is expected of a candidate is also what the others say: the best rate moves with the steps, and a faster one has
--- already walked where a slower one will go (doc/methods.md). Tell them wherever the candidates are constant rates.
---@param series number[][]    losses of each candidate, equally many; one whose last is not finite has diverged: probability 0
---@param step number
---@param given? { first?: number, stride?: number, lower?: number, rates?: number[] }
---@return number[]? probabilities    one for each candidate; they sum to 1
---@return number[]|string expected    the loss above 'lower' expected of each, as a multiple of that of the now better half's
---   mean (without bound: the distance from it); infinite where diverged. Pick by this: odds favour whoever is uncertain. Or the problem
---@return string? code    "too_few": no series ends with a finite loss
function forecast.race(series, step, given)
  local o = options.check(RACE, given, "neap.forecast.race")
  if type(series) ~= "table" then
    error(("neap.forecast.race: a list of lists of losses expected, not a %s"):format(type(series)), 2)
  end
  check_finite(step, "step", "neap.forecast.race")
  local done, odds, expected, code = pcall(engine.forecast_race, series, step, o.first, o.stride, o.lower, o.rates)
  if not done then error(problem_of(odds, "neap.forecast.race", "series"), 2) end
  return odds, expected, code
end

--- Forecast from a series of losses. Losses that are nan or infinite are left out.
---
--- Without 'rates' they are all at one rate, and so are the steps to come. With them, each loss has its own: the time of a
--- training passes by its rate, and what the noise of its steps costs goes with the rate (doc/methods.md).
---@param losses number[]
---@param given? { first?: number, stride?: number, lower?: number, fresh?: boolean, rates?: number|number[]|neap.Schedule }
---@return neap.Forecast? forecast
---@return string? problem
---@return string? code    "too_few": no finite loss
local function fit(_, losses, given)
  local o = options.check(DECLARED, given, "neap.forecast")
  check_losses(losses, "neap.forecast")
  local rates = o.rates and rates_told.seen(losses, o, "neap.forecast")
  local done, core, problem, code = pcall(engine.forecast, losses, o.first, o.stride, o.lower, o.fresh, rates)
  if not done then error(problem_of(core, "neap.forecast", "losses"), 2) end
  if not core then return nil, problem, code end
  local noise, used, lower = core:about()
  local last = losses[#losses]
  return setmetatable({
    core = core, noise = noise, used = used, lower = lower, diverged = not finite(last), rated = rates ~= nil,
  }, Forecast)
end

return setmetatable(forecast, { __call = fit })

--- The distribution of a training's loss at a later step, from a short and noisy series of its losses.
---
---   local forecast = assert(neap.forecast(losses))            -- of each step, from the change of the rate on
---   local mean, sd = forecast:forecast(1000)
---   local low, high = forecast:quantile(1000, 0.1), forecast:quantile(1000, 0.9)
---
--- and, for candidates that were trained on the same batches from the same start, who will be the best:
---
---   local odds, expected = assert(neap.forecast.race({ losses_a, losses_b }, 1000))   -- { 0.8, 0.2 }, { 0.98, 1.13 }

local engine = require "neap.engine"
local finite = require "neap.finite"
local options = require "neap.options"
local words = require "neap.words"

local forecast = {}

forecast.options = options.declare {
  first = { 1.0, "step of the first loss" },
  stride = { 1.0, "steps from one loss to the next", above = 0 },
  lower = { nil, "no loss lies below it; default 0, or no bound where a loss is negative", type = "number", optional = true },
}

---@class neap.Forecast
---@field noise number      standard deviation of one loss around the curve at its end
---@field used integer      finite losses that it is made from
---@field lower? number     the bound; nil: none
---@field diverged boolean  the last loss is not finite: whatever the forecast, this training is over
---@field private core engine.Forecast
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
  return self.core:moments(step)
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
  return self.core:quantile(step, p)
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
  return self.core:below(step, loss)
end

function Forecast:__tostring()
  return ("forecast from %d losses%s"):format(self.used, self.diverged and ", diverged" or "")
end

local function check_losses(losses, where)
  if type(losses) ~= "table" then error(("%s: a list of losses expected, not a %s"):format(where, type(losses)), 3) end
end

--- Which of several candidates will have the lowest loss at a step. They were trained on the same batches, so that what the
--- batches have in common is no noise between them.
---@param series number[][]    losses of each candidate, equally many; one whose last is not finite has diverged: probability 0
---@param step number
---@param given? { first?: number, stride?: number, lower?: number }
---@return number[]? probabilities    one for each candidate; they sum to 1
---@return number[]|string expected    the loss above 'lower' expected of each, as a multiple of that of the now better half's
---   mean (without bound: the distance from it); infinite where diverged. Pick by this: odds favour whoever is uncertain. Or the problem
---@return string? code    "too_few": no series ends with a finite loss
function forecast.race(series, step, given)
  local o = options.check(forecast.options, given, "neap.forecast.race")
  if type(series) ~= "table" then
    error(("neap.forecast.race: a list of lists of losses expected, not a %s"):format(type(series)), 2)
  end
  check_finite(step, "step", "neap.forecast.race")
  local done, odds, expected, code = pcall(engine.forecast_race, series, step, o.first, o.stride, o.lower)
  if not done then error("neap.forecast.race: series: " .. words.reason(odds), 2) end
  return odds, expected, code
end

--- Forecast from a series of losses at one rate. Losses that are nan or infinite are left out.
---@param losses number[]
---@param given? { first?: number, stride?: number, lower?: number }
---@return neap.Forecast? forecast
---@return string? problem
---@return string? code    "too_few": no finite loss
local function fit(losses, given)
  local o = options.check(forecast.options, given, "neap.forecast")
  check_losses(losses, "neap.forecast")
  local done, core, problem, code = pcall(engine.forecast, losses, o.first, o.stride, o.lower)
  if not done then error("neap.forecast: losses: " .. words.reason(core), 2) end
  if not core then return nil, problem, code end
  local noise, used, lower = core:about()
  local last = losses[#losses]
  return setmetatable({ core = core, noise = noise, used = used, lower = lower, diverged = not finite(last) }, Forecast)
end

return setmetatable(forecast, { __call = function(_, losses, given) return fit(losses, given) end })

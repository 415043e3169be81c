--- The exponential loss model L(t) = a exp(b t) + c, b < 0, fitted to a series of losses, and its forecast.
--- For the loss that a training will come to, see neap.forecast, which does
--- not take the curve for one exponential.

local colon = require "neap.colon"
local engine = require "neap.engine"
local finite = require "neap.finite"
local options = require "neap.options"
local words = require "neap.words"

local expfit = {}

local DECLARED = options.declare {
  method = { "bounded", "how to fit", choices = { "bounded", "published" } },
  first = { 1.0, "step of the first loss" },
  stride = { 1.0, "steps from one loss to the next", above = 0 },
  lower = { nil, "bounded: no forecast is below it (cross-entropy: 0); without, one may be negative", type = "number", optional = true },
  horizon = { 10.0, "bounded: the slowest decay looked for, in lengths of the series", min = 1 },
  validation = { false, "published: the form for a validation series, one round and one point dropped" },
}

---@class neap.Expfit
---@field a number        of the best single curve, in steps
---@field b number        < 0
---@field c number        the asymptote
---@field method string
---@field noise? number   standard deviation of one loss around the curve; nil when published
---@field used integer    losses that entered the fit: finite, and no outliers
---@field private first number
---@field private fit engine.Expfit
local Expfit = {}
Expfit.__index = Expfit
Expfit.__name = "neap.Expfit"

--- The mean curve at a step and its standard deviation: of the curve, not of one noisy loss around it
--- (that would be sqrt(sd^2 + noise^2)). The bounded fit averages over every b the series allows, so its mean is
--- near, not on, a exp(b step) + c, and steps before the first count as the first. It is not below the option 'lower'; without
--- that, losses that fall like a line are forecast below 0. The published fit has a mean only, and no bound.
---@param step number    not below 0, or not below the first where that is
---@return number mean
---@return number? sd    nil when published
function Expfit:forecast(step)
  if type(step) ~= "number" or not finite(step) then
    error(("fit:forecast: step is %s, a finite number expected"):format(tostring(step)), 2)
  end
  if step < 0 and step < self.first then
    error(("fit:forecast: step is %s, before the training: %.14g or more expected"):format(step, math.min(0, self.first)), 2)
  end
  return self.fit:forecast(step)
end

function Expfit:__tostring()
  return ("%.6g * exp(%.6g * t) + %.6g (%s, %d losses)"):format(self.a, self.b, self.c, self.method, self.used)
end

colon.guard(Expfit, "fit")

--- Fit a series of losses. Losses that are nan or infinite are left out.
---@param losses number[]
---@param given? { method?: "bounded"|"published", first?: number, stride?: number, lower?: number, horizon?: number, validation?: boolean }
---@return neap.Expfit? fit
---@return string? problem
---@return string? code    "too_few": no finite loss (published: fewer than three)
local function fit(_, losses, given)
  local o = options.check(DECLARED, given, "neap.expfit")
  if type(losses) ~= "table" then error(("neap.expfit: a list of losses expected, not a %s"):format(type(losses)), 2) end
  local done, made, problem, code
  if o.method == "published" then
    done, made, problem, code = pcall(engine.expfit_published, losses, o.first, o.stride, o.validation)
  else
    done, made, problem, code = pcall(engine.expfit_bounded, losses, o.first, o.stride, o.lower, o.horizon)
  end
  if not done then error("neap.expfit: losses: " .. words.reason(made), 2) end
  if not made then return nil, problem, code end
  local a, b, c, noise, used = made:coefficients()
  return setmetatable({ a = a, b = b, c = c, noise = noise, used = used, method = o.method, first = o.first, fit = made }, Expfit)
end

return setmetatable(expfit, { __call = fit })

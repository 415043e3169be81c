--- The multi-power law of losses under a changing rate (arXiv 2503.12811), fitted to a series whose rates are told.
--- For the loss that a training will come to, see neap.forecast,
--- which does not believe in one law.

local colon = require "neap.colon"
local engine = require "neap.engine"
local finite = require "neap.finite"
local options = require "neap.options"
local rates_told = require "neap.rates_told"
local words = require "neap.words"

local multipower = {}

local DECLARED = options.declare {
  rates = { nil, "of each loss: a number, a list or a schedule", type = "any" },
  first = { 1.0, "step of the first loss" },
  stride = { 1.0, "steps from one loss to the next", above = 0 },
  lower = { 0.0, "the law's floor is not below it" },
}

---@class neap.Multipower
---@field L0 number     L(t) = L0 + A S(t)^-alpha - B sum of (eta[k-1] - eta[k]) (1 - (C eta[k]^-gamma S_k(t) + 1)^-beta)
---@field A number
---@field alpha number
---@field B number
---@field C number
---@field beta number
---@field gamma number
---@field used integer  finite losses
---@field lower number
---@field private fit engine.Multipower
---@field private ahead? number[]
local Multipower = {}
Multipower.__index = Multipower
Multipower.__name = "neap.Multipower"

--- Of the law's loss at a step: the median, and the mean and deviation of its logarithm above 'lower'.
---@param step number
---@return number median
---@return number mean
---@return number sd
function Multipower:forecast(step)
  if type(step) ~= "number" or not finite(step) then
    error(("fit:forecast: step is %s, a finite number expected"):format(tostring(step)), 2)
  end
  local done, mean, sd = pcall(self.fit.forecast, self.fit, step, self.ahead)
  if not done then error("fit:forecast: rates: " .. words.reason(mean), 2) end
  return self.lower + math.exp(mean), mean, sd
end

--- The same fit under the rates to come: a number, a list with one for each step after the last loss, or a schedule that begins
--- there. After them, the last one stays.
---@param rates number|number[]|neap.Schedule
---@return neap.Multipower
function Multipower:under(rates)
  local other = {}
  for key, value in pairs(self) do other[key] = value end
  other.ahead = rates_told.list(rates, 1, "fit:under")
  return setmetatable(other, Multipower)
end

function Multipower:__tostring()
  return ("%.6g + %.6g S^-%.6g - %.6g sum (1 - (%.6g eta^-%.6g S_k + 1)^-%.6g) (%d losses)"):format(self.L0, self.A, self.alpha,
    self.B, self.C, self.gamma, self.beta, self.used)
end

colon.guard(Multipower, "fit")

--- Fit a series of losses. Losses that are nan or infinite are left out.
---@param losses number[]
---@param given { rates: number|number[]|neap.Schedule, first?: number, stride?: number, lower?: number }
---@return neap.Multipower? fit
---@return string? problem
---@return string? code    "too_few": no finite loss
local function fit(_, losses, given)
  local o = options.check(DECLARED, given, "neap.multipower")
  if type(losses) ~= "table" then error(("neap.multipower: a list of losses expected, not a %s"):format(type(losses)), 2) end
  local rates = rates_told.seen(losses, o, "neap.multipower")
  local done, made, problem, code = pcall(engine.multipower, losses, rates, o.first, o.stride, o.lower)
  if not done then
    local list = tostring(made):find("bad argument #2", 1, true) and "rates" or "losses"
    error(("neap.multipower: %s: %s"):format(list, words.reason(made)), 2)
  end
  if not made then return nil, problem, code end
  local self = { fit = made, lower = o.lower }
  self.L0, self.A, self.alpha, self.B, self.C, self.beta, self.gamma, self.used = made:parameters()
  return setmetatable(self, Multipower)
end

return setmetatable(multipower, { __call = fit })

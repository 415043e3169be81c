--- Gaussian-process regression.
---
---   local gp = neap.gp { kernel = "matern52", x = { 0.1, 0.5, 0.9 }, y = { 1.2, 0.3, 0.8 } }
---   local mean, variance = gp:predict(0.4)
---   gp:add(0.4, 0.25)                       -- O(n^2); hyper-parameters stay
---   gp:evidence(); gp:hyper(); #gp
---
--- A point is a list of numbers, or a number in one dimension. What is not given of length, signal, noise and mean is fitted
--- (MAP, priors as BoTorch has them).

local engine = require "neap.engine"
local options = require "neap.options"

local declared = options.declare {
  x = { nil, "the points: a list of numbers, or of lists of numbers", type = "table" },
  y = { nil, "the value at each point: a list of numbers", type = "table" },
  variance = { nil, "variance of each y beside the noise: a list of numbers", type = "table", optional = true },
  kernel = { "matern52", "covariance", choices = { "matern12", "matern32", "matern52", "squared_exponential" } },
  length = { nil, "length scale: a number, or one for each coordinate, in units of x", type = "any", optional = true },
  signal = { nil, "variance of the function, in units of y squared", type = "number", above = 0, below = math.huge, optional = true },
  noise = { nil, "variance of one observation", type = "number", min = 0, below = math.huge, optional = true },
  mean = { nil, "mean of the function", type = "number", above = -math.huge, below = math.huge, optional = true },
}

--- Condition a Gaussian process on points.
---@class neap.GpOptions
---@field x number[]|number[][]
---@field y number[]
---@field variance? number[]
---@field kernel? "matern12"|"matern32"|"matern52"|"squared_exponential"
---@field length? number|number[]
---@field signal? number
---@field noise? number
---@field mean? number

---@param given neap.GpOptions
---@return engine.Gp? gp
---@return string? problem
---@return string? code
return function(given)
  local o = options.check(declared, given, "neap.gp")
  local length = type(o.length) == "number" and { o.length } or o.length
  local done, gp, problem, code = pcall(engine.gp, o.kernel, o.x, o.y, o.variance, length, o.signal, o.noise, o.mean)
  if not done then
    local names = { "kernel", "x", "y", "variance", "length", "signal", "noise", "mean" }
    local _, _, position, why = tostring(gp):find("bad argument #(%d+) to '[^']*' %((.*)%)$")
    error("neap.gp: " .. (position and ("option '%s': %s"):format(names[tonumber(position)], why) or tostring(gp)), 2)
  end
  return gp, problem, code
end

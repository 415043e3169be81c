--- Gaussian-process regression.
---
---   local gp = neap.gp { kernel = "matern52", x = { 0.1, 0.5, 0.9 }, y = { 1.2, 0.3, 0.8 } }
---   local mean, variance = gp:predict(0.4)
---   gp:add(0.4, 0.25)                       -- O(n^2); hyper-parameters stay
---   gp:slope(0.4)                           -- gradients of mean and variance
---   gp:sample({ 0.1, 0.2, 0.3 }, seed)      -- one joint sample
---   gp:loo()                                -- what the others say of each y: means, variances
---   gp:evidence(); gp:hyper(); #gp
---
--- A point is a list of numbers, or a number in one dimension. What is not given of length, signal, noise and mean is fitted:
--- the mean by generalised least squares, the rest to the most probable value; with integrate = true, in one dimension, they
--- are averaged over.

local engine = require "neap.engine"
local options = require "neap.options"
local priors = require "neap.priors"

local declared = options.declare {
  x = { nil, "the points: a list of numbers, or of lists of numbers", type = "table" },
  y = { nil, "the value at each point: a list of numbers", type = "table" },
  variance = { nil, "variance of each y beside the noise: a list of numbers", type = "table", optional = true },
  kernel = { "matern52", "covariance", choices = { "matern12", "matern32", "matern52", "squared_exponential",
    "rational_quadratic" } },
  trend = { "constant", "mean of the function, fitted", choices = { "constant", "linear" } },
  integrate = { false, "one dimension: average over length and noise instead of choosing the most probable" },
  priors = { nil, '"neap", "botorch", "optuna", or { length =, signal =, noise = }; see neap.priors', type = "any", optional = true },
  length = { nil, "length scale: a number, or one for each coordinate, in units of x", type = "any", optional = true },
  signal = { nil, "variance of the function, in units of y squared", type = "number", above = 0, below = math.huge, optional = true },
  noise = { nil, "variance of one observation", type = "number", min = 0, below = math.huge, optional = true },
  mean = { nil, "mean of the function", type = "number", above = -math.huge, below = math.huge, optional = true },
}

---@class neap.GpOptions
---@field x number[]|number[][]
---@field y number[]
---@field variance? number[]
---@field kernel? "matern12"|"matern32"|"matern52"|"squared_exponential"|"rational_quadratic"
---@field trend? "constant"|"linear"
---@field integrate? boolean
---@field priors? string|table
---@field length? number|number[]
---@field signal? number
---@field noise? number
---@field mean? number

--- Condition a Gaussian process on points.
---@param given neap.GpOptions
---@return engine.Gp? gp    nil where a matrix is singular or there is no memory
---@return string? problem
---@return string? code
return function(given)
  local o = options.check(declared, given, "neap.gp")
  local problem
  local d = type(o.x[1]) == "table" and #o.x[1] or type(o.length) == "table" and #o.x == 0 and #o.length or 1
  o.priors, problem = priors.read(o.priors, d)
  if not o.priors then error("neap.gp: " .. problem, 2) end
  if type(o.length) == "number" then o.length = { o.length } end
  local done, gp, why, code = pcall(engine.gp, o.x, o.y, o.variance, o)
  if not done then
    local names = { "option 'x': ", "option 'y': ", "option 'variance': " }
    local _, _, position, what = tostring(gp):find("bad argument #(%-?%d+) to '[^']*' %((.*)%)$")
    error("neap.gp: " .. (position and (names[tonumber(position)] or "") .. what or tostring(gp)), 2)
  end
  return gp, why, code
end

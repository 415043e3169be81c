---@meta neap.engine
local engine = {}

--- Points here are lists in the order of the dimensions; neap.bayesopt gives them names.
---@class engine.Bayesopt
local Bayesopt = {}

---@return number[]? x
---@return string? problem
---@return string? code
function Bayesopt:ask() end

---@param x number[]           inside the space
---@param loss number          nan, inf: the trial failed
---@param variance? number     of this loss beside the noise; default 0
---@return engine.Bayesopt? opt
---@return string? problem
---@return string? code
function Bayesopt:tell(x, loss, variance) end

--- The told point of least posterior mean; nil, why, "too_few" while no trial has succeeded.
---@return number[]? x
---@return number|string mean
---@return string? code
function Bayesopt:best() end

---@param x number[]
---@return number? mean        nil, why, "too_few" while no trial has succeeded
---@return number|string deviation
---@return string? code
function Bayesopt:predict(x) end

--- Trials told.
---@return integer
function Bayesopt:size() end

---@param i integer            1 .. size
---@return number[] x
---@return number loss
---@return number variance
---@return boolean failed
function Bayesopt:trial(i) end

--- Points asked for and not told yet, oldest first; at most 64 are kept.
---@return number[][]
function Bayesopt:pending() end

--- What trials and pending points do not tell of the state.
---@return integer[] random     four
---@return integer designed     points of the initial design handed out
---@return number[] theta       where the last fit ended
function Bayesopt:state() end

--- Take up a saved state; for a new optimiser, which is of no more use when this fails.
---@param random integer[]
---@param designed integer
---@param theta number[]
---@param points number[][]
---@param losses number[]
---@param variances number[]
---@param pending number[][]
---@return engine.Bayesopt? opt
---@return string? problem
---@return string? code
function Bayesopt:restore(random, designed, theta, points, losses, variances, pending) end

---@param dimensions number[][]      { low, high, log 0|1, integer 0|1 }, 1 to 16 of them
---@param kernel "matern12"|"matern32"|"matern52"|"squared_exponential"
---@param acquisition "lcb"|"ei"
---@param kappa number               >= 0
---@param initial integer            -1: d + 2, at most 10
---@param seed integer
---@param length? number[]           one, or one for each dimension, in ln x on a log scale
---@param signal? number
---@param noise? number
---@param mean? number
---@return engine.Bayesopt? opt
---@return string? problem
---@return string? code
function engine.bayesopt(dimensions, kernel, acquisition, kappa, initial, seed, length, signal, noise, mean) end

return engine

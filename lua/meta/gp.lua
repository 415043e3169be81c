---@meta neap.engine
local engine = {}

---@class engine.Gp
local Gp = {}

--- Mean and variance of the function at x, without the noise of an observation.
---@param x number|number[]    a number in one dimension
---@return number mean
---@return number variance     inf where it exceeds the doubles
function Gp:predict(x) end

--- One observation more, hyper-parameters kept. O(n^2).
---@param x number|number[]
---@param y number
---@param variance? number     of this observation beside the noise; default 0
---@return engine.Gp? gp       itself; nil, why, code when there is no memory
---@return string? problem
---@return string? code
function Gp:add(x, y, variance) end

--- The log marginal likelihood of the observations under the hyper-parameters in use.
---@return number
function Gp:evidence() end

--- Hyper-parameters in use, given or fitted, in units of x and y.
---@return { length: number[], signal: number, noise: number, mean: number }
function Gp:hyper() end

--- The number of observations; also #gp.
---@return integer
function Gp:size() end

--- Condition a Gaussian process on points; what is nil of the last four is fitted (MAP). Use neap.gp for named options.
---@param kernel "matern12"|"matern32"|"matern52"|"squared_exponential"
---@param x number[]|number[][]      at most 16 coordinates
---@param y number[]
---@param variance? number[]         of each observation beside the noise
---@param length? number[]           one, or one for each coordinate
---@param signal? number
---@param noise? number
---@param mean? number
---@return engine.Gp? gp
---@return string? problem
---@return string? code
function engine.gp(kernel, x, y, variance, length, signal, noise, mean) end

return engine

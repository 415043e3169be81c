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

--- Gradients of mean and variance by x.
---@param x number|number[]
---@return number[] by_mean
---@return number[] by_variance
function Gp:slope(x) end

--- One joint sample of the function at some points.
---@param points number[]|number[][]    at most 4096
---@param seed integer
---@return number[]? f
---@return string? problem
---@return string? code
function Gp:sample(points, seed) end

--- What the other observations say of each y: its mean and its variance, noise included.
---@return number[]? means
---@return number[]|string variances
---@return string? code
function Gp:loo() end

--- The log marginal likelihood of the observations under the hyper-parameters in use, and its gradient by the logarithms of
--- the lengths, the signal and the noise.
---@return number? evidence
---@return number[]|string gradient
---@return string? code
function Gp:evidence() end

--- Hyper-parameters in use, given or fitted, in units of x and y; and those of all components, each with its weight.
---@return { length: number[], signal: number, noise: number, mean: number } hyper
---@return table[] components
function Gp:hyper() end

--- The number of observations; also #gp.
---@return integer
function Gp:size() end

--- Condition a Gaussian process on points; what the options leave out is fitted. Use neap.gp for named options.
---@param x number[]|number[][]      at most 16 coordinates
---@param y number[]
---@param variance number[]?         of each observation beside the noise
---@param options engine.ModelOptions
---@return engine.Gp? gp
---@return string? problem
---@return string? code
function engine.gp(x, y, variance, options) end

return engine

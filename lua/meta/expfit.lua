---@meta neap.engine

local engine = {}

--- A fit of L(t) = a exp(b t) + c.
---@class engine.Expfit
local Expfit = {}

--- The best single curve, in steps; the noise of one loss (nil when published); how many losses entered.
---@return number a
---@return number b
---@return number c
---@return number? noise
---@return integer used
function Expfit:coefficients() end

--- Mean curve at a step, and its standard deviation (nil when published).
---@param step number    finite
---@return number mean
---@return number? sd
function Expfit:forecast(step) end

--- Fit raw losses without their outliers, b within [-0.3, -1/(horizon n)] per loss.
---@param losses number[]
---@param first? number     step of the first loss; default 1
---@param stride? number    steps from loss to loss, > 0; default 1
---@param lower? number     bound of the asymptote; default none
---@param horizon? number   >= 1; default 10
---@return engine.Expfit? fit
---@return string? problem
---@return string? code
function engine.expfit_bounded(losses, first, stride, lower, horizon) end

--- Fit as AutoLRS published it: a parabola without its farthest points, then an exponential through it.
---@param losses number[]
---@param first? number
---@param stride? number
---@param validation? boolean   one round that drops one point
---@return engine.Expfit? fit
---@return string? problem
---@return string? code
function engine.expfit_published(losses, first, stride, validation) end

return engine

---@meta neap.engine

local engine = {}

--- The multi-power law, fitted.
---@class engine.Multipower
local Multipower = {}

---@return number L0
---@return number A
---@return number alpha
---@return number B
---@return number C
---@return number beta
---@return number gamma
---@return integer used    finite losses
function Multipower:parameters() end

--- Of the logarithm of the law's loss above 'lower'.
---@param step number      finite
---@param rates? number[]  of the steps after the last loss; default: the last one stays
---@return number mean
---@return number sd
function Multipower:forecast(step, rates) end

--- Fit the law; losses that are not finite are left out.
---@param losses number[]
---@param rates number[]    of each loss; finite, >= 0, not all 0
---@param first? number     step of the first loss; default 1
---@param stride? number    steps from loss to loss, > 0; default 1
---@param lower? number     the law's floor is not below it; default 0
---@return engine.Multipower? fit
---@return string? problem
---@return string? code     "too_few": no finite loss
function engine.multipower(losses, rates, first, stride, lower) end

return engine

---@meta neap.engine

local engine = {}

--- Rates to come.
---@class engine.ForecastAhead

--- The distribution of a training's loss at later steps.
---@class engine.Forecast
local Forecast = {}

--- Mean and standard deviation of the curve, not of one noisy loss around it.
---@param step number    finite; one before the last loss's counts as that
---@param ahead? engine.ForecastAhead    default: the last rate stays
---@return number mean
---@return number sd
function Forecast:moments(step, ahead) end

--- The loss below which the curve lies with probability p.
---@param step number
---@param p number    between 0 and 1
---@param ahead? engine.ForecastAhead
---@return number loss
function Forecast:quantile(step, p, ahead) end

--- The probability that the curve lies below a loss.
---@param step number
---@param loss number
---@param ahead? engine.ForecastAhead
---@return number probability
function Forecast:below(step, loss, ahead) end

--- Where the rates of the steps after the last loss lead; raises where those of the losses were not told.
---@param rates number[]    each finite and >= 0
---@return engine.ForecastAhead
function Forecast:ahead(rates) end

--- Deviation of one loss around the curve at its end; the finite losses; the bound of all losses, nil where none is known.
---@return number noise
---@return integer used
---@return number? lower
function Forecast:about() end

--- Forecast from a series of losses; those that are not finite are left out.
---@param losses number[]
---@param first? number     step of the first loss; default 1
---@param stride? number    steps from loss to loss, > 0; default 1
---@param lower? number     no loss lies below it; default 0, or none where a loss is negative
---@param fresh? boolean    the data never repeat
---@param rates? number[]   of each loss; finite, >= 0, not all 0
---@return engine.Forecast? forecast
---@return string? problem
---@return string? code     "too_few": no finite loss
function engine.forecast(losses, first, stride, lower, fresh, rates) end

--- For candidates trained on the same batches from the same start: the probability of each that its curve is the lowest, and
--- its expected loss (above 'lower') as a multiple of the better half's; without bound, its distance from that.
---@param losses number[][]    of equal length; one whose last loss is not finite has no chance
---@param step number
---@param first? number
---@param stride? number
---@param lower? number
---@param rates? number[]    of each candidate, > 0: 'expected' then hears its neighbours
---@return number[]? probabilities
---@return number[]|string expected    or the problem
---@return string? code     "too_few": no series ends with a finite loss
function engine.forecast_race(losses, step, first, stride, lower, rates) end

return engine

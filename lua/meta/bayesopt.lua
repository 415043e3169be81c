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

--- A trial of a former study: it informs the model, and counts neither as told nor as best. Before the first tell.
---@param x number[]
---@param loss number
---@param variance? number
---@return engine.Bayesopt? opt
---@return string? problem
---@return string? code
function Bayesopt:recall(x, loss, variance) end

--- Ask for this point before any other; at most 64 can wait.
---@param x number[]
---@return engine.Bayesopt? opt
---@return string? problem
---@return string? code
function Bayesopt:suggest(x) end

--- A point that was asked for will not be told.
---@param x number[]
---@return boolean pending     whether it was
function Bayesopt:drop(x) end

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

--- What a trial there is worth, larger is better: ln of the expected improvement or of its probability, or minus the bound.
---@param x number[]
---@return number? worth
---@return string? problem
---@return string? code
function Bayesopt:worth(x) end

--- Hyper-parameters of the most probable component, then of all with their weight, lengths in shares of each dimension; and
--- how many distinct points there were at the last fit.
---@return { length: number[], signal: number, noise: number, mean: number } hyper
---@return table[] components
---@return integer fitted
function Bayesopt:hyper() end

---@return integer told
---@return integer recalled
function Bayesopt:size() end

---@param i integer            1 .. told; those recalled follow
---@return number[] x
---@return number loss
---@return number variance
---@return boolean failed
function Bayesopt:trial(i) end

--- Points asked for and neither told nor dropped, oldest first; at most 64 are kept.
---@return number[][]
function Bayesopt:pending() end

--- Points that will be asked for first.
---@return number[][]
function Bayesopt:queued() end

--- What trials and points do not tell of the state.
---@return integer[] integers    generator (4), designed, settled, fitted, proposed, knee
---@return number[] numbers      the hedge's and the model's
function Bayesopt:state() end

--- Take up a saved state; for a new optimiser, which is of no more use when this fails.
---@param integers integer[]
---@param numbers number[]
---@param points number[][]      those recalled first
---@param losses number[]
---@param variances number[]
---@param pending number[][]
---@param queued number[][]
---@param recalled integer
---@return engine.Bayesopt? opt
---@return string? problem
---@return string? code
function Bayesopt:restore(integers, numbers, points, losses, variances, pending, queued, recalled) end

---@class engine.ModelOptions
---@field kernel? "matern12"|"matern32"|"matern52"|"squared_exponential"|"rational_quadratic"
---@field trend? "constant"|"linear"
---@field length? number[]       one, or one for each dimension
---@field signal? number
---@field noise? number
---@field mean? number
---@field integrate? boolean     one dimension: average over length and noise
--- Each prior is { kind, a, b }: 0 log-normal, 1 gamma, 2 inverse square, 3 normal log.
---@field priors? { length?: number[][], signal?: number[], noise?: number[] }

---@class engine.BayesoptOptions : engine.ModelOptions
---@field acquisition? "ei"|"pi"|"lcb"|"thompson"|"hedge"
---@field kappa? number          >= 0
---@field initial? integer
---@field budget? integer
---@field seed? integer

---@param dimensions number[][]      { low, high, log 0|1, kind 0 real|1 integer|2 categories }, 1 to 16 of them
---@param options engine.BayesoptOptions
---@return engine.Bayesopt? opt
---@return string? problem
---@return string? code
function engine.bayesopt(dimensions, options) end

return engine

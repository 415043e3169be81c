--- Bayesian optimisation: the lowest of few evaluations of an expensive loss. The caller owns the loop.
---
---   local opt = neap.bayesopt { space = { lr = { 1e-4, 1, scale = "log" } }, seed = 7 }
---   for _ = 1, 20 do
---     local x = opt:ask()                 -- { lr = 0.0123 }
---     opt:tell(x, train(x.lr))            -- nan or inf: a failed trial
---   end
---   local x, mean = opt:best()
---
--- Dimensions are ordered by name. On a log scale the model sees ln x, else x; `length` is in those units.

local colon = require "neap.colon"
local engine = require "neap.engine"
local former = require "neap.bayesopt_former"
local options = require "neap.options"
local words = require "neap.words"
local priors = require "neap.priors"
local saved = require "neap.bayesopt_text"
local space = require "neap.bayesopt_space"

local bayesopt = {}

local declared = options.declare {
  space = { nil, 'what to search: { name = { low, high, scale = "linear" or "log", integer = false }, ' ..
    "name = { choices = { .. } }, name = a value that stays, .. }", type = "table" },
  acquisition = { "ei", "worth of a point: expected improvement (by its logarithm), probability of improvement, lower confidence " ..
    "bound, Thompson sampling, or a hedge of the first three", choices = { "ei", "pi", "lcb", "thompson", "hedge" } },
  kappa = { 2.0, "lcb: weight of the deviation; large explores", min = 0, below = math.huge },
  kernel = { "matern52", "covariance",
    choices = { "matern12", "matern32", "matern52", "squared_exponential", "rational_quadratic" } },
  trend = { "constant", "mean of the loss over the space, fitted", choices = { "constant", "linear" } },
  integrate = { true, "one dimension: average over length and noise instead of choosing the most probable" },
  warp = { true, "press bad losses together where that explains them better; not where signal, noise or mean is fixed" },
  priors = { nil, '"neap", "botorch", "optuna", or { length =, signal =, noise = }; see neap.priors', type = "any", optional = true },
  seed = { 1, "determines the asks that follow from given tells" },
  initial = { nil, "quasi-random points first; default 5 in one dimension, else d + 2, at most 10", type = "integer", min = 0,
    max = 1048576, optional = true },
  first = { nil, "points to ask for before any other: a list of at most 64", type = "table", optional = true },
  budget = { nil, "trials in all, if known: the last goes where the loss is expected to be lowest", type = "integer", min = 1,
    max = 1048576, optional = true },
  former = { nil, "a former study to learn from: { from = an optimiser or its text, weight = 0.5 }", type = "table", optional = true },
  length = { nil, "length scale, fixed: a number, or { name = number, .. }", type = "any", optional = true },
  signal = { nil, "variance of the loss over the space, fixed", type = "number", above = 0, below = math.huge, optional = true },
  noise = { nil, "variance of one loss, fixed", type = "number", min = 0, below = math.huge, optional = true },
  mean = { nil, "mean of the loss over the space, fixed", type = "number", above = -math.huge, below = math.huge, optional = true },
}

---@class neap.Bayesopt
---@field private engine engine.Bayesopt
---@field private space neap.Space
---@field private options table
local Bayesopt = {}
Bayesopt.__index = Bayesopt

--- The optimiser of what was read; raises in terms of names at 'level' above here (-1: without a position).
local function construct(where, o, level)
  local done, opt, problem = pcall(engine.bayesopt, where.dimensions, o)
  if not done or not opt then
    problem = words.reason(done and problem or opt)
    problem = problem:gsub("^dimension (%d+)", function(i) return ("dimension '%s'"):format(where.names[tonumber(i)]) end)
    error("neap.bayesopt: " .. problem, level + 1)
  end
  return setmetatable({ engine = opt, space = where, options = o }, Bayesopt)
end

--- The numbers of a point; a mistake raises in the caller's caller.
---@private
function Bayesopt:values(x, where)
  local values, problem = self.space:values(x)
  if not values then error(("opt:%s: %s"):format(where, problem), 3) end
  return values
end

--- The next point to try, or a list of n to try at once: each expects the others to come out as predicted.
---@param n? integer    > 0
---@return table<string, any>|table<string, any>[] x
function Bayesopt:ask(n)
  if n == nil then return self.space:named(assert(self.engine:ask())) end
  local count = type(n) == "number" and math.tointeger(n)
  if not (count and count > 0) then error(("opt:ask: a whole number above 0 expected, not '%s'"):format(tostring(n)), 2) end
  local list = {}
  for i = 1, count do list[i] = self.space:named(assert(self.engine:ask())) end
  return list
end

--- The loss at a point, asked for or not. nan, inf: the trial failed.
---@param x table<string, any>
---@param loss number
---@param variance? number    of this loss beside the noise; default 0
function Bayesopt:tell(x, loss, variance)
  local values = self:values(x, "tell")
  if type(loss) ~= "number" then error(("opt:tell: loss is a %s, a number expected"):format(type(loss)), 2) end
  if variance ~= nil and not (type(variance) == "number" and variance >= 0 and variance < math.huge) then
    error(("opt:tell: variance is '%s', a finite number of at least 0 expected"):format(tostring(variance)), 2)
  end
  assert(self.engine:tell(values, loss, variance))
end

--- A point that was asked for will not be told.
---@param x table<string, any>
---@return boolean pending    whether it was asked for and not told
function Bayesopt:drop(x)
  return self.engine:drop(self:values(x, "drop"))
end

--- Ask for this point before any other; at most 64 can wait.
---@param x table<string, any>
function Bayesopt:suggest(x)
  local done, problem = self.engine:suggest(self:values(x, "suggest"))
  if not done then error("opt:suggest: " .. (problem and "at most 64 points can wait" or ""), 2) end
end

--- The told point of least posterior mean, and that mean; nil, why, "too_few" while no trial has succeeded.
---@return table<string, any>? x
---@return number|string mean
---@return string? code
function Bayesopt:best()
  local values, mean, code = self.engine:best()
  if not values then return nil, mean, code end
  return self.space:named(values), mean
end

--- What loss to expect at a point, noise aside; nil, why, "too_few" while no trial has succeeded.
---@param x table<string, any>
---@return number? mean
---@return number|string deviation    one standard deviation
---@return string? code
function Bayesopt:predict(x)
  return self.engine:predict(self:values(x, "predict"))
end

--- What a trial at a point is worth; larger is better. ei, thompson, hedge: ln of the expected improvement, pi: ln of its
--- probability, lcb: minus the bound, all in standard units of the losses. nil, why, "too_few" while no trial has succeeded.
---@param x table<string, any>
---@return number? worth
---@return string? problem
---@return string? code
function Bayesopt:worth(x)
  return self.engine:worth(self:values(x, "worth"))
end

local function trials_of(self, first, last)
  local list = {}
  for i = first, last do
    local values, loss, variance, failed = self.engine:trial(i)
    list[#list + 1] = { x = self.space:named(values), loss = loss, variance = variance, failed = failed }
  end
  return list
end

--- All trials in the order they were told.
---@return { x: table<string, any>, loss: number, variance: number, failed: boolean }[]
function Bayesopt:trials()
  return trials_of(self, 1, (self.engine:size()))
end

--- Points asked for and neither told nor dropped, oldest first.
---@return table<string, any>[]
function Bayesopt:pending()
  local list = {}
  for i, values in ipairs(self.engine:pending()) do list[i] = self.space:named(values) end
  return list
end

--- The model's hyper-parameters, the most probable ones; lengths by name, in x or in ln x on a log scale. Then all that it
--- averages over, each with its weight, and how many distinct points it had at the last fit.
---@return { length: table<string, number>, signal: number, noise: number, mean: number } hyper
---@return table[] components
---@return integer fitted
function Bayesopt:hyper()
  local hyper, components, fitted = self.engine:hyper()
  local function rename(h)
    local lengths = {}
    for i, name in ipairs(self.space.names) do lengths[name] = h.length[i] * self.space:width(i) end
    h.length = lengths
  end
  rename(hyper)
  for _, component in ipairs(components) do rename(component) end
  return hyper, components, fitted
end

--- What is known, as a picture: in the terminal, as text, or in a file that ends in .svg or .png. One dimension: mean, two
--- standard deviations, the trials, and below what a next one is worth; more: slices through the best point, or through `at`.
---@param file? string
---@param given? { at: table?, width: integer?, height: integer?, ascii: boolean? }    columns and rows; of a file, pixels
---@return string|true|nil drawn
---@return string? problem
---@return string? code
function Bayesopt:plot(file, given)
  local drawn, problem, code = require "neap.bayesopt_plot".draw(self, file, given)
  return drawn, problem, code
end

--- Where the search stands, in one line: print(opt).
function Bayesopt:__tostring()
  local failed, list = 0, self:trials()
  for _, trial in ipairs(list) do failed = failed + (trial.failed and 1 or 0) end
  local said = { ("neap.bayesopt over %s: %d trial%s"):format(table.concat(self.space.names, ", "), #list, #list == 1 and "" or "s") }
  if failed > 0 then said[#said + 1] = ("%d failed"):format(failed) end
  local pending = #self.engine:pending()
  if pending > 0 then said[#said + 1] = ("%d asked for and not told"):format(pending) end
  local best, mean = self:best()
  if best then said[#said + 1] = ("best %s, loss %.5g expected"):format(self.space:shown(best), mean) end
  return table.concat(said, "; ")
end

--- The whole state as text: bayesopt.restore(text) goes on identically, in this process or another.
---@return string
function Bayesopt:serialize()
  return saved.write(self.space, self.options, self.engine)
end

colon.guard(Bayesopt, "opt")

--- The optimiser that serialize() described, or nil, why not, "bad_data".
---@param text string
---@return neap.Bayesopt? opt
---@return string? problem
---@return string? code
function bayesopt.restore(text)
  if type(text) ~= "string" then error(("neap.bayesopt.restore: a text expected, not a %s"):format(type(text)), 2) end
  local state, problem = saved.read(text)
  if not state then return nil, "neap.bayesopt.restore: " .. problem, "bad_data" end
  local done, opt = pcall(construct, state.space, state.options, -1)
  if not done then return nil, tostring(opt), "bad_data" end
  local restored, why = select(2, pcall(opt.engine.restore, opt.engine, state.integers, state.numbers, state.points,
    state.losses, state.variances, state.pending, state.queued, state.recalled))
  if type(restored) ~= "userdata" then return nil, "neap.bayesopt.restore: " .. tostring(why or restored), "bad_data" end
  return opt
end

--- A new optimiser. A mistake in the options raises.
---@param given table
---@return neap.Bayesopt opt
local function new(_, given)
  local o = options.check(declared, given, "neap.bayesopt")
  local where = space.read(o.space)
  local read, problem = priors.read(o.priors, where.names)
  if not read then error("neap.bayesopt: " .. problem, 2) end
  o.length, o.priors = where:lengths(o.length), read
  local first, old = o.first or {}, nil
  if o.former then
    old, problem = former.read(o.former, bayesopt, Bayesopt)
    if not old then error("neap.bayesopt: option 'former': " .. problem, 2) end
    former.shape_priors(old, where, o)
  end
  o.space, o.first, o.former = nil, nil, nil
  if next(first) ~= nil and #first == 0 then error("neap.bayesopt: option 'first': a list of points expected: { { .. }, .. }", 2) end
  local opt = construct(where, o, 2)
  for i, x in ipairs(first) do
    local values, why = where:values(x)
    if not values then error(("neap.bayesopt: option 'first', point %d: %s"):format(i, why), 2) end
    if not opt.engine:suggest(values) then error("neap.bayesopt: option 'first': at most 64 points expected", 2) end
  end
  if old then former.recall(old, opt) end
  return opt
end

return setmetatable(bayesopt, { __call = new })

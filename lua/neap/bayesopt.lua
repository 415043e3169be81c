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

local engine = require "neap.engine"
local options = require "neap.options"
local saved = require "neap.bayesopt_text"
local space = require "neap.bayesopt_space"

local bayesopt = {}

local declared = options.declare {
  space = { nil, 'what to search: { name = { low, high, scale = "linear" or "log", integer = false }, .. }', type = "table" },
  acquisition = { "ei", "worth of a point: expected improvement, or lower confidence bound", choices = { "ei", "lcb" } },
  kappa = { 2.0, "lcb: weight of the deviation; large explores", min = 0, below = math.huge },
  kernel = { "matern52", "covariance", choices = { "matern12", "matern32", "matern52", "squared_exponential" } },
  seed = { 1, "determines the asks that follow from given tells" },
  initial = { nil, "quasi-random points first; default d + 2, at most 10", type = "integer", min = 0, max = 1048576, optional = true },
  length = { nil, "length scale, fixed: a number, or { name = number, .. }", type = "any", optional = true },
  signal = { nil, "variance of the loss over the space, fixed", type = "number", above = 0, below = math.huge, optional = true },
  noise = { nil, "variance of one loss, fixed", type = "number", min = 0, below = math.huge, optional = true },
  mean = { nil, "mean of the loss over the space, fixed", type = "number", above = -math.huge, below = math.huge, optional = true },
}

---@class neap.Bayesopt
---@field private engine engine.Bayesopt
---@field private names string[]       sorted
---@field private dimensions table[]   { low, high, log 0|1, integer 0|1 } by position
---@field private options table
local Bayesopt = {}
Bayesopt.__index = Bayesopt

--- The optimiser of what was read; raises in terms of names at 'level' above here (-1: without a position).
local function construct(names, dimensions, o, level)
  local done, opt, problem = pcall(engine.bayesopt, dimensions, o.kernel, o.acquisition, o.kappa, o.initial or -1, o.seed,
    o.length, o.signal, o.noise, o.mean)
  if not done or not opt then
    problem = tostring(done and problem or opt):gsub("^bad argument #%d+ to '[^']*' %((.*)%)$", "%1")
    problem = problem:gsub("^dimension (%d+)", function(i) return ("dimension '%s'"):format(names[tonumber(i)]) end)
    error("neap.bayesopt: " .. problem, level + 1)
  end
  return setmetatable({ engine = opt, names = names, dimensions = dimensions, options = o }, Bayesopt)
end

--- The numbers of a point in the order of names; a mistake raises in the caller's caller.
---@private
function Bayesopt:values(x, where)
  local function fail(...) error(("opt:%s: "):format(where) .. string.format(...), 4) end
  if type(x) ~= "table" then fail("a table of named numbers expected, not a %s", type(x)) end
  local values, known = {}, {}
  for i, name in ipairs(self.names) do known[name] = i end
  for key in pairs(x) do
    if not known[key] then fail("unknown key '%s'%s", tostring(key), options.hint(tostring(key), self.names)) end
  end
  for i, name in ipairs(self.names) do
    local low, high, _, integer = table.unpack(self.dimensions[i])
    local value = x[name]
    if value == nil then fail("'%s' is missing", name) end
    if type(value) ~= "number" then fail("'%s' is a %s, a number expected", name, type(value)) end
    if not (low <= value and value <= high) then fail("'%s' is %s, outside %s..%s", name, value, low, high) end
    if integer == 1 and not math.tointeger(value) then fail("'%s' is %s, a whole number expected", name, value) end
    values[i] = value
  end
  return values
end

---@private
function Bayesopt:named(values)
  local x = {}
  for i, name in ipairs(self.names) do
    x[name] = self.dimensions[i][4] == 1 and math.tointeger(values[i]) or values[i]
  end
  return x
end

--- The next point to try, or a list of n to try at once: each expects the others to come out as predicted.
---@param n? integer    > 0
---@return table<string, number>|table<string, number>[] x
function Bayesopt:ask(n)
  if n == nil then return self:named(assert(self.engine:ask())) end
  if not (math.type(n) == "integer" and n > 0) then error(("opt:ask: a whole number above 0 expected, not '%s'"):format(tostring(n)), 2) end
  local list = {}
  for i = 1, n do list[i] = self:named(assert(self.engine:ask())) end
  return list
end

--- The loss at a point, asked for or not. nan, inf: the trial failed.
---@param x table<string, number>
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

--- The told point of least posterior mean, and that mean; nil, why, "too_few" while no trial has succeeded.
---@return table<string, number>? x
---@return number|string mean
---@return string? code
function Bayesopt:best()
  local values, mean, code = self.engine:best()
  if not values then return nil, mean, code end
  return self:named(values), mean
end

--- What loss to expect at a point, noise aside; nil, why, "too_few" while no trial has succeeded.
---@return number? mean
---@return number|string deviation    one standard deviation
---@return string? code
function Bayesopt:predict(x)
  return self.engine:predict(self:values(x, "predict"))
end

--- All trials in the order they were told.
---@return { x: table<string, number>, loss: number, variance: number, failed: boolean }[]
function Bayesopt:trials()
  local list = {}
  for i = 1, self.engine:size() do
    local values, loss, variance, failed = self.engine:trial(i)
    list[i] = { x = self:named(values), loss = loss, variance = variance, failed = failed }
  end
  return list
end

--- The whole state as text: bayesopt.restore(text) goes on identically, in this process or another.
---@return string
function Bayesopt:serialize()
  return saved.write(self.names, self.dimensions, self.options, self.engine)
end

--- The optimiser that serialize() described, or nil, why not, "bad_data".
---@param text string
---@return neap.Bayesopt? opt
---@return string? problem
---@return string? code
function bayesopt.restore(text)
  if type(text) ~= "string" then error(("neap.bayesopt.restore: a text expected, not a %s"):format(type(text)), 2) end
  local state, problem = saved.read(text)
  if not state then return nil, "neap.bayesopt.restore: " .. problem, "bad_data" end
  local done, opt = pcall(construct, state.names, state.dimensions, state.options, -1)
  if not done then return nil, tostring(opt), "bad_data" end
  local restored, why = select(2, pcall(opt.engine.restore, opt.engine, state.random, state.designed, state.theta,
    state.points, state.losses, state.variances, state.pending))
  if type(restored) ~= "userdata" then return nil, "neap.bayesopt.restore: " .. tostring(why or restored), "bad_data" end
  return opt
end

--- A new optimiser.
local function new(_, given)
  local o = options.check(declared, given, "neap.bayesopt")
  local names, dimensions = space.read(o.space)
  o.length, o.space = space.lengths(o.length, names), nil
  local opt = construct(names, dimensions, o, 2)  -- no tail call: a mistake is the caller's
  return opt
end

return setmetatable(bayesopt, { __call = new })

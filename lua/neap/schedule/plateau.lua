--- Decay on plateau: a controller that lowers the rate when a metric has stopped improving. It is no function of the step, so it is no
--- schedule: it has a state, which can be saved and had back.
---   local p = s.plateau { rate = 0.1, patience = 5 }
---   rate = p:observe(validation_loss)      once per evaluation
---   s.plateau.restore(p:state())           goes on identically; a state is a table of plain values

local options = require "neap.options"

local OPTIONS = options.declare {
  rate = { nil, "the first rate", type = "number", above = 0 },
  mode = { "min", "whether the metric should fall or climb", choices = { "min", "max" } },
  factor = { 0.1, "what the rate is multiplied by", min = 0, below = 1 },
  patience = { 10, "observations without improvement that are let pass", min = 0 },
  threshold = { 1e-4, "how much better is an improvement", min = 0 },
  threshold_mode = { "relative", "whether that is a share of the best, or a difference", choices = { "relative", "absolute" } },
  cooldown = { 0, "observations after a fall that do not count", min = 0 },
  min = { 0.0, "lowest rate", min = 0 },
  least_change = { 1e-8, "a fall by no more than this is not made", min = 0 },
}

---@class neap.Plateau
---@field private options table
---@field private now number      the rate
---@field private best number
---@field private bad integer     observations since the last improvement
---@field private cooling integer observations of the cool-down still to come
local Plateau = {}
Plateau.__index = Plateau

--- The rate as it is now.
---@return number rate
function Plateau:rate() return self.now end

local function is_better(o, value, best)
  local sign = o.mode == "min" and 1 or -1
  if o.threshold_mode == "absolute" then return sign * value < sign * best - o.threshold end
  return sign * value < sign * (best * (1 - sign * o.threshold))
end

--- Tell the metric of one more evaluation; nan is no improvement.
---@param metric number
---@return number rate       from now on
---@return boolean reduced   by this observation
function Plateau:observe(metric)
  if type(metric) ~= "number" then error(("plateau:observe: a number expected, not a %s"):format(type(metric)), 2) end
  local o = self.options
  if is_better(o, metric, self.best) then self.best, self.bad = metric, 0 else self.bad = self.bad + 1 end
  if self.cooling > 0 then self.cooling, self.bad = self.cooling - 1, 0 end
  if self.bad <= o.patience then return self.now, false end
  local before, after = self.now, math.max(self.now * o.factor, o.min)
  local reduced = before - after > o.least_change
  if reduced then self.now = after end
  self.cooling, self.bad = o.cooldown, 0
  return self.now, reduced
end

--- Everything it knows, as a table of plain values that JSON can hold.
---@return table
function Plateau:state()
  local given = {}
  for name, value in pairs(self.options) do given[name] = value end
  local finite = self.best - self.best == 0
  return { options = given, now = self.now, best = finite and self.best or nil, bad = self.bad, cooling = self.cooling }
end

local function worst(o) return o.mode == "min" and math.huge or -math.huge end

--- The options, with the mistakes in them blamed on the caller's caller.
local function read(given, where) return options.check(OPTIONS, given, where) end

local function made(o)
  return setmetatable({ options = o, now = o.rate, best = worst(o), bad = 0, cooling = 0 }, Plateau)
end

local plateau = {}

--- A new controller.
---@param given table
---@return neap.Plateau
local function new(_, given) return (made(options.check(OPTIONS, given, "neap.schedule.plateau"))) end

--- The controller that a state was taken of.
---@param state table
---@return neap.Plateau
function plateau.restore(state)
  if type(state) ~= "table" or type(state.options) ~= "table" then error("neap.schedule.plateau.restore: a state expected", 2) end
  local self = made(read(state.options, "neap.schedule.plateau.restore"))
  for _, name in ipairs { "now", "best", "bad", "cooling" } do
    local value = state[name]
    if value == nil and name == "best" then value = worst(self.options) end
    if type(value) ~= "number" then error(("neap.schedule.plateau.restore: '%s' is no number"):format(name), 2) end
    self[name] = value
  end
  return self
end

--- Is a value a plateau controller?
---@param value any
---@return boolean
function plateau.is(value) return getmetatable(value) == Plateau end

return setmetatable(plateau, { __call = new })

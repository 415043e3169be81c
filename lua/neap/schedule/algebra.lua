--- What can be done with a schedule: its operators and methods.

local bind = require "neap.schedule.bind"
local colon = require "neap.colon"
local engine = require "neap.engine"
local draw = require "neap.schedule.draw"
local interpret = require "neap.schedule.interpret"
local momentum = require "neap.schedule.momentum"
local operations = require "neap.schedule.operations"
local text = require "neap.schedule.text"
local tree = require "neap.schedule.tree"

---@class neap.Schedule: engine.Schedule
local Schedule = engine.schedule_type.__index
local Loose = engine.schedule_loose_type.__index

--- Raise what a constructor reports, at the caller of the function that calls this: in parentheses, since a tail call has none.
local function checked(where, made, problem)
  if made == nil then error(where .. ": " .. problem, 3) end
  return made
end

local function both_schedules(a, b, operator)
  local wrong = not tree.is(a) and type(a) or not tree.is(b) and type(b)
  if wrong then error(("schedule %s: a schedule expected, not a %s"):format(operator, wrong), 3) end
end

--- A number or a schedule on either side, one of them at least a schedule.
local function sides(a, b, operator)
  local function is_side(value) return type(value) == "number" or tree.is(value) end
  local wrong = not is_side(a) and type(a) or not is_side(b) and type(b)
  if wrong then error(("schedule %s: a number or a schedule expected, not a %s"):format(operator, wrong), 3) end
end

local operators = {}

--- first .. second: then. The second sees steps from 0 again.
function operators.__concat(a, b)
  both_schedules(a, b, "..")
  return (checked("schedule ..", tree.join(a, b)))
end

--- number * schedule scales, schedule * schedule is the product step by step.
function operators.__mul(a, b)
  sides(a, b, "*")
  if type(a) == "number" then return (checked("schedule *", tree.scale(a, b))) end
  if type(b) == "number" then return (checked("schedule *", tree.scale(b, a))) end
  return (checked("schedule *", tree.combine("product", a, b)))
end

--- schedule + schedule, schedule + number: the sum step by step.
function operators.__add(a, b)
  sides(a, b, "+")
  return (checked("schedule +", tree.combine("sum", a, b)))
end

--- Are they made alike? How sequences were joined does not matter.
function operators.__eq(a, b)
  return tree.is(a) and tree.is(b) and text.format(a) == text.format(b)
end

function operators.__tostring(sched) return text.format(sched) end

for name, f in pairs(operators) do engine.schedule_type[name], engine.schedule_loose_type[name] = f, f end

for name in pairs(operations) do
  Schedule[name] = function(self, argument, given) return (checked("schedule:" .. name, tree.apply(name, self, argument, given))) end
end

--- The same schedule with every length in whole steps.
---@param given { budget?: integer, epoch?: number, batch?: integer, tokens?: integer }
---@return neap.Schedule
function Schedule:bind(given) return (checked("schedule:bind", bind.bound(self, given))) end

--- Are all lengths known, so that it can be evaluated?
---@return boolean
function Schedule:is_bound() return not tree.node(self).unbound end

--- The expression that makes this schedule; numbers are written so that they read back the same. Raises if it has a Lua
--- function without a module's name.
---@return string
function Schedule:describe()
  local described, problem = text.format(self, true)
  return (checked("schedule:describe", described, problem))
end

--- The schedule as JSON, in one line; neap.schedule.from_json reads it back. Raises as describe does.
---@return string
function Schedule:json() return (checked("schedule:json", require "neap.schedule.json".write(self))) end

--- This schedule for groups of parameters, each with its factor: { head = 10, body = 1, frozen = 0 }, or a list of factors.
---@generic K
---@param factors table<K, number>
---@return table<K, neap.Schedule>
function Schedule:groups(factors)
  if type(factors) ~= "table" then error(("schedule:groups: a table of factors expected, not a %s"):format(type(factors)), 2) end
  local groups = {}
  for name, factor in pairs(factors) do
    if type(factor) ~= "number" then error(("schedule:groups: factor '%s' is a %s, a number expected"):format(name, type(factor)), 2) end
    groups[name] = checked("schedule:groups", tree.scale(factor, self))
  end
  return groups
end

--- The momentum that goes with this schedule, or nil: one-cycle and cyclic have one, with_momentum gives one.
---@return neap.Schedule?
function Schedule:momentum()
  if tree.node(self).unbound then checked("schedule:momentum", bind.bound(self, {})) end
  local found, channel = pcall(momentum.of, self)
  if not found then error("schedule:momentum: " .. tostring(channel), 2) end
  return channel
end

--- A picture of the rate over the steps, and of the momentum where there is one, as text of several lines.
---@param width? integer    default 72
---@param height? integer   default 12
---@return string
function Schedule:plot(width, height)
  local _ = #self   -- raises where lengths are not known
  return (checked("schedule:plot", draw.text({ self }, { width = width, height = height })))
end

--- The same in a file that ends in .svg or .png.
---@param file string
---@param given? table    width, height in pixels, title, logy
---@return true? done
---@return string? problem
---@return string? code
function Schedule:picture(file, given)
  local _ = #self
  return draw.file({ self }, file, given)
end

colon.guard(Schedule, "schedule", tree.is)

for name, method in pairs(Schedule) do
  if Loose[name] == nil then Loose[name] = method end
end

--- A loose schedule that can be evaluated: its reader and its steps; else an error about what is not known yet.
local function reader(sched, where)
  if not tree.node(sched).unbound then return interpret.reader(sched) end
  local _, problem = bind.bound(sched, {})
  error(("%s: %s"):format(where, problem), 3)
end

local function check_step(t, where, what)
  local whole = type(t) == "number" and math.tointeger(t)
  if not whole or whole < 0 then
    error(("%s: %s is %s, a whole number not below 0 expected"):format(where, what, type(t) == "number" and t or type(t)), 3)
  end
  return whole
end

function Loose:at(t)
  return (reader(self, "schedule:at"))(check_step(t, "schedule:at", "step"))
end

function Loose:values(first, count)
  local read, steps = reader(self, "schedule:values")
  first = first and check_step(first, "schedule:values", "first step") or 0
  count = count and check_step(count, "schedule:values", "count") or math.max(steps - first, 0)
  local values = {}
  for i = 1, count do values[i] = read(first + i - 1) end
  return values
end

colon.guard(Loose, "schedule", tree.is)

function engine.schedule_loose_type.__len(sched)
  local _, steps = reader(sched, "#schedule")
  return steps
end

return Schedule

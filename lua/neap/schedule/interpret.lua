--- Schedules with a Lua function inside, evaluated here: the engine never calls Lua. The same rules as in
--- engine/numerics/schedule_at.c, one function for each operation; parts without a Lua function stay the engine's.

local engine = require "neap.engine"
local tree = require "neap.schedule.tree"
local words = require "neap.words"

local floor, max, min, huge = math.floor, math.max, math.min, math.huge

local interpret = {}

--- The function of a Lua piece: given, or found by its module's name.
local function function_of(o)
  if o.call then return o.call end
  local found, module = pcall(require, o.module)
  if not found then error(("lua: module '%s' cannot be loaded: %s"):format(o.module, (tostring(module):match "^[^\n]*")), 0) end
  local f = module
  if o.name then f = type(module) == "table" and module[o.name] or nil end
  if type(f) ~= "function" then
    error(("lua: module '%s' has no function%s"):format(o.module, o.name and " '" .. o.name .. "'" or " to return"), 0)
  end
  return f
end

local function lua_piece(node)
  local f, steps = nil, node.steps
  local function read(t)
    f = f or function_of(node.options)
    local rate = f(min(t, steps), steps)
    if type(rate) == "number" and rate >= 0 and rate < huge then return rate end
    error(("the Lua function of a schedule, asked for step %s of %d: a finite number not below 0 expected, not %s"):format(
      min(t, steps), steps, words.shown(rate)), 0)
  end
  return read, steps
end

--- The reader of a part, and its steps.
local function part_of(value)
  if type(value) == "number" then return function() return value end, 0 end
  if tree.node(value).lua then return interpret.reader(value) end
  return function(t) return engine.schedule_read(value, t) end, #value
end

local readers = { piece = lua_piece }

function readers.sequence(node)
  local first, steps = part_of(node[1])
  local second, more = part_of(node[2])
  return function(t)
    if t < steps then return first(t) end
    return second(t - steps)
  end, steps + more
end

function readers.scale(node)
  local part, steps = part_of(node[1])
  return function(t) return node.factor * part(t) end, steps
end

local function combined(combine)
  return function(node)
    local first, steps = part_of(node[1])
    local second, others = part_of(node[2])
    return function(t) return combine(first(t), second(t)) end, max(steps, others)
  end
end

readers.sum = combined(function(a, b) return a + b end)
readers.product = combined(function(a, b) return a * b end)
readers.max, readers.min = combined(max), combined(min)

function readers.clip(node)
  local part, steps = part_of(node[1])
  local low, high = node.options.low, node.options.high or huge
  return function(t) return max(low, min(high, part(t))) end, steps
end

function readers.sample(node)
  local part, steps = part_of(node[1])
  local every, percent = node.options.every, node.options.percent
  local share = percent and percent * steps
  return function(t)
    if t >= steps then return part(t) end
    return part(min(every and every * floor(t / every) or floor(t * 100 / share) * share / 100, t))
  end, steps
end

function readers.shift(node)
  local part, steps = part_of(node[1])
  return function(t) return part(max(t - node.argument, 0)) end, steps + node.argument
end

function readers.skip(node)
  local part, steps = part_of(node[1])
  return function(t) return part(t + node.argument) end, steps - node.argument
end

function readers.take(node)
  local part = part_of(node[1])
  return function(t) return part(min(t, node.argument)) end, node.argument
end

function readers.hold(node)
  local part, steps = part_of(node[1])
  return function(t) return part(t < steps and t or max(steps - 1, 0)) end, steps + node.argument
end

function readers.reversed(node)
  local part, steps = part_of(node[1])
  return function(t) return part(max(steps - 1 - t, 0)) end, steps
end

function readers.repeated(node)
  local part, steps = part_of(node[1])
  local times, factor = node.argument, node.options.factor
  return function(t)
    local number = steps > 0 and min(floor(t / steps), times - 1) or 0
    return part(t - steps * number) * factor ^ number
  end, steps * times
end

function readers.restarted(node)
  local part, length = part_of(node[1])
  local steps, o = node.argument, node.options
  -- The engine finds the cycle and the time in it: as a straight line over the cycle, and as its height.
  local line = engine.schedule_piece("linear", 1, "open", { to = 0 })
  local left = engine.schedule_restarts(line, steps, length, o.multiplier, 1, 0)
  local height = engine.schedule_restarts(engine.schedule_piece("constant", 1, "open", {}), steps, length, o.multiplier, o.decay, 0)
  return function(t)
    local rate = part((1 - engine.schedule_read(left, t)) * length)
    return engine.schedule_read(height, t) * rate + o.to * (1 - rate)
  end, steps
end

--- The noise of a step is the engine's: it is read off the noise of a constant.
function readers.noise(node)
  local part, steps = part_of(node[1])
  local o = node.options
  local noise = engine.schedule_noise(engine.schedule_piece("constant", 0, "open", {}), o.deviation, o.seed, o.uniform)
  return function(t) return part(t) * engine.schedule_read(noise, t) end, steps
end

function readers.with_momentum(node) return part_of(node[1]) end

--- How to read a schedule with a Lua function inside: the rate at a time, which may be a fraction of a step, and its steps.
---@return fun(t: number): number
---@return integer steps
function interpret.reader(sched)
  local node = tree.node(sched)
  if not node.reader then node.reader, node.length = readers[node.op](node) end
  return node.reader, node.length
end

return interpret

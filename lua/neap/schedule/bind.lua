--- Binding: from lengths in epochs or shares of a budget to whole steps. All sums are exact fractions; only where a part begins is
--- rounded to a step, so that no part is off by a step and the whole has exactly the steps it should.

local length = require "neap.schedule.length"
local operations = require "neap.schedule.operations"
local options = require "neap.options"
local pieces = require "neap.schedule.pieces"
local ratio = require "neap.schedule.ratio"
local rest = require "neap.schedule.rest"
local span = require "neap.schedule.span"
local tree = require "neap.schedule.tree"

local bind = {}

local steps_of, longer = span.steps_of, span.longer

local resolve

--- Positions in whatever unit, as shares or in steps.
local function resolve_options(node, units)
  local o = {}
  local function place(value)
    if type(value) == "number" then return value end
    return tostring(steps_of(value, units)) .. "st"
  end
  for name, value in pairs(node.options) do o[name] = value end
  for _, name in ipairs(pieces.known[node.name].positions or {}) do
    local value = o[name]
    if type(value) == "table" then
      local list = {}
      for i, element in ipairs(value) do list[i] = place(element) end
      o[name] = list
    elseif value ~= nil then
      o[name] = place(value)
    end
  end
  return o
end

local function must(sched, problem)
  if not sched then error(problem, 0) end
  return sched
end

--- For each operation that has a length: the bound schedule that begins at 'from', and where it ends.
local with_length = {}

function with_length.shift(node, units, from, steps)
  local part, to = resolve(node[1], units, from + steps)
  return must(tree.apply("shift", part, (from + steps):round() - from:round())), to
end

function with_length.skip(node, units, from, steps)
  local part, to = resolve(node[1], units, from)
  local shorter = longer(to - steps, from)
  return must(tree.apply("skip", part, to:round() - shorter:round())), shorter
end

function with_length.hold(node, units, from, steps)
  local part, to = resolve(node[1], units, from)
  return must(tree.apply("hold", part, (to + steps):round() - to:round())), to + steps
end

function with_length.restarted(node, units, from, steps)
  local part = resolve(node[1], units, from)
  return must(tree.apply("restarted", part, (from + steps):round() - from:round(), node.options)), from + steps
end

function with_length.take(node, units, from, steps)
  local part, to = resolve(node[1], units, from)
  if from + steps < to then to = from + steps end
  return must(tree.apply("take", part, to:round() - from:round())), to
end

function with_length.stretch(node, units, from, steps)
  local inner = span.of(node[1], units)
  if inner.n == 0 then error("stretch: a schedule without steps cannot be stretched", 0) end
  local stretched = setmetatable({ scale = units.scale * steps / inner }, { __index = units })
  return resolve(node[1], stretched, from), from + steps
end

--- Repetitions of a length that is no whole number of steps are not all of the same length.
local function repeated(node, units, from)
  local exact = span.of(node[1], units)
  if exact.d == 1 then
    local part = resolve(node[1], units, ratio.zero)
    return must(tree.apply("repeated", part, node.argument, node.options)), from + exact * ratio.of(node.argument)
  end
  local whole, height = nil, 1.0
  for _ = 1, node.argument do
    local part
    part, from = resolve(node[1], units, from)
    if node.options.factor ~= 1 then part = must(tree.scale(height, part)) end
    whole, height = whole and must(tree.join(whole, part)) or part, height * node.options.factor
  end
  return whole, from
end

local function pair(node, units, from)
  local ends, sides = from, {}
  for i = 1, 2 do
    local side, to = node[i], from
    if type(side) ~= "number" then side, to = resolve(side, units, from) end
    sides[i], ends = side, longer(ends, to)
  end
  return must(tree.combine(node.op, sides[1], sides[2])), ends
end

local function resolve_one(sched, units, from)
  local node = tree.node(sched)
  if node.op == "piece" then
    local to = from + steps_of(node.steps, units)
    local steps = to:round() - from:round()
    return must(tree.of { op = "piece", name = node.name, steps = steps, options = resolve_options(node, units) }), to
  end
  if node.op == "repeated" then return repeated(node, units, from) end
  if node.op == "scale" then
    local part, to = resolve(node[1], units, from)
    return must(tree.scale(node.factor, part)), to
  end
  local operation = operations[node.op]
  if not operation then return pair(node, units, from) end
  if operation.argument == "steps" then return with_length[node.op](node, units, from, steps_of(node.argument, units)) end
  local part, to = resolve(node[1], units, from)
  local o, argument = node.options, node.argument
  if operation.argument == "schedule" then argument = resolve(argument, units, from) end
  if o.every then o = { every = math.max(1, (ratio.of(o.every) * units.scale):round()) } end
  if operation.argument then return must(tree.apply(node.op, part, argument, o)), to end
  return must(tree.apply(node.op, part, o)), to
end

--- A schedule that begins at the exact time 'from', in whole steps, and where exactly it ends.
function resolve(sched, units, from)
  local whole
  for _, part in ipairs(tree.parts(sched)) do
    local bound
    bound, from = resolve_one(part, units, from)
    whole = whole and must(tree.join(whole, bound)) or bound
  end
  return whole, from
end

local UNITS <const> = options.declare {
  budget = { nil, "steps in all: what '0.7dur', '5%' and a piece without a length refer to", type = "integer", min = 0, optional = true },
  epoch = { nil, "steps of an epoch, for '10ep'", type = "number", above = 0, optional = true },
  batch = { nil, "samples of a step, for '2048sp'", type = "integer", min = 1, optional = true },
  tokens = { nil, "tokens of a step, for '93874tok'", type = "integer", min = 1, optional = true },
}

--- A schedule with every length in whole steps.
---@param given table    see UNITS
---@return neap.Schedule? sched
---@return string? problem
function bind.bound(sched, given)
  local o, problem = options.read(UNITS, given)
  if not o then return nil, problem end
  if not tree.node(sched).unbound then return sched end
  local epoch = o.epoch and ratio.read((length.text(o.epoch):gsub("st$", "")))
  local units = {
    scale = ratio.one, st = ratio.one, ep = epoch, dur = o.budget and ratio.of(o.budget),
    sp = o.batch and ratio.of(1, o.batch), tok = o.tokens and ratio.of(1, o.tokens),
  }
  local done, bound = pcall(function()
    local settled = o.budget and rest.settle(sched, units, ratio.of(o.budget)) or sched
    return (resolve(settled, units, ratio.zero))
  end)
  if done then return bound end
  return nil, bound
end

--- Stretch a schedule to so many steps: at once where all is known, else when it is bound.
---@return neap.Schedule? sched
---@return string? problem
function bind.stretch(sched, steps)
  local node = { op = "stretch", sched, argument = steps, options = {} }
  if tree.node(sched).unbound or not length.known(steps) then return tree.of(node) end
  local done, made = pcall(with_length.stretch, node, { scale = ratio.one, st = ratio.one }, ratio.zero, ratio.of(steps))
  if done then return made end
  return nil, made
end

return bind

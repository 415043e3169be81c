--- Schedules as trees: a schedule is a userdata that keeps the node it was made from, a plain table that is never changed:
---   { op = "piece", name =, steps =, options = }                 see neap.schedule.pieces
---   { op = "sequence", a, b }   { op = "sum" | "product" | "max" | "min", a, b }   { op = "scale", factor =, a }
---   { op = a method's name, a, argument =, options = }           see neap.schedule.operations
--- where a and b are schedules (or, in a sum, max or min, numbers). Most are the engine's, which evaluates them. Those
--- that it cannot evaluate are loose: node.unbound, some length is not known yet; node.lua, a function of Lua's is inside.
---
--- Every constructor here returns the schedule, or nil and what is wrong.

local engine = require "neap.engine"
local length = require "neap.schedule.length"
local operations = require "neap.schedule.operations"
local options = require "neap.options"
local pieces = require "neap.schedule.pieces"
local words = require "neap.words"

local tree = {}

--- Is a value a schedule?
---@param value any
---@return boolean
function tree.is(value)
  local kind = getmetatable(value)
  return type(value) == "userdata" and (kind == engine.schedule_type or kind == engine.schedule_loose_type)
end

tree.node = engine.schedule_node

--- The schedules that a node is made of.
---@return neap.Schedule[]
function tree.children(node)
  local list = {}
  for _, key in ipairs { 1, 2, "argument" } do
    if tree.is(node[key]) then list[#list + 1] = node[key] end
  end
  return list
end

local function number_schedule(number)
  return engine.schedule_scale(number, engine.schedule_piece("constant", 0, "open", {}))
end

local function combination(node)
  local function side(value) return type(value) == "number" and number_schedule(value) or value end
  return engine.schedule_combine(node.op, side(node[1]), side(node[2]))
end

local builders = {
  piece = function(node) return pieces.known[node.name].build(node.steps, node.options) end,
  sequence = function(node) return engine.schedule_join(node[1], node[2]) end,
  scale = function(node) return engine.schedule_scale(node.factor, node[1]) end,
  sum = combination, product = combination, max = combination, min = combination,
}

local function build(node)
  local builder = builders[node.op]
  if builder then return builder(node) end
  return operations[node.op].build(node[1], node.argument, node.options)
end

--- Is the node, its parts apart, without lengths that are still unknown?
local function own_bound(node)
  if node.op == "piece" then return pieces.bound(node) end
  if node.op == "stretch" then return false end
  local operation = operations[node.op]
  return not operation or operation.argument ~= "steps" or length.known(node.argument)
end

--- The schedule of a node.
---@return neap.Schedule? sched
---@return string? problem
function tree.of(node)
  node.unbound = not own_bound(node) or nil
  node.lua = node.op == "piece" and pieces.known[node.name].lua or nil
  for _, part in ipairs(tree.children(node)) do
    local inner = tree.node(part)
    node.unbound, node.lua = node.unbound or inner.unbound, node.lua or inner.lua
  end
  if node.unbound or node.lua then return engine.schedule_keep(engine.schedule_loose(), node) end
  local done, made = pcall(build, node)
  if not done then return nil, operations[node.op] and made:gsub("^%l+: ", "") or made end   -- whoever applied it names it
  return engine.schedule_keep(made, node)
end

function tree.piece(name, steps, given)
  local node, problem = pieces.read(name, steps, given)
  if not node then return nil, problem end
  return tree.of(node)
end

--- Known to have no steps: nothing in a sequence.
local function empty(sched)
  local node = tree.node(sched)
  return node.op == "piece" and node.steps == 0
end

function tree.join(first, second)
  if empty(second) then return first end
  if empty(first) then return second end
  return tree.of { op = "sequence", first, second }
end

function tree.scale(factor, part)
  if not (factor >= 0 and factor < math.huge) then
    return nil, ("schedule times %.15g: a number not below 0 expected"):format(factor)
  end
  local node = tree.node(part)
  if node.op == "scale" and factor * node.factor < math.huge then
    return tree.of { op = "scale", factor = factor * node.factor, node[1] }
  end
  return tree.of { op = "scale", factor = factor + 0.0, part }
end

--- op: "sum", "product", "max" or "min"; one side may be a number.
function tree.combine(op, first, second)
  for _, side in ipairs { first, second } do
    if type(side) == "number" and not (side >= 0 and side < math.huge) then
      return nil, ("%s with %.15g: a number not below 0 expected"):format(op, side)
    end
  end
  return tree.of { op = op, first, second }
end

local function read_argument(kind, value)
  if kind == "steps" then
    local canonical, problem = length.read(value)
    if canonical == "rest" then return nil, "how many steps? A whole number, or a text such as '10ep', expected" end
    return canonical, problem and "steps: " .. problem
  elseif kind == "times" then
    local times = math.tointeger(value)
    if type(value) ~= "number" or not times or times < 1 then
      return nil, ("how many times? A whole number above 0 expected, not %s"):format(words.shown(value))
    end
    return times
  elseif not tree.is(value) then
    return nil, ("a schedule expected, not %s"):format(words.shown(value))
  end
  return value
end

--- Apply an operation of neap.schedule.operations.
---@param name string
---@param part neap.Schedule
---@param argument any
---@param given? table
function tree.apply(name, part, argument, given)
  local operation = operations[name]
  if operation.argument then
    local read, problem = read_argument(operation.argument, argument)
    if problem then return nil, problem end
    argument = read
  else
    argument, given = nil, argument
  end
  if given ~= nil and type(given) ~= "table" then return nil, ("a table of options expected, not a %s"):format(type(given)) end
  local o, problem = options.read(operation.options, given)
  if not o then return nil, problem end
  if operation.check then
    local good, why = operation.check(o)
    if not good then return nil, why end
  end
  if name == "stretch" then return require "neap.schedule.bind".stretch(part, argument) end
  return tree.of { op = name, part, argument = argument, options = o }
end

--- The parts of a sequence in order, none of them a sequence; of another schedule itself alone.
---@return neap.Schedule[]
function tree.parts(sched)
  local list, waiting = {}, { sched }
  while #waiting > 0 do
    local node = tree.node(waiting[#waiting])
    local one = table.remove(waiting)
    if node.op == "sequence" then
      waiting[#waiting + 1] = node[2]
      waiting[#waiting + 1] = node[1]
    else
      list[#list + 1] = one
    end
  end
  return list
end

return tree

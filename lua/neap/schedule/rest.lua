--- Pieces without a length get what the other parts leave of the budget, exactly: in a sequence in equal shares, side by side each
--- as much as there is.

local length = require "neap.schedule.length"
local operations = require "neap.schedule.operations"
local ratio = require "neap.schedule.ratio"
local span = require "neap.schedule.span"
local tree = require "neap.schedule.tree"

local rest = {}

--- Does a schedule have a piece without a length?
local function has_rest(sched)
  for _, part in ipairs(tree.parts(sched)) do
    local node = tree.node(part)
    if node.op == "piece" and node.steps == "rest" then return true end
    for _, inner in ipairs(tree.children(node)) do
      if has_rest(inner) then return true end
    end
  end
  return false
end

--- What an operation leaves to what it is applied to.
local INNER <const> = {
  hold = function(whole, steps) return whole - steps end,
  shift = function(whole, steps) return whole - steps end,
  skip = function(whole, steps) return whole + steps end,
}

local settle

--- A part with a piece without a length in it, of so many steps.
local function settle_part(part, units, whole)
  local node = tree.node(part)
  local made = {}
  for key, value in pairs(node) do made[key] = value end
  if node.op == "piece" then
    made.steps = assert(length.read(tostring(whole) .. "st"))
    return assert(tree.of(made))
  end
  local operation = operations[node.op]
  if node.op == "repeated" then whole = whole / ratio.of(node.argument)
  elseif INNER[node.op] then whole = INNER[node.op](whole, span.steps_of(node.argument, units)) end
  for _, key in ipairs { 1, 2 } do
    if tree.is(node[key]) then made[key] = settle(node[key], units, whole) end
  end
  if operation and operation.argument == "schedule" then made.argument = settle(node.argument, units, whole) end
  return assert(tree.of(made))
end

--- The schedule with a length for every piece, the whole of so many steps if any had none.
---@param sched neap.Schedule
---@param units table<string, neap.Ratio>
---@param whole neap.Ratio    its steps
---@return neap.Schedule
function settle(sched, units, whole)
  if not has_rest(sched) then return sched end
  local parts, open, left = tree.parts(sched), 0, whole
  for _, part in ipairs(parts) do
    if has_rest(part) then open = open + 1 else left = left - span.of(part, units) end
  end
  if left < ratio.zero then error(("the budget of %s steps is spent before a piece without a length gets any"):format(whole), 0) end
  local made
  for _, part in ipairs(parts) do
    if has_rest(part) then part = settle_part(part, units, left / ratio.of(open)) end
    made = made and assert(tree.join(made, part)) or part
  end
  return made
end

rest.settle = settle

return rest

--- How long a schedule is, exactly, when units have these worths: a table of unit -> neap.Ratio of steps, with "scale" for all.

local length = require "neap.schedule.length"
local operations = require "neap.schedule.operations"
local ratio = require "neap.schedule.ratio"
local tree = require "neap.schedule.tree"

local span = {}

--- Unit -> the option of Schedule:bind that says what it is worth.
local GIVEN_BY <const> = { rest = "budget", dur = "budget", ep = "epoch", sp = "batch", tok = "tokens" }

--- How many steps a length is, or an error that says what has to be known.
---@return neap.Ratio
function span.steps_of(canonical, units)
  local steps, unit = length.steps(canonical, units)
  if steps then return steps end
  local what = unit == "rest" and "a piece without a length" or ("the length '%s'"):format(canonical)
  error(("%s depends on the %s: schedule:bind{ %s = .. }"):format(what, GIVEN_BY[unit], GIVEN_BY[unit]), 0)
end

function span.longer(a, b) return a < b and b or a end

local function side_span(side, units) return type(side) == "number" and ratio.zero or span.of(side, units) end

--- How long operations leave what they are applied to.
local SPANS <const> = {
  shift = function(inner, argument) return inner + argument end,
  hold = function(inner, argument) return inner + argument end,
  skip = function(inner, argument) return span.longer(inner - argument, ratio.zero) end,
  take = function(inner, argument) return inner < argument and inner or argument end,
  stretch = function(_, argument) return argument end,
  restarted = function(_, argument) return argument end,
}

--- The exact length of a schedule.
---@return neap.Ratio
function span.of(sched, units)
  local total = ratio.zero
  for _, part in ipairs(tree.parts(sched)) do
    local node = tree.node(part)
    local operation = operations[node.op]
    local steps
    if node.op == "piece" then steps = span.steps_of(node.steps, units)
    elseif not operation then steps = span.longer(side_span(node[1], units), node[2] and side_span(node[2], units) or ratio.zero)
    elseif node.op == "repeated" then steps = span.of(node[1], units) * ratio.of(node.argument)
    elseif SPANS[node.op] then steps = SPANS[node.op](span.of(node[1], units), span.steps_of(node.argument, units))
    else steps = span.of(node[1], units) end
    total = total + steps
  end
  return total
end

return span

--- A schedule through points: from a table of Lua's, or from the columns of a CSV file.

local engine = require "neap.engine"
local length = require "neap.schedule.length"
local options = require "neap.options"
local tree = require "neap.schedule.tree"

local points = {}

local OPTIONS = options.declare {
  step = { "step", "name of the column of steps, whole numbers or not, ascending from 0 on" },
  rate = { "rate", "name of the column of rates" },
  shape = { "linear", "how it goes from one point to the next", choices = { "constant", "linear", "cosine", "geometric" } },
  steps = { nil, "how long it is; default: up to the last point, its rate included", type = "integer", min = 1, optional = true },
}

--- The piece through points (steps[i], rates[i]). It is one step longer than the last point, which is so its last step.
local function through(steps, rates, o)
  if #steps == 0 then return nil, "no points" end
  local at = {}
  for i, step in ipairs(steps) do
    if not (step >= 0 and step < 1 << 48) then return nil, ("point %d: step %s, a number not below 0 expected"):format(i, step) end
    if i > 1 and step < steps[i - 1] then return nil, ("point %d: step %s comes after %s"):format(i, step, steps[i - 1]) end
    at[i] = length.text(step)
  end
  local count = o.steps or math.tointeger(math.ceil(steps[#steps])) + 1
  return tree.piece("piecewise", count, { at = at, value = rates, shape = o.shape })
end

--- A schedule through points: { { 0, 0.1 }, { 500, 0.1 }, { 1000, 0.01 } }.
---@param list number[][]    { step, rate } each
---@param given? table       shape, steps
---@return neap.Schedule? sched
---@return string? problem
function points.of(list, given)
  local o, problem = options.read(OPTIONS, given)
  if not o then return nil, problem end
  local steps, rates = {}, {}
  for i, point in ipairs(list) do
    if type(point) ~= "table" or type(point[1]) ~= "number" or type(point[2]) ~= "number" then
      return nil, ("point %d: { step, rate } expected"):format(i)
    end
    steps[i], rates[i] = point[1], point[2]
  end
  return through(steps, rates, o)
end

--- A schedule through the rows of a CSV file.
---@param file string
---@param given? table    step and rate (names of columns), shape, steps
---@return neap.Schedule? sched
---@return string? problem
---@return string? code
function points.read(file, given)
  local o, wrong = options.read(OPTIONS, given)
  if not o then return nil, wrong, "bad_argument" end
  local rows, problem, code = engine.table_read(file, { { o.step, "finite" }, { o.rate, "finite" } })
  if not rows then return nil, problem, code end
  local made, why = through(rows:column(1), rows:column(2), o)
  if made then return made end
  return nil, ("%s: %s"):format(file, why), "bad_data"
end

return points

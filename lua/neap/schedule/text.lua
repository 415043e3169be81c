--- Schedules as text, in the form of the Lua expression that makes them: "0.1 * (warmup(500) .. rex(9500))".
--- What format writes, parse reads back to an equal schedule.

local operations = require "neap.schedule.operations"
local pieces = require "neap.schedule.pieces"
local tree = require "neap.schedule.tree"

local text = {}

--- How tightly an expression holds together, as in Lua.
local THEN <const>, SUM <const>, PRODUCT <const>, CALL <const> = 1, 2, 3, 4

--- The shortest decimal form that reads back as the same number.
function text.number(x)
  if math.type(x) == "integer" then return tostring(x) end
  for digits = 15, 17 do
    local form = ("%." .. digits .. "g"):format(x)
    if tonumber(form) == x then return form end
  end
  return ("%.17g"):format(x)
end

local function value_of(value)
  if type(value) == "number" then return text.number(value) end
  if type(value) == "boolean" then return tostring(value) end
  if type(value) == "string" then return '"' .. value .. '"' end
  if type(value) == "function" then return ("<%s>"):format(value) end
  local words = {}
  for i, element in ipairs(value) do words[i] = value_of(element) end
  return "{" .. table.concat(words, ", ") .. "}"
end

--- Are two values of an option the same? Lists are compared element by element.
function text.same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  if #a ~= #b then return false end
  for i = 1, #a do
    if not text.same(a[i], b[i]) then return false end
  end
  return true
end

--- The options that are not the defaults, in braces, by name; "" when there are none.
local function options_of(o, declared)
  local names, words = {}, {}
  for name, value in pairs(o) do
    if not text.same(value, declared[name].default) then names[#names + 1] = name end
  end
  table.sort(names)
  for i, name in ipairs(names) do words[i] = name .. " = " .. value_of(o[name]) end
  return #words > 0 and "{" .. table.concat(words, ", ") .. "}" or ""
end

local format

local function within(value, level)
  if type(value) == "number" then return text.number(value) end
  local words, inner = format(value)
  return inner < level and "(" .. words .. ")" or words
end

local function piece(node)
  local given = options_of(node.options, pieces.known[node.name].options)
  local steps = node.steps == "rest" and "" or value_of(node.steps)
  if steps == "" and given ~= "" then steps = '"rest"' end
  return ("%s(%s%s)"):format(node.name, steps, given ~= "" and ", " .. given or "")
end

local function method(node)
  local operation = operations[node.op]
  local given = options_of(node.options, operation.options)
  local argument = operation.argument == "schedule" and format(node.argument) or operation.argument and value_of(node.argument) or nil
  local part = within(node[1], CALL)
  if not argument and given ~= "" then return ("%s:%s%s"):format(part, node.op, given) end
  return ("%s:%s(%s%s)"):format(part, node.op, argument or "", given ~= "" and ", " .. given or "")
end

--- max(max(a, b), c) is max(a, b, c).
local function largest(node)
  local words, first = { within(node[2], THEN) }, node[1]
  while tree.is(first) and tree.node(first).op == node.op do
    local inner = tree.node(first)
    table.insert(words, 1, within(inner[2], THEN))
    first = inner[1]
  end
  table.insert(words, 1, within(first, THEN))
  return ("%s(%s)"):format(node.op, table.concat(words, ", "))
end

local writers = {
  piece = function(node) return piece(node), CALL end,
  scale = function(node) return ("%s * %s"):format(text.number(node.factor), within(node[1], CALL)), PRODUCT end,
  product = function(node) return ("%s * %s"):format(within(node[1], PRODUCT), within(node[2], CALL)), PRODUCT end,
  sum = function(node) return ("%s + %s"):format(within(node[1], SUM), within(node[2], PRODUCT)), SUM end,
  max = function(node) return largest(node), CALL end,
  min = function(node) return largest(node), CALL end,
}

--- The expression, and how tightly it holds together.
function format(sched)
  local parts = tree.parts(sched)
  if #parts > 1 then
    local words = {}
    for i, part in ipairs(parts) do words[i] = format(part) end
    return table.concat(words, " .. "), THEN
  end
  local node = tree.node(sched)
  local writer = writers[node.op]
  if writer then return writer(node) end
  return method(node), CALL
end

--- Is there a function in it that no name can be written for?
local function nameless(sched)
  for _, part in ipairs(tree.parts(sched)) do
    local node = tree.node(part)
    if not node.lua then goto continue end
    if node.op == "piece" and node.options.call then return true end
    for _, inner in ipairs(tree.children(node)) do
      if nameless(inner) then return true end
    end
    ::continue::
  end
  return false
end

--- Raised, or returned where the caller wants to know: a function cannot be written down.
text.NAMELESS = "a Lua function without a name cannot be written down: put it into a module and name that, lua(steps, {module = \"..\"})"

--- The expression that makes a schedule.
---@param sched neap.Schedule
---@param faithful? boolean    nil and a message where it could not be read back; else such a function is shown as <function: ..>
---@return string? expression
---@return string? problem
function text.format(sched, faithful)
  if faithful and nameless(sched) then return nil, text.NAMELESS end
  return (format(sched))
end

return text

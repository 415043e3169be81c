--- Schedules as JSON, for other programs to read and write:
---   { "op": "scale", "factor": 0.1, "of": { "op": "then", "parts": [ { "profile": "warmup", "steps": 500 }, { "profile": "rex" } ] } }
--- A piece has a profile, perhaps steps (a number, or a text such as "0.7dur") and options; the rest are named as in
--- neap.schedule.tree and neap.schedule.operations. Options that have their default are left out.

local engine = require "neap.engine"
local operations = require "neap.schedule.operations"
local options = require "neap.options"
local pieces = require "neap.schedule.pieces"
local text = require "neap.schedule.text"
local tree = require "neap.schedule.tree"

local json = {}

local PAIRS <const> = { sum = true, product = true, max = true, min = true }

local function options_of(o, declared)
  local given, any = {}, false
  for name in pairs(o) do
    if not text.same(o[name], declared[name].default) then given[name], any = o[name], true end
  end
  return any and given or nil
end

local plain

local function side(value) return type(value) == "number" and value or plain(value) end

function plain(sched)
  local parts = tree.parts(sched)
  if #parts > 1 then
    local list = {}
    for i, part in ipairs(parts) do list[i] = plain(part) end
    return { op = "then", parts = list }
  end
  local node = tree.node(sched)
  if node.op == "piece" then
    return {
      profile = node.name, steps = node.steps ~= "rest" and node.steps or nil,
      options = options_of(node.options, pieces.known[node.name].options),
    }
  elseif node.op == "scale" then
    return { op = "scale", factor = node.factor, of = plain(node[1]) }
  elseif PAIRS[node.op] then
    return { op = node.op, of = { side(node[1]), side(node[2]) } }
  end
  local operation = operations[node.op]
  local made = { op = node.op, of = plain(node[1]), options = options_of(node.options, operation.options) }
  if operation.argument == "schedule" then made[operation.argument] = plain(node.argument)
  elseif operation.argument then made[operation.argument] = node.argument end
  return made
end

--- The JSON of a schedule, in one line.
---@return string? json
---@return string? problem
function json.write(sched)
  local described, problem = text.format(sched, true)
  if not described then return nil, problem end
  local done, written = pcall(function() return engine.json_encode(plain(sched), { "op", "profile", "steps" }) end)
  if not done then return nil, (tostring(written):gsub("^[^ ]+:%d+: ", "")) end
  return written
end

local function fail(where, message) error({ problem = ("schedule JSON, %s: %s"):format(where, message) }, 0) end

local function must(where, sched, problem)
  if sched == nil then fail(where, problem) end
  return sched
end

--- Only these fields, and these must be there.
local function check_fields(where, value, known, needed)
  if type(value) ~= "table" then fail(where, ("an object expected, not a %s"):format(type(value))) end
  for name in pairs(value) do
    if not known[name] then fail(where, ("unknown field '%s'%s"):format(tostring(name), options.hint(tostring(name), known))) end
  end
  for _, name in ipairs(needed) do
    if value[name] == nil then fail(where, ("field '%s' is missing"):format(name)) end
  end
end

local read

local function read_side(where, value)
  if type(value) == "number" then return value end
  return read(where, value)
end

local function read_then(where, value)
  check_fields(where, value, { op = 1, parts = 1 }, { "parts" })
  if type(value.parts) ~= "table" or #value.parts == 0 then fail(where, "'parts': a list of schedules expected") end
  local whole
  for i, part in ipairs(value.parts) do
    local inner = ("%s.parts[%d]"):format(where, i)
    local one = read(inner, part)
    whole = whole and must(inner, tree.join(whole, one)) or one
  end
  return whole
end

local function read_pair(where, value)
  check_fields(where, value, { op = 1, of = 1 }, { "of" })
  if type(value.of) ~= "table" or #value.of ~= 2 then fail(where, "'of': a list of two schedules expected") end
  local first, second = read_side(where .. ".of[1]", value.of[1]), read_side(where .. ".of[2]", value.of[2])
  if type(first) == "number" and type(second) == "number" then fail(where, "'of': at least one schedule expected") end
  return must(where, tree.combine(value.op, first, second))
end

local function read_scale(where, value)
  check_fields(where, value, { op = 1, of = 1, factor = 1 }, { "of", "factor" })
  if type(value.factor) ~= "number" then fail(where, "'factor': a number expected") end
  return must(where, tree.scale(value.factor, read(where .. ".of", value.of)))
end

local function read_operation(where, value)
  local operation = operations[value.op]
  local known = { op = 1, of = 1, options = 1 }
  if operation.argument then known[operation.argument] = 1 end
  check_fields(where, value, known, { "of", operation.argument })
  local part, argument = read(where .. ".of", value.of), operation.argument and value[operation.argument]
  if operation.argument == "schedule" then argument = read(where .. ".schedule", argument) end
  if operation.argument then return must(where, tree.apply(value.op, part, argument, value.options)) end
  return must(where, tree.apply(value.op, part, value.options))
end

--- The schedule of a decoded JSON value; 'where' is the way to it.
function read(where, value)
  if type(value) ~= "table" then fail(where, ("an object expected, not a %s"):format(type(value))) end
  if value.op == nil then
    check_fields(where, value, { profile = 1, steps = 1, options = 1 }, { "profile" })
    return must(where, tree.piece(value.profile, value.steps, value.options))
  end
  if value.op == "then" then return read_then(where, value) end
  if value.op == "scale" then return read_scale(where, value) end
  if PAIRS[value.op] then return read_pair(where, value) end
  if operations[value.op] then return read_operation(where, value) end
  return fail(where, ("unknown 'op' '%s'%s"):format(tostring(value.op), options.hint(tostring(value.op), operations)))
end

--- Read what write writes.
---@param source string
---@return neap.Schedule? sched
---@return string? problem    where, and what was expected
---@return string? code       "bad_data"
function json.read(source)
  local value, problem, code = engine.json_decode(source)
  if problem then return nil, problem, code end
  local done, made = pcall(read, "$", value)
  if done then return made end
  if type(made) == "table" and made.problem then return nil, made.problem, "bad_data" end
  error(made, 0)
end

return json

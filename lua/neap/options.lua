--- Tables of named options: declared once, one line each, with their default; read with every mistake named.
---
--- A declaration maps a name to its default (whose type is the option's type) or to a list
--- { default, "what it means", type =, min =, max =, above =, below =, choices =, optional = }:
---   tau = 1000                                                an integer, because the default is one
---   kappa = { 1000.0, "weight of the deviation", min = 0 }    a number
---   kernel = { "matern52", choices = { "matern12", "matern52" } }
---   lr = { "1e-3:0.1", "rates to search", type = "range" }    read as { min, max }, 0 < min < max
--- Types: integer, number, string, boolean, range, table, function, any. An option without default is { nil, "..", type = ".." },
--- and must be given unless it is marked optional = true.

local words = require "neap.words"

local options = {}

options.hint = words.hint

--- The interval of rates written "MIN:MAX", or given as { min, max }.
---@param value any
---@return number[]? range    { min, max }, 0 < min < max
---@return string? problem
function options.range(value)
  local low, high
  if type(value) == "table" then
    local entries = 0
    for _ in pairs(value) do entries = entries + 1 end
    if entries == 2 then low, high = value[1], value[2] end
  elseif type(value) == "string" then
    local a, b = value:match("^([^:]+):([^:]+)$")
    low, high = tonumber(a), tonumber(b)
  end
  if type(low) ~= "number" or type(high) ~= "number" then return nil, "MIN:MAX expected, such as 1e-3:0.3" end
  if not (low > 0 and low < high and high < math.huge) then return nil, "0 < MIN < MAX expected" end
  return { low + 0.0, high + 0.0 }
end

local readers = {}

--- The number a value is, or that a text spells.
local function number_of(value)
  if type(value) == "string" then value = tonumber(value) end
  return type(value) == "number" and value or nil
end

function readers.integer(value)
  local integer = math.tointeger(number_of(value))
  if not integer then return nil, "a whole number expected" end
  return integer
end

function readers.number(value)
  local number = number_of(value)
  if not number or number ~= number then return nil, "a number expected" end
  if number == math.huge or number == -math.huge then return nil, "a finite number expected" end
  return number + 0.0
end

function readers.string(value)
  if type(value) ~= "string" then return nil, "a text expected" end
  return value
end

function readers.boolean(value)
  if type(value) == "boolean" then return value end
  local known = ({ ["true"] = 1, yes = 1, on = 1, ["false"] = 0, no = 0, off = 0 })[value]
  if not known then return nil, "true or false expected" end
  return known == 1
end

function readers.table(value)
  if type(value) ~= "table" then return nil, "a table expected" end
  return value
end

readers["function"] = function(value)
  if type(value) ~= "function" then return nil, "a function expected" end
  return value
end

function readers.any(value) return value end

readers.range = options.range

local function type_of(default)
  return math.type(default) == "integer" and "integer" or type(default)
end

local function outside(option, value)
  if type(value) ~= "number" then return nil end
  if option.min and not (value >= option.min) then return ("at least %s expected"):format(option.min) end
  if option.max and not (value <= option.max) then return ("at most %s expected"):format(option.max) end
  if option.above and not (value > option.above) then return ("above %s expected"):format(option.above) end
  if option.below and not (value < option.below) then return ("below %s expected"):format(option.below) end
  return nil
end

--- Read one value by its declaration; text, as it comes from a command line, is read as what it should be.
---@return any value
---@return string? problem    one line that names the option, the value and what was expected
function options.read_one(option, value)
  local read, why = readers[option.type](value)
  why = why or outside(option, read)
  if why then return nil, ("option '%s': %s, not %s"):format(option.name, why, words.shown(value)) end
  if not option.choices then return read end
  for _, choice in ipairs(option.choices) do
    if choice == read then return read end
  end
  return nil, ("option '%s': unknown value %s%s"):format(option.name, words.shown(value), words.hint(read, option.choices))
end

local FIELDS = { type = 1, min = 1, max = 1, above = 1, below = 1, choices = 1, optional = 1 }

--- Complete a declaration: every option becomes a table { name, default, about, type, ... }. A wrong one raises.
---@param declared table<string, any>
---@return table<string, table>
function options.declare(declared)
  if type(declared) ~= "table" then error(("a table of options expected, not a %s"):format(type(declared)), 2) end
  local complete = {}
  for name, given in pairs(declared) do
    local o = type(given) == "table" and given or { given }
    local kind = o.type or type_of(o[1])
    if not readers[kind] then error(("option '%s': unknown type '%s'%s"):format(name, kind, words.hint(kind, readers)), 2) end
    for field in pairs(o) do
      if field ~= 1 and field ~= 2 and not FIELDS[field] then
        error(("option '%s': unknown field '%s'%s"):format(name, field, words.hint(field, FIELDS)), 2)
      end
    end
    local option = {
      name = name, default = o[1], about = o[2] or "", type = kind, choices = o.choices, optional = o.optional,
      min = o.min, max = o.max, above = o.above, below = o.below,
    }
    if o[1] ~= nil then
      local problem
      option.ready, problem = options.read_one(option, o[1])
      if problem then error("default of " .. problem, 2) end
    end
    complete[name] = option
  end
  return complete
end

--- A default as its reader may have it: a table is a copy, so that nobody changes the declaration.
local function fresh(default)
  if type(default) ~= "table" or getmetatable(default) then return default end
  local copy = {}
  for key, value in pairs(default) do copy[key] = value end
  return copy
end

--- The problem with the first key that is no option, if there is one.
local function unknown_of(declared, given)
  local any = false
  for name in pairs(given) do any = any or not declared[name] end
  if not any then return nil end
  for _, name in ipairs(words.sorted(given)) do
    if not declared[name] then return ("unknown option %s%s"):format(words.shown(name), words.hint(tostring(name), declared)) end
  end
end

--- The first problem, in the order of the names, so that of several mistakes the same one is told each time.
local function problem_of(declared, given)
  for _, name in ipairs(words.sorted(declared)) do
    local option = declared[name]
    if given[name] ~= nil then
      local _, problem = options.read_one(option, given[name])
      if problem then return problem end
    elseif option.default == nil and not option.optional then
      return ("option '%s' is missing%s"):format(name, option.about ~= "" and ": " .. option.about or "")
    end
  end
end

--- Read a table of options: defaults filled in, every value checked.
---@param declared table<string, table>   from options.declare
---@param given? table<string, any>
---@return table? values
---@return string? problem
function options.read(declared, given)
  local values, wrong = {}, false
  given = given or {}
  if type(given) ~= "table" then return nil, "a table of options expected, not " .. words.shown(given) end
  local unknown = unknown_of(declared, given)
  if unknown then return nil, unknown end
  for name, option in pairs(declared) do
    if given[name] == nil then
      values[name] = fresh(option.ready)
      wrong = wrong or option.default == nil and not option.optional
    else
      local value, problem = options.read_one(option, given[name])
      values[name], wrong = value, wrong or problem
    end
  end
  if wrong then return nil, problem_of(declared, given) end
  return values
end

--- Read a table of options given to a function: a mistake raises, at the caller of the function that calls this.
---@param where string    the function's name: "neap.bayesopt"
---@return table values
function options.check(declared, given, where)
  if given ~= nil and type(given) ~= "table" then
    error(("%s: a table of options expected, not a %s"):format(where, type(given)), 3)
  end
  local values, problem = options.read(declared, given)
  if not values then error(where .. ": " .. problem, 3) end
  return values
end

return options

--- Tables of named options: declared once, one line each, with their default; read with every mistake named.
---
--- A declaration maps a name to its default (whose type is the option's type) or to a list
--- { default, "what it means", type =, min =, max =, above =, below =, choices =, optional = }:
---   tau = 1000                                                an integer, because the default is one
---   kappa = { 1000.0, "weight of the deviation", min = 0 }    a number
---   kernel = { "matern52", choices = { "matern12", "matern52" } }
---   lr = { "1e-3:0.1", "rates to search", type = "range" }    read as { min, max }, 0 < min < max
--- Types: integer, number, string, boolean, range, table, any. An option without default is { nil, "..", type = ".." },
--- and must be given unless it is marked optional = true.

local options = {}

--- Edit distance (Levenshtein 1966) between two words.
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      diagonal, row[j] = row[j], math.min(row[j] + 1, row[j - 1] + 1, diagonal + cost)
    end
  end
  return row[#b]
end

--- The words of a table's keys, or of a list, sorted.
local function words_of(known)
  local words = {}
  if #known > 0 then
    for _, word in ipairs(known) do words[#words + 1] = word end
  else
    for word in pairs(known) do words[#words + 1] = tostring(word) end
  end
  table.sort(words)
  return words
end

--- What to tell a user who wrote an unknown word: " (did you mean 'tau'?)", or the list of what there is.
---@param word string
---@param known table    a list of words, or a table whose keys are the words
---@return string
function options.hint(word, known)
  local words, best, nearest = words_of(known), math.huge, nil
  for _, candidate in ipairs(words) do
    local d = distance(tostring(word):lower(), candidate:lower())
    if d < best then best, nearest = d, candidate end
  end
  if nearest and best <= math.max(2, #nearest // 2) then return (" (did you mean '%s'?)"):format(nearest) end
  if #words == 0 then return " (there are none)" end
  return (" (expected one of: %s)"):format(table.concat(words, ", "))
end

--- The interval of rates written "MIN:MAX", or given as { min, max }.
---@param value any
---@return number[]? range    { min, max }, 0 < min < max
---@return string? problem
function options.range(value)
  local low, high
  if type(value) == "table" then
    low, high = value[1], value[2]
  elseif type(value) == "string" then
    local a, b = value:match("^([^:]+):([^:]+)$")
    low, high = tonumber(a), tonumber(b)
  end
  if type(low) ~= "number" or type(high) ~= "number" then return nil, "MIN:MAX expected, such as 1e-3:0.3" end
  if not (low > 0 and low < high and high < math.huge) then return nil, "0 < MIN < MAX expected" end
  return { low + 0.0, high + 0.0 }
end

local readers = {}

function readers.integer(value)
  local number = type(value) == "string" and tonumber(value) or value
  local integer = type(number) == "number" and math.tointeger(number)
  if not integer then return nil, "a whole number expected" end
  return integer
end

function readers.number(value)
  local number = type(value) == "string" and tonumber(value) or value
  if type(number) ~= "number" or number ~= number then return nil, "a number expected" end
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

function readers.any(value) return value end

readers.range = options.range

local function type_of(default)
  return math.type(default) == "integer" and "integer" or type(default)
end

--- Complete a declaration: every option becomes a table { name, default, about, type, ... }.
---@param declared table<string, any>
---@return table<string, table>
function options.declare(declared)
  local complete = {}
  for name, given in pairs(declared) do
    local o = type(given) == "table" and given or { given }
    local kind = o.type or type_of(o[1])
    if not readers[kind] then error(("option '%s': unknown type '%s'"):format(name, kind), 2) end
    complete[name] = {
      name = name, default = o[1], about = o[2] or "", type = kind, choices = o.choices, optional = o.optional,
      min = o.min, max = o.max, above = o.above, below = o.below,
    }
  end
  return complete
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
  if read == nil then
    return nil, ("option '%s': %s, not '%s'"):format(option.name, why, tostring(value))
  end
  why = outside(option, read)
  if why then return nil, ("option '%s': %s, not '%s'"):format(option.name, why, tostring(value)) end
  if option.choices then
    for _, choice in ipairs(option.choices) do
      if choice == read then return read end
    end
    return nil, ("option '%s': unknown value '%s'%s"):format(option.name, tostring(value), options.hint(read, option.choices))
  end
  return read
end

--- Read a table of options: defaults filled in, every value checked.
---@param declared table<string, table>   from options.declare
---@param given? table<string, any>
---@return table? values
---@return string? problem
function options.read(declared, given)
  local values = {}
  for name in pairs(given or {}) do
    if not declared[name] then
      return nil, ("unknown option '%s'%s"):format(tostring(name), options.hint(tostring(name), declared))
    end
  end
  for name, option in pairs(declared) do
    local value = given and given[name]
    if value == nil then value = option.default end
    if value ~= nil then
      local read, problem = options.read_one(option, value)
      if problem then return nil, problem end
      values[name] = read
    elseif not option.optional then
      return nil, ("option '%s' is missing: %s"):format(name, option.about)
    end
  end
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

--- What a script says about a space, as the engine wants it: dimensions in the order of their names; and points, from a
--- script's names to the engine's numbers and back.
---
---   lr = { 1e-4, 1, scale = "log" }      depth = { 1, 8, integer = true }
---   optimizer = { choices = { "sgd", "adam" } }      momentum = 0.9 (fixed: a number, a string, a boolean)

local words = require "neap.words"

local space = {}

local REAL <const>, INTEGER <const>, CATEGORY <const> = 0, 1, 2

local dimension_keys = { "scale", "integer", "choices" }

---@class neap.Space
---@field names string[]                sorted, so that nothing depends on the order of a table
---@field dimensions number[][]         { low, high, log 0|1, kind 0|1|2 } in the order of names
---@field choices table<string, any[]>  of the categories
---@field constants table<string, any>
local Space = {}
Space.__index = Space

local function is_plain(value)
  local kind = type(value)
  return kind == "string" or kind == "boolean" or (kind == "number" and value == value and math.abs(value) < math.huge)
end

local function read_choices(choices, fail)
  if type(choices) ~= "table" or #choices < 2 then fail("choices: a list of at least two expected") end
  local seen = {}
  for _, value in ipairs(choices) do
    if not is_plain(value) then fail("choices: numbers, strings or booleans expected, not %s", words.shown(value)) end
    if seen[value] then fail("choices: %s twice", words.shown(value)) end
    seen[value] = true
  end
  return { 1, #choices, 0, CATEGORY }, table.move(choices, 1, #choices, 1, {})
end

local function read_dimension(name, given)
  local function fail(...) error(("neap.bayesopt: dimension '%s': "):format(name) .. string.format(...), 5) end
  if type(given) ~= "table" then fail("{ low, high } expected, not a %s", type(given)) end
  for key in pairs(given) do
    if key ~= 1 and key ~= 2 and key ~= "scale" and key ~= "integer" and key ~= "choices" then
      fail("unknown key '%s'%s", tostring(key), words.hint(tostring(key), dimension_keys))
    end
  end
  if given.choices ~= nil then
    if given[1] or given.scale or given.integer then fail("choices alone, or { low, high }, expected") end
    return read_choices(given.choices, fail)
  end
  local scale, integer = given.scale or "linear", given.integer
  if math.type(given[1]) == nil or math.type(given[2]) == nil then fail("{ low, high } expected, two numbers") end
  if scale ~= "linear" and scale ~= "log" then
    fail("unknown scale '%s'%s", tostring(scale), words.hint(tostring(scale), { "linear", "log" }))
  end
  if integer ~= nil and type(integer) ~= "boolean" then fail("integer: true or false expected, not '%s'", tostring(integer)) end
  return { given[1], given[2], scale == "log" and 1 or 0, integer and INTEGER or REAL }
end

--- Read a space; mistakes raise in the caller's caller.
---@param given table<string, any>
---@return neap.Space
function space.read(given)
  local s = space.new()
  for name in pairs(given) do
    if type(name) ~= "string" or name == "" then error(("neap.bayesopt: space: a name expected, not '%s'"):format(tostring(name)), 3) end
    if is_plain(given[name]) then s.constants[name] = given[name] else s.names[#s.names + 1] = name end
  end
  table.sort(s.names)
  for i, name in ipairs(s.names) do s.dimensions[i], s.choices[name] = read_dimension(name, given[name]) end
  return s
end

--- A space without dimensions, to be filled.
---@return neap.Space
function space.new()
  return setmetatable({ names = {}, dimensions = {}, choices = {}, constants = {} }, Space)
end

--- The number of one value of dimension i, or nil and what is wrong.
function Space:number(i, value)
  local name, low, high, kind = self.names[i], self.dimensions[i][1], self.dimensions[i][2], self.dimensions[i][4]
  if value == nil then return nil, ("'%s' is missing"):format(name) end
  if kind == CATEGORY then
    for at, choice in ipairs(self.choices[name]) do if choice == value then return at end end
    return nil, ("'%s' is %s%s"):format(name, words.shown(value), words.hint(tostring(value), self.choices[name]))
  end
  if type(value) ~= "number" then return nil, ("'%s' is a %s, a number expected"):format(name, type(value)) end
  if not (low <= value and value <= high) then return nil, ("'%s' is %s, outside %s..%s"):format(name, value, low, high) end
  if kind == INTEGER and not math.tointeger(value) then return nil, ("'%s' is %s, a whole number expected"):format(name, value) end
  return value
end

--- The numbers of a point in the order of names, or nil and what is wrong. What is constant may be left out.
---@return number[]? values
---@return string? problem
function Space:values(x)
  if type(x) ~= "table" then return nil, ("a table of named numbers expected, not a %s"):format(type(x)) end
  local values, known = {}, {}
  for i, name in ipairs(self.names) do known[name] = i end
  for key, value in pairs(x) do
    local constant = self.constants[key]
    if constant ~= nil and value ~= constant then
      return nil, ("'%s' is %s, but fixed at %s"):format(key, words.shown(value), words.shown(constant))
    end
    if constant == nil and not known[key] then
      return nil, ("unknown key '%s'%s"):format(tostring(key), words.hint(tostring(key), self.names))
    end
  end
  for i, name in ipairs(self.names) do
    local number, problem = self:number(i, x[name])
    if problem then return nil, problem end
    values[i] = number
  end
  return values
end

--- The point of such numbers.
---@return table<string, any>
function Space:named(values)
  local x = {}
  for name, value in pairs(self.constants) do x[name] = value end
  for i, name in ipairs(self.names) do
    local kind = self.dimensions[i][4]
    if kind == CATEGORY then x[name] = self.choices[name][math.tointeger(values[i])]
    else x[name] = kind == INTEGER and math.tointeger(values[i]) or values[i] end
  end
  return x
end

--- A point in words: "lr = 0.01, optimizer = adam"; constants left out.
---@return string
function Space:shown(x)
  local list = {}
  for i, name in ipairs(self.names) do
    local value = x[name]
    list[i] = name .. " = " .. (math.type(value) == "float" and ("%.4g"):format(value) or tostring(value))
  end
  return table.concat(list, ", ")
end

--- How long dimension i is on its own scale, as the model measures it.
function Space:width(i)
  local low, high, log, kind = table.unpack(self.dimensions[i])
  if kind ~= REAL then low, high = low - 0.5, high + 0.5 end
  return log == 1 and math.log(high / low) or high - low
end

--- The fixed lengths as a list in the order of names, or nil; mistakes raise in the caller's caller.
---@param length? number|table<string, number>
---@return number[]?
function Space:lengths(length)
  if length == nil then return nil end
  if type(length) == "number" then return { length } end
  if type(length) ~= "table" then error("neap.bayesopt: option 'length': a number or { name = number } expected", 3) end
  local list, known = {}, {}
  for i, name in ipairs(self.names) do known[name], list[i] = true, length[name] end
  for name in pairs(length) do
    if not known[name] then
      error(("neap.bayesopt: option 'length': unknown dimension '%s'%s"):format(tostring(name), words.hint(name, self.names)), 3)
    end
  end
  if #list ~= #self.names then error("neap.bayesopt: option 'length': a length for every dimension expected", 3) end
  return list
end

return space

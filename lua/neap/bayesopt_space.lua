--- What a script says about a space, as the engine wants it: dimensions in the order of their names.

local options = require "neap.options"

local space = {}

local dimension_keys = { "scale", "integer" }

local function read_dimension(name, given)
  local function fail(...) error(("neap.bayesopt: dimension '%s': "):format(name) .. string.format(...), 5) end
  if type(given) ~= "table" then fail("{ low, high } expected, not a %s", type(given)) end
  for key in pairs(given) do
    if key ~= 1 and key ~= 2 and key ~= "scale" and key ~= "integer" then
      fail("unknown key '%s'%s", tostring(key), options.hint(tostring(key), dimension_keys))
    end
  end
  local scale, integer = given.scale or "linear", given.integer
  if math.type(given[1]) == nil or math.type(given[2]) == nil then fail("{ low, high } expected, two numbers") end
  if scale ~= "linear" and scale ~= "log" then
    fail("unknown scale '%s'%s", tostring(scale), options.hint(tostring(scale), { "linear", "log" }))
  end
  if integer ~= nil and type(integer) ~= "boolean" then fail("integer: true or false expected, not '%s'", tostring(integer)) end
  return { given[1], given[2], scale == "log" and 1 or 0, integer and 1 or 0 }
end

--- Read a space; mistakes raise in the caller's caller.
---@param given table<string, table>    { name = { low, high, scale =, integer = }, .. }
---@return string[] names               sorted, so that nothing depends on the order of a table
---@return number[][] dimensions        { low, high, log 0|1, integer 0|1 } in the order of names
function space.read(given)
  local names, dimensions = {}, {}
  for name in pairs(given) do
    if type(name) ~= "string" then error(("neap.bayesopt: space: a name expected, not '%s'"):format(tostring(name)), 3) end
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do dimensions[i] = read_dimension(name, given[name]) end
  return names, dimensions
end

--- The fixed lengths as a list in the order of names, or nil.
---@param length? number|table<string, number>
---@return number[]?
function space.lengths(length, names)
  if length == nil then return nil end
  if type(length) == "number" then return { length } end
  if type(length) ~= "table" then error("neap.bayesopt: option 'length': a number or { name = number } expected", 3) end
  local list, known = {}, {}
  for i, name in ipairs(names) do known[name], list[i] = true, length[name] end
  for name in pairs(length) do
    if not known[name] then
      error(("neap.bayesopt: option 'length': unknown dimension '%s'%s"):format(tostring(name), options.hint(name, names)), 3)
    end
  end
  if #list ~= #names then error("neap.bayesopt: option 'length': a length for every dimension expected", 3) end
  return list
end

return space

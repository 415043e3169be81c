--- Pieces: a profile of the catalogue over so many steps, or a Lua function. A piece is a node
---   { op = "piece", name = "rex", steps = 500 or "0.7dur" or "rest", options = { d = 0.5, .. } }
--- whose options are complete and in one form, so that equal pieces are equal tables.

local catalogue = require "neap.schedule.catalogue"
local length = require "neap.schedule.length"
local options = require "neap.options"
local words = require "neap.words"

local pieces = { known = {} }

for name, entry in pairs(catalogue) do pieces.known[name] = entry end
for name, entry in pairs(require "neap.schedule.catalogue_phases") do pieces.known[name] = entry end

--- A function of Lua's: rate = f(step, steps). By module name it can be written down; what is read from a text is loaded when it is
--- first evaluated, not before.
pieces.known.lua = {
  summary = "a Lua function: rate = f(step, steps)",
  lua = true,
  options = {
    module = { nil, "module that returns the function, or a table of functions", type = "string", optional = true },
    name = { nil, "which of the module's functions", type = "string", optional = true },
    call = { nil, "the function itself, which has no name to be written down by", type = "any", optional = true },
  },
}

for _, entry in pairs(pieces.known) do entry.options = options.declare(entry.options) end

--- The words of a list given as text: "0.5-0.75", "30ep, 60ep".
local function split(text)
  local list = {}
  for word in text:gmatch "[^-,%s]+" do list[#list + 1] = word end
  return list
end

local function list_of(value, read)
  if type(value) == "string" then value = split(value) end
  if type(value) ~= "table" then value = { value } end
  local list = {}
  for i, element in ipairs(value) do
    local one, problem = read(element)
    if problem then return nil, ("element %d: %s"):format(i, problem) end
    list[i] = one
  end
  return list
end

local function ascending(list)
  for i = 2, #list do
    if type(list[i]) == "number" and type(list[i - 1]) == "number" and list[i] < list[i - 1] then
      return nil, ("numbers ascending within 0..1 expected, but element %d is '%s'"):format(i, list[i])
    end
  end
  return list
end

local function number(value)
  local read = tonumber(value)
  if read and read >= 0 and read < math.huge then return read + 0.0 end
  return nil, ("a number not below 0 expected, not %s"):format(words.shown(value))
end

--- Bring the positions and lists among the options into their one form.
local function read_places(entry, o)
  local positions = entry.positions or {}
  local lists = positions.lists or {}
  for _, name in ipairs(positions) do
    if o[name] ~= nil then
      local read, problem
      if lists[name] then
        read, problem = list_of(o[name], length.position)
        if read then read, problem = ascending(read) end
      else
        read, problem = length.position(o[name])
      end
      if problem then return nil, ("option '%s': %s"):format(name, problem) end
      o[name] = read
    end
  end
  if entry.options.value then
    local read, problem = list_of(o.value, number)
    if problem then return nil, "option 'value': " .. problem end
    o.value = read
  end
  return o
end

local function check_function(o)
  if (o.module == nil) == (o.call == nil) then return nil, "one of 'module' and 'call' expected" end
  if o.call ~= nil and type(o.call) ~= "function" then
    return nil, ("option 'call': a function expected, not %s"):format(words.shown(o.call))
  end
  return o
end

--- Read a piece.
---@param name string
---@param steps any      see neap.schedule.length
---@param given? table   the profile's options
---@return table? node
---@return string? problem
function pieces.read(name, steps, given)
  local entry = pieces.known[name]
  if not entry then return nil, ("unknown profile '%s'%s"):format(tostring(name), words.hint(tostring(name), pieces.known)) end
  local canonical, problem = length.read(steps)
  if not canonical then return nil, "steps: " .. problem end
  if entry.lua and type(given) == "function" then given = { call = given } end
  if given ~= nil and type(given) ~= "table" then return nil, ("a table of options expected, not a %s"):format(type(given)) end
  local o
  o, problem = options.read(entry.options, given)
  if o and entry.complete then entry.complete(o) end
  if o then o, problem = read_places(entry, o) end
  if o and entry.lua then o, problem = check_function(o) end
  if not o then return nil, problem end
  return { op = "piece", name = name, steps = canonical, options = o }
end

--- Is all that a piece says known in steps?
function pieces.bound(node)
  if not length.known(node.steps) then return false end
  for _, name in ipairs(pieces.known[node.name].positions or {}) do
    local value = node.options[name]
    for _, place in ipairs(type(value) == "table" and value or { value }) do
      if not length.placed(place) then return false end
    end
  end
  return true
end

return pieces

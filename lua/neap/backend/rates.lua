--- What every backend's train method takes as its rate, and as its momentum: a number, a list of numbers, or a schedule.

local rates = {}

local function usable_rate(rate)
  return type(rate) == "number" and rate >= 0 and rate < math.huge
end

local function usable_momentum(momentum)
  return type(momentum) == "number" and momentum >= 0 and momentum < 1
end

--- Is a value something with a method values(first, count)?
function rates.is_schedule(rate)
  local kind = type(rate)
  if kind ~= "table" and kind ~= "userdata" then return false end
  local found, values = pcall(function() return rate.values end)
  return found and type(values) == "function"
end

--- The numbers of the next 'steps' steps: the number itself, or a list. A schedule is read from its beginning.
local function read(steps, given, name, usable, expected)
  if type(given) == "number" then
    if usable(given) then return given end
    return nil, ("%s %s: %s expected"):format(name, given, expected)
  end
  if rates.is_schedule(given) then given = given:values(0, steps) end
  if type(given) ~= "table" then
    return nil, ("%s: a number, a list of numbers or a schedule expected, not a %s"):format(name, type(given))
  end
  if #given < steps then return nil, ("%s: a list of %d for %d steps"):format(name, #given, steps) end
  for i = 1, steps do
    if not usable(given[i]) then
      return nil, ("%s of step %d: %s expected, not %s"):format(name, i, expected, tostring(given[i]))
    end
  end
  return given
end

--- The rates of the next 'steps' steps.
---@param steps integer
---@param rate number|number[]|table    a schedule is anything with a method values(first, count)
---@return number|number[]? rates    nil if they cannot be used
---@return string? problem
function rates.of(steps, rate)
  return read(steps, rate, "rate", usable_rate, "a finite number of at least 0")
end

--- The momenta of the next 'steps' steps.
---@param steps integer
---@param momentum number|number[]|table    a schedule is anything with a method values(first, count)
---@return number|number[]? momenta    nil if they cannot be used
---@return string? problem
function rates.momentum(steps, momentum)
  return read(steps, momentum, "momentum", usable_momentum, "a number of at least 0 and below 1")
end

return rates

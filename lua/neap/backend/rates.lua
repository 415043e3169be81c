--- What every backend's train method takes as its rate: a number, a list of numbers, or a schedule.

local rates = {}

local function usable(rate)
  return type(rate) == "number" and rate >= 0 and rate < math.huge
end

local function is_schedule(rate)
  local kind = type(rate)
  if kind ~= "table" and kind ~= "userdata" then return false end
  local found, values = pcall(function() return rate.values end)
  return found and type(values) == "function"
end

--- The rates of the next 'steps' steps: the number itself, or a list. A schedule is read from its beginning.
---@param steps integer
---@param rate number|number[]|table    a schedule is anything with a method values(first, count)
---@return number|number[]? rates    nil if they cannot be used
---@return string? problem
function rates.of(steps, rate)
  if type(rate) == "number" then
    if usable(rate) then return rate end
    return nil, ("rate %s: a finite number of at least 0 expected"):format(rate)
  end
  if is_schedule(rate) then rate = rate:values(0, steps) end
  if type(rate) ~= "table" then
    return nil, ("rate: a number, a list of numbers or a schedule expected, not a %s"):format(type(rate))
  end
  if #rate < steps then return nil, ("rate: a list of %d rates for %d steps"):format(#rate, steps) end
  for i = 1, steps do
    if not usable(rate[i]) then
      return nil, ("rate of step %d: a finite number of at least 0 expected, not %s"):format(i, tostring(rate[i]))
    end
  end
  return rate
end

return rates

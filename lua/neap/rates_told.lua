--- The rates that losses were seen at, and those to come, as lists: told as a number, a list or a schedule.

local is_schedule = require("neap.backend.rates").is_schedule

local rates_told = {}

--- Rates as a list: a number 'count' times, a list as it is, a schedule from its beginning. A wrong type raises, two calls up.
---@param rates number|number[]|neap.Schedule
---@param count integer
---@param where string    who asks
---@return number[]
function rates_told.list(rates, count, where)
  if is_schedule(rates) then return rates:values() end
  if type(rates) == "number" then
    local list = {}
    for i = 1, count do list[i] = rates end
    return list
  end
  if type(rates) ~= "table" then
    error(("%s: rates: a number, a list of numbers or a schedule expected, not a %s"):format(where, type(rates)), 3)
  end
  return rates
end

--- The rate of each loss. A schedule is read where the loss is: step 1 is its first update.
---@param losses number[]
---@param o { rates: any, first: number, stride: number }
---@param where string
---@return number[]
function rates_told.seen(losses, o, where)
  if not is_schedule(o.rates) then return rates_told.list(o.rates, #losses, where) end
  local list = {}
  for i = 1, #losses do list[i] = o.rates:at(math.max(math.floor(o.first + (i - 1) * o.stride) - 1, 0)) end
  return list
end

return rates_told

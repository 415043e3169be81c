--- Forecasts of the end of trainings whose rate changes, from their first third and half: recorded by record_schedules.lua.

local neap = require "neap"
local engine = require "neap.engine"
local score = require "score"

local schedules = {}

local NOT_FINITE = 1e99

---@class Course    one training
---@field world string
---@field losses number[]   means of the 'stride' steps up to each multiple of it
---@field rates number[]    of every step
---@field stride integer
---@field budget integer
---@field finish number     the step in the middle of what 'truth' is the mean of
---@field truth number

local function mean(list, first, last)
  local sum = 0
  for i = first, last do sum = sum + list[i] end
  return sum / (last - first + 1)
end

local function read(file, courses)
  local data = assert(engine.table_read(file))
  local names, step, width = data:names(), data:column(1), data:column(2)
  local parts, stride, budget = #step - 1, math.tointeger(width[1]), math.tointeger(step[#step])
  for k = 3, #names do
    local losses, rates = data:column(k), {}
    local truth = table.remove(losses)
    local schedule = neap.schedule.from(names[k])
    for t = 1, budget do rates[t] = schedule:at(t - 1) end
    if truth < NOT_FINITE then
      courses[#courses + 1] = { world = file:match "([^/]*)%.csv$", losses = losses, rates = rates, stride = stride,
        budget = budget, parts = parts, finish = budget - (width[#width] - 1) / 2, truth = truth }
    end
  end
end

--- Every training of a folder.
---@return Course[]
function schedules.folder(folder)
  local courses = {}
  local list = assert(io.popen("ls '" .. folder .. "'"))
  for file in list:lines() do
    if file:find "%.csv$" then read(folder .. "/" .. file, courses) end
  end
  list:close()
  return courses
end

--- The first 'count' losses, their rates and the rates to come.
local function seen(course, count)
  local losses, rates = table.move(course.losses, 1, count, 1, {}), {}
  for i = 1, count do rates[i] = mean(course.rates, (i - 1) * course.stride + 1, i * course.stride) end
  return losses, rates, table.move(course.rates, count * course.stride + 1, course.budget, 1, {})
end

local function ends(forecast, step)
  return (forecast:forecast(step)), forecast:quantile(step, 0.1), forecast:quantile(step, 0.9)
end

local function told(fresh)
  return function(course, losses, rates, ahead)
    local options = { first = course.stride, stride = course.stride, rates = rates, fresh = fresh }
    return ends(assert(neap.forecast(losses, options)):under(ahead), course.finish)
  end
end

local methods = {
  { "mean of the last three", function(_, losses) return mean(losses, #losses - 2, #losses) end },
  { "rates not told", function(course, losses)
    return ends(assert(neap.forecast(losses, { first = course.stride, stride = course.stride })), course.finish)
  end },
  { "multi-power law", function(course, losses, rates, ahead)
    local fit = assert(neap.multipower(losses, { first = course.stride, stride = course.stride, rates = rates })):under(ahead)
    local middle, logarithm, sd = fit:forecast(course.finish)
    return middle, math.exp(logarithm - 1.2816 * sd), math.exp(logarithm + 1.2816 * sd)
  end },
  { "rates told", told(false) },
  { "rates told, fresh data", told(true) },
}

--- The same law by SciPy, all trainings at once: forecasts and seconds; nil without a Python that has it.
local function by_scipy(courses, share, script)
  local lines, answers = os.tmpname(), os.tmpname()
  local file = assert(io.open(lines, "w"))
  for _, course in ipairs(courses) do
    local count = math.floor(#course.losses * share + 0.5)
    local losses, rates, ahead = seen(course, count)
    file:write(engine.json_encode { losses = losses, rates = rates, ahead = ahead, stride = course.stride,
      steps = course.finish - count * course.stride }, "\n")
  end
  file:close()
  local done = os.execute(("%s %s <%s >%s 2>/dev/null"):format(os.getenv "PYTHON" or "python3", script, lines, answers))
  local forecasts, seconds = {}, {}
  for line in io.lines(answers) do
    local forecast, took = line:match "(%S+) (%S+)"
    forecasts[#forecasts + 1], seconds[#seconds + 1] = tonumber(forecast), tonumber(took)
  end
  os.remove(lines)
  os.remove(answers)
  if done and #forecasts == #courses then return forecasts, seconds end
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

--- Mean over the worlds of the rank correlation between forecasts and ends.
local function correlation(courses, forecasts)
  local by_world, sum, count = {}, 0, 0
  for i, course in ipairs(courses) do
    local world = by_world[course.world] or { {}, {} }
    by_world[course.world] = world
    table.insert(world[1], forecasts[i])
    table.insert(world[2], course.truth)
  end
  for _, world in pairs(by_world) do
    sum, count = sum + score.rank_correlation(world[1], world[2]), count + 1
  end
  return sum / count
end

local function judge(courses, method, share)
  local s = { errors = {}, forecasts = {}, within = 0, intervals = 0, times = {} }
  for i, course in ipairs(courses) do
    local count = math.floor(#course.losses * share + 0.5)
    local losses, rates, ahead = seen(course, count)
    local begin = os.clock()
    local forecast, low, high = method[2](course, losses, rates, ahead)
    s.times[i] = os.clock() - begin
    s.forecasts[i] = forecast
    if low then
      s.intervals = s.intervals + 1
      s.within = s.within + (low <= course.truth and course.truth <= high and 1 or 0)
    end
  end
  return s
end

local function print_row(courses, name, s)
  local errors = {}
  for i, course in ipairs(courses) do errors[i] = math.abs(math.log(s.forecasts[i] / course.truth)) end
  print(("%-26s %10.1f %% %10.1f %% %6.2f %9s %8.0f"):format(name, 100 * mean(errors, 1, #errors), 100 * median(errors),
    correlation(courses, s.forecasts), s.intervals and ("%.0f %%"):format(100 * s.within / s.intervals) or "-",
    1e6 * median(s.times)))
end

--- Print the tables for the trainings of a folder whose world's name has a word in it. 'script', if any, fits by SciPy.
function schedules.report(folder, word, script)
  local courses = {}
  for _, course in ipairs(schedules.folder(folder)) do
    if course.world:find(word, 1, true) then courses[#courses + 1] = course end
  end
  for _, share in ipairs { 1 / 3, 1 / 2 } do
    print(("\nunder schedules, %s: %d trainings, the end from the first %.0f %%"):format(word, #courses, 100 * share))
    print(("%-26s %12s %12s %6s %9s %8s"):format("", "mean error", "median", "rank", "coverage", "us"))
    for _, method in ipairs(methods) do
      local s = judge(courses, method, share)
      if s.intervals == 0 then s.intervals = nil end
      print_row(courses, method[1], s)
    end
    local forecasts, times = nil, nil
    if script then forecasts, times = by_scipy(courses, share, script) end
    if forecasts then print_row(courses, "multi-power law, SciPy", { forecasts = forecasts, times = times }) end
  end
end

return schedules

--- Schedules: the rate as a pure function of the step, an immutable value.
---   0.1 * (s.warmup(500) .. s.rex(9500))      scale, then
---   sched:at(t)  #sched  sched:values()       t = 0 is the first update; past the end the end value stays
--- A piece of N steps reads its profile at p = t/N, so that its end value falls just after its last step
--- (endpoint = "open"); endpoint = "closed" reads it at p = t/(N-1), so that the last step has it.

local engine = require "neap.engine"
local options = require "neap.options"
local text = require "neap.schedule_text"

local schedule = {}

local ENDPOINT = { "open", "where the end value falls: after the last step, or on it", choices = { "open", "closed" } }

--- What there is: each with a summary, its declared options, and which of them is the profile's parameter.
---@type table<string, { summary: string, options: table, parameter?: string }>
schedule.profiles = {
  constant = { summary = "1 throughout", options = options.declare {} },
  linear = {
    summary = "down in a straight line", parameter = "to",
    options = options.declare { to = { 0.0, "end value, of the peak", min = 0, max = 1e300 }, endpoint = ENDPOINT },
  },
  cosine = {
    summary = "half a cosine (SGDR, arXiv 1608.03983)", parameter = "to",
    options = options.declare { to = { 0.0, "end value, of the peak", min = 0, max = 1e300 }, endpoint = ENDPOINT },
  },
  exponential = {
    summary = "exp(gamma p)", parameter = "gamma",
    options = options.declare { gamma = { -3.0, "logarithm of the end value", min = -600, max = 600 }, endpoint = ENDPOINT },
  },
  rex = {
    summary = "REX (arXiv 2107.04197): (1-p) / ((1-d) + d (1-p))", parameter = "d",
    options = options.declare {
      d = { 0.5, "how long it holds: 0 is linear, 0.5 the paper's, 0.9 common in other code", min = 0, below = 1 }, endpoint = ENDPOINT,
    },
  },
  step = {
    summary = "times factor at each milestone", parameter = "factor",
    options = options.declare {
      at = { { 0.5, 0.75 }, "milestones in progress, ascending: a list, or text such as 0.5-0.75", type = "any" },
      factor = { 0.1, "what each multiplies by", min = 0, max = 1e300 },
    },
  },
  warmup = {
    summary = "up in a straight line to 1 on the last step, from 1/N on the first", parameter = "from",
    options = options.declare { from = { nil, "value on the first step", type = "number", min = 0, max = 1e300, optional = true } },
  },
}

--- The names of the profiles, sorted.
---@type string[]
schedule.names = {}
for name in pairs(schedule.profiles) do schedule.names[#schedule.names + 1] = name end
table.sort(schedule.names)

--- Milestones as a list of numbers, from a list, a number, or text.
local function milestones(at)
  if type(at) == "number" then at = { at } end
  if type(at) == "string" then
    local list = {}
    for word in at:gmatch "[^-,%s]+" do list[#list + 1] = tonumber(word) or word end
    at = list
  end
  if type(at) ~= "table" then return nil, ("option 'at': a list of numbers expected, not '%s'"):format(tostring(at)) end
  for i, p in ipairs(at) do
    if type(p) ~= "number" or not (p >= 0 and p <= 1 and p >= (at[i - 1] or 0)) then
      return nil, ("option 'at': numbers ascending within 0..1 expected, but element %d is '%s'"):format(i, tostring(p))
    end
  end
  return at
end

--- A piece by name, or nil and what is wrong.
local function piece(name, steps, given)
  local profile = rawget(schedule.profiles, name)
  if not profile then
    return nil, ("unknown profile '%s'%s"):format(tostring(name), options.hint(tostring(name), schedule.profiles))
  end
  local count = type(steps) == "number" and math.tointeger(steps)
  if not count or count < 0 or count > 1 << 48 then
    return nil, ("steps: a whole number not below 0 expected, not '%s'"):format(tostring(steps))
  end
  if given ~= nil and type(given) ~= "table" then return nil, ("a table of options expected, not a %s"):format(type(given)) end
  local o, problem = options.read(profile.options, given)
  if not o then return nil, problem end
  local at
  if name == "step" then
    at, problem = milestones(o.at)
    if not at then return nil, problem end
  end
  local endpoint = name == "warmup" and (o.from and "closed" or "after") or o.endpoint
  local done, made = pcall(engine.schedule, name, count, o[profile.parameter], endpoint, at)
  if not done then return nil, made end
  return made
end

--- A piece: a profile, by its name, over so many steps.
---@param name string
---@param steps integer    0: nothing, when followed or preceded by something
---@param given? table     the profile's options
---@return neap.Schedule
function schedule.make(name, steps, given)
  local made, problem = piece(name, steps, given)
  if not made then error("neap.schedule.make: " .. problem, 2) end
  return made
end

for _, name in ipairs(schedule.names) do
  schedule[name] = function(steps, given)
    local made, problem = piece(name, steps, given)
    if not made then error(("neap.schedule.%s: %s"):format(name, problem), 2) end
    return made
  end
end

--- Read the expression that describe and tostring write: "0.1 * (warmup(500) .. rex(9500, {d = 0.9}))".
---@param description string
---@return neap.Schedule? sched
---@return string? problem    names the position and the piece
---@return string? code       "bad_data"
function schedule.from(description)
  if type(description) ~= "string" then
    error(("neap.schedule.from: a text expected, not a %s"):format(type(description)), 2)
  end
  local made, problem = text.parse(description, piece)
  if not made then return nil, problem, "bad_data" end
  return made
end

--- Is a value a schedule?
---@return boolean
function schedule.is(value) return getmetatable(value) == engine.schedule_type end

---@class neap.Schedule: engine.Schedule
local Schedule = engine.schedule_type.__index

--- The expression that makes this schedule; numbers are written so that they read back the same.
---@return string
function Schedule:describe() return text.format(engine.schedule_tree(self), schedule.profiles) end

engine.schedule_type.__tostring = Schedule.describe

local SAMPLE = options.declare {
  every = { nil, "steps from one reading to the next", type = "integer", min = 1, optional = true },
  percent = { nil, "percent of the steps from one reading to the next", type = "number", above = 0, max = 100, optional = true },
}

--- This schedule read only now and then, and held in between: the REX paper's sampling rates.
---@param given { every?: integer, percent?: number }   one of the two
---@return neap.Schedule
function Schedule:sample(given)
  local o = options.check(SAMPLE, given, "schedule:sample")
  if (o.every == nil) == (o.percent == nil) then error("schedule:sample: one of 'every' and 'percent' expected", 2) end
  return engine.schedule_sample(self, o.every and "every" or "percent", o.every or o.percent)
end

--- A picture of the rate over the steps, as text of so many columns and rows.
---@param width? integer    default 72
---@param height? integer   default 12
---@return string
function Schedule:plot(width, height)
  width = width or 72
  local points, last = {}, #self - 1
  local count = math.min(last, 8 * width)  -- more than the dots there are
  for i = 0, count do
    local t = count > 0 and i * last // count or 0
    if last >= 0 then points[#points + 1] = { t, self:at(t) } end
  end
  return require "neap.plot".lines(points, { width = width, height = height or 12, xlabel = "step", ylabel = "rate", zero = true })
end

return setmetatable(schedule, {
  __index = function(_, name)
    error(("neap.schedule: no profile '%s'%s"):format(tostring(name), options.hint(tostring(name), schedule.profiles)), 2)
  end,
})

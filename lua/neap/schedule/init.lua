--- Schedules: the rate as a pure function of the step, an immutable value.
---   0.1 * (s.warmup(500) .. s.rex(9500))       scale, then; also a + b, a * b, s.max(a, b), s.min(a, b)
---   sched:at(t)  #sched  sched:values()        t = 0 is the first update; past the end the end value stays
---   s.warmup "5%" .. s.rex()                   shares of a budget and what is left of it, known after sched:bind{ budget = 10000 }
--- A piece of N steps reads its profile at p = t/N, so that its end value falls just after its last step
--- (endpoint = "open"); endpoint = "closed" reads it at p = t/(N-1), so that the last step has it.

local pieces = require "neap.schedule.pieces"
local tree = require "neap.schedule.tree"
local words = require "neap.words"

require "neap.schedule.algebra"

local schedule = {}

--- What there is: each with a summary and its declared options.
---@type table<string, { summary: string, options: table }>
schedule.profiles = {}

--- The names of the profiles, sorted.
---@type string[]
schedule.names = {}

for name, entry in pairs(pieces.known) do
  if not entry.lua then
    schedule.profiles[name] = entry
    schedule.names[#schedule.names + 1] = name
  end
end
table.sort(schedule.names)

schedule.is = tree.is

--- What a constructor reports, raised at the caller of the function that calls this: in parentheses, since a tail call has none.
local function checked(where, made, problem)
  if made == nil then error(where .. ": " .. problem, 3) end
  return made
end

--- A piece: a profile, by its name, over so many steps.
---@param name string
---@param steps? integer|string    steps, or a text such as "10ep" or "0.7dur"; none: what is left of the budget
---@param given? table             the profile's options
---@return neap.Schedule
function schedule.make(name, steps, given)
  return (checked("neap.schedule.make", tree.piece(name, steps, given)))
end

for name in pairs(pieces.known) do
  --- A profile over so many steps, of height 1: the rate at the height is what it is multiplied by, 0.1 * s.rex(500). Steps
  --- may be left out, s.rex() or s.rex { d = 0.9 }: then they are what the other parts leave of the budget. Options that are
  --- places in the piece are a share of it, 0 to 1, or a length with a unit.
  ---@param steps? integer|string    whole steps, or a text with a unit: see neap.schedule.length
  ---@param given? table
  ---@return neap.Schedule
  schedule[name] = function(steps, given)
    if type(steps) == "table" and given == nil then steps, given = nil, steps end
    return (checked("neap.schedule." .. name, tree.piece(name, steps, given)))
  end
end

local function extreme(op, first, ...)
  for _, other in ipairs { ... } do
    for _, side in ipairs { first, other } do
      if not tree.is(side) and type(side) ~= "number" then
        error(("neap.schedule.%s: a schedule or a number expected, not a %s"):format(op, type(side)), 3)
      end
    end
    if type(first) == "number" and type(other) == "number" then
      first = math[op](first, other)
    else
      local made, problem = tree.combine(op, first, other)
      if not made then error(("neap.schedule.%s: %s"):format(op, problem), 3) end
      first = made
    end
  end
  if not tree.is(first) then error(("neap.schedule.%s: at least one schedule expected"):format(op), 3) end
  return first
end

--- Step by step the largest of schedules and numbers.
---@param ... neap.Schedule|number    at least one schedule
---@return neap.Schedule
function schedule.max(...) return (extreme("max", ...)) end

--- Step by step the smallest of schedules and numbers.
---@param ... neap.Schedule|number    at least one schedule
---@return neap.Schedule
function schedule.min(...) return (extreme("min", ...)) end

--- Several schedules in one picture, as text of several lines: a list, or a table by name.
---@param schedules neap.Schedule[]|table<string, neap.Schedule>
---@param given? table     width, height, title, logy, ascii
---@return string
function schedule.plot(schedules, given)
  return (checked("neap.schedule.plot", require "neap.schedule.draw".text(schedules, given)))
end

--- The same in a file that ends in .svg or .png.
---@param schedules neap.Schedule[]|table<string, neap.Schedule>
---@param file string
---@param given? table     width, height in pixels, title, logy
---@return true? done
---@return string? problem
---@return string? code
function schedule.picture(schedules, file, given)
  return require "neap.schedule.draw".file(schedules, file, given)
end

--- Read the expression that describe and tostring write: "0.1 * (warmup(500) .. rex(9500, {d = 0.9}))". Lengths may
--- stand without quotes: "warmup(5%) .. rex()". Nothing is executed.
---@param description string
---@return neap.Schedule? sched
---@return string? problem    names the position and the piece
---@return string? code       "bad_data"
function schedule.from(description)
  if type(description) ~= "string" then
    error(("neap.schedule.from: a text expected, not a %s"):format(type(description)), 2)
  end
  local made, problem = require "neap.schedule.parser"(description)
  if not made then return nil, problem, "bad_data" end
  return made
end

--- Read what schedule:json writes.
---@param source string
---@return neap.Schedule? sched
---@return string? problem    says where it is wrong
---@return string? code       "bad_data"
function schedule.from_json(source)
  if type(source) ~= "string" then error(("neap.schedule.from_json: a text expected, not a %s"):format(type(source)), 2) end
  return require "neap.schedule.json".read(source)
end

--- A schedule through points: { { 0, 0.1 }, { 500, 0.1 }, { 1000, 0.01 } }, each a step and its rate; the last one is its last step.
---@param points number[][]
---@param given? table     shape ("linear", "constant", "cosine", "geometric"), steps
---@return neap.Schedule
function schedule.points(points, given)
  if type(points) ~= "table" then error(("neap.schedule.points: a list of points expected, not a %s"):format(type(points)), 2) end
  return (checked("neap.schedule.points", require "neap.schedule.points".of(points, given)))
end

--- A schedule through the rows of a CSV file.
---@param file string
---@param given? table     step and rate: names of columns, "step" and "rate" unless given; shape, steps
---@return neap.Schedule? sched
---@return string? problem
---@return string? code
function schedule.from_csv(file, given) return require "neap.schedule.points".read(file, given) end

--- Parts that load when they are first used.
local LATER <const> = { compat = "neap.schedule.compat", plateau = "neap.schedule.plateau" }

return setmetatable(schedule, {
  __index = function(self, name)
    if LATER[name] then
      rawset(self, name, require(LATER[name]))
      return rawget(self, name)
    end
    error(("neap.schedule: no profile '%s'%s"):format(tostring(name), words.hint(tostring(name), schedule.profiles)), 2)
  end,
})

--- Pictures of schedules: in the terminal, or in a file; several in one, and their momentum below where one of them has it.

local momentum = require "neap.schedule.momentum"
local options = require "neap.options"
local tree = require "neap.schedule.tree"

local draw = {}

local OPTIONS = options.declare {
  width = { nil, "columns, or pixels in a file", type = "integer", min = 20, max = 10000, optional = true },
  height = { nil, "rows, or pixels in a file", type = "integer", min = 2, max = 10000, optional = true },
  title = { "", "a line above" },
  logy = { false, "logarithmic rates" },
  ascii = { false, "plain ASCII in the terminal" },
}

local LONGEST <const> = 1 << 44   -- steps beyond which a schedule has no end worth a picture

--- What a picture shows of a schedule: every step, or so many of them.
local function curve(sched, title)
  local last = #sched - 1
  if last >= LONGEST then return nil, ("'%s' has no end: take its first steps, schedule:take(steps)"):format(sched) end
  local count, x, y = math.min(last, 1000), {}, {}
  for i = 0, count do
    local t = count > 0 and i * last // count or 0
    if last >= 0 then x[#x + 1], y[#y + 1] = t, sched:at(t) end
  end
  return { title = title, style = "lines", x = x, y = y }
end

local function highest(series)
  local top = 0
  for _, one in ipairs(series) do
    for _, y in ipairs(one.y) do top = math.max(top, y) end
  end
  return top
end

--- A list of { title, schedule }, from a list of schedules or a table of them by name.
local function listed(schedules)
  local list = {}
  for name, sched in pairs(schedules) do
    if not tree.is(sched) then return nil, ("'%s' is no schedule"):format(name) end
    list[#list + 1] = { type(name) == "number" and tostring(sched) or name, sched, order = name }
  end
  table.sort(list, function(a, b)
    if type(a.order) == type(b.order) then return a.order < b.order end
    return type(a.order) == "number"
  end)
  return list
end

--- The description of a picture: see neap.plot_spec.
---@return table? spec
---@return string? problem
local function describe(schedules, o)
  local list, problem = listed(schedules)
  if not list then return nil, problem end
  local rates = { ylabel = "rate", xlabel = "step", logy = o.logy, series = {} }
  local momenta = { ylabel = "momentum", xlabel = "step", series = {} }
  for _, one in ipairs(list) do
    local title = #list > 1 and one[1] or ""
    local series
    series, problem = curve(one[2], title)
    if not series then return nil, problem end
    rates.series[#rates.series + 1] = series
    local channel = momentum.of(one[2])
    if channel then momenta.series[#momenta.series + 1] = curve(channel, title) end
  end
  local top = highest(rates.series)
  if o.logy and top == 0 then return nil, "logy: no rate is above 0" end
  if not o.logy and top > 0 then rates.yrange = { 0, top } end   -- rates are read against 0
  if #momenta.series == 0 then
    rates.title = o.title
    return rates
  end
  return { title = o.title, panels = { rates, momenta } }
end

--- Schedules as text of several lines.
---@param schedules neap.Schedule[]|table<string, neap.Schedule>
---@param given? table    width, height, title, logy, ascii
---@return string? picture
---@return string? problem
function draw.text(schedules, given)
  local o, problem = options.read(OPTIONS, given)
  if not o then return nil, problem end
  local spec
  spec, problem = describe(schedules, o)
  if not spec then return nil, problem end
  return require "neap.plot".draw(spec, { width = o.width, height = o.height, ascii = o.ascii })
end

--- Schedules in a file that ends in .svg or .png.
---@return true? done
---@return string? problem
---@return string? code
function draw.file(schedules, file, given)
  local o, problem = options.read(OPTIONS, given)
  if not o then return nil, problem, "bad_argument" end
  local spec
  spec, problem = describe(schedules, o)
  if not spec then return nil, problem, "bad_argument" end
  return require "neap.picture".draw(spec, file, { width = o.width, height = o.height })
end

return draw

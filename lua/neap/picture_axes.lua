--- The axes of a picture as gnuplot's commands: where they end, and which ticks they have.

local axis = require "neap.plot_axis"

local axes = {}

--- A text in gnuplot's quotes. A line break, or what else has no face, is a space.
function axes.quoted(text)
  return "'" .. text:gsub("%c", " "):gsub("'", "''") .. "'"
end

--- The least and greatest number of some lists of all series.
local function extent(panel, names)
  local low, high = math.huge, -math.huge
  for _, s in ipairs(panel.series) do
    for _, name in ipairs(names) do
      for _, value in ipairs(s[name] or {}) do
        if value == value then low, high = math.min(low, value), math.max(high, value) end
      end
    end
  end
  return low, high
end

--- No more ticks on a linear y axis than there is room for: gnuplot puts too many on a low one.
local function fewer_ticks(panel, pixels)
  local room = pixels - 70
  for _, s in ipairs(panel.series) do room = math.min(room, s.title ~= "" and pixels - 110 or room) end
  local low, high = extent(panel, { "y", "low", "high" })
  if panel.yrange then low, high = panel.yrange[1], panel.yrange[2] end
  if panel.logy or not (high > low and high - low < math.huge) then return nil end
  return ("set ytics %.17g"):format(axis.nice_step(high - low, math.max(2, room // 28)))
end

--- The ends of one axis. gnuplot finds those of y; a constant needs some room, and an x axis ends with its numbers.
local function range(panel, name, names)
  local given = panel[name .. "range"]
  if given then return ("set %srange [%.17g:%.17g]"):format(name, given[1], given[2]) end
  local low, high = extent(panel, names)
  if low > high then return nil end
  if name == "x" and (panel.bars > 0 or panel.xnames) then return ("set xrange [%.17g:%.17g]"):format(low - 0.6, high + 0.6) end
  if low < high then return name == "x" and ("set xrange [%.17g:%.17g]"):format(low, high) or nil end
  if panel["log" .. name] then return ("set %srange [%.17g:%.17g]"):format(name, low / 10, high * 10) end
  local room = low == 0 and 1 or math.abs(low)
  return ("set %srange [%.17g:%.17g]"):format(name, low - room, high + room)
end

--- A logarithmic axis: powers of ten, or over less than two of them 1, 2 and 5 times these.
local function logarithmic(panel, name, names)
  local given = panel[name .. "range"]
  local low, high = extent(panel, names)
  if given then low, high = given[1], given[2] end
  local lines = { "set logscale " .. name }
  if low > high or high / low >= 99 or low == high then
    lines[2] = ("set format %s '10^{%%T}'"):format(name)
  else
    local marks = {}
    local ticks = axis.ticks_within(math.log(low, 10), math.log(high, 10))
    for i, tick in ipairs(ticks) do marks[i] = ("%s %.17g"):format(axes.quoted(tick.label), 10 ^ tick.value) end
    lines[2] = ("set %stics (%s)"):format(name, table.concat(marks, ", "))
    if name == "y" and not given then lines[3] = ("set yrange [%.17g:%.17g]"):format(10 ^ ticks[1].value, 10 ^ ticks[#ticks].value) end
  end
  return table.concat(lines, "\n")
end

local function names_of_x(panel)
  local marks = {}
  for i, name in ipairs(panel.xnames) do marks[i] = ("%s %d"):format(axes.quoted(name:gsub("%%", "%%%%")), i) end
  return ("set xtics noenhanced (%s)"):format(table.concat(marks, ", "))
end

--- What to say of both axes of a panel that is so many pixels high.
---@return string[]
function axes.lines(panel, pixels)
  local lines = {}
  local function add(line) lines[#lines + 1] = line end
  add(range(panel, "x", { "x" }))
  add(range(panel, "y", { "y", "low", "high" }))
  add(fewer_ticks(panel, pixels))
  if panel.logx then add(logarithmic(panel, "x", { "x" })) end
  if panel.logy then add(logarithmic(panel, "y", { "y", "low", "high" })) end
  if panel.xnames then add(names_of_x(panel)) end
  if panel.bars > 0 and not panel.logy and not panel.yrange then add "set yrange [*<0:0<*]" end
  return lines
end

return axes

--- One panel of a plot as lines of text: curves on a canvas, axes around it, a legend below.

local axis = require "neap.plot_axis"
local canvas = require "neap.plot_canvas"
local series = require "neap.plot_series"

local panel = {}

local floor = math.floor

local function extend(range, list)
  for _, value in ipairs(list or {}) do
    if value == value then range[1], range[2] = math.min(range[1], value), math.max(range[2], value) end
  end
end

--- The names of the series with their looks, in lines no longer than the width where a name allows that.
local function legend(list, face, width, margin)
  local lines, line = {}, ""
  for _, s in ipairs(list) do
    if s.title ~= "" then
      local entry = series.sample(s, face) .. " " .. s.title:gsub("%c", " ")
      if line ~= "" and utf8.len(line) + 3 + (utf8.len(entry) or #entry) > width then lines[#lines + 1], line = line, "" end
      line = line == "" and (" "):rep(margin) .. entry or line .. "   " .. entry
    end
  end
  lines[#lines + 1] = line ~= "" and line or nil
  return lines
end

--- The ends of both axes: what must be shown, or what was asked for.
local function ranges(p, list, bars)
  local x, y = { math.huge, -math.huge }, { math.huge, -math.huge }
  for _, s in ipairs(list) do
    extend(x, s.x)
    extend(y, s.y)
    extend(y, s.low)
    extend(y, s.high)
  end
  if bars > 0 or p.xnames then x = { x[1] - 0.5, x[2] + 0.5 } end
  if bars > 0 and not p.logy then extend(y, { 0 }) end
  if x[1] > x[2] then x = { 0, 1 } end
  if y[1] > y[2] then y = { 0, 1 } end
  return series.scaled(p.xrange, p.logx) or x, series.scaled(p.yrange, p.logy) or y
end

local function all_whole(list)
  for _, s in ipairs(list) do
    for _, x in ipairs(s.x) do
      if x ~= floor(x) then return false end
    end
  end
  return true
end

--- Lines of text without white space at their ends.
---@param p table          a panel of neap.plot_spec; p.zero: y begins at 0 where no value is below
---@param o table          width, height, ascii
---@return string[]
function panel.lines(p, o)
  local out = { p.title ~= "" and p.title or nil }
  local list, bars = series.prepare(p, o.ascii)
  if #list == 0 then
    out[1] = (p.title ~= "" and p.title .. ": " or "") .. "nothing to plot"
    return out
  end
  local x, y = ranges(p, list, bars)
  local ticks, bottom, top = axis.vertical(y[1], y[2], { height = o.height, logy = p.logy, zero = p.zero })
  local margin, at_row = 0, {}
  for _, tick in ipairs(ticks) do
    local row = floor((top - tick.value) / (top - bottom) * (o.height - 1) + 0.5)
    margin, at_row[row] = math.max(margin, #tick.label), at_row[row] or tick.label
  end
  local field = canvas.new(math.max(8, o.width - margin - 2), o.height, o.ascii, x[1], x[2], bottom, top)
  for _, s in ipairs(list) do series.draw[s.style](field, s, bars, p.logy and bottom or math.max(bottom, math.min(0, top))) end
  local face = field.face
  if p.ylabel ~= "" then out[#out + 1] = (" "):rep(math.max(0, margin - #p.ylabel)) .. p.ylabel end
  for row = 0, o.height - 1 do
    local word = at_row[row] or ""
    local line = (" "):rep(margin - #word) .. word .. " " .. (at_row[row] and face.tick or face.side) .. field:row(row)
    out[#out + 1] = (line:gsub("%s+$", ""))
  end
  local marks = p.xnames and axis.names(p.xnames) or axis.along(x[1], x[2], field.columns, p.logx, all_whole(list))
  local floor_line, labels = axis.horizontal(marks, x[1], x[2], field.columns, face, p.xlabel)
  out[#out + 1] = (" "):rep(margin + 1) .. face.corner .. floor_line
  out[#out + 1] = (" "):rep(margin + 2) .. labels
  for _, line in ipairs(legend(list, face, o.width, margin + 2)) do out[#out + 1] = line end
  return out
end

return panel

--- One panel of a plot as lines of text: curves on a canvas, axes around it, a legend below.

local axis = require "neap.plot_axis"
local canvas = require "neap.plot_canvas"

local panel = {}

local floor, log = math.floor, math.log

--- Dots on and off along a line; the curves of a panel take them in turn. In ASCII each has a letter instead.
local PENS <const> = { { 1, 1 }, { 5, 8 }, { 1, 3 }, { 9, 12 } }
local DASHED <const> = { 5, 8 }
local LINE_LETTERS <const> = { "*", "+", "x", "%" }
local MARKS <const> = { [false] = { "●", "○", "◆", "◇" }, [true] = { "o", "@", "#", "&" } }
local BAND_LETTERS <const> = { ":", "," }
local BAR_LETTERS <const> = { "#", "=", "/" }

--- Which dots a surface has: a few for bands, many for bars, so that two beside each other differ.
local BAND_TEXTURES <const> = {
  function(px, py) return px % 2 == 0 and (px // 2 + py) % 2 == 0 end,
  function(px, py) return px % 4 == 1 and py % 2 == 0 end,
}
local BAR_TEXTURES <const> = {
  function() return true end,
  function(px, py) return (px + py) % 2 == 0 end,
  function(_, py) return py % 2 == 0 end,
}
local BARS <const> = 0.8

local function nth(list, n) return list[(n - 1) % #list + 1] end

--- A list of the numbers of a series as the axis has them.
local function scaled(list, logarithmic)
  if not list or not logarithmic then return list end
  local scale = {}
  for i, value in ipairs(list) do scale[i] = log(value, 10) end
  return scale
end

local function extend(range, list)
  for _, value in ipairs(list or {}) do
    if value == value then range[1], range[2] = math.min(range[1], value), math.max(range[2], value) end
  end
end

--- A series on the axes' scale, with what it looks like: pen, mark, texture, letter.
local function prepare(p, ascii)
  local counts, many = { lines = 0, points = 0, band = 0, bars = 0 }, #p.series > 1
  local list = {}
  for i, s in ipairs(p.series) do
    local kind = ({ dashes = "lines", steps = "lines" })[s.style] or s.style
    counts[kind] = (counts[kind] or 0) + 1
    local n = counts[kind]
    local pen = s.style == "dashes" and DASHED or nth(PENS, n)
    local drawn = {
      title = s.title, style = s.style, x = scaled(s.x, p.logx), y = scaled(s.y, p.logy), low = scaled(s.low, p.logy),
      high = scaled(s.high, p.logy), number = n,
    }
    drawn.letter = ascii and many and ({
      lines = nth(LINE_LETTERS, n), points = nth(MARKS[true], n), band = nth(BAND_LETTERS, n), bars = nth(BAR_LETTERS, n),
    })[kind] or nil
    drawn.pen = { on = drawn.letter and 1 or pen[1], period = drawn.letter and 1 or pen[2], at = 0, letter = drawn.letter }
    drawn.mark = nth(MARKS[ascii], n)
    drawn.texture = nth(kind == "band" and BAND_TEXTURES or BAR_TEXTURES, n)
    list[i] = drawn
  end
  return list, counts.bars
end

local draw = {}

function draw.lines(field, s)
  local px, py
  for i, x in ipairs(s.x) do
    local y = s.y[i]
    if x == x and y == y then
      field:line(px or x, py or y, x, y, s.pen)
      px, py = x, y
    else
      px, py = nil, nil
    end
  end
end

draw.dashes = draw.lines

function draw.steps(field, s)
  local x, y = {}, {}
  for i = 1, #s.x do
    if i > 1 then x[#x + 1], y[#y + 1] = s.x[i], s.y[i - 1] end
    x[#x + 1], y[#y + 1] = s.x[i], s.y[i]
  end
  draw.lines(field, { x = x, y = y, pen = s.pen })
end

function draw.points(field, s)
  for i, x in ipairs(s.x) do
    local y = s.y[i]
    if x == x and y == y then
      local low, high = s.low and s.low[i], s.high and s.high[i]
      if low and low == low and high == high then field:line(x, low, x, high, { on = 1, period = 1, at = 0 }) end
      field:mark(x, y, s.mark)
    end
  end
end

function draw.band(field, s)
  local before = false
  for i, x in ipairs(s.x) do
    local whole = x == x and s.low[i] == s.low[i] and s.high[i] == s.high[i]
    local k = before and i - 1 or i
    if whole then field:fill(s.x[k], x, s.low[k], s.low[i], s.high[k], s.high[i], s.texture, s.letter) end
    before = whole
  end
end

function draw.bars(field, s, bars, bottom)
  local width = BARS / bars
  for i, x in ipairs(s.x) do
    local y, left = s.y[i], x - BARS / 2 + (s.number - 1) * width
    if y == y and x == x then field:fill(left, left + width * 0.9, bottom, bottom, y, y, s.texture, s.letter) end
  end
end

function draw.rules(field, s)
  for _, x in ipairs(s.x) do
    if x == x then field:rule(x, s.number) end
  end
end

--- What a series looks like in the legend.
local function sample(s, face)
  if s.style == "points" then return s.mark end
  if s.style == "rules" then return nth(face.rules, s.number) end
  if s.letter then return s.letter:rep(2) end
  local field = canvas.new(3, 1, face.across == 1, 0, 1, 0, 1)
  if s.style == "band" or s.style == "bars" then
    field:fill(0, 1, 0, 0, 1, 1, s.texture)
  else
    field:line(0, 0.5, 1, 0.5, { on = s.pen.on, period = s.pen.period, at = 0 })
  end
  return field:row(0)
end

--- The names of the series with their looks, in lines no longer than the width where a name allows that.
local function legend(list, face, width, margin)
  local lines, line = {}, ""
  for _, s in ipairs(list) do
    if s.title ~= "" then
      local entry = sample(s, face) .. " " .. s.title:gsub("%c", " ")
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
  return scaled(p.xrange, p.logx) or x, scaled(p.yrange, p.logy) or y
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
  local list, bars = prepare(p, o.ascii)
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
  for _, s in ipairs(list) do draw[s.style](field, s, bars, p.logy and bottom or math.max(bottom, math.min(0, top))) end
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

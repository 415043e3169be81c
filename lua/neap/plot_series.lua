--- The series of a panel as they look on a canvas of characters.

local canvas = require "neap.plot_canvas"

local series = {}

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
function series.scaled(list, logarithmic)
  if not list or not logarithmic then return list end
  local scale = {}
  for i, value in ipairs(list) do scale[i] = math.log(value, 10) end
  return scale
end

--- A series on the axes' scale, with what it looks like: pen, mark, texture, letter.
function series.prepare(p, ascii)
  local counts, many = { lines = 0, points = 0, band = 0, bars = 0 }, #p.series > 1
  local list = {}
  for i, s in ipairs(p.series) do
    local kind = ({ dashes = "lines", steps = "lines" })[s.style] or s.style
    counts[kind] = (counts[kind] or 0) + 1
    local n = counts[kind]
    local pen = s.style == "dashes" and DASHED or nth(PENS, n)
    local drawn = {
      title = s.title, style = s.style, x = series.scaled(s.x, p.logx), y = series.scaled(s.y, p.logy), low = series.scaled(s.low, p.logy),
      high = series.scaled(s.high, p.logy), number = n,
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

--- How each style is drawn: function(canvas, series, bars, bottom).
local draw = {}

series.draw = draw

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
function series.sample(s, face)
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

return series

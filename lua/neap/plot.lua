--- Plots for the terminal: one line through points, as text.

local axis = require "neap.plot_axis"
local options = require "neap.options"

local plot = {}

local OPTIONS = options.declare {
  width = { 72, "columns of the whole picture", min = 20, max = 1000 },
  height = { 12, "rows of the curve; axis and labels come below", min = 2, max = 500 },
  logy = { false, "logarithmic y; values not above 0 are left out" },
  zero = { false, "y begins at 0 where no value is below" },
  first = { 1.0, "x of the first number of a plain list" },
  xlabel = { "", "what x is" },
  ylabel = { "", "what y is" },
  title = { "", "a line above" },
  ascii = { false, "plain ASCII instead of Braille dots and box lines" },
}

local floor, log, abs = math.floor, math.log, math.abs

--- How a cell of so many dots is drawn. Braille: a bit for each of 2 x 4 dots; ASCII: 1 x 2.
local STYLES = {
  [false] = {
    across = 2, down = 4, bits = { { 1, 2, 4, 64 }, { 8, 16, 32, 128 } }, corner = "└", side = "│", tick = "┤", floor = "─", mark = "┬",
    cell = function(bits) return bits == 0 and " " or utf8.char(0x2800 + bits) end,
  },
  [true] = {
    across = 1, down = 2, bits = { { 1, 2 } }, corner = "+", side = "|", tick = "+", floor = "-", mark = "+",
    cell = function(bits) return ({ [0] = " ", "'", ".", ":" })[bits] end,
  },
}

--- The points that can be drawn, as two lists: finite, and above 0 for a logarithm. Gaps are nan.
local function read_points(series, o)
  local xs, ys, seen = {}, {}, 0
  for i = 1, #series do
    local p = series[i]
    local x, y
    if type(p) == "table" then x, y = p[1], p[2] else x, y = o.first + i - 1, p end
    if type(x) ~= "number" or type(y) ~= "number" then
      error(("plot.lines: point %d is no number and no pair of numbers"):format(i), 3)
    end
    local good = x - x == 0 and y - y == 0 and (not o.logy or y > 0)
    xs[i], ys[i] = x, good and (o.logy and log(y, 10) or y) or 0 / 0
    if good then seen = seen + 1 end
  end
  return xs, ys, seen
end

local function range(xs, ys)
  local x0, x1, y0, y1 = math.huge, -math.huge, math.huge, -math.huge
  for i, y in ipairs(ys) do
    if y == y then
      x0, x1 = math.min(x0, xs[i]), math.max(x1, xs[i])
      y0, y1 = math.min(y0, y), math.max(y1, y)
    end
  end
  return x0, x1, y0, y1
end

--- A field of dots, and a function that draws a line on it (Bresenham 1965).
local function canvas(columns, rows, style)
  local bits = {}
  for i = 1, columns * rows do bits[i] = 0 end
  local function dot(x, y)
    local column, row = x // style.across, y // style.down
    local i = row * columns + column + 1
    bits[i] = bits[i] | style.bits[x % style.across + 1][y % style.down + 1]
  end
  return bits, function(x0, y0, x1, y1)
    local dx, dy = abs(x1 - x0), -abs(y1 - y0)
    local sx, sy = x0 < x1 and 1 or -1, y0 < y1 and 1 or -1
    local balance = dx + dy
    while true do
      dot(x0, y0)
      if x0 == x1 and y0 == y1 then return end
      local twice = 2 * balance
      if twice >= dy then balance, x0 = balance + dy, x0 + sx end
      if twice <= dx then balance, y0 = balance + dx, y0 + sy end
    end
  end
end

--- Draw the points on a field of dots: low and high are the ends of both axes.
local function draw(xs, ys, x0, x1, y0, y1, columns, rows, style)
  local bits, line = canvas(columns, rows, style)
  local right, bottom = columns * style.across - 1, rows * style.down - 1
  local px, py
  for i, y in ipairs(ys) do
    if y == y then
      local cx = x1 > x0 and floor((xs[i] - x0) / (x1 - x0) * right + 0.5) or 0
      local cy = floor((y1 - y) / (y1 - y0) * bottom + 0.5)
      line(px or cx, py or cy, cx, cy)
      px, py = cx, cy
    else
      px, py = nil, nil
    end
  end
  return bits
end

--- A line through points, as text of several lines without a last newline.
---@param series (number|number[])[]   numbers, or { x, y }; nan and infinite ones leave a gap
---@param given? table                 width, height, logy, zero, first, xlabel, ylabel, title, ascii
---@return string
function plot.lines(series, given)
  local o = options.check(OPTIONS, given, "plot.lines")
  local xs, ys, seen = read_points(series, o)
  if seen == 0 then return (o.title ~= "" and o.title .. ": " or "") .. "nothing to plot" end
  local style = STYLES[o.ascii]
  local x0, x1, low, high = range(xs, ys)
  local ticks, bottom, top = axis.vertical(low, high, o)
  local margin = 0
  for _, tick in ipairs(ticks) do margin = math.max(margin, #tick.label) end
  local columns = math.max(8, o.width - margin - 2)
  local bits = draw(xs, ys, x0, x1, bottom, top, columns, o.height, style)
  local at_row = {}
  for _, tick in ipairs(ticks) do
    local row = floor((top - tick.value) / (top - bottom) * (o.height - 1) + 0.5)
    at_row[row] = at_row[row] or tick.label
  end
  local out = {}
  if o.title ~= "" then out[#out + 1] = o.title end
  if o.ylabel ~= "" then out[#out + 1] = (" "):rep(math.max(0, margin - #o.ylabel)) .. o.ylabel end
  for row = 0, o.height - 1 do
    local cells = {}
    for column = 1, columns do cells[column] = style.cell(bits[row * columns + column]) end
    local word = at_row[row] or ""
    local line = (" "):rep(margin - #word) .. word .. " " .. (at_row[row] and style.tick or style.side) .. table.concat(cells)
    out[#out + 1] = (line:gsub("%s+$", ""))
  end
  local floor_line, labels = axis.horizontal(xs, x0, x1, columns, style, o.xlabel)
  out[#out + 1] = (" "):rep(margin + 1) .. style.corner .. floor_line
  out[#out + 1] = (" "):rep(margin + 2) .. labels
  return table.concat(out, "\n")
end

return plot

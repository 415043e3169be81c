--- Plots for the terminal: one line through points, as text.

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

local floor, ceil, log, abs = math.floor, math.ceil, math.log, math.abs

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

--- The step of 1, 2 or 5 times a power of ten that puts at most 'most' intervals into 'span'.
local function nice_step(span, most)
  local power = 10.0 ^ floor(log(span / most, 10))
  for _, factor in ipairs { 1, 2, 5, 10 } do
    if span / (factor * power) <= most * (1 + 1e-9) then return factor * power end
  end
  return 10 * power
end

--- A tick's label, with the digits its step needs.
local function label(value, step)
  if abs(value) < step * 1e-6 then return "0" end
  local digits = floor(log(abs(value), 10) + 1e-9) - floor(log(step, 10) + 1e-9) + 1
  local form = ("%." .. math.max(1, math.min(15, digits)) .. "g"):format(value)
  if form:find "e" and abs(value) >= 1e-4 and abs(value) < 1e7 then form = ("%.0f"):format(value) end
  return (form:gsub("e([+-])0*(%d)", function(sign, digit) return "e" .. (sign == "-" and sign or "") .. digit end))
end

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

--- The ends of the y axis around what it must show: some room around a constant.
local function y_range(low, high, o)
  if o.zero and not o.logy and low > 0 then low = 0.0 end
  if high - low > 1e-12 * math.max(abs(low), abs(high)) then return low, high end
  if o.logy then return low - 1, high + 1 end
  if low == 0 then return 0.0, 1.0 end
  return math.min(2 * low, 0), math.max(2 * high, 0)
end

--- Ticks 1, 2, 5, 10 of every decade, for logarithmic axes of less than two.
local function ticks_within(low, high)
  local ticks = {}
  for decade = floor(low), ceil(high) do
    for _, factor in ipairs { 1, 2, 5 } do
      ticks[#ticks + 1] = { value = decade + log(factor, 10), label = label(factor * 10.0 ^ decade, 10.0 ^ decade) }
    end
  end
  while #ticks > 2 and ticks[2].value <= low + 1e-9 do table.remove(ticks, 1) end
  while #ticks > 2 and ticks[#ticks - 1].value >= high - 1e-9 do table.remove(ticks) end
  return ticks
end

--- Ticks of the y axis, { value =, label = }, ascending, and its ends.
local function y_ticks(low, high, o)
  local most = math.max(1, o.height // 3)
  low, high = y_range(low, high, o)
  if o.logy and high - low < 2 then
    local ticks = ticks_within(low, high)
    return ticks, ticks[1].value, ticks[#ticks].value
  end
  local ticks, step = {}, nice_step(high - low, most)
  if o.logy then
    low, high = floor(low + 1e-9), ceil(high - 1e-9)
    step = ceil((high - low) / most)
    for decade = low, high, step do ticks[#ticks + 1] = { value = decade, label = label(10.0 ^ decade, 10.0 ^ decade) } end
    return ticks, low, high
  end
  for k = floor(low / step + 1e-9), ceil(high / step - 1e-9) do
    ticks[#ticks + 1] = { value = k * step, label = label(k * step, step) }
  end
  return ticks, ticks[1].value, ticks[#ticks].value
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

local function all_whole(xs)
  for _, x in ipairs(xs) do
    if x ~= floor(x) then return false end
  end
  return true
end

--- The x axis and its labels: two lines, without the margin.
local function x_axis(x0, x1, columns, style, name, whole)
  local axis, text = {}, {}
  for i = 1, columns do axis[i], text[i] = style.floor, " " end
  local step = x1 > x0 and nice_step(x1 - x0, math.max(1, columns // 14)) or 1
  if whole then step = math.max(step, 1) end
  local used = 0
  for k = ceil(x0 / step - 1e-9), floor(x1 / step + 1e-9) do
    local word = label(k * step, step)
    local column = x1 > x0 and floor((k * step - x0) / (x1 - x0) * (columns - 1) + 0.5) + 1 or 1
    local start = math.max(1, math.min(columns - #word + 1, column - #word // 2))
    if start > used then
      axis[column] = style.mark
      for i = 1, #word do text[start + i - 1] = word:sub(i, i) end
      used = start + #word
    end
  end
  local labels = table.concat(text)
  if name ~= "" then
    local room = columns - #name
    if used < room then labels = labels:sub(1, room) .. name else labels = labels .. " " .. name end
  end
  return table.concat(axis), (labels:gsub("%s+$", ""))
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
  local ticks, bottom, top = y_ticks(low, high, o)
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
  local axis, labels = x_axis(x0, x1, columns, style, o.xlabel, all_whole(xs))
  out[#out + 1] = (" "):rep(margin + 1) .. style.corner .. axis
  out[#out + 1] = (" "):rep(margin + 2) .. labels
  return table.concat(out, "\n")
end

return plot

--- The axes of a plot: where they end, which ticks they have, and how those are written.

local axis = {}

local floor, ceil, log, abs = math.floor, math.ceil, math.log, math.abs

--- The step of 1, 2 or 5 times a power of ten that puts at most 'most' intervals into 'span'.
function axis.nice_step(span, most)
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

--- The ends of the y axis around what it must show: some room around a constant.
local function y_range(low, high, o)
  if o.zero and not o.logy and low > 0 then low = 0.0 end
  if high - low > 1e-12 * math.max(abs(low), abs(high)) then return low, high end
  if o.logy then return low - 1, high + 1 end
  if low == 0 then return 0.0, 1.0 end
  return math.min(2 * low, 0), math.max(2 * high, 0)
end

--- Ticks 1, 2, 5, 10 of every decade, for logarithmic axes of less than two; low and high are exponents of ten.
function axis.ticks_within(low, high)
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

--- Ticks of the y axis, { value =, label = }, ascending, and its ends: exponents of ten when o.logy.
---@param low number     the least value to show
---@param high number
---@param o table        height, logy, zero
---@return table[] ticks
---@return number bottom
---@return number top
function axis.vertical(low, high, o)
  local most = math.max(1, o.height // 3)
  low, high = y_range(low, high, o)
  if o.logy and high - low < 2 then
    local ticks = axis.ticks_within(low, high)
    return ticks, ticks[1].value, ticks[#ticks].value
  end
  local ticks, step = {}, axis.nice_step(high - low, most)
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

--- Ticks of the x axis from x0 to x1, which are exponents of ten when it is logarithmic.
---@param whole boolean    no ticks between whole numbers
---@return table[] ticks   { value =, label = }, ascending
function axis.along(x0, x1, columns, logarithmic, whole)
  local most = math.max(1, columns // 12)
  if logarithmic and x1 - x0 < 2 then return axis.ticks_within(x0, x1) end
  local ticks, step = {}, x1 > x0 and axis.nice_step(x1 - x0, most) or 1
  if whole or logarithmic then step = math.max(step, 1) end
  for k = ceil(x0 / step - 1e-9), floor(x1 / step + 1e-9) do
    local value = k * step
    ticks[#ticks + 1] = { value = value, label = logarithmic and label(10.0 ^ value, 10.0 ^ value) or label(value, step) }
  end
  return ticks
end

--- Names for x = 1, 2, ..
function axis.names(names)
  local ticks = {}
  for i, name in ipairs(names) do ticks[i] = { value = i, label = name } end
  return ticks
end

--- The x axis with those ticks for which there is room, and its labels: two lines, without the margin.
function axis.horizontal(ticks, x0, x1, columns, face, name)
  local line, text, used = {}, "", 0
  for i = 1, columns do line[i] = face.floor end
  for _, tick in ipairs(ticks) do
    local column = x1 > x0 and floor((tick.value - x0) / (x1 - x0) * (columns - 1) + 0.5) + 1 or 1
    local length = utf8.len(tick.label) or #tick.label
    local start = math.max(1, math.min(columns - length + 1, column - length // 2))
    if column >= 1 and column <= columns and start > used then
      line[column] = face.mark
      text = text .. (" "):rep(start - 1 - (used > 0 and used - 1 or 0)) .. tick.label
      used = start + length
    end
  end
  if name ~= "" then
    local room = columns - (utf8.len(name) or #name)
    text = text .. (" "):rep(math.max(1, used < room and room - math.max(0, used - 1) or 0)) .. name
  end
  return table.concat(line), (text:gsub("%s+$", ""))
end

return axis

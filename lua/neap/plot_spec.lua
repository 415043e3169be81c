--- What a plot shows, as one table that draws in the terminal (neap.plot) and in a file (neap.picture):
---
---   { title = "a study", xlabel = "rate", ylabel = "loss", logx = true, series = {
---       { title = "two deviations", style = "band", x = rates, low = lows, high = highs },
---       { title = "mean", style = "lines", x = rates, y = means },
---   } }
---
--- Series are drawn in their order, the first one deepest. Several panels stand in `panels`, each with its own labels, axes
--- and series; `title` and `columns` then belong to the whole. What cannot be shown (nan, beyond 1e300, not above 0 on a
--- logarithmic axis) is left out, and breaks a line.

local options = require "neap.options"
local words = require "neap.words"

local spec = {}

local PANEL = options.declare {
  title = { "", "a line above" },
  xlabel = { "", "what x is" },
  ylabel = { "", "what y is" },
  logx = { false, "logarithmic x" },
  logy = { false, "logarithmic y" },
  xrange = { nil, "ends of the x axis: { low, high }; default: what the series need", type = "table", optional = true },
  yrange = { nil, "ends of the y axis: { low, high }", type = "table", optional = true },
  xnames = { nil, "names of x = 1, 2, ..: { 'sgd', 'adam' }", type = "table", optional = true },
  share = { 1.0, "its height beside that of other panels", min = 0.1, max = 10 },
  series = { nil, "what to draw, a list", type = "table" },
}

local WHOLE = options.declare {
  title = { "", "a line above all panels" },
  columns = { 1, "panels side by side", min = 1, max = 100 },
  panels = { nil, "a list of panels", type = "table" },
}

local SERIES = options.declare {
  title = { "", "its name in the legend; none: not in the legend" },
  style = { "lines", "its look; rules are vertical lines", choices = { "lines", "dashes", "points", "steps", "band", "bars", "rules" } },
  colour = { nil, "a number: series of one number have one colour", type = "integer", min = 1, max = 1000000, optional = true },
  x = { nil, "default 1, 2, ..", type = "table", optional = true },
  y = { nil, "heights; none for a band or rules", type = "table", optional = true },
  low = { nil, "lower edge of a band, or of the error bars of points", type = "table", optional = true },
  high = { nil, "upper edge", type = "table", optional = true },
}

--- The lists that a style needs.
local NEEDS = {
  lines = { "x", "y" }, dashes = { "x", "y" }, points = { "x", "y" }, steps = { "x", "y" }, bars = { "x", "y" },
  errors = { "x", "y", "low", "high" }, band = { "x", "low", "high" }, rules = { "x" },
}

--- The options of a panel, of one of its series, and of several panels together.
spec.declared = { panel = PANEL, series = SERIES, whole = WHOLE }

local NAN <const> = 0 / 0

--- A list of numbers, those that cannot be shown as nan.
local function read_numbers(list, name, logarithmic)
  local numbers = {}
  for i = 1, #list do
    local value = list[i]
    if type(value) ~= "number" then return nil, ("%s[%d] is %s, a number expected"):format(name, i, words.shown(value)) end
    local good = math.abs(value) <= 1e300 and (not logarithmic or value > 0)
    numbers[i] = good and value + 0.0 or NAN
  end
  return numbers
end

local function counted(n)
  local list = {}
  for i = 1, n do list[i] = i end
  return list
end

local function read_series(given, panel)
  if type(given) ~= "table" then return nil, ("a table expected, not %s"):format(words.shown(given)) end
  local s, problem = options.read(SERIES, given)
  if not s then return nil, problem end
  local needs = NEEDS[s.style == "points" and (s.low or s.high) and "errors" or s.style]
  for _, name in ipairs(needs) do
    if name == "x" and #needs > 1 then s.x = s.x or counted(#(s[needs[2]] or {})) end
    if not s[name] then return nil, ("style '%s' needs %s"):format(s.style, name) end
  end
  local read = { title = s.title, style = s.style, colour = s.colour }
  for _, name in ipairs(needs) do
    if #s[name] ~= #s.x then return nil, ("%d numbers in x, but %d in %s"):format(#s.x, #s[name], name) end
    local log = name == "x" and panel.logx or name ~= "x" and panel.logy
    read[name], problem = read_numbers(s[name], name, log)
    if not read[name] then return nil, problem end
  end
  return read
end

local function read_range(range, name, logarithmic)
  if not range then return true end
  local low, high = range[1], range[2]
  if not (type(low) == "number" and type(high) == "number" and low < high and high - low < math.huge) then
    return nil, ("%s: { low, high } expected, low < high"):format(name)
  end
  if logarithmic and low <= 0 then return nil, ("%s: its low is %s, above 0 expected on a logarithmic axis"):format(name, low) end
  return true
end

--- Has the series a point that can be shown?
local function shows(s)
  local needs = NEEDS[s.style]
  for i = 1, #s.x do
    local sum = 0
    for _, name in ipairs(needs) do sum = sum + (s[name][i] == s[name][i] and 0 or 1) end
    if sum == 0 then return true end
  end
  return false
end

local function read_panel(given)
  if type(given) ~= "table" then return nil, ("a table expected, not %s"):format(words.shown(given)) end
  local panel, problem = options.read(PANEL, given)
  if not panel then return nil, problem end
  for _, axis in ipairs { "x", "y" } do
    local fine, why = read_range(panel[axis .. "range"], axis .. "range", panel["log" .. axis])
    if not fine then return nil, why end
  end
  for i, name in ipairs(panel.xnames or {}) do
    if type(name) ~= "string" then return nil, ("xnames[%d] is %s, a text expected"):format(i, words.shown(name)) end
  end
  local series = {}
  for i, one in ipairs(panel.series) do
    local s, why = read_series(one, panel)
    if not s then return nil, ("series %d: %s"):format(i, why) end
    if s.style == "bars" and panel.logx then return nil, ("series %d: bars stand on a linear x axis, not a logarithmic one"):format(i) end
    s.colour = s.colour or i
    if shows(s) then series[#series + 1] = s end
  end
  panel.series = series
  return panel
end

--- What to draw, checked, as { title, columns, panels }; each panel holds the series that have something to show, and their
--- numbers are finite or nan. Or nil and what is wrong.
---@param given table
---@return table? whole
---@return string? problem    one line
function spec.read(given)
  if type(given) ~= "table" then return nil, ("a table that says what to draw expected, not %s"):format(words.shown(given)) end
  if given.panels == nil then
    local panel, problem = read_panel(given)
    if not panel then return nil, problem end
    return { title = "", columns = 1, panels = { panel } }
  end
  local whole, problem = options.read(WHOLE, given)
  if not whole then return nil, problem end
  if #whole.panels == 0 then return nil, "panels: at least one expected" end
  local panels = {}
  for i, one in ipairs(whole.panels) do
    panels[i], problem = read_panel(one)
    if not panels[i] then return nil, ("panel %d: %s"):format(i, problem) end
  end
  whole.panels = panels
  return whole
end

--- How high each row of so many panels is: as its highest panel.
---@return number[]
function spec.shares(whole, columns)
  local rows = {}
  for i, panel in ipairs(whole.panels) do
    local row = (i - 1) // columns + 1
    rows[row] = math.max(rows[row] or 0, panel.share)
  end
  return rows
end

--- Is there nothing in it that can be shown?
---@param whole table    from spec.read
function spec.empty(whole)
  for _, panel in ipairs(whole.panels) do
    if #panel.series > 0 then return false end
  end
  return true
end

return spec

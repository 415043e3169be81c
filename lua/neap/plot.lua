--- Plots for the terminal, as text of several lines without a last newline.
---
---   print(plot.lines { 2.3, 1.7, 1.2 })                               -- one curve
---   print(plot.draw { xlabel = "step", series = { { title = "train", y = losses }, { title = "validation", x = .., y = .. } } })
---
--- What plot.draw shows stands in neap.plot_spec; the same table becomes a file by neap.picture.

local options = require "neap.options"
local panel = require "neap.plot_panel"
local spec = require "neap.plot_spec"
local words = require "neap.words"

local plot = {}

local SIZE = {
  width = { 72, "columns of the whole picture", min = 20, max = 1000 },
  height = { 12, "rows of the curves; axis and labels come below", min = 2, max = 500 },
  ascii = { false, "plain ASCII instead of Braille dots and box lines" },
}

local LINES = options.declare {
  width = SIZE.width, height = SIZE.height, ascii = SIZE.ascii,
  logy = { false, "logarithmic y; values not above 0 are left out" },
  zero = { false, "y begins at 0 where no value is below" },
  first = { 1.0, "x of the first number of a plain list" },
  xlabel = { "", "what x is" },
  ylabel = { "", "what y is" },
  title = { "", "a line above" },
}

local DRAW = options.declare(SIZE)

--- Columns that a panel needs, and what stands between two.
local NARROWEST <const> = 34
local GAP <const> = 3

--- A plain list of numbers or pairs as one curve.
local function curve(list, o)
  if type(list) ~= "table" then error("plot.lines: a list of numbers expected, not " .. words.shown(list), 3) end
  local x, y = {}, {}
  for i = 1, #list do
    local p = list[i]
    if type(p) == "table" then x[i], y[i] = p[1], p[2] else x[i], y[i] = o.first + i - 1, p end
    if type(x[i]) ~= "number" or type(y[i]) ~= "number" then
      error(("plot.lines: point %d is no number and no pair of numbers"):format(i), 3)
    end
  end
  return { x = x, y = y }
end

--- A line through points.
---@param series (number|number[])[]   numbers, or { x, y }; nan and infinite ones leave a gap
---@param given? table                 width, height, logy, zero, first, xlabel, ylabel, title, ascii
---@return string
function plot.lines(series, given)
  local o = options.check(LINES, given, "plot.lines")
  local what = { title = o.title, xlabel = o.xlabel, ylabel = o.ylabel, logy = o.logy, series = { curve(series, o) } }
  local p = assert(spec.read(what)).panels[1]
  p.zero = o.zero
  return table.concat(panel.lines(p, o), "\n")
end

--- Panels beside each other: their lines filled up and joined.
local function beside(texts, width)
  local rows, out = 0, {}
  for _, lines in ipairs(texts) do rows = math.max(rows, #lines) end
  for row = 1, rows do
    local line = ""
    for k, lines in ipairs(texts) do
      local start = (k - 1) * (width + GAP)
      line = line .. (" "):rep(start - (utf8.len(line) or #line)) .. (lines[row] or "")
    end
    out[row] = line:gsub("%s+$", "")
  end
  return out
end

--- Curves, bands, points, bars, in one panel or several.
---@param what table      see neap.plot_spec
---@param given? table    width, height (of each panel), ascii
---@return string
function plot.draw(what, given)
  local o = options.check(DRAW, given, "plot.draw")
  local whole, problem = spec.read(what)
  if not whole then error("plot.draw: " .. problem, 2) end
  local columns = math.min(whole.columns, #whole.panels, math.max(1, (o.width + GAP) // (NARROWEST + GAP)))
  local width = (o.width + GAP) // columns - GAP
  local out, shares = { whole.title ~= "" and whole.title or nil }, spec.shares(whole, columns)
  for first = 1, #whole.panels, columns do
    local texts, height = {}, math.max(2, math.floor(o.height * shares[(first - 1) // columns + 1] + 0.5))
    for i = first, math.min(first + columns - 1, #whole.panels) do
      texts[#texts + 1] = panel.lines(whole.panels[i], { width = width, height = height, ascii = o.ascii })
    end
    if first > 1 then out[#out + 1] = "" end
    table.move(beside(texts, width), 1, 1000, #out + 1, out)
  end
  return table.concat(out, "\n")
end

return plot

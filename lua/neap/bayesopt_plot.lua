--- What an optimiser believes, as a picture: the expected loss and how sure that is, the trials, and what the next one is
--- worth. One dimension: all of it. More: a slice along each dimension, through the best point or through another.

local options = require "neap.options"
local picture = require "neap.picture"
local plot = require "neap.plot"
local report = require "neap.report"

local bayesopt_plot = {}

local OPTIONS = options.declare {
  at = { nil, "the point that slices go through; default: the best", type = "table", optional = true },
  width = { nil, "columns; of a file: pixels", type = "integer", optional = true },
  height = { nil, "rows of a panel; of a file: pixels in all", type = "integer", optional = true },
  ascii = { nil, "plain ASCII in the terminal; default: unless the locale has more", type = "boolean", optional = true },
}

--- Points of a curve.
local POINTS <const> = 161

--- Values of a dimension from its low to its high: all of them if they are few, else evenly spread on its scale.
local function grid(axis)
  local values, low, high = {}, axis.low, axis.high
  local count = axis.integer and high - low < POINTS and high - low + 1 or POINTS
  for i = 0, count - 1 do
    local t = i / (count - 1)
    local value = axis.log and math.exp((1 - t) * math.log(low) + t * math.log(high)) or (1 - t) * low + t * high
    if axis.integer and count < POINTS then value = low + i end
    if axis.integer then value = math.tointeger(math.floor(value + 0.5)) end
    value = math.max(low, math.min(high, value))
    if value ~= values[#values] then values[#values + 1] = value end
  end
  return values
end

--- A copy of a point with another value in one dimension.
local function moved(x, axis, value)
  local copy = {}
  for name, old in pairs(x) do copy[name] = old end
  copy[axis.name] = axis.choices and axis.choices[value] or value
  return copy
end

--- A value as the number it is plotted at.
local function position(axis, value)
  for i, choice in ipairs(axis.choices or {}) do
    if choice == value then return i end
  end
  return value
end

--- Mean and two standard deviations around it along one dimension.
---@return table[] series
local function belief(opt, axis, at)
  local x, mean, low, high = grid(axis), {}, {}, {}
  for i, value in ipairs(x) do
    local expected, deviation = opt:predict(moved(at, axis, value))
    mean[i], low[i], high[i] = expected, expected - 2 * deviation, expected + 2 * deviation
  end
  if axis.choices then return { { title = "mean, 2 sd", style = "points", x = x, y = mean, low = low, high = high, colour = 1 } } end
  return {
    { title = "2 sd", style = "band", x = x, low = low, high = high, colour = 1 },
    { title = "mean", style = "lines", x = x, y = mean, colour = 1 },
  }
end

--- The least and the greatest loss that a slice shows.
local function ends(series, low, high)
  low, high = low or math.huge, high or -math.huge
  for _, s in ipairs(series) do
    for i = 1, #s.x do low, high = math.min(low, (s.low or s.y)[i]), math.max(high, (s.high or s.y)[i]) end
  end
  return low, high
end

--- The trials seen from the side, those that failed at the height 'top'; and where the best one is, and others are awaited.
---@return table[] series
local function trials(opt, axis, at, top)
  local told, failed, pending = { x = {}, y = {} }, { x = {}, y = {} }, {}
  for _, trial in ipairs(opt:trials()) do
    local list = trial.failed and failed or told
    list.x[#list.x + 1], list.y[#list.y + 1] = position(axis, trial.x[axis.name]), trial.failed and top or trial.loss
  end
  for i, point in ipairs(opt:pending()) do pending[i] = position(axis, point[axis.name]) end
  return {
    { title = "best", style = "rules", x = { position(axis, at[axis.name]) }, colour = 3 },
    { title = "asked, not told", style = "rules", x = pending, colour = 7 },
    { title = "trials", style = "points", x = told.x, y = told.y, colour = 5 },
    { title = "failed", style = "points", x = failed.x, y = failed.y, colour = 2 },
  }
end

local function panel(axis, series)
  return { xlabel = axis.name, ylabel = "loss", logx = axis.log, xnames = axis.names, series = series }
end

local function joined(...)
  local all = {}
  for _, list in ipairs { ... } do table.move(list, 1, #list, #all + 1, all) end
  return all
end

--- What worth means, in standard units of the losses.
local WORTH <const> = { ei = "ln EI", pi = "ln PI", lcb = "-LCB", thompson = "ln EI", hedge = "ln EI" }

--- How far below its top the worth is shown: e^-12 of the best is nothing.
local DEEPEST <const> = 12

--- What a trial is worth along the one dimension.
local function worth(opt, axis, at)
  local x, y, top, bottom = grid(axis), {}, -math.huge, math.huge
  for i, value in ipairs(x) do
    y[i] = opt:worth(moved(at, axis, value))
    if y[i] < math.huge then top, bottom = math.max(top, y[i]), math.min(bottom, y[i]) end
  end
  local p = panel(axis, { { style = axis.choices and "points" or "lines", x = x, y = y, colour = 4 } })
  p.ylabel, p.share = WORTH[opt.options.acquisition], 0.6
  if top - bottom > DEEPEST and top > -math.huge then p.yrange = { top - DEEPEST, top + 0.5 } end
  return p
end

--- All there is to one dimension: the loss, and below it what a trial is worth.
local function whole(opt, axis, at)
  local series = belief(opt, axis, at)
  return { panel(axis, joined(series, trials(opt, axis, at, select(2, ends(series))))), worth(opt, axis, at) }
end

--- A slice along each dimension, all with one y axis; trials beyond it are left out.
local function slices(opt, axes, at)
  local beliefs, panels, low, high = {}, {}, nil, nil
  for i, axis in ipairs(axes) do
    beliefs[i] = belief(opt, axis, at)
    low, high = ends(beliefs[i], low, high)
  end
  for i, axis in ipairs(axes) do
    panels[i] = panel(axis, joined(beliefs[i], trials(opt, axis, at, high)))
    panels[i].yrange = low < high and high - low < math.huge and { low, high } or nil
  end
  return panels
end

--- The dimensions of an optimiser as they are plotted.
local function axes_of(opt)
  local axes = {}
  for i, name in ipairs(opt.space.names) do
    local low, high, log, kind = table.unpack(opt.space.dimensions[i])
    local axis = { name = name, low = low, high = high, log = log == 1, integer = kind ~= 0, choices = opt.space.choices[name] }
    if axis.choices then
      axis.names = {}
      for k, choice in ipairs(axis.choices) do axis.names[k] = tostring(choice) end
    end
    axes[i] = axis
  end
  return axes
end

--- What is to be drawn, as neap.plot_spec has it, or nil, why, "too_few".
---@param opt neap.Bayesopt
---@param at? table    the point that slices go through
---@return table? spec
---@return string? problem
---@return string? code
function bayesopt_plot.spec(opt, at)
  local best, mean, code = opt:best()
  if not best then return nil, mean, code end
  local axes = axes_of(opt)
  local title = ("%d trial%s: %s %s, loss %.5g expected"):format(
    #opt:trials(), #opt:trials() == 1 and "" or "s", at and "through" or "best at", opt.space:shown(at or best), (opt:predict(at or best)))
  local panels = #axes == 1 and whole(opt, axes[1], at or best) or slices(opt, axes, at or best)
  return { title = title, columns = #axes == 1 and 1 or 2, panels = panels }
end

--- Call what draws; where it was called wrongly, that is the mistake of whoever called opt:plot.
local function call(draw, ...)
  local done, drawn, problem, code = pcall(draw, ...)
  if not done then error("opt:plot: " .. tostring(drawn):gsub("^.-:%d+: ", ""):gsub("^p%w+%.draw: ", ""), 4) end
  return drawn, problem, code
end

--- Draw in the terminal, as text, or into a file that ends in .svg or .png. Wrong use raises in the caller's caller.
---@param opt neap.Bayesopt
---@param file? string
---@param given? table    at, width, height, ascii
---@return string|true|nil drawn
---@return string? problem
---@return string? code
function bayesopt_plot.draw(opt, file, given)
  local o, wrong = options.read(OPTIONS, given)
  if o and o.at then wrong = select(2, opt.space:values(o.at)) end
  if wrong then error("opt:plot: " .. wrong, 3) end
  local what, problem, code = bayesopt_plot.spec(opt, o.at)
  if not what then return nil, problem, code end
  local size = { width = o.width, height = o.height }
  local draw, target = picture.draw, file
  if not file then
    draw, target, size.ascii = plot.draw, size, o.ascii
    if size.ascii == nil then size.ascii = not report.unicode() end
  end
  local drawn, why, kind = call(draw, what, target, size)
  return drawn, why, kind
end

return bayesopt_plot

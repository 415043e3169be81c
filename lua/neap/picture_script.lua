--- A plot as a script for gnuplot 5.4: text quoted, numbers in datablocks, nothing but what neap.plot_spec has read.

local axes = require "neap.picture_axes"
local spec = require "neap.plot_spec"

local script = {}

--- Okabe and Ito's colours (2008), told apart by everyone; then grey.
local COLOURS <const> = { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#606060" }

local TERMINALS = {
  svg = "set terminal svg size %d,%d enhanced rounded background rgb 'white' font 'sans-serif,13'",
  png = "set terminal pngcairo size %d,%d enhanced rounded background rgb 'white' font 'sans,11' fontscale 2 linewidth 2 pointscale 2",
}

--- How each style is plotted: the columns of its datablock, and gnuplot's words for it.
local STYLES = {
  lines = { "x", "y", look = "with lines lw 2" },
  dashes = { "x", "y", look = "with lines lw 2 dt (12,8)" },
  steps = { "x", "y", look = "with steps lw 2" },
  points = { "x", "y", look = "with points pt 7 ps 0.7" },
  errors = { "x", "y", "low", "high", look = "with yerrorbars pt 7 ps 0.7 lw 1" },
  band = { "x", "low", "high", look = "with filledcurves fs transparent solid 0.18 noborder" },
  bars = { "x", "y", look = "with boxes fs solid 0.75 noborder" },
}

local RULE <const> = "lw 1.5 dt (8,6)"

--- The share of their place that bars fill.
local BARS <const> = 0.8

--- Text that is shown as it stands.
local function plain(text)
  return axes.quoted(text) .. " noenhanced"
end

local function colour_of(s)
  return COLOURS[(s.colour - 1) % #COLOURS + 1]
end

local function style_of(s)
  return STYLES[s.style == "points" and s.low and "errors" or s.style]
end

--- One row of a series; one with a number that cannot be shown is a blank line, which ends a line or a band.
local function row(s, i, columns, shift)
  local cells = {}
  for k, column in ipairs(columns) do
    local value = s[column][i]
    if value ~= value then return "" end
    cells[k] = ("%.17g"):format(column == "x" and value + shift or value)
  end
  return table.concat(cells, " ")
end

local function datablock(name, s, shift)
  local rows, columns = { name .. " << end_of_data" }, style_of(s)
  for i = 1, #s.x do rows[i + 1] = row(s, i, columns, shift) end
  rows[#rows + 1] = "end_of_data"
  return table.concat(rows, "\n")
end

--- The vertical lines of a series, drawn beside the plot command, which only lists them in the legend.
local function rules(s, panel, say)
  local ends = panel.xrange or { -math.huge, math.huge }
  for _, x in ipairs(s.x) do
    if x >= ends[1] and x <= ends[2] then
      say(("set arrow from first %.17g, graph 0 to first %.17g, graph 1 nohead %s lc rgb '%s'"):format(x, x, RULE, colour_of(s)))
    end
  end
end

--- One curve of the plot command.
local function curve(name, s, panel)
  local style = style_of(s)
  local title = s.title ~= "" and "title " .. plain(s.title) or "notitle"
  if s.style == "rules" then return ("keyentry with lines %s lc rgb '%s' %s"):format(RULE, colour_of(s), title) end
  local columns = table.concat({ "1", "2", "3", "4" }, ":", 1, #style)
  if s.style == "bars" then columns = ("%s:(%.6g)"):format(columns, BARS / panel.bars) end
  local fill = s.style == "band" and "fc" or "lc"
  return ("%s using %s %s %s rgb '%s' %s"):format(name, columns, style.look, fill, colour_of(s), title)
end

local function write_panel(out, panel, number, pixels)
  local function say(line) out[#out + 1] = line end
  panel.bars, panel.drawn = 0, false
  for _, s in ipairs(panel.series) do
    panel.bars = panel.bars + (s.style == "bars" and 1 or 0)
    panel.drawn = panel.drawn or s.style ~= "rules"
  end
  say "unset arrow; unset logscale; set format '% h'; set xtics autofreq; set ytics autofreq; set xrange [*:*]; set yrange [*:*]"
  say("set title " .. plain(panel.title))
  say("set xlabel offset 0,0.3 " .. plain(panel.xlabel))
  say("set ylabel " .. plain(panel.ylabel))
  for _, line in ipairs(axes.lines(panel, pixels)) do say(line) end
  local curves, bar = {}, 0
  for i, s in ipairs(panel.series) do
    local name, shift = ("$panel%d_series%d"):format(number, i), 0
    if s.style == "bars" then
      bar = bar + 1
      shift = (bar - (panel.bars + 1) / 2) * BARS / panel.bars
    end
    if s.style == "rules" then rules(s, panel, say) else say(datablock(name, s, shift)) end
    curves[i] = curve(name, s, panel)
  end
  if not panel.drawn then   -- axes alone, or rules alone: gnuplot wants something to plot, and a range
    curves[#curves + 1] = "NaN notitle"
    if not panel.yrange then say "set yrange [0.1:1]" end
    if #panel.series == 0 and not panel.xrange then say "set xrange [0.1:1]" end
  end
  say("plot " .. table.concat(curves, ", "))
end

--- Where each panel lies: rows as high as their share, below the title.
local function places(whole, columns, height)
  local shares, sum, list = spec.shares(whole, columns), 0, {}
  for _, share in ipairs(shares) do sum = sum + share end
  local top = 1 - (whole.title ~= "" and 26 / height or 0)
  local y = top
  for k, share in ipairs(shares) do
    y = y - top * share / sum
    for column = 0, columns - 1 do
      list[(k - 1) * columns + column + 1] = ("set size %.6g,%.6g; set origin %.6g,%.6g"):format(
        1 / columns, top * share / sum, column / columns, math.max(y, 0))
    end
  end
  return list, sum
end

--- The script that draws what was read into a file.
---@param whole table             from neap.plot_spec's read
---@param o table                 width, height
---@param kind "svg"|"png"
---@param file string
---@return string
function script.write(whole, o, kind, file)
  local columns, several = math.min(whole.columns, #whole.panels), #whole.panels > 1
  local scale = kind == "png" and 2 or 1
  local _, rows = places(whole, columns, 1000)
  local width = o.width or (columns > 1 and 480 * columns or 760)
  local height = o.height or (several and math.ceil(300 * rows) or 400)
  local out = {
    "set encoding utf8",
    TERMINALS[kind]:format(scale * width, scale * height),
    "set output " .. axes.quoted(file),
    "set border 3 lc rgb '#606060' lw 1",
    "set tics nomirror out scale 0.6 textcolor rgb '#303030'",
    "set grid lt 1 lw 0.7 lc rgb '#e2e2e2'",
    "set key noenhanced bmargin left horizontal Left reverse samplen 2.5 width 1 spacing 1.15",
    "set samples 2",
  }
  if several then out[#out + 1] = "set multiplot title " .. plain(whole.title) end
  local place = places(whole, columns, height)
  for i, panel in ipairs(whole.panels) do
    if several then out[#out + 1] = place[i] end
    write_panel(out, panel, i, several and height * panel.share / rows or height)
  end
  if several then out[#out + 1] = "unset multiplot" end
  out[#out + 1] = "unset output\n"
  return table.concat(out, "\n")
end

return script

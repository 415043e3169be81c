--- A study's picture: one panel for each setting and optimizer, test error over the budget, a line for each schedule.

local contestants = require "neap.study.contestants"
local picture = require "neap.picture"
local plan = require "neap.study.plan"

local drawing = {}

--- Colour and style of each line: no two are alike, relatives share a colour.
local LOOKS <const> = {
  rex = { 2, "lines" }, linear = { 1, "lines" }, ["delayed 50 %"] = { 1, "dashes" }, cosine = { 6, "lines" },
  ["one-cycle"] = { 5, "lines" }, step = { 3, "lines" }, exponential = { 4, "lines" }, none = { 7, "lines" }, plateau = { 7, "dashes" },
}

--- How far the errors (or losses) of a schedule are above the best of each budget, in percent of that: so all budgets show on
--- one axis.
local function panel_of(results, setting, optimizer, measure)
  local values, best = {}, {}
  for _, r in ipairs(results) do
    if r.setting == setting and r.optimizer == optimizer and contestants.is_schedule(r.schedule) and r.mean < math.huge then
      values[r.schedule .. " @" .. r.budget] = r.mean
      best[r.budget] = math.min(best[r.budget] or math.huge, r.mean)
    end
  end
  local panel = {
    title = ("%s, %s"):format(setting, plan.optimizers[optimizer].title), xlabel = "budget, %", logx = true,
    ylabel = ("test %s, %% above the best"):format(measure), series = {},
  }
  for _, contestant in ipairs(contestants.schedules) do
    local x, y, look = {}, {}, LOOKS[contestant.name]
    for budget = 1, 100 do
      local value = values[contestant.name .. " @" .. budget]
      if value and best[budget] > 0 then x[#x + 1], y[#y + 1] = budget, 100 * (value / best[budget] - 1) end
    end
    table.insert(panel.series, { title = contestant.name, style = look[2], colour = look[1], x = x, y = y })
  end
  return panel
end

--- Draw into a file, .svg or .png.
---@param design { settings: string[], optimizers: string[] }
---@param o { measure: string, picture: string }    picture: the file
---@return boolean? done
---@return string? problem
---@return string? code
function drawing.draw(results, design, o)
  local panels = {}
  for _, setting in ipairs(design.settings) do
    for _, optimizer in ipairs(design.optimizers) do
      panels[#panels + 1] = panel_of(results, setting, optimizer, o.measure)
    end
  end
  local columns = math.min(2, #panels)
  return picture.draw({ title = "Budgeted training, each schedule at its best peak", columns = columns, panels = panels }, o.picture,
    { width = 560 * columns, height = 480 * -(-#panels // columns) })
end

return drawing

--- A study's picture: one panel for each setting and optimizer, test error over the budget, a line for each schedule.

local contestants = require "neap.study.contestants"
local picture = require "neap.picture"
local plan = require "neap.study.plan"

local drawing = {}

--- The errors (or losses) of a schedule as multiples of the best of each budget: so all budgets show on one axis.
local function panel_of(results, setting, optimizer, measure)
  local errors, best = {}, {}
  for _, r in ipairs(results) do
    if r.setting == setting and r.optimizer == optimizer and r.mean < math.huge then
      errors[r.schedule .. " @" .. r.budget] = r.mean
      best[r.budget] = math.min(best[r.budget] or math.huge, r.mean)
    end
  end
  local panel = {
    title = ("%s, %s"):format(setting, plan.optimizers[optimizer].title), xlabel = "budget, %",
    ylabel = ("test %s, times the best"):format(measure),
    logx = true, logy = true, series = {},
  }
  for i, contestant in ipairs(contestants.schedules) do
    local x, y = {}, {}
    for _, budget in ipairs(plan.budgets) do
      local value = errors[contestant.name .. " @" .. budget]
      if value and best[budget] > 0 then x[#x + 1], y[#y + 1] = budget, value / best[budget] end
    end
    panel.series[#panel.series + 1] = { title = contestant.name, style = "lines", colour = i, x = x, y = y }
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
  return picture.draw({
    title = "Budgeted training, each schedule at its best peak", columns = math.min(2, #panels), panels = panels,
  }, o.picture)
end

return drawing

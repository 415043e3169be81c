-- The main job: AutoLRS and REX train the same network on Fashion-MNIST, each with the same number of steps in all.
--   make demo        or   build/neap scripts/demo.lua [BUDGET [SEED]]
local neap = require "neap"
local report = require "neap.report"
local terminal_width = require "neap.engine".terminal_width

local BACKEND <const> = "builtin:fashion"
local budget = math.tointeger(tonumber(arg[1] or 6000)) or error("BUDGET: a whole number expected", 0)
local seed = math.tointeger(tonumber(arg[2] or 1)) or error("SEED: a whole number expected", 0)

local contestants = {
  { title = "AutoLRS, rates 1e-3..0.3 searched", recipe = "autolrs", options = { lr = "1e-3:0.3" } },
  { title = "REX at its default peak, 0.1", recipe = "rex", options = {} },
}

local function run(contestant)
  print("\n" .. contestant.title)
  local reporter = report.new(terminal_width(1) and "terminal" or "plain")
  reporter.summary = false
  local result, problem = neap.run(contestant.recipe, {
    backend = BACKEND, budget = budget, seed = seed, options = contestant.options, reporter = reporter,
  })
  return result or error(problem, 0)
end

print(("%s, %d steps each, search included, seed %d"):format(BACKEND, budget, seed))
local rows = {}
for i, contestant in ipairs(contestants) do rows[i] = { title = contestant.title, result = run(contestant) } end

print(("\n%-36s %7s %7s %7s  %10s  %8s  %7s"):format("", "total", "search", "train", "validation", "test", "seconds"))
print(("%-36s %7s %7s %7s  %10s  %8s"):format("", "steps", "steps", "steps", "loss", "accuracy"))
for _, row in ipairs(rows) do
  local r = row.result
  print(("%-36s %7d %7d %7d  %10.4f  %8.4f  %7.1f"):format(
    row.title, r.steps.total, r.steps.search, r.steps.train, r.loss.validation, r.metrics.test_accuracy, r.seconds))
end

table.sort(rows, function(a, b) return a.result.loss.validation < b.result.loss.validation end)
local first, second = rows[1], rows[2]
print(("\nAhead at this budget: %s, by %.4f in validation loss."):format(
  first.title, second.result.loss.validation - first.result.loss.validation))

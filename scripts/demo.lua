-- The main job: AutoLRS, REX and the autopilot train the same network on Fashion-MNIST, each with the same number of steps in all.
--   make demo        or   build/neap scripts/demo.lua [BUDGET [SEED [PICTURE.svg]]]
-- The picture shows the training loss over all steps; where a line is missing, a search went on.
local neap = require "neap"
local picture = require "neap.picture"
local report = require "neap.report"
local terminal_width = require "neap.engine".terminal_width

local BACKEND <const> = "builtin:fashion"

local function whole(text, name)
  return math.tointeger(tonumber(text)) or error(("%s: a whole number expected, not '%s'"):format(name, text), 0)
end

local budget, seed, file = whole(arg[1] or 6000, "BUDGET"), whole(arg[2] or 1, "SEED"), arg[3]

local contestants = {
  { title = "AutoLRS, rates 1e-3..0.3 searched", recipe = "autolrs", options = { lr = "1e-3:0.3" } },
  { title = "REX at its default peak, 0.1", recipe = "rex", options = {} },
  { title = "autopilot, told nothing", recipe = "autopilot", options = {} },
}

-- The ordinary reporter without its summary; it also notes how many steps it took in all to come to each depth of training.
-- Going back forgets what lay deeper.
local function listener(marks)
  local reporter = report.new(terminal_width(1) and "terminal" or "plain")
  local progress = reporter.progress
  reporter.summary = false
  function reporter:progress(at, ...)
    while #marks > 0 and marks[#marks].depth >= at.depth do marks[#marks] = nil end
    marks[#marks + 1] = { depth = at.depth, spent = at.spent }
    progress(self, at, ...)
  end
  return reporter
end

local function run(contestant)
  print("\n" .. contestant.title)
  local marks = {}
  local result, problem = neap.run(contestant.recipe, {
    backend = BACKEND, budget = budget, seed = seed, options = contestant.options, reporter = listener(marks),
  })
  if not result then error(problem, 0) end
  return { title = contestant.title, result = result, marks = marks }
end

local function print_table(rows)
  print(("\n%-36s %7s %7s %7s  %10s  %8s  %7s"):format("", "total", "search", "train", "validation", "test", "seconds"))
  print(("%-36s %7s %7s %7s  %10s  %8s"):format("", "steps", "steps", "steps", "loss", "accuracy"))
  for _, row in ipairs(rows) do
    local r = row.result
    print(("%-36s %7d %7d %7d  %10.4f  %8.4f  %7.1f"):format(
      row.title, r.steps.total, r.steps.search, r.steps.train, r.loss.validation, r.metrics.test_accuracy, r.seconds))
  end
end

-- Who is ahead, by what: the two measures need not agree, and then both are said.
local function print_verdict(rows)
  local function lead(what, better, value)
    local order = table.move(rows, 1, #rows, 1, {})
    table.sort(order, function(a, b) return better(value(a), value(b)) end)
    local first, second = order[1], order[2]
    print(("  %-18s %s, by %.4f before %s"):format(what, first.title, math.abs(value(second) - value(first)), second.title))
  end
  print(("\nAhead after %d steps, search included:"):format(budget))
  lead("validation loss", function(a, b) return a < b end, function(row) return row.result.loss.validation end)
  lead("test accuracy", function(a, b) return a > b end, function(row) return row.result.metrics.test_accuracy end)
end

-- Mean losses of WINDOW steps of training, each at its step of the whole run; a gap where a search went on.
local WINDOW <const> = 50

local function curve(row)
  local losses, x, y, mark, thrown = row.result.run.losses, {}, {}, 1, nil
  for last = WINDOW, row.result.steps.train, WINDOW do
    while mark < #row.marks and row.marks[mark].depth < last do mark = mark + 1 end
    local before, sum = row.marks[mark].spent - row.marks[mark].depth, 0
    if thrown and before ~= thrown then x[#x + 1], y[#y + 1] = last + before, 0 / 0 end
    thrown = before
    for i = last - WINDOW + 1, last do sum = sum + losses[i] end
    x[#x + 1], y[#y + 1] = last + before, sum / WINDOW
  end
  return { title = row.title, x = x, y = y }
end

local function draw(rows, name)
  local series = {}
  for i, row in ipairs(rows) do series[i] = curve(row) end
  local done, problem = picture.draw({
    xlabel = "steps in all, search included", ylabel = ("training loss, mean of %d steps"):format(WINDOW), yrange = { 0.1, 0.8 },
    series = series,
  }, name)
  if not done then error(problem, 0) end
  print("The picture is in " .. name)
end

print(("%s, %d steps each, search included, seed %d"):format(BACKEND, budget, seed))
local rows = {}
for i, contestant in ipairs(contestants) do rows[i] = run(contestant) end
print_table(rows)
print_verdict(rows)
if file then draw(rows, file) end

--- What the results come to: each policy's mean validation loss over the seeds, relative to the best of the sweep. Where the
--- untrained loss is known, also the excess, (loss - best) / (untrained - best), which means something near losses of zero too;
--- and a task is hopeless, and not counted, where the sweep gains less than 3 % of the untrained loss.

local course = require "course"
local picture = require "neap.picture"
local tasks = require "tasks"

local summary = {}

local function mean_of(rows, field)
  local sum = 0
  for _, row in ipairs(rows) do sum = sum + row[field] / #rows end
  return sum
end

--- Means by task, budget, policy and peak.
local function grouped(rows)
  local cells, order = {}, {}
  for _, row in ipairs(rows) do
    local key = ("%s %d"):format(row.task, row.budget)
    local cell = cells[key]
    if not cell then
      cell = { task = row.task, budget = row.budget, runs = {} }
      cells[key] = cell
      order[#order + 1] = cell
    end
    local name = ("%s@%.6g"):format(row.policy, row.peak)
    cell.runs[name] = cell.runs[name] or { policy = row.policy, peak = row.peak }
    table.insert(cell.runs[name], row)
  end
  table.sort(order, function(a, b) return a.budget < b.budget or (a.budget == b.budget and a.task < b.task) end)
  return order
end

--- The entry of lowest mean among those whose policy has a prefix.
local function lowest(cell, prefix)
  local best
  for _, run in pairs(cell.runs) do
    run.loss = run.loss or mean_of(run, "validation")
    if run.policy:sub(1, #prefix) == prefix and (not best or run.loss < best.loss) then best = run end
  end
  return best
end

--- Are all runs of the sweep there?
local function is_complete(cell, task)
  local count = 0
  for _, run in pairs(cell.runs) do
    if run.policy:find "^sweep" and #run >= #(task.seeds or tasks.seeds) then count = count + 1 end
  end
  return count >= #task.shapes * #task.rates
end

--- What is compared, and its column's head. Of a policy at several rates: the best of them.
local POLICIES <const> = {
  "autopilot", "autopilot-1.31", "autopilot-free", "autopilot-blind", "autolrs-neap", "autolrs-published",
  "schedulefree-sgd", "schedulefree-adamw",
}
local HEADS <const> = { "autopilot", "in 1/1.31", "free", "blind", "AutoLRS+", "AutoLRS", "s.f. SGD", "s.f. AdamW" }

local HOPELESS <const> = 0.97   -- of the untrained loss

--- The share of the budget after which the mean loss of some runs was that of the best of the sweep; nil: they were not watched.
local function needed(cell, run)
  local courses = {}
  for i, row in ipairs(run) do courses[i] = row.course end
  return #run > 0 and #courses == #run and course.needed(courses, cell.best.loss) / cell.budget or nil
end

--- Measure a policy's run against the best of the sweep, and against what there was to gain.
local function compare(cell, policy, run)
  run.loss = run.loss or mean_of(run, "validation")
  cell.ratio[policy], cell.needed[policy] = run.loss / cell.best.loss, needed(cell, run)
  if cell.untrained then cell.excess[policy] = (run.loss - cell.best.loss) / (cell.untrained.loss - cell.best.loss) end
end

--- Each wanted task and budget whose sweep is complete: the best of the sweep, and what each policy has relative to it.
---@param wanted fun(task: string): boolean
function summary.cells(rows, wanted)
  local cells, of_name = {}, {}
  for _, task in ipairs(tasks.list) do of_name[task.name] = task end
  for _, cell in ipairs(grouped(rows)) do
    local task = of_name[cell.task]
    if task and wanted(task.name) and is_complete(cell, task) then
      cell.best, cell.untrained = lowest(cell, "sweep"), lowest(cell, "untrained")
      cell.ratio, cell.excess, cell.needed, cell.half = {}, {}, {}, task.half
      cell.hopeless = cell.untrained and cell.best.loss > HOPELESS * cell.untrained.loss
      for _, policy in ipairs(POLICIES) do
        local run = policy:find "^schedulefree" and lowest(cell, policy) or cell.runs[policy .. "@0"]
        if run then compare(cell, policy, run) end
      end
      cells[#cells + 1] = cell
    end
  end
  return cells
end

--- The cells of which a test holds.
local function part(cells, holds)
  local list = {}
  for _, cell in ipairs(cells) do if holds(cell) then list[#list + 1] = cell end end
  return list
end

local function counts(cell) return not cell.hopeless end

--- A measure (ratio or excess) of a policy, sorted.
local function column(cells, measure, policy)
  local list = {}
  for _, cell in ipairs(cells) do list[#list + 1] = cell[measure][policy] end
  table.sort(list)
  return list
end

local function shown(value, format) return value and value < math.huge and format:format(value) or "-" end

--- Of a sorted list: median, nine in ten, worst.
local function quantiles(list)
  if #list == 0 then return "-", "-", "-" end
  local middle = (list[(#list + 1) // 2] + list[#list // 2 + 1]) / 2
  return ("%.3f"):format(middle), ("%.3f"):format(list[math.ceil(0.9 * #list)]), ("%.3f"):format(list[#list])
end

--- A line of the table: what it is of, a word for each policy, and three more.
local function print_line(name, count, best, loss, list, search, test, sweeps)
  local line = ("%-34s %6s  %-24s %7s "):format(name, count, best, loss)
  for i in ipairs(POLICIES) do line = line .. ("%11s"):format(list[i]) end
  print((line .. ("   %6s %7s %9s"):format(search, test, sweeps)):match "^(.-) *$")
end

local function print_quantiles(cells, measure, whose)
  local columns = {}
  for k, policy in ipairs(POLICIES) do columns[k] = table.pack(quantiles(column(cells, measure, policy))) end
  for i, name in ipairs { "median", "nine in ten", "worst" } do
    local list = {}
    for k in ipairs(POLICIES) do list[k] = columns[k][i] end
    print_line(name .. whose, #cells, "", "", list, "", "", "")
  end
end

--- The quantiles of the cells that count.
local function print_measures(cells, whose)
  local counted = part(cells, counts)
  print_quantiles(counted, "ratio", whose)
  local measured = part(counted, function(cell) return cell.untrained end)
  if #measured > 0 then print_quantiles(measured, "excess", " excess" .. whose) end
end

--- The halves that there are, beside the cells of none.
local function halves(cells)
  local list, known = {}, {}
  for _, cell in ipairs(cells) do
    if cell.half and not known[cell.half] then list[#list + 1], known[cell.half] = cell.half, true end
  end
  return list
end

--- A task and budget, in a line.
local function print_cell(cell)
  local pilot = cell.runs["autopilot@0"]
  local list = {}
  for i, policy in ipairs(POLICIES) do list[i] = shown(cell.ratio[policy], "%.3f") end
  local best = ("%s %g%s"):format(cell.best.policy:sub(7), cell.best.peak, cell.hopeless and " hopeless" or "")
  print_line(cell.task, cell.budget, best, ("%.4f"):format(cell.best.loss), list,
    pilot and ("%.0f %%"):format(100 * mean_of(pilot, "search") / cell.budget) or "-",
    shown(pilot and mean_of(pilot, "accuracy"), "%.4f"), shown(mean_of(cell.best, "accuracy"), "%.4f"))
end

--- The steps needed to be where the sweep ends, in percent of its budget.
local function print_needed(cells)
  local watched = part(cells, function(cell) return counts(cell) and next(cell.needed) end)
  if #watched == 0 then return end
  print_line("steps to the sweep's best loss", "budget", "", "", HEADS, "", "", "")
  for _, cell in ipairs(watched) do
    local list = {}
    for i, policy in ipairs(POLICIES) do list[i] = shown(cell.needed[policy] and 100 * cell.needed[policy], "%.0f %%") end
    print_line(cell.task, cell.budget, "", "", list, "", "", "")
  end
  local reached = {}
  for i, policy in ipairs(POLICIES) do
    local shares = column(watched, "needed", policy)
    reached[i] = #shares == 0 and "-" or ("%d/%d"):format(#part(watched, function(cell)
      return (cell.needed[policy] or math.huge) < math.huge
    end), #shares)
  end
  print_line("reached", #watched, "", "", reached, "", "", "")
end

--- The table.
function summary.print(cells)
  print_line("task", "budget", "best of the sweep", "loss", HEADS, "search", "test", "sweep's")
  for _, cell in ipairs(cells) do print_cell(cell) end
  print_measures(cells, "")
  for _, half in ipairs(halves(cells)) do
    local own = part(cells, function(cell) return cell.half == half end)
    if #own < #cells then print_measures(own, (" (%s)"):format(half)) end
  end
  print_needed(cells)
end

--- Each policy's ratios, sorted, as a line over the share of tasks.
---@return true? done
---@return string? problem
function summary.draw(cells, file)
  local series = {}
  for _, policy in ipairs { "autopilot", "autolrs-neap", "autolrs-published" } do
    local list, x = column(part(cells, counts), "ratio", policy), {}
    for i = 1, #list do x[i], list[i] = i / #list, math.min(list[i], 3) end
    if #list > 0 then series[#series + 1] = { title = policy, x = x, y = list, style = "steps" } end
  end
  return picture.draw({ title = "Final validation loss, relative to the best of a sweep", xlabel = "share of tasks and budgets",
    ylabel = "ratio (cut at 3)", series = series }, file)
end

return summary

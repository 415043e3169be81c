--- The benchmark of policies: make bench-policies. What it measures stands in doc/methods.md.
---   neap tests/bench/policies/main.lua [FOLDER] [--quick] [--tasks PATTERN] [--budgets 500,1500] [--policies PATTERN] [--again]
---       [--report] [--results FILE] [--picture FILE] [--workers N]
--- FOLDER holds another tasks.lua with its results.csv: tests/bench/holdout and tests/bench/drawn do.
--- Runs what the file of results lacks (--again: what is named, anew; --report: nothing), then prints the table of the tasks named.
--- PATTERN is one of Lua's, or several with | between them.

local here = arg[0]:match "^(.*)/" or "."
local folder = arg[1] and not arg[1]:find "^%-%-" and table.remove(arg, 1) or here
local listed <close> = io.open(folder .. "/tasks.lua")
if not listed then error(("no tasks.lua in the folder '%s'"):format(folder), 0) end
package.path = ("%s/?.lua;%s/?.lua;"):format(folder, here) .. package.path

local job = require "job"
local policies = require "policies"
local Results = require "results"
local summary = require "summary"
local tasks = require "tasks"
local workers = require "neap.workers"

local function read_arguments(words)
  local given = { results = folder .. "/results.csv", picture = "", tasks = "", policies = "", workers = "2" }
  local i = 1
  while words[i] do
    local name = words[i]:match "^%-%-(%w+)$"
    if name == "again" or name == "report" or name == "quick" then
      given[name] = true
    elseif name == "budgets" or name == "seeds" then
      i, given[name] = i + 1, {}
      for word in words[i]:gmatch "%d+" do table.insert(given[name], math.tointeger(tonumber(word))) end
    elseif name and type(given[name]) == "string" then
      i = i + 1
      given[name] = words[i]
    else
      error(("unknown argument '%s'"):format(words[i]), 0)
    end
    i = i + 1
  end
  if given.quick then given.tasks, given.budgets, given.results = tasks.quick.tasks, tasks.quick.budgets, os.tmpname() end
  return given
end

local function contains(list, value)
  for _, entry in ipairs(list) do if entry == value then return true end end
  return false
end

local function matches(word, patterns)
  if patterns == "" then return true end
  for pattern in patterns:gmatch "[^|]+" do
    if word:find(pattern) then return true end
  end
  return false
end

--- Every budget that some task has, the smallest first.
local function all_budgets()
  local list = {}
  for _, task in ipairs(tasks.list) do
    for _, budget in ipairs(task.budgets or tasks.budgets) do
      if not contains(list, budget) then list[#list + 1] = budget end
    end
  end
  table.sort(list)
  return list
end

--- Runs that one worker does one after the other: few, so that little is lost where the benchmark is stopped.
local MOST <const> = 15

--- The runs to do, in jobs of one group, task and seed: small budgets first.
local function jobs_of(given, results)
  local jobs, runs = {}, 0

  local function is_wanted(task, budget, group)
    return contains(task.budgets or tasks.budgets, budget) and (not tasks.groups or contains(tasks.groups, group))
      and matches(task.name, given.tasks) and matches(group, given.policies)
  end

  local function add(task, budget, group)
    for _, seed in ipairs(given.seeds or task.seeds or tasks.seeds) do
      local names = {}
      for _, j in ipairs(policies.jobs(group[2], task, budget, seed)) do
        if given.again or not results:has(j) then
          if #names % (task.command and 1 or MOST) == 0 then
            names = {}
            jobs[#jobs + 1] = { "job", "run", names }
          end
          names[#names + 1], runs = job.name(j, group[1]), runs + 1
        end
      end
    end
  end

  for _, budget in ipairs(given.budgets or all_budgets()) do
    for _, group in ipairs(policies.groups) do
      for _, task in ipairs(tasks.list) do
        if is_wanted(task, budget, group[1]) then add(task, budget, group) end
      end
    end
  end
  return jobs, runs
end

local given = read_arguments(arg)
local results = Results.open(given.results)
if not given.report then
  local jobs, runs = jobs_of(given, results)
  io.stderr:write(("%d runs to do\n"):format(runs))
  workers.map(jobs, { workers = math.tointeger(tonumber(given.workers)), on_result = function(i, rows, problem)
    if problem then io.stderr:write(jobs[i][3][1].task, ", ", jobs[i][3][1].policy, ": ", problem, "\n") end
    for _, row in ipairs(rows or {}) do results:add(row) end
  end })
end
local cells = summary.cells(results.rows, function(task) return matches(task, given.tasks) end)
summary.print(cells)
if given.picture ~= "" then assert(summary.draw(cells, given.picture)) end

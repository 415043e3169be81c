--- The benchmark of policies: make bench-policies. What it measures stands in doc/methods.md.
---   neap tests/bench/policies/main.lua [--quick] [--tasks PATTERN] [--budgets 500,1500] [--policies PATTERN] [--again] [--report]
---       [--results FILE] [--picture FILE] [--workers N]
--- Runs what the file of results lacks (--again: what is named, anew; --report: nothing), then prints the table.

local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/?.lua;" .. package.path

local job = require "job"
local policies = require "policies"
local Results = require "results"
local summary = require "summary"
local tasks = require "tasks"
local workers = require "neap.workers"

local function read_arguments(words)
  local given = { results = here .. "/results.csv", picture = "", tasks = "", policies = "", budgets = tasks.budgets,
                  seeds = tasks.seeds, workers = "2" }
  local i = 1
  while words[i] do
    local name = words[i]:match "^%-%-(%w+)$"
    if name == "again" or name == "report" or name == "quick" then
      given[name] = true
    elseif name == "budgets" or name == "seeds" then
      i, given[name] = i + 1, {}
      for word in words[i]:gmatch "%d+" do table.insert(given[name], math.tointeger(tonumber(word))) end
    elseif name and given[name] then
      i = i + 1
      given[name] = words[i]
    else
      error(("unknown argument '%s'"):format(words[i]), 0)
    end
    i = i + 1
  end
  if given.quick then given.tasks, given.budgets, given.results = "digits", { 500, 1500 }, os.tmpname() end
  return given
end

local function jobs_of(given, results)
  local jobs = {}
  for _, budget in ipairs(given.budgets) do
    for _, group in ipairs(policies.groups) do
      for _, task in ipairs(tasks.list) do
        for _, seed in ipairs(given.seeds) do
          local wanted = task.name:find(given.tasks) and group[1]:find(given.policies)
          for _, j in ipairs(wanted and policies.jobs(group[2], task, budget, seed) or {}) do
            if given.again or not results:has(j) then jobs[#jobs + 1] = { "job", "run", job.name(j, group[1]) } end
          end
        end
      end
    end
  end
  return jobs
end

local given = read_arguments(arg)
local results = Results.open(given.results)
if not given.report then
  local jobs = jobs_of(given, results)
  io.stderr:write(("%d runs to do\n"):format(#jobs))
  workers.map(jobs, { workers = math.tointeger(tonumber(given.workers)), on_result = function(i, row, problem)
    if row then results:add(row) else io.stderr:write(jobs[i][3].policy, ": ", problem, "\n") end
  end })
end
local cells = summary.cells(results.rows)
summary.print(cells)
if given.picture ~= "" then assert(summary.draw(cells, given.picture)) end

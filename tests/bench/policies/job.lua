--- Runs of the benchmark, as a worker does them: named by plain data, found again among the jobs of their group.
local backend = require "neap.backend"
local course = require "course"
local neap = require "neap"
local policies = require "policies"
local tasks = require "tasks"

local job = {}

--- The name of a job, from which another process finds it.
function job.name(given, group)
  return { group = group, task = given.task, budget = given.budget, seed = given.seed, policy = given.policy, peak = given.peak }
end

local function find(name)
  for _, task in ipairs(tasks.list) do
    for _, group in ipairs(task.name == name.task and policies.groups or {}) do
      for _, j in ipairs(group[1] == name.group and policies.jobs(group[2], task, name.budget, name.seed) or {}) do
        if j.policy == name.policy and j.peak == name.peak then return j end
      end
    end
  end
  error("no such job: " .. name.policy)
end

--- What a run is on: a program is started anew for each run; the embedded backend is opened once for all runs of a kind, which
--- loads the data, and goes back to its beginning.
local function opener()
  local trainer, beginning, spec, seed
  return function(j)
    if j.command then return j.spec end
    if spec == j.spec and seed == j.seed then trainer:restore(beginning) else
      if trainer then trainer:close() end
      trainer, spec, seed = assert(backend.open(j.spec, { seed = j.seed })), j.spec, j.seed
      beginning = trainer:save()
    end
    return trainer
  end
end

--- A trainer that offers no validation losses.
local function blinded(trainer)
  local offers = setmetatable({ evaluate = false, test = false }, { __index = trainer.offers })
  return setmetatable({ offers = offers }, { __index = trainer })
end

--- What the weights of a trainer come to, as a run's result says it.
local function judged(trainer)
  local validation = trainer:evaluate {}
  local test_loss, test_metrics = trainer:evaluate { on = "test" }
  return { validation = validation },
    { test_loss = test_loss, test_accuracy = test_metrics.accuracy, test_r2 = test_metrics.r2 }
end

--- A run that fails has no losses: it counts as the worst there is.
local function run(j, trainer)
  local watcher = j.watched and course.watcher(j.steps) or nil
  local result = neap.run(j.recipe, { backend = j.blind and blinded(trainer) or trainer, budget = j.steps, seed = j.seed,
    options = j.options, trainer = { command = j.command }, reporter = watcher })
  local row = { task = j.task, budget = j.budget, seed = j.seed, policy = j.policy, peak = j.peak, total = j.steps }
  if not result then return row end
  if j.blind then result.loss, result.metrics = judged(trainer) end
  row.validation, row.test_loss = result.loss.validation, result.metrics.test_loss
  row.accuracy = result.metrics.test_accuracy or result.metrics.test_r2
  row.search, row.total, row.seconds = result.steps.search, result.steps.total, result.seconds
  row.course = watcher and watcher.course
  return row
end

--- Do runs of one group, task and seed: the row of each.
function job.run(names)
  local rows, open = {}, opener()
  for i, name in ipairs(names) do
    local j = find(name)
    rows[i] = run(j, open(j))
  end
  return rows
end

return job

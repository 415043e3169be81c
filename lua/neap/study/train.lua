--- The trainings of a study, as jobs for neap.workers: several runs on one trainer, each from the same beginning.

local backend = require "neap.backend"
local contestants = require "neap.study.contestants"
local engine = require "neap.engine"
local finite = require "neap.finite"
local neap = require "neap"

local train = {}

--- Decay on plateau: after more than `patience` looks at the validation loss without a better one the rate is a tenth.
---@param look integer    steps from one look to the next
---@return boolean done    false if the training diverged
function train.on_plateau(trainer, steps, peak, patience, look)
  local plateau, taken = neap.schedule.plateau { rate = peak, patience = patience }, 0
  while taken < steps do
    local count = math.min(look, steps - taken)
    local losses = trainer:train(count, plateau:rate())
    if not finite(losses[#losses]) then return false end
    taken = taken + count
    plateau:observe((trainer:evaluate()))
  end
  return true
end

--- Train by a contestant; false if the loss did not stay finite.
---@param run { schedule: string, steps: integer, peak: number }
local function follow(trainer, run, look)
  local contestant = contestants.named(run.schedule)
  if contestant.patience then return train.on_plateau(trainer, run.steps, run.peak, contestant.patience, look) end
  local schedule = run.peak * contestant.schedule(run.steps)
  local momentum = trainer:info().optimizer == "sgd" and schedule:momentum() or nil   -- Adam keeps its own
  local losses = trainer:train(run.steps, schedule, momentum)
  return #losses == run.steps and finite(losses[#losses])
end

--- What a run ended with: losses, and errors in percent; nothing of one that diverged.
local function judge(trainer)
  local validation_loss, validation = trainer:evaluate { on = "validation" }
  local test_loss, test = trainer:evaluate { on = "test" }
  if not (finite(validation_loss) and finite(test_loss)) then return {} end
  return {
    validation_loss = validation_loss, validation_error = 100 * (1 - validation.accuracy),
    test_loss = test_loss, test_error = 100 * (1 - test.accuracy),
  }
end

--- Do runs on a trainer, each from its beginning.
---@param work { backend: string, seed: integer, look: integer, runs: table[] }
---@return table[]? outcomes    in the order of the runs: validation_loss, .., seconds
---@return string? problem
function train.runs(work)
  local trainer <close>, problem = backend.open(work.backend, { seed = work.seed })
  if not trainer then return nil, problem end
  local beginning, why = trainer:save()
  if not beginning then return nil, why end
  local outcomes = {}
  for i, run in ipairs(work.runs) do
    local started = engine.clock()
    local restored, lost = trainer:restore(beginning)
    if not restored then return nil, lost end
    outcomes[i] = follow(trainer, run, work.look) and judge(trainer) or {}
    outcomes[i].seconds = engine.clock() - started
  end
  return outcomes
end

return train

--- AutoLRS, mended (recipe autolrs --variant neap). The stages and the search are those of Jin et al. (arXiv 2105.10762); what
--- is ours:
---   probes are judged beside each other, and by their validation loss where they might win (lua/neap/autolrs_trials.lua);
---   the Gaussian process is told how uncertain each forecast is, and goes on from stage to stage: it models the logarithm of
---   forecast loss over loss at the stage's start, and what an earlier stage saw counts with a variance that grows with age;
---   a probe is looked at each quarter, and stopped where it cannot win any more; the search ends where it comes back to a rate;
---   the winner's branch is kept: the stage goes on where its probe ended;
---   where there are several trainers, they try candidates side by side.

local finite = require "neap.finite"
local neap = require "neap"
local losses_of = require "neap.autopilot.losses"
local train = require "neap.autolrs_training"
local Trials = require "neap.autolrs_trials"

local autolrs = {}

--- Looks at a probe.
local PARTS <const> = 4

--- Of the first loss: less is as good as nothing.
local SPECK <const> = 1e-3

--- Variance that a stage adds to what earlier ones saw, in ln(loss).
local DRIFT <const> = 0.01

--- Train a probe, part by part, as long as it may win.
local function take(run, stage, rate, number)
  local losses = {}
  for part = 1, PARTS do
    local steps = stage.probe * part // PARTS - stage.probe * (part - 1) // PARTS
    local taken, diverged = run:train(steps, rate, { stage = stage.number, candidate = number, of = stage.k })
    table.move(taken, 1, #taken, #losses + 1, losses)
    if diverged then return losses, true end
    if part > 1 and part < PARTS and stage.trials:is_hopeless(rate, losses) then break end
  end
  return losses, false
end

--- By how much the validation loss is above that of the training; where a probe was given up, it is not asked for.
local function gap_of(run, stage, losses, diverged)
  if diverged or #losses < stage.probe then return 0 end
  return math.max(0, losses_of.or_worst(losses_of.validation(run, { batches = stage.batches })) - Trials.recent(losses))
end

--- Probe a rate from the start of the stage; the best so far keeps its checkpoint.
local function probe(run, stage, rate, number)
  run:restore(stage.start)
  local losses, diverged = take(run, stage, rate, number)
  local gap = gap_of(run, stage, losses, diverged)
  local checkpoint = #losses == stage.probe and not diverged and run:save() or nil
  -- From here to the next drop nothing waits: other trainers add no trial meanwhile.
  local trial, loser = stage.trials:add(rate, losses, gap, diverged), checkpoint
  if checkpoint and trial.value < (stage.best and stage.best.value or math.huge) then
    loser = stage.best and stage.best.checkpoint
    stage.best, trial.checkpoint = trial, checkpoint
  end
  if loser then run:drop(loser) end
  local expected = trial.value < math.huge and trial.expected or nil
  run:report {
    event = "candidate", stage = stage.number, candidate = number, of = stage.k, rate = rate, steps = #losses, forecast = expected,
    sd = expected and trial.deviation, text = not expected and "diverged" or #losses < stage.probe and "given up" or nil,
  }
end

--- An optimiser that knows the trials of this stage, and what earlier ones saw, with a variance by their age. Candidates on trial
--- count as what is expected of them.
local function belief_of(run, o, seen, stage)
  local belief = neap.bayesopt {
    space = { lr = { o.lr[1], o.lr[2], scale = "log" } }, acquisition = "lcb", kappa = o.kappa, kernel = o.kernel,
    seed = run.random:below(1 << 31), initial = 1,
  }
  local told = 0
  local function tell(rate, value, variance)
    local is_inside = rate >= o.lr[1] and rate <= o.lr[2]    -- the interval shrinks after a stage that diverged
    if is_inside then belief:tell({ lr = rate }, value, variance) end
    told = told + (is_inside and value < math.huge and 1 or 0)
  end
  for _, s in ipairs(seen) do tell(s.rate, s.value, s.spread + DRIFT * (stage.number - s.stage)) end
  for _, s in ipairs(stage.trials.list) do tell(s.rate, s.value, s.value < math.huge and s.variance or nil) end
  for _, rate in ipairs(told > 0 and stage.trials.pending or {}) do tell(rate, (belief:predict { lr = rate }), 0) end
  return belief
end

--- The next rate to try. Where the optimiser comes back to one that was tried, its neighbourhood is searched; nil: that is settled.
local function candidate_of(run, o, seen, stage)
  local rate = belief_of(run, o, seen, stage):ask().lr
  if stage.trials:has(rate) then return stage.trials:between() end
  return rate
end

--- Search the stage's rate; stage.best is then the winner, none if every rate diverged. With several trainers as many candidates
--- are on trial at a time, each asked for in view of those that are.
local function search(run, stage, o, seen)
  local asked = 0
  run:share(function()
    asked = asked + 1
    local rate = asked <= stage.k and candidate_of(run, o, seen, stage)
    if not rate then
      asked = stage.k
      return nil
    end
    stage.trials:begin(rate)
    return { number = asked, rate = rate }
  end, function(branch, candidate) probe(branch, stage, candidate.rate, candidate.number) end)
  for _, trial in ipairs(stage.trials.list) do
    if trial.value < math.huge then seen[#seen + 1] = trial end
  end
end

--- Steps of a stage and of its probes, the rest of the budget if no stage of its length fits after it.
---@param first? number    the loss before any step
local function stage_of(run, number, tau, o, first)
  local length = o.probe > 0 and o.probe or tau // 10
  local cost = (o.k - 1) * length
  local left = run:left()
  if cost + tau > left then
    length = length * left // (cost + tau)
    cost = (o.k - 1) * length
  end
  local is_last = left - cost < 2 * tau    -- probes that are given up leave it more steps than these
  local loss = losses_of.validation(run, { batches = o.validation_batches })
  first = first or math.abs(loss)
  -- One of the two may be low by luck, or nothing.
  local level = math.max(loss, Trials.recent(table.move(run.losses, 1, run.depth, 1, {})), loss >= 0 and SPECK * first or loss)
  if loss >= 0 then loss = math.max(loss, SPECK * SPECK * first) end
  local stage = {
    number = number, probe = length, steps = is_last and left - cost or tau, is_last = is_last, k = o.k,
    batches = o.validation_batches, loss = loss, level = level, first = first, start = run:save(),
  }
  stage.trials = Trials.new(stage)
  return stage
end

--- Run it, over the whole budget.
---@param run neap.Run
---@param o table    the recipe's options
---@return boolean? done
---@return string? problem
function autolrs.run(run, o)
  local seen, tau, number, rate, first = {}, o.tau, 1, nil, nil
  local highest = o.lr[2]
  while run:left() > 0 do
    local stage = stage_of(run, number, tau, o, first)
    if not finite(stage.loss) and not first then return nil, losses_of.UNSOUND end
    first = stage.first
    if stage.probe >= 8 then
      search(run, stage, o, seen)
      if not stage.best then
        return nil, ("stage %d: every candidate diverged (rates %g to %g); lower --lr"):format(number, o.lr[1], o.lr[2])
      end
      rate = stage.best.rate
    end
    local last = train(run, stage, rate)
    o.lr[2] = last < rate and math.min(highest, math.max(last, o.lr[1] * 1.01)) or highest    -- what broke is not tried at once
    rate = last
    run:report {
      event = "stage", stage = number, steps = run.depth - stage.start.depth, rate = rate, loss = run.losses[run.depth],
      validation = run:evaluate(),
    }
    run:drop(stage.start)
    tau, number = math.min(2 * tau, o.tau_max), number + 1
  end
  return true
end

return autolrs

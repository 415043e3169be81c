--- AutoLRS, mended (recipe autolrs --variant neap). The stages and the search are those of Jin et al. (arXiv 2105.10762); what
--- is ours:
---   the Gaussian process is told how uncertain each forecast is, and goes on from stage to stage: it models the logarithm of
---   forecast loss over loss at the stage's start, and what an earlier stage saw counts with a variance that grows with age;
---   a probe is looked at each quarter, and stopped where it cannot win any more;
---   the winner's branch is kept: the stage goes on where its probe ended;
---   where there are several trainers, they try candidates side by side.

local neap = require "neap"

local autolrs = {}

--- Looks at a probe; deviations by which a forecast must be worse to be given up.
local PARTS <const>, DEVIATIONS <const> = 4, 2

--- Variance that a stage adds to what earlier ones saw, in ln(loss); of a forecast, at least.
local DRIFT <const>, LEAST <const> = 0.01, 1e-4

--- A forecast this many times the loss at the start of the stage is an explosion. That loss is the validation loss or the mean
--- of so many training losses, whichever is larger: one of the two may be low by luck.
local EXPLOSION <const>, RECENT <const> = 10, 10

--- ln(forecast / loss at the start) and its variance, from the losses of a probe so far.
local function forecast(losses, stage)
  local fit = neap.forecast(losses)
  if not fit or fit.diverged then return math.huge, LEAST end
  local mean, sd = fit:forecast(stage.steps)
  if not (mean < EXPLOSION * stage.level) then return math.huge, LEAST end
  mean = math.max(mean, 1e-6 * stage.loss)
  return math.log(mean / stage.loss), math.max(LEAST, (sd / mean) ^ 2)
end

local function cannot_win(value, variance, best)
  return best and value - best.value > DEVIATIONS * math.sqrt(variance + best.variance)
end

--- Probe a rate from the start of the stage; the best so far keeps its checkpoint.
local function probe(run, stage, rate, number)
  run:restore(stage.start)
  local losses, value, variance = {}, math.huge, LEAST
  for part = 1, PARTS do
    local steps = stage.probe * part // PARTS - stage.probe * (part - 1) // PARTS
    local taken, diverged = run:train(steps, rate, { stage = stage.number, candidate = number, of = stage.k })
    table.move(taken, 1, #taken, #losses + 1, losses)
    if diverged then
      value = math.huge
      break
    end
    value, variance = forecast(losses, stage)
    if part > 1 and cannot_win(value, variance, stage.best) then break end
  end
  local former = stage.best
  local is_best = #losses == stage.probe and value < (former and former.value or math.huge)
  if is_best then stage.best = { rate = rate, value = value, variance = variance, checkpoint = run:save() } end
  if is_best and former then run:drop(former.checkpoint) end
  local expected = value < math.huge and stage.loss * math.exp(value) or nil
  run:report {
    event = "candidate", stage = stage.number, candidate = number, of = stage.k, rate = rate, steps = #losses, forecast = expected,
    sd = expected and expected * math.sqrt(variance), text = not expected and "diverged" or #losses < stage.probe and "given up" or nil,
  }
  return value, variance
end

--- An optimiser that knows what earlier stages saw, with a variance by their age.
local function belief_of(run, o, seen, stage)
  local belief = neap.bayesopt {
    space = { lr = { o.lr[1], o.lr[2], scale = "log" } }, acquisition = "lcb", kappa = o.kappa, kernel = o.kernel,
    seed = run.random:below(1 << 31), initial = 1,
  }
  for _, s in ipairs(seen) do
    local is_inside = s.rate >= o.lr[1] and s.rate <= o.lr[2]    -- the interval shrinks after a stage that diverged
    if is_inside then belief:tell({ lr = s.rate }, s.value, s.variance + DRIFT * (stage.number - s.stage)) end
  end
  return belief
end

--- Search the stage's rate; stage.best is then the winner, none if every rate diverged. With several trainers as many candidates
--- are on trial at a time, each asked for in view of those that are.
local function search(run, stage, o, seen)
  local belief, asked = belief_of(run, o, seen, stage), 0
  run:share(function()
    asked = asked + 1
    return asked <= stage.k and { number = asked, rate = belief:ask().lr } or nil
  end, function(branch, candidate)
    local rate = candidate.rate
    local value, variance = probe(branch, stage, rate, candidate.number)
    belief:tell({ lr = rate }, value, value < math.huge and variance or nil)
    if value < math.huge then seen[#seen + 1] = { rate = rate, value = value, variance = variance, stage = stage.number } end
  end)
end

--- Train the stage, from the end of the winner's probe on; without one, all that is left. If its trainer is lost on the way, and
--- there are others, one of them begins at the stage's start.
local function train(run, stage, rate)
  local best, jobs, losses, diverged = stage.best, { stage }, {}, false
  local steps = best and math.max(1, stage.steps - stage.probe) or run:left()
  run:share(function() return table.remove(jobs) end, function(branch)
    local probed = best
    branch:restore(probed and probed.checkpoint or stage.start)
    best = nil
    if probed then branch:drop(probed.checkpoint) end
    if branch:left() > 0 then losses, diverged = branch:train(math.min(steps, branch:left()), rate, { stage = stage.number }) end
  end)
  return losses, diverged
end

--- The mean of the last training losses, 0 before there are any.
local function recent_loss(run)
  local first, sum = math.max(1, run.depth - RECENT + 1), 0.0
  for i = first, run.depth do sum = sum + run.losses[i] end
  return sum / math.max(1, run.depth - first + 1)
end

--- Steps of a stage and of its probes, the rest of the budget if no stage of its length fits after it.
local function stage_of(run, number, tau, o)
  local length = o.probe > 0 and o.probe or tau // 10
  local cost = (o.k - 1) * length
  local left = run:left()
  if cost + tau > left then
    length = length * left // (cost + tau)
    cost = (o.k - 1) * length
  end
  local steps = left - cost < 2 * tau and left - cost or tau
  local loss = run:evaluate()
  return {
    number = number, probe = length, steps = steps, k = o.k, loss = loss, level = math.max(loss, recent_loss(run)), start = run:save(),
  }
end

--- Run it, over the whole budget.
---@param run neap.Run
---@param o table    the recipe's options
---@return boolean? done
---@return string? problem
function autolrs.run(run, o)
  local seen, tau, number, rate = {}, o.tau, 1, nil
  while run:left() > 0 do
    local stage = stage_of(run, number, tau, o)
    if stage.probe >= 8 then
      search(run, stage, o, seen)
      if not stage.best then
        return nil, ("stage %d: every candidate diverged (rates %g to %g); lower --lr"):format(number, o.lr[1], o.lr[2])
      end
      rate = stage.best.rate
    end
    local losses, diverged = train(run, stage, rate)
    if diverged then
      run:report { event = "stage", stage = number, rate = rate, text = "diverged; going back to its start, at a third of the rate" }
      run:restore(stage.start)
      rate = rate / 3
      o.lr[2] = math.max(rate, o.lr[1] * 1.01)
    else
      run:report { event = "stage", stage = number, steps = #losses, rate = rate, loss = losses[#losses], validation = run:evaluate() }
    end
    run:drop(stage.start)
    tau, number = math.min(2 * tau, o.tau_max), number + 1
  end
  return true
end

return autolrs

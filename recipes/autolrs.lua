-- AutoLRS: a constant rate for each stage, found on the fly by Bayesian optimisation over forecast losses.
-- Jin et al., "AutoLRS", ICLR 2021, arXiv 2105.10762, algorithm 1.
--   neap run autolrs --backend builtin:fashion --lr 1e-3:0.3 --budget 6000
-- Where it departs from the paper: the budget is exact (the last stage shrinks to fit it), a stage that diverges is
-- taken back and given to its next best candidate, and a restored checkpoint restores the order of the data too.
local finite = require "neap.finite"
local has_exploded = require "neap.autolrs_explosion"
local losses_of = require "neap.autopilot.losses"
local neap = require "neap"

-- What the paper says, and what the authors' published code does where it differs.
local VARIANTS = {
  paper = { kappa = 1000.0, length = 1.0, noise = 1e-4, first = "lcb", choose = "mean", validation_delay = 0 },
  published = { kappa = 1e6, first = "random", choose = "forecast", validation_delay = 1 },
  neap = { kappa = 2.0, first = "lcb", choose = "forecast", validation_delay = 0 },   -- lua/neap/autolrs.lua
}

-- Fewer steps than this tell nothing about a rate: the rest of the budget is trained at the last one.
local SHORTEST_PROBE <const> = 8

local function optimiser(run, o)
  return neap.bayesopt {
    space = { lr = { o.lr[1], o.lr[2], scale = "log" } },
    acquisition = "lcb", kappa = o.kappa, kernel = o.kernel, seed = run.random:below(1 << 31),
    length = o.length, noise = o.noise, signal = o.length and 1.0, mean = o.length and 0.0, initial = 1,
  }
end

-- The losses of a probe: of every training step, or, late in training, on a few validation batches now and then.
local function series_of(run, rate, stage, label, o)
  if not stage.validate then return run:train(stage.probe, rate, label), 1 end
  local series, every = {}, math.min(stage.every, stage.probe)
  for _ = 1, stage.probe // every do
    local _, diverged = run:train(every, rate, label)
    series[#series + 1] = diverged and math.huge or run:evaluate { batches = o.validation_batches }
    if diverged then break end
  end
  return series, every
end

-- The loss at the end of the stage, as the series foretells it.
local function forecast(series, stride, stage, o)
  if o.variant == "published" and stage.validate then
    for _, loss in ipairs(series) do
      if loss >= stage.first_loss then return series[#series] end
    end
  end
  local fit = neap.expfit(series, { first = stride, stride = stride, method = o.forecast, validation = stage.validate })
  return fit and fit:forecast(stage.steps) or series[#series]
end

-- Try one rate from the start of the stage: its forecast loss, infinite if it diverged.
local function try(run, rate, i, stage, o)
  local label = { stage = stage.number, candidate = i, of = o.k, forecast = stage.best }
  local series, stride = series_of(run, rate, stage, label, o)
  local failed = run.diverged
  local expected = failed and math.huge or forecast(series, stride, stage, o)
  if has_exploded(expected, stage.loss) then expected = math.huge end
  run:report {
    event = "candidate", stage = stage.number, candidate = i, of = o.k, rate = rate, loss = series[#series],
    forecast = expected < math.huge and expected or nil, text = expected == math.huge and "diverged" or nil,
  }
  run:restore(stage.start)
  if expected < (stage.best or math.huge) then stage.best = expected end
  return expected
end

-- The rates that did not diverge, best first.
local function search(run, stage, o)
  local belief, candidates = optimiser(run, o), {}
  for i = 1, o.k do
    local random = i == 1 and o.first == "random"
    local x = random and { lr = o.lr[1] * (o.lr[2] / o.lr[1]) ^ run.random:uniform() } or belief:ask()
    local expected = try(run, x.lr, i, stage, o)
    belief:tell(x, expected)
    if expected < math.huge then candidates[#candidates + 1] = { rate = x.lr, merit = expected } end
  end
  if o.choose == "mean" then
    for _, c in ipairs(candidates) do c.merit = belief:predict { lr = c.rate } end
  end
  table.sort(candidates, function(a, b) return a.merit < b.merit end)
  return candidates
end

-- Train the stage at the best candidate that holds to its end: that rate and the validation loss it led to, or nil.
local function train(run, stage, candidates)
  for _, c in ipairs(candidates) do
    if run:left() == 0 then break end
    local losses, diverged = run:train(stage.steps, c.rate, { stage = stage.number, forecast = c.merit })
    if not diverged then
      local validation = run:evaluate()
      run:report { event = "stage", stage = stage.number, steps = #losses, rate = c.rate, loss = losses[#losses],
                   validation = validation }
      return c.rate, validation
    end
    run:report { event = "stage", stage = stage.number, rate = c.rate, text = "diverged; going back to its start" }
    run:restore(stage.start)
  end
  return nil
end

-- Steps of a stage and of its probes that fit what is left of the budget.
local function fit_stage(tau, left, o)
  local probe = o.probe > 0 and o.probe or tau // 10
  if o.k * probe + tau > left then
    local share = left / (o.k * probe + tau)
    probe, tau = probe * share // 1 | 0, tau * share // 1 | 0
  end
  return probe, tau
end

-- The next stage, or nil if what is left is too short for one. 'late' counts the stages at tau_max, this one included.
local function stage_of(run, number, tau, late, loss, o)
  local probe, steps = fit_stage(tau, run:left(), o)
  if probe < SHORTEST_PROBE then return nil end
  local next_too = fit_stage(math.min(2 * tau, o.tau_max), run:left() - o.k * probe - steps, o) >= SHORTEST_PROBE
  local every = o.variant == "published" and math.max(1, probe // 16) or o.validation_every
  return {
    number = number, probe = probe, every = every,
    steps = next_too and steps or run:left() - o.k * probe,
    validate = late > o.validation_delay,
    first_loss = run.losses[1] or math.huge, loss = loss, start = run:save(),
  }
end

return neap.recipe {
  summary = "AutoLRS: each stage's constant rate by Bayesian optimisation over forecast losses",
  options = {
    lr = { "1e-3:0.1", "rates to search", type = "range" },
    variant = { "paper", "whose defaults", choices = { "paper", "published", "neap" } },
    tau = { 1000, "steps of the first stage; doubled after each", min = 2 },
    tau_max = { 8000, "steps of a stage at most; from there on probes are judged by validation loss", min = 2 },
    k = { 10, "candidates a stage", min = 1 },
    probe = { 0, "steps of a probe (tau'); 0: a tenth of the stage", min = 0 },
    kappa = { nil, "weight of the deviation in the lower confidence bound; paper 1000, published 1e6", type = "number",
              min = 0, optional = true },
    kernel = { "matern52", "covariance over ln(rate)", choices = { "matern12", "matern32", "matern52", "squared_exponential" } },
    length = { nil, "length scale in ln(rate); paper 1, published fitted", type = "number", above = 0, optional = true },
    noise = { nil, "variance of a forecast; paper 1e-4, published fitted", type = "number", min = 0, optional = true },
    first = { nil, "first candidate; paper lcb, published random", type = "string", choices = { "lcb", "random" },
              optional = true },
    choose = { nil, "rate taken by; paper mean (posterior), published forecast", type = "string",
               choices = { "mean", "forecast" }, optional = true },
    forecast = { "published", "exponential fitted by", choices = { "published", "bounded" } },
    validation_every = { 50, "steps between validation losses of a late probe", min = 1 },
    validation_batches = { 10, "mini-batches of each", min = 1 },
    validation_delay = { nil, "stages from the first one at tau_max until validation is used; paper 0, published 1",
                         type = "integer", min = 0, optional = true },
    warmup_steps = { 0, "steps of linear warm-up before the first stage, not searched", min = 0 },
    warmup_lr = { 0.01, "rate at the end of the warm-up", above = 0 },
  },
  several = function(o) return o.variant == "neap" end,
  prepare = function(o, budget)
    for name, value in pairs(VARIANTS[o.variant]) do
      if o[name] == nil then o[name] = value end
    end
    local probe = o.probe > 0 and o.probe or o.tau // 10
    local smallest = o.warmup_steps + o.k * probe + o.tau
    if probe < SHORTEST_PROBE then
      return nil, ("option 'tau': probes of %d steps are too short to forecast from, %d expected at least"):format(
        probe, SHORTEST_PROBE)
    end
    if budget >= smallest then return true end
    return nil, ("budget %d is smaller than one stage: %d steps (%d probes of %d, then %d%s); lower --tau or raise --budget")
      :format(budget, smallest, o.k, probe, o.tau, o.warmup_steps > 0 and ", after the warm-up" or "")
  end,
  function(run, o)
    if o.warmup_steps > 0 then
      local done, problem = run:follow(o.warmup_lr * neap.schedule.warmup(o.warmup_steps))
      if not done then return nil, problem end
    end
    if o.variant == "neap" then return require "neap.autolrs".run(run, o) end
    local tau, number, late, rate, loss = o.tau, 1, 0, nil, run:evaluate()
    if not finite(loss) then return nil, losses_of.UNSOUND end
    while run:left() > 0 do
      late = late + (tau >= o.tau_max and 1 or 0)
      local stage = stage_of(run, number, tau, late, loss, o)
      if not stage then
        run:train(run:left(), rate)
        break
      end
      rate, loss = train(run, stage, search(run, stage, o))
      if not rate then
        return nil, ("stage %d: every candidate diverged (rates %g to %g); lower --lr"):format(number, o.lr[1], o.lr[2])
      end
      run:drop(stage.start)
      tau, number = math.min(2 * tau, o.tau_max), number + 1
    end
  end,
}

--- torch.optim.lr_scheduler (1.13, and the same in 2.x). torch computes most of its schedules from the rate of the step before, and
--- drifts; these are its closed forms. `lr` is the optimizer's.

local compat = require "neap.schedule.compat"
local s = require "neap.schedule"

local lr, steps, number, endless = compat.lr, compat.steps, compat.number, compat.endless

local function whole(default, about) return { default, about or "", type = "integer", min = 0 } end

local function st(count) return ("%dst"):format(count) end

local torch = {}

torch.ConstantLR = {
  { lr = lr, factor = { 1 / 3, "", min = 0, max = 1 }, total_iters = whole(5) },
  function(o) return o.lr * s.piecewise(o.total_iters, { at = { 0, 1 }, value = { o.factor, 1 }, shape = "constant" }) end,
}

torch.LinearLR = {
  { lr = lr, start_factor = { 1 / 3, "", min = 0, max = 1 }, end_factor = { 1.0, "", min = 0, max = 1 }, total_iters = whole(5) },
  function(o) return o.lr * s.piecewise(o.total_iters, { at = { 0, 1 }, value = { o.start_factor, o.end_factor } }) end,
}

torch.ExponentialLR = {
  { lr = lr, gamma = compat.needed(), steps = steps },
  function(o) return o.lr * s.exponential(o.steps or endless(), { factor = o.gamma }) end,
}

torch.StepLR = {
  { lr = lr, step_size = { nil, "", type = "integer", min = 1 }, gamma = { 0.1, "", min = 0 }, steps = steps },
  function(o) return o.lr * s.step(o.steps or endless(), { every = st(o.step_size), factor = o.gamma }) end,
}

torch.MultiStepLR = {
  { lr = lr, milestones = { nil, "", type = "table" }, gamma = { 0.1, "", min = 0 }, steps = steps },
  function(o)
    local at = {}
    for i, milestone in ipairs(o.milestones) do at[i] = math.tointeger(milestone) or error("milestones: whole numbers expected", 0) end
    table.sort(at)
    for i, milestone in ipairs(at) do at[i] = st(milestone) end
    return o.lr * s.step(o.steps or endless(), { at = at, factor = o.gamma })
  end,
}

torch.PolynomialLR = {
  { lr = lr, total_iters = whole(5), power = { 1.0, "", above = 0 } },
  function(o) return o.lr * s.polynomial(o.total_iters, { power = o.power }) end,
}

torch.CosineAnnealingLR = {
  {
    lr = lr, T_max = { nil, "", type = "integer", min = 1 }, eta_min = { 0.0, "", min = 0 },
    steps = { nil, "default T_max; where more, it climbs again, as torch's does", type = "integer", min = 0, optional = true },
  },
  function(o)
    local length = o.steps or o.T_max
    return o.lr * s.cosine(length, { to = o.eta_min / o.lr, waves = length / (2 * o.T_max) })
  end,
}

torch.CosineAnnealingWarmRestarts = {
  {
    lr = lr, T_0 = { nil, "", type = "integer", min = 1 }, T_mult = { 1, "", min = 1 }, eta_min = { 0.0, "", min = 0 }, steps = steps,
  },
  function(o)
    local length = o.steps or endless()
    return o.lr * s.restarts(length, { first = st(o.T_0), multiplier = o.T_mult, to = o.eta_min / o.lr })
  end,
}

torch.CyclicLR = {
  {
    base_lr = compat.needed(), max_lr = { nil, "", type = "number", above = 0 }, step_size_up = { 2000, "", min = 1 },
    step_size_down = { nil, "", type = "integer", min = 1, optional = true }, gamma = { 1.0, "", above = 0, max = 1 },
    mode = { "triangular", "", choices = { "triangular", "triangular2", "exp_range" } },
    cycle_momentum = { true, "" }, base_momentum = number(0.8), max_momentum = number(0.9), steps = steps,
  },
  function(o)
    return o.max_lr * s.cyclic(o.steps or endless(), {
      from = o.base_lr / o.max_lr, up = st(o.step_size_up), down = st(o.step_size_down or o.step_size_up), mode = o.mode,
      gamma = o.gamma, cycle_momentum = o.cycle_momentum, low_momentum = o.base_momentum, high_momentum = o.max_momentum,
    })
  end,
}

torch.OneCycleLR = {
  {
    max_lr = { nil, "", type = "number", above = 0 }, total_steps = { nil, "", type = "integer", min = 2, optional = true },
    epochs = { nil, "", type = "integer", min = 1, optional = true },
    steps_per_epoch = { nil, "", type = "integer", min = 1, optional = true },
    pct_start = { 0.3, "the climb must take a step", min = 0, max = 1 }, anneal_strategy = { "cos", "", choices = { "cos", "linear" } },
    cycle_momentum = { true, "" }, base_momentum = number(0.85), max_momentum = number(0.95),
    div_factor = { 25.0, "", above = 0 }, final_div_factor = { 1e4, "", above = 0 }, three_phase = { false, "" },
  },
  function(o)
    local total = o.total_steps or o.epochs and o.steps_per_epoch and o.epochs * o.steps_per_epoch
    if not total then error("total_steps, or epochs and steps_per_epoch, expected", 0) end
    if o.pct_start * total <= 1 then error(("pct_start: %s of %d steps leave no step to climb"):format(o.pct_start, total), 0) end
    return o.max_lr * s.one_cycle(total, {
      up = o.pct_start, from = 1 / o.div_factor, to = 1 / o.div_factor / o.final_div_factor,
      shape = o.anneal_strategy == "cos" and "cosine" or "linear", three_phase = o.three_phase,
      cycle_momentum = o.cycle_momentum, low_momentum = o.base_momentum, high_momentum = o.max_momentum,
    })
  end,
}

torch.LambdaLR = {
  { lr = lr, lr_lambda = { nil, "a Lua function of the step", type = "any" }, steps = steps },
  function(o) return o.lr * s.lua(o.steps or endless(), { call = o.lr_lambda }) end,
}

torch.MultiplicativeLR = {
  { lr = lr, lr_lambda = { nil, "a Lua function of the step: the factor from the step before", type = "any" }, steps = steps },
  function(o)
    local known = { [0] = 1.0 }   -- products so far: a function of the step alone all the same
    return o.lr * s.lua(o.steps or endless(), { call = function(t)
      t = t // 1 | 0
      for i = #known + 1, t do known[i] = known[i - 1] * o.lr_lambda(i) end
      return known[t]
    end })
  end,
}

torch.SequentialLR = {
  { schedulers = { nil, "", type = "table" }, milestones = { nil, "", type = "table" } },
  function(o)
    if #o.milestones ~= #o.schedulers - 1 then error("one milestone less than schedulers expected", 0) end
    local whole_schedule, from = s.constant(0), 0
    for i, schedule in ipairs(o.schedulers) do
      local to = o.milestones[i] or endless()
      if #schedule > to - from then schedule = schedule:take(to - from)
      elseif o.milestones[i] then schedule = schedule .. (schedule:at(#schedule)) * s.constant(to - from - #schedule) end
      whole_schedule, from = whole_schedule .. schedule, to
    end
    return whole_schedule
  end,
}

torch.ChainedScheduler = {
  { lr = { nil, "the rate that all of them were made with", type = "number", above = 0 }, schedulers = { nil, "", type = "table" } },
  function(o)
    local product
    for _, schedule in ipairs(o.schedulers) do product = product and product * (1 / o.lr * schedule) or schedule end
    return product or error("schedulers: at least one expected", 0)
  end,
}

torch.ReduceLROnPlateau = {
  {
    lr = lr, mode = { "min", "", choices = { "min", "max" } }, factor = { 0.1, "", min = 0, below = 1 }, patience = whole(10),
    threshold = number(1e-4), threshold_mode = { "rel", "", choices = { "rel", "abs" } }, cooldown = whole(0),
    min_lr = { 0.0, "", min = 0 }, eps = { 1e-8, "", min = 0 },
  },
  function(o)
    return s.plateau {
      rate = o.lr, mode = o.mode, factor = o.factor, patience = o.patience, threshold = o.threshold,
      threshold_mode = o.threshold_mode == "rel" and "relative" or "absolute", cooldown = o.cooldown, min = o.min_lr, least_change = o.eps,
    }
  end,
}

return compat.library("torch", torch)

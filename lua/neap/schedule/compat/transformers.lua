--- transformers.optimization (4.x): get_.._schedule.., each times `lr`. Their warm-up begins at rate 0, so their first update is wasted;
--- neap's own warmup does not.

local compat = require "neap.schedule.compat"
local s = require "neap.schedule"

local endless = compat.endless

local function whole(default) return { default, "", type = "integer", min = 0 } end

local function optional(kind) return { nil, "", type = kind or "number", min = 0, optional = true } end

--- From 0 on the first step, towards 1 just after the last.
local function climb(steps) return s.warmup(steps, { endpoint = "open" }) end

--- The steps of the decay.
local function rest_of(o)
  local rest = o.num_training_steps - o.num_warmup_steps
  if rest < 0 then error("num_warmup_steps: more than num_training_steps", 0) end
  return rest
end

--- A declaration with what most have: lr, num_warmup_steps, num_training_steps.
local function common(more)
  local declared = { lr = compat.lr, num_warmup_steps = whole(), num_training_steps = whole() }
  for name, option in pairs(more) do declared[name] = option end
  return declared
end

local function least_rate(o)
  if (o.min_lr == nil) == (o.min_lr_rate == nil) then error("one of min_lr and min_lr_rate expected", 0) end
  return o.min_lr_rate or o.min_lr / o.lr
end

local transformers = {}

transformers.get_constant_schedule = {
  { lr = compat.lr, steps = compat.steps },
  function(o) return o.lr * s.constant(o.steps or endless()) end,
}

transformers.get_constant_schedule_with_warmup = {
  { lr = compat.lr, num_warmup_steps = whole(), steps = compat.steps },
  function(o) return o.lr * (climb(o.num_warmup_steps) .. s.constant((o.steps or endless()) - o.num_warmup_steps)) end,
}

transformers.get_linear_schedule_with_warmup = {
  common {}, function(o) return o.lr * (climb(o.num_warmup_steps) .. s.linear(rest_of(o))) end,
}

transformers.get_cosine_schedule_with_warmup = {
  common { num_cycles = { 0.5, "", min = 0 } },
  function(o) return o.lr * (climb(o.num_warmup_steps) .. s.cosine(rest_of(o), { waves = o.num_cycles })) end,
}

transformers.get_cosine_with_hard_restarts_schedule_with_warmup = {
  common { num_cycles = { 1, "", min = 1 } },
  function(o) return o.lr * (climb(o.num_warmup_steps) .. s.restarts(rest_of(o), { first = 1 / o.num_cycles })) end,
}

transformers.get_polynomial_decay_schedule_with_warmup = {
  common { lr_end = { 1e-7, "", min = 0 }, power = { 1.0, "", above = 0 } },
  function(o)
    if o.lr_end >= o.lr then error(("lr_end: a rate below lr, %s, expected, not %s"):format(o.lr, o.lr_end), 0) end
    return o.lr * (climb(o.num_warmup_steps) .. s.polynomial(rest_of(o), { to = o.lr_end / o.lr, power = o.power }))
  end,
}

transformers.get_inverse_sqrt_schedule = {
  { lr = compat.lr, num_warmup_steps = whole(), timescale = optional "integer", steps = compat.steps },
  function(o)
    local timescale = o.timescale or o.num_warmup_steps > 0 and o.num_warmup_steps or 10000
    local rest = (o.steps or endless()) - o.num_warmup_steps
    return o.lr * (climb(o.num_warmup_steps) .. s.inverse_sqrt(rest, { timescale = ("%dst"):format(timescale) }))
  end,
}

transformers.get_cosine_with_min_lr_schedule_with_warmup = {
  common { num_cycles = { 0.5, "", min = 0 }, min_lr = optional(), min_lr_rate = optional() },
  function(o)
    return o.lr * (climb(o.num_warmup_steps) .. s.cosine(rest_of(o), { to = least_rate(o), waves = o.num_cycles }))
  end,
}

transformers.get_cosine_with_min_lr_schedule_with_warmup_lr_rate = {
  common { num_cycles = { 0.5, "", min = 0 }, min_lr = optional(), min_lr_rate = optional(), warmup_lr_rate = optional() },
  function(o)
    local up = s.warmup(o.num_warmup_steps, { from = o.warmup_lr_rate })
    return o.lr * (up .. s.cosine(rest_of(o), { to = least_rate(o), waves = o.num_cycles, endpoint = "after" }))
  end,
}

local SHAPES <const> = { linear = "linear", cosine = "cosine", ["1-sqrt"] = "sqrt" }

transformers.get_wsd_schedule = {
  {
    lr = compat.lr, num_warmup_steps = whole(), num_decay_steps = whole(), num_training_steps = optional "integer",
    num_stable_steps = optional "integer", warmup_type = { "linear", "", choices = { "linear", "cosine", "1-sqrt" } },
    decay_type = { "cosine", "", choices = { "linear", "cosine", "1-sqrt" } }, min_lr_ratio = { 0.0, "", min = 0 },
    num_cycles = { 0.5, "", min = 0 },
  },
  function(o)
    if not (o.num_stable_steps or o.num_training_steps) then error("num_training_steps or num_stable_steps expected", 0) end
    local stable = o.num_stable_steps or o.num_training_steps - o.num_warmup_steps - o.num_decay_steps
    local up = s.warmup(o.num_warmup_steps, { from = o.min_lr_ratio, shape = SHAPES[o.warmup_type], endpoint = "open" })
    local waves = o.decay_type == "cosine" and o.num_cycles or nil
    local down = s.make(SHAPES[o.decay_type], o.num_decay_steps, { to = o.min_lr_ratio, waves = waves })
    return o.lr * (up .. s.constant(stable) .. down)
  end,
}

local torch_plateau = {
  lr = compat.lr, mode = { "min", "" }, factor = { 0.1, "" }, patience = { 10, "" }, threshold = { 1e-4, "" },
  threshold_mode = { "rel", "" }, cooldown = { 0, "" }, min_lr = { 0.0, "" }, eps = { 1e-8, "" },
}

transformers.get_reduce_on_plateau_schedule = {
  torch_plateau, function(o) return s.compat.torch.ReduceLROnPlateau(o) end,
}

return compat.library("transformers", transformers)

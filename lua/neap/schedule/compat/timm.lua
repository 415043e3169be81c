--- timm.scheduler (1.x), updated by steps or by epochs alike: t counts whatever t_initial does. `lr` is the optimizer's. Their
--- noise comes of torch's generator and cannot be had again; schedule:noise can.

local compat = require "neap.schedule.compat"
local s = require "neap.schedule"

local endless = compat.endless

local function with(more)
  local declared = {
    lr = compat.lr, warmup_t = { 0, "", min = 0 }, warmup_lr_init = { 0.0, "", min = 0 }, warmup_prefix = { false, "" },
    steps = compat.steps,
  }
  for name, option in pairs(more) do declared[name] = option end
  return declared
end

local function with_cycles(more)
  more.t_initial = { nil, "", type = "integer", min = 1 }
  more.lr_min, more.cycle_mul = { 0.0, "", min = 0 }, { 1.0, "", min = 1 }
  more.cycle_decay, more.cycle_limit = { 1.0, "", min = 0, max = 1 }, { 1, "", min = 1 }
  return with(more)
end

--- The warm-up before a curve; without warmup_prefix it hides the curve's first steps.
local function warmed(o, curve, target)
  if o.warmup_t == 0 then return curve end
  local up = s.piecewise(o.warmup_t, { at = { 0, 1 }, value = { o.warmup_lr_init, target or o.lr } })
  if not o.warmup_prefix then return up .. curve:skip(math.min(o.warmup_t, #curve)) end
  return up .. (#curve > endless(o.warmup_t) and curve:take(endless(o.warmup_t)) or curve)
end

--- One decay over and over, and then the least rate.
local function cycles(o, decay)
  local growth = o.cycle_mul
  local length = growth == 1 and o.t_initial * o.cycle_limit or o.t_initial * (growth ^ o.cycle_limit - 1) / (growth - 1)
  local all = decay:restarted(math.tointeger(math.ceil(length)), { multiplier = growth, decay = o.cycle_decay, to = o.lr_min / o.lr })
  return o.lr * (all .. o.lr_min / o.lr * s.constant(1))
end

local timm = {}

timm.CosineLRScheduler = {
  with_cycles { k_decay = { 1.0, "", above = 0 } },
  function(o) return warmed(o, cycles(o, s.cosine(o.t_initial, { bend = o.k_decay }))) end,
}

timm.PolyLRScheduler = {
  with_cycles { power = { 0.5, "", above = 0 }, k_decay = { 1.0, "", above = 0 } },
  function(o) return warmed(o, cycles(o, s.polynomial(o.t_initial, { power = o.power, bend = o.k_decay }))) end,
}

timm.TanhLRScheduler = {
  with_cycles { lb = compat.number(-7.0), ub = compat.number(3.0) },
  function(o)
    local curve = cycles(o, s.tanh(o.t_initial, { low = o.lb, high = o.ub }))
    return warmed(o, curve, o.warmup_prefix and o.lr or curve:at(o.warmup_t))
  end,
}

timm.StepLRScheduler = {
  with { decay_t = { nil, "", type = "integer", min = 1 }, decay_rate = { 1.0, "", min = 0 }, warmup_prefix = { true, "" } },
  function(o)
    return warmed(o, o.lr * s.step(o.steps or endless(), { every = ("%dst"):format(o.decay_t), factor = o.decay_rate }))
  end,
}

timm.MultiStepLRScheduler = {
  with { decay_t = { nil, "", type = "table" }, decay_rate = { 1.0, "", min = 0 }, warmup_prefix = { true, "" } },
  function(o)
    local at = {}
    for i, milestone in ipairs(o.decay_t) do at[i] = ("%dst"):format(milestone) end
    return warmed(o, o.lr * s.step(o.steps or endless(), { at = at, factor = o.decay_rate }))
  end,
}

return compat.library("timm", timm)

--- keras.optimizers.schedules (3.x). Note that decay_steps of CosineDecay excludes the warm-up, and that PiecewiseConstantDecay
--- keeps the old value at the boundary.

local compat = require "neap.schedule.compat"
local s = require "neap.schedule"

local needed, endless = compat.needed, compat.endless

local positive <const> = { nil, "", type = "integer", min = 1 }

local function st(count) return ("%dst"):format(count) end

local keras = {}

keras.ExponentialDecay = {
  { initial_learning_rate = needed(), decay_steps = positive, decay_rate = needed(), staircase = { false, "" }, steps = compat.steps },
  function(o)
    local curve = s.exponential(o.steps or endless(), { factor = o.decay_rate, every = st(o.decay_steps), stairs = o.staircase })
    return o.initial_learning_rate * curve
  end,
}

keras.InverseTimeDecay = {
  { initial_learning_rate = needed(), decay_steps = positive, decay_rate = needed(), staircase = { false, "" }, steps = compat.steps },
  function(o)
    local curve = s.inverse_time(o.steps or endless(), { rate = o.decay_rate, every = st(o.decay_steps), stairs = o.staircase })
    return o.initial_learning_rate * curve
  end,
}

keras.PiecewiseConstantDecay = {
  { boundaries = { nil, "", type = "table" }, values = { nil, "", type = "table" }, steps = compat.steps },
  function(o)
    if #o.boundaries ~= #o.values - 1 then error("boundaries: one less than values expected", 0) end
    local at = { "0st" }
    for i, boundary in ipairs(o.boundaries) do at[i + 1] = st(boundary // 1 + 1 | 0) end
    return s.piecewise(o.steps or endless(), { at = at, value = o.values, shape = "constant" })
  end,
}

--- Each cycle ends at 0 on its last step and begins lower: (1 - t/(kT))^power in cycle k of T steps is k^-power times the first.
local function polynomial_cycles(o)
  if not o.steps then error("steps: how long the cycles go on", 0) end
  local whole = s.constant(1)
  for k = 1, (o.steps + o.decay_steps - 1) // o.decay_steps do
    whole = whole .. k ^ -o.power * s.polynomial(o.decay_steps, { power = o.power, endpoint = "after" })
  end
  return whole
end

keras.PolynomialDecay = {
  {
    initial_learning_rate = needed(), decay_steps = positive, end_learning_rate = { 1e-4, "", min = 0 }, power = { 1.0, "", above = 0 },
    cycle = { false, "begin again, for so many steps" }, steps = { nil, "with cycle", type = "integer", min = 1, optional = true },
  },
  function(o)
    if not o.cycle then
      return s.polynomial(o.decay_steps, { from = o.initial_learning_rate, to = o.end_learning_rate, power = o.power })
    end
    local height = o.initial_learning_rate - o.end_learning_rate
    if height < 0 then error("end_learning_rate: not above initial_learning_rate expected with cycle", 0) end
    return (height * polynomial_cycles(o) + o.end_learning_rate):take(o.steps)
  end,
}

keras.CosineDecay = {
  {
    initial_learning_rate = needed(), decay_steps = positive, alpha = { 0.0, "", min = 0 },
    warmup_target = { nil, "", type = "number", min = 0, optional = true }, warmup_steps = { 0, "", min = 0 },
  },
  function(o)
    local decay = s.cosine(o.decay_steps, { to = o.alpha })
    if not o.warmup_target then return o.initial_learning_rate * decay end
    return s.piecewise(o.warmup_steps, { at = { 0, 1 }, value = { o.initial_learning_rate, o.warmup_target } }) .. o.warmup_target * decay
  end,
}

keras.CosineDecayRestarts = {
  {
    initial_learning_rate = needed(), first_decay_steps = positive, t_mul = { 2.0, "", min = 1 }, m_mul = { 1.0, "", min = 0, max = 1 },
    alpha = { 0.0, "", min = 0, max = 1 }, steps = compat.steps,
  },
  function(o)
    local cycles = s.restarts(o.steps or endless(), { first = st(o.first_decay_steps), multiplier = o.t_mul, decay = o.m_mul })
    return o.initial_learning_rate * ((1 - o.alpha) * cycles + o.alpha)
  end,
}

return compat.library("keras", keras)

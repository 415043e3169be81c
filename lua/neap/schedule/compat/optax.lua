--- optax.schedules (0.2). Note that decay_steps of warmup_cosine_decay_schedule includes the warm-up.

local compat = require "neap.schedule.compat"
local s = require "neap.schedule"

local needed, endless = compat.needed, compat.endless

local function whole(default) return { default, "", type = "integer", min = 0 } end

local function optional() return { nil, "", type = "number", min = 0, optional = true } end

local function st(count) return ("%dst"):format(count) end

local function polynomial(init, final, steps, power)
  if steps == 0 then return init * s.constant(endless()) end   -- optax: no transition at all
  return s.polynomial(steps, { from = init, to = final, power = power })
end

local function linear(init, final, steps)
  if steps == 0 then return init * s.constant(endless()) end
  return s.piecewise(steps, { at = { 0, 1 }, value = { init, final } })
end

local function cosine(init, steps, alpha, exponent) return init * s.cosine(steps, { to = alpha, power = exponent }) end

--- A table of scales by step as two lists: positions and the products so far.
local function products(o)
  local at, value = {}, {}
  for boundary in pairs(o.boundaries_and_scales or {}) do
    at[#at + 1] = math.tointeger(boundary) or error("boundaries_and_scales: whole numbers of steps expected", 0)
  end
  table.sort(at)
  local product = o.init_value
  for i, boundary in ipairs(at) do
    product = product * o.boundaries_and_scales[boundary]
    value[i] = product
  end
  return at, value
end

local function interpolated(kind, o)
  local at, value = products(o)
  if #at == 0 then return o.init_value * s.constant(endless()) end
  local length, places = at[#at], { "0st" }
  for i, boundary in ipairs(at) do places[i + 1] = st(boundary) end
  table.insert(value, 1, o.init_value)
  return s.piecewise(length, { at = places, value = value, shape = kind })
end

local function exponential(o, init)
  if o.transition_steps == 0 or o.decay_rate == 0 then return init * s.constant(endless()) end
  local curve = s.exponential(endless(o.transition_begin), {
    factor = o.decay_rate, every = st(o.transition_steps), stairs = o.staircase,
  })
  local whole_curve = init * (s.constant(o.transition_begin) .. curve)
  if not o.end_value then return whole_curve end
  return o.decay_rate < 1 and whole_curve:clip { low = o.end_value } or whole_curve:clip { high = o.end_value }
end

--- 'first' for so many steps, whatever its own length; then 'second' as far as there is room.
local function after(first, steps, second)
  if #first > steps then first = first:take(steps)
  elseif #first < steps then first = first .. first:at(#first) * s.constant(steps - #first) end
  return first .. (#second > endless(steps) and second:take(endless(steps)) or second)
end

local function warmup_cosine(o)
  local alpha = o.peak_value > 0 and o.end_value / o.peak_value or 0
  if o.decay_steps <= o.warmup_steps then error("decay_steps: includes the warm-up, so more than warmup_steps expected", 0) end
  local up = linear(o.init_value, o.peak_value, o.warmup_steps)
  return after(up, o.warmup_steps, cosine(o.peak_value, o.decay_steps - o.warmup_steps, alpha, o.exponent))
end

local WARMUP_COSINE <const> = {
  init_value = needed(), peak_value = needed(), warmup_steps = whole(), decay_steps = whole(), end_value = { 0.0, "", min = 0 },
  exponent = { 1.0, "", above = 0 },
}

local optax = {}

optax.constant_schedule = { { value = needed() }, function(o) return o.value * s.constant(endless()) end }

optax.polynomial_schedule = {
  { init_value = needed(), end_value = needed(), power = { nil, "", type = "number", above = 0 }, transition_steps = whole(),
    transition_begin = whole(0) },
  function(o)
    return o.init_value * s.constant(o.transition_begin)
      .. after(s.constant(0), 0, polynomial(o.init_value, o.end_value, o.transition_steps, o.power))
  end,
}

optax.linear_schedule = {
  { init_value = needed(), end_value = needed(), transition_steps = whole(), transition_begin = whole(0) },
  function(o) return o.init_value * s.constant(o.transition_begin) .. linear(o.init_value, o.end_value, o.transition_steps) end,
}

optax.piecewise_constant_schedule = {
  { init_value = needed(), boundaries_and_scales = { nil, "", type = "table", optional = true }, steps = compat.steps },
  function(o)
    local at, value = products(o)
    local places = { "0st" }
    for i, boundary in ipairs(at) do places[i + 1] = st(boundary) end
    table.insert(value, 1, o.init_value)
    return s.piecewise(o.steps or endless(), { at = places, value = value, shape = "constant" })
  end,
}

optax.piecewise_interpolate_schedule = {
  { interpolate_type = { nil, "", type = "string", choices = { "linear", "cosine" } }, init_value = needed(),
    boundaries_and_scales = { nil, "", type = "table", optional = true } },
  function(o) return interpolated(o.interpolate_type, o) end,
}

local EXPONENTIAL <const> = {
  transition_steps = whole(), decay_rate = needed(), transition_begin = whole(0), staircase = { false, "" }, end_value = optional(),
}

local function with(declared, more)
  local all = {}
  for name, option in pairs(declared) do all[name] = option end
  for name, option in pairs(more) do all[name] = option end
  return all
end

optax.exponential_decay = {
  with(EXPONENTIAL, { init_value = needed() }), function(o) return exponential(o, o.init_value) end,
}

optax.cosine_decay_schedule = {
  { init_value = needed(), decay_steps = { nil, "", type = "integer", min = 1 }, alpha = { 0.0, "", min = 0 },
    exponent = { 1.0, "", above = 0 } },
  function(o) return cosine(o.init_value, o.decay_steps, o.alpha, o.exponent) end,
}

local ONE_CYCLE <const> = {
  transition_steps = { nil, "", type = "integer", min = 1 }, peak_value = needed(), pct_start = { 0.3, "", min = 0, max = 1 },
  div_factor = { 25.0, "", above = 0 }, final_div_factor = { 1e4, "", above = 0 },
}

optax.linear_onecycle_schedule = {
  with(ONE_CYCLE, { pct_final = { 0.85, "", min = 0, max = 1 } }),
  function(o)
    return interpolated("linear", { init_value = o.peak_value / o.div_factor, boundaries_and_scales = {
      [o.pct_start * o.transition_steps // 1 | 0] = o.div_factor, [o.pct_final * o.transition_steps // 1 | 0] = 1 / o.div_factor,
      [o.transition_steps] = 1 / o.final_div_factor,
    } })
  end,
}

optax.cosine_onecycle_schedule = {
  ONE_CYCLE,
  function(o)
    return interpolated("cosine", { init_value = o.peak_value / o.div_factor, boundaries_and_scales = {
      [o.pct_start * o.transition_steps // 1 | 0] = o.div_factor, [o.transition_steps] = 1 / (o.div_factor * o.final_div_factor),
    } })
  end,
}

optax.warmup_constant_schedule = {
  { init_value = needed(), peak_value = needed(), warmup_steps = whole() },
  function(o) return linear(o.init_value, o.peak_value, o.warmup_steps) end,
}

optax.warmup_cosine_decay_schedule = { WARMUP_COSINE, warmup_cosine }

optax.warmup_exponential_decay_schedule = {
  with(EXPONENTIAL, { init_value = needed(), peak_value = needed(), warmup_steps = whole() }),
  function(o) return after(linear(o.init_value, o.peak_value, o.warmup_steps), o.warmup_steps, exponential(o, o.peak_value)) end,
}

optax.sgdr_schedule = {
  { cosine_kwargs = { nil, "a list of warmup_cosine_decay_schedule's parameters", type = "table" } },
  function(o)
    local whole_schedule = s.constant(0)
    for _, kwargs in ipairs(o.cosine_kwargs) do
      whole_schedule = whole_schedule .. s.compat.optax.warmup_cosine_decay_schedule(kwargs)
    end
    return whole_schedule
  end,
}

optax.join_schedules = {
  { schedules = { nil, "", type = "table" }, boundaries = { nil, "", type = "table" } },
  function(o)
    if #o.boundaries ~= #o.schedules - 1 then error("one boundary less than schedules expected", 0) end
    local whole_schedule, from = s.constant(0), 0
    for i, boundary in ipairs(o.boundaries) do
      whole_schedule, from = whole_schedule .. after(o.schedules[i], boundary - from, s.constant(0)), boundary
    end
    return after(whole_schedule, from, o.schedules[#o.schedules])
  end,
}

return compat.library("optax", optax)

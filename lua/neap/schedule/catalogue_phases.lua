--- The catalogue, second part: profiles of several phases. See neap.schedule.catalogue for what an entry is.

local engine = require "neap.engine"
local length = require "neap.schedule.length"

local LARGEST <const> = 1e300

local phases = {}

local TO <const> = { 0.0, "end value, of the peak", min = 0, max = LARGEST }

local function position(default, about) return { default, about, type = "any", optional = default == nil } end

local function endpoint(default)
  return { default, "where the end value falls: after the last step (open), or on it", choices = { "open", "closed" } }
end

local WARMUPS <const> = { linear = "warmup", cosine = "warmup_cosine", sqrt = "warmup_sqrt" }

phases.warmup = {
  summary = "up to 1 on the last step, from 1/N on the first",
  options = {
    from = { nil, "value on the first step; then 1 falls on the last", type = "number", min = 0, max = LARGEST, optional = true },
    shape = { "linear", "how it climbs", choices = { "linear", "cosine", "sqrt" } },
    endpoint = { nil, "p = (t+1)/N (after; the default), t/(N-1) (closed; the default with 'from') or t/N (open)", type = "string",
      choices = { "after", "closed", "open" }, optional = true },
  },
  build = function(steps, o)
    local where = o.endpoint or (o.from and "closed" or "after")
    return engine.schedule_piece(WARMUPS[o.shape], steps, where, { from = o.from or 0 })
  end,
}

--- The whole number of steps at a position.
local function steps_at(place, steps) return math.floor(length.place(place, math.max(steps, 1)) + 0.5) end

local function warmup(steps) return engine.schedule_piece("warmup", steps, "after", { from = 0 }) end

local function join(first, ...)
  for _, following in ipairs { ... } do first = engine.schedule_join(first, following) end
  return first
end

phases.wsd = {
  summary = "warm-up, hold, decay over the last share (arXiv 2404.06395)",
  options = {
    warmup = position(0.05, "how long it climbs"),
    decay = position(0.2, "how long it falls"),
    shape = { "sqrt", "how it falls", choices = { "sqrt", "linear", "cosine" } },
    to = TO,
    endpoint = endpoint "open",
  },
  positions = { "warmup", "decay" },
  build = function(steps, o)
    local up, down = steps_at(o.warmup, steps), steps_at(o.decay, steps)
    if up + down > steps then
      error(("options 'warmup' and 'decay': %d and %d steps are more than the %d there are"):format(up, down, steps), 0)
    end
    return join(warmup(up), engine.schedule_piece("constant", steps - up - down, "open", {}),
      engine.schedule_piece(o.shape, down, o.endpoint, { to = o.to, power = 1, bend = 1, waves = 0.5 }))
  end,
}

phases.decay_to_zero = {
  summary = "warm-up, then a straight line to exactly 0 (arXiv 2502.15938)",
  options = { warmup = position(0.1, "how long it climbs"), endpoint = endpoint "open" },
  positions = { "warmup" },
  build = function(steps, o)
    local up = steps_at(o.warmup, steps)
    if up > steps then error(("option 'warmup': %d steps are more than the %d there are"):format(up, steps), 0) end
    return join(warmup(up), engine.schedule_piece("linear", steps - up, o.endpoint, { to = 0 }))
  end,
}

--- The knots of a one-cycle: positions in steps. The climb takes up's share of the steps, its last one at the peak. Of three
--- phases, the last one is missing where the first two take all the steps.
local function one_cycle_knots(steps, o)
  local closed = o.endpoint == "closed"
  local extent = math.max(closed and steps - 1 or steps, 1)
  local one = closed and 1 or 0
  local top = math.min(math.max(length.place(o.up, steps) - one, 0), extent)
  if not o.three_phase then return { 0, top, extent } end
  return 2 * top < extent and { 0, top, 2 * top, extent } or { 0, top, 2 * top }
end

--- One of these for each of so many knots.
local function first_of(count, values) return table.move(values, 1, count, 1, {}) end

phases.one_cycle = {
  summary = "up and down again (arXiv 1708.07120), with a momentum that mirrors it",
  options = {
    up = position(0.3, "how long it climbs"),
    from = { 0.04, "first value, of the peak", min = 0, max = LARGEST },
    to = { 4e-6, "end value, of the peak", min = 0, max = LARGEST },
    shape = { "cosine", "how it goes from one to the next", choices = { "cosine", "linear" } },
    three_phase = { false, "back to 'from' as fast as it climbed, then to 'to'" },
    high_momentum = { 0.95, "momentum at both ends", min = 0, below = 1 },
    low_momentum = { 0.85, "momentum at the peak", min = 0, below = 1 },
    cycle_momentum = { true, "whether there is a momentum" },
    endpoint = endpoint "closed",
  },
  positions = { "up" },
  build = function(steps, o)
    local at, shape = one_cycle_knots(steps, o), o.shape == "cosine" and 2 or 1
    local value = first_of(#at, o.three_phase and { o.from, 1, o.from, o.to } or { o.from, 1, o.to })
    return engine.schedule_piece("piecewise", steps, o.endpoint, { shape = shape }, at, value)
  end,
  momentum = function(steps, o)
    if not o.cycle_momentum then return nil end
    local at = {}
    for i, place in ipairs(one_cycle_knots(steps, o)) do at[i] = length.text(place) end
    local high, low = o.high_momentum, o.low_momentum
    local value = first_of(#at, o.three_phase and { high, low, high, high } or { high, low, high })
    return "piecewise", { at = at, value = value, shape = o.shape, endpoint = o.endpoint }
  end,
}

phases.cyclic = {
  summary = "up and down, again and again (arXiv 1506.01186), with a momentum that mirrors it",
  options = {
    from = { 0.1, "lowest value, of the peak", min = 0, max = LARGEST },
    to = { 1.0, "highest value of the first cycle", min = 0, max = LARGEST },
    up = position(0.05, "how long it climbs"),
    down = position(nil, "how long it falls; as long as it climbs unless given"),
    mode = { "triangular", "how the height goes on: the same, halved each cycle, or times gamma each step",
      choices = { "triangular", "triangular2", "exp_range" } },
    gamma = { 1.0, "of exp_range", above = 0, max = 1 },
    high_momentum = { 0.9, "momentum at the lowest rate", min = 0, below = 1 },
    low_momentum = { 0.8, "momentum at the highest rate", min = 0, below = 1 },
    cycle_momentum = { true, "whether there is a momentum" },
  },
  positions = { "up", "down" },
  build = function(steps, o)
    local extent = math.max(steps, 1)
    local up = length.place(o.up, extent)
    return engine.schedule_piece("cycle", steps, "open", {
      from = o.from, to = o.to, up = up, down = o.down and length.place(o.down, extent) or up,
      fall = o.mode == "triangular2" and 0.5 or 1, slope = o.mode == "exp_range" and math.log(o.gamma) or 0,
    })
  end,
  momentum = function(_, o)
    if not o.cycle_momentum then return nil end
    return "cyclic", { from = o.high_momentum, to = o.low_momentum, up = o.up, down = o.down, mode = o.mode, gamma = o.gamma }
  end,
}

--- One cycle of a shape, down to 'to'; as the engine's options differ, all that any of them takes.
local function cycle_of(shape, to)
  return engine.schedule_piece(shape, 1, "open", { to = to, power = 1, bend = 1, waves = 0.5, d = 0.5 })
end

phases.restarts = {
  summary = "a decay again and again, each time longer and lower (SGDR, arXiv 1608.03983)",
  options = {
    first = position(0.25, "length of the first cycle"),
    multiplier = { 1.0, "how much longer each cycle is than the one before", min = 1, max = 1e9 },
    decay = { 1.0, "how much lower each peak is than the one before", min = 0, max = 1 },
    to = TO,
    shape = { "cosine", "how it falls", choices = { "cosine", "linear", "rex", "sqrt" } },
  },
  positions = { "first" },
  build = function(steps, o)
    local first = math.max(length.place(o.first, math.max(steps, 1)), 1)
    if o.decay == 1 and o.shape ~= "rex" then   -- all cycles alike: exact also where 'to' is far above 1
      return engine.schedule_restarts(cycle_of(o.shape, o.to), steps, first, o.multiplier, 1, 0)
    end
    return engine.schedule_restarts(cycle_of(o.shape, 0), steps, first, o.multiplier, o.decay, o.to)
  end,
}

return phases

--- Random schedules for laws: any profile with any options, in any composition.

local s = require "neap".schedule

local random_schedule = {}

local function share(random) return random:uniform(0.01, 0.99) end

--- name -> options at random
local OPTIONS <const> = {
  constant = function() return {} end,
  linear = function(r) return { to = r:uniform(), endpoint = r:below(2) == 0 and "closed" or nil } end,
  polynomial = function(r) return { to = r:uniform(), power = r:uniform(0.2, 3), bend = r:uniform(0.3, 3) } end,
  cosine = function(r) return { to = r:uniform() * 1e-20, power = r:below(2) == 0 and r:uniform(0.2, 3) or nil } end,
  rex = function(r) return { d = r:uniform() } end,
  sqrt = function(r) return { to = r:uniform(), endpoint = r:below(2) == 0 and "after" or nil } end,
  tanh = function(r) return { to = r:uniform(), low = r:uniform(-9, -1), high = r:uniform(0, 5) } end,
  exponential = function(r)
    if r:below(2) == 0 then return { gamma = -20 * r:uniform() } end
    return { factor = r:uniform(), every = share(r), stairs = r:below(2) == 0 }
  end,
  inverse_time = function(r) return { rate = 10 * r:uniform(), every = share(r), stairs = r:below(2) == 0 } end,
  inverse_sqrt = function(r) return { timescale = share(r) } end,
  step = function(r)
    local u = share(r)
    return { at = { u / 2, u }, factor = r:uniform() }
  end,
  piecewise = function(r)
    return { at = { 0, share(r), 1 }, value = { r:uniform(), r:uniform(), r:uniform() }, shape = r:below(2) == 0 and "cosine" or nil }
  end,
  delayed_linear = function(r) return { hold = share(r), to = r:uniform() } end,
  warmup = function(r) return r:below(2) == 0 and { from = r:uniform() } or { shape = "cosine" } end,
  wsd = function(r) return { warmup = share(r) / 2, decay = share(r) / 2 } end,
  decay_to_zero = function(r) return { warmup = share(r) } end,
  one_cycle = function(r) return { up = share(r), shape = r:below(2) == 0 and "linear" or nil, three_phase = r:below(2) == 0 } end,
  cyclic = function(r) return { up = share(r) / 4, from = r:uniform(), mode = r:below(2) == 0 and "triangular2" or nil } end,
  restarts = function(r) return { first = share(r), multiplier = r:uniform(1, 2), decay = r:uniform(), to = r:uniform() * 0.1 } end,
}

--- A piece of any profile.
function random_schedule.piece(random, steps)
  local name = s.names[1 + random:below(#s.names)]
  return s.make(name, steps or 1 + random:below(60), OPTIONS[name](random))
end

--- A composition, no deeper than so.
function random_schedule.any(random, depth)
  local function inner() return random_schedule.any(random, depth - 1) end
  local kinds = {
    function() return random:uniform() * inner() end,
    function() return inner() .. inner() end,
    function() return inner() + (random:below(2) == 0 and inner() or random:uniform()) end,
    function() return inner() * inner() end,
    function() return s.max(inner(), random:below(2) == 0 and inner() or random:uniform()) end,
    function() return s.min(inner(), inner()) end,
    function() return inner():sample { every = 1 + random:below(9) } end,
    function() return inner():sample { percent = random:uniform(1, 100) } end,
    function() return inner():clip { low = random:uniform() / 2, high = 0.5 + random:uniform() } end,
    function() return inner():shift(random:below(20)) end,
    function() return inner():hold(random:below(20)) end,
    function() return inner():reversed() end,
    function() return inner():repeated(1 + random:below(3), { factor = random:uniform() }) end,
    function() return inner():noise { deviation = random:uniform(), seed = random:below(1000), uniform = random:below(2) == 0 } end,
    function() return inner():restarted(1 + random:below(100), { multiplier = random:uniform(1, 3), decay = random:uniform() }) end,
    function() return inner():with_momentum(inner()) end,
  }
  if depth == 0 or random:below(5) == 0 then return random_schedule.piece(random) end
  return kinds[1 + random:below(#kinds)]()
end

return random_schedule

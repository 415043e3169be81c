--- The catalogue: every profile by its name, with its options and how the engine is told to make it.
---
--- An entry has a summary, declared options, and build(steps, o), which returns the engine's schedule of so many steps.
--- Some have positions: the options that are places in the piece (or lists of them), see neap.schedule.length;
--- complete(o), which fills in what depends on other options; and momentum(steps, o): name and options of the piece that is
--- its momentum.

local engine = require "neap.engine"
local length = require "neap.schedule.length"

local LARGEST <const> = 1e300

local catalogue = {}

local function to(default) return { default or 0.0, "end value, of the peak", min = 0, max = LARGEST } end

local function endpoint(default)
  return { default or "open", "p = t/N: the end value falls after the last step (open); t/(N-1): on it (closed); or (t+1)/N (after)",
    choices = { "open", "closed", "after" } }
end

--- A place in the piece.
local function position(default, about) return { default, about, type = "any", optional = default == nil } end

--- Where progress is 1: see schedule_extent in engine/numerics/schedule.h.
local function extent_of(steps, where)
  local extent = where == "closed" and steps - 1 or steps
  return extent > 0 and extent or 1
end

local function places(list, extent)
  local at = {}
  for i, place in ipairs(list) do at[i] = length.place(place, extent) end
  return at
end

local function piece(profile, steps, where, parameters, at, value)
  return engine.schedule_piece(profile, steps, where, parameters, at, value)
end

--- The entry of a profile that the engine has by the same name, with the same parameters.
local function plain(name, summary, declared)
  declared.endpoint = endpoint()
  return { summary = summary, options = declared, build = function(steps, o) return piece(name, steps, o.endpoint, o) end }
end

catalogue.constant = {
  summary = "1 throughout", options = {}, build = function(steps) return piece("constant", steps, "open", {}) end,
}

catalogue.linear = plain("linear", "down in a straight line", { to = to() })

catalogue.polynomial = plain("polynomial", "to + (from - to) (1 - p^bend)^power", {
  from = { 1.0, "first value, of the peak", min = 0, max = LARGEST }, to = to(),
  power = { 2.0, "power of what is left", above = 0, max = 1000 },
  bend = { 1.0, "power of the progress (k-decay, arXiv 2004.05909)", above = 0, max = 1000 },
})

catalogue.cosine = plain("cosine", "half a cosine (SGDR, arXiv 1608.03983)", {
  to = to(), power = { 1.0, "power of the cosine", above = 0, max = 1000 },
  bend = { 1.0, "power of the progress (k-decay, arXiv 2004.05909)", above = 0, max = 1000 },
  waves = { 0.5, "how many waves: more than a half climbs again", min = 0, max = 1e9 },
})

catalogue.rex = plain("rex", "REX (arXiv 2107.04197): (1-p) / ((1-d) + d (1-p))", {
  d = { 0.5, "how long it holds: 0 is linear, 0.5 the paper's, 0.9 common in other code", min = 0, below = 1 },
})

catalogue.sqrt = plain("sqrt", "1 - sqrt(p): the cool-down of arXiv 2405.18392", { to = to() })

catalogue.tanh = plain("tanh", "hyperbolic tangent (arXiv 1806.01593); does not begin at 1 nor end at 'to' exactly", {
  to = to(), low = { -7.0, "where on the tangent it begins", min = -1000, max = 1000 },
  high = { 3.0, "where it ends", min = -1000, max = 1000 },
})

--- The logarithm of a factor, by steps; factor 0 falls at once.
local function slope_of(factor, steps) return math.max(math.log(factor) / steps, -LARGEST) end

catalogue.exponential = {
  summary = "exp(gamma p), or times factor every so many steps, smoothly or in stairs",
  options = {
    gamma = { -3.0, "logarithm of the end value", min = -600, max = 600 },
    factor = { nil, "instead of gamma: what each 'every' multiplies by", type = "number", min = 0, max = 1e10, optional = true },
    every = position(nil, "where the factor has been reached once; with a factor, 1st unless given"),
    stairs = { false, "hold, and fall each 'every'" },
    endpoint = endpoint(),
  },
  positions = { "every" },
  complete = function(o) if o.factor and not o.every then o.every = "1st" end end,
  build = function(steps, o)
    local extent = extent_of(steps, o.endpoint)
    local every = o.every and length.place(o.every, extent) or 0
    if every == 0 and (o.every or o.stairs) then error("option 'every': above 0 expected", 0) end
    local slope = o.factor and slope_of(o.factor, every) or o.gamma / extent
    return piece("exponential", steps, o.endpoint, { slope = slope, stair = o.stairs and every or 0 })
  end,
}

catalogue.inverse_time = {
  summary = "1 / (1 + rate t/every)",
  options = {
    rate = { 1.0, "how fast", min = 0, max = LARGEST },
    every = position(1.0, "what t is measured in"),
    stairs = { false, "hold, and fall each 'every'" },
  },
  positions = { "every" },
  build = function(steps, o)
    local every = length.place(o.every, extent_of(steps, "open"))
    if every == 0 then error("option 'every': above 0 expected", 0) end
    return piece("inverse_time", steps, "open", { slope = o.rate / every, stair = o.stairs and every or 0 })
  end,
}

catalogue.inverse_sqrt = {
  summary = "1 / sqrt(1 + t/timescale) (arXiv 1706.03762)",
  options = { timescale = position(0.1, "where it has fallen to 1/sqrt(2); often the warm-up's steps") },
  positions = { "timescale" },
  build = function(steps, o)
    return piece("inverse_sqrt", steps, "open", { timescale = length.place(o.timescale, extent_of(steps, "open")) })
  end,
}

catalogue.step = {
  summary = "times factor at each milestone",
  options = {
    at = position({ 0.5, 0.75 }, "milestones, ascending: the new value applies from there on"),
    factor = { 0.1, "what each multiplies by", min = 0, max = LARGEST },
    every = position(nil, "instead of milestones: as often as this"),
  },
  positions = { "at", "every", lists = { at = true } },
  build = function(steps, o)
    local extent = extent_of(steps, "open")
    if o.every then
      local every = length.place(o.every, extent)
      if every == 0 then error("option 'every': above 0 expected", 0) end
      return piece("exponential", steps, "open", { slope = slope_of(o.factor, every), stair = every })
    end
    local at, value = { 0.0 }, { 1.0 }
    for i, place in ipairs(places(o.at, extent)) do at[i + 1], value[i + 1] = place, o.factor ^ i end
    return piece("piecewise", steps, "open", { shape = 0 }, at, value)
  end,
}

local SHAPES <const> = { constant = 0, linear = 1, cosine = 2, geometric = 3 }

catalogue.piecewise = {
  summary = "through points: a value at each position",
  options = {
    at = position({ 0, 1 }, "positions, ascending"),
    value = { { 1.0, 0.0 }, "values, one for each position", type = "any" },
    shape = { "linear", "how it goes from one to the next", choices = { "constant", "linear", "cosine", "geometric" } },
    endpoint = endpoint(),
  },
  positions = { "at", lists = { at = true } },
  build = function(steps, o)
    if #o.at ~= #o.value then error(("options 'at' and 'value': %d positions for %d values"):format(#o.at, #o.value), 0) end
    return piece("piecewise", steps, o.endpoint, { shape = SHAPES[o.shape] }, places(o.at, extent_of(steps, o.endpoint)), o.value)
  end,
}

catalogue.delayed_linear = {
  summary = "1 for a while, then down in a straight line",
  options = { hold = position(0.5, "how long"), to = to(), endpoint = endpoint() },
  positions = { "hold" },
  build = function(steps, o)
    local extent = extent_of(steps, o.endpoint)
    return piece("piecewise", steps, o.endpoint, { shape = 1 }, { 0, length.place(o.hold, extent), extent }, { 1, 1, o.to })
  end,
}

return catalogue

--- The operations on one schedule, by the name of their method: what argument and options each takes, and how the engine is told.
---
--- argument: "steps" (a length, see neap.schedule.length), "times" (a whole number above 0), "schedule", or none.
--- build(part, argument, o) returns the engine's schedule; where it is missing, another part of the library does the work.

local engine = require "neap.engine"
local options = require "neap.options"

local operations = {
  clip = {
    summary = "no rate below low or above high",
    options = {
      low = { 0.0, "lowest rate", min = 0, max = 1e300 },
      high = { nil, "highest rate", type = "number", min = 0, max = 1e300, optional = true },
    },
    build = function(part, _, o) return engine.schedule_clip(part, o.low, o.high or math.huge) end,
  },
  hold = {
    summary = "the rate of the last step stays for so many more", argument = "steps", options = {},
    build = function(part, steps) return engine.schedule_hold(part, steps) end,
  },
  noise = {
    summary = "times 1 + deviation g, where g is a hash of seed and step: the same after resuming",
    options = {
      deviation = { 0.1, "standard deviation, or half the width where uniform", min = 0, max = 1e6 },
      seed = { 1, "decides the noise" },
      uniform = { false, "uniform instead of normal" },
    },
    build = function(part, _, o) return engine.schedule_noise(part, o.deviation, o.seed, o.uniform) end,
  },
  repeated = {
    summary = "so many times over", argument = "times",
    options = { factor = { 1.0, "how high each time is, of the one before", min = 0, max = 1 } },
    build = function(part, times, o) return engine.schedule_repeat(part, times, o.factor) end,
  },
  restarted = {
    summary = "again and again for so many steps, each time longer and lower", argument = "steps",
    options = {
      multiplier = { 1.0, "how much longer each time is than the one before", min = 1, max = 1e9 },
      decay = { 1.0, "how high each time is, of the one before", min = 0, max = 1 },
      to = { 0.0, "what the heights are measured from", min = 0, max = 1e300 },
    },
    build = function(part, steps, o) return engine.schedule_restarts(part, steps, #part, o.multiplier, o.decay, o.to) end,
  },
  reversed = {
    summary = "from the last step to the first", options = {},
    build = function(part) return engine.schedule_reverse(part) end,
  },
  sample = {
    summary = "read only now and then, and held in between: the REX paper's sampling rates",
    options = {
      every = { nil, "steps from one reading to the next", type = "integer", min = 1, optional = true },
      percent = { nil, "percent of the steps from one reading to the next", type = "number", above = 0, max = 100, optional = true },
    },
    check = function(o) return (o.every == nil) ~= (o.percent == nil), "one of 'every' and 'percent' expected" end,
    build = function(part, _, o)
      return engine.schedule_sample(part, o.every and "every" or "percent", o.every or o.percent)
    end,
  },
  shift = {
    summary = "later by so many steps, at the first rate until then", argument = "steps", options = {},
    build = function(part, steps) return engine.schedule_shift(part, steps) end,
  },
  skip = {
    summary = "without its first steps", argument = "steps", options = {},
    build = function(part, steps) return engine.schedule_shift(part, -steps) end,
  },
  stretch = { summary = "as long as this, every length in proportion", argument = "steps", options = {} },
  take = {
    summary = "its first steps alone", argument = "steps", options = {},
    build = function(part, steps) return engine.schedule_take(part, steps) end,
  },
  with_momentum = {
    summary = "the same rates, with a momentum", argument = "schedule", options = {},
    build = function(part) return engine.schedule_scale(1, part) end,
  },
}

for _, operation in pairs(operations) do operation.options = options.declare(operation.options) end

return operations

--- The schedules that the REX paper compares (arXiv 2107.04197), each compressed to the steps of a run; the peak is 1.
---
--- A contestant has a name, the name it has in the paper's tables (if it is there), and either schedule(steps) or the patience of
--- a decay on plateau, which watches the training.

local s = require "neap.schedule"

---@class neap.Contestant
---@field name string
---@field paper? string                              in recipes/data/rex_tables.csv
---@field schedule? fun(steps: integer): neap.Schedule
---@field patience? integer                          decay on plateau: looks without a better validation loss

local contestants = {}

local function profile(name, given)
  return function(steps) return s.make(name, steps, given) end
end

--- (1-p)^k with k = log2(10): 0.1 at p = 1/2, 0.01 at 3/4. Read at 50 and 75 % alone, this is the step schedule.
local power = profile("polynomial", { power = math.log(10, 2) })

local rex = profile("rex", { d = 0.5 })

--- The paper's schedules. One-cycle: up from a tenth for half of the steps and down to it again; its momentum, of SGD, goes from
--- 0.95 to 0.85 and back.
---@type neap.Contestant[]
contestants.schedules = {
  { name = "none", paper = "None(constant LR)", schedule = profile "constant" },
  { name = "exponential", paper = "Exp decay", schedule = profile("exponential", { gamma = -3 }) },
  { name = "step", paper = "Step Schedule", schedule = profile("step", { at = { 0.5, 0.75 }, factor = 0.1 }) },
  { name = "plateau", paper = "Decay on Plateau", patience = 5 },
  { name = "one-cycle", paper = "OneCycle", schedule = profile("one_cycle", { up = 0.5, from = 0.1, to = 0.1, shape = "linear" }) },
  { name = "cosine", paper = "Cosine Schedule", schedule = profile "cosine" },
  { name = "linear", paper = "Linear Schedule", schedule = profile "linear" },
  { name = "delayed 50 %", schedule = profile("delayed_linear", { hold = 0.5 }) },
  { name = "rex", paper = "REX", schedule = rex },
}

--- Schedules that are no part of the ranking, since the paper's tables have none of them.
contestants.beside = { "delayed 50 %" }

local function regularly(percent)
  return function(whole) return whole:sample { percent = percent } end
end

--- Read at the first step and at these shares, in percent, of the steps, and held in between.
local function at(...)
  local shares = { 0, ... }
  return function(whole)
    local held
    for i, share in ipairs(shares) do
      local from = -(-share * #whole // 100)
      local upto = shares[i + 1] and -(-shares[i + 1] * #whole // 100) or #whole
      local piece = whole:at(from) * s.constant(upto - from)
      held = held and held .. piece or piece
    end
    return held
  end
end

--- The paper's sampling rates, coarsest first; "each step" is the profile itself.
contestants.rates = {
  { name = "at 50-75 %", sample = at(50, 75) },
  { name = "at 33-66 %", sample = at(33, 66) },
  { name = "at 25-50-75 %", sample = at(25, 50, 75) },
  { name = "each 10 %", sample = regularly(10) },
  { name = "each 5 %", sample = regularly(5) },
  { name = "each 1 %", sample = regularly(1) },
  { name = "each step", sample = function(whole) return whole end },
}

--- The profiles that are sampled. "power" is ours: the smooth curve of which the paper's step schedule is a sampling.
contestants.sampled = {
  { name = "power", schedule = power }, { name = "linear", schedule = profile "linear" }, { name = "rex", schedule = rex },
}

--- The name of a profile at a sampling rate: "rex at 50-75 %".
function contestants.name(profile_name, rate_name)
  return rate_name == "each step" and profile_name or profile_name .. " " .. rate_name
end

--- Every contestant of the sampling study.
---@type neap.Contestant[]
contestants.samplings = {}
for _, p in ipairs(contestants.sampled) do
  for _, rate in ipairs(contestants.rates) do
    table.insert(contestants.samplings, {
      name = contestants.name(p.name, rate.name), schedule = function(steps) return rate.sample(p.schedule(steps)) end,
    })
  end
end

local schedules, by_name = {}, {}
for _, contestant in ipairs(contestants.schedules) do schedules[contestant.name] = true end
for _, list in ipairs { contestants.samplings, contestants.schedules } do
  for _, contestant in ipairs(list) do by_name[contestant.name] = contestant end
end

---@return neap.Contestant?
function contestants.named(name) return by_name[name] end

--- Is it one of the schedules, not only of the sampling study?
function contestants.is_schedule(name) return schedules[name] == true end

--- Is it one of those that the paper's tables compare, and so ranked?
function contestants.is_ranked(name) return by_name[name] ~= nil and by_name[name].paper ~= nil end

return contestants

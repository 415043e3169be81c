--- The policies compared, each as jobs { policy, peak, recipe, options, spec } for a task and a budget.
local course = require "course"
local neap = require "neap"
local recipes = require "neap.recipe"

local policies = {}

local s = neap.schedule

--- A schedule over the whole budget, by its name. One-cycle: up in a cosine over three tenths, down to nothing in another.
local SHAPES = {
  constant = s.constant, linear = s.linear, cosine = s.cosine, step = s.step, exponential = s.exponential, rex = s.rex,
  onecycle = function(steps)
    local up, values = steps * 3 // 10, {}
    for t = 0, steps - 1 do
      local p = t < up and t / up or (steps - t) / (steps - up)
      local low = t < up and 1 / 25 or 1 / (25 * 1e4)
      values[t + 1] = low + (1 - low) * (1 - math.cos(math.pi * p)) / 2
    end
    return values
  end,
}
local function scaled(values, peak)
  if s.is(values) then return peak * values end
  for i, value in ipairs(values) do values[i] = peak * value end
  return values
end

local FIXED = neap.recipe {
  summary = "a schedule of known peak",
  options = { shape = "rex", peak = 0.1 },
  function(run, o) run:train(run:left(), scaled(SHAPES[o.shape](run:left()), o.peak)) end,
}

local function sweep(task, add)
  for _, shape in ipairs(task.shapes) do
    for _, peak in ipairs(task.rates) do add("sweep-" .. shape, peak, FIXED, { shape = shape, peak = peak }, task.spec) end
  end
end

--- The loss before any step: what there is to gain.
local UNTRAINED = neap.recipe { summary = "no step at all", function() end }

local function untrained(task, add) add("untrained", 0, UNTRAINED, {}, task.spec) end

--- Schedule-free optimizers have a constant rate.
local CONSTANT <const> = neap.recipe {
  summary = "a constant rate",
  options = { rate = 0.1 },
  function(run, o)
    local every = course.every(run.budget)
    while run:left() > 0 and not run.diverged do run:train(math.min(every, run:left()), o.rate) end
  end,
}

local function schedule_free(task, add)
  for _, optimizer in ipairs { "sgd", "adamw" } do
    local free = task.free and task.free[optimizer]
    for _, rate in ipairs(free and free.rates or {}) do add("schedulefree-" .. optimizer, rate, CONSTANT, { rate = rate }, free.spec) end
  end
end

--- AutoLRS as published needs its first stage to fit: tau is 1000, or what lets one stage take half of a small budget; a tenth
--- of it is a probe, of at least eight steps.
local function autolrs(variant)
  return function(task, add, budget)
    local tau = math.max(80, math.min(1000, budget // 4))
    add("autolrs-" .. variant, 0, assert(recipes.find "autolrs"),
      { variant = variant, lr = { task.rates[1], task.rates[#task.rates] }, tau = tau }, task.spec)
  end
end

local function autopilot(task, add) add("autopilot", 0, assert(recipes.find "autopilot"), {}, task.spec) end

local function autopilot_free(task, add)
  local free = task.free and task.free[task.optimizer == "sgd" and "sgd" or "adamw"]
  if free then add("autopilot-free", 0, assert(recipes.find "autopilot"), { constant = true }, free.spec) end
end

--- Without validation losses.
local function blind(task, add)
  if not task.command then add("autopilot-blind", 0, assert(recipes.find "autopilot"), {}, task.spec) end
end

--- The goal beyond: where the sweep ends, in 1 / 1.31 of its steps.
local function shorter(task, add, budget)
  add("autopilot-1.31", 0, assert(recipes.find "autopilot"), {}, task.spec, math.floor(budget / 1.31 + 0.5))
end

policies.groups = {
  { "untrained", untrained }, { "autopilot", autopilot }, { "shorter", shorter }, { "free", autopilot_free }, { "blind", blind },
  { "sweep", sweep },
  { "schedulefree", schedule_free }, { "autolrs-published", autolrs "published" }, { "autolrs-neap", autolrs "neap" },
}

--- The policies whose course is not kept: those that say what there is to reach, and those that have no validation losses.
local UNWATCHED <const> = { "^sweep", "^untrained$", "%-blind$" }

local function is_watched(policy)
  for _, pattern in ipairs(UNWATCHED) do
    if policy:find(pattern) then return false end
  end
  return true
end

--- Every job of a group of policies.
---@return table[] jobs    { policy =, peak =, recipe =, options =, spec =, command =, task =, budget =, seed =, steps =,
---                          watched =, blind = }
function policies.jobs(make, task, budget, seed)
  local jobs = {}
  local function add(policy, peak, recipe, options, spec, steps)
    jobs[#jobs + 1] = { policy = policy, peak = peak + 0.0, recipe = recipe, options = options, spec = spec,
                        command = task.command, task = task.name, budget = budget, seed = seed, steps = steps or budget,
                        watched = is_watched(policy), blind = policy:find "%-blind$" ~= nil }
  end
  make(task, add, budget)
  return jobs
end

return policies

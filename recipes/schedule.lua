-- Any schedule over the whole budget: a profile by its name, or an expression.
--   neap run schedule --profile cosine --peak 0.05 --warmup 200 --to 0.01
--   neap run schedule --profile rex --percent 10        # the REX paper's sampling rates
--   neap run schedule --expression '0.1 * (warmup(5%) .. rex())'
-- One-cycle and cyclic move the momentum too, where the optimizer has one.
local neap = require "neap"
local hint = require "neap.options".hint
local s = neap.schedule

local declared = {
  profile = { "rex", "shape of the decay", choices = s.names },
  peak = { 0.1, "largest rate of a profile", above = 0 },
  warmup = { 0, "steps of linear warm-up before a profile, part of the budget", min = 0 },
  every = { nil, "steps between two readings of the profile", type = "integer", min = 1, optional = true },
  percent = { nil, "percent of the decay between two readings", type = "number", above = 0, max = 100, optional = true },
  expression = { nil, "the whole schedule as an expression; lengths may be shares of the budget: 'warmup(5%) .. rex()'", type = "string",
    optional = true },
}

-- The profiles' own parameters, each under its name; without a default here, so that one is passed on only if given. What is
-- spelled like an option above ('warmup' and 'every' of some profiles) is left to expressions.
local parameters = {}
for _, name in ipairs(s.names) do
  for key, option in pairs(s.profiles[name].options) do
    if not declared[key] then
      parameters[key] = parameters[key] or { type = option.type, about = option.about, of = {} }
      table.insert(parameters[key].of, name)
    end
  end
end
for key, p in pairs(parameters) do
  local about = ("%s (%s)"):format(p.about, table.concat(p.of, ", "))
  declared[key] = { nil, about, type = p.type, optional = true }
end

local function without_place(problem) return (tostring(problem):gsub("^.-neap%.schedule%.make: ", "")) end

-- A profile after its warm-up over so many steps, or nil and what is wrong with the options.
local function by_name(o, steps)
  if o.warmup >= steps then return nil, ("option 'warmup': %d steps leave nothing of a budget of %d"):format(o.warmup, steps) end
  local own, given = s.profiles[o.profile].options, {}
  for key in pairs(parameters) do
    if o[key] ~= nil and not own[key] then
      return nil, ("option '%s': profile '%s' has no such parameter%s"):format(key, o.profile, hint(key, own))
    end
    given[key] = o[key]
  end
  local made, sched = pcall(s.make, o.profile, steps - o.warmup, given)
  if not made then return nil, without_place(sched) end
  if o.every and o.percent then return nil, "options 'every' and 'percent': one of the two expected" end
  if o.every or o.percent then sched = sched:sample { every = o.every, percent = o.percent } end
  return o.peak * (s.warmup(o.warmup) .. sched)
end

local function by_expression(o, steps)
  local sched, problem = s.from(o.expression)
  if not sched then return nil, "option 'expression': " .. problem end
  local bound, why = pcall(sched.bind, sched, { budget = steps })
  if not bound then return nil, "option 'expression': " .. tostring(why):gsub("^.-schedule:bind: ", "") end
  return why
end

local function schedule_of(o, steps)
  return (o.expression and by_expression or by_name)(o, steps)
end

return neap.recipe {
  summary = "any schedule over the whole budget",
  options = declared,
  prepare = schedule_of,
  function(run, o) return run:follow(schedule_of(o, run:left())) end,
}

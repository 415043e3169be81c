-- Any profile over the whole budget, after an optional warm-up, read as often as you like.
--   neap run schedule --profile cosine --peak 0.05 --warmup 200 --to 0.01
--   neap run schedule --profile rex --percent 10        # the REX paper's sampling rates
local neap = require "neap"
local hint = require "neap.options".hint
local s = neap.schedule

local declared = {
  profile = { "rex", "shape of the decay", choices = s.names },
  peak = { 0.1, "largest rate", above = 0 },
  warmup = { 0, "steps of linear warm-up, part of the budget", min = 0 },
  every = { nil, "steps between two readings of the profile", type = "integer", min = 1, optional = true },
  percent = { nil, "percent of the decay between two readings", type = "number", above = 0, max = 100, optional = true },
}

-- The profiles' own parameters, each under its name; without a default here, so that one is passed on only if given.
local parameters = {}
for _, name in ipairs(s.names) do
  for key, option in pairs(s.profiles[name].options) do
    parameters[key] = parameters[key] or { type = option.type, about = option.about, of = {} }
    table.insert(parameters[key].of, name)
  end
end
for key, p in pairs(parameters) do
  local about = ("%s (%s)"):format(p.about, table.concat(p.of, ", "))
  declared[key] = { nil, about, type = p.type, optional = true }
end

-- The decay over so many steps, or nil and what is wrong with the options.
local function decay(o, steps)
  local own, given = s.profiles[o.profile].options, {}
  for key in pairs(parameters) do
    if o[key] ~= nil and not own[key] then
      return nil, ("option '%s': profile '%s' has no such parameter%s"):format(key, o.profile, hint(key, own))
    end
    given[key] = o[key]
  end
  local made, sched = pcall(s.make, o.profile, steps, given)
  if not made then return nil, (sched:gsub("^.-neap%.schedule%.make: ", "")) end
  if o.every and o.percent then return nil, "options 'every' and 'percent': one of the two expected" end
  if o.every or o.percent then sched = sched:sample { every = o.every, percent = o.percent } end
  return sched
end

return neap.recipe {
  summary = "any profile over the whole budget",
  options = declared,
  prepare = function(o, budget)
    if o.warmup >= budget then
      return nil, ("option 'warmup': %d steps leave nothing of a budget of %d"):format(o.warmup, budget)
    end
    return decay(o, budget - o.warmup)
  end,
  function(run, o)
    return run:follow(o.peak * (s.warmup(o.warmup) .. decay(o, run:left() - o.warmup)))
  end,
}

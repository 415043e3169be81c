--- Learning from a former study of a similar loss: its trials are believed in part, its best point is asked for first, and its
--- lengths become the mode of the prior.

local former = {}

--- neap's own prior of a length: ln length ~ Normal(-1.25 + ln(d)/2, SPREAD), the most probable logarithm (kind 3).
local NORMAL_LOG <const>, SPREAD <const> = 3, 0.9

--- The study in { from = an optimiser or its text, weight = 0.5 }, or nil and what is wrong.
---@return { study: neap.Bayesopt, weight: number }?
---@return string? problem
function former.read(given, bayesopt, class)
  for key in pairs(given) do
    if key ~= "from" and key ~= "weight" then return nil, ("{ from =, weight = } expected, not '%s'"):format(tostring(key)) end
  end
  local weight, study = given.weight or 0.5, given.from
  if not (type(weight) == "number" and weight > 0 and weight <= 1) then
    return nil, ("weight: a number above 0 and at most 1 expected, not '%s'"):format(tostring(weight))
  end
  if type(study) == "string" then
    local problem
    study, problem = bayesopt.restore(study)
    if not study then return nil, problem end
  end
  if getmetatable(study) ~= class then return nil, "from: an optimiser or its text expected" end
  return { study = study, weight = weight }
end

--- The prior of each length that both studies have, about the former one: the tighter the larger the weight.
function former.shape_priors(old, where, o)
  local hyper, _, fitted = old.study:hyper()
  if fitted == 0 or o.priors.length then return end
  o.priors.length = {}
  for i, name in ipairs(where.names) do
    local length, sigma = hyper.length[name], SPREAD * (1 - 0.7 * old.weight)
    if length then o.priors.length[i] = { NORMAL_LOG, math.log(length / where:width(i)), sigma }
    else o.priors.length[i] = { NORMAL_LOG, #where.names == 1 and -0.25 or -1.25 + 0.5 * math.log(#where.names), SPREAD } end
  end
end

--- Tell 'opt' the former trials that lie in its space: with a variance of their own, so that a weight of 1/2 takes a loss for as
--- uncertain as the losses differ. The best of them is asked for first.
function former.recall(old, opt)
  local trials, sum, square, count = old.study:trials(), 0, 0, 0
  for _, trial in ipairs(trials) do
    if not trial.failed then sum, count = sum + trial.loss, count + 1 end
  end
  local mean = sum / math.max(count, 1)
  for _, trial in ipairs(trials) do
    if not trial.failed then square = square + (trial.loss - mean) ^ 2 / count end
  end
  local doubt = math.min(square * (1 - old.weight) / old.weight, 1e300)
  for _, trial in ipairs(trials) do
    local values = opt.space:values(trial.x)
    if values then assert(opt.engine:recall(values, trial.loss, math.min(trial.variance + doubt, 1e300))) end
  end
  local best = old.study:best()
  local values = best and opt.space:values(best)
  if values then opt.engine:suggest(values) end
end

return former

--- The ways to forecast that are compared. Most have forecast(losses, step) -> loss, and the ends of its 80 % interval where
--- they have one; the race has together(list of losses, step, rates) -> list of what to pick the lowest of.

local neap = require "neap"

local NORMAL = 1.2815515655446004   -- of which a normal has a tenth beyond

local function interval(mean, sd)
  if not sd then return mean end
  return mean, mean - NORMAL * sd, mean + NORMAL * sd
end

local function fitted(options)
  return function(losses, step)
    local fit = neap.expfit(losses, options)
    if not fit then return math.huge end
    return interval(fit:forecast(step))
  end
end

local function mean_of_last(count)
  return function(losses)
    local sum = 0
    for i = #losses - count + 1, #losses do sum = sum + losses[i] end
    return sum / count
  end
end

local function ours(losses, step)
  local forecast = neap.forecast(losses)
  if not forecast then return math.huge end
  return (forecast:forecast(step)), forecast:quantile(step, 0.1), forecast:quantile(step, 0.9)
end

local function race(series, step)
  local _, expected = assert(neap.forecast.race(series, step))
  return expected
end

local function race_of_rates(series, step, rates)
  local _, expected = assert(neap.forecast.race(series, step, { rates = rates }))
  return expected
end

return {
  { name = "published (AutoLRS)", forecast = fitted { method = "published" } },
  { name = "bounded exponential", forecast = fitted { lower = 0 } },
  { name = "last loss", forecast = mean_of_last(1) },
  { name = "mean of the last ten", forecast = mean_of_last(10) },
  { name = "neap.forecast", forecast = ours },
  { name = "neap.forecast.race", together = race },
  { name = "race, rates told", together = race_of_rates },
}

--- How far the errors of two neighbouring rates differ: what AutoLRS, mended, tells its Gaussian process.

local neap = require "neap"

local neighbours = {}

local DEVIATIONS <const> = 2.5631031310892   -- from a tenth of a normal distribution to nine tenths

--- ln(end / expected) of each rate, and the variance of its forecast in ln(loss); what ended at nothing, or did not end, is left out.
local function errors(world)
  local _, expected = neap.forecast.race(world.losses, world.step, { rates = world.rates })
  local list = {}
  for k, losses in ipairs(world.losses) do
    local forecast, loss = neap.forecast(losses), expected[k]
    if forecast and loss < math.huge and loss > 0 and world.ends[k] > 0 then
      local low, high = forecast:quantile(world.step, 0.1), forecast:quantile(world.step, 0.9)
      list[#list + 1] = { error = math.log(world.ends[k] / loss), variance = (math.log(high / low) / DEVIATIONS) ^ 2 }
    end
  end
  return list
end

--- Half of the squared difference of two neighbours' errors, as a share of the variance of one: the median over all pairs.
---@param worlds World[]
---@return number
function neighbours.share(worlds)
  local shares = {}
  for _, world in ipairs(worlds) do
    local list = errors(world)
    for i = 2, #list do
      shares[#shares + 1] = (list[i].error - list[i - 1].error) ^ 2 / 2 / math.max(list[i].variance, 1e-12)
    end
  end
  table.sort(shares)
  return shares[(#shares + 1) // 2]
end

return neighbours

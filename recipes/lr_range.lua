-- The learning-rate range test: the rate climbs from MIN to MAX, the loss tells which rates are of use.
-- Smith, "Cyclical learning rates for training neural networks", WACV 2017, arXiv 1506.01186.
--   neap run lr_range --lr 1e-5:10 --budget 500
-- Its answer is the interval for AutoLRS: from where the loss begins to fall to where it is lowest.
local neap = require "neap"
local plot = require "neap.plot"
local unicode = require "neap.report".unicode

-- The loss falls "in earnest" where this share of its whole fall is behind it.
local BEGINNING <const> = 0.1

-- Exponential moving average with the bias of its start removed: single losses are too noisy to compare.
local function smoother(keep)
  local average, weight = 0.0, 0.0
  return function(loss)
    average, weight = keep * average + (1 - keep) * loss, keep * weight + (1 - keep)
    return average / weight
  end
end

local function lowest(values)
  local best = 1
  for i, value in ipairs(values) do
    if value < values[best] then best = i end
  end
  return best
end

-- The steps at which the smoothed loss begins to fall and at which it is lowest; nil if it never falls.
local function interval(losses)
  local bottom = lowest(losses)
  local threshold = losses[1] - BEGINNING * (losses[1] - losses[bottom])
  for i = 1, bottom do
    if losses[i] <= threshold and losses[1] > losses[bottom] then return i, bottom end
  end
  return nil
end

return neap.recipe {
  summary = "the range test: which rates are of use, to be read off a rising rate",
  options = {
    lr = { "1e-5:10", "rates to climb through", type = "range" },
    smoothing = { 0.95, "weight of the past in the smoothed loss", min = 0, below = 1 },
    explosion = { 4.0, "stop when the smoothed loss is this many times its lowest", above = 1 },
  },
  prepare = function(_, budget)
    if budget >= 20 then return true end
    return nil, ("budget %d is too small for a range test: 20 steps expected at least"):format(budget)
  end,
  function(run, o)
    local low, high, budget = o.lr[1], o.lr[2], run:left()
    local start, smooth, best = run:save(), smoother(o.smoothing), math.huge
    local smoothed, rates, points = {}, {}, {}
    for i = 1, budget do
      local rate = low * (high / low) ^ ((i - 1) / (budget - 1))
      local losses, diverged = run:train(1, rate)
      if diverged then break end
      rates[i], smoothed[i] = rate, smooth(losses[1])
      points[i] = { math.log(rate, 10), smoothed[i] }
      best = math.min(best, smoothed[i])
      if smoothed[i] > o.explosion * best then break end
    end
    run:restore(start)   -- a trainer driven to its edge is of no further use
    if #rates < 2 then return nil, ("the loss is not finite from the lowest rate on (%g); lower --lr"):format(low) end
    local picture = plot.lines(points, { width = 64, height = 12, title = "smoothed loss over log10(rate)", ascii = not unicode() })
    run:report { event = "range", text = picture }
    local from, to = interval(smoothed)
    if not from then return nil, ("the loss fell nowhere between %g and %g; widen --lr"):format(low, rates[#rates]) end
    run:report { event = "interval", low = rates[from], high = rates[to],
                 text = ("use --lr %.2g:%.2g"):format(rates[from], rates[to]) }
  end,
}

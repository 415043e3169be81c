--- How good forecasts are: over the worlds of a set, for one method.

local engine = require "neap.engine"

local score = {}

local DRAWS = 4000   -- of the worlds, with replacement

--- Ranks of the values, those of equal ones shared.
local function ranks(values)
  local order, rank = {}, {}
  for i = 1, #values do order[i] = i end
  table.sort(order, function(a, b) return values[a] < values[b] end)
  local i = 1
  while i <= #order do
    local j = i
    while j < #order and values[order[j + 1]] == values[order[i]] do j = j + 1 end
    for k = i, j do rank[order[k]] = (i + j) / 2 end
    i = j + 1
  end
  return rank
end

--- Spearman's correlation; 0 where one of the two is constant.
function score.rank_correlation(xs, ys)
  local a, b, n = ranks(xs), ranks(ys), #xs
  local middle, ab, aa, bb = (n + 1) / 2, 0, 0, 0
  for i = 1, n do
    ab = ab + (a[i] - middle) * (b[i] - middle)
    aa = aa + (a[i] - middle) ^ 2
    bb = bb + (b[i] - middle) ^ 2
  end
  return aa * bb > 0 and ab / math.sqrt(aa * bb) or 0
end

local function lowest(values)
  local best = 1
  for i = 2, #values do
    if values[i] < values[best] then best = i end
  end
  return best
end

local function is_finite(losses)
  for _, loss in ipairs(losses) do
    if not (math.abs(loss) < math.huge) then return false end
  end
  return true
end

---@class Score
---@field correlation number    mean over worlds of the rank correlation between forecast and end, over the rates
---@field best integer          worlds in which the best rate was picked
---@field regret number         mean of: end of the picked rate minus end of the best
---@field regrets number[]      of each world
---@field worst number          the largest of these
---@field diverged integer      worlds in which the picked rate diverged
---@field coverage? number      share of the ends within the 80 % interval
---@field microseconds number   of the processor, median over the forecasts

--- Forecasts of a world's rates one by one; a rate with a loss that is not finite in its probe gets an infinite one.
local function one_by_one(world, method, tally)
  local forecasts = {}
  for k, losses in ipairs(world.losses) do
    forecasts[k] = math.huge
    if is_finite(losses) then
      local begin = os.clock()
      local mean, low, high = method.forecast(losses, world.step)
      tally.times[#tally.times + 1] = os.clock() - begin
      forecasts[k] = mean == mean and mean or math.huge
      if low then
        tally.intervals = tally.intervals + 1
        tally.within = tally.within + (low <= world.truth[k] and world.truth[k] <= high and 1 or 0)
      end
    end
  end
  return forecasts
end

--- The same of a method that takes all rates together; its time is shared among them.
local function together(world, method, tally)
  local series, rates, place, forecasts = {}, {}, {}, {}
  for k, losses in ipairs(world.losses) do
    forecasts[k] = math.huge
    if is_finite(losses) then
      series[#series + 1] = losses
      place[#series], rates[#series] = k, world.rates[k]
    end
  end
  local begin = os.clock()
  local found = method.together(series, world.step, rates)
  tally.times[#tally.times + 1] = (os.clock() - begin) / #series
  for i, loss in ipairs(found) do forecasts[place[i]] = loss end
  return forecasts
end

--- Judge a method over the worlds of a set.
---@param worlds World[]
---@return Score
function score.judge(worlds, method)
  local s = { correlation = 0, best = 0, regret = 0, regrets = {}, worst = 0, diverged = 0 }
  local tally = { times = {}, within = 0, intervals = 0 }
  for _, world in ipairs(worlds) do
    local forecasts = (method.together and together or one_by_one)(world, method, tally)
    local pick = lowest(forecasts)
    local regret = world.ends[pick] - world.ends[lowest(world.ends)]
    s.correlation = s.correlation + score.rank_correlation(forecasts, world.ends) / #worlds
    s.best = s.best + (regret == 0 and 1 or 0)
    s.regret = s.regret + regret / #worlds
    s.regrets[#s.regrets + 1] = regret
    s.worst = math.max(s.worst, regret)
    s.diverged = s.diverged + (world.diverged[pick] and 1 or 0)
  end
  table.sort(tally.times)
  s.microseconds = tally.times[(#tally.times + 1) // 2] * 1e6
  s.coverage = tally.intervals > 0 and tally.within / tally.intervals or nil
  return s
end

--- The sum of 'regrets' as a share of that of 'base', over the same worlds; and where eight in ten of such shares lie, the
--- worlds drawn again with replacement: a few of them decide.
---@return number share, number low, number high
function score.share(regrets, base)
  local random, shares = engine.random(1), {}
  local function of(draw)
    local ours, theirs = 0, 0
    for i = 1, #regrets do
      local w = draw(i)
      ours, theirs = ours + regrets[w], theirs + base[w]
    end
    return theirs > 0 and ours / theirs or ours > 0 and math.huge or 1
  end
  for d = 1, DRAWS do
    shares[d] = of(function() return 1 + math.floor(random:uniform(0, #regrets)) end)
  end
  table.sort(shares)
  return of(function(i) return i end), shares[DRAWS // 10], shares[DRAWS - DRAWS // 10]
end

return score

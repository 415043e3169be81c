-- Milliseconds of one tell + ask of neap.bayesopt; arguments REFIT D N..: a line "n milliseconds" for each N, the least of some rounds.
-- REFIT 1: hyper-parameters fitted at that tell (beyond n = 100 the next one that does, up to a twentieth later);
-- 0: all of them given, so that nothing is fitted.
local neap = require "neap"

local refit, d = arg[1] == "1", tonumber(arg[2])
local names = { "a", "b", "c", "d", "e", "f" }

local function loss(x)
  local sum = 0
  for k = 1, d do local t = x[names[k]]; sum = sum + (6 * t - 2) ^ 2 * math.sin(12 * t - 4) end
  return sum + 0.05 * math.sin(997 * x.a)
end

--- The generalised golden ratio: an even sequence in d dimensions.
local function golden()
  local g = 1.5
  for _ = 1, 60 do g = (1 + g) ^ (1 / (d + 1)) end
  return g
end

local function once(n, round, rounds)
  local space, g = {}, golden()
  for k = 1, d do space[names[k]] = { 0, 1 } end
  local given = refit and {} or { length = 0.2, signal = 30, noise = 1e-3 }
  given.space, given.seed = space, round
  local opt = neap.bayesopt(given)
  local function point(i)
    local x = {}
    for k = 1, d do x[names[k]] = (i * g ^ -k + round / rounds) % 1 end
    return x
  end
  local told = 0
  local function tell()
    told = told + 1
    local x = point(told)
    opt:tell(x, loss(x))
  end
  while told < n - 1 do tell() end
  local last = select(3, opt:hyper())
  while refit and told + 1 > 100 and told + 1 < last + last // 20 do tell() end   -- beyond 100 not every tell fits
  opt:ask()
  local x = point(told + 1)
  local y, clock = loss(x), os.clock()
  opt:tell(x, y)
  opt:ask()
  clock = os.clock() - clock
  return clock, select(3, opt:hyper()) == told + 1
end

for i = 3, #arg do
  local n, least, rounds = tonumber(arg[i]), math.huge, tonumber(arg[i]) < 300 and 9 or 3
  for round = 1, rounds do
    local seconds, fitted = once(n, round, rounds)
    assert(fitted == refit, "the tell that is timed fits, or does not, as asked")
    least = math.min(least, seconds)
  end
  print(n, 1e3 * least)
end

-- Median milliseconds of one tell + ask, hyper-parameters refitted, d = 1; one line "n milliseconds" for each n given.
local neap = require "neap"

local function loss(x) return (6 * x - 2) ^ 2 * math.sin(12 * x - 4) + 0.05 * math.sin(997 * x) end

local function median(n, rounds)
  local times = {}
  for round = 1, rounds do
    local opt = neap.bayesopt { space = { x = { 0, 1 } }, seed = round }
    for i = 1, n - 1 do
      local x = { x = (i * 0.6180339887498949 + round / rounds) % 1 }
      opt:tell(x, loss(x.x))
    end
    local x = opt:ask()
    local y = loss(x.x)
    local began = os.clock()
    opt:tell(x, y)
    opt:ask()
    times[round] = os.clock() - began
  end
  table.sort(times)
  return 1e3 * times[(rounds + 1) // 2]
end

for _, n in ipairs(arg) do print(n, median(tonumber(n), 15)) end

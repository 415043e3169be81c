-- Time our exponential fits of the losses in the file named: one a line, after its name and a tab.
-- Prints: name, median microseconds of a fit.
local neap = require "neap"

local function median_time(f)
  local times = {}
  for round = 1, 15 do
    local count, start = 0, os.clock()
    repeat
      for _ = 1, 20 do f() end
      count = count + 20
    until os.clock() - start > 0.01
    times[round] = (os.clock() - start) / count
  end
  table.sort(times)
  return times[8]
end

local series = {}
for line in io.lines(arg[1]) do
  local name, numbers = line:match "^(%d+)\t(.*)$"
  local losses = {}
  for word in numbers:gmatch "%S+" do losses[#losses + 1] = tonumber(word) end
  series[#series + 1] = { name, losses }
end
for _, case in ipairs(series) do
  local name, losses = table.unpack(case)
  for _, o in ipairs { { method = "published" }, { method = "bounded", lower = 0 } } do
    local seconds = median_time(function() return assert(neap.expfit(losses, o)):forecast(10 * #losses) end)
    print(("%s %s\t%.17g"):format(o.method, name, seconds * 1e6))
  end
end

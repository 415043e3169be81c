-- Time reading a rate per step. Prints: name, how, median nanoseconds a step.
local neap = require "neap"
local s = neap.schedule
local N = 10000

local function median_time(f)
  local times = {}
  for round = 1, 15 do
    local count, start = 0, os.clock()
    repeat
      f()
      count = count + N
    until os.clock() - start > 0.01
    times[round] = (os.clock() - start) / count
  end
  table.sort(times)
  return times[8]
end

local cases = {
  { "warmup .. rex", 0.1 * (s.warmup(500) .. s.rex(N - 500)) },
  { "warmup .. linear", 0.1 * (s.warmup(500) .. s.linear(N - 500)) },
  { "warmup .. step", 0.1 * (s.warmup(500) .. s.step(N - 500)) },
  { "warmup .. cosine", 0.1 * (s.warmup(500) .. s.cosine(N - 500, { to = 0.1 })) },
  { "warmup .. exponential", 0.1 * (s.warmup(500) .. s.exponential(N - 500)) },
}
for _, case in ipairs(cases) do
  local name, sched = table.unpack(case)
  local at = median_time(function() for t = 0, N - 1 do sched:at(t) end end)
  local values = median_time(function() sched:values() end)
  print(("%s\tLua at\t%.17g"):format(name, at * 1e9))
  print(("%s\tLua values\t%.17g"):format(name, values * 1e9))
end

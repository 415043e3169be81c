-- Our half of step.py: for each line "N" on standard input train N steps and print the CPU seconds they took.
local neap = require "neap"

local trainer <close> = assert(neap.backend("builtin:fashion,layers=256-128,optimizer=sgd,momentum=0.9,batch=128"))
for line in io.lines() do
  local steps = math.tointeger(tonumber(line))
  local start = os.clock()
  trainer:train(steps, 0.01)
  print(("%.9f"):format(os.clock() - start))
  io.stdout:flush()
end

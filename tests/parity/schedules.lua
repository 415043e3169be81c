-- Answers for torch_schedules.py: a JSON object a line in, { name, parameters, steps }; a JSON list a line out: the rates at those steps,
-- then the momenta if asked for.
local engine = require "neap.engine"
local torch = require "neap".schedule.compat.torch

for line in io.lines() do
  local question = assert(engine.json_decode(line))
  local schedule, values = torch[question.name](question.parameters), {}
  for _, t in ipairs(question.steps) do values[#values + 1] = schedule:at(t) end
  if question.momentum then
    local momentum = schedule:momentum()
    for _, t in ipairs(question.steps) do values[#values + 1] = momentum:at(t) end
  end
  print(engine.json_encode(values))
end

-- Answers for torch_schedules.py: a JSON object a line in, { name, parameters, steps }; a JSON list a line out: the rates at those steps,
-- then the momenta if asked for. Of schedulers made of others, parameters.schedulers are such objects; of a plateau, metrics
-- are what it observes, and the list the rate after each.
local engine = require "neap.engine"
local torch = require "neap".schedule.compat.torch

local function made(question)
  local parameters = question.parameters
  for i, inner in ipairs(parameters.schedulers or {}) do parameters.schedulers[i] = made(inner) end
  return torch[question.name](parameters)
end

for line in io.lines() do
  local question = assert(engine.json_decode(line))
  local schedule, values = made(question), {}
  for _, metric in ipairs(question.metrics or {}) do values[#values + 1] = schedule:observe(metric) end
  for _, t in ipairs(question.steps or {}) do values[#values + 1] = schedule:at(t) end
  if question.momentum then
    local momentum = schedule:momentum()
    for _, t in ipairs(question.steps) do values[#values + 1] = momentum:at(t) end
  end
  print(engine.json_encode(values))
end

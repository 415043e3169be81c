--- What a trainer's answers must hold: doc/protocol.md, "Questions". Each reader returns what the answer says, or nil and
--- what is wrong with it.

local finite = require "neap.finite"

local answers = {}

local WORDS <const> = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

--- A loss or a metric: a number, or one of three texts.
---@return number?
local function value(given)
  if type(given) == "number" then return given + 0.0 end
  return WORDS[given]
end

local function shown(given)
  return type(given) == "string" and "a text" or type(given) == "userdata" and "null" or "a " .. type(given)
end

--- The losses of a block. What follows a loss that is not finite is not finite either: that training is lost, and the steps
--- were taken all the same.
---@param steps integer    how many were asked for
---@return number[]? losses
---@return string? problem
function answers.losses(answer, steps)
  local given = answer.losses
  if type(given) ~= "table" then return nil, "no losses" end
  if #given > steps then return nil, ("%d losses for %d steps"):format(#given, steps) end
  local losses, lost = {}, nil
  for i, loss in ipairs(given) do
    losses[i] = lost or value(loss)
    if not losses[i] then return nil, ("losses[%d]: a number expected, not %s"):format(i - 1, shown(loss)) end
    if not lost and not finite(losses[i]) then lost = losses[i] end
  end
  if #losses < steps and not lost then return nil, ("%d losses for %d steps, all of them finite"):format(#losses, steps) end
  return losses
end

--- Loss and metrics.
---@return number? loss
---@return table<string, number>|string metrics    or the problem
function answers.evaluation(answer)
  local loss, metrics = value(answer.loss), {}
  if not loss then return nil, "no loss" end
  if answer.metrics ~= nil and type(answer.metrics) ~= "table" then return nil, "metrics: an object expected" end
  for name, metric in pairs(answer.metrics or {}) do
    metrics[name] = value(metric)
    if type(name) ~= "string" or not metrics[name] then
      return nil, ("metrics.%s: a number expected, not %s"):format(name, shown(metric))
    end
  end
  return loss, metrics
end

return answers

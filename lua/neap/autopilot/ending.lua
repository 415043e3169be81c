--- The end of a run: what it leaves in the trainer.

local choice = require "neap.autopilot.choice"
local losses_of = require "neap.autopilot.losses"

local ending = {}

--- A state whose weights are the average that a checkpoint holds, or that of the present state.
local function averaged(pilot, checkpoint)
  local run = pilot.run
  if not pilot.averaging then return checkpoint end
  local here = run:save()
  if checkpoint then run:restore(checkpoint) end
  run:average "adopt"
  local state = run:save()
  run:restore(here)
  run:drop(here)
  return state
end

--- The best there is: the weights as they are, their average, the lowest of before, and what lies between them.
---@param pilot neap.autopilot.Pilot
function ending.choose(pilot)
  local run, states = pilot.run, {}
  if run.diverged or not pilot.filled or pilot.blind then return end
  if pilot.averaging then states[1] = { name = "their average", checkpoint = averaged(pilot), alone = true } end
  local function loss_here() return losses_of.or_worst((run:evaluate { batches = pilot.batches })) end
  if pilot.best then
    local watched = losses_of.validation(run, { batches = pilot.batches })    -- as those before, that it is compared with
    local alone = pilot:may_go_back(pilot.watch:is_collapse(losses_of.or_worst(watched)))
    states[#states + 1] = { name = "the best of before", checkpoint = averaged(pilot, pilot.best), alone = alone }
  end
  local loss, how = choice.make(run, states, loss_here)
  for _, state in ipairs(states) do
    if state.checkpoint ~= pilot.best then run:drop(state.checkpoint) end
  end
  run:report { event = "end", validation = loss, text = how .. " are taken" }
end

return ending

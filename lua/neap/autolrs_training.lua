--- AutoLRS, mended: the training of a stage, once its rate is chosen.

local Floor = require "neap.autopilot.floor"
local losses_of = require "neap.autopilot.losses"
local Watch = require "neap.autopilot.watch"

--- Looks at a stage, how often it goes back at most while the loss is finite, and what is said then.
local LOOKS <const>, RETURNS <const> = 8, 2
local BROKEN <const> = "the loss rises; going back, at a third of the rate"
local DIVERGED <const> = "diverged; going back, at a third of the rate"

--- Train to the end of the stage. Where the loss breaks on the way, go back to the last look, and on at a third of the rate: a few
--- times, for a loss that rises whatever the rate is does so by overfitting.
---@return number rate    the last one
local function go_on(run, stage, rate, last)
  local floor, safe = Floor.new(), stage.start
  local watch = Watch.new(floor)
  watch:add(floor:see(stage.level))
  local returns = 0
  while run:left() > 0 and run.depth < last do
    local steps = math.min(math.max(1, stage.steps // LOOKS), last - run.depth, run:left())
    local _, diverged = run:train(steps, rate, { stage = stage.number })
    watch:add(floor:see(diverged and math.huge or losses_of.validation(run, { batches = stage.batches })))
    if diverged or watch:broken() and returns < RETURNS then
      rate, returns = rate / 3, returns + 1
      run:report { event = "stage", stage = stage.number, rate = rate, text = diverged and DIVERGED or BROKEN }
      run:restore(safe)
    else
      if safe ~= stage.start then run:drop(safe) end
      safe = run:save()
    end
  end
  if safe ~= stage.start then run:drop(safe) end
  return rate
end

--- Train the stage, from the end of the winner's probe on; the last one, and one without a winner, for all that is left. If its
--- trainer is lost on the way, and there are others, one of them begins at the stage's start.
---@return number rate    the last one
return function(run, stage, rate)
  local best, jobs, last_rate = stage.best, { stage }, rate
  local steps = best and not stage.is_last and stage.steps or math.huge
  run:share(function() return table.remove(jobs) end, function(branch)
    local probed = best
    branch:restore(probed and probed.checkpoint or stage.start)
    best = nil
    if probed then branch:drop(probed.checkpoint) end
    last_rate = go_on(branch, stage, rate, stage.start.depth + steps)
  end)
  return last_rate
end

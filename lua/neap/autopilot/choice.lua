--- Which weights to end with: the last ones, those of an earlier state, or some on the line between, whichever have the
--- least validation loss. Weights between two states of a training average what the noise of the steps left in each.
---
--- Nothing beyond either end is tried: that lowers the validation loss further and raises that of the test part.

local choice = {}

--- How far to go towards a state, and then this much less and more than the best of them. A trainer that does not blend goes
--- all the way, or not at all.
local SHARES <const>, FINER <const> = { 0.25, 0.5, 0.75, 1 }, 0.125

---@class neap.autopilot.State
---@field name string
---@field checkpoint table
---@field alone boolean    it may be taken as it is, and what came after it thrown away

local function offered(run, state, share)
  if share == 1 then return state.alone end
  return share > 0 and share < 1 and run.offers.blending or false
end

local function go(run, here, state, share)
  run:restore(share == 1 and state.checkpoint or here)
  if share > 0 and share < 1 then run:blend(state.checkpoint, share) end
end

--- Go to the best place on the line from the present state to another.
---@return number loss
---@return number? share    nil: the present state is the best
local function search(run, state, judge, loss)
  local here, best = run:save(), 0
  local function try(share)
    if not offered(run, state, share) then return end
    go(run, here, state, share)
    local there = judge()
    if there < loss then loss, best = there, share end
  end
  for _, share in ipairs(SHARES) do try(share) end
  local middle = best
  try(middle - FINER)
  try(middle + FINER)
  go(run, here, state, best)
  run:drop(here)
  return loss, best > 0 and best or nil
end

--- Leave the trainer at the best of its present state, the given ones and what lies between, searched from one to the next.
---@param run neap.Run
---@param states neap.autopilot.State[]
---@param judge fun(): number    the loss of the trainer's weights
---@return number loss
---@return string how    in words
function choice.make(run, states, judge)
  local loss, words = judge(), { "the last weights" }
  for _, state in ipairs(states) do
    local share
    loss, share = search(run, state, judge, loss)
    if share == 1 then words = { state.name } end
    if share and share < 1 then words[#words + 1] = ("%.4g %% of %s"):format(100 * share, state.name) end
  end
  return loss, table.concat(words, ", ")
end

return choice

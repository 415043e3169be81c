--- Second thoughts about a rise. A rate that is too high lets the loss fall quickly at first, and then it stalls in noise; some
--- networks never recover from it, tanh ones above all. So where that is seen soon after a rise, the run goes back to before it,
--- and stays with the lower rate if that gets further than the high one did, in no more steps.

local finite = require "neap.finite"

local Backtrack = {}
Backtrack.__index = Backtrack

--- So many times below the peak is a lower rate.
local LOWER <const> = 2.5

--- A stall: the averaged loss falls, over so many looks, as a lower power of the steps than this, amid that much noise in each.
local WINDOW <const>, POWER <const>, NOISE <const> = 2, 0.1, 0.05

--- A rate that has come down so far from the peak by itself needs no second thoughts.
local FALLEN <const> = 2

--- Looks at the lower rate, at most.
local PATIENCE <const> = 4

---@param share number    of the budget, that going back may throw away
---@return neap.autopilot.Backtrack
function Backtrack.new(share)
  return setmetatable({ share = share, rises = {}, noises = {} }, Backtrack)
end

local function drop_oldest(self, run) run:drop(table.remove(self.rises, 1).checkpoint) end

--- Keep the last state whose rate is far enough below the peak, and those after it.
local function forget(self, run, peak)
  while self.rises[2] and self.rises[2].rate <= peak / LOWER do drop_oldest(self, run) end
end

--- The rate is about to rise from that of the pilot's state to `rate`.
---@param pilot neap.autopilot.Pilot
---@param rate number
function Backtrack:remember(pilot, rate)
  if self.done then return end
  table.insert(self.rises, { checkpoint = pilot.run:save(), rate = pilot.here, looks = #pilot.series })
  forget(self, pilot.run, math.max(rate, pilot.peak))
end

--- One chance only: let the states go.
function Backtrack:finish(run)
  self.done = true
  while self.rises[1] do drop_oldest(self, run) end
end

local function lowest_of(series, from, to)
  return math.min(math.huge, table.unpack(series, from, to))
end

--- Has the loss stalled amid noise?
local function has_stalled(self, pilot)
  local series, noises = pilot.series, self.noises
  local n = #series
  if n <= WINDOW or #noises < WINDOW then return false end
  local looks = pilot.run.depth / pilot.every
  local share = pilot.floor:share(lowest_of(series, n - WINDOW + 1, n), lowest_of(series, 1, n - WINDOW))
  return share > ((looks - WINDOW) / looks) ^ POWER and lowest_of(noises, #noises - WINDOW + 1, #noises) > NOISE
end

--- Are second thoughts due?
---@param noise number    of the last look
function Backtrack:is_due(pilot, noise)
  if self.done then return false end
  self.noises[#self.noises + 1] = noise
  forget(self, pilot.run, pilot.peak)
  local back = self.rises[1]
  if not back or back.rate > pilot.peak / LOWER or pilot.rate < pilot.peak / FALLEN then return false end
  if pilot.run.spent - back.checkpoint.depth > self.share * pilot.run.budget then return false end
  return has_stalled(self, pilot)
end

--- Go on at the lower rate until it is further than the high one got, or cannot get there in as many steps.
---@return boolean paid
---@return number[] series
local function gets_further(pilot, back, series, goal, slope)
  local looks = math.min(PATIENCE, #pilot.series - back.looks)
  for left = looks - 1, 0, -1 do
    if not pilot:train_to_look() then return false, series end
    local loss, before = pilot:judge(), series[#series]
    series[#series + 1] = loss
    pilot.run:report { event = "back", rate = pilot.rate, validation = loss, text = ("a lower rate, against %.4f"):format(goal) }
    if not finite(loss) then return false, series end
    local fall = pilot.floor:share(loss, before)
    if loss < goal and fall < slope then return true, series end
    if pilot.floor:height(loss) * fall ^ left >= pilot.floor:height(goal) then return false, series end
  end
  return false, series
end

--- Try it. The pilot goes on from whichever got further.
---@return boolean paid    the lower rate did
function Backtrack:pays(pilot)
  local run, back, series = pilot.run, self.rises[1], pilot.series
  local kept = { checkpoint = run:save(), here = pilot.here, rate = pilot.rate, recent = pilot.recent, peak = pilot.peak }
  run:report { event = "back", rate = back.rate, text = "the loss stalls in noise; going back to before the rise" }
  run:restore(back.checkpoint)
  pilot.here, pilot.rate, pilot.peak = back.rate, back.rate, back.rate
  local slope = pilot.floor:share(series[#series], series[#series - WINDOW]) ^ (1 / WINDOW)
  local paid, lower = gets_further(pilot, back, table.move(series, 1, back.looks, 1, {}), pilot.watch.lowest, slope)
  if paid then
    pilot:settle(lower, back.rate)
  else
    run:restore(kept.checkpoint)
    pilot.here, pilot.rate, pilot.recent, pilot.peak = kept.here, kept.rate, kept.recent, kept.peak
  end
  run:report { event = "back", rate = pilot.rate,
    text = paid and "this one gets further" or "the lower one got no further; going on from where the loss stalled" }
  run:drop(kept.checkpoint)
  self:finish(run)
  return paid
end

return Backtrack

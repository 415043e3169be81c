--- Down with the rate: where the loss has turned for good, broken, or where it diverges at once.

local descent = {}

--- Share of the budget from which on a loss that turned counts.
local QUIET <const> = 0.2

--- What is left of the rate then; and of the peak, below which nothing more is to be gained by that.
local CUT <const>, FLOOR <const> = 0.3, 1e-3

--- So many breaks in a row, each after going back: the lowest loss was no true one, as of a validation part that is drawn anew.
local FLUKE <const> = 4

--- Does a loss that turned mean something? Where the training loss went on falling, the run overfits; where there is noise, the
--- rate is too high. Otherwise the loss has not begun to fall.
local function has_reason(pilot)
  if not pilot.averaging then return true end
  return pilot:overfits() or pilot:noise() > 0.05
end

--- Has the loss turned, so that it matters?
---@param pilot neap.autopilot.Pilot
---@return boolean
function descent.is_due(pilot)
  local run = pilot.run
  return run.spent > QUIET * run.budget and pilot.rate > FLOOR * pilot.peak and pilot.watch:turned() and has_reason(pilot)
end

--- Lower the rate, at the best state there was or here.
local function come_down(pilot, why, back)
  local run, watch = pilot.run, pilot.watch
  run:report { event = "down", rate = pilot.rate * CUT, [pilot.judged] = watch.last,
    text = ("the loss %s: %.4f at its lowest; %s"):format(why, watch.lowest, back and "going back there" or "going on from here") }
  if back then
    run:restore(pilot.best)
    pilot:average "adopt"
    pilot:average "start"
    pilot.filled = false
  end
  pilot.limit, pilot.rate = math.min(pilot.limit, pilot.rate / 2), pilot.rate * CUT
  pilot.here = pilot.rate
  watch:again(back)
end

--- The loss has turned. Back, if little is thrown away.
---@param pilot neap.autopilot.Pilot
function descent.from_turn(pilot) come_down(pilot, "turned", pilot:may_go_back()) end

--- The loss has broken. Back in any case, unless that is what was done again and again.
---@param pilot neap.autopilot.Pilot
function descent.from_break(pilot)
  pilot.breaks = pilot.breaks + 1
  if pilot.breaks == 1 then pilot.unbroken = pilot.rate end
  local is_fluke = pilot.breaks >= FLUKE and not pilot.run.diverged
  if is_fluke then pilot.rate, pilot.limit = pilot.unbroken, pilot.unbroken end
  come_down(pilot, "broke", not is_fluke)
end

--- It diverged before there was any loss to go back to: anew from where the flight began, lower.
---@param pilot neap.autopilot.Pilot
---@param first number    the rate that it began with
---@return true? done
---@return string? problem    where that is of no use
function descent.begin_lower(pilot, first)
  local run = pilot.run
  pilot.rate = pilot.rate * CUT
  if pilot.rate < FLOOR * first then return nil, run:divergence() end
  run:report { event = "down", rate = pilot.rate, text = "the loss diverged at once; going back to where the climb led" }
  run:restore(pilot.start)
  pilot.here, pilot.limit, pilot.peak = pilot.rate, math.min(pilot.limit, pilot.rate), 0
  return true
end

return descent

--- The autopilot in flight: one run, from a rate too low to a rate of zero. The recipe autopilot is a thin cover of it.
---
--- It climbs, and goes back to well below (climb.lua); raises the rate while that gains more than the noise it makes
--- (rise.lua), with second thoughts (backtrack.lua); lets it decay to zero by the end of the budget; comes down at once, from the
--- best state there was, where the validation loss has turned or broken (watch.lua); and leaves the best weights there are
--- (ending.lua). doc/methods.md says why.

local Backtrack = require "neap.autopilot.backtrack"
local climb = require "neap.autopilot.climb"
local descent = require "neap.autopilot.descent"
local ending = require "neap.autopilot.ending"
local finite = require "neap.finite"
local Floor = require "neap.autopilot.floor"
local losses_of = require "neap.autopilot.losses"
local rise = require "neap.autopilot.rise"
local Watch = require "neap.autopilot.watch"

--- Looks at the loss in a budget: one each fortieth.
local LOOKS <const> = 40

--- Of the climb: steps a decade, as a share of the budget; the rate to begin with, as a share of where the loss was lowest.
local PACE <const>, BEGIN <const> = 0.012, 1 / 20

--- Steps thrown away, as a share of the budget: no going back beyond it, but from a collapse.
local SEARCH <const> = 0.15

--- What a user should know whose trainer does not evaluate.
local BLIND <const> = "the trainer does not evaluate, so the training losses decide; better give it a validation loss:"
  .. " in Python, neap.connect(.., evaluate=function)"

--- Why there is nothing to begin with.
local DIVERGES <const> = "the training diverges at the lowest rate, %.3g: lower --lr"

---@class neap.autopilot.Pilot
---@field run neap.Run
---@field rate number      to go on with, before the decay
---@field here number      that the trainer's state has come to
---@field peak number      the highest of them
---@field limit number     the rate is not to rise above it, as long as there is noise at it (`firm`: in any case)
---@field series number[]  the losses judged, one for each look
---@field every integer    steps from one look to the next
---@field breaks integer   losses in a row that were a break
---@field start table      checkpoint of where the flight began, until there is `best`: of the lowest loss
local Pilot = {}
Pilot.__index = Pilot

--- The loss that decides: at the average of the weights where there is one.
function Pilot:judge()
  if self.blind then return self.floor:see(self.recent) end
  local weights = self.averaging and "average" or nil
  return self.floor:see(losses_of.validation(self.run, { batches = self.batches, weights = weights }))
end

--- What noise costs now: how much higher the loss is at the weights than at their average, as a share of the last loss judged.
--- Negative where the weights are ahead of their average.
function Pilot:noise()
  local now = losses_of.validation(self.run, { batches = self.batches })
  return self.floor:share(losses_of.or_worst(now), self.watch.last) - 1
end

function Pilot:average(verb)
  if self.averaging then self.run:average(verb) end
end

--- Find where the rates of use are; leaves the trainer warmed up at self.rate.
function Pilot:climb(low, high)
  local run = self.run
  local rate, how, first = climb.look(run, low, high, math.max(3, math.min(20, run.budget * 0.003)), self.floor)
  if not finite(first) then return nil, (self.blind and DIVERGES or losses_of.UNSOUND):format(low) end
  if how == "up" and rate <= low * 10 then return nil, ("the loss rises at the lowest rate, %.3g: lower --lr"):format(low) end
  run:report { event = "look", rate = rate, loss = first, text = how and "the loss moves " .. how or "the loss does not move" }
  self.first = first
  local pace = math.max(6, run.budget * PACE)
  local last
  self.best_rate, last, self.here = climb.turn(run, how == "up" and low or rate / 3, high, pace, first, self.floor, BEGIN)
  self.rate, self.peak, self.limit = self.best_rate * BEGIN, 0, rise.limit(self, last)
  run:report { event = "climb", rate = self.best_rate, text = ("where the loss is lowest; too high at %.3g; going back to %.3g")
    :format(last, self.here) }
  return true
end

--- Rates of the next steps: from the last one to self.rate, geometrically, times the decay.
function Pilot:rates(steps)
  local list, d = {}, self.decay
  for i = 1, steps do
    local left = (self.run:left() - i + 1) / self.length
    list[i] = self.here * (self.rate / self.here) ^ (i / steps) * (d and left / (1 - d + d * left) or 1)
  end
  self.here, self.peak = self.rate, math.max(self.peak, self.rate)
  return list
end

function Pilot:keep()
  self.run:drop(self.best or self.start)
  self.best, self.fit = self.run:save(), self.recent
end

--- From a collapse in any case, else where little is thrown away.
function Pilot:may_go_back(collapsed)
  return self.best and (collapsed or self.run.spent - self.best.depth <= SEARCH * self.run.budget)
end

--- Has the training loss gone on falling since the validation loss was lowest?
function Pilot:overfits() return self.training_floor:share(self.recent, self.fit) < 0.97 end

--- Train to the next look.
---@return boolean done    false: it diverged
---@return integer steps
function Pilot:train_to_look()
  local steps = math.min(self.every, self.run:left())
  local losses, diverged = self.run:train(steps, self:rates(steps))
  self.recent, self.filled = self.training_floor:see(losses_of.mean(losses)), true
  return not diverged, #losses
end

--- Go on from the trainer's state, which has come further by other rates than those so far, below a limit.
---@param series number[]    judged on the way
function Pilot:settle(series, limit)
  self.series, self.limit, self.firm = series, math.min(self.limit, limit), true
  if self.watch:add(series[#series]) then self:keep() end
end

--- One look further: train, judge, decide.
function Pilot:advance()
  local run, watch = self.run, self.watch
  local done, steps = self:train_to_look()
  local lowest = watch:add(done and self:judge() or math.huge, self.blind and losses_of.chance(run, steps))
  if not done and not self.best then return descent.begin_lower(self, BEGIN * self.best_rate) end
  if not done or watch:broken() then
    descent.from_break(self)
  else
    self.breaks = 0
    if lowest then self:keep() elseif descent.is_due(self) then descent.from_turn(self) end
  end
  if watch.last then self.series[#self.series + 1] = watch.last end
  if not rise.is_on(self, lowest) then
    if not self.told then rise.finish(self) end
  elseif watch.last then
    rise.adjust(self, watch.last, lowest)
  end
  return true
end

--- Fly a run, over the whole of its budget.
---@param run neap.Run
---@param o { lr: number[], d: number, constant: boolean, batches: integer }
---@return true? done
---@return string? problem
function Pilot.fly(run, o)
  local self = setmetatable({ run = run, series = {}, backtrack = Backtrack.new(SEARCH) }, Pilot)
  self.floor, self.training_floor = Floor.new(), Floor.new()   -- of the losses that decide, and of the training's
  self.watch = Watch.new(self.floor)
  self.blind = run.offers.evaluate == false
  self.judged = self.blind and "loss" or "validation"
  self.averaging = run.offers.averaging and not self.blind
  self.batches, self.decay = o.batches > 0 and o.batches or nil, not o.constant and o.d or nil
  self.free = o.constant and not self.averaging and not self.blind
  if self.blind then run:report { event = "note", text = BLIND } end
  local found, problem = self:climb(o.lr[1], o.lr[2])
  if not found then return nil, problem end
  self.length, self.every = run:left(), math.max(1, run.budget // LOOKS)
  self:average "start"
  self.start, self.breaks = run:save(), 0
  while run:left() > 0 do
    local done, why = self:advance()
    if not done then return nil, why end
  end
  ending.choose(self)
  run:drop(self.best or self.start)
  return true
end

return Pilot

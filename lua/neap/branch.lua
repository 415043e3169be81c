--- What a recipe holds of a run: one trainer on its way, the steps that led to its state, and the questions put to it.
---
--- Every question passes through Branch:ask, the one door. A run is a branch of its own; where it has several trainers,
--- run:share gives each of them a branch, whose steps are the run's as well.

local finite = require "neap.finite"
local rates_of = require "neap.backend.rates"
local trail = require "neap.trail"
local words = require "neap.words"

---@class neap.Branch
---@field protected whole neap.Run          the run
---@field trainer neap.Trainer
---@field budget integer          steps the run may take in all
---@field seed integer
---@field spent integer           steps the run has taken so far, search included; with several trainers, and is about to take
---@field random engine.Random    the recipe's source of randomness
---@field offers table<string, boolean>    what the trainer can do: see neap.backend
---@field depth integer|false     steps that led to the trainer's present state; false: it has yet to go to a checkpoint
---@field diverged? table         { step =, rate = } once the loss is not finite; restoring a checkpoint clears it
---@field rates number[]          the rate of each step that led to the present state
---@field losses number[]         its training loss
---@field protected trail neap.Trail        the same as a chain
---@field protected asked integer           steps this trainer was asked for
---@field protected chain integer           steps that had to come one after another: what it took, of side by side the most that one took
local Branch = {}
Branch.__index = Branch

--- Steps between two looks at the reporter, and at an interrupt.
local BLOCK <const> = 50

--- The door. Every answer a trainer gives comes back through here. That it has none is nothing a recipe could mend.
---@private
function Branch:ask(question, ...)
  local answer, more = self.trainer[question](self.trainer, ...)
  if answer == nil and more then error((question == "save" and "the state cannot be kept: " or "") .. more, 0) end
  return answer, more
end

--- Steps left of the budget.
---@return integer
function Branch:left()
  return self.budget - self.spent
end

--- A way to read rates block by block, count of them from step first on (0-based): a number, or a list. What cannot be read is
--- blamed on the caller's caller.
local function reader(rate, name)
  if type(rate) == "number" then return function() return rate end end
  if type(rate) == "table" and #rate > 0 then
    return function(first, count) return table.move(rate, first + 1, first + count, 1, {}) end
  end
  if not rates_of.is_schedule(rate) then
    error(("%s: a number, a list of numbers or a schedule expected, not %s"):format(name, words.shown(rate)), 3)
  end
  return function(first, count) return rate:values(first, count) end
end

--- Raise, blamed on the caller's caller, where a value is no checkpoint of Branch:save.
local function check_checkpoint(checkpoint, where)
  if type(checkpoint) == "table" and checkpoint.depth then return end
  error(("run:%s: a checkpoint of run:save expected, not %s"):format(where, words.shown(checkpoint)), 3)
end

--- Note a block of steps on the way to the present state.
local function advance(self, losses, rates)
  self.trail = trail.add(self.trail, rates, losses)
  trail.write(self.trail, self.rates, self.losses)
  self.depth = self.trail.depth
  self.chain = self.chain + #losses
end

--- Ask for a block of steps. They are spent as soon as they are asked for: nobody else can have them meanwhile.
local function take_block(self, count, rates, momentum)
  local whole = self.whole
  whole.spent, self.asked = whole.spent + count, self.asked + count
  local losses = self:ask("train", count, rates, momentum)
  whole.spent = whole.spent + #losses - count
  advance(self, losses, rates)
  return losses
end

--- Train steps first .. first + steps - 1 of what `read` gives, block by block, until one diverges. `momentum` is read alike.
local function take(self, first, steps, read, label, momentum)
  local losses = {}
  while #losses < steps and not self.diverged and self:left() > 0 do
    local count = math.min(BLOCK, steps - #losses, self:left())
    local block = take_block(self, count, read(first + #losses, count), momentum and momentum(first + #losses, count))
    table.move(block, 1, #block, #losses + 1, losses)
    local last = block[#block]
    if not finite(last) then self.diverged = { step = self.depth, rate = self.rates[self.depth] } end
    self.reporter:progress(self.whole, label or {}, self.rates[self.depth], last)
  end
  return losses
end

--- Train: at most the steps left of the budget.
---@param steps integer             >= 1
---@param rate number|number[]|neap.Schedule    a schedule is read from its own step 0
---@param label? table              what the progress line says: { stage =, candidate =, of =, forecast = }
---@param momentum? number|number[]|neap.Schedule   likewise, only where run.offers.momentum
---@return number[] losses          one for each step taken; shorter than asked at the end of the budget or if it diverged
---@return boolean diverged         the last loss is not finite; the trainer's state is lost until a checkpoint is restored
function Branch:train(steps, rate, label, momentum)
  if math.type(steps) ~= "integer" or steps < 1 then
    error(("run:train: steps: a whole number >= 1 expected, not '%s'"):format(tostring(steps)), 2)
  end
  if self:left() == 0 then error(("run:train: the budget of %d steps is spent; ask run:left()"):format(self.budget), 2) end
  if self.diverged then error("run:train: the training has diverged; restore a checkpoint first", 2) end
  if not self.depth then error("run:train: within run:share each job begins by restoring a checkpoint", 2) end
  local losses = take(self, 0, math.min(steps, self:left()), reader(rate, "run:train: rate"), label,
    momentum and reader(momentum, "run:train: momentum"))
  return losses, self.diverged ~= nil
end

--- What a recipe may need of a trainer, and which argument of neap.connect offers it.
local NEEDED <const> = {
  evaluate = { "a validation loss", "evaluate" }, test = { "a loss on the test part", "test" },
  restore = { "checkpoints to go back to", "model" },
}

--- Raise where the trainer does not offer what the recipe needs.
local function need(self, offer)
  if self.offers[offer] ~= false then return end
  error(("recipe '%s' needs %s, which the trainer does not offer; in Python, give neap.connect the %s"):format(
    self.whole.name, NEEDED[offer][1], NEEDED[offer][2]), 0)
end

--- Loss and metrics on the validation part; `where` as the backend's evaluate takes it: { on =, batches =, weights = }.
---@param where? table
---@return number loss
---@return table<string, number> metrics
function Branch:evaluate(where)
  local on = type(where) == "table" and where.on
  if on ~= "train" then need(self, on == "test" and "test" or "evaluate") end
  return self:ask("evaluate", where)
end

--- Average the weights beside the training, only where run.offers.averaging: "start" it (anew), "adopt" it as the weights,
--- or "stop" it.
---@param verb "start"|"adopt"|"stop"
function Branch:average(verb)
  local done, problem = self:ask("average", verb)
  if not done then error(("the weights cannot be averaged: %s"):format(problem), 0) end
end

--- The branch is now in a state that was come to in another way.
---@private
---@param to neap.Trail
function Branch:turn(to)
  trail.turn(self.trail, to, self.rates, self.losses)
  self.trail, self.depth = to, to.depth
end

--- Move the weights a share of the way to a checkpoint's, only where run.offers.blending. The deeper of the two is what led
--- to a blend.
---@param checkpoint table    of run:save
---@param share number    0: as they are, 1: the checkpoint's, 2: as far again beyond
function Branch:blend(checkpoint, share)
  check_checkpoint(checkpoint, "blend")
  local done, problem = self:ask("blend", checkpoint.handle, share)
  if not done then error(("the weights cannot be blended: %s"):format(problem), 0) end
  if share == 1 or checkpoint.depth > self.depth then self:turn(checkpoint.trail) end
end

--- Keep the present state, to come back to, until it is dropped or the run ends.
---@return table checkpoint
function Branch:save()
  need(self, "restore")
  local checkpoint = { handle = self:ask "save", depth = self.depth, trail = self.trail }
  if self.whole.held then table.insert(self.whole.held, checkpoint) end
  return checkpoint
end

--- Go back to a checkpoint: the steps since then count as search.
---@param checkpoint table    of run:save
function Branch:restore(checkpoint)
  check_checkpoint(checkpoint, "restore")
  local done, problem = self:ask("restore", checkpoint.handle)
  if done == nil and problem then error("the state cannot be restored: " .. problem, 0) end
  self:turn(checkpoint.trail)
  self.diverged = nil
end

--- Let a checkpoint go.
---@param checkpoint table    of run:save
function Branch:drop(checkpoint)
  check_checkpoint(checkpoint, "drop")
  self:ask("drop", checkpoint.handle)
  local held = self.whole.held
  for i = held and #held or 0, 1, -1 do
    if held[i] == checkpoint then table.remove(held, i) end
  end
end

--- Tell the user what was decided: one event, with a name and plain values.
---@param event table   { event = "candidate", stage = 1, rate = 0.1, .. }
function Branch:report(event)
  if type(event) ~= "table" then error(("run:report: a table expected, not %s"):format(words.shown(event)), 2) end
  event.step = self.spent
  self.reporter:event(event, self.whole)
end

--- Follow a schedule to its end, or to the end of the budget, with a report each tenth of the way; its momentum too, where it
--- has one and the trainer takes one.
---@param schedule neap.Schedule
---@return boolean? done     nil and a message if the training diverged
---@return string? problem
function Branch:follow(schedule)
  if not rates_of.is_schedule(schedule) then error("run:follow: a schedule expected, not " .. words.shown(schedule), 2) end
  local steps = math.min(#schedule, self:left())
  local momentum = self.offers.momentum and schedule.momentum and schedule:momentum() or nil
  for tenth = 1, 10 do
    local from, to = steps * (tenth - 1) // 10, steps * tenth // 10
    if to > from then
      local losses = take(self, from, to - from, reader(schedule), nil, momentum and reader(momentum))
      if self.diverged then return nil, self:divergence() end
      self:report { event = "train", rate = self.rates[self.depth], loss = losses[#losses] }
    end
  end
  return true
end

--- Where and at which rate the training diverged, in one line.
---@return string
function Branch:divergence()
  return ("training diverged at step %d, rate %g: its loss is not finite; try a lower rate"):format(
    self.diverged.step, self.diverged.rate)
end

return Branch

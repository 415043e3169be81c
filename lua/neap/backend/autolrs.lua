--- autolrs:HOST:PORT: a training script that carries the authors' published AutoLRS callback, unchanged. neap takes the place
--- of their search server: it listens, the script connects, and after every step sends its loss and waits to be told the rate.
---
--- Their protocol (a message without frame or length, one answer) fits a trainer's interface up to these edges, which
--- no server can mend:
---   ckpt, restore    do not set the rate: the step after them is taken at the rate before (after a restore: the kept one)
---   evaluate         the answer to its loss is ignored: the step after it is taken at the rate before
---   every answer     leads to a step: one that is told late, or before a restore, is a step more than was asked for
---   one checkpoint   the callback has room for one; there is no test part, and no word for the end
--- So saving and restoring wait for the next step to train, to be told with it; a step that had to be taken early counts as
--- the first of the next ones; one that no train could use is counted in info().extra, and told at the end.

local address = require "neap.backend.address"
local autolrs_ranks = require "neap.backend.autolrs_ranks"
local finite = require "neap.finite"
local options = require "neap.options"
local rates = require "neap.backend.rates"

local autolrs = {}

local declared = options.declare {
  ranks = { 1, "processes of a data-parallel training, the main one included", min = 1, max = 4096 },
  timeout = { 300.0, "seconds the trainer may be silent while it is asked", above = 0, max = 1e6 },
  wait = { 600.0, "seconds it may take to connect", above = 0, max = 1e7 },
  patience = { 0.005, "seconds to wait for the rest of a number that may go on; its stream has no frames", min = 0, max = 10 },
  after = { "hold", "after the run: hold, train on at the last rate to the script's own end; close, which ends most scripts",
    choices = { "hold", "close" } },
}

---@class neap.AutolrsTrainer : neap.Trainer
local Trainer = {}
Trainer.__index = Trainer

--- Why the trainer is lost, in one line; later questions get the same answer.
local function lost(self, problem, code)
  if not self.problem then
    if code == "timeout" then problem = ("it was silent for %g seconds (option 'timeout')"):format(self.timeout) end
    self.problem = ("the trainer at %s is lost after %d steps: %s"):format(self.name, self.steps, problem)
    if code == "gone" then self.problem = self.problem .. "; if its training had come to its end, run again with that --budget" end
    self.code = code
    self.ranks:close(problem, code)
  end
  return nil, self.problem, self.code
end

--- Answer, and wait for what the trainer says to it, which must be 'word'.
local function exchange(self, text, word)
  if self.problem then return lost(self) end
  self.asking = true
  self.ranks:answer(text)
  local said, loss, code = self.ranks:await(self.timeout)
  self.asking = false
  if not said then return lost(self, loss, code) end
  if said ~= word then return lost(self, ("it sent %s, where %s is due"):format(said, word), "protocol") end
  return loss
end

--- One step, told with what is pending: the rate holds for it unless that is a checkpoint.
local function step(self, rate)
  local verb = ""
  if self.deaf then self.deaf = false
  elseif self.pending then
    verb, self.pending = self.pending .. ",", nil
  end
  local loss, problem, code = exchange(self, ("%s%.17g"):format(verb, rate), "loss")
  if not loss then return nil, problem, code end
  self.steps, self.rate = self.steps + 1, rate
  return loss
end

--- Take the step that something pending leads to, before it is asked for.
local function step_ahead(self)
  local loss, problem, code = step(self, self.rate)
  if not loss then return nil, problem, code end
  table.insert(self.ahead, loss)
  return true
end

local function closed(self)
  if self.ended then error("the trainer is closed", 3) end
end

--- As the embedded trainer's, but for the first step after save, restore or evaluate, whose rate is the one before.
---@return number[]? losses
---@return string? problem
---@return string? code
function Trainer:train(steps, rate, momentum)
  closed(self)
  if math.type(steps) ~= "integer" or steps < 0 then
    error(("steps: a whole number of at least 0 expected, not %s"):format(tostring(steps)), 2)
  end
  if momentum ~= nil then error("momentum: the callback of AutoLRS knows none", 2) end
  local list, problem = rates.of(steps, rate)
  if not list then error(problem, 2) end
  local losses = {}
  for i = 1, steps do
    local loss, why, code = table.remove(self.ahead, 1), nil, nil
    if not loss then loss, why, code = step(self, type(list) == "number" and list or list[i]) end
    if not loss then return nil, why, code end
    losses[i] = loss
    if not finite(loss) then break end
  end
  return losses
end

local evaluate_declared = options.declare {
  on = { "validation", "a part of the data", choices = { "validation" } },
  batches = { nil, "of no effect: the script decides", type = "integer", min = 1, optional = true },
}

--- The validation loss.
---@return number? loss
---@return table|string metrics    none; or the problem
---@return string? code
function Trainer:evaluate(given)
  closed(self)
  options.check(evaluate_declared, given, "evaluate")
  while self.pending or self.deaf do
    local done, problem, code = step_ahead(self)
    if not done then return nil, problem, code end
  end
  local loss, problem, code = exchange(self, "evaluate", "val_loss")
  if not loss then return nil, problem, code end
  self.deaf = true
  return loss, {}
end

--- The one checkpoint there is room for.
---@return table? checkpoint
---@return string? problem
---@return string? code
function Trainer:save()
  closed(self)
  if self.kept then return nil, "the callback of AutoLRS keeps one checkpoint at a time; drop the other first", "failed" end
  if self.pending then
    local done, problem, code = step_ahead(self)
    if not done then return nil, problem, code end
  end
  self.pending, self.kept = "ckpt", { rate = self.rate }
  return self.kept
end

local function check(self, checkpoint)
  closed(self)
  if checkpoint == nil or checkpoint ~= self.kept then error("the checkpoint is of another trainer, or was dropped", 3) end
end

--- Go back to it. Steps that were taken ahead, or that the callback must take before it listens again, are lost.
function Trainer:restore(checkpoint)
  check(self, checkpoint)
  if self.pending then return true end   -- nothing has happened since
  if self.deaf then
    local done, problem, code = step_ahead(self)
    if not done then return nil, problem, code end
  end
  self.extra, self.ahead = self.extra + #self.ahead, {}
  self.pending, self.rate = "restore", checkpoint.rate
  return true
end

--- Let it go.
function Trainer:drop(checkpoint)
  check(self, checkpoint)
  self.kept = nil
  if self.pending == "ckpt" then self.pending = nil end
  return true
end

--- What is known of the trainer: name, ranks, rate (the last), steps (taken at all), extra (of them: taken and not counted by a run).
function Trainer:info()
  return { name = self.name, ranks = self.ranks.count, rate = self.rate, steps = self.steps, extra = self.extra + #self.ahead }
end

--- The rate stays as it is until the script has come to its own end.
local function hold(self)
  self.say(("the run is over; the trainer goes on at rate %g to its own end (option 'after')"):format(self.rate))
  local before = self.steps
  repeat local loss = step(self, self.rate) until not loss
  if self.code == "gone" then self.say(("the trainer has ended, %d steps after the run"):format(self.steps - before))
  else self.say(self.problem) end
end

--- End: as the option 'after' says, unless the trainer is lost, or a wait for it was interrupted.
function Trainer:close()
  if self.ended then return end
  self.ended = true
  local ok, problem = true, nil
  local extra = self.extra + #self.ahead
  if extra > 0 then self.say(("the callback took %d steps that the run could not use, and did not count"):format(extra)) end
  if self.after == "hold" and not self.problem and not self.asking then ok, problem = pcall(hold, self) end
  self.ranks:finish("the run is over", "closed")
  if not ok then error(problem, 0) end
end
Trainer.__close = Trainer.close

local function await_trainer(ranks, values)
  local word, loss, code = ranks:await(values.wait)
  if word then return loss end
  if code ~= "timeout" then return nil, loss, code end
  local last = ranks.refused and ("; one was turned away: " .. ranks.refused) or ""
  local some = #ranks.ranks > 0 and ("%d of %d ranks came"):format(#ranks.ranks, ranks.count) or "no trainer came"
  return nil, ("%s within %g seconds (option 'wait')%s"):format(some, values.wait, last), code
end

--- Listen, and wait for the trainer's first message.
---@param name string    HOST:PORT
---@param given table<string, string|number>
---@param settings { seed: integer, say: fun(text: string) }
---@return neap.AutolrsTrainer? trainer
---@return string? problem
---@return string? code
function autolrs.open(name, given, settings)
  local values, problem = options.read(declared, given)
  if not values then return nil, ("autolrs:%s: %s"):format(name, problem), "bad_argument" end
  local at = address.read("tcp:" .. name)
  if not at then return nil, ("autolrs:%s: HOST:PORT expected, such as autolrs:127.0.0.1:12315"):format(name), "bad_argument" end
  local ranks, why, code = autolrs_ranks.listen(at, values.ranks, values.patience)
  if not ranks then return nil, why, code end
  settings.say(("waiting for a trainer with the callback of AutoLRS at %s:%d"):format(at.host, ranks.port))
  local ok, loss
  ok, loss, why, code = pcall(await_trainer, ranks, values)
  if not ok or not loss then
    ranks:finish("no trainer", "closed")
    if not ok then error(loss, 0) end
    return nil, why, code
  end
  return setmetatable({
    name = name, ranks = ranks, timeout = values.timeout, after = values.after, say = settings.say, spec = "autolrs:" .. name,
    steps = 0, extra = 0, ahead = {}, rate = 0.0, deaf = false, asking = false,
    offers = { evaluate = true, restore = true, test = false, durable = false, momentum = false, averaging = false, blending = false },
  }, Trainer)
end

return autolrs

--- A trainer at the other end of a connection, with the interface of every backend: doc/protocol.md, seen from here.
---
--- What goes wrong with the trainer is an outcome: nil, message, code. Codes: gone (it ended), protocol (it broke the rules),
--- timeout (it was silent for too long), or that of an answer that says why it cannot.

local answers = require "neap.backend.answers"
local dialogue = require "neap.backend.dialogue"
local options = require "neap.options"
local rates = require "neap.backend.rates"

--- Steps of one question: few enough that nobody waits long for an answer, or for a signal.
local BLOCK <const> = 1000

---@class neap.RemoteTrainer : neap.Trainer
---@field dialogue neap.Dialogue
local Remote = {}
Remote.__index = Remote

local remote = {}

local function need(self, offer, what)
  if not self.offers[offer] then error(("the trainer '%s' does not offer %s"):format(self.dialogue.name, what), 3) end
end

local function part_of(given, from, count)
  if type(given) ~= "table" then return given end
  return table.move(given, from + 1, from + count, 1, {})
end

local function train_block(self, from, count, rate, momentum)
  local question = { ask = "train", steps = count, rate = part_of(rate, from, count), momentum = part_of(momentum, from, count) }
  local answer, problem, code = self.dialogue:ask(question)
  if not answer then return nil, problem, code end
  local losses
  losses, problem = answers.losses(answer, count)
  if not losses then return self.dialogue:broken(question, problem) end
  return losses
end

--- As the embedded trainer's.
---@return number[]? losses
---@return string? problem
---@return string? code
function Remote:train(steps, rate, momentum)
  if math.type(steps) ~= "integer" or steps < 0 then
    error(("steps: a whole number of at least 0 expected, not %s"):format(tostring(steps)), 2)
  end
  local list, problem = rates.of(steps, rate)
  if not list then error(problem, 2) end
  if momentum ~= nil then
    need(self, "momentum", "a momentum that could change from step to step")
    momentum, problem = rates.momentum(steps, momentum)
    if not momentum then error(problem, 2) end
  end
  local losses = {}
  while #losses < steps do
    local count = math.min(BLOCK, steps - #losses)
    local block, why, code = train_block(self, #losses, count, list, momentum)
    if not block then return nil, why, code end
    table.move(block, 1, #block, #losses + 1, losses)
    local last = losses[#losses]
    if last ~= last or last == math.huge or last == -math.huge then break end
  end
  return losses
end

local evaluate_declared = options.declare {
  on = { "validation", "a part of the data", choices = { "validation", "test", "train" } },
  batches = { nil, "only the first so many mini-batches", type = "integer", min = 1, max = 2 ^ 31 - 1, optional = true },
  weights = { "now", "the trainer's, or their average", choices = { "now", "average" } },
  statistics = { "running", "batch normalisation's, or those of the batch", choices = { "running", "batch" } },
}

--- As the embedded trainer's.
---@return number? loss
---@return table<string, number>|string metrics    or the problem
---@return string? code
function Remote:evaluate(given)
  local values = options.check(evaluate_declared, given, "evaluate")
  if values.on == "test" then need(self, "test", "a test part") else need(self, "evaluate", "an evaluation") end
  if values.weights == "average" then need(self, "averaging", "an average of its weights") else values.weights = nil end
  if values.statistics == "batch" then need(self, "batch_statistics", "the statistics of a batch") else values.statistics = nil end
  values.ask = "evaluate"
  local answer, problem, code = self.dialogue:ask(values)
  if not answer then return nil, problem, code end
  local loss, metrics = answers.evaluation(answer)
  if not loss then return self.dialogue:broken(values, metrics) end
  return loss, metrics
end

--- A question whose answer holds nothing.
local function tell(self, question)
  local answer, problem, code = self.dialogue:ask(question)
  if not answer then return nil, problem, code end
  return true
end

--- As the embedded trainer's.
---@param verb "start"|"adopt"|"stop"
function Remote:average(verb)
  need(self, "averaging", "an average of its weights")
  if verb ~= "start" and verb ~= "adopt" and verb ~= "stop" then
    error(("average: 'start', 'adopt' or 'stop' expected, not '%s'"):format(tostring(verb)), 2)
  end
  return tell(self, { ask = "average", verb = verb })
end

---@class neap.RemoteCheckpoint
---@field checkpoint? integer    in the trainer's memory
---@field file? string           on the trainer's disk: outlives it, and may be restored by another one of the same kind

local function check_handle(self, handle, where)
  if type(handle) ~= "table" or (handle.file == nil) == (handle.checkpoint == nil) then
    error(where .. ": a checkpoint that save returned, or { file = PATH }, expected", 3)
  end
  if handle.file then return { ask = where, file = handle.file } end
  if not self.alive[handle] then error(where .. ": a checkpoint of this trainer expected, not one of another or one dropped", 3) end
  return { ask = where, checkpoint = handle.checkpoint }
end

--- A checkpoint, in the trainer's memory until it is dropped; or in a file, where offers.durable.
---@param given? { file: string? }    a path on the trainer's machine
---@return neap.RemoteCheckpoint? checkpoint
---@return string? problem
---@return string? code
function Remote:save(given)
  local file = given and given.file
  if file then need(self, "durable", "checkpoints in files") else need(self, "restore", "checkpoints") end
  local number = self.checkpoints + 1
  local done, problem, code = tell(self, { ask = "save", file = file, checkpoint = not file and number or nil })
  if not done then return nil, problem, code end
  if file then return { file = file } end
  local handle = { checkpoint = number }
  self.checkpoints, self.alive[handle] = number, true
  return handle
end

--- Go back to a checkpoint.
---@param checkpoint neap.RemoteCheckpoint
function Remote:restore(checkpoint)
  return tell(self, check_handle(self, checkpoint, "restore"))
end

--- Let a checkpoint go.
---@param checkpoint neap.RemoteCheckpoint
function Remote:drop(checkpoint)
  local question = check_handle(self, checkpoint, "drop")
  self.alive[checkpoint] = nil
  return tell(self, question)
end

--- As the embedded trainer's.
---@param share number    finite
function Remote:blend(checkpoint, share)
  need(self, "blending", "a blend of its weights with a checkpoint's")
  if type(share) ~= "number" or share ~= share or math.abs(share) == math.huge then
    error(("blend: share: a finite number expected, not %s"):format(tostring(share)), 2)
  end
  local question = check_handle(self, checkpoint, "blend")
  question.share = share
  return tell(self, question)
end

--- What the trainer said of itself: name, rate, restores, and whatever it thought worth showing.
function Remote:info()
  local info = { name = self.hello.name, rate = self.hello.rate, restores = table.concat(self.hello.restores, ", ") }
  for key, value in pairs(self.hello.info) do info[key] = info[key] or value end
  return info
end

--- Has it ended, or broken the rules? Then every question gets the same answer, why.
---@return boolean
function Remote:is_lost() return self.dialogue.connection.closed ~= nil end

--- Why it is lost, in one line; nil if it is not.
---@return string?
function Remote:loss() return self.dialogue:loss() end

--- End the trainer; again is no mistake, any other use is an outcome, "closed".
function Remote:close()
  if self.ended then return end
  self.ended = true
  local ok, problem = pcall(self.dialogue.stop, self.dialogue)
  self.finish(not (ok and problem))
  if not ok then error(problem, 0) end
end
Remote.__close = Remote.close

--- A trainer from its connection.
---@param connection neap.Connection
---@param hello neap.Hello
---@param given { spec: string, timeout: number, finish: fun(quickly: boolean),
---  ending: (fun(code: string, wait: function, told: string): string)?, has_ended: (fun(): any)? }
---  finish: what is left to do at the end; the others are for the neap.Dialogue
---@return neap.RemoteTrainer
function remote.new(connection, hello, given)
  return setmetatable({
    dialogue = dialogue.new(connection, hello.name, given), hello = hello, offers = hello.offers, spec = given.spec,
    finish = given.finish, checkpoints = 0, alive = setmetatable({}, { __mode = "k" }),
  }, Remote)
end

return remote

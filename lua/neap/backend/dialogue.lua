--- Questions to a trainer and its answers: one at a time, each waited for, and what happens when none comes.

local loop = require "neap.loop"

---@class neap.Dialogue
---@field name string                what the trainer calls itself
---@field connection neap.Connection
---@field asked integer              questions so far, the id of the last
---@field question? table            the one that is open
---@field answer? table              its answer, once it has come
---@field wait fun(done: (fun(): any), seconds: number?): boolean    loop.wait, or what does its work
---@field problem? string            why the trainer is lost, and the code for it
---@field code? string
local Dialogue = {}
Dialogue.__index = Dialogue

local dialogue = {}

local DOING <const> = {
  train = "while training", evaluate = "while evaluating", average = "while averaging", save = "while keeping a checkpoint",
  restore = "while restoring a checkpoint", drop = "while dropping a checkpoint", blend = "while blending weights", stop = "at the end",
}

--- The longest text of a trainer's that is quoted.
local QUOTED <const> = 500

local function quote(text) return (tostring(text):sub(1, QUOTED):gsub("%c", " ")) end

--- A message has come. Answers are expected one at a time, and only when asked for.
local function receive(self, message)
  local open = self.question
  if message.bye ~= nil then
    self.connection:close("it gave up: " .. quote(message.bye), "gone")
  elseif open and message.alive == open.id then
    self.heard = true
  elseif open and message.id == open.id and not self.answer then
    self.answer = message
  else
    local twice = math.type(message.id) == "integer" and message.id <= self.asked
    self.connection:close(twice and ("it answered question %d twice"):format(message.id) or "it sent what was not asked for", "protocol")
  end
end

--- Why the trainer is lost, in one line. It is found out once: later questions get the same answer.
local function lost(self, question)
  return nil, self:loss(DOING[question.ask]), self.code
end

--- Why the trainer is lost, in one line; nil if it is not, as far as we know.
---@param doing string?    what it was asked to do
---@return string?
function Dialogue:loss(doing)
  if not self.problem and self.connection.closed then
    local ending = self.ending and self.ending(self.connection.code, self.wait, self.connection.closed) or ""
    self.problem = ("the trainer '%s' is lost %s: %s%s"):format(self.name, doing or "while idle", self.connection.closed, ending)
    self.code = self.connection.code
  end
  return self.problem
end

--- Wait for an answer, or for the end of the connection. A trainer that has ended says no more, though a child of its own
--- may hold the connection open.
local function await_answer(self)
  local function settled() return self.answer or self.connection.closed end
  repeat
    self.heard = false
    local news = self.wait(function() return settled() or self.heard or self.has_ended() end, self.timeout)
    if not news then
      self.connection:close(("it was silent for %g seconds (option 'timeout')"):format(self.timeout), "timeout")
    elseif self.has_ended() and not self.wait(settled, 0.5) then
      self.connection:close("it has ended", "gone")
    end
  until settled()
end

--- Put a question, and wait for its answer. Where the wait for the one before was interrupted, its answer has to come first, and
--- nobody hears it: the trainer has done what it was asked.
---@param question table      its id is ours to set
---@return table? answer
---@return string? problem
---@return string? code
function Dialogue:ask(question)
  if self.question and not self.connection.closed then await_answer(self) end
  if self.connection.closed then return lost(self, question) end
  self.asked = self.asked + 1
  question.id, self.question, self.answer = self.asked, question, nil
  self.connection:send(question)
  await_answer(self)
  local answer = self.answer
  self.question, self.answer = nil, nil
  if not answer then return lost(self, question) end
  if answer.error == nil then return answer end
  return nil, ("the trainer '%s' cannot %s: %s"):format(self.name, question.ask, quote(answer.error)),
    type(answer.code) == "string" and answer.code or "failed"
end

--- An answer that lacks what it must hold ends the connection.
---@return nil
---@return string problem
---@return string code
function Dialogue:broken(question, problem)
  self.connection:close(("its answer to '%s' is wrong: %s"):format(question.ask, problem), "protocol")
  return lost(self, question)
end

--- Tell the trainer that the run is over, and hang up. One that is lost, or still at work on a question because our wait
--- was interrupted, is not told.
---@return boolean told
function Dialogue:stop()
  local told, usable = nil, not self.question and not self.connection.closed
  local ok, problem = true, nil
  if usable then ok, told = pcall(self.ask, self, { ask = "stop" }) end
  if not ok then problem, told = told, nil end
  self.connection:close("the run is over", "closed")
  self.problem, self.code = ("the trainer '%s' has been closed"):format(self.name), "closed"
  if problem then error(problem, 0) end
  return told ~= nil
end

--- Begin.
---@param connection neap.Connection
---@param name string    what the trainer calls itself
---@param given { timeout: number, ending: (fun(code: string, wait: function, told: string): string)?, has_ended: (fun(): any)? }
---  timeout: seconds of silence; ending: what is known of how the trainer ended, to follow "it closed the
---  connection"; has_ended: its process is gone
---@return neap.Dialogue
function dialogue.new(connection, name, given)
  local self = setmetatable({
    connection = connection, name = name, timeout = given.timeout, ending = given.ending,
    has_ended = given.has_ended or function() return false end, asked = 0, wait = loop.wait,
  }, Dialogue)
  function connection.on_message(message) receive(self, message) end
  return self
end

return dialogue

--- The other end of the protocol (doc/protocol.md), for a trainer of neap's own in a process of its own: connects to
--- $NEAP_ADDRESS, a Unix socket, and answers until the run is over.  neap -e 'require "neap.backend.serve" "builtin:digits"'

local backend = require "neap.backend"
local connection = require "neap.backend.connection"
local engine = require "neap.engine"
local finite = require "neap.finite"
local loop = require "neap.loop"
local uv = require "luv"

--- Bytes of a line; steps between two looks at the clock.
local LINE <const>, BLOCK <const> = 1 << 20, 50

--- A loss or metric as the protocol writes it.
local function value(number)
  if finite(number) then return number end
  return number ~= number and "nan" or number > 0 and "inf" or "-inf"
end

local function values(numbers)
  local written = {}
  for key, number in pairs(numbers) do written[key] = value(number) end
  return written
end

local answers = {}

local function part_of(given, from, count)
  return type(given) == "table" and table.move(given, from + 1, from + count, 1, {}) or given
end

function answers.train(server, question)
  local losses = {}
  while #losses < question.steps do
    local count = math.min(BLOCK, question.steps - #losses)
    local block = server.trainer:train(count, part_of(question.rate, #losses, count), part_of(question.momentum, #losses, count))
    table.move(block, 1, #block, #losses + 1, losses)
    if not finite(losses[#losses]) then break end
    server:beat(question)
  end
  return { losses = values(losses) }
end

function answers.evaluate(server, question)
  local loss, metrics = server.trainer:evaluate { on = question.on, batches = question.batches, weights = question.weights }
  return { loss = value(loss), metrics = values(metrics) }
end

function answers.average(server, question)
  local done, problem, code = server.trainer:average(question.verb)
  return done and {}, problem, code
end

function answers.save(server, question)
  local kept, problem, code = server.trainer:save(question.file and { file = question.file })
  if kept and not question.file then server.kept[question.checkpoint] = kept end
  return kept and {}, problem, code
end

function answers.restore(server, question)
  local done, problem, code = server.trainer:restore(question.file and { file = question.file } or server.kept[question.checkpoint])
  return (done or not problem) and {}, problem, code
end

function answers.drop(server, question)
  local done, problem, code = server.trainer:drop(question.file and { file = question.file } or server.kept[question.checkpoint])
  if not question.file then server.kept[question.checkpoint] = nil end
  return (done or not problem) and {}, problem, code
end

function answers.stop() return {} end

local Server = {}
Server.__index = Server

--- Say that we are alive, if it is time to.
function Server:beat(question)
  local now = engine.clock()
  if now - self.beaten < self.heartbeat then return end
  self.beaten = now
  self.line:send { alive = question.id }
end

--- The next message; nil once the connection is closed.
function Server:receive()
  loop.wait(function() return #self.inbox > 0 or self.line.closed end)
  return table.remove(self.inbox, 1)
end

--- Answer one question; false after the last.
function Server:answer(question)
  local find = answers[question.ask]
  self.beaten = engine.clock()
  local went, answer, problem, code = true, nil, ("unknown question '%s'"):format(tostring(question.ask)), "unknown"
  if find then went, answer, problem, code = pcall(find, self, question) end
  if not went then answer, problem, code = nil, tostring(answer), "failed" end
  answer = answer or { error = problem, code = code }
  answer.id = question.id
  self.line:send(answer, question.ask == "stop")
  return question.ask ~= "stop"
end

--- Connect to neap; nil if it is not there.
local function connect(address)
  local path = address:match "^unix:([^#]*)$"
  if not path then error("serve: unix:PATH expected in $NEAP_ADDRESS", 0) end
  local stream, problem, connected = uv.new_pipe(), nil, nil
  stream:connect(path, function(why) problem, connected = why, true end)
  loop.wait(function() return connected end)
  if problem then error(("serve: cannot connect to %s: %s"):format(path, problem), 0) end
  return connection.new(stream, LINE)
end

--- Serve the trainer of a SPEC.
---@param spec string
return function(spec)
  local trainer <close> = assert(backend.open(spec))
  local self = setmetatable({ trainer = trainer, line = connect(os.getenv "NEAP_ADDRESS" or ""), inbox = {}, kept = {} }, Server)
  function self.line.on_message(message) self.inbox[#self.inbox + 1] = message end
  local offers = { evaluate = true }
  for name, offered in pairs(trainer.offers) do offers[name] = offered and name ~= "blending" end
  self.line:send {
    neap = 1, name = spec:match "^[^,]*", offers = offers, restores = { "weights", "optimizer", "generators", "order" },
  }
  local welcome = self:receive()
  self.heartbeat = welcome and welcome.heartbeat or 10.0
  local question = welcome and self:receive()
  while question and self:answer(question) do question = self:receive() end
  loop.wait(function() return self.line.closed end)
end

--- One connection to a trainer: messages out, messages in, and the end, whoever brings it about.

local engine = require "neap.engine"
local loop = require "neap.loop"

---@class neap.Connection
---@field closed? string      why it is closed
---@field code? string        "gone": by the other side; "protocol": by us, for what it sent; "closed": by us
---@field on_message fun(message: table)    may be changed at any time; must not raise
---@field on_end fun()                      likewise
local Connection = {}
Connection.__index = Connection

local connection = {}

local function nothing() end

--- Hand on each message that has come whole.
local function deliver(self)
  while not self.closed do
    local line, problem = self.wire:next()
    if problem then return self:close("it sent " .. problem, "protocol") end
    if not line then return end
    local message
    message, problem = engine.json_decode(line)
    if not message then return self:close("it sent what is not JSON: " .. problem, "protocol") end
    self.on_message(message)
  end
end

local function receive(self, chunk)
  local fed, problem = self.wire:feed(chunk)
  if not fed then return self:close("it sent " .. problem, "protocol") end
  return deliver(self)
end

--- Take over a stream of luv that is connected.
---@param stream userdata
---@param limit integer    bytes of a line
---@return neap.Connection
function connection.new(stream, limit)
  local self = setmetatable({ stream = stream, wire = engine.wire(limit), on_message = nothing, on_end = nothing }, Connection)
  stream:read_start(function(problem, chunk)
    if self.closed then return end
    if problem then self:close(("the connection broke (%s)"):format(problem), "gone")
    elseif chunk then receive(self, chunk)
    else self:close("it closed the connection", "gone") end
  end)
  return self
end

--- From now on lines of up to so many bytes.
function Connection:limit(bytes) self.wire:limit(bytes) end

--- Send a message; with `last` the connection is closed when it is on its way.
---@param message table
---@param last? boolean
function Connection:send(message, last)
  if self.closed then return end
  local sent = self.stream:write(engine.json_encode(message) .. "\n", function(problem)
    if problem and not self.closed then self:close(("the connection broke (%s)"):format(problem), "gone") end
    if last then self:close("the end", "closed") end
  end)
  if not sent then self:close("the connection broke", "gone") end
end

--- Close, for a reason; again is no mistake.
---@param reason string
---@param code string
function Connection:close(reason, code)
  if self.closed then return end
  self.closed, self.code = reason, code
  loop.let_go(self.stream)
  self.on_end()
end

return connection

--- Listening for a trainer, or for several: strangers are turned away, and who comes when all have come is told so.

local address = require "neap.backend.address"
local connection = require "neap.backend.connection"
local hello = require "neap.backend.hello"
local loop = require "neap.loop"
local uv = require "luv"

--- Bytes of a first line, and of any after it; seconds to say hello; connections that may be about it at once.
local FIRST_LINE <const>, LINE <const>, HELLO_SECONDS <const>, MOST_PENDING <const> = 4096, 1 << 20, 10, 16

---@class neap.Listener
---@field address neap.Address             where it listens; a port of 0 is the real one by now
---@field wanted integer                   trainers to wait for
---@field come { connection: neap.Connection, hello: neap.Hello }[]    those that have come, and what they said of themselves
---@field refused? string                  why the last one was turned away
local Listener = {}
Listener.__index = Listener

local listener = {}

local function nothing() end

local function refuse(self, stranger, reason)
  self.refused = reason
  stranger:send({ error = reason }, true)
end

--- The first line of a connection: is this our trainer?
local function meet(self, stranger, message)
  stranger.on_message = nothing
  if not hello.knows(message, self.address.token) then
    self.refused = "a wrong token or none"
    return stranger:close(self.refused, "refused")
  end
  local said, problem = hello.read(message)
  if not said then return refuse(self, stranger, problem) end
  if #self.come == self.wanted then
    return refuse(self, stranger, self.wanted == 1 and "this run has a trainer already" or "this run has all its trainers already")
  end
  stranger:limit(LINE)
  stranger:send(hello.answer(self.seed, self.timeout))
  self.come[#self.come + 1] = { connection = stranger, hello = said }
  return nil
end

--- A connection has come: it has some seconds for its first line.
local function receive(self)
  local stream = self.new_stream()
  if not self.server:accept(stream) or self.pending >= MOST_PENDING then return loop.let_go(stream) end
  if not self.address.path then
    stream:nodelay(true)
    stream:keepalive(true, 60)
  end
  self.pending = self.pending + 1
  local stranger, timer = connection.new(stream, FIRST_LINE), uv.new_timer()
  self.strangers[stranger] = true
  local function settle()
    if timer:is_closing() then return end
    loop.let_go(timer)
    self.pending = self.pending - 1
    self.strangers[stranger] = nil
  end
  function stranger.on_message(message)
    settle()
    meet(self, stranger, message)
  end
  function stranger.on_end()
    settle()
    if stranger.code ~= "refused" and stranger.code ~= "closed" then self.refused = stranger.closed end
  end
  timer:start(HELLO_SECONDS * 1000, 0, function() stranger:close("no first line", "refused") end)
end

--- Is somebody listening at this Unix socket?
local function is_alive(path)
  local probe, answer = uv.new_pipe(), nil
  probe:connect(path, function(problem) answer = problem or "listening" end)
  loop.wait(function() return answer end, 5)
  loop.close { probe }
  return answer ~= "ECONNREFUSED"
end

--- A socket that nobody listens at is what a killed run left: it is replaced. Only its user can open the new one.
local function bind_unix(server, path)
  local bound, problem, code = server:bind(path)
  if not bound and code == "EADDRINUSE" then
    local there = uv.fs_stat(path)
    if there and there.type ~= "socket" then return nil, "the file is there, and is no socket" end
    if is_alive(path) then return nil, "another program listens there" end
    uv.fs_unlink(path)
    bound, problem = server:bind(path)
  end
  if bound then bound, problem = uv.fs_chmod(path, 384) end   -- 0600
  return bound, problem
end

--- Give a server its address; a port of 0 becomes one that is free.
---@param at neap.Address    with a host
---@return boolean? done
---@return string? problem
function listener.bind_tcp(server, at)
  local host = at.host
  if not host:find "^[%d.:a-fA-F]*$" then
    local found = uv.getaddrinfo(host, nil, { socktype = "stream" })
    if not found then return nil, ("no address is known for the host '%s'"):format(host) end
    host = found[1].addr
  end
  local bound, problem = server:bind(host, at.port)
  if not bound then return nil, problem end
  return true
end

--- Begin to listen.
---@param at neap.Address
---@param given { seed: integer, timeout: number, trainers: integer? }    timeout: seconds of silence; trainers: default 1
---@return neap.Listener? listener
---@return string? problem
---@return string? code
function listener.open(at, given)
  local self = setmetatable({
    address = at, seed = given.seed, timeout = given.timeout, wanted = given.trainers or 1, pending = 0, come = {}, strangers = {},
  }, Listener)
  self.new_stream = at.path and uv.new_pipe or uv.new_tcp
  self.server = self.new_stream()
  local done, problem
  if at.path then done, problem = bind_unix(self.server, at.path) else done, problem = listener.bind_tcp(self.server, at) end
  if done then done, problem = self.server:listen(16, function() receive(self) end) end
  if not done then
    loop.close { self.server }
    return nil, ("cannot listen at %s: %s"):format(address.text { path = at.path, host = at.host, port = at.port }, problem), "io"
  end
  if not at.path then at.port = self.server:getsockname().port end
  return self
end

--- Wait until all trainers have come; `stop` may give a reason not to.
---@param seconds number
---@param stop? fun(): any
---@return { connection: neap.Connection, hello: neap.Hello }[]? come    nil if some have not
function Listener:await(seconds, stop)
  loop.wait(function() return #self.come == self.wanted or (stop and stop()) end, seconds)
  return #self.come == self.wanted and self.come or nil
end

--- End: the socket goes, and whoever is not yet known, or came to nothing because others did not come.
function Listener:close()
  local strangers = {}
  if #self.come < self.wanted then
    for _, one in ipairs(self.come) do one.connection:close("the end", "closed") end
  end
  for stranger in pairs(self.strangers) do strangers[#strangers + 1] = stranger end
  for _, stranger in ipairs(strangers) do stranger:close("the end", "closed") end
  loop.close { self.server }
end

return listener

--- The ranks of a training that carry the authors' AutoLRS callback, each at the other end of a connection of its own. All are
--- told the same, and their losses are averaged; with one rank, that is the usual training.

local autolrs_text = require "neap.backend.autolrs_text"
local listener = require "neap.backend.listener"
local loop = require "neap.loop"
local uv = require "luv"

--- Connections that may be without a first message at once: it comes after the warm-up, which may take its time.
local MOST_PENDING <const> = 16

---@class neap.autolrs.Ranks
---@field count integer         ranks there are to be
---@field ranks table[]         that have begun
---@field closed? string        why it is over
---@field code? string          "gone": they went; "protocol": for what they sent; "closed": by us
---@field refused? string       why the last stranger was turned away
---@field main boolean          the rank that is not a minion is among them
local Ranks = {}
Ranks.__index = Ranks

local autolrs_ranks = {}

--- It is over: every rank is let go. May be called within a callback.
---@param reason string
---@param code string
function Ranks:close(reason, code)
  if self.closed then return end
  self.closed, self.code = reason, code
  for rank in pairs(self.all) do rank.quit() end
end

--- Stop listening, and see everything closed; not within a callback.
---@param reason string
---@param code string
function Ranks:finish(reason, code)
  self:close(reason, code)
  loop.close { self.server }
end

--- A rank is of no more use: a stranger is turned away, one of ours takes the others with it.
local function lose(self, rank, reason, code)
  if not rank.begun then
    self.refused = reason
    rank.quit()
  else
    self:close(reason, code)
  end
end

--- A first message: a rank of the training, if there is room for one.
local function begin(self, rank, message)
  local main = not message.minion
  if #self.ranks == self.count or (main and self.main) then
    return lose(self, rank, self.count == 1 and "the training has its rank already; option 'ranks' says how many there are"
      or "the training has all its ranks already", "protocol")
  end
  rank.begun = true
  self.main = self.main or main
  table.insert(self.ranks, rank)
end

--- A message has come whole.
local function settle(self, rank, message, rest)
  rank.timer:stop()
  rank.text = rest
  if not rank.begun then begin(self, rank, message) end
  rank.message = message
end

--- Text has come, or was left from before: once there is a message that is sure to be whole, or nothing more comes for a moment.
local function read(self, rank)
  if rank.message then return end
  local message, rest, problem = autolrs_text.first(rank.text)
  if problem then
    lose(self, rank, problem, "protocol")
  elseif message and (message.certain or self.patience == 0) then
    settle(self, rank, message, rest)
  elseif message then
    rank.timer:start(math.ceil(1000 * self.patience), 0, function() settle(self, rank, message, rest) end)
  end
end

local function receive(self)
  local stream, timer = uv.new_tcp(), uv.new_timer()
  local rank = { stream = stream, timer = timer, text = "" }
  function rank.quit()
    loop.let_go(stream)
    loop.let_go(timer)
    self.all[rank] = nil
  end
  local pending = 0
  for one in pairs(self.all) do pending = pending + (one.begun and 0 or 1) end
  if not self.server:accept(stream) or self.closed or pending >= MOST_PENDING then return rank.quit() end
  self.all[rank] = true
  stream:nodelay(true)
  stream:keepalive(true, 60)
  stream:read_start(function(problem, chunk)
    if stream:is_closing() then return end
    if problem then return lose(self, rank, ("the connection broke (%s)"):format(problem), "gone") end
    if not chunk then return lose(self, rank, "it closed the connection", "gone") end
    if #rank.text + #chunk > 65536 then return lose(self, rank, "it sent what was not asked for", "protocol") end
    rank.text = rank.text .. chunk
    read(self, rank)
  end)
end

--- Have all ranks of the training said what they have to say?
local function complete(self)
  if #self.ranks < self.count or not self.main then return false end
  for _, rank in ipairs(self.ranks) do
    if not rank.message then return false end
  end
  return true
end

--- Wait for the message of every rank: the main one's word, and the mean of their losses.
---@param seconds number
---@return string? word
---@return number|string loss    or the problem
---@return string? code
function Ranks:await(seconds)
  if not loop.wait(function() return self.closed or complete(self) end, seconds) then return nil, "silent", "timeout" end
  if self.closed then return nil, self.closed, self.code end
  local word, sum = nil, 0.0
  for _, rank in ipairs(self.ranks) do
    sum = sum + rank.message.loss
    if not rank.message.minion then word = rank.message.word end
  end
  return word, sum / self.count
end

--- Answer every rank, once each has said something.
---@param text string
function Ranks:answer(text)
  for _, rank in ipairs(self.ranks) do
    rank.message = nil
    rank.stream:write(text)
    read(self, rank)
  end
end

--- Begin to listen.
---@param at neap.Address
---@param count integer       ranks
---@param patience number     seconds to wait for the rest of a number that may go on
---@return neap.autolrs.Ranks? ranks
---@return string? problem
---@return string? code
function autolrs_ranks.listen(at, count, patience)
  local self = setmetatable({ count = count, patience = patience, ranks = {}, all = {}, main = false }, Ranks)
  self.server = uv.new_tcp()
  local done, problem = listener.bind_tcp(self.server, at)
  if done then done, problem = self.server:listen(16, function() receive(self) end) end
  if not done then
    loop.close { self.server }
    return nil, ("cannot listen at %s:%d: %s"):format(at.host, at.port, problem), "io"
  end
  self.port = self.server:getsockname().port
  return self
end

return autolrs_ranks

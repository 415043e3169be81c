--- Where a trainer finds neap: unix:PATH[#TOKEN] or tcp:HOST:PORT[#TOKEN], as in doc/protocol.md.

local uv = require "luv"

local address = {}

---@class neap.Address
---@field path? string     of a Unix socket
---@field host? string     of TCP
---@field port? integer
---@field token? string

--- May this be a token?
---@return boolean
function address.is_token(text)
  return #text <= 128 and text:find "^[%w_-]+$" ~= nil
end

--- A new token: 128 random bits.
---@return string
function address.new_token()
  return (uv.random(16):gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

--- The longest path of a Unix socket that every system takes.
local PATH_LIMIT <const> = 103

local function read_unix(path)
  if path == "" then return nil, "a path expected after 'unix:'" end
  if #path > PATH_LIMIT then return nil, ("a path of at most %d bytes expected, the limit for sockets"):format(PATH_LIMIT) end
  return { path = path }
end

local function read_tcp(text)
  local host, port = text:match "^(.*):(%d+)$"
  host = host and (host:match "^%[(.*)%]$" or host)
  if not host or host == "" then return nil, "HOST:PORT expected after 'tcp:', such as tcp:127.0.0.1:7070" end
  if tonumber(port) > 65535 then return nil, ("a port of 0 to 65535 expected, not %s"):format(port) end
  return { host = host, port = math.tointeger(port) }
end

--- Read where to listen, without a token.
---@param text string
---@return neap.Address? address
---@return string? problem
function address.read(text)
  local kind, rest = text:match "^(%l+):(.*)$"
  if kind == "unix" then return read_unix(rest) end
  if kind == "tcp" then return read_tcp(rest) end
  return nil, ("unix:PATH or tcp:HOST:PORT expected, not '%s'"):format(text)
end

--- What a trainer's NEAP_ADDRESS must be.
---@param at neap.Address
---@return string
function address.text(at)
  local token = at.token and "#" .. at.token or ""
  if at.path then return "unix:" .. at.path .. token end
  local host = at.host:find(":", 1, true) and "[" .. at.host .. "]" or at.host
  return ("tcp:%s:%d%s"):format(host, at.port, token)
end

return address

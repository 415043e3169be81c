--- A trainer that somebody starts elsewhere:
---   listen:unix:PATH          a Unix socket, which only its user can open
---   listen:tcp:HOST:PORT      TCP, with a token; port 0 is one that is free
--- It says which NEAP_ADDRESS to set, and waits.

local address = require "neap.backend.address"
local listener = require "neap.backend.listener"
local options = require "neap.options"
local remote = require "neap.backend.remote"

local listen = {}

local declared = options.declare {
  timeout = { 300.0, "seconds a trainer may be silent while it is asked", above = 0, max = 1e6 },
  wait = { 3600.0, "seconds to wait for a trainer to connect", above = 0, max = 1e7 },
  token = { nil, "the secret that a trainer must show; default: for tcp a new one", type = "string", optional = true },
}

--- Open the address in 'name', and wait for a trainer.
---@param name string
---@param given table<string, string|number>
---@param settings { seed: integer, say: fun(text: string) }
---@return neap.RemoteTrainer? trainer
---@return string? problem
---@return string? code
function listen.open(name, given, settings)
  local values, problem = options.read(declared, given)
  if not values then return nil, ("listen:%s: %s"):format(name, problem), "bad_argument" end
  local at
  at, problem = address.read(name)
  if not at then return nil, "listen: " .. problem, "bad_argument" end
  if values.token and not address.is_token(values.token) then
    return nil, ("listen:%s: option 'token': 1 to 128 of A-Z a-z 0-9 - _ expected"):format(name), "bad_argument"
  end
  at.token = values.token or (at.host and address.new_token() or nil)
  local door, why, code = listener.open(at, { seed = settings.seed, timeout = values.timeout })
  if not door then return nil, why, code end
  settings.say(("waiting for a trainer; start it with NEAP_ADDRESS='%s'"):format(address.text(at)))
  local ok, connection, hello = pcall(door.await, door, values.wait)
  if not ok or not connection then
    door:close()
    if not ok then error(connection, 0) end
    local last = door.refused and ("; one was turned away: " .. door.refused) or ""
    return nil, ("no trainer came within %g seconds (option 'wait')%s"):format(values.wait, last), "timeout"
  end
  return remote.new(connection, hello, {
    spec = "listen:" .. name, timeout = values.timeout, finish = function() door:close() end,
  })
end

return listen

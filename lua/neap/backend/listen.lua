--- A trainer that somebody starts elsewhere:
---   listen:unix:PATH          a Unix socket, which only its user can open
---   listen:tcp:HOST:PORT      TCP, with a token; port 0 is one that is free
--- It says which NEAP_ADDRESS to set, and waits; with trainers=N for so many, which are to be copies of each other.

local address = require "neap.backend.address"
local listener = require "neap.backend.listener"
local options = require "neap.options"
local remote = require "neap.backend.remote"
local team = require "neap.backend.team"

local listen = {}

local declared = options.declare {
  timeout = { 300.0, "seconds a trainer may be silent while it is asked", above = 0, max = 1e6 },
  wait = { 3600.0, "seconds to wait for a trainer to connect", above = 0, max = 1e7 },
  trainers = { 1, "to wait for; they try candidates side by side", min = 1, max = 1024 },
  folder = { nil, "where checkpoints pass between trainers, the same for all and for neap; default: the system's temporary one",
    type = "string", optional = true },
  token = { nil, "the secret that a trainer must show; default: for tcp a new one", type = "string", optional = true },
}

--- Why too few came.
local function nobody(door, wait)
  local last = door.refused and ("; one was turned away: " .. door.refused) or ""
  local who = #door.come == 0 and "no trainer" or ("%d of %d trainers"):format(#door.come, door.wanted)
  return ("%s came within %g seconds (option 'wait')%s"):format(who, wait, last)
end

--- Wait for all, and close the door if they do not come.
---@return neap.RemoteTrainer[]? trainers
---@return string? problem
---@return string? code
local function gather(door, spec, values)
  local ok, come = pcall(door.await, door, values.wait)
  if not ok or not come then
    door:close()
    if not ok then error(come, 0) end
    return nil, nobody(door, values.wait), "timeout"
  end
  local trainers, left = {}, #come
  local function finish()
    left = left - 1
    if left == 0 then door:close() end
  end
  for i, one in ipairs(come) do
    trainers[i] = remote.new(one.connection, one.hello, { spec = spec, timeout = values.timeout, finish = finish })
  end
  return trainers
end

--- Open the address in 'name', and wait for a trainer, or for several.
---@param name string
---@param given table<string, string|number>
---@param settings { seed: integer, say: fun(text: string) }
---@return neap.RemoteTrainer|neap.Team|nil trainer
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
  local door, why, code = listener.open(at, { seed = settings.seed, timeout = values.timeout, trainers = values.trainers })
  if not door then return nil, why, code end
  local several = values.trainers > 1
  settings.say(("waiting for %s; start %s with NEAP_ADDRESS='%s'"):format(
    several and values.trainers .. " trainers" or "a trainer", several and "each" or "it", address.text(at)))
  local trainers
  local spec = several and ("listen:%s,trainers=%d"):format(name, values.trainers) or "listen:" .. name
  trainers, why, code = gather(door, spec, values)
  if not trainers then return nil, why, code end
  if not several then return trainers[1] end
  return team.new(trainers, { spec = spec, folder = values.folder, say = settings.say })
end

return listen

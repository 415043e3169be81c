--- The first line of a trainer, and ours: doc/protocol.md, "The first line".

local engine = require "neap.engine"

local hello = {}

--- The version of the protocol that we speak.
hello.VERSION = 1

--- What a trainer can offer.
local OFFERS <const> = { "evaluate", "test", "restore", "durable", "momentum", "averaging", "blending", "batch_statistics" }

---@class neap.Hello
---@field name string                       what the trainer calls itself
---@field offers table<string, boolean>
---@field restores string[]
---@field rate? number
---@field info table

local function read_offers(given)
  local offers = {}
  for _, name in ipairs(OFFERS) do
    local offered = given[name]
    if offered ~= nil and type(offered) ~= "boolean" then return nil, ("offers.%s: true or false expected"):format(name) end
    offers[name] = offered or false
  end
  return offers
end

--- Text for people, from a stranger: printable, and not too long.
local function tame(text, longest)
  return (text:sub(1, longest):gsub("%c", "?"))
end

local function read_restores(given)
  local restores = {}
  for i, word in ipairs(given) do
    if type(word) ~= "string" then return nil, "restores: a list of texts expected" end
    restores[i] = tame(word, 40)
  end
  return restores
end

local function read_info(given)
  local info = {}
  for key, value in pairs(given) do
    if type(key) == "string" and type(value) == "string" then info[tame(key, 40)] = tame(value, 200) end
    if type(key) == "string" and type(value) == "number" then info[tame(key, 40)] = value end
  end
  return info
end

local TYPES <const> = { name = "string", offers = "table", restores = "table", rate = "number", info = "table" }

--- Does the message show the secret? Without one, every message does.
---@param message table
---@param token? string
---@return boolean
function hello.knows(message, token)
  if not token then return true end
  return engine.same_secret(token, type(message.token) == "string" and message.token or "")
end

--- Read a trainer's first message.
---@param message table
---@return neap.Hello? hello
---@return string? problem
function hello.read(message)
  if message.neap ~= hello.VERSION then
    return nil, ("version %s of the protocol expected, not %s"):format(hello.VERSION, tame(tostring(message.neap), 40))
  end
  for key, kind in pairs(TYPES) do
    local value = message[key]
    if value ~= nil and type(value) ~= kind then return nil, ("%s: a %s expected, not a %s"):format(key, kind, type(value)) end
  end
  local offers, problem = read_offers(message.offers or {})
  if not offers then return nil, problem end
  local restores
  restores, problem = read_restores(message.restores or {})
  if not restores then return nil, problem end
  return {
    name = tame(message.name or "trainer", 200), offers = offers, restores = restores, rate = message.rate,
    info = read_info(message.info or {}),
  }
end

--- Our answer to it.
---@param seed integer
---@param timeout number    seconds
function hello.answer(seed, timeout)
  return { neap = hello.VERSION, seed = seed, heartbeat = math.min(10.0, timeout / 4) }
end

return hello

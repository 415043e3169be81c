--- Backends: whatever trains. neap.backend(SPEC) opens one by its specification, KIND:NAME[,key=value]...
---
--- A kind is a module neap.backend.<kind> with one function, open(name, given, settings) -> trainer, or nil, message, code;
--- `given` are the keys and texts of SPEC. It returns nil, message, "bad_argument" for a wrong name, key or value.
---
--- A trainer has the methods train, evaluate, save, restore, drop, close and the field spec:
---   trainer:train(steps, rate) -> losses        rate: a number, a list, or a schedule. One training loss a step; fewer
---                                               than asked only if the last one is not finite
---   trainer:evaluate({ on =, batches = }) -> loss, metrics     on: "validation" (default), "test" or "train"
---   trainer:save() -> checkpoint    trainer:restore(checkpoint)    trainer:drop(checkpoint)

local options = require "neap.options"

local KINDS <const> = { "builtin" }

local backend = {}

--- Take a SPEC apart.
---@return table? parts      { kind =, name =, given = { key = text } }
---@return string? problem
function backend.parse(spec)
  local kind, rest = spec:match "^([^:,]*):?(.*)$"
  local parts = { kind = kind, given = {} }
  parts.name = rest:match "^[^,]*"
  for item in rest:sub(#parts.name + 2):gmatch "[^,]+" do
    local key, value = item:match "^([^=]+)=(.*)$"
    if not key then return nil, ("'%s': key=value expected"):format(item) end
    if parts.given[key] then return nil, ("key '%s' is given twice"):format(key) end
    parts.given[key] = value
  end
  return parts
end

--- Open a backend.
---@param spec string                 "builtin:digits,layers=64,batch=32"
---@param settings? { seed: integer } what the run decides; a key of SPEC goes before it
---@return table? trainer
---@return string? problem
---@return string? code               "bad_argument" where SPEC is wrong
local function open(_, spec, settings)
  if type(spec) ~= "string" then error("neap.backend: a text KIND:NAME[,key=value]... expected, not a " .. type(spec), 2) end
  local function wrong(problem) return nil, ("backend '%s': %s"):format(spec, problem), "bad_argument" end
  local parts, problem = backend.parse(spec)
  if not parts then return wrong(problem) end
  for _, kind in ipairs(KINDS) do
    if kind == parts.kind then
      local trainer, why, code = require("neap.backend." .. kind).open(parts.name, parts.given, settings or {})
      if trainer then return trainer end
      if code == "bad_argument" then return wrong(why) end
      return nil, ("backend '%s': %s"):format(spec, why), code
    end
  end
  return wrong(("unknown kind '%s'%s"):format(parts.kind, options.hint(parts.kind, KINDS)))
end

return setmetatable(backend, { __call = open })

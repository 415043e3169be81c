--- Backends, whatever trains: `local trainer <close> = neap.backend "builtin:digits,batch=64"`.
--- A backend is named by a SPEC: KIND:NAME[,key=value]...; lists are written with dashes (layers=256-128).
---
--- Each kind is a module with open(name, values, settings) -> trainer, or nil, message, code. 'values' are the key=value
--- pairs as texts, 'settings' the options below. A trainer has
---   spec                                 a text that opens the same trainer again
---   offers                               what it can do, by name; what is not offered raises when it is asked for:
---     .momentum    train takes one for each step          .averaging   average, and evaluate { weights = "average" }
---     .test        evaluate { on = "test" }               .restore     save, restore and drop
---     .durable     the same with { file = PATH }: such a checkpoint outlives the trainer, and a copy of it can go there
---     .blending    blend                                  .batch_statistics   evaluate { statistics = "batch" }: batch normalisation
---                                                         by the batch's own statistics, for its running ones lag behind
---   train(steps, rate, momentum?)        -> losses, one for each step, the last of them nan or inf if it diverged
---   evaluate { on =, batches =, weights = "now"|"average", statistics = "running"|"batch" }   -> loss, metrics
---   average "start"|"adopt"|"stop"       -> true, or nil, message, code: the average of the weights, begun (anew), taken as
---                                        the weights, forgotten; checkpoints hold it
---   save() -> checkpoint, or nil, message, code; restore(checkpoint), drop(checkpoint); info(); close()
---   blend(checkpoint, share)             -> true, or nil, message, code: the weights move so far towards the checkpoint's
--- The fullest account is that of the embedded backend, in builtin.lua. Of builtin, spawn and listen there can be several copies,
--- trainers=N: then trainer.members are theirs, and the trainer itself is the first of them; see team.lua and run:share.

local options = require "neap.options"

local backend = {}

--- The kinds there are: their names and modules, which load when they are first used.
backend.kinds = {
  builtin = "neap.backend.builtin",
  spawn = "neap.backend.spawn",
  listen = "neap.backend.listen",
  replay = "neap.backend.replay",
  autolrs = "neap.backend.autolrs",
}

local function say(text) io.stderr:write("neap: ", text, "\n") end
local function show(line) io.stderr:write("| ", line, "\n") end

local settings_declared = options.declare {
  seed = { 1, "determines the initial weights and the order of the data" },
  command = { nil, "the program that spawn starts, and its arguments", type = "table", optional = true },
  say = { say, "function(text): what the user of spawn or listen should know" },
  show = { show, "function(line): what a trainer that was started prints" },
}

--- Read a SPEC.
---@param spec string
---@return { kind: string, name: string, values: table<string, string> }? parsed
---@return string? problem
function backend.parse(spec)
  local kind, rest = spec:match("^([^:,]*):(.*)$")
  if not kind then
    return nil, ("backend '%s': KIND:NAME[,key=value]... expected, such as builtin:digits"):format(spec)
  end
  if not backend.kinds[kind] then
    return nil, ("backend '%s': unknown kind '%s'%s"):format(spec, kind, options.hint(kind, backend.kinds))
  end
  local name, tail = rest:match("^([^,]*),?(.*)$")
  if name == "" then return nil, ("backend '%s': a name expected after '%s:'"):format(spec, kind) end
  local values = {}
  for pair in tail:gmatch("[^,]+") do
    local key, value = pair:match("^([^=]+)=(.*)$")
    if not key then return nil, ("backend '%s': key=value expected, not '%s'"):format(spec, pair) end
    if values[key] then return nil, ("backend '%s': '%s' is given twice"):format(spec, key) end
    values[key] = value
  end
  return { kind = kind, name = name, values = values }
end

--- Kinds whose option trainers=N opens so many copies.
local SEVERAL <const> = { builtin = true, spawn = true, listen = true }

--- Open a backend; a mistake in the SPEC is an outcome too, with code "bad_argument".
---@param spec string
---@param settings? { seed: integer?, command: string[]?, say: fun(text: string)?, show: fun(line: string)? }
---@return neap.Trainer? trainer
---@return string? problem    one line
---@return string? code
function backend.open(spec, settings)
  local parsed, problem = backend.parse(spec)
  if not parsed then return nil, problem, "bad_argument" end
  local values
  values, problem = options.read(settings_declared, settings)
  if not values then return nil, "backend settings: " .. problem, "bad_argument" end
  if parsed.values.trainers and backend.kinds[parsed.kind]:find "^neap%.backend%." and not SEVERAL[parsed.kind] then
    problem = ("backend '%s': there is one trainer of this kind; trainers=N is for builtin, spawn and listen"):format(spec)
    return nil, problem, "bad_argument"
  end
  return require(backend.kinds[parsed.kind]).open(parsed.name, parsed.values, values)
end

--- Open a backend, as neap.backend.open does, but a mistake in the SPEC raises.
---@param spec string         "builtin:digits,batch=64"
---@param settings? table     as of neap.backend.open
---@return neap.Trainer? trainer    nil where it cannot be had: no data, no answer; close it, or declare it <close>
---@return string? problem    one line
---@return string? code
local function call(_, spec, settings)
  if type(spec) ~= "string" then error(("neap.backend: a text such as 'builtin:digits' expected, not a %s"):format(type(spec)), 2) end
  if settings ~= nil and type(settings) ~= "table" then
    error(("neap.backend: a table of settings expected, not a %s"):format(type(settings)), 2)
  end
  local trainer, problem, code = backend.open(spec, settings)
  if not trainer and code == "bad_argument" then error(problem, 2) end
  return trainer, problem, code
end

return setmetatable(backend, { __call = call })

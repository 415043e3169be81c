--- A trainer that neap starts, the command after `--` of neap run:
---   spawn:unix      it is reached by a Unix socket in a folder of its own
---   spawn:tcp       by TCP on the local host
--- With trainers=N so many copies of it, each told in $NEAP_TRAINER which one it is, from 0 on.

local address = require "neap.backend.address"
local listener = require "neap.backend.listener"
local options = require "neap.options"
local process = require "neap.backend.process"
local remote = require "neap.backend.remote"
local team = require "neap.backend.team"
local temporary = require "neap.temporary"

local spawn = {}

spawn.declared = options.declare {
  timeout = { 300.0, "seconds the trainer may be silent while it is asked", above = 0, max = 1e6 },
  wait = { 600.0, "seconds it may take to connect", above = 0, max = 1e7 },
  grace = { 30.0, "seconds it has to end by itself after the run", min = 0, max = 1e7 },
  trainers = { 1, "copies to start, which try candidates side by side", min = 1, max = 1024 },
  folder = { nil, "where checkpoints pass between copies; default: the system's temporary one", type = "string", optional = true },
}

--- Where the trainer will find us.
---@return neap.Address? at
---@return string? problem    or the folder to remove at the end
local function new_address(name)
  if name == "tcp" then return { host = "127.0.0.1", port = 0, token = address.new_token() } end
  local folder, problem = temporary.folder()
  if not folder then return nil, problem end
  return { path = folder .. "/socket" }, folder
end

--- What is open before there is a trainer, and must be closed after it.
local function closer(door, child, folder, grace)
  return function(quickly)
    local ok, by_itself = true, true
    if child then ok, by_itself = pcall(child.finish, child, quickly and 0 or grace) end
    door:close()
    if folder then temporary.remove(folder) end
    if not ok then error(by_itself, 0) end
    return by_itself
  end
end

--- Why no trainer came.
local function no_trainer(child, door, wait)
  if child.exit then return "the trainer did not connect: " .. child:ending(), "gone" end
  local last = door.refused and (" (one was turned away: %s)"):format(door.refused) or ""
  return ("the trainer did not connect within %g seconds (option 'wait')%s; does %s call neap.connect?"):format(
    wait, last, child:text()), "timeout"
end

---@class neap.Spawned     a program that was started, and has yet to connect
---@field close fun(quickly: boolean?): boolean

--- Start the program; it is not waited for.
---@param number integer    of the copy, from 0
---@return neap.Spawned? spawned
---@return string? problem
---@return string? code
local function start(name, values, settings, number)
  local at, folder = new_address(name)
  if not at then return nil, folder, "io" end
  local door, child, problem, code
  door, problem, code = listener.open(at, { seed = settings.seed, timeout = values.timeout })
  if not door then return nil, problem, code end
  local environment = { NEAP_ADDRESS = address.text(at), NEAP_TRAINER = tostring(number) }
  for key, value in pairs(settings.environment or {}) do environment[key] = value end
  local show = settings.show
  if values.trainers > 1 then show = function(line) settings.show(("%d: %s"):format(number, line)) end end
  child, problem, code = process.start(settings.command, environment, show)
  local close = closer(door, child, folder, values.grace)
  if not child then
    close()
    return nil, problem, code
  end
  return { door = door, child = child, close = close }
end

--- Wait until it has connected; it is closed if it does not.
---@return neap.RemoteTrainer? trainer
---@return string? problem
---@return string? code
local function join(spawned, name, values, settings)
  local door, child, close, problem, code = spawned.door, spawned.child, spawned.close, nil, nil
  local ok, come = pcall(door.await, door, values.wait, function() return child.exit end)
  if not ok or not come then
    if child.exit then child:await(0) end
    if ok then problem, code = no_trainer(child, door, values.wait) end
    close(true)
    if not ok then error(come, 0) end
    return nil, problem, code
  end
  return remote.new(come[1].connection, come[1].hello, {
    spec = "spawn:" .. name, timeout = values.timeout, has_ended = function() return child.exit end,
    ending = function(why, wait, told)
      if why == "gone" then child:await(2, wait) end
      return child.exit and "; " .. child:ending(told) or ""
    end,
    finish = function(quickly)
      if not close(quickly) and not quickly then
        settings.say(("the trainer did not end within %g seconds after the run (option 'grace'), and was ended"):format(values.grace))
      end
    end,
  })
end

--- Start all copies, then wait for each. What was begun is ended if one of them fails.
local function gather(name, values, settings)
  local started, trainers = {}, {}
  local _ <close> = setmetatable({}, { __close = function()
    for i, spawned in ipairs(started) do
      if trainers[i] then pcall(trainers[i].close, trainers[i]) else pcall(spawned.close, true) end
    end
  end })
  for i = 1, values.trainers do
    local problem, code
    started[i], problem, code = start(name, values, settings, i - 1)
    if not started[i] then return nil, problem, code end
  end
  for i = 1, values.trainers do
    local problem, code
    trainers[i], problem, code = join(started[i], name, values, settings)
    if not trainers[i] then return nil, problem, code end
  end
  started = {}
  return trainers
end

--- Start the program in settings.command, values.trainers times, and wait until all have connected.
---@param name "unix"|"tcp"
---@param values table      read by spawn.declared
---@param settings table    as spawn.open; .environment: more of it for the program; .spec: the team's
---@return neap.RemoteTrainer|neap.Team|nil trainer
---@return string? problem
---@return string? code
function spawn.start(name, values, settings)
  local trainers, problem, code = gather(name, values, settings)
  if not trainers then return nil, problem, code end
  if #trainers == 1 then return trainers[1] end
  local spec = settings.spec or ("spawn:%s,trainers=%d"):format(name, #trainers)
  return team.new(trainers, { spec = spec, folder = values.folder, say = settings.say })
end

--- Start the trainer in settings.command, and wait until it has connected.
---@param name "unix"|"tcp"
---@param given table<string, string|number>
---@param settings { seed: integer, command: string[], say: fun(text: string), show: fun(line: string) }
---@return neap.RemoteTrainer|neap.Team|nil trainer
---@return string? problem
---@return string? code
function spawn.open(name, given, settings)
  local values, problem = options.read(spawn.declared, given)
  if not values then return nil, ("spawn:%s: %s"):format(name, problem), "bad_argument" end
  if name ~= "unix" and name ~= "tcp" then return nil, ("spawn: unix or tcp expected, not '%s'"):format(name), "bad_argument" end
  if not settings.command or type(settings.command[1]) ~= "string" then
    return nil, "spawn: which program? neap run RECIPE -- COMMAND, or the setting 'command'", "bad_argument"
  end
  return spawn.start(name, values, settings)
end

return spawn

--- A trainer that neap starts, the command after `--` of neap run:
---   spawn:unix      it is reached by a Unix socket in a folder of its own
---   spawn:tcp       by TCP on the local host

local address = require "neap.backend.address"
local listener = require "neap.backend.listener"
local options = require "neap.options"
local process = require "neap.backend.process"
local remote = require "neap.backend.remote"
local uv = require "luv"

local spawn = {}

local declared = options.declare {
  timeout = { 300.0, "seconds the trainer may be silent while it is asked", above = 0, max = 1e6 },
  wait = { 600.0, "seconds it may take to connect", above = 0, max = 1e7 },
  grace = { 30.0, "seconds it has to end by itself after the run", min = 0, max = 1e7 },
}

--- A folder that only the user can enter: the shorter of two, for the path of a socket is limited.
local function new_folder()
  local place = uv.os_tmpdir()
  if #place > 60 then place = "/tmp" end
  return uv.fs_mkdtemp(place .. "/neap-XXXXXX")
end

--- Where the trainer will find us.
---@return neap.Address? at
---@return string? problem    or the folder to remove at the end
local function new_address(name)
  if name == "tcp" then return { host = "127.0.0.1", port = 0, token = address.new_token() } end
  local folder, problem = new_folder()
  if not folder then return nil, ("no folder for the socket: %s"):format(problem) end
  return { path = folder .. "/socket" }, folder
end

--- What is open before there is a trainer, and must be closed after it.
local function closer(door, child, folder, grace)
  return function(quickly)
    local ok, by_itself = true, true
    if child then ok, by_itself = pcall(child.finish, child, quickly and 0 or grace) end
    door:close()
    if folder then uv.fs_rmdir(folder) end
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

--- Start the trainer in settings.command, and wait until it has connected.
---@param name "unix"|"tcp"
---@param given table<string, string|number>
---@param settings { seed: integer, command: string[], say: fun(text: string), show: fun(line: string) }
---@return neap.RemoteTrainer? trainer
---@return string? problem
---@return string? code
function spawn.open(name, given, settings)
  local values, problem = options.read(declared, given)
  if not values then return nil, ("spawn:%s: %s"):format(name, problem), "bad_argument" end
  if name ~= "unix" and name ~= "tcp" then return nil, ("spawn: unix or tcp expected, not '%s'"):format(name), "bad_argument" end
  if not settings.command or type(settings.command[1]) ~= "string" then
    return nil, "spawn: which program? neap run RECIPE -- COMMAND, or the setting 'command'", "bad_argument"
  end
  local at, folder = new_address(name)
  if not at then return nil, folder, "io" end
  local door, child, code
  door, problem, code = listener.open(at, { seed = settings.seed, timeout = values.timeout })
  if not door then return nil, problem, code end
  child, problem, code = process.start(settings.command, { NEAP_ADDRESS = address.text(at) }, settings.show)
  local close = closer(door, child, folder, values.grace)
  if not child then
    close()
    return nil, problem, code
  end
  local ok, connection, hello = pcall(door.await, door, values.wait, function() return child.exit end)
  if not ok or not connection then
    if child.exit then child:await(0) end
    if ok then problem, code = no_trainer(child, door, values.wait) end
    close(true)
    if not ok then error(connection, 0) end
    return nil, problem, code
  end
  return remote.new(connection, hello, {
    spec = "spawn:" .. name, timeout = values.timeout, has_ended = function() return child.exit end,
    ending = function(why)
      if why == "gone" then child:await(2) end
      return child.exit and "; " .. child:ending() or ""
    end,
    finish = function(quickly)
      if not close(quickly) and not quickly then
        settings.say(("the trainer did not end within %g seconds after the run (option 'grace'), and was ended"):format(values.grace))
      end
    end,
  })
end

return spawn

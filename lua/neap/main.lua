--- The command line of `neap`: a command of neap's own, or a script and options as lua5.4 takes them.

local hint = require "neap.options".hint
local neap = require "neap"

local COMMANDS <const> = { run = true, plot = true, recipes = true, help = true }

local USAGE = [[
usage: neap                                    the prompt
       neap run RECIPE [OPTION...] [-- COMMAND...]
                                               tune a training: neap run RECIPE --help; COMMAND: your own program
       neap plot SCHEDULE...                   a schedule as a picture: neap plot 'warmup(500) .. rex(9500)'
       neap recipes                            every recipe with its options
       neap [-e CODE] [-l MODULE] [-i] [-v] [FILE.lua | -] [ARGUMENT...]
                                               a script, as lua5.4 runs it]]

local function complain(message)
  io.stdout:flush()
  io.stderr:write("neap: ", message, "\n")
end

--- One line for a person. NEAP_TRACEBACK=1 adds where in the Lua code it arose.
local function explain(problem)
  local text = tostring(problem)
  if os.getenv "NEAP_TRACEBACK" then text = debug.traceback(text, 2) end
  return text
end

--- Run a chunk; what it raises is told in one line.
local function protected(chunk, ...)
  local ok, problem = xpcall(chunk, explain, ...)
  if not ok then complain(problem) end
  return ok
end

local function run_chunk(chunk, problem, ...)
  if not chunk then
    complain(problem)
    return false
  end
  return protected(chunk, ...)
end

--- `-l name` or `-l global=module`: require it into a global, as lua5.4 does.
local function require_global(text)
  local global, module = text:match "^([^=]+)=(.+)$"
  module = module or text
  return protected(function() _G[global or module] = require(module) end)
end

--- Options that take their argument from the same word or the next one.
local function argument_of(arg, i)
  local attached = arg[i]:sub(3)
  if attached ~= "" then return attached, i + 1 end
  return arg[i + 1], i + 2
end

--- Read the options before the script: a list of things to do, and where the script stands.
local function read_options(arg)
  local todo, i = { interactive = false, version = false }, 1
  while arg[i] do
    local word = arg[i]
    local flag = word:sub(1, 2)
    if word == "-" or word:sub(1, 1) ~= "-" then return todo, i end
    if word == "--" then return todo, i + 1 end
    if flag == "-e" or flag == "-l" then
      local value
      value, i = argument_of(arg, i)
      if not value then return nil, ("'%s' needs an argument"):format(word) end
      todo[#todo + 1] = { flag = flag, value = value }
    elseif word == "-i" then
      todo.interactive, todo.version, i = true, true, i + 1
    elseif word == "-v" or word == "--version" then
      todo.version, i = true, i + 1
    elseif word == "-h" or word == "--help" then
      todo.help, i = true, i + 1
    else
      return nil, ("unknown option '%s'"):format(word)
    end
  end
  return todo, i
end

--- The table `arg` as lua5.4 sets it: the script at 0, its arguments after it, the rest before it.
local function script_arguments(arg, script)
  local shifted = {}
  for i = 0, #arg do shifted[i - script] = arg[i] end
  return shifted
end

local function run_script(arg, script)
  local shifted = script_arguments(arg, script)
  _G.arg = shifted
  local name = arg[script]
  local chunk, problem = loadfile(name ~= "-" and name or nil)
  if not chunk and name:find "^%a+$" and problem:find "^cannot open" then
    problem = ("no command and no script '%s'%s"):format(name, hint(name, COMMANDS))
  end
  if not chunk and name:find "%.py$" then
    problem = ("'%s' is no script of Lua; to tune a training of yours: neap run autopilot -- python3 %s"):format(name, name)
  end
  return run_chunk(chunk, problem, table.unpack(shifted))
end

local function interpreter(arg)
  local todo, script = read_options(arg)
  if not todo then
    complain(script .. "; see neap --help")
    return 2
  end
  if todo.help then
    print(USAGE)
    return 0
  end
  if todo.version then print(("neap %s  (%s)"):format(neap.version, _VERSION)) end
  _G.arg = script_arguments(arg, arg[script] and script or 0)
  require "neap.program".catch(false)
  for _, step in ipairs(todo) do
    local ok
    if step.flag == "-l" then ok = require_global(step.value)
    else ok = run_chunk(load(step.value, "=(command line)")) end
    if not ok then return 1 end
  end
  if arg[script] and not run_script(arg, script) then return 1 end
  local idle = not arg[script] and #todo == 0 and not todo.version
  if todo.interactive or (idle and require "neap.engine".terminal_width(0)) then
    require "neap.repl".loop()
  elseif idle and not run_script({ [0] = arg[0], "-" }, 1) then
    return 1
  end
  return 0
end

return function(arg)
  if arg[1] == "help" then
    print(USAGE)
    return 0
  end
  if COMMANDS[arg[1]] then return require "neap.cli".main(arg) end
  return interpreter(arg)
end

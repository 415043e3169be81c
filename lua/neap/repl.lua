--- The prompt: an expression prints its values, a statement runs, an unfinished one goes on in the next line.

local help = require "neap.help"
local shown = require "neap.shown"

local repl = {}

local function read_line(prompt)
  io.write(prompt)
  io.flush()
  return io.read "L"
end

--- A chunk from the lines so far, or nil and whether more lines could complete it. What an expression returns follows a true;
--- so its last call is no tail call, and a mistake in it is blamed on the prompt.
local function compile(text)
  local chunk = load("return true, " .. text, "=prompt", "t")
  if chunk then return chunk end
  local problem
  chunk, problem = load(text, "=prompt", "t")
  if chunk then return function() return true, chunk() end end
  return nil, problem, problem:find("<eof>", 1, true) ~= nil
end

--- Read lines until they make a chunk. nil at the end of the input; false if they cannot.
local function read_chunk()
  local text = read_line "neap> "
  if not text then return nil end
  while true do
    local chunk, problem, unfinished = compile(text)
    if chunk then return chunk end
    local more = unfinished and read_line "   .. "
    if not more then
      io.stderr:write(problem, "\n")
      return false
    end
    text = text .. more
  end
end

local function show(ok, problem, ...)
  if not ok then
    io.stderr:write(tostring(problem), "\n")
  elseif select("#", ...) > 0 then
    local values = table.pack(...)
    for i = 1, values.n do values[i] = shown(values[i]) end
    print(table.concat(values, "\t"))
  end
end

--- `help` alone says how to go on, help(value) what the library says of the value.
local helper = setmetatable({}, { __tostring = function() return help() end, __call = function(_, ...) print(help(...)) end })

--- Read, run and print until the input ends. `neap` and `help` are globals here, and only here.
function repl.loop()
  _G.neap, _G.help = require "neap", helper
  print(("neap %s, %s. The library is in 'neap'; help; end with Ctrl-D."):format(_G.neap.version, _VERSION))
  while true do
    local chunk = read_chunk()
    if chunk == nil then break end
    if chunk then show(pcall(chunk)) end
  end
  print()
end

return repl

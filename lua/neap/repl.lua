--- The prompt: an expression prints its values, a statement runs, an unfinished one goes on in the next line.

local repl = {}

local function read_line(prompt)
  io.write(prompt)
  io.flush()
  return io.read "L"
end

--- A chunk from the lines so far, or nil and whether more lines could complete it.
local function compile(text)
  local chunk = load("return " .. text, "=prompt", "t")
  if chunk then return chunk end
  local problem
  chunk, problem = load(text, "=prompt", "t")
  if chunk then return chunk end
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

local function show(ok, ...)
  if not ok then
    io.stderr:write(tostring((...)), "\n")
  elseif select("#", ...) > 0 then
    print(...)
  end
end

--- Read, run and print until the input ends. `neap` is a global here, and only here.
function repl.loop()
  _G.neap = require "neap"
  print(("neap %s, %s. The library is in 'neap'; end with Ctrl-D."):format(_G.neap.version, _VERSION))
  while true do
    local chunk = read_chunk()
    if chunk == nil then break end
    if chunk then show(pcall(chunk)) end
  end
  print()
end

return repl

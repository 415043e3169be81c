--- Runs the program under test ($NEAP, default build/neap) as a user would, from a shell.

local program = {}

program.path = os.getenv "NEAP" or "build/neap"

--- What a file holds.
function program.read(file)
  local handle = assert(io.open(file, "rb"))
  local text = handle:read "a"
  handle:close()
  return text
end

local function quote(word)
  return "'" .. tostring(word):gsub("'", "'\\''") .. "'"
end

--- Run a shell command; "@neap" in it stands for the program.
---@return { status: integer, out: string, err: string }
function program.shell(command)
  local out, err = os.tmpname(), os.tmpname()
  local text = command:gsub("@neap", (quote(program.path):gsub("%%", "%%%%")))
  local _, how, code = os.execute(("{ %s\n} >%s 2>%s </dev/null"):format(text, out, err))
  local result = { status = how == "signal" and 128 + code or code, out = program.read(out), err = program.read(err) }
  os.remove(out)
  os.remove(err)
  return result
end

--- Run `neap` with these words.
function program.neap(...)
  local words = { "@neap" }
  for _, word in ipairs { ... } do words[#words + 1] = quote(word) end
  return program.shell(table.concat(words, " "))
end

--- The lines of a text.
function program.lines(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  return lines
end

--- A file with this text; the caller removes it.
function program.file(text, extension)
  local name = os.tmpname()
  os.remove(name)
  name = name .. (extension or "")
  local handle = assert(io.open(name, "wb"))
  handle:write(text)
  handle:close()
  return name
end

--- Processes that have this word in their command line (and not the search for it).
local function alive(word)
  return program.shell(("grep -la '[%s]%s' /proc/[0-9]*/cmdline 2>/dev/null"):format(word:sub(1, 1), word:sub(2))).out
end

--- Wait until nothing has this word in its command line; what still has it after many seconds.
function program.survivors(word)
  local left
  for _ = 1, 100 do
    left = alive(word)
    if left == "" then break end
    program.shell "sleep 0.2"
  end
  return left
end

--- A word that no other process has.
function program.new_marker()
  local name = os.tmpname()
  os.remove(name)
  return "m" .. name:match "[^/]+$":gsub("%W", "")
end

return program

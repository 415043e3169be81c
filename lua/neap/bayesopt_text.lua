--- The saved state of an optimiser: one fact a line, a word and its values, numbers as hexadecimal floats, so that
--- nothing is lost. The last line is "end": a text cut short is noticed. Names are written with %XX for what is not plain.

local text = {}

local heading = "neap.bayesopt 1"

local function number(x)
  if x ~= x then return "nan" end
  if x == math.huge then return "inf" end
  if x == -math.huge then return "-inf" end
  return ("%a"):format(x)
end

local special = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

local function numbers(list)
  local words = {}
  for i, x in ipairs(list) do words[i] = number(x) end
  return table.concat(words, " ")
end

local function escape(name)
  return (name:gsub("[^%w_.-]", function(c) return ("%%%02X"):format(c:byte()) end))
end

local function unescape(word)
  return (word:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

---@return string
function text.write(names, dimensions, options, engine)
  local lines = { heading }
  local function put(word, ...) lines[#lines + 1] = table.concat({ word, ... }, " ") end
  for i, name in ipairs(names) do put("dimension", "=" .. escape(name), numbers(dimensions[i])) end
  for _, name in ipairs { "acquisition", "kernel", "seed", "initial" } do
    if options[name] ~= nil then put(name, tostring(options[name])) end
  end
  for _, name in ipairs { "kappa", "signal", "noise", "mean" } do
    if options[name] ~= nil then put(name, number(options[name])) end
  end
  if options.length then put("length", numbers(options.length)) end
  local random, designed, theta = engine:state()
  put("random", table.concat(random, " "))
  put("designed", tostring(designed))
  put("theta", numbers(theta))
  for i = 1, engine:size() do
    local values, loss, variance = engine:trial(i)
    put("trial", number(loss), number(variance), numbers(values))
  end
  for _, values in ipairs(engine:pending()) do put("pending", numbers(values)) end
  put("end")
  return table.concat(lines, "\n") .. "\n"
end

--- What a line's words must be: each reader returns nil for what it cannot read.
local function read_numbers(words)
  local list = {}
  for i, word in ipairs(words) do
    list[i] = special[word] or (word:match("^-?0x[%x.]+p[+-]?%d+$") and tonumber(word))
    if not list[i] then return nil end
  end
  return #list > 0 and list or nil
end

local function read_number(words)
  local list = #words == 1 and read_numbers(words)
  return list and list[1]
end

local function read_integers(words)
  local list = {}
  for i, word in ipairs(words) do
    list[i] = word:match("^-?%d+$") and math.tointeger(tonumber(word))
    if not list[i] then return nil end
  end
  return #list > 0 and list or nil
end

local function read_integer(words)
  local list = #words == 1 and read_integers(words)
  return list and list[1]
end

local function read_word(words) return #words == 1 and words[1] or nil end

--- Where each word's value goes.
local verbs = {}

function verbs.dimension(state, words)
  local name, row = table.remove(words, 1), read_numbers(words)
  if not (name and name:sub(1, 1) == "=" and row and #row == 4) then return false end
  state.names[#state.names + 1] = unescape(name:sub(2))
  state.dimensions[#state.dimensions + 1] = row
  return true
end

function verbs.trial(state, words)
  local row = read_numbers(words)
  if not row or #row ~= #state.names + 2 then return false end
  state.losses[#state.losses + 1], state.variances[#state.variances + 1] = row[1], row[2]
  state.points[#state.points + 1] = table.move(row, 3, #row, 1, {})
  return true
end

function verbs.pending(state, words)
  local row = read_numbers(words)
  if not row or #row ~= #state.names then return false end
  state.pending[#state.pending + 1] = row
  return true
end

local function store(where, name, reader)
  verbs[name] = function(state, words)
    local into = where and state[where] or state
    local value = reader(words)
    if not value or into[name] ~= nil then return false end
    into[name] = value
    return true
  end
end

store("options", "acquisition", read_word)
store("options", "kernel", read_word)
store("options", "seed", read_integer)
store("options", "initial", read_integer)
store("options", "length", read_numbers)
for _, name in ipairs { "kappa", "signal", "noise", "mean" } do store("options", name, read_number) end
store(nil, "random", read_integers)
store(nil, "designed", read_integer)
store(nil, "theta", read_numbers)

---@return table? state    names, dimensions, options, random, designed, theta, points, losses, variances, pending
---@return string? problem
function text.read(given)
  local state = { names = {}, dimensions = {}, options = {}, points = {}, losses = {}, variances = {}, pending = {} }
  local at, ended = 0, false
  for line in given:gmatch("([^\n]*)\n") do
    at = at + 1
    if at == 1 then
      if line ~= heading then return nil, ("line 1: '%s' expected"):format(heading) end
    elseif ended then
      return nil, ("line %d: text after the end"):format(at)
    elseif line == "end" then
      ended = true
    else
      local words = {}
      for word in line:gmatch("%S+") do words[#words + 1] = word end
      local verb = verbs[table.remove(words, 1)]
      if not verb or not verb(state, words) then return nil, ("line %d cannot be read: '%s'"):format(at, line:sub(1, 60)) end
    end
  end
  if not ended then return nil, "the text is cut short: no last line 'end'" end
  for _, name in ipairs { "random", "designed", "theta" } do
    if state[name] == nil then return nil, ("no line '%s'"):format(name) end
  end
  for _, name in ipairs { "acquisition", "kernel", "seed", "kappa" } do
    if state.options[name] == nil then return nil, ("no line '%s'"):format(name) end
  end
  return state
end

return text

--- The saved state of an optimiser: one fact a line, a word and its values, numbers as hexadecimal floats, so that
--- nothing is lost. The last line is "end": a text cut short is noticed. Names and texts are written with %XX for what is not plain.

local sorted = require "neap.words".sorted
local space = require "neap.bayesopt_space"

local text = {}

local heading = "neap.bayesopt 2"

local WORDS <const> = { "acquisition", "kernel", "trend" }
local FLAGS <const> = { "integrate", "warp" }
local INTEGERS <const> = { "seed", "initial", "budget" }
local NUMBERS <const> = { "kappa", "signal", "noise", "mean" }

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

--- A constant or a choice: =text, true, false, an integer, or a number.
local function value_word(value)
  if type(value) == "string" then return "=" .. escape(value) end
  if math.type(value) == "float" then return number(value) end
  return tostring(value)
end

---@return string
function text.write(where, options, engine)
  local lines = { heading }
  local function put(word, ...) lines[#lines + 1] = table.concat({ word, ... }, " ") end
  for i, name in ipairs(where.names) do put("dimension", "=" .. escape(name), numbers(where.dimensions[i])) end
  for _, name in ipairs(sorted(where.choices)) do
    local words = {}
    for i, value in ipairs(where.choices[name]) do words[i] = value_word(value) end
    put("choices", "=" .. escape(name), table.unpack(words))
  end
  for _, name in ipairs(sorted(where.constants)) do put("constant", "=" .. escape(name), value_word(where.constants[name])) end
  for _, name in ipairs(WORDS) do put(name, options[name]) end
  for _, name in ipairs(FLAGS) do put(name, tostring(options[name])) end
  for _, name in ipairs(INTEGERS) do if options[name] ~= nil then put(name, tostring(options[name])) end end
  for _, name in ipairs(NUMBERS) do if options[name] ~= nil then put(name, number(options[name])) end end
  if options.length then put("length", numbers(options.length)) end
  for _, name in ipairs { "signal", "noise" } do
    if options.priors[name] then put("prior_" .. name, numbers(options.priors[name])) end
  end
  for _, prior in ipairs(options.priors.length or {}) do put("prior_length", numbers(prior)) end
  local integers, state = engine:state()
  put("state", table.concat(integers, " "))
  put("model", numbers(state))
  local told, recalled = engine:size()
  for i = told + 1, told + recalled do
    local values, loss, variance = engine:trial(i)
    put("recalled", number(loss), number(variance), numbers(values))
  end
  for i = 1, told do
    local values, loss, variance = engine:trial(i)
    put("trial", number(loss), number(variance), numbers(values))
  end
  for _, values in ipairs(engine:pending()) do put("pending", numbers(values)) end
  for _, values in ipairs(engine:queued()) do put("queued", numbers(values)) end
  put("end")
  return table.concat(lines, "\n") .. "\n"
end

--- What a line's words must be: each reader returns nil for what it cannot read.
local function read_number_word(word)
  return special[word] or (word:match("^-?0x[%x.]+p[+-]?%d+$") and tonumber(word)) or nil
end

local function read_numbers(words)
  local list = {}
  for i, word in ipairs(words) do
    list[i] = read_number_word(word)
    if not list[i] then return nil end
  end
  return #list > 0 and list or nil
end

local function read_number(words) return #words == 1 and read_number_word(words[1]) or nil end

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

local function read_name(word)
  return word and #word > 1 and word:sub(1, 1) == "=" and unescape(word:sub(2)) or nil
end

--- nil for what cannot be read; false is a value.
local function read_value(word)
  if word:sub(1, 1) == "=" then return unescape(word:sub(2)) end
  if word == "true" or word == "false" then return word == "true" end
  if word:match("^-?%d+$") then return math.tointeger(tonumber(word)) end
  return read_number_word(word)
end

--- Where each word's value goes.
local verbs = {}

--- Whether a dimension or a constant of that name is there already.
local function is_named(where, name)
  for _, other in ipairs(where.names) do if other == name then return true end end
  return where.constants[name] ~= nil
end

function verbs.dimension(state, words)
  local name, row = read_name(table.remove(words, 1)), read_numbers(words)
  if not (name and row and #row == 4) or is_named(state.space, name) then return false end
  state.space.names[#state.space.names + 1] = name
  state.space.dimensions[#state.space.dimensions + 1] = row
  return true
end

function verbs.choices(state, words)
  local name, list = read_name(table.remove(words, 1)), {}
  for i, word in ipairs(words) do
    list[i] = read_value(word)
    if list[i] == nil then return false end
  end
  if not name or state.space.choices[name] then return false end
  state.space.choices[name] = list
  return true
end

function verbs.constant(state, words)
  local name, value = read_name(words[1]), words[2] and read_value(words[2])
  if not name or value == nil or #words ~= 2 or is_named(state.space, name) then return false end
  state.space.constants[name] = value
  return true
end

for _, name in ipairs(FLAGS) do
  verbs[name] = function(state, words)
    if words[1] ~= "true" and words[1] ~= "false" then return false end
    state.options[name] = words[1] == "true"
    return true
  end
end

function verbs.prior_length(state, words)
  local row = read_numbers(words)
  if not row or #row ~= 3 then return false end
  local lengths = state.options.priors.length or {}
  state.options.priors.length = lengths
  lengths[#lengths + 1] = row
  return true
end

local function trial(state, words)
  local row = read_numbers(words)
  if not row or #row ~= #state.space.names + 2 then return false end
  state.losses[#state.losses + 1], state.variances[#state.variances + 1] = row[1], row[2]
  state.points[#state.points + 1] = table.move(row, 3, #row, 1, {})
  return true
end

function verbs.trial(state, words)
  state.told = true
  return trial(state, words)
end

function verbs.recalled(state, words)
  state.recalled = state.recalled + 1
  return not state.told and trial(state, words)
end

local function points(name)
  verbs[name] = function(state, words)
    local row = read_numbers(words)
    if not row or #row ~= #state.space.names then return false end
    state[name][#state[name] + 1] = row
    return true
  end
end

points("pending")
points("queued")

local function store(where, name, reader, as)
  verbs[name] = function(state, words)
    local into = where(state)
    local value = reader(words)
    if not value or into[as or name] ~= nil then return false end
    into[as or name] = value
    return true
  end
end

local function in_options(state) return state.options end
local function in_priors(state) return state.options.priors end
local function in_state(state) return state end

for _, name in ipairs(WORDS) do store(in_options, name, read_word) end
for _, name in ipairs(INTEGERS) do store(in_options, name, read_integer) end
for _, name in ipairs(NUMBERS) do store(in_options, name, read_number) end
store(in_options, "length", read_numbers)
store(in_priors, "prior_signal", read_numbers, "signal")
store(in_priors, "prior_noise", read_numbers, "noise")
store(in_state, "state", read_integers, "integers")
store(in_state, "model", read_numbers, "numbers")

--- What is missing of a state, or nil.
local function missing(state)
  if not state.integers then return "no line 'state'" end
  if not state.numbers then return "no line 'model'" end
  for _, name in ipairs { "acquisition", "kernel", "trend", "integrate", "warp", "seed", "kappa" } do
    if state.options[name] == nil then return ("no line '%s'"):format(name) end
  end
  for i, name in ipairs(state.space.names) do
    local row, choices = state.space.dimensions[i], state.space.choices[name]
    if row[4] == 2 and (not choices or #choices ~= row[2]) then return ("no choices for '%s'"):format(name) end
  end
end

---@return table? state    space, options, integers, numbers, points, losses, variances, recalled, pending, queued
---@return string? problem
function text.read(given)
  local state = {
    space = space.new(), options = { priors = {} }, points = {}, losses = {}, variances = {}, pending = {}, queued = {}, recalled = 0,
  }
  local first = given:match "^[^\n]*"
  if first ~= heading then
    local other = first:find "^neap%.bayesopt %d+$" and "a study that another version saved" or "no saved study"
    return nil, ("the text is %s: '%s' expected in its first line"):format(other, heading)
  end
  local at, ended = 0, false
  for line in given:gmatch("([^\n]*)\n") do
    at = at + 1
    if ended then return nil, ("line %d: text after the end"):format(at) end
    if line == "end" then
      ended = true
    elseif at > 1 then
      local words = {}
      for word in line:gmatch("%S+") do words[#words + 1] = word end
      local verb = verbs[table.remove(words, 1)]
      if not verb or not verb(state, words) then return nil, ("line %d cannot be read: '%s'"):format(at, line:sub(1, 60)) end
    end
  end
  if not ended then return nil, "the text is cut short: no last line 'end'" end
  local problem = missing(state)
  if problem then return nil, problem end
  return state
end

return text

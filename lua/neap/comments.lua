--- What the comments of the source say of a function, a method, a class, a module: the one reference of the library. help(value)
--- shows it at the prompt, and `make doc` makes doc/reference.md of it. Comments are LuaLS's, so that editors read them too.

local colon = require "neap.colon"
local option_words = require "neap.option_words"
local paths = require "neap.paths"
local words = require "neap.words"

local comments = {}

---@class neap.Said
---@field file string
---@field line integer        of what is commented, in the file
---@field signature string    the line itself, without `local`
---@field lines string[]      the comment above it, without its dashes

---@class neap.SaidOf         a tag: what is said of one parameter, result or field
---@field name string         "" where a result has none
---@field type string
---@field optional boolean
---@field about string

local function lines_of(file)
  local list = {}
  local handle = file and io.open(file)
  if not handle then return list end
  for line in handle:lines() do list[#list + 1] = line end
  handle:close()
  return list
end

local function above(file, lines, at)
  local first, said = at, {}
  while lines[first - 1] and lines[first - 1]:find "^%s*%-%-%-" do first = first - 1 end
  for i = first, at - 1 do said[#said + 1] = lines[i]:gsub("^%s*%-%-%-%s?", "") end
  local signature = (lines[at] or ""):gsub("^%s*local%s+", ""):gsub("^%s*", "")
  return { file = file, line = at, signature = signature, lines = said }
end

--- The comment that a file opens with.
---@param file? string
---@return string[]
function comments.opening(file)
  local text = {}
  for _, line in ipairs(lines_of(file)) do
    if not line:find "^%-%-" then break end
    text[#text + 1] = line:gsub("^%-%-+%s?", "")
  end
  return text
end

--- The file and the line where a function is written; no file if that is in C, or at the prompt.
---@param f function
---@return string? file
---@return integer line
function comments.place(f)
  local info = debug.getinfo(colon.behind[f] or f, "S")
  return info.source:sub(1, 1) == "@" and info.source:sub(2) or nil, info.linedefined
end

--- What is said above a function.
---@param f function
---@return neap.Said?
function comments.of_function(f)
  local file, line = comments.place(f)
  return file and above(file, lines_of(file), line) or nil
end

--- Where the stubs are that stand for a class of the engine.
local function stub_of(class) return class and paths.stub(class:match("[^.]+$"):lower() .. ".lua") or nil end

--- What is said of a method: above it, or in the stubs of its class.
---@param f function
---@param name string
---@param class? string
---@return neap.Said?
function comments.of_method(f, name, class)
  local said = comments.of_function(f)
  if said and #said.lines > 0 then return said end
  local file = stub_of(class)
  local lines = lines_of(file)
  for i, line in ipairs(lines) do
    if line:find("^function %u%w*:" .. name .. "%(") then return above(file, lines, i) end
  end
  return said
end

--- What is said of a class, its fields among it, in a file or in the stubs.
---@param class string
---@param file? string
---@return neap.Said?
function comments.of_class(class, file)
  for _, place in ipairs { file or stub_of(class), stub_of(class) } do
    local lines, found = lines_of(place), false
    for i, line in ipairs(lines) do
      found = found or line:match "^%-%-%-@class%s+([%w_.]+)" == class
      if found and not line:find "^%-%-%-" then return above(place, lines, i) end
    end
  end
end

--- A type, which may hold blanks within brackets, and what comes after it.
local function read_type(text)
  local depth, quoted = 0, false
  for at = 1, #text do
    local c = text:sub(at, at)
    if c == '"' then quoted = not quoted end
    if not quoted and c:find "[%[%(%{<]" then depth = depth + 1 end
    if not quoted and c:find "[%]%)%}>]" then depth = depth - 1 end
    local goes_on = at > 1 and text:find("^[:,]", at - 1)   -- fun(): any, string
    if c == " " and depth == 0 and not quoted and not goes_on then return text:sub(1, at - 1), text:sub(at) end
  end
  return text, ""
end

--- One tag's text: NAME? TYPE about; of a result TYPE NAME about, where the name may be missing.
local function read_tag(tag, text)
  if tag == "return" then
    local kind, rest = read_type(text)
    local name, about = rest:match "^%s*([%a_]?[%w_]*)%s*(.*)$"
    return { name = name, type = kind, optional = false, about = about }
  end
  local name, optional, rest = text:match "^([%w_.]+)(%??)%s+(.*)$"
  local kind, about = read_type(rest or "")
  return { name = name or text, type = kind, optional = optional == "?", about = about:gsub("^%s+", "") }
end

local KINDS <const> = { param = "params", ["return"] = "returns", field = "fields" }

--- A comment by its parts. Private and protected fields are left out.
---@param lines string[]
---@return { text: string[], params: neap.SaidOf[], returns: neap.SaidOf[], fields: neap.SaidOf[], private: boolean }
function comments.parts(lines)
  local parts, last = { text = {}, params = {}, returns = {}, fields = {}, private = false }, nil
  for _, line in ipairs(lines) do
    local tag, text = line:match "^@(%a+)%s*(.*)$"
    if tag == "private" then parts.private = true end
    if not tag and last then last.about = last.about .. " " .. line:gsub("^%s+", "")
    elseif not tag then parts.text[#parts.text + 1] = line
    elseif KINDS[tag] and not text:find "^private " and not text:find "^protected " then
      last = read_tag(tag, text)
      table.insert(parts[KINDS[tag]], last)
    end
  end
  return parts
end

--- The options that a function reads: a declaration among what it refers to. See neap.options.
---@param f function
---@return table<string, table>? declared
function comments.options(f)
  f = colon.behind[f] or f
  for i = 1, 255 do
    local name, value = debug.getupvalue(f, i)
    if not name then return nil end
    if option_words.are_declared(value) then return value end
  end
end

---@class neap.SaidMethod : neap.Said
---@field name string
---@field f function

--- The public functions of a table, or of a class, those it inherits too: with what is said of each, in the order of the source.
---@param t table
---@param class? string
---@return neap.SaidMethod[]
function comments.functions(t, class)
  local list, seen = {}, {}
  while type(t) == "table" do
    for _, name in ipairs(words.sorted(t)) do
      if type(t[name]) == "function" and type(name) == "string" and not name:find "^_" and not seen[name] then
        local said = comments.of_method(t[name], name, class) or { file = "", line = 0, signature = "", lines = {} }
        said.name, said.f, seen[name] = name, t[name], true
        if not comments.parts(said.lines).private then list[#list + 1] = said end
      end
    end
    local meta = getmetatable(t)
    t = meta and type(meta.__index) == "table" and meta.__index or nil
  end
  table.sort(list, function(a, b)
    if a.file ~= b.file then return a.file < b.file end
    if a.line ~= b.line then return a.line < b.line end
    return a.name < b.name
  end)
  return list
end

return comments

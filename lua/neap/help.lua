--- help(value) at the prompt: what the source says of it. The comments of the library are the one reference; nothing is written twice.

local colon = require "neap.colon"
local paths = require "neap.paths"
local words = require "neap.words"

local GENERAL <const> = [[
help(neap.bayesopt)           what the library says of a function, a module or an object, such as help(neap.schedule.rex(9))
neap.schedule, neap.bayesopt, neap.gp, neap.expfit, neap.forecast, neap.backend, neap.run, neap.recipe, neap.workers, neap.picture
neap recipes, neap run RECIPE --help     in a shell: the recipes and their options
doc/tour.md                   a tour]]

local function lines_of(file)
  local list = {}
  local handle = io.open(file)
  if not handle then return list end
  for line in handle:lines() do list[#list + 1] = line end
  handle:close()
  return list
end

--- The lines of a comment that ends above line `at`, and the line itself.
local function comment_above(file, at)
  local lines = lines_of(file)
  local first = at
  while lines[first - 1] and lines[first - 1]:find "^%s*%-%-%-" do first = first - 1 end
  local text = { (lines[at] or ""):match "^%s*local%s+(.*)$" or (lines[at] or ""):match "^%s*(.*)$" }
  for i = first, at - 1 do text[#text + 1] = "  " .. lines[i]:gsub("^%s*%-%-%-%s?", "") end
  return text
end

--- The comment that a file opens with.
local function opening(file)
  local text = {}
  for _, line in ipairs(lines_of(file)) do
    if not line:find "^%-%-" then break end
    text[#text + 1] = line:gsub("^%-%-+%s?", "")
  end
  return text
end

local function source_of(f)
  local info = debug.getinfo(colon.behind[f] or f, "S")
  return info.source:sub(1, 1) == "@" and info.source:sub(2) or nil, info.linedefined
end

local function of_function(f)
  local file, line = source_of(f)
  if not file then return { "a function without a comment: it is written in C, or at the prompt" } end
  return comment_above(file, line)
end

--- What the stubs of a class say of a method.
local function of_stub(class, name)
  local file = class and paths.stub(class:match("[^.]+$"):lower() .. ".lua")
  for i, line in ipairs(file and lines_of(file) or {}) do
    if line:find("^function %u%w*:" .. name .. "%(") then return comment_above(file, i) end
  end
  return {}
end

--- Names of functions, each with the first line of what is said of it.
local function methods(t, class)
  local text = {}
  for _, name in ipairs(words.sorted(t)) do
    if type(t[name]) == "function" and type(name) == "string" and not name:find "^_" then
      local said = of_function(t[name])
      if not said[2] then said = of_stub(class, name) end
      local profile = rawequal(t, package.loaded["neap.schedule"]) and require "neap.schedule.pieces".known[name]
      local line = said[2] and said[2]:match "^%s*([^@].*)$" or profile and profile.summary or ""
      if not table.concat(said):find("@private", 1, true) then text[#text + 1] = ("  %-16s %s"):format(name, line) end
    end
  end
  return text
end

local function of_object(value, meta)
  local called = meta.__call
  local file = called and source_of(called)
  local text = file and opening(file) or {}
  local index = called and value or type(meta.__index) == "table" and meta.__index or value
  for _, line in ipairs(type(index) == "table" and methods(index, meta.__name) or {}) do text[#text + 1] = line end
  return text
end

--- What the library says of a value, as text.
---@param ... any
---@return string
return function(...)
  local value = ...
  if select("#", ...) == 0 then return GENERAL end
  local meta, text = debug.getmetatable(value), nil
  if type(value) == "function" then text = of_function(value)
  elseif type(meta) == "table" and type(value) ~= "string" then text = of_object(value, meta)
  elseif type(value) == "table" then text = methods(value) end
  if not text or #text == 0 then return "nothing is said of " .. words.shown(value) end
  return table.concat(text, "\n")
end

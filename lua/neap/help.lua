--- help(value) at the prompt: what the source says of it. The comments of the library are the one reference; nothing is written twice.

local comments = require "neap.comments"
local option_words = require "neap.option_words"
local words = require "neap.words"

local GENERAL <const> = [[
help(neap.bayesopt)           what the library says of a function, a module or an object, such as help(neap.schedule.rex(9))
neap.schedule, neap.bayesopt, neap.gp, neap.expfit, neap.forecast, neap.backend, neap.run, neap.recipe, neap.workers, neap.picture
neap recipes, neap run RECIPE --help     in a shell: the recipes and their options
doc/tour.md, doc/reference.md            a tour; all this on one page]]

local function add(text, lines)
  for _, line in ipairs(lines) do text[#text + 1] = line end
  return text
end

--- One line for each option that a function reads.
local function of_options(f)
  local declared, text = f and comments.options(f), {}
  for _, name in ipairs(words.sorted(declared or {})) do
    text[#text + 1] = ("  %-16s %s"):format(name, option_words.describe(declared[name]))
  end
  if #text > 0 then table.insert(text, 1, "options") end
  return text
end

local function of_function(f)
  local said = comments.of_function(f)
  if not said then return { "a function without a comment: it is written in C, or at the prompt" } end
  local text = { said.signature }
  for _, line in ipairs(said.lines) do text[#text + 1] = "  " .. line end
  return add(text, of_options(f))
end

--- Names of functions, each with the first line of what is said of it.
local function of_functions(t, class)
  local text = {}
  for _, said in ipairs(comments.functions(t, class)) do
    local profile = rawequal(t, package.loaded["neap.schedule"]) and require "neap.schedule.pieces".known[said.name]
    local line = said.lines[1] and said.lines[1]:match "^%s*([^@].*)$" or profile and profile.summary or ""
    text[#text + 1] = ("  %-16s %s"):format(said.name, line)
  end
  table.sort(text)
  return text
end

local function of_object(value, meta)
  local called = meta.__call
  local file = called and comments.place(called)
  local text = file and comments.opening(file) or {}
  local index = called and value or type(meta.__index) == "table" and meta.__index or value
  add(text, type(index) == "table" and of_functions(index, meta.__name) or {})
  return add(text, of_options(called))
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
  elseif type(value) == "table" then text = of_functions(value) end
  if not text or #text == 0 then return "nothing is said of " .. words.shown(value) end
  return table.concat(text, "\n")
end

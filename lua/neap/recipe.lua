--- Recipes: Lua files that are policies.
---   return neap.recipe {
---     summary = "one line",
---     options = { tau = { 1000, "steps of a stage", min = 1 }, .. },   -- see neap.options
---     function(run, options) .. end,
---   }
--- The function drives the trainer through `run` (see neap.run). It returns nothing, or nil and why the run failed.
--- A study, `study = true`, has no trainer and no budget: it opens trainers of its own, and tells run:count of their steps.
--- One that uses run:share says so: `several = function(options)` is true where it has work for several trainers.
--- A recipe may set `prepare = function(options, budget)`: it returns nil and a message where options and budget
--- cannot go together; it is asked before anything is trained.

local options = require "neap.options"
local paths = require "neap.paths"
local words = require "neap.words"

---@class neap.Recipe
---@field name string                     its file's name without .lua
---@field summary string
---@field options table<string, table>   complete declarations
---@field body fun(run: neap.Run, options: table): any, string?
---@field study? boolean
---@field prepare? fun(options: table, budget: integer): any, string?
---@field several? fun(options: table): any
local Recipe = {}
Recipe.__index = Recipe

local recipe = {}

--- Options of neap run itself.
local TAKEN <const> = { backend = true, budget = true, seed = true, json = true, quiet = true, help = true }

local KEYS <const> = { summary = 1, options = 1, prepare = 1, several = 1, study = 1 }

--- Declare a recipe. Raises if the declaration is not one.
---@param declared table    summary, options and the function; where it has them prepare, several and study
---@return neap.Recipe
local function declare(_, declared)
  local body = type(declared) == "table" and declared[1]
  if type(body) ~= "function" then error("neap.recipe: a table with a function(run, options) expected", 2) end
  if type(declared.summary) ~= "string" then error("neap.recipe: 'summary', a line of text, expected", 2) end
  for name, arguments in pairs { prepare = "options, budget", several = "options" } do
    if declared[name] ~= nil and type(declared[name]) ~= "function" then
      error(("neap.recipe: '%s', a function(%s), expected"):format(name, arguments), 2)
    end
  end
  for key in pairs(declared) do
    key = tostring(key)
    if key ~= "1" and not KEYS[key] then error(("neap.recipe: unknown key '%s'%s"):format(key, options.hint(key, KEYS)), 2) end
  end
  local well, complete = pcall(options.declare, declared.options or {})
  if not well then error("neap.recipe: " .. complete, 2) end
  for _, name in ipairs(words.sorted(complete)) do
    if TAKEN[name] then error(("neap.recipe: option '%s': the name is taken, by an option of every recipe"):format(name), 2) end
  end
  return setmetatable({
    summary = declared.summary,
    options = complete,
    body = body,
    prepare = declared.prepare,
    several = declared.several,
    study = declared.study == true,
    name = "unnamed",   -- until it is loaded from its file
  }, Recipe)
end

--- Is a value a recipe?
---@param value any
---@return boolean
function recipe.is(value)
  return getmetatable(value) == Recipe
end

--- The folders where recipes are looked for, first the user's own: ./recipes, $NEAP_RECIPES (separated by ':'), ours.
---@return string[]
function recipe.folders()
  local folders = { "recipes" }
  for folder in (os.getenv "NEAP_RECIPES" or ""):gmatch "[^:]+" do folders[#folders + 1] = folder end
  folders[#folders + 1] = paths.recipes()
  return folders
end

--- Load the recipe in a file.
---@param file string
---@return neap.Recipe? recipe
---@return string? problem
function recipe.load(file)
  local chunk, problem = loadfile(file)
  if not chunk then return nil, problem end
  local ok, loaded = pcall(chunk)
  if not ok then
    loaded = tostring(loaded)
    return nil, loaded:find(file, 1, true) and loaded or ("%s: %s"):format(file, loaded)   -- what is returned by a call has no line
  end
  if not recipe.is(loaded) then return nil, file .. ": the file does not return neap.recipe { .. }" end
  loaded.name = file:match "([^/]+)%.lua$" or file
  return loaded
end

local function readable(file)
  local handle = io.open(file, "r")
  if handle then handle:close() end
  return handle ~= nil
end

--- Does the file declare a recipe? Read, not run: a folder may hold scripts that are none.
local function declares_recipe(file)
  local handle = io.open(file, "r")
  local text = handle and handle:read "a" or ""
  if handle then handle:close() end
  return text:find "%f[%w]recipe%s*[{(]" ~= nil
end

local function lua_files(folder)
  local names = {}
  local listing = io.popen("ls -- " .. words.quoted(folder) .. " 2>/dev/null")
  for line in listing:lines() do
    local name = line:match "^([%w_-]+)%.lua$"
    if name and declares_recipe(folder .. "/" .. name .. ".lua") then names[#names + 1] = name end
  end
  listing:close()
  return names
end

--- Every recipe that can be found by name; of two with one name, the user's own.
---@return table<string, string> files    name -> file
function recipe.names()
  local files = {}
  for _, folder in ipairs(recipe.folders()) do
    for _, name in ipairs(lua_files(folder)) do files[name] = files[name] or folder .. "/" .. name .. ".lua" end
  end
  return files
end

--- Find a recipe by its name, or by the path of its file (which holds a '/' or ends in .lua).
---@param name string
---@return neap.Recipe? recipe
---@return string? problem
function recipe.find(name)
  if type(name) ~= "string" then return nil, ("the name of a recipe expected, not a %s"):format(type(name)) end
  if name:find("/", 1, true) or name:find "%.lua$" then return recipe.load(name) end
  for _, folder in ipairs(recipe.folders()) do
    local file = ("%s/%s.lua"):format(folder, name)
    if readable(file) then return recipe.load(file) end
  end
  return nil, ("no recipe '%s'%s"):format(name, options.hint(name, recipe.names()))
end

return setmetatable(recipe, { __call = declare })

--- Where the files that come with neap are: beside the build tree's lua/, or under PREFIX/share/neap when installed.

local paths = {}

--- The folder of this module, from the name under which Lua loaded it.
local source = debug.getinfo(1, "S").source
local here = source:sub(1, 1) == "@" and source:sub(2):match("^(.*)[/\\][^/\\]*$") or "."

local function readable(file)
  local handle = io.open(file)
  if handle then handle:close() end
  return handle ~= nil
end

--- The folder of the recipes that come with neap.
---@return string
function paths.recipes()
  local beside = here .. "/../../recipes"
  return readable(beside .. "/data/README") and beside
    or here .. "/../../../neap/recipes"   -- PREFIX/share/lua/5.4/neap -> PREFIX/share/neap/recipes
end

--- A file of the stubs that say what the engine's own methods do.
---@param name string    "schedule.lua"
---@return string
function paths.stub(name)
  local beside = here .. "/../meta/" .. name
  return readable(beside) and beside or here .. "/../../../neap/meta/" .. name
end

--- A data file that comes with neap.
---@param name string    "digits.csv"
---@return string
function paths.data(name)
  return paths.recipes() .. "/data/" .. name
end

return paths

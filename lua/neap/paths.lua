--- Where neap's own files lie: in the build tree, or where `make install` put them.

local paths = {}

--- The folder that holds this file.
local function here()
  return debug.getinfo(1, "S").source:match "^@(.*)/[^/]*$" or "."
end

local function exists(file)
  local handle = io.open(file, "r")
  if handle then handle:close() end
  return handle ~= nil
end

--- The folder of the recipes that come with neap: beside lua/ in the build tree, PREFIX/share/neap when installed.
---@return string
function paths.recipes()
  local built = here() .. "/../../recipes"
  if exists(built .. "/autolrs.lua") then return built end
  return here() .. "/../../../neap/recipes"
end

--- A data set that comes with neap.
---@param name string    "digits.csv"
---@return string file
function paths.data(name)
  return paths.recipes() .. "/data/" .. name
end

return paths

---@meta neap.engine

local engine = {}

--- A seeded generator (xoshiro256**).
---@class engine.Random
local Random = {}

--- Uniform on [low, high).
---@param low? number     default 0
---@param high? number    default 1
---@return number
function Random:uniform(low, high) end

--- Normal of mean 0 and variance 1.
---@return number
function Random:normal() end

--- Uniform on 0 .. n-1.
---@param n integer    > 0
---@return integer
function Random:below(n) end

---@param seed integer
---@return engine.Random
function engine.random(seed) end

return engine

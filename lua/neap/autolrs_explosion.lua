--- When is a forecast of AutoLRS an explosion, so that its candidate has failed? This many times the loss that it began at, or, where
--- that is below 0, as far above it.
local TIMES <const> = 10

---@param expected number    nan: it is
---@param loss number
---@return boolean
return function(expected, loss) return not (expected < loss + (TIMES - 1) * math.abs(loss)) end

--- Is a number neither nan nor infinite?
---@param x number
---@return boolean
return function(x) return x - x == 0 end

--- How high is a loss? Shares of a loss mean something only above the least that it can be. That is 0 for cross-entropy and
--- squares. Of a loss that has been below 0 nobody knows it; it is taken to lie as far below the lowest loss as that lies
--- below the first.

local finite = require "neap.finite"

local Floor = {}
Floor.__index = Floor

---@return neap.autopilot.Floor
function Floor.new() return setmetatable({ first = 0, lowest = math.huge }, Floor) end

--- Take note of a loss.
---@param loss number
---@return number loss    the same
function Floor:see(loss)
  if finite(loss) then
    if self.lowest == math.huge then self.first = math.max(loss, 0) end
    self.lowest = math.min(self.lowest, loss)
  end
  return loss
end

---@return number height    of a loss, above the floor
function Floor:height(loss)
  return self.lowest < 0 and loss - (2 * self.lowest - self.first) or loss
end

--- A loss as a share of another one.
---@param loss number
---@param other number
---@return number share    1: they are equally high
function Floor:share(loss, other)
  if loss == other then return 1 end
  return self:height(loss) / self:height(other)
end

return Floor

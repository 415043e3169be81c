--- How high may the rate be? As long as what it gains is more than the noise it makes.
---
--- The noise of the steps keeps the weights above where their average lies: the loss at the weights less the loss at their
--- average is what noise costs now, and what a decay will give back. Little of it: the rate limits progress, and may
--- rise. Much of it: a part of each step is spent on noise, and the rate should fall. The average costs no step.

local balance = {}

--- Shares of the averaged loss: below LOW the rate rises, above HIGH it falls.
local LOW <const>, HIGH <const> = 0.1, 0.25

--- Factors of one rise and of one fall.
local RISE <const>, FALL <const> = 1.8, 0.55

--- The rate to go on with.
---@param rate number
---@param loss number      at the weights
---@param averaged number  at their average
---@param limit number     the rate is not to go above it
---@param falling boolean  the averaged loss is the lowest yet: otherwise nothing is gained by more
---@return number rate
---@return number noise    share of the averaged loss
function balance.next(rate, loss, averaged, limit, falling)
  local noise = loss / averaged - 1
  if noise < LOW and falling then return math.min(rate * RISE, math.max(rate, limit)), noise end
  return noise > HIGH and rate * FALL or rate, noise
end

--- Likewise where nothing tells the noise: rise to the limit, and stay.
---@return number rate
function balance.towards(rate, limit)
  return math.min(rate * RISE, math.max(rate, limit))
end

return balance

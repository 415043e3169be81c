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

--- Share of the averaged loss: at the limit, less noise than that says that the limit is none.
local NONE <const> = 0.05

--- A loss that would fall to this share of itself falls fast enough.
local NOTHING <const> = 1e-5

--- Is this rate high enough: would a loss that goes on falling as from one look to the next be as good as none by the end?
---@param fall number?    the loss, as a share of that of the look before
---@param looks number    that are left
function balance.is_enough(fall, looks)
  return fall ~= nil and fall ^ looks < NOTHING
end

--- Is the rate far too low: has the loss fallen so fast that the weights are well ahead of their average?
function balance.is_ahead(noise) return noise < -LOW end

--- The rate to go on with.
---@param rate number
---@param noise number     how much higher the loss is at the weights than at their average, as a share
---@param limit number     the rate is not to go above it, as long as there is noise at it
---@param wanted boolean   more would help
---@param firm? boolean    the limit is not to be passed in any case
---@return number rate
---@return number limit    a fall lowers it: what was too much will be too much again
function balance.next(rate, noise, limit, wanted, firm)
  if noise > HIGH then return rate * FALL, math.min(limit, 0.8 * rate) end
  if not wanted or noise >= LOW then return rate, limit end
  if noise < NONE and rate > 0.99 * limit and not firm then limit = RISE * math.max(rate, limit) end
  return math.min(rate * RISE, math.max(rate, limit)), limit
end

--- Likewise where batch normalisation makes the network's output independent of the size of its weights: it bears much noise, so
--- that is no reason to fall, nor not to rise to where a rate is likely to be good; above that, it is a reason not to rise.
---@param likely number
---@param firm? boolean
---@return number rate
---@return number limit
function balance.normalised(rate, noise, limit, wanted, likely, firm)
  local risen
  risen, limit = balance.next(rate, math.min(noise, HIGH), limit, wanted, firm)
  return math.max(risen, balance.towards(rate, likely)), limit
end

--- Likewise where nothing tells the noise: rise to the limit, and stay.
---@return number rate
function balance.towards(rate, limit)
  return math.min(rate * RISE, math.max(rate, limit))
end

--- Likewise where training losses decide, and more is not wanted: fall at every other loss in a row that is above the lowest,
--- if well above. On a plateau, where the loss has yet to begin to fall, it is not.
---@param share number     of the lowest: the loss
---@param above integer    losses in a row above the lowest
---@return number rate
---@return number limit
function balance.without(rate, limit, share, above)
  if share < 1 + LOW or above == 0 or above % 2 == 1 then return rate, limit end
  return rate * FALL, math.min(limit, 0.8 * rate)
end

return balance

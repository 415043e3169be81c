--- Watches a series of losses that should fall, and says when it has turned for good: some losses in a row above the
--- lowest, and further above it than the series scatters. The lowest since it was told to begin anew, for this is what the
--- rate has since then to answer for.

local finite = require "neap.finite"
local Floor = require "neap.autopilot.floor"

local Watch = {}
Watch.__index = Watch

--- So many losses above the lowest, this many deviations, and no less than this share of it.
local PATIENCE <const>, DEVIATIONS <const>, LEAST <const> = 3, 3, 0.003

--- A break is this much above the lowest, as a share of it, and of the first loss at least: nearly nothing may well double.
local BREAK <const>, SPECK <const> = 0.5, 1e-3

--- Differences that the scatter is taken from.
local MEMORY <const> = 4

---@param floor? neap.autopilot.Floor    of the losses; default: 0
---@return neap.autopilot.Watch
function Watch.new(floor)
  return setmetatable({ floor = floor or Floor.new(), lowest = math.huge, low = math.huge, above = 0, steps = {} }, Watch)
end

local function median(list)
  local sorted = table.move(list, 1, #list, 1, {})
  table.sort(sorted)
  return (sorted[(#sorted + 1) // 2] + sorted[#sorted // 2 + 1]) / 2
end

--- What a difference may be by chance: the median distance of the last ones from their median, which the steep
--- beginning of a fall does not move.
function Watch:scatter()
  if #self.steps < 2 then return math.huge end
  local middle, distances = median(self.steps), {}
  for i, d in ipairs(self.steps) do distances[i] = math.abs(d - middle) end
  return median(distances)
end

--- Take the next loss: true if it is the lowest of all.
---@param loss number
---@param chance? number   what it, and others like it, may be off by chance; an evaluation: 0
---@return boolean lowest
function Watch:add(loss, chance)
  self.chance = chance or 0
  local is_finite = finite(loss)
  if is_finite and self.last and finite(self.last) then
    table.insert(self.steps, loss - self.last)
    if #self.steps > MEMORY then table.remove(self.steps, 1) end
  end
  self.last = loss
  self.above = is_finite and loss < self.low and 0 or self.above + 1
  if is_finite then self.low = math.min(self.low, loss) end
  local is_lowest = is_finite and loss < self.lowest
  if is_lowest then self.lowest = loss end
  return is_lowest
end

--- Has it turned? Not while chance may have done it.
function Watch:turned()
  if self.above < PATIENCE then return false end
  return self.last > self.low + math.max(DEVIATIONS * self:scatter(), LEAST * self.floor:height(self.low), self.chance)
end

--- Has it broken: is the loss not finite, or half as high again as the lowest, and not by chance?
function Watch:broken()
  local margin = math.max(BREAK * self.floor:height(self.low), SPECK * self.floor:height(self.floor.first))
  return not (finite(self.last) and self.last <= self.low + margin + self.chance)
end

--- Would a loss at the end be a collapse: a break above the lowest of all?
---@param loss number
function Watch:is_collapse(loss) return self.floor:share(loss, self.lowest) > 1 + BREAK end

--- Begin anew, at the lowest, if that is where the training went back to.
function Watch:again(back)
  self.low, self.above, self.last, self.steps = back and self.lowest or math.huge, 0, nil, {}
end

return Watch

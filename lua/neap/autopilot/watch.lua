--- Watches a series of losses that should fall, and says when it has turned for good: some losses in a row above the
--- lowest, and further above it than the series scatters.

local Watch = {}
Watch.__index = Watch

--- So many losses above the lowest, this many deviations, and no less than this share of it.
local PATIENCE <const>, DEVIATIONS <const>, LEAST <const> = 2, 3, 0.003

--- Differences that the scatter is taken from.
local MEMORY <const> = 4

---@return neap.autopilot.Watch
function Watch.new()
  return setmetatable({ lowest = math.huge, above = 0, steps = {} }, Watch)
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

--- Take the next loss: true if it is the lowest yet.
---@param loss number
---@param chance? number   what it, and others like it, may be off by chance; an evaluation: 0
---@return boolean lowest
function Watch:add(loss, chance)
  self.chance = chance or 0
  if self.last and loss < math.huge and self.last < math.huge then
    table.insert(self.steps, loss - self.last)
    if #self.steps > MEMORY then table.remove(self.steps, 1) end
  end
  self.last = loss
  if loss < self.lowest then
    self.lowest, self.above = loss, 0
    return true
  end
  self.above = self.above + 1
  return false
end

--- Has it turned? Not while chance may have done it.
function Watch:turned()
  if self.above < PATIENCE then return false end
  return self.last > self.lowest + math.max(DEVIATIONS * self:scatter(), LEAST * self.lowest, self.chance)
end

--- Has it broken: is the loss not finite, or half as high again as the lowest, and not by chance?
function Watch:broken()
  return not (self.last < 1.5 * self.lowest + self.chance)
end

--- After going back to the lowest, or down with the rate: begin to count anew.
function Watch:again()
  self.above, self.last, self.steps = 0, nil, {}
end

return Watch

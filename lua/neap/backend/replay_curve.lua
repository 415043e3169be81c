--- One recorded curve: the loss over the steps, split into a level, which only falls, and what is left, the noise.
---
--- The level is the least-squares fit that never rises (isotonic regression by pooling adjacent violators: Ayer, Brunk, Ewing,
--- Reid, Silverman, "An empirical distribution function for sampling with incomplete information", 1955): no width to choose,
--- and it can be read backwards: at which step was the loss at this level? Each pooled block becomes one knot at its middle,
--- with straight lines between the knots and on beyond the first and the last. Level plus noise is the recorded loss, exactly.
--- A loss of more than twice the first counts as that in the fit: a spike is noise, and must not lift what came before it.
---
--- A curve is lost if it diverged (a loss that is not finite) or exploded (the mean of its last tenth is ten times its first
--- loss). It has no level worth reading; what counts is by how much it rose above its lowest point so far.

local replay_curve = {}

---@class neap.replay.Curve
---@field rates number|number[]   the rate throughout, or of each record
---@field constant? number        the rate, if it is one; of a lost curve: that of its end
---@field log_rate? number        its logarithm
---@field at number[]             steps of the records, from 0, ascending
---@field losses number[]         finite
---@field finish number           the last of the steps
---@field diverges? number        of a lost curve: the step at which the loss was no longer finite; infinite if it never was
---@field risen? number[]         of a lost curve: how far above its lowest loss so far
---@field top number              level at the first step
---@field bottom number           level at the last step: below it, this curve knows nothing
---@field knots_at number[]
---@field knots number[]          levels there, strictly falling
---@field validation? { at: number[], losses: number[], down: number[] }
local Curve = {}
Curve.__index = Curve

--- The largest i with list[i] <= x, at least 1 and at most n - 1, so that i and i + 1 bracket x or are next to it; 1 if n is 1.
local function bracket(list, x, n)
  local low, high = 1, n
  while high - low > 1 do
    local middle = (low + high) // 2
    if list[middle] <= x then low = middle else high = middle end
  end
  return low
end

--- On the straight line through two neighbours of (xs, ys), beyond the ends too.
local function line(xs, ys, x, i)
  local x0, y0 = xs[i], ys[i]
  if not xs[i + 1] then return y0 end
  return y0 + (x - x0) * ((ys[i + 1] - y0) / (xs[i + 1] - x0))
end

--- The level after so many steps.
function Curve:level(t)
  return line(self.knots_at, self.knots, t, bracket(self.knots_at, t, #self.knots))
end

--- After how many steps the level was reached, and the knot before it: 0 if the curve begins below the level; at most all.
function Curve:reached(level)
  local knots, at = self.knots, self.knots_at
  local low, high = 1, #knots
  if high == 1 or level >= self.top then return 0.0, 1 end
  while high - low > 1 do
    local middle = (low + high) // 2
    if knots[middle] >= level then low = middle else high = middle end
  end
  local t = at[low] + (level - knots[low]) * ((at[high] - at[low]) / (knots[high] - knots[low]))
  return t < 0 and 0.0 or t > self.finish and self.finish or t, low
end

--- From a level: where the curve stands (it may begin below), and how far its next step goes down.
---@return number from
---@return number down
function Curve:descend(level)
  local at, n = self.knots_at, #self.knots
  local t, i = self:reached(level)
  local from = level < self.top and level or self.top
  while i < n - 1 and at[i + 1] <= t + 1 do i = i + 1 end
  return from, from - line(at, self.knots, t + 1, i)
end

--- Between the records, ends held: of the losses, or of the validation losses.
local function recorded(at, losses, t)
  local place = at[t // 1 + 1]
  if place == t then return losses[t // 1 + 1] end   -- every step is there, which is usual
  local n = #at
  if t <= at[1] then return losses[1] elseif t >= at[n] then return losses[n] end
  return line(at, losses, t, bracket(at, t, n))
end

--- What the loss of a step was above its level. Beyond the record, the second half of it comes round again.
function Curve:noise(step)
  local last = self.finish
  if step > last then
    local half = last // 2
    step = last - half + (step - last) % (half + 1)
  end
  return recorded(self.at, self.losses, step) - self:level(step)
end

--- The recorded loss of a step.
function Curve:loss(step) return recorded(self.at, self.losses, step) end

--- How far a lost curve had risen above its lowest loss.
function Curve:rise(step) return recorded(self.at, self.risen, step) end

--- The validation loss there was at a level: between its records, on straight lines over the level, which tells better than the
--- step how far the curve had come.
function Curve:validated(level)
  local v = self.validation
  return recorded(v.down, v.losses, -level)
end

--- The rate after so many steps.
function Curve:rate(t)
  local rates = self.rates
  if type(rates) == "number" then return rates end
  local at, n = self.at, #self.at
  if t >= at[n] then return rates[n] end
  return rates[bracket(at, t + 1e-6, n)]
end

--- Pool adjacent violators: the knots of the level.
local function pool(at, losses)
  local means, weights, places, n = {}, {}, {}, 0
  local most = losses[1] + math.abs(losses[1])
  for i, loss in ipairs(losses) do
    n = n + 1
    means[n], weights[n], places[n] = math.min(loss, most), 1, at[i]
    while n > 1 and means[n] >= means[n - 1] do
      local a, b = weights[n - 1], weights[n]
      means[n - 1] = (a * means[n - 1] + b * means[n]) / (a + b)
      places[n - 1] = (a * places[n - 1] + b * places[n]) / (a + b)
      weights[n - 1] = a + b
      means[n] = nil
      n = n - 1
    end
  end
  return table.move(places, 1, n, 1, {}), means
end

local function exploded(losses)
  local n = #losses
  local tail, sum = math.max(1, n // 10), 0.0
  for i = n - tail + 1, n do sum = sum + losses[i] end
  return sum / tail > losses[1] + 9 * math.abs(losses[1])
end

local function rises(losses)
  local risen, least = {}, math.huge
  for i, loss in ipairs(losses) do
    least = math.min(least, loss)
    risen[i] = loss - least
  end
  return risen
end

--- The levels at which there is a validation loss, as numbers that ascend.
local function descents(self)
  local down = {}
  for i, t in ipairs(self.validation.at) do down[i] = -self:level(t) end
  return down
end

--- Make a curve of its records, at least one.
---@param records { at: number[], losses: number[], rates: number|number[], diverges: number?, validation: table? }
---@return neap.replay.Curve
function replay_curve.new(records)
  local self = setmetatable(records, Curve)
  if not self.diverges and exploded(self.losses) then self.diverges = math.huge end
  if self.diverges then self.risen = rises(self.losses) end
  local rates = self.rates
  self.constant = type(rates) == "number" and rates or self.diverges and rates[#rates] or nil
  self.log_rate = self.constant and math.log(self.constant)
  self.knots_at, self.knots = pool(self.at, self.losses)
  self.finish = self.at[#self.at]
  self.top, self.bottom = self:level(0), self:level(self.finish)
  if self.validation then self.validation.down = descents(self) end
  return self
end

return replay_curve

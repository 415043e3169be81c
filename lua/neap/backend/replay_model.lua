--- Recorded curves as something that can be trained: from a level of the loss, at any rate, to the next level.
---
--- What a training has reached is told by one number, its level. At that level each curve that came so far says how far one
--- step took it, and at which rate; of the two curves whose rates stand next to the wanted one the mean is taken, weighted in
--- the logarithm of the rate. Where there are not two:
---   below the lowest rate that came so far    its step, in proportion to the rate, as it is for small steps
---   above the highest that came so far        its step; less, down to none, towards a higher rate that did not come so far
---   where no curve came so far                no step: nothing on record was ever better
---   next in ln(rate) to a curve that was lost     the rise of that curve from its beginning on, to its end
--- So a recorded run comes back as it was, from the beginning and at its own rates.

local log, abs, max, huge = math.log, math.abs, math.max, math.huge

local replay_model = {}

--- Stands for a rate of 0, which has no logarithm.
local SMALLEST <const> = 1e-300

---@class neap.replay.Model
---@field curves neap.replay.Curve[]   that hold
---@field lost neap.replay.Curve[]     that diverged or exploded
local Model = {}
Model.__index = Model

--- What a training is: plain values, copied to keep it.
---@class neap.replay.State
---@field level number      of the loss; infinite before the first step
---@field steps integer     taken so far
---@field rate number       of the last step; 0 before the first
---@field held integer      steps in a row at rates that are lost
---@field entry? number     level at which those began
---@field diverged boolean

---@return neap.replay.State
function replay_model.start() return { level = huge, steps = 0, rate = 0.0, held = 0, diverged = false } end

local function rate_at(curve, level)
  return curve.constant or curve:rate((curve:reached(level)))
end

--- Of the curves that came down to the level, the nearest at or below the rate and the nearest above it, each with its rate there.
local function neighbours(curves, level, rate)
  local below, above, low, high = nil, nil, 0.0, huge
  for i = 1, #curves do
    local curve = curves[i]
    if level >= curve.bottom then
      local own = rate_at(curve, level)
      if own <= rate then
        if own > low then below, low = curve, own end
      elseif own < high then
        above, high = curve, own
      end
    end
  end
  return below, low, above, high
end

--- The lowest rate above this one whose curve did not come down to the level; infinite if there is none.
local function outrun(curves, level, rate)
  local least = huge
  for i = 1, #curves do
    local curve = curves[i]
    if level < curve.bottom then
      local own = curve.constant or curve:rate(curve.finish)
      if own > rate and own < least then least = own end
    end
  end
  return least
end

--- The level as it is at a rate, and how far one step goes down from it.
local function descent(self, level, rate)
  local below, low, above, high = neighbours(self.curves, level, rate)
  if below and low == rate then return below:descend(level) end
  if below and above then
    local w = log(rate / low) / log(high / low)
    local from_a, step_a = below:descend(level)
    local from_b, step_b = above:descend(level)
    return from_a + w * (from_b - from_a), step_a + w * (step_b - step_a)
  elseif below then
    local from, step = below:descend(level)
    local still = outrun(self.curves, level, low)
    if still < huge then step = step * max(0.0, 1 - log(rate / low) / log(still / low)) end
    return from, step
  elseif above then
    local from, step = above:descend(level)
    return from, step * (rate / high)
  end
  return level, 0.0
end

--- The curve nearest in ln(rate), of two the one that comes later in the list, and its distance.
local function nearest(curves, level, rate)
  local best, least, place = nil, huge, log(rate)
  for i = 1, #curves do
    local curve = curves[i]
    local distance = abs(place - (curve.log_rate or log(curve:rate((curve:reached(level))))))
    if distance <= least then best, least = curve, distance end
  end
  return best, least
end

--- A step at a rate next to one that was lost: from the beginning, what that curve did; from elsewhere, what it had risen by.
local function fall_apart(state, curve)
  local k = state.held
  if k == 0 then state.entry = state.level end
  state.held = k + 1
  if k >= curve.diverges then
    state.diverged = true
    return 0 / 0
  end
  state.level = state.entry < huge and state.entry + curve:rise(k) or curve:loss(k)
  return state.level
end

--- Take one step: changes the state; the loss of the step, nan if it diverged.
---@param state neap.replay.State
---@param rate number    >= 0
---@return number loss
function Model:step(state, rate)
  rate = max(rate, SMALLEST)
  local step = state.steps
  state.steps, state.rate = step + 1, rate
  local near, distance = nearest(self.curves, state.level, rate)
  local lost, closer = nearest(self.lost, state.level, rate)
  if lost and closer <= distance then return fall_apart(state, lost) end
  state.held = 0
  local level, down = descent(self, state.level, rate)
  state.level = level - down
  return level + near:noise(step)
end

--- What the validation loss of a curve was at a level; the level itself where none was recorded.
local function validation_at(curve, level)
  local t = (curve:reached(level))
  return curve:validated(t) or (level < huge and level or curve:level(t))
end

--- The validation loss of a state, mixed as the level is; nan once it diverged.
---@param state neap.replay.State
---@return number
function Model:validation(state)
  local level, rate = state.level, max(state.rate, SMALLEST)
  if state.diverged then return 0 / 0 end
  local below, low, above, high = neighbours(self.curves, level, rate)
  if below and above and low < rate then
    local w = log(rate / low) / log(high / low)
    return (1 - w) * validation_at(below, level) + w * validation_at(above, level)
  end
  local one = below or above or nearest(self.curves, level, rate)
  if not one then return level < huge and level or self.lost[1]:loss(0) end
  if state.held > 0 then return max(level, validation_at(one, level)) end
  return validation_at(one, level)
end

--- Make a model of curves, at least one.
---@param curves neap.replay.Curve[]
---@return neap.replay.Model
function replay_model.new(curves)
  local model = setmetatable({ curves = {}, lost = {} }, Model)
  for _, curve in ipairs(curves) do
    table.insert(curve.diverges and model.lost or model.curves, curve)
  end
  return model
end

return replay_model

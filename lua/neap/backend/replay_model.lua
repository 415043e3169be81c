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
---@field validated boolean            each of the curves has validation losses
local Model = {}
Model.__index = Model

--- What a training is: plain values, copied to keep it.
---@class neap.replay.State
---@field level number      of the loss; infinite before the first step
---@field steps integer     taken so far
---@field validation? number   loss, where it was recorded; nil before the first step
---@field held integer      steps in a row at rates that are lost
---@field entry? number     level at which those began
---@field entry_validation? number
---@field diverged boolean

---@return neap.replay.State
function replay_model.start() return { level = huge, steps = 0, held = 0, diverged = false } end

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

--- What moves a training at this level and rate: one curve or two, the weight of the second, and the share of their step.
local function movers(self, level, rate)
  local below, low, above, high = neighbours(self.curves, level, rate)
  if below and low == rate then return below, nil, 0.0, 1.0 end
  if below and above then return below, above, log(rate / low) / log(high / low), 1.0 end
  if above then return above, nil, 0.0, rate / high end
  local still = below and outrun(self.curves, level, low) or huge
  return below, nil, 0.0, still < huge and max(0.0, 1 - log(rate / low) / log(still / low)) or 1.0
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
  if k == 0 then state.entry, state.entry_validation = state.level, state.validation end
  state.held = k + 1
  if k >= curve.diverges then
    state.diverged = true
    return 0 / 0
  end
  if state.entry == huge then
    state.level, state.validation = curve:loss(k), curve.validation and curve:validated(curve:level(k + 1))
  else
    local risen = curve:rise(k)
    state.level, state.validation = state.entry + risen, state.entry_validation and state.entry_validation + risen
  end
  return state.level
end

--- Take one step: changes the state; the loss of the step, nan if it diverged.
---@param state neap.replay.State
---@param rate number    >= 0
---@return number loss
function Model:step(state, rate)
  rate = max(rate, SMALLEST)
  local step, level = state.steps, state.level
  state.steps = step + 1
  local near, distance = nearest(self.curves, level, rate)
  local lost, closer = nearest(self.lost, level, rate)
  if lost and closer <= distance then return fall_apart(state, lost) end
  state.held = 0
  local curve, other, w, share = movers(self, level, rate)
  if not curve then return level + near:noise(step) end
  local from, down = curve:descend(level)
  local now, later
  if self.validated then now, later = curve:validated(from), curve:validated(from - down) end
  if other then
    local from_b, down_b = other:descend(level)
    if now then
      now = now + w * (other:validated(from_b) - now)
      later = later + w * (other:validated(from_b - down_b) - later)
    end
    from, down = from + w * (from_b - from), down + w * (down_b - down)
  end
  -- The validation loss follows its own record, step for step, from where it is; where the level jumps, it begins anew.
  if now then state.validation = (from == level and state.validation or now) - share * (now - later) end
  state.level = from - share * down
  return from + near:noise(step)
end

--- The validation loss of a state; the level itself where none was recorded. nan once it diverged.
---@param state neap.replay.State
---@return number
function Model:validation(state)
  if state.diverged then return 0 / 0 end
  if state.validation then return state.validation end
  if state.level < huge then return state.level end
  local first = nearest(self.curves, huge, SMALLEST) or self.lost[1]
  return self.validated and first:validated(first.top) or first.top
end

--- Make a model of curves, at least one.
---@param curves neap.replay.Curve[]
---@return neap.replay.Model
function replay_model.new(curves)
  local model = setmetatable({ curves = {}, lost = {}, validated = false }, Model)
  for _, curve in ipairs(curves) do
    table.insert(curve.diverges and model.lost or model.curves, curve)
    model.validated = model.validated or not curve.diverges and curve.validation ~= nil
  end
  return model
end

return replay_model

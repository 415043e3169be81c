--- The rates that a stage of AutoLRS, mended, has tried: what each is expected to come to by the end of the stage.
---
--- Probes of a stage begin in one state and see the same batches, so they are judged beside each other (neap.forecast.race): how far
--- all of them will fall is hard to know, but it is nearly the same for all, and more so for rates close to each other. Only a share
--- of a forecast's variance, which was measured, stands between neighbours.
---
--- A forecast is of the training loss. What the validation loss is above that at the end of a probe is taken to stay.

local has_exploded = require "neap.autolrs_explosion"
local measure_of = require "neap.autolrs_measure"
local neap = require "neap"

local Trials = {}
Trials.__index = Trials

--- Of a forecast's variance, what is a rate's own, and not that of one three times as high as well (doc/methods.md).
local OWN <const> = 0.02

--- From its tenth to its ninetieth percentile a normal distribution has so many deviations.
local NORMAL <const> = 2.563

--- Variance of a forecast in ln(loss), at least.
local LEAST <const> = 1e-4

--- A probe is given up when it is the best with less than this probability.
local HOPE <const> = 0.03

--- Rates closer than this, in ln, would come to the same; those farther apart than that may have a better one between them.
local SAME <const>, APART <const> = 0.05, math.log(3)

--- Training losses that the validation loss is compared with.
local RECENT <const> = 10

---@class neap.autolrs.Trial
---@field rate number
---@field losses number[]    of its probe
---@field gap number         from training to validation loss at its end; 0 where it was given up
---@field value number       ln(expected / loss at the start of the stage), or their difference; infinite: diverged
---@field expected number    loss at the end of the stage
---@field deviation number   of that, one standard deviation
---@field variance number    of the value beside the others of its stage
---@field spread number      its variance beside those of other stages
---@field stage integer

---@param stage { number: integer, probe: integer, steps: integer, loss: number, level: number }
---@return neap.autolrs.Trials
function Trials.new(stage)
  return setmetatable({ stage = stage, list = {}, pending = {} }, Trials)
end

--- The mean of the last training losses, 0 before there are any.
function Trials.recent(losses)
  local first, sum = math.max(1, #losses - RECENT + 1), 0.0
  for i = first, #losses do sum = sum + losses[i] end
  return sum / math.max(1, #losses - first + 1)
end

--- The trials that went on for at least so many steps, and those steps of theirs.
local function of_length(self, length)
  local trials, series, rates = {}, {}, {}
  for _, trial in ipairs(self.list) do
    if #trial.losses >= length and trial.value < math.huge then
      trials[#trials + 1], rates[#rates + 1] = trial, trial.rate
      series[#series + 1] = table.move(trial.losses, 1, length, 1, {})
    end
  end
  return trials, series, rates
end

--- Is a rate on trial, or was it, or one so close that it would come to the same?
---@param rate number
---@return boolean
function Trials:has(rate)
  local function is_same(other) return math.abs(math.log(rate / other)) < SAME end
  for _, trial in ipairs(self.list) do
    if is_same(trial.rate) then return true end
  end
  for _, other in ipairs(self.pending) do
    if is_same(other) then return true end
  end
  return false
end

--- Has a probe no chance to win any more?
---@param rate number
---@param losses number[]    so far
---@return boolean
function Trials:is_hopeless(rate, losses)
  local _, series, rates = of_length(self, #losses)
  if #series == 0 then return false end
  series[#series + 1], rates[#rates + 1] = losses, rate
  local odds = neap.forecast.race(series, self.stage.steps, { rates = rates })
  return not odds or odds[#odds] < HOPE
end

--- The forecast of a series by itself, and its variance.
local function alone(losses, stage, measure)
  local forecast = neap.forecast(losses)
  if not forecast then return math.huge, LEAST end
  local low, high = forecast:quantile(stage.steps, 0.1), forecast:quantile(stage.steps, 0.9)
  local spread = (measure.of(high, stage) - measure.of(low, stage)) / NORMAL
  return measure.of(forecast:forecast(stage.steps), stage), spread ^ 2
end

local function mean_of(list)
  local sum, count = 0, 0
  for _, value in ipairs(list) do
    if value < math.huge then sum, count = sum + value, count + 1 end
  end
  return count > 0 and sum / count or 0
end

--- What is expected of the trials that went on for so many steps: they differ as the race says, and are as high as each by itself.
local function expected_at(self, length, measure)
  local trials, series, rates = of_length(self, length)
  local values, variances, beside = {}, {}, {}
  for i in ipairs(trials) do values[i], variances[i] = alone(series[i], self.stage, measure) end
  local odds, expected = neap.forecast.race(series, self.stage.steps, { rates = rates })
  if not odds then return trials, values, variances end
  for i, loss in ipairs(expected) do beside[i] = loss < math.huge and measure.beside(loss, self.stage) or math.huge end
  local shift = mean_of(values) - mean_of(beside)
  for i, value in ipairs(beside) do beside[i] = value + shift end
  return trials, beside, variances
end

--- Set what is known of a trial.
local function set(trial, loss, variance, stage, measure)
  trial.expected, trial.value = loss, has_exploded(loss, stage.level) and math.huge or measure.of(loss, stage)
  trial.variance, trial.spread = math.max(LEAST, OWN * variance), math.max(LEAST, variance)
  trial.deviation = math.sqrt(trial.spread) * measure.unit(loss, stage)
end

--- The best of the trials that went on to the end.
---@return neap.autolrs.Trial?
function Trials:best()
  local best
  for _, trial in ipairs(self.list) do
    if #trial.losses == self.stage.probe and trial.value < (best and best.value or math.huge) then best = trial end
  end
  return best
end

--- The rate halfway between the best and the farther of its neighbours; nil: they are so close that the search has settled.
---@return number?
function Trials:between()
  local best = self:best()
  if not best then return nil end
  local down, up = math.huge, math.huge    -- to the neighbours, in ln(rate)
  for _, trial in ipairs(self.list) do
    local distance = math.log(trial.rate / best.rate)
    if distance > 0 then up = math.min(up, distance) elseif distance < 0 then down = math.min(down, -distance) end
  end
  local step = (down < math.huge and (up == math.huge or down > up)) and -down or up
  local rate = best.rate * math.exp(step / 2)
  return math.abs(step) > APART and math.abs(step) < math.huge and not self:has(rate) and rate or nil
end

--- A rate is on trial from here on.
function Trials:begin(rate) table.insert(self.pending, rate) end

--- Add a probe. One that went on to the end is judged beside all others that did, and they beside it; one that was given up beside
--- the best of them, at the step where it was given up.
---@param rate number
---@param losses number[]
---@param gap number         from training to validation loss at its end; 0 where it was given up
---@param diverged boolean
---@return neap.autolrs.Trial
function Trials:add(rate, losses, gap, diverged)
  local stage = self.stage
  local trial = {
    rate = rate, losses = losses, gap = gap, stage = stage.number, value = diverged and math.huge or 0, variance = LEAST, spread = LEAST,
  }
  table.insert(self.list, trial)
  for i = #self.pending, 1, -1 do
    if self.pending[i] == rate then table.remove(self.pending, i) end
  end
  if diverged then return trial end
  local best, measure = self:best(), measure_of(self.list, stage)
  local trials, values, variances = expected_at(self, #losses, measure)
  local is_whole = #losses == stage.probe
  local behind = 0
  for i, other in ipairs(trials) do
    if other == best then behind = best.value - values[i] end
  end
  for i, other in ipairs(trials) do
    if is_whole then set(other, measure.back(values[i], stage) + other.gap, variances[i], stage, measure)
    elseif other == trial then set(trial, measure.back(values[i] + behind, stage), variances[i], stage, measure) end
  end
  return trial
end

return Trials

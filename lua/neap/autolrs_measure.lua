--- How AutoLRS, mended, compares losses: by their ratio, in ln; and where one is below 0, as of a log density, by their difference, in
--- units of the loss at the start of the stage.

---@class neap.autolrs.Measure
---@field of fun(loss: number, stage: table): number
---@field back fun(value: number, stage: table): number       a loss, from what it was measured as
---@field beside fun(expected: number, stage: table): number    of what neap.forecast.race expects
---@field unit fun(loss: number, stage: table): number         by how much a loss changes as its measure changes by 1

local LEAST <const> = 1e-6

local RATIO <const> = {
  of = function(loss, stage) return math.log(math.max(loss / stage.loss, LEAST)) end,
  back = function(value, stage) return stage.loss * math.exp(value) end,
  beside = function(expected) return math.log(math.max(expected, LEAST)) end,
  unit = function(loss) return loss end,
}

local function size(stage) return math.max(math.abs(stage.loss), 1e-12) end

local DIFFERENCE <const> = {
  of = function(loss, stage) return (loss - stage.loss) / size(stage) end,
  back = function(value, stage) return stage.loss + value * size(stage) end,
  beside = function(expected, stage) return expected / size(stage) end,
  unit = function(_, stage) return size(stage) end,
}

--- How the trials of a stage are to be compared.
---@param trials neap.autolrs.Trial[]
---@param stage { loss: number }
---@return neap.autolrs.Measure
return function(trials, stage)
  if stage.loss <= 0 then return DIFFERENCE end
  for _, trial in ipairs(trials) do
    for _, loss in ipairs(trial.losses) do
      if loss < 0 then return DIFFERENCE end
    end
  end
  return RATIO
end

--- Recorded loss curves as a backend: policies are tried in milliseconds.
---   replay:FILE.csv                     columns rate, step, loss; if you have them validation, seed, curve
---   replay:FILE.csv,step=COLUMN,loss=COLUMN,rate=COLUMN,validation=COLUMN,seed=COLUMN,curve=COLUMN
---   replay:A.csv+B.csv,rate=0.1+0.01    one run in each file, as TensorBoard exports them
---   replay:FILE.csv,loss=COLUMN+COLUMN,rate=0.1+0.01     one run in each column, as Weights & Biases exports them
--- How the curves are mixed, and what that cannot know, is in replay_model.lua and doc/methods.md.

local options = require "neap.options"
local rates = require "neap.backend.rates"
local replay_file = require "neap.backend.replay_file"
local replay_model = require "neap.backend.replay_model"

local replay = {}

local declared = options.declare {
  step = { nil, "column of the steps", type = "string", optional = true },
  loss = { nil, "column of the training loss, or several with + between them", type = "string", optional = true },
  rate = { nil, "column of the rates; or the rates, with + between them", type = "string", optional = true },
  validation = { nil, "column of the validation loss", type = "string", optional = true },
  seed = { nil, "column of the seeds", type = "string", optional = true },
  curve = { nil, "column that says which rows are one curve; default: those of one rate", type = "string", optional = true },
  take = { nil, "the recorded seed to replay; default: the run's seed counts them through", type = "number", optional = true },
}

---@class neap.ReplayTrainer: neap.Trainer
local Trainer = {}
Trainer.__index = Trainer

local function alive(self)
  if not self.model then error("the trainer is closed", 3) end
end

--- Take steps: as the builtin trainer's.
---@param steps integer
---@param rate number|number[]|table
---@return number[] losses    shorter than 'steps' only if its last is nan
function Trainer:train(steps, rate, momentum)
  alive(self)
  if math.type(steps) ~= "integer" or steps < 0 then
    error(("steps: a whole number of at least 0 expected, not %s"):format(tostring(steps)), 2)
  end
  if momentum ~= nil then error("momentum: recorded curves know none", 2) end
  local list, problem = rates.of(steps, rate)
  if not list then error(problem, 2) end
  local model, state, losses = self.model, self.state, {}
  local constant = type(list) == "number" and list
  for i = 1, steps do
    if state.diverged then
      losses[i] = 0 / 0
      break
    end
    losses[i] = model:step(state, constant or list[i])
    if state.diverged then break end
  end
  return losses
end

local evaluate_declared = options.declare {
  on = { "validation", "a part of the data", choices = { "validation" } },
  batches = { nil, "of no effect: what was recorded was recorded", type = "integer", min = 1, optional = true },
}

--- The validation loss there is for the present state; the level of the training loss where none was recorded.
---@return number loss
---@return table metrics    none
function Trainer:evaluate(given)
  alive(self)
  options.check(evaluate_declared, given, "evaluate")
  return self.model:validation(self.state), {}
end

local function copy(state)
  local kept = {}
  for key, value in pairs(state) do kept[key] = value end
  return kept
end

--- A checkpoint, which lives until it is dropped or the trainer goes.
function Trainer:save()
  alive(self)
  local checkpoint = {}
  self.kept[checkpoint] = copy(self.state)
  return checkpoint
end

local function kept(self, checkpoint)
  alive(self)
  return self.kept[checkpoint] or error("the checkpoint is of another trainer, or was dropped", 3)
end

--- Go back to a checkpoint: training from there repeats exactly.
function Trainer:restore(checkpoint) self.state = copy(kept(self, checkpoint)) end

--- Free a checkpoint now.
function Trainer:drop(checkpoint)
  kept(self, checkpoint)
  self.kept[checkpoint] = nil
end

--- What is replayed: curves, lost (of them), steps, length (steps of the longest curve), rates { lowest, highest }, validation (is
--- there any), seed (the recorded one).
---@return table
function Trainer:info()
  alive(self)
  local info = { steps = self.state.steps }
  for key, value in pairs(self.about) do info[key] = value end
  return info
end

--- End the trainer; again is no mistake, any other use is.
function Trainer:close() self.model, self.kept = nil, nil end
Trainer.__close = Trainer.close

local function exists(file)
  local handle = io.open(file)
  if handle then handle:close() end
  return handle ~= nil
end

--- What is worth knowing of curves.
local function describe(curves, taken)
  local about = { curves = #curves, lost = 0, length = 0, rates = { math.huge, 0.0 }, validation = false, seed = taken }
  for _, curve in ipairs(curves) do
    if curve.diverges then about.lost = about.lost + 1 end
    about.length = math.max(about.length, math.tointeger(curve.finish) + 1)
    for _, rate in ipairs(type(curve.rates) == "table" and curve.rates or { curve.rates }) do
      about.rates = { math.min(about.rates[1], rate), math.max(about.rates[2], rate) }
    end
    about.validation = about.validation or curve.validation ~= nil
  end
  return about
end

--- Where some curves have validation losses and others do not, one cannot stand in for the other.
local function check_validation(curves, about, name)
  for _, curve in ipairs(curves) do
    if about.validation and not curve.validation and not curve.diverges then
      return ("replay:%s: no validation loss for the rate %g, but for others"):format(name, curve.constant or curve.rates[1])
    end
  end
  return nil
end

--- The SPEC that opens the same trainer whatever the run's seed is.
local function canonical(name, values, taken)
  local parts = { "replay:" .. name }
  for _, key in ipairs { "step", "loss", "rate", "validation", "seed", "curve" } do
    if values[key] then parts[#parts + 1] = ("%s=%s"):format(key, values[key]) end
  end
  if taken then parts[#parts + 1] = ("take=%.14g"):format(taken) end
  return table.concat(parts, ",")
end

--- Open recorded curves.
---@param name string    a file, or several with + between them
---@param given table<string, string|number>
---@param settings { seed: integer }
---@return neap.ReplayTrainer? trainer
---@return string? problem
---@return string? code
function replay.open(name, given, settings)
  local values, problem = options.read(declared, given)
  if not values then return nil, ("replay:%s: %s"):format(name, problem), "bad_argument" end
  local files = exists(name) and { name } or replay_file.split(name)
  local curves, why, code, taken = replay_file.read(files, values, settings.seed)
  if not curves then return nil, code == "bad_argument" and ("replay:%s: %s"):format(name, why) or why, code end
  local about = describe(curves, taken)
  problem = check_validation(curves, about, name)
  if problem then return nil, problem, "bad_data" end
  return setmetatable({
    model = replay_model.new(curves), state = replay_model.start(), kept = {}, about = about,
    offers = { evaluate = true, test = false, restore = true, momentum = false, averaging = false, blending = false },
    spec = canonical(name, values, taken),
  }, Trainer)
end

return replay

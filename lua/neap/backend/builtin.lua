--- The embedded backend: multilayer perceptrons in C on digits, fashion or a CSV table of the user's.
---   builtin:digits        8 x 8 images of digits, 1797 rows, which come with neap
---   builtin:fashion       Fashion-MNIST, 28 x 28, of Debian's package dataset-fashion-mnist
---   builtin:csv,file=F,target=COLUMN      any table of numbers with a header
--- One seed, one training, to the last bit, as long as BLAS has as many threads: one in `neap` unless OPENBLAS_NUM_THREADS says
--- otherwise; in another Lua it is the host's choice, so set OPENBLAS_NUM_THREADS=1 there for the same numbers.

local engine = require "neap.engine"
local finite = require "neap.finite"
local data_sets = require "neap.backend.data_sets"
local options = require "neap.options"
local rates = require "neap.backend.rates"
local shown = require "neap.words".shown

local builtin = {}

--- The options of every data set, with the defaults of digits and csv.
local common = {
  layers = { "64", "units of each hidden layer, such as 256-128; none: no hidden layer" },
  activation = { "relu", "of the hidden layers", choices = { "relu", "tanh" } },
  optimizer = { "sgd", "semantics of torch.optim; schedulefree: Defazio et al. 2024, evaluated at the averaged weights",
    choices = { "sgd", "adam", "adamw", "schedulefree_sgd", "schedulefree_adamw" } },
  momentum = { 0.9, "sgd, schedulefree_sgd", min = 0, below = 1 },
  nesterov = { false, "sgd: Nesterov's momentum" },
  beta1 = { 0.9, "all but sgd's", min = 0, below = 1 },
  beta2 = { 0.999, "all but sgd's", min = 0, below = 1 },
  epsilon = { 1e-8, "all but sgd's", min = 0, below = math.huge },
  weight_decay = { nil, "default 0, adamw 0.01", type = "number", min = 0, below = math.huge, optional = true },
  batch = { 32, "rows of a step", min = 1, max = 2 ^ 31 - 1 },
  seed = { nil, "initial weights and order of the data; default: the run's", type = "integer", optional = true },
  trainers = { 1, "copies, each in a process of its own, which try candidates side by side", min = 1, max = 1024 },
  folder = { nil, "where checkpoints pass between copies; default: the system's temporary one", type = "string", optional = true },
}

local function declare(own)
  local declared = {}
  for name, option in pairs(common) do declared[name] = option end
  for name, option in pairs(own) do declared[name] = option end
  return options.declare(declared)
end

--- The options of each data set, by its name.
builtin.declared = {
  digits = declare {},
  fashion = declare {
    layers = { "256-128", common.layers[2] },
    batch = { 128, common.batch[2], min = 1, max = common.batch.max },
    file = { "/usr/share/datasets/fashion-mnist", "folder of the four IDX files" },
  },
  csv = declare {
    file = { nil, "a CSV file with a header", type = "string" },
    target = { nil, "the column to predict", type = "string" },
    task = { "auto", "auto: classes if the targets are whole numbers, at most 50 different ones",
      choices = { "auto", "classes", "regression" } },
  },
}

--- Which optimizers an option is for, as a pattern of their names; unlisted: all.
local concerns = { momentum = "sgd", nesterov = "^sgd", beta1 = "adam", beta2 = "adam", epsilon = "adam" }

---@return integer[]? layers
---@return string? problem
local function read_layers(text)
  local layers = {}
  if text == "none" then return layers end
  for word in (text .. "-"):gmatch("([^-]*)-") do
    local width = math.tointeger(tonumber(word))
    if not width or width < 1 or width > 65536 then
      return nil, ("option 'layers': whole numbers of 1 to 65536 with dashes between them, or none, expected, not '%s'"):format(text)
    end
    layers[#layers + 1] = width
  end
  if #layers > 64 then return nil, ("option 'layers': at most 64 hidden layers expected, not %d"):format(#layers) end
  return layers
end

---@return table? values
---@return string? problem
local function read_values(name, given, settings)
  local values, problem = options.read(builtin.declared[name], given)
  if not values then return nil, problem end
  for key in pairs(given) do
    local kind = concerns[key]
    if kind and not values.optimizer:find(kind) then
      return nil, ("option '%s' is not for the optimizer %s"):format(key, values.optimizer)
    end
  end
  if values.nesterov and values.momentum == 0 then return nil, "option 'nesterov': needs a momentum above 0" end
  local share = ({ schedulefree_sgd = "momentum", schedulefree_adamw = "beta1" })[values.optimizer]
  if share and values[share] == 0 then return nil, ("option '%s': above 0 expected with %s"):format(share, values.optimizer) end
  values.layers, problem = read_layers(values.layers)
  if not values.layers then return nil, problem end
  values.weight_decay = values.weight_decay or (values.optimizer == "adamw" and 0.01 or 0.0)
  values.seed = values.seed or settings.seed
  return values
end

--- The SPEC with every option that matters written out, so that it opens the same trainer whatever the defaults become.
local function canonical(name, values)
  local words = { "builtin:" .. name }
  local function add(key, value)
    if value ~= nil then words[#words + 1] = ("%s=%s"):format(key, math.type(value) == "float" and ("%.14g"):format(value) or value) end
  end
  if name == "csv" then
    for _, key in ipairs { "file", "target", "task" } do add(key, values[key]) end
  end
  add("layers", #values.layers > 0 and table.concat(values.layers, "-") or "none")
  add("activation", #values.layers > 0 and values.activation or nil)
  add("optimizer", values.optimizer)
  for _, key in ipairs(values.optimizer:find "sgd" and { "momentum" } or { "beta1", "beta2", "epsilon" }) do add(key, values[key]) end
  if values.optimizer == "sgd" and values.nesterov then add("nesterov", "true") end
  if values.weight_decay > 0 then add("weight_decay", values.weight_decay) end
  add("batch", values.batch)
  add("seed", values.seed)
  return table.concat(words, ",")
end

--- Steps that one call may ask for: the C side counts them in ints.
local MOST <const> = 2 ^ 31 - 1 | 0

--- Steps that the C side takes at a time: an interrupt is heard in between.
local BLOCK <const> = 100

--- Call a method of the C side; what it raises is blamed on 'level', as in error(). Nobody is to blame for an interrupt.
local function ask(level, core, method, ...)
  local results = table.pack(pcall(core[method], core, ...))
  if not results[1] then error(results[2], results[2] == "interrupted" and 0 or level) end
  return table.unpack(results, 2, results.n)
end

--- What is given for each of some steps: a number for all, or their part of a list.
local function part_of(given, from, count)
  if type(given) ~= "table" then return given end
  return table.move(given, from + 1, from + count, 1, {})
end

---@class neap.Trainer
---@field spec string    opens the same trainer again
---@field offers { momentum: boolean, averaging: boolean, test: boolean, restore: boolean, durable: boolean, blending: boolean }
local Trainer = {}
Trainer.__index = Trainer

--- Take steps; each is one update by one mini-batch.
---@param steps integer
---@param rate number|number[]|table    a number, a list of at least so many, or a schedule, read from its beginning
---@param momentum? number|number[]|table    likewise, in [0, 1), of adam beta1; only where offers.momentum
---@return number[] losses    of each step's batch before its update; shorter than 'steps' only if its last is nan or inf
function Trainer:train(steps, rate, momentum)
  if math.type(steps) ~= "integer" or steps < 0 or steps > MOST then
    error(("steps: a whole number from 0 to %d expected, not %s"):format(MOST, tostring(steps)), 2)
  end
  local list, problem = rates.of(steps, rate)
  if not list then error(problem, 2) end
  if momentum ~= nil then
    if not self.offers.momentum then
      error(("momentum: the optimizer %s has none that could change from step to step"):format(self.about.optimizer), 2)
    end
    momentum, problem = rates.momentum(steps, momentum)
    if not momentum then error(problem, 2) end
  end
  local losses = {}
  repeat
    local count = math.min(BLOCK, steps - #losses)
    local block = ask(3, self.core, "train", count, part_of(list, #losses, count), part_of(momentum, #losses, count))
    table.move(block, 1, #block, #losses + 1, losses)
  until #losses == steps or not finite(losses[#losses])
  return losses
end

--- Keep an average of the weights beside them; only where offers.averaging.
---   "start"   begin it, anew if there is one: after step t = 0, 1, ... it moves by 9 / (t + 9) of the way to the weights
---   "adopt"   the average becomes the weights, and averaging ends
---   "stop"    forget it, if there is one
--- It does not touch the training, and checkpoints hold it: restore goes back to the average there was, or to none.
---@param verb "start"|"adopt"|"stop"
---@return true? done
---@return string? problem
---@return string? code    no_memory
function Trainer:average(verb)
  if not self.offers.averaging then
    error(("average: the weights of the optimizer %s are an average already"):format(self.about.optimizer), 2)
  end
  if verb ~= "start" and verb ~= "adopt" and verb ~= "stop" then
    error("average: 'start', 'adopt' or 'stop' expected, not " .. shown(verb), 2)
  end
  return ask(2, self.core, "average", verb)
end

local evaluate_declared = options.declare {
  on = { "validation", "a part of the data", choices = { "validation", "test", "train" } },
  batches = { nil, "only the first so many mini-batches", type = "integer", min = 1, max = 2 ^ 31 - 1, optional = true },
  weights = { "now", "the trainer's, or their average", choices = { "now", "average" } },
}

--- Loss and metrics of the weights as they are (of a schedule-free optimizer: of its x), on the validation part unless told
--- otherwise.
---@param given? { on: "validation"|"test"|"train"|nil, batches: integer?, weights: "now"|"average"|nil }
---@return number loss
---@return { accuracy: number?, rmse: number?, r2: number? } metrics
function Trainer:evaluate(given)
  local values = options.check(evaluate_declared, given, "evaluate")
  return ask(2, self.core, "evaluate", values.on, values.batches, values.weights)
end

--- The path in { file = PATH }; nil for a checkpoint in memory.
local function file_of(checkpoint) return type(checkpoint) == "table" and checkpoint.file or nil end

--- A checkpoint, which lives until it is dropped or the trainer goes; any number may be alive. Or one in a file, for this build
--- on this machine: it outlives the trainer, and any with the same data and settings can go to it.
---@param given? { file: string }
---@return any checkpoint    nil if there is none
---@return string? problem
---@return string? code    no_memory; of a file io
function Trainer:save(given)
  local file = file_of(given)
  if not file then return ask(2, self.core, "save") end
  local bytes, problem, code = ask(2, self.core, "save_file", file)
  if not bytes then return nil, problem, code end
  return { file = file }
end

--- Go back to a checkpoint of this trainer, or to one in a file: training from there repeats bit for bit.
---@param checkpoint any    of save
---@return true? done
---@return string? problem
---@return string? code    no_memory; of a file also not_found, io, bad_data
function Trainer:restore(checkpoint)
  if file_of(checkpoint) then return ask(2, self.core, "restore_file", checkpoint.file) end
  return ask(2, self.core, "restore", checkpoint)
end

--- Move the weights a share of the way to a checkpoint's: 0 leaves them, 1 takes its, 2 goes as far again beyond. All else
--- stays as it is, the average too.
---@param checkpoint any    of save
---@param share number    finite
---@return true done
function Trainer:blend(checkpoint, share)
  return ask(2, self.core, "blend", checkpoint, share)
end

--- Free a checkpoint, or remove its file, now.
---@param checkpoint any    of save
---@return true? done
---@return string? problem
---@return string? code    of a file io
function Trainer:drop(checkpoint)
  if not file_of(checkpoint) then return ask(2, self.core, "drop", checkpoint) end
  local done, problem = os.remove(checkpoint.file)
  if not done then return nil, problem, "io" end
  return true
end

--- What is trained on what: data, task, inputs, classes, train, validation, test (rows), parameters, batch, layers, seed, steps.
---@return table
function Trainer:info()
  local info = { parameters = ask(3, self.core, "parameters"), steps = ask(3, self.core, "steps") }
  for key, value in pairs(self.about) do info[key] = value end
  return info
end

--- End the trainer; again is no mistake, any other use is.
function Trainer:close() self.core:close() end
Trainer.__close = Trainer.close
Trainer.__gc = Trainer.close

--- Open one of the data sets with a new trainer on it.
---@param name string
---@param given table<string, string|number|boolean>
---@param settings { seed: integer, say: fun(text: string), show: fun(line: string) }
---@return neap.Trainer|neap.Team|nil trainer
---@return string? problem
---@return string? code
function builtin.open(name, given, settings)
  if not builtin.declared[name] then
    return nil, ("builtin: unknown data set '%s'%s"):format(name, options.hint(name, builtin.declared)), "bad_argument"
  end
  local values, problem = read_values(name, given, settings)
  if not values then return nil, ("builtin:%s: %s"):format(name, problem), "bad_argument" end
  if values.trainers > 1 then
    return require "neap.backend.copies".open(canonical(name, values), values.trainers, values.folder, settings)
  end
  local data <close>, why, code = data_sets[name](values)
  if not data then return nil, why, code end
  local core
  core, problem, code = engine.trainer(data, values)
  if not core then return nil, ("builtin:%s: %s"):format(name, problem), code end
  local about = data:info()
  about.data, about.batch, about.layers = name, values.batch, values.layers
  about.optimizer, about.activation, about.seed = values.optimizer, values.activation, values.seed
  local offers = core:offers()
  offers.test, offers.restore, offers.durable, offers.blending = true, true, true, true
  return setmetatable({ core = core, about = about, offers = offers, spec = canonical(name, values) }, Trainer)
end

return builtin

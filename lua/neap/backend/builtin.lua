--- The embedded trainer: builtin:digits, builtin:fashion, builtin:csv,file=F.csv,target=COLUMN.

local engine = require "neap.engine"
local options = require "neap.options"
local paths = require "neap.paths"

local builtin = {}

local FASHION <const> = "/usr/share/datasets/fashion-mnist/"
local FASHION_VALIDATION <const> = 10000   -- of the 60,000 training images

--- What a data set is trained with unless the SPEC says otherwise.
local DEFAULTS <const> = {
  digits = { layers = "64", batch = 32 },
  fashion = { layers = "256-128", batch = 128 },
  csv = { layers = "64", batch = 32 },
}

local function declaration(name)
  local default = DEFAULTS[name]
  local declared = {
    layers = { default.layers, "widths of the hidden layers, 256-128; none: softmax or linear regression" },
    activation = { "relu", "of the hidden layers", choices = { "relu", "tanh" } },
    optimizer = { "sgd", "update rule", choices = { "sgd", "adam", "adamw" } },
    momentum = { 0.9, "of sgd", min = 0, below = 1 },
    nesterov = { false, "Nesterov's momentum, for sgd" },
    beta1 = { 0.9, "of adam and adamw", min = 0, below = 1 },
    beta2 = { 0.999, "of adam and adamw", min = 0, below = 1 },
    epsilon = { 1e-8, "of adam and adamw", above = 0, below = math.huge },
    weight_decay = { 0.0, "L2 in sgd and adam, decoupled in adamw", min = 0, below = math.huge },
    batch = { default.batch, "rows of a mini-batch", min = 1 },
    seed = { 1, "of the first weights and the shuffles", min = 0 },
  }
  if name == "csv" then
    declared.file = { nil, "a CSV file of numbers with a header line", type = "string" }
    declared.target = { nil, "the column to predict", type = "string" }
    declared.task = { "auto", "what the target is", choices = { "auto", "classes", "regression" } }
  end
  return options.declare(declared)
end

--- The widths in "256-128", or none.
local function read_layers(text)
  local widths = {}
  if text == "none" then return widths end
  for word in (text .. "-"):gmatch "([^-]*)-" do
    local width = word:match "^%d+$" and math.tointeger(tonumber(word))
    if not width or width < 1 or width > 1 << 20 then
      return nil, ("option 'layers': widths such as 256-128, or none, expected, not '%s'"):format(text)
    end
    widths[#widths + 1] = width
  end
  return widths
end

local function read_table(file, target, task)
  local cells, problem, code = engine.table_read(file)
  if not cells then return nil, problem, code end
  local columns = cells:columns()
  for i, name in ipairs(columns) do
    if name == target then
      local data
      data, problem, code = engine.dataset_from_table(cells, i, task)
      if not data then return nil, ("%s: %s"):format(file, problem), code end
      return data
    end
  end
  return nil, ("%s: no column '%s'%s"):format(file, target, options.hint(target, columns)), "not_found"
end

local readers = {}

function readers.digits()
  return read_table(paths.data "digits.csv", "digit", "classes")
end

function readers.fashion()
  local data, problem, code = engine.dataset_from_images(
    FASHION .. "train-images-idx3-ubyte.gz", FASHION .. "train-labels-idx1-ubyte.gz",
    FASHION .. "t10k-images-idx3-ubyte.gz", FASHION .. "t10k-labels-idx1-ubyte.gz", FASHION_VALIDATION)
  if code == "not_found" then problem = problem .. "; install Debian's package dataset-fashion-mnist" end
  return data, problem, code
end

function readers.csv(o)
  return read_table(o.file, o.target, o.task)
end

---@class neap.Trainer
---@field spec string    what it was opened by, as text
local Trainer = {}
Trainer.__index = Trainer

--- Train. See neap.backend.
---@param steps integer
---@param rate number|number[]|neap.Schedule
---@return number[] losses
function Trainer:train(steps, rate)
  if type(rate) ~= "number" and type(rate) ~= "string" and not (type(rate) == "table" and not rate.values) then
    rate = rate:values(0, steps)
  end
  return self.core:train(steps, rate)
end

local EVALUATE = options.declare {
  on = { "validation", "part of the data", choices = { "train", "validation", "test" } },
  batches = { 0, "mini-batches, the first ones; 0: all", min = 0 },
}

--- Loss and metrics on a part of the data: accuracy for classes, rmse and r2 for a regression.
---@param where? { on?: string, batches?: integer }
---@return number loss
---@return table<string, number> metrics
function Trainer:evaluate(where)
  local o = options.check(EVALUATE, where, "trainer:evaluate")
  return self.core:evaluate(o.on, o.batches)
end

--- Keep the state: weights, optimizer, generator, order of the data. Training after restore repeats exactly.
function Trainer:save()
  return assert(self.core:save())
end

--- Return to a kept state.
function Trainer:restore(checkpoint)
  self.core:restore(checkpoint)
end

--- Let a kept state go.
function Trainer:drop(checkpoint)
  self.core:drop(checkpoint)
end

--- What trains: rows of each part, inputs, classes, parameters, batch.
---@return table
function Trainer:info()
  local info = self.data:info()
  info.parameters, info.batch = self.core:parameters(), self.batch
  return info
end

--- End it. Using it afterwards raises.
function Trainer:close()
  self.core:close()
end

Trainer.__close = Trainer.close

--- The specification in its one spelling: keys sorted.
local function spec_of(name, given)
  local words = {}
  for key, value in pairs(given) do words[#words + 1] = (",%s=%s"):format(key, value) end
  table.sort(words)
  return "builtin:" .. name .. table.concat(words)
end

--- Open the embedded trainer on a data set.
---@return neap.Trainer? trainer
---@return string? problem
---@return string? code
function builtin.open(name, given, settings)
  if not DEFAULTS[name] then
    return nil, ("unknown data set '%s'%s"):format(name, options.hint(name, DEFAULTS)), "bad_argument"
  end
  local all = { seed = settings.seed }
  for key, value in pairs(given) do all[key] = value end
  local o, problem = options.read(declaration(name), all)
  if not o then return nil, problem, "bad_argument" end
  local widths
  widths, problem = read_layers(o.layers)
  if not widths then return nil, problem, "bad_argument" end
  if o.nesterov and o.momentum == 0 then
    return nil, "option 'nesterov': a momentum above 0 expected with it", "bad_argument"
  end
  local data, code
  data, problem, code = readers[name](o)
  if not data then return nil, problem, code end
  local rows = data:info().train
  if o.batch > rows then
    return nil, ("option 'batch': at most %d, the rows to train on, expected, not '%d'"):format(rows, o.batch), "bad_argument"
  end
  o.kind = o.optimizer
  local core
  core, problem, code = engine.trainer(data, widths, o.activation, o, o.batch, o.seed)
  if not core then return nil, problem, code end
  return setmetatable({ core = core, data = data, batch = o.batch, spec = spec_of(name, given) }, Trainer)
end

return builtin

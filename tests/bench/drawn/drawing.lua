--- A task drawn at random: its number is the seed of everything in it, so that nobody has chosen it.
--- Of ten tasks about one is on the digits, one on Fashion-MNIST, eight on a table that tables.py draws from the same number.

local engine = require "neap.engine"

local drawing = {}

--- The numbers that the benchmark has.
drawing.halves = { { name = "open", first = 1, last = 40 }, { name = "closed", first = 101, last = 160 } }

--- The longest that one run may train, as estimated; Fashion-MNIST takes 0.3 s to load beside it.
local SECONDS <const> = 0.3

local INPUTS <const> = { digits = 64, fashion = 784 }
local ROWS <const> = { digits = 1257, fashion = 50000 }   -- of training

--- A whole number of low to high, the small ones as likely as the large in their logarithm.
local function whole(random, low, high)
  return math.min(high, math.floor(math.exp(random:uniform(math.log(low), math.log(high + 1)))))
end

local function one_of(random, list) return list[random:below(#list) + 1] end

local function once_in(random, n) return random:below(n) == 0 end

--- How many inputs there are, and how many of them matter.
local function draw_columns(random, kind)
  if kind == "spirals" or kind == "checkers" then return once_in(random, 2) and 2 or whole(random, 3, 10), 2 end
  local columns = whole(random, 2, 60)
  return columns, once_in(random, 2) and columns or whole(random, 2, columns)
end

--- Classes of the answer; none: a number.
local function draw_classes(random, kind)
  if kind == "spirals" then return whole(random, 2, 5) end
  if kind == "checkers" then return 2 end
  return once_in(random, 2) and 0 or whole(random, 2, 10)
end

--- What tables.py is told. What the fields mean stands there.
local function draw_table(random)
  local drawn = { kind = one_of(random, { "linear", "linear", "teacher", "teacher", "teacher", "clusters", "spirals", "checkers" }) }
  drawn.rows = whole(random, 100, 20000)
  drawn.classes = draw_classes(random, drawn.kind)
  drawn.columns, drawn.useful = draw_columns(random, drawn.kind)
  drawn.difficulty = random:uniform()
  drawn.noise = once_in(random, 3) and 0.0 or 0.9 * random:uniform() ^ 2
  drawn.heavy = once_in(random, 4) and random:uniform(0.3, 1.2) or 0.0
  return drawn
end

local function draw_layers(random)
  local widths = {}
  for i = 1, random:below(5) do widths[i] = whole(random, 8, 256) end
  return widths
end

--- The optimizer and its options, as words of the SPEC.
local function draw_optimizer(random)
  local name = one_of(random, { "sgd", "adam", "adamw" })
  local words = { "optimizer=" .. name }
  if name == "sgd" then
    local momentum = one_of(random, { 0, 0.5, 0.9, 0.9, 0.9, 0.95 })
    words[2] = "momentum=" .. momentum
    if momentum > 0 and once_in(random, 3) then words[3] = "nesterov=true" end
  else
    words[2] = "beta2=" .. one_of(random, { 0.95, 0.99, 0.999, 0.999 })
  end
  if once_in(random, 3) then
    words[#words + 1] = ("weight_decay=%.2g"):format(10 ^ random:uniform(-5, name == "adamw" and -1 or -2.5))
  end
  return name, table.concat(words, ",")
end

--- Seconds of a run, roughly, on one core.
local function seconds(inputs, training)
  local weights, width = 0, inputs
  for _, units in ipairs(training.layers) do weights, width = weights + width * units, units end
  weights = weights + 10 * width
  return training.budget * (12e-6 + weights * (1.5e-10 * training.batch + 1e-9))
end

--- Network, batch and budget: drawn again for as long as they take too much time.
local function draw_training(random, inputs, rows)
  local training = {}
  repeat
    training.layers = draw_layers(random)
    training.activation = one_of(random, { "relu", "tanh" })
    training.batch = whole(random, 4, math.min(256, rows // 4))
    training.budget = whole(random, 200, 6000)
  until seconds(inputs, training) <= SECONDS
  training.optimizer, training.options = draw_optimizer(random)
  return training
end

--- The task of a number.
---@param number integer
---@return { data: string, table: table?, training: table }    data: digits, fashion or the kind of the table
function drawing.draw(number)
  local random = engine.random(number)
  local data = one_of(random, { "digits", "fashion", "table", "table", "table", "table", "table", "table", "table", "table" })
  if data ~= "table" then return { data = data, training = draw_training(random, INPUTS[data], ROWS[data]) } end
  local drawn = draw_table(random)
  return { data = drawn.kind, table = drawn, training = draw_training(random, drawn.columns, drawn.rows * 7 // 10) }
end

return drawing

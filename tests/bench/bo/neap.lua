-- neap as a searcher that is told over standard input, one JSON object a line, and answers each with a line:
--   {"op":"new","space":[{"name":..,"low":..,"high":..,"scale":..,"integer":..,"choices":[..]}],"options":{..}}
--   {"op":"ask"}   {"op":"tell","loss":..}, null: the trial failed   {"op":"best"}
--   {"op":"time","d":..,"n":..,"rounds":..,"options":{..}}: processor seconds of one tell + ask, the n-th, in each round
local neap = require "neap"
local engine = require "neap.engine"

local opt, asked

local function space_of(list)
  local space = {}
  for _, d in ipairs(list) do
    space[d.name] = d.choices and { choices = d.choices } or { d.low, d.high, scale = d.scale, integer = d.integer }
  end
  return space
end

--- A smooth function of d numbers in [0, 1] with some roughness, as a loss has it.
local function loss(x, d)
  local sum = 0
  for i = 1, d do
    local v = x["x" .. i]
    sum = sum + (6 * v - 2) ^ 2 * math.sin(12 * v - 4) / i + 0.05 * math.sin(997 * v)
  end
  return sum
end

--- Points of the additive recurrence of Roberts (2018), spread evenly.
local function spread(i, d, shift)
  local phi = 2.0
  for _ = 1, 40 do phi = (1 + phi) ^ (1 / (d + 1)) end
  local x = {}
  for k = 1, d do x["x" .. k] = (shift + i * phi ^ -k) % 1 end
  return x
end

--- The model is there, its hyper-parameters are fitted, and a point is asked for: what does its loss cost, and the next point?
local function time_round(request, round)
  local d, options = request.d, { space = {}, seed = round }
  for i = 1, d do options.space["x" .. i] = { 0, 1 } end
  for name, value in pairs(request.options or {}) do options[name] = value end
  local timed = neap.bayesopt(options)
  for i = 1, request.n - 2 do
    local x = spread(i, d, round / 7)
    timed:tell(x, loss(x, d))
  end
  local x, seconds = timed:ask(), nil
  for _ = 1, 2 do    -- the first ask met a model that had seen nothing yet
    local y = loss(x, d)
    local began = os.clock()
    timed:tell(x, y)
    x = timed:ask()
    seconds = os.clock() - began
  end
  return seconds
end

local handlers = {}

function handlers.new(request)
  local options = request.options or {}
  options.space = space_of(request.space)
  opt = neap.bayesopt(options)
  return {}
end

function handlers.ask()
  asked = opt:ask()
  return asked
end

function handlers.tell(request)
  opt:tell(asked, request.loss == engine.null and 0 / 0 or request.loss)
  return {}
end

function handlers.best()
  return (opt:best()) or asked
end

function handlers.time(request)
  local seconds = {}
  for round = 1, request.rounds do seconds[round] = time_round(request, round) end
  return seconds
end

for line in io.lines() do
  local request = assert(engine.json_decode(line))
  io.write(engine.json_encode(handlers[request.op](request)), "\n")
  io.flush()
end

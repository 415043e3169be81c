-- Record the curves that forecasts are judged by: constant rates from one starting point, on the same batches.
--   neap tests/bench/forecast/record.lua FOLDER [WORDS OF A WORLD'S NAME...]
--
-- One CSV a world: a column of losses for each rate, named by the rate. A row is the mean training loss of the 'width'
-- steps around 'step'. Each of the first 'probe' steps has its row; then come windows of half the probe up to step 10 probe;
-- then one of the width of the probe around step 10 probe, the end to be forecast; width 0 is the validation loss there.
-- A loss that is not finite, and all after it, is 1e99. Five digits.

package.path = arg[0]:gsub("[^/]*$", "?.lua;", 1) .. package.path

local neap = require "neap"
local recording = require "recording"

local SGD = { 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3 }
local PLAIN = { 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10 }
local ADAM = { 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1 }

local optimizers = {
  sgd = { SGD, start = 0.03 }, nesterov = { SGD, start = 0.03 }, plain = { PLAIN, start = 0.1 },
  adam = { ADAM, start = 0.001 }, adamw = { ADAM, start = 0.001 },
}

-- data, hidden layers, optimizer, batch, probe, steps before the probe, seed, more
local worlds = {
  { "digits", "none", "sgd", 32, 50, 0, 1 },
  { "digits", "none", "adam", 16, 100, 0, 2 },
  { "digits", "none", "plain", 8, 100, 200, 3 },
  { "digits", "64", "sgd", 32, 50, 0, 4 },
  { "digits", "64", "sgd", 32, 100, 40, 5 },
  { "digits", "64", "sgd", 8, 100, 0, 6 },
  { "digits", "64", "plain", 64, 100, 0, 7 },
  { "digits", "64", "adam", 32, 50, 0, 8 },
  { "digits", "64", "adamw", 128, 100, 100, 9 },
  { "digits", "64", "nesterov", 64, 30, 20, 10 },
  { "digits", "128-64", "sgd", 32, 100, 0, 11 },
  { "digits", "128-64", "adam", 8, 200, 0, 12 },
  { "digits", "128-64", "adamw", 32, 100, 60, 13, "activation=tanh" },
  { "digits", "64-64-64-64", "sgd", 64, 100, 0, 14 },
  { "digits", "64-64-64-64", "adam", 32, 100, 0, 15 },
  { "digits", "64-64-64-64", "plain", 32, 200, 0, 16, "activation=tanh" },
  { "digits", "64-64-64-64", "sgd", 32, 50, 60, 17 },
  { "digits", "32-32-32-32-32-32", "adamw", 64, 50, 0, 18 },
  { "fashion", "none", "sgd", 64, 100, 0, 21 },
  { "fashion", "none", "adam", 32, 100, 300, 22 },
  { "fashion", "none", "plain", 256, 50, 0, 23 },
  { "fashion", "64", "sgd", 32, 100, 0, 24 },
  { "fashion", "64", "sgd", 8, 100, 300, 25 },
  { "fashion", "64", "adam", 64, 100, 0, 26 },
  { "fashion", "64", "adamw", 32, 200, 0, 27 },
  { "fashion", "64", "plain", 32, 100, 500, 28 },
  { "fashion", "64", "adam", 8, 100, 0, 29 },
  { "fashion", "128-64", "nesterov", 64, 100, 0, 30 },
  { "fashion", "128-64", "adamw", 64, 50, 300, 31 },
  { "fashion", "256-128", "sgd", 128, 100, 0, 32 },
  { "fashion", "256-128", "sgd", 128, 50, 500, 33 },
  { "fashion", "256-128", "adam", 128, 100, 0, 34 },
  { "fashion", "64-64-64-64", "sgd", 32, 100, 0, 35 },
  { "fashion", "64-64-64-64", "adam", 32, 100, 400, 36 },
  { "fashion", "64-64-64-64", "adamw", 16, 50, 0, 37, "activation=tanh" },
  { "fashion", "64-64-64-64", "plain", 64, 100, 0, 38, "activation=tanh" },
  { "fashion", "64-64-64-64-64-64", "sgd", 64, 200, 0, 39 },
  { "fashion", "64-64-64-64-64-64", "adam", 64, 30, 0, 40 },
  { "fashion", "32", "adam", 32, 400, 0, 41 },
  { "digits", "32", "sgd", 16, 400, 0, 42 },
}

local function name_of(w)
  return ("%s_%s_%s_b%d_probe%d_from%d_seed%d"):format(table.unpack(w, 1, 7))
end

local mean, NOT_FINITE <const> = recording.mean, recording.NOT_FINITE

--- The rows of one rate, and of all: { step, width, value }.
local function summary(losses, validation, probe)
  local rows = {}
  local function window(step, first, last) rows[#rows + 1] = { step, last - first + 1, mean(losses, first, last) } end
  for i = 1, probe do window(i, i, i) end
  local half = probe // 2
  for i = 2, 19 do window(i * half + half / 2, i * half + 1, (i + 1) * half) end
  window(10 * probe, 10 * probe - half + 1, 10 * probe + half)
  rows[#rows + 1] = { 10 * probe, 0, math.abs(validation) < NOT_FINITE and validation or NOT_FINITE }
  return rows
end

local function record(w)
  local data, layers, name, batch, probe, from, seed, more = table.unpack(w)
  local rates, words, start = optimizers[name][1], recording.optimizers[name], optimizers[name].start
  local spec = ("builtin:%s,layers=%s,%s,batch=%d,seed=%d%s"):format(data, layers, words, batch, seed, more and "," .. more or "")
  local trainer <close> = assert(neap.backend(spec))
  trainer:train(from, start)
  local origin = assert(trainer:save())
  local names, rows = { "step", "width" }, {}
  for k, rate in ipairs(rates) do
    trainer:restore(origin)
    local losses = trainer:train(10 * probe, rate)
    local validation = #losses == 10 * probe and trainer:evaluate() or math.huge
    if #losses == 10 * probe then
      for _, loss in ipairs(trainer:train(probe // 2, rate)) do losses[#losses + 1] = loss end
    end
    names[#names + 1] = ("%g"):format(rate)
    for i, row in ipairs(summary(losses, validation, probe)) do
      rows[i] = rows[i] or { row[1], row[2] }
      rows[i][2 + k] = recording.five_digits(row[3])
    end
  end
  return names, rows
end

recording.all(worlds, name_of, record)

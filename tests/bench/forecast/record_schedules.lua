-- Record trainings whose rate changes, for forecasts under a schedule.
--   neap tests/bench/forecast/record_schedules.lua FOLDER [WORDS OF A WORLD'S NAME...]
--
-- One CSV a world, named by its budget: a column of losses for each schedule, named by its text. A row is the mean training loss
-- of the 'width' steps up to 'step': the budget in 120 parts, the last three of them in one, which is the end. A loss that is not finite,
-- and all after it, is 1e99. Five digits.

package.path = arg[0]:gsub("[^/]*$", "?.lua;", 1) .. package.path

local neap = require "neap"
local recording = require "recording"
local s = neap.schedule

local PARTS, LAST <const> = 120, 3

-- data, hidden layers, optimizer, batch, budget, peak, seed
local worlds = {
  { "digits", "64", "sgd", 32, 600, 0.1, 1 },
  { "digits", "64-64", "adam", 16, 1200, 0.003, 2 },
  { "digits", "128", "sgd", 8, 1200, 0.03, 3 },
  { "digits", "64-64-64", "plain", 32, 2400, 0.1, 4 },
  { "digits", "32", "adamw", 64, 600, 0.01, 5 },
  { "digits", "none", "sgd", 16, 1200, 0.03, 6 },
  { "fashion", "64", "sgd", 32, 1200, 0.03, 7 },
  { "fashion", "128-64", "sgd", 64, 1200, 0.1, 8 },
  { "fashion", "64", "adam", 16, 2400, 0.003, 9 },
  { "fashion", "128-64", "adam", 64, 1200, 0.001, 10 },
  { "fashion", "64-64-64", "adamw", 32, 1200, 0.003, 11 },
  { "fashion", "64", "nesterov", 8, 2400, 0.01, 12 },
  { "fashion", "256-128", "sgd", 128, 1200, 0.1, 13 },
  { "fashion", "none", "plain", 32, 1200, 0.1, 14 },
  { "fashion", "64-64-64-64", "adam", 128, 600, 0.01, 15 },
  { "fashion", "64", "plain", 128, 1200, 1, 16 },
}

--- What each world is trained under: at the peak, and at a third of it.
local function schedules(budget, peak)
  local climb = budget // 20
  local rest = budget - climb
  local after = s.warmup(climb)
  return {
    peak * (after .. s.rex(rest)), peak * (after .. s.cosine(rest)), peak * (after .. s.linear(rest)),
    peak * (after .. s.step(rest, { at = { 0.5, 0.75 }, factor = 0.1 })),
    peak * (after .. s.constant(rest * 6 // 10) .. s.linear(rest - rest * 6 // 10)),
    peak * (after .. s.constant(rest)), peak * s.one_cycle(budget),
    peak / 3 * (after .. s.rex(rest)), peak / 3 * (after .. s.constant(rest)),
  }
end

local function name_of(w) return ("%s_%s_%s_b%d_budget%d_peak%g_seed%d"):format(table.unpack(w)) end

local mean = recording.mean

local function record(w)
  local data, layers, optimizer, batch, budget, peak, seed = table.unpack(w)
  local spec = ("builtin:%s,layers=%s,%s,batch=%d,seed=%d"):format(data, layers, recording.optimizers[optimizer], batch, seed)
  local trainer <close> = assert(neap.backend(spec))
  local origin, width = assert(trainer:save()), budget // PARTS
  local names, rows = { "step", "width" }, {}
  for k, schedule in ipairs(schedules(budget, peak)) do
    trainer:restore(origin)
    local losses = trainer:train(budget, schedule)
    names[2 + k] = schedule:describe()
    local first = 1
    for part = 1, PARTS - LAST + 1 do
      local last = part > PARTS - LAST and budget or part * width
      rows[part] = rows[part] or { last, last - first + 1 }
      rows[part][2 + k] = recording.five_digits(mean(losses, first, last))
      first = last + 1
    end
  end
  return names, rows
end

recording.all(worlds, name_of, record)

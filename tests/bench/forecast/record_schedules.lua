-- Record trainings whose rate changes, for forecasts under a schedule.
--   neap tests/bench/forecast/record_schedules.lua FOLDER [WORDS OF A WORLD'S NAME...]
--
-- One CSV a world, named by its budget: a column of losses for each schedule, named by its text. A row is the mean training loss
-- of the 'width' steps up to 'step': the budget in 120 parts, the last three of them in one, which is the end. A loss that is not finite,
-- and all after it, is 1e99. Five digits.

local neap = require "neap"
local engine = require "neap.engine"
local s = neap.schedule

local PARTS, LAST <const> = 120, 3
local NOT_FINITE = 1e99

local optimizers = {
  sgd = "optimizer=sgd,momentum=0.9", nesterov = "optimizer=sgd,momentum=0.9,nesterov=true", plain = "optimizer=sgd,momentum=0",
  adam = "optimizer=adam", adamw = "optimizer=adamw,weight_decay=0.1",
}

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

local function mean(losses, first, last)
  local sum = 0
  for i = first, last do
    if not (math.abs(losses[i] or math.huge) < NOT_FINITE) then return NOT_FINITE end
    sum = sum + losses[i]
  end
  return sum / (last - first + 1)
end

local function record(w, folder)
  local data, layers, optimizer, batch, budget, peak, seed = table.unpack(w)
  local spec = ("builtin:%s,layers=%s,%s,batch=%d,seed=%d"):format(data, layers, optimizers[optimizer], batch, seed)
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
      rows[part][2 + k] = tonumber(("%.5g"):format(mean(losses, first, last)))
      first = last + 1
    end
  end
  assert(engine.table_write(("%s/%s.csv"):format(folder, name_of(w)), names, rows))
end

local function asked(name)
  for i = 2, #arg do
    if not name:find(arg[i], 1, true) then return false end
  end
  return true
end

for _, w in ipairs(worlds) do
  if asked(name_of(w)) then
    local start = engine.clock()
    record(w, arg[1])
    print(("%s  %.1f s"):format(name_of(w), engine.clock() - start))
  end
end

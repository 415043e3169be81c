-- Records what the backend replay: reads: the loss at constant rates, each from the same beginning, into a CSV file.
--   neap run record --backend builtin:digits --lr 1e-3:1 --rates 10 --budget 20000 --file digits.csv
--   neap run autolrs --backend replay:digits.csv --lr 1e-3:1 --budget 4000      then takes milliseconds
-- All steps are search. A rate that diverges is recorded as far as it went.
local neap = require "neap"
local engine = require "neap.engine"

local COLUMNS <const> = { "rate", "step", "loss", "validation", "seed" }
local UNKNOWN <const> = 0 / 0

-- The i-th of n rates, evenly over ln(rate).
local function rate_of(o, i)
  return o.rates == 1 and o.lr[1] or o.lr[1] * (o.lr[2] / o.lr[1]) ^ ((i - 1) / (o.rates - 1))
end

-- One curve: its rows, added to 'rows'; the last loss. A validation loss stands with the first step after it.
local function curve(run, rate, steps, o, rows, label)
  local step, loss, diverged = 0, UNKNOWN, false
  while step < steps and not diverged do
    local validation = run.trainer.offers.evaluate ~= false and run:evaluate { batches = o.batches } or UNKNOWN
    local losses
    losses, diverged = run:train(math.min(o.every, steps - step), rate, label)
    for i, one in ipairs(losses) do
      rows[#rows + 1] = { rate, step + i - 1, one, i == 1 and validation or UNKNOWN, run.seed }
    end
    step, loss = step + #losses, losses[#losses]
  end
  return loss, diverged
end

return neap.recipe {
  summary = "records loss curves at constant rates, for the backend replay:FILE.csv",
  options = {
    lr = { "1e-3:1", "lowest and highest rate", type = "range" },
    rates = { 10, "curves, evenly over ln(rate); each has its share of the budget", min = 1 },
    every = { 50, "steps between two validation losses", min = 1 },
    batches = { nil, "mini-batches of each; default: the whole validation part", type = "integer", min = 1, optional = true },
    file = { "curves.csv", "where to; what is there is replaced" },
  },
  prepare = function(o, budget)
    if budget // o.rates >= 2 then return true end
    return nil, ("budget %d: at least 2 steps for each of %d rates expected"):format(budget, o.rates)
  end,
  function(run, o)
    local start, steps, rows = run:save(), run:left() // o.rates, {}
    for i = 1, o.rates do
      local rate = rate_of(o, i)
      local loss, diverged = curve(run, rate, steps, o, rows, { candidate = i, of = o.rates })
      run:report { event = "curve", candidate = i, of = o.rates, rate = rate, loss = loss, text = diverged and "diverged" or nil }
      run:restore(start)
    end
    local written, problem = engine.table_write(o.file, COLUMNS, rows)
    if not written then return nil, problem end
    run:report { event = "written", text = ("%s: %d rows; --backend replay:%s"):format(o.file, #rows, o.file) }
  end,
}

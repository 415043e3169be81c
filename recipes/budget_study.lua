-- Which schedule is best when there is a budget? The protocol of the REX paper (arXiv 2107.04197) on the embedded trainer:
-- every schedule, its peak tuned by itself in multiples of 3 for each setting and budget, three seeds, tested.
--   neap run budget_study --quick              minutes: without the sampling rates, Fashion-MNIST with a fifth of the budget
--   neap run budget_study --picture study.svg  hours
-- Each finished run stands in --file; the same command goes on where it was stopped.
local designs = require "neap.study.design"
local drawing = require "neap.study.drawing"
local findings = require "neap.study.findings"
local ledger = require "neap.study.ledger"
local neap = require "neap"
local plan = require "neap.study.plan"
local study = require "neap.study"
local words = require "neap.words"

-- Progress: the line on a terminal at each batch, an event at each tenth of a round.
local function teller(run)
  local told = -1
  return function(state)
    local left = state.seconds * (1 / state.share - 1)
    local status = ("%d of %d runs known so far, %s left of this round"):format(state.done, state.known, words.duration(left))
    run:count(state.steps, status)
    local tenth = 10 * state.share // 1
    if tenth ~= told then
      told = tenth
      run:report { event = "runs", text = status, done = state.done, known = state.known }
    end
  end
end

return neap.recipe {
  summary = "a study: which schedule is best for a budget, as the REX paper asks",
  study = true,
  options = {
    quick = { false, "minutes instead of hours: no sampling rates, a smaller budget of Fashion-MNIST" },
    full = { nil, "steps of 100 %; default: digits 4000, fashion 20000, or 4000 if quick", type = "integer", min = 100, optional = true },
    budgets = { table.concat(plan.budgets, "-"), "in percent of the full budget" },
    settings = { "digits-fashion", "data sets" },
    optimizers = { "sgd-adam", "optimizers" },
    measure = { "error", "what peaks are tuned by (validation) and schedules compared by (test)", choices = { "error", "loss" } },
    seeds = { 3, "runs of each peak, seeds from the run's on", min = 1, max = 100 },
    file = { "budget_study.csv", "where finished runs stand, and are read back" },
    picture = { nil, "draw into this .svg or .png", type = "string", optional = true },
    workers = { nil, "processes at a time; default: the cores there are", type = "integer", min = 1, max = 1024, optional = true },
  },
  prepare = designs.of,
  function(run, o)
    local design = designs.of(o)
    local record <close>, problem = ledger.open(o.file)
    if not record then return nil, problem end
    local cells, seeds = plan.cells(design), { first = run.seed, count = o.seeds }
    local how = { seeds = seeds, measure = o.measure, workers = o.workers, told = teller(run) }
    local done, why = study.train(cells, record, how)
    if not done then return nil, why end
    local results = study.results(cells, record, how)
    done, why = findings.report(function(event) run:report(event) end, results, design, o)
    if not done then return nil, why end
    if o.picture then return drawing.draw(results, design, o) end
  end,
}

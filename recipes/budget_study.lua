-- Which schedule is best when there is a budget? The protocol of the REX paper (arXiv 2107.04197) on the embedded trainer:
-- every schedule, its peak tuned by itself in multiples of 3 for each setting and budget, three seeds, tested.
--   neap run budget_study --quick              minutes: without the sampling rates, Fashion-MNIST with a fifth of the budget
--   neap run budget_study --picture study.svg  hours
-- Each finished run stands in --file; the same command goes on where it was stopped.
local contestants = require "neap.study.contestants"
local drawing = require "neap.study.drawing"
local ledger = require "neap.study.ledger"
local neap = require "neap"
local options = require "neap.options"
local paper = require "neap.study.paper"
local plan = require "neap.study.plan"
local ranking = require "neap.study.ranking"
local study = require "neap.study"
local tables = require "neap.study.tables"
local verdict = require "neap.study.verdict"

-- "digits-fashion" -> { "digits", "fashion" }, each one of those known; or nil and what is wrong.
local function names_in(text, name, known)
  local list = {}
  for word in text:gmatch "[^-]+" do
    if not known[word] then return nil, ("option '%s': unknown '%s'%s"):format(name, word, options.hint(word, known)) end
    list[#list + 1] = word
  end
  if #list == 0 then return nil, ("option '%s': names with dashes between them expected"):format(name) end
  return list
end

-- "1-5-10" -> { 1, 5, 10 }, or nil and what is wrong.
local function budgets_in(text)
  local list = {}
  for word in text:gmatch "[^-]+" do
    local budget = math.tointeger(tonumber(word))
    if not budget or budget < 1 or budget > 100 or budget <= (list[#list] or 0) then
      return nil, ("option 'budgets': whole percents from 1 to 100, ascending, expected, not '%s'"):format(word)
    end
    list[#list + 1] = budget
  end
  if #list == 0 then return nil, "option 'budgets': percents with dashes between them expected" end
  return list
end

-- What to train, or nil and what is wrong with the options.
local function design_of(o)
  local settings, optimizers, budgets, problem
  settings, problem = names_in(o.settings, "settings", plan.settings)
  if not settings then return nil, problem end
  optimizers, problem = names_in(o.optimizers, "optimizers", plan.optimizers)
  if not optimizers then return nil, problem end
  budgets, problem = budgets_in(o.budgets)
  if not budgets then return nil, problem end
  return { settings = settings, optimizers = optimizers, budgets = budgets, quick = o.quick, full = o.full, samplings = not o.quick }
end

local function clock(seconds)
  return ("%d:%02d:%02d"):format(seconds // 3600, seconds % 3600 // 60, seconds % 60 // 1)
end

-- Progress: the line on a terminal at each batch, an event at each tenth of a round.
local function teller(run)
  local told = -1
  return function(state)
    local left = state.seconds * (1 / state.share - 1)
    local status = ("%d of %d runs known so far, %s left of this round"):format(state.done, state.known, clock(left))
    run:count(state.steps, status)
    local tenth = 10 * state.share // 1
    if tenth ~= told then
      told = tenth
      run:report { event = "runs", text = status, done = state.done, known = state.known }
    end
  end
end

local function show(run, results, design, o)
  local function table_of(text) run:report { event = "table", text = "\n" .. text .. "\n" } end
  for _, setting in ipairs(design.settings) do
    local function about(optimizer)
      return { setting = setting, optimizer = optimizer, full = plan.full(setting, design), budgets = design.budgets,
        measure = o.measure, seeds = o.seeds }
    end
    for _, optimizer in ipairs(design.optimizers) do
      table_of(tables.schedules(results, about(optimizer)))
      for _, profile in ipairs(design.samplings and contestants.sampled or {}) do
        table_of(tables.samplings(results, about(optimizer), profile.name))
      end
    end
  end
  local published, problem = paper.results()
  if not published then error(problem, 0) end
  local ranked = ranking.only(results, function(result) return contestants.is_ranked(result.schedule) end)
  local cells, paper_cells = ranking.cells(ranked), ranking.cells(published)
  table_of(tables.shares(cells, paper_cells))
  local text, reproduced = verdict.text(cells, paper_cells, o.measure)
  text = text .. "\n" .. verdict.beside(ranking.cells(results), contestants.beside)
  run:report { event = "verdict", text = "\n" .. text, reproduced = reproduced }
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
  prepare = design_of,
  function(run, o)
    local design = design_of(o)
    local record <close>, problem = ledger.open(o.file)
    if not record then return nil, problem end
    local cells, seeds = plan.cells(design), { first = run.seed, count = o.seeds }
    local how = { seeds = seeds, measure = o.measure, workers = o.workers, told = teller(run) }
    local done, why = study.train(cells, record, how)
    if not done then return nil, why end
    local results = study.results(cells, record, how)
    show(run, results, design, o)
    if o.picture then return drawing.draw(results, design, o) end
  end,
}

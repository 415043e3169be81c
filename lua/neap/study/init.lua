--- A budgeted-training study: every cell of a plan, its peak tuned, on every core, resumed where it was left.
---
--- Runs are needed in rounds: first a small grid of peaks for every cell, then whatever lets a best peak lie inside its
--- grid. A round is cut into jobs of about one full budget, each on one data set, optimizer and seed.

local engine = require "neap.engine"
local tuning = require "neap.study.tuning"
local workers = require "neap.workers"

local study = {}

--- The runs that the cells still need.
local function wanted(cells, o, record)
  local runs = {}
  for _, cell in ipairs(cells) do
    for _, run in ipairs((tuning.wanted(cell, o, record))) do runs[#runs + 1] = { cell = cell, run = run } end
  end
  table.sort(runs, function(a, b)
    if a.cell.backend ~= b.cell.backend then return a.cell.backend < b.cell.backend end
    if a.run.seed ~= b.run.seed then return a.run.seed < b.run.seed end
    if a.run.steps ~= b.run.steps then return a.run.steps < b.run.steps end
    if a.run.schedule ~= b.run.schedule then return a.run.schedule < b.run.schedule end
    return a.run.peak < b.run.peak
  end)
  return runs
end

--- Cut sorted runs into batches that a worker does on one trainer.
local function batches_of(runs)
  local batches, batch = {}, nil
  for _, it in ipairs(runs) do
    if not batch or batch.backend ~= it.cell.backend or batch.seed ~= it.run.seed or batch.steps + it.run.steps > it.cell.full then
      batch = { backend = it.cell.backend, seed = it.run.seed, look = it.cell.look, steps = 0, runs = {} }
      batches[#batches + 1] = batch
    end
    batch.steps = batch.steps + it.run.steps
    table.insert(batch.runs, it.run)
  end
  return batches
end

local function job_of(batch)
  return { "neap.study.train", "runs", { backend = batch.backend, seed = batch.seed, look = batch.look, runs = batch.runs } }
end

--- Write down what a batch came to.
local function keep(batch, outcomes, record)
  for i, run in ipairs(batch.runs) do
    for name, value in pairs(outcomes[i]) do run[name] = value end
    local done, problem = record:append(run)
    if not done then error(problem, 0) end
  end
end

--- Train until every cell is settled.
---@param cells table[]         of neap.study.plan
---@param record neap.Ledger
---@param o { seeds: { first: integer, count: integer }, measure: "error"|"loss", workers: integer?, told: fun(state: table) }
---  told is called after each batch: { done, known (runs), steps (of this batch), share (of the known steps), seconds }
---@return boolean? done
---@return string? problem
function study.train(cells, record, o)
  local started = engine.clock()
  while true do
    local runs = wanted(cells, o, record)
    if #runs == 0 then return true end
    local batches, jobs, left, taken = batches_of(runs), {}, 0, 0
    for i, batch in ipairs(batches) do jobs[i], left = job_of(batch), left + batch.steps end
    local known = record.count + #runs
    local function settle(i, outcomes, problem)
      if problem then error(("%s, seed %d: %s"):format(batches[i].backend, batches[i].seed, problem), 0) end
      keep(batches[i], outcomes, record)
      taken = taken + batches[i].steps
      o.told { done = record.count, known = known, steps = batches[i].steps, share = taken / left, seconds = engine.clock() - started }
    end
    local results, problem = workers.map(jobs, { workers = o.workers, on_result = settle })
    if not results then return nil, problem end
    started = engine.clock()
  end
end

--- What the settled cells came to: each with the outcomes at its best peak, and their mean and deviation.
---@return table[] results    { cell fields, peak, at_edge, mean, deviation }
function study.results(cells, record, o)
  local results, name = {}, "test_" .. o.measure
  for i, cell in ipairs(cells) do
    local _, k, at_edge = tuning.wanted(cell, o, record)
    local mean, square = 0.0, 0.0
    local outcomes = tuning.outcomes(cell, k, o, record)
    for _, outcome in ipairs(outcomes) do mean = mean + (outcome[name] or math.huge) / #outcomes end
    for _, outcome in ipairs(outcomes) do square = square + ((outcome[name] or math.huge) - mean) ^ 2 end
    results[i] = setmetatable({
      peak = tuning.peak(cell.base, k), at_edge = at_edge, measure = o.measure, mean = mean,
      deviation = #outcomes > 1 and (square / (#outcomes - 1)) ^ 0.5 or nil,
    }, { __index = cell })
  end
  return results
end

return study

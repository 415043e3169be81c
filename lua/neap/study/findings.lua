--- What a study found, told: its tables, the shares beside the paper's, the verdict.

local contestants = require "neap.study.contestants"
local paper = require "neap.study.paper"
local plan = require "neap.study.plan"
local ranking = require "neap.study.ranking"
local tables = require "neap.study.tables"
local verdict = require "neap.study.verdict"

local findings = {}

--- Report everything that a study found.
---@param report fun(event: table)    takes an event with a text: a table, or the verdict
---@param results table[]             of neap.study.results
---@param design table                of neap.study.design
---@param o { measure: "error"|"loss", seeds: integer }
---@return boolean? done
---@return string? problem
function findings.report(report, results, design, o)
  local function table_of(text) report { event = "table", text = "\n" .. text .. "\n" } end
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
  if not published then return nil, problem end
  local ranked = ranking.only(results, function(result) return contestants.is_ranked(result.schedule) end)
  local cells, paper_cells = ranking.cells(ranked), ranking.cells(published)
  table_of(tables.shares(cells, paper_cells))
  local text, reproduced = verdict.text(cells, paper_cells, o.measure)
  text = text .. "\n" .. verdict.beside(ranking.cells(results), contestants.beside)
  report { event = "verdict", text = "\n" .. text, reproduced = reproduced }
  return true
end

return findings

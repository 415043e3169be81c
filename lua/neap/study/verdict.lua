--- What a study found, in words made from its numbers: where REX wins and where not, and whether the paper's ordering holds.

local plan = require "neap.study.plan"
local ranking = require "neap.study.ranking"

local verdict = {}

local function place(cell) return ("%s %s %d %%"):format(cell.setting, cell.optimizer, cell.budget) end

--- "a, b and c", at most so many of them.
local function listed(words, most)
  if #words > most then
    return table.concat(words, ", ", 1, most) .. (" and %d more"):format(#words - most)
  end
  return table.concat(words, ", ")
end

--- Where one schedule wins, against the best of all others in each cell; where there are deviations, among the cells that have them.
local function wins(cells, name)
  local leads, won, clearly, lost = ranking.leads(cells, name), 0, {}, {}
  local compared = ranking.only(leads, function(lead) return lead.clear ~= nil end)
  if #compared > 0 then leads = compared end
  for _, lead in ipairs(leads) do
    if lead.lead >= 0 then won = won + 1 end
    if lead.clear and lead.lead > 0 then clearly[#clearly + 1] = place(lead.cell) end
    if lead.clear and lead.lead < 0 then
      lost[#lost + 1] = ("%s (%s, by %.3g)"):format(place(lead.cell), lead.rival.schedule, -lead.lead)
    end
  end
  return #leads, won, clearly, lost, #compared > 0
end

local function wins_lines(cells, paper_cells)
  local count, won, clearly, lost, deviations = wins(cells, "rex")
  local paper_count, paper_won, paper_clearly = wins(paper_cells, "rex")
  local first = ("REX is first in %d of %d cells here (in the paper: %d of %d)"):format(won, count, paper_won, paper_count)
  if not deviations then return { first .. "; by how much means little with one seed." } end
  local lines = {
    first .. ",",
    ("and by more than both deviations together in %d (in the paper: %d)%s."):format(#clearly, #paper_clearly,
      #clearly > 0 and ": " .. listed(clearly, 6) or ""),
  }
  lines[#lines + 1] = #lost == 0 and "Nowhere is another schedule ahead of it by as much."
    or ("Another is ahead of it by as much in %d: %s."):format(#lost, listed(lost, 6))
  return lines
end

local AHEAD <const>, BEHIND <const> = { "rex", "linear" }, { "step", "exponential", "none" }

--- Does the paper's ordering hold at low budgets: each of REX and linear ahead of each of step, exponential and constant?
---@return boolean holds    every pair does in more than half of the cells
---@return string[] lines
local function ordering(cells)
  local low = ranking.only(cells, function(cell) return plan.is_low(cell.budget) end)
  local holds, lines = true, {}
  for _, name in ipairs(AHEAD) do
    local words = {}
    for i, other in ipairs(BEHIND) do
      local ahead, count, behind = ranking.ahead(low, name, other)
      local except = {}
      for j, cell in ipairs(behind) do except[j] = place(cell) end
      holds = holds and 2 * ahead > count
      words[i] = ("  ahead of %s in %d of %d%s"):format(other, ahead, count, #except > 0 and ", not in " .. listed(except, 6) or "")
    end
    lines[#lines + 1] = name .. "\n" .. table.concat(words, "\n")
  end
  return holds, lines
end

--- Schedules beside the ranking, each against REX.
---@param cells table[]     of neap.study.ranking, with them
---@param names string[]
---@return string
function verdict.beside(cells, names)
  local lines = {}
  for i, name in ipairs(names) do
    local ahead, count = ranking.ahead(cells, name, "rex")
    lines[i] = ("Beside the ranking: %s is ahead of rex in %d of %d cells."):format(name, ahead, count)
  end
  return table.concat(lines, "\n")
end

--- The whole verdict.
---@param cells table[]          of neap.study.ranking, ours
---@param paper_cells table[]
---@param measure "error"|"loss"
---@return string text
---@return boolean reproduced    the paper's ordering at low budgets
function verdict.text(cells, paper_cells, measure)
  local holds, lines = ordering(cells)
  local all = wins_lines(cells, paper_cells)
  all[#all + 1] = "At low budgets the paper has REX and linear ahead of step, exponential and none. Here, by mean test " .. measure .. ":"
  table.move(lines, 1, #lines, #all + 1, all)
  all[#all + 1] = holds and "So the paper's ordering at low budgets is reproduced: each pair holds in more than half of the cells."
    or "So the paper's ordering at low budgets is not reproduced: not every pair holds in more than half of the cells."
  return table.concat(all, "\n"), holds
end

return verdict

--- A study's tables, as text: test errors by schedule and budget, sampling rates, and shares of first places beside the paper's.

local contestants = require "neap.study.contestants"
local plan = require "neap.study.plan"
local ranking = require "neap.study.ranking"

local tables = {}

local NAME_WIDTH <const>, CELL_WIDTH <const> = 14, 14

local function cell_text(result, best)
  local mark = result.mean <= best and "*" or " "
  local edge = result.at_edge and "?" or " "
  if result.mean == math.huge then return "diverged " end
  if not result.deviation then return (result.measure == "loss" and "%s%s%.4f" or "%s%s%.2f"):format(edge, mark, result.mean) end
  local form = result.measure == "loss" and "%s%s%.4f+-%.4f" or "%s%s%.2f +- %.2f"
  return form:format(edge, mark, result.mean, result.deviation)
end

local function right(text) return (" "):rep(CELL_WIDTH - #text) .. text end

--- Lines of a grid: names down, columns across; the best of a column is marked.
---@param find fun(name: string, column: any): table?    a result, or nil
local function grid(names, columns, heads, find)
  local best, line = {}, { (" "):rep(NAME_WIDTH) }
  for j, column in ipairs(columns) do
    best[j] = math.huge
    for _, name in ipairs(names) do
      local result = find(name, column)
      best[j] = math.min(best[j], result and result.mean or math.huge)
    end
    line[j + 1] = right(heads[j])
  end
  local lines = { table.concat(line) }
  for _, name in ipairs(names) do
    line = { name .. (" "):rep(NAME_WIDTH - #name) }
    for j, column in ipairs(columns) do
      local result = find(name, column)
      line[j + 1] = right(result and cell_text(result, best[j]) or "-")
    end
    lines[#lines + 1] = table.concat(line)
  end
  return table.concat(lines, "\n")
end

local function finder(results, about)
  local by_name = {}
  for _, r in ipairs(results) do
    if r.setting == about.setting and r.optimizer == about.optimizer then by_name[r.schedule .. " @" .. r.budget] = r end
  end
  return function(name, budget) return by_name[name .. " @" .. budget] end
end

local function heads_of(about)
  local heads = {}
  for j, budget in ipairs(about.budgets) do heads[j] = ("%d%%=%d"):format(budget, budget * about.full // 100) end
  return heads
end

local NOTES <const> = "* the best of its column;  ? its best peak is at the end of the widest grid"

local UNIT <const> = { error = "error in %", loss = "loss" }

---@class neap.study.About    of one setting
---@field setting string
---@field optimizer string
---@field full integer       steps of 100 %
---@field budgets integer[]   in percent
---@field measure "error"|"loss"
---@field seeds integer

local function title_of(about, what)
  return ("%s, %s: test %s%s"):format(about.setting, plan.optimizers[about.optimizer].title, UNIT[about.measure], what)
end

--- Test errors, or losses, of the paper's schedules in one setting.
---@param about neap.study.About
---@return string
function tables.schedules(results, about)
  local names = {}
  for i, contestant in ipairs(contestants.schedules) do names[i] = contestant.name end
  return ("%s\n%s\n%s"):format(title_of(about, (", mean +- deviation of %d seeds, by budget in steps"):format(about.seeds)),
    grid(names, about.budgets, heads_of(about), finder(results, about)), NOTES)
end

--- The same of one profile, the more often it is read the further down.
---@param about neap.study.About
---@return string
function tables.samplings(results, about, profile)
  local find, names = finder(results, about), {}
  for i, rate in ipairs(contestants.rates) do names[i] = rate.name end
  return title_of(about, (" of the profile '%s', read ..\n"):format(profile))
    .. grid(names, about.budgets, heads_of(about), function(rate_name, budget)
      return find(contestants.name(profile, rate_name), budget)
    end)
end

local GROUPS <const> = {
  { "low", function(cell) return plan.is_low(cell.budget) end },
  { "high", function(cell) return not plan.is_low(cell.budget) end },
  { "all", function() return true end },
}

local function share_text(share)
  return share and ("%3.0f /%4.0f"):format(100 * share.first, 100 * share.third) or "-"
end

--- In what share of the cells each schedule is first / within the first three, ours beside the paper's.
---@param cells table[]          of neap.study.ranking
---@param paper_cells table[]
---@return string
function tables.shares(cells, paper_cells)
  local columns, heads = {}, { ("%-14s"):format "" }
  for _, source in ipairs { { "here", cells }, { "paper", paper_cells } } do
    for _, group in ipairs(GROUPS) do
      local shares, count = ranking.shares(source[2], group[2])
      columns[#columns + 1] = shares
      heads[#heads + 1] = ("%14s"):format(("%s %s:%d"):format(source[1], group[1], count))
    end
  end
  local lines = { "cells in which a schedule is first / within the first three, in %; low budgets are below 25 %", table.concat(heads) }
  for _, contestant in ipairs(contestants.schedules) do
    if contestant.paper then
      local line = { ("%-14s"):format(contestant.name) }
      for j, shares in ipairs(columns) do line[j + 1] = ("%14s"):format(share_text(shares[contestant.name])) end
      lines[#lines + 1] = table.concat(line)
    end
  end
  return table.concat(lines, "\n")
end

return tables

--- What the REX paper found: the cells of its tables 4 to 10, as results that neap.study.ranking takes.

local contestants = require "neap.study.contestants"
local paths = require "neap.paths"

local paper = {}

--- Metrics that are the better the higher.
local HIGHER <const> = { mAP = true, score = true }

local function names()
  local by_paper = {}
  for _, contestant in ipairs(contestants.schedules) do
    if contestant.paper then by_paper[contestant.paper] = contestant.name end
  end
  return by_paper
end

--- Every cell. `mean` is the lower the better: where the paper's metric is not, its sign is changed.
---@return table[]? results    { setting, optimizer, schedule, budget, mean, deviation? }
---@return string? problem
function paper.results()
  local file = paths.data "rex_tables.csv"
  local handle, problem = io.open(file)
  if not handle then return nil, problem end
  local by_paper, results = names(), {}
  handle:read "l"   -- the names of the columns
  for line in handle:lines() do
    local setting, optimizer, schedule, budget, mean, deviation, metric = line:match "^([^,]*),([^,]*),([^,]*),(%d+),([^,]*),([^,]*),(.*)$"
    local name = by_paper[schedule]
    if not (name and tonumber(mean)) then
      handle:close()
      return nil, ("%s: '%s' is no cell of a known schedule"):format(file, line)
    end
    results[#results + 1] = {
      setting = setting, optimizer = optimizer, schedule = name, budget = math.tointeger(tonumber(budget)),
      mean = (HIGHER[metric] and -1 or 1) * tonumber(mean), deviation = tonumber(deviation),
    }
  end
  handle:close()
  return results
end

return paper

--- Tuning the peak as the REX paper does: in multiples of 3, for each schedule, setting and budget by itself, over a grid that
--- grows until the best peak is inside it.
---
--- A cell is one (setting, optimizer, schedule, budget). Peaks are base * 3^k; a peak is judged by its mean validation
--- error (or loss) over the seeds, of equal ones by the other; one that diverged for a seed is worse than all that did not.

local tuning = {}

--- How far the grid may grow: a factor of 3^6 = 729 either way.
local REACH <const> = 6

--- The number that is trained with and recorded.
---@return number
function tuning.peak(base, k) return tonumber(("%.6g"):format(base * 3.0 ^ k)) end

--- The runs of a cell at base * 3^k, one for each seed.
local function runs_at(cell, k, seeds)
  local runs = {}
  for i = 1, seeds.count do
    runs[i] = {
      setting = cell.setting, optimizer = cell.optimizer, schedule = cell.schedule, full = cell.full, steps = cell.steps,
      peak = tuning.peak(cell.base, k), seed = seeds.first + i - 1,
    }
  end
  return runs
end

--- Means of a peak's outcomes, or nil while some are missing.
local function judged(cell, k, o, record)
  local sum = { validation_error = 0.0, validation_loss = 0.0 }
  for _, run in ipairs(runs_at(cell, k, o.seeds)) do
    local done = record:find(run)
    if not done then return nil end
    for name in pairs(sum) do sum[name] = sum[name] + (done[name] or math.huge) / o.seeds.count end
  end
  return sum
end

local function better(a, b, measure)
  local first, second = "validation_error", "validation_loss"
  if measure == "loss" then first, second = second, first end
  if a[first] ~= b[first] then return a[first] < b[first] end
  return a[second] < b[second]
end

--- What a cell still needs.
---@param o { seeds: { first: integer, count: integer }, measure: "error"|"loss" }
---@param record neap.Ledger
---@return table[] runs        not done yet; none: the cell is settled
---@return integer? best       the k of the best peak, of a settled cell
---@return boolean? at_edge    the grid may grow no further, and the best is at its end
function tuning.wanted(cell, o, record)
  local low, high = -1, 1
  while true do
    local missing, best, scores = {}, low, {}
    for k = low, high do
      scores[k] = judged(cell, k, o, record)
      for _, run in ipairs(scores[k] and {} or runs_at(cell, k, o.seeds)) do
        if not record:find(run) then missing[#missing + 1] = run end
      end
      if scores[k] and scores[best] and better(scores[k], scores[best], o.measure) then best = k end
    end
    if #missing > 0 then return missing end
    if low < best and best < high then return missing, best, false end
    if best == low and low > -REACH then low = low - 1
    elseif best == high and high < REACH then high = high + 1
    else return missing, best, true end
  end
end

--- The outcomes of a settled cell at its best peak: one for each seed.
function tuning.outcomes(cell, k, o, record)
  local outcomes = {}
  for i, run in ipairs(runs_at(cell, k, o.seeds)) do outcomes[i] = record:find(run) end
  return outcomes
end

return tuning

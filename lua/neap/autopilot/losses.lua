--- What the training losses of a few steps say, and how surely: each is that of one batch, and scatters. And the validation loss.

local finite = require "neap.finite"

local losses = {}

--- Why there is nothing to compare with.
losses.UNSOUND = "the validation loss is not finite before any step is taken"

--- Losses that a scatter is taken from, at most.
local MEMORY <const> = 40

--- Standard errors: a mean that is off by less may be so by chance.
local DEVIATIONS <const> = 4

--- A loss to compare by: one that is not finite is the worst there is, -inf too.
---@param loss number
---@return number
function losses.or_worst(loss) return finite(loss) and loss or math.huge end

--- The validation loss of a training under way. Batch normalisation's running statistics lag behind weights that move fast, so where
--- the trainer can do without them, it does.
---@param run neap.Run
---@param where { batches: integer?, weights: string? }
---@return number loss    may be nan or infinite
function losses.validation(run, where)
  where.statistics = run.offers.batch_statistics and "batch" or nil
  return (run:evaluate(where))
end

function losses.mean(list)
  local sum = 0
  for _, loss in ipairs(list) do sum = sum + loss end
  return #list > 0 and sum / #list or math.huge
end

--- The standard deviation of one loss about the course of the last ones: von Neumann's, by the differences of neighbours, in
--- which the course cancels. One loss alone does not scatter.
---@param list number[]
---@param depth? integer    it ends there; default: at the end of the list
---@return number
function losses.scatter(list, depth)
  depth = depth or #list
  local from, sum = math.max(2, depth - MEMORY + 2), 0
  for i = from, depth do sum = sum + (list[i] - list[i - 1]) ^ 2 end
  return depth >= from and math.sqrt(sum / (2 * (depth - from + 1))) or 0
end

--- What the mean of so many losses, after those that led to a run's present state, may be off theirs by chance. What a run went
--- back from stands behind them in its list, and may have broken.
---@param run { losses: number[], depth: integer }
---@param count integer
---@return number
function losses.chance(run, count)
  if run.depth < 2 then return 0 end
  return DEVIATIONS * losses.scatter(run.losses, run.depth) * math.sqrt(1 / count + 1 / math.min(run.depth, MEMORY))
end

return losses

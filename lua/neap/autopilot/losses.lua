--- What the training losses of a few steps say, and how surely: each is that of one batch, and scatters.

local losses = {}

--- Losses that a scatter is taken from, at most.
local MEMORY <const> = 40

--- Standard errors: a mean that is off by less may be so by chance.
local DEVIATIONS <const> = 4

function losses.mean(list)
  local sum = 0
  for _, loss in ipairs(list) do sum = sum + loss end
  return #list > 0 and sum / #list or math.huge
end

--- The standard deviation of one loss about the course of the last ones: von Neumann's, by the differences of neighbours, in
--- which the course cancels. One loss alone does not scatter.
---@param list number[]
---@return number
function losses.scatter(list)
  local from, sum = math.max(2, #list - MEMORY + 2), 0
  for i = from, #list do sum = sum + (list[i] - list[i - 1]) ^ 2 end
  return #list >= from and math.sqrt(sum / (2 * (#list - from + 1))) or 0
end

--- What the mean of so many losses after these may be off theirs by chance.
---@param list number[]
---@param count integer
---@return number
function losses.chance(list, count)
  return #list > 1 and DEVIATIONS * losses.scatter(list) * math.sqrt(1 / count + 1 / math.min(#list, MEMORY)) or 0
end

return losses

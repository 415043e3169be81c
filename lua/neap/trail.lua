--- The steps that led to a state, as a chain of blocks: each state ends one, and states that share a past share its blocks.
--- A checkpoint holds the end of its chain, so going back to one costs what lies between the two, not the whole past.

---@class neap.Trail
---@field before? neap.Trail       the block before; none at the beginning
---@field depth integer            steps up to the end of this block
---@field rates? number|number[]   of its steps
---@field losses? number[]
local trail = {}

--- The beginning: no steps.
---@return neap.Trail
function trail.beginning() return { depth = 0 } end

--- A block after another.
---@param before neap.Trail
---@param rates number|number[]    one for each loss, or one for all
---@param losses number[]
---@return neap.Trail
function trail.add(before, rates, losses)
  return { before = before, depth = before.depth + #losses, rates = rates, losses = losses }
end

--- Write a block into lists of the rates and losses of every step.
function trail.write(block, rates, losses)
  local before = block.before.depth
  for i, loss in ipairs(block.losses) do
    rates[before + i] = type(block.rates) == "number" and block.rates or block.rates[i]
    losses[before + i] = loss
  end
end

--- Lists that show the way to one state are to show the way to another: writes the blocks that are not on both ways.
---@param from neap.Trail
---@param to neap.Trail
function trail.turn(from, to, rates, losses)
  while to ~= from do
    local before, is_deeper = from, to.depth >= from.depth
    if from.depth >= to.depth then before = from.before end
    if is_deeper then
      trail.write(to, rates, losses)
      to = to.before
    end
    from = before
  end
end

return trail

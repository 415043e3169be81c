--- The momentum channel: one-cycle and cyclic profiles have one, other schedules can be given one (with_momentum). Whatever is done
--- to a schedule's time is done to its momentum; what is done to its rates leaves it as it is.

local operations = require "neap.schedule.operations"
local pieces = require "neap.schedule.pieces"
local tree = require "neap.schedule.tree"

local momentum = {}

local function must(sched, problem)
  if not sched then error(problem, 0) end
  return sched
end

--- Operations on the time of a schedule, which its momentum shares.
local ON_TIME <const> = {
  hold = true, repeated = true, restarted = true, reversed = true, sample = true, shift = true, skip = true, stretch = true, take = true,
}

--- In a sequence, what stands beside a part with a momentum holds the nearest one.
local function of_sequence(parts)
  local channels, any = {}, false
  for i, part in ipairs(parts) do
    channels[i] = momentum.of(part) or false
    any = any or channels[i]
  end
  if not any then return nil end
  local whole, before = nil, nil
  for i, part in ipairs(parts) do
    local channel = channels[i]
    if not channel then
      local value = before
      for k = i + 1, #parts do
        value = value or channels[k] and channels[k]:at(0)
      end
      channel = must(tree.scale(value, must(tree.piece("constant", #part))))
    else
      before = channel:at(math.max(#channel - 1, 0))
    end
    whole = whole and must(tree.join(whole, channel)) or channel
  end
  return whole
end

--- The schedule of the momentum that goes with a bound schedule; nil if it has none.
---@return neap.Schedule?
function momentum.of(sched)
  local parts = tree.parts(sched)
  if #parts > 1 then return of_sequence(parts) end
  local node = tree.node(sched)
  if node.op == "piece" then
    local of = pieces.known[node.name].momentum
    if not of then return nil end
    local name, given = of(node.steps, node.options)
    return name and must(tree.piece(name, node.steps, given))
  end
  if node.op == "with_momentum" then return node.argument end
  local first = tree.is(node[1]) and momentum.of(node[1]) or nil
  local channel = first or tree.is(node[2]) and momentum.of(node[2]) or nil
  if not channel or not ON_TIME[node.op] then return channel end
  local o = node.options
  if node.op == "repeated" then o = nil end
  if node.op == "restarted" then o = { multiplier = o.multiplier } end   -- the height of the rates is none of its business
  if operations[node.op].argument then return must(tree.apply(node.op, channel, node.argument, o)) end
  return must(tree.apply(node.op, channel, o))
end

return momentum

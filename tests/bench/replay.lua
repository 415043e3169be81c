-- How far to trust recorded curves: 35 policies, trained in truth and on a record of twelve constant rates.
--   build/neap tests/bench/replay.lua builtin:digits,optimizer=adam 1000 1e-4:0.3
-- Prints the rank correlation (Spearman) of the final validation losses, how far off they are among the good policies, what
-- the best policy on the record is worth in truth, and the time that each takes.
local engine = require "neap.engine"
local neap = require "neap"
local s = neap.schedule

local spec, steps, interval = arg[1], math.tointeger(tonumber(arg[2])), arg[3]
assert(spec and steps and interval, "usage: replay.lua SPEC STEPS MIN:MAX")
local low, high = interval:match "^(.-):(.*)$"
local SHAPES <const> = {
  constant = function(p) return p end,
  rex = function(p) return p * s.rex(steps) end,
  linear = function(p) return p * s.linear(steps) end,
  cosine = function(p) return p * s.cosine(steps) end,
  drop = function(p) return p * (s.constant(steps // 2) .. 0.1 * s.constant(steps - steps // 2)) end,
}

local function policies()
  local list = {}
  for i = 0, 6 do
    local peak = 0.9 * low * (high / low) ^ (i / 6)   -- between the recorded rates
    for name, shape in pairs(SHAPES) do list[#list + 1] = { name = name, peak = peak, rate = shape(peak) } end
  end
  return list
end

-- Train each policy from the beginning: its final validation loss goes to policy[key]; infinite if it is none.
local function train(trainer, list, key)
  local start, began = trainer:save(), engine.clock()
  for _, policy in ipairs(list) do
    trainer:restore(start)
    trainer:train(steps, policy.rate)
    local loss = trainer:evaluate { batches = 20 }
    policy[key] = loss == loss and loss or math.huge
  end
  return (engine.clock() - began) / #list * 1000
end

local function ranks(list, key)
  local order, place = table.move(list, 1, #list, 1, {}), {}
  table.sort(order, function(a, b) return a[key] < b[key] end)
  for i, policy in ipairs(order) do place[policy] = i end
  return place, order[1]
end

local file = os.tmpname()
local recorded, problem = neap.run("record", {
  backend = spec, budget = 12 * steps, options = { lr = interval, rates = 12, file = file, batches = 20 },
})
assert(recorded, problem)
local list = policies()
local truly <close> = assert(neap.backend(spec, { seed = 1 }))
local replayed <close> = assert(neap.backend("replay:" .. file))
os.remove(file)
local true_ms, replay_ms = train(truly, list, "truth"), train(replayed, list, "replay")

local a, best = ranks(list, "truth")
local b, chosen = ranks(list, "replay")
local n, squares, errors = #list, 0, {}
for _, policy in ipairs(list) do
  squares = squares + (a[policy] - b[policy]) ^ 2
  if policy.truth < 3 * best.truth then errors[#errors + 1] = math.abs(math.log(policy.replay / policy.truth)) end
end
table.sort(errors)
print(("rank correlation  %.2f over %d policies"):format(1 - 6 * squares / (n * (n * n - 1)), n))
print(("median error      %.0f %% of the loss, of the %d within three times the best"):format(
  100 * errors[(#errors + 1) // 2], #errors))
print(("chosen            %s at peak %.3g: truly %.3f; the best, %s at peak %.3g: %.3f"):format(
  chosen.name, chosen.peak, chosen.truth, best.name, best.peak, best.truth))
print(("time              %.1f ms a policy, truly %.1f ms"):format(replay_ms, true_ms))

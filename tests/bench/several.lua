-- What several trainers save: wall seconds of autolrs --variant neap with one and with more, by turns, on one machine.
--   build/neap tests/bench/several.lua [SPEC [BUDGET [TRAINERS [ROUNDS]]]]
-- The start of the processes is part of it. The ratio of steps, those that come one after another over all, is the least that
-- the ratio of seconds could be. On a machine that others use, too, two processes get more of it than one: then it may be less.
local neap = require "neap"

local SPEC <const> = arg[1] or "builtin:fashion"
local BUDGET <const> = math.tointeger(tonumber(arg[2] or 6000))
local TRAINERS <const> = math.tointeger(tonumber(arg[3] or 2))
local ROUNDS <const> = math.tointeger(tonumber(arg[4] or 5))
assert(BUDGET and TRAINERS and ROUNDS, "usage: several.lua [SPEC [BUDGET [TRAINERS [ROUNDS]]]]")

local function run(trainers)
  local engine = require "neap.engine"
  local began = engine.clock()
  local spec = trainers > 1 and ("%s,trainers=%d"):format(SPEC, trainers) or SPEC
  local result = assert(neap.run("autolrs", {
    backend = spec, budget = BUDGET, options = { variant = "neap", lr = "1e-3:0.3", tau = BUDGET // 6 },
  }))
  return engine.clock() - began, result
end

local function median(list)
  table.sort(list)
  return list[#list // 2 + 1]
end

local ones, others, ratios = {}, {}, {}
for round = 1, ROUNDS do
  local one, alone = run(1)
  local several, together = run(TRAINERS)
  ones[round], others[round], ratios[round] = one, several, several / one
  local steps = together.steps
  print(("%d   one: %.1f s, validation %.4f   %d: %.1f s, validation %.4f, %d of %d steps one after another   %.2f"):format(
    round, one, alone.loss.validation, TRAINERS, several, together.loss.validation, steps.chain, steps.total, several / one))
end
print(("median %.1f s and %.1f s; of the ratios %.2f (%.2f to %.2f)"):format(
  median(ones), median(others), median(ratios), ratios[1], ratios[#ratios]))

-- What AutoLRS, mended, makes of the probes of a stage.
local Trials = require "neap.autolrs_trials"

local STAGE <const> = { number = 1, probe = 40, steps = 400, loss = 1.0, level = 1.0 }

--- Losses of a probe that fall by a power of the steps, seen through noise that is the same for all.
local function falling(power, steps)
  local losses = {}
  for t = 1, steps or STAGE.probe do losses[t] = (1 + t) ^ -power * (1 + 0.05 * math.sin(7 * t)) end
  return losses
end

local function close(expected, actual) assert.is_true(math.abs(expected - actual) < 0.05, ("%g, not %g"):format(actual, expected)) end

describe("the trials of a stage", function()
  it("are ordered by what is expected of them, and know how little neighbours differ by chance", function()
    local trials = Trials.new(STAGE)
    local slow, fast = trials:add(0.01, falling(0.1), 0, false), trials:add(0.1, falling(0.3), 0, false)
    assert.equal(fast, trials:best())
    assert(fast.value < slow.value)
    assert(fast.variance > 0 and fast.variance < 0.05 * fast.spread)
  end)

  it("count what the validation loss is above the training's", function()
    local trials = Trials.new(STAGE)
    local open, wide = trials:add(0.01, falling(0.3), 0, false), trials:add(0.02, falling(0.3), 0.5, false)
    close(math.exp(open.value) + 0.5, math.exp(wide.value))
    assert.equal(open, trials:best())
  end)

  it("are given up where they can no longer win, and remembered as behind", function()
    local trials = Trials.new(STAGE)
    assert.is_false(trials:is_hopeless(0.001, falling(0.01, 20)))
    local best = trials:add(0.1, falling(0.8), 0, false)
    assert.is_true(trials:is_hopeless(0.001, falling(0.01, 20)))
    assert.is_false(trials:is_hopeless(0.11, falling(0.8, 20)))
    local behind = trials:add(0.001, falling(0.01, 20), 0, false)
    assert(behind.value > best.value + 0.5)
    assert.equal(best, trials:best())
  end)

  it("have a rate once it was tried, or one within a twentieth of it", function()
    local trials = Trials.new(STAGE)
    trials:add(0.1, falling(0.3), 0, false)
    assert.is_true(trials:has(0.1))
    assert.is_true(trials:has(0.104))
    assert.is_false(trials:has(0.106))
    assert.is_false(trials:has(0.01))
  end)

  it("have a rate between the best and its farther neighbour, until these are close", function()
    local trials = Trials.new(STAGE)
    assert.is_nil(trials:between())
    trials:add(0.01, falling(0.3), 0, false)
    assert.is_nil(trials:between())
    trials:add(0.0001, falling(0.05), 0, false)
    trials:add(0.02, falling(0.1), 0, false)
    assert(math.abs(trials:between() - 0.001) < 1e-6)
    trials:begin(0.001)
    assert.is_true(trials:has(0.001))
    assert.is_nil(trials:between())
    trials:add(0.001, falling(0.1), 0, false)
    assert(math.abs(trials:between() - 10 ^ -2.5) < 1e-6)
    trials:add(0.005, falling(0.1), 0, false)
    assert.is_nil(trials:between())
  end)

  it("have none that is best where all diverged or exploded", function()
    local trials = Trials.new(STAGE)
    assert.equal(math.huge, trials:add(1, { 1, 2, math.huge }, 0, true).value)
    local high = falling(0.1)
    for t = 1, #high do high[t] = 1e3 * t end
    assert.equal(math.huge, trials:add(0.5, high, 0, false).value)
    assert.is_nil(trials:best())
  end)
end)

-- AutoLRS, mended: what it promises beside the published variant, which tests/e2e/run_spec.lua covers.
local neap = require "neap"

local function run(backend, budget, options, seed)
  local events = {}
  local reporter = { progress = function() end, finish = function() end, event = function(_, e) events[#events + 1] = e end }
  options.variant = options.variant or "neap"
  local result, problem = neap.run("autolrs",
    { backend = backend, budget = budget, seed = seed or 1, options = options, reporter = reporter })
  return result, problem, events
end

local function count(events, text)
  local n = 0
  for _, e in ipairs(events) do n = n + (e.text and e.text:find(text, 1, true) and 1 or 0) end
  return n
end

describe("autolrs --variant neap", function()
  it("spends its budget exactly, and searches less than the published variant", function()
    for seed = 1, 2 do
      local options = { tau = 300, k = 6, lr = "1e-3:1" }
      local mended, _, events = assert(run("builtin:digits", 1500, options, seed))
      options.variant = "published"
      local published = assert(run("builtin:digits", 1500, options, seed))
      assert.equal(1500, mended.steps.total)
      assert(mended.steps.search < published.steps.search)
      assert(mended.metrics.test_accuracy > 0.9)
      assert(count(events, "given up") + count(events, "diverged") > 0)
    end
  end)

  it("keeps the branch of the winner: its probe is part of the training", function()
    local result, _, events = assert(run("builtin:digits", 700, { tau = 500, k = 2, probe = 50, lr = "0.005:0.05" }))
    local probes = 0
    for _, e in ipairs(events) do probes = probes + (e.event == "candidate" and e.steps or 0) end
    assert(probes > result.steps.search)
    assert.equal(probes - 50, result.steps.search)
  end)

  it("does the same twice, and another thing for another seed", function()
    local function losses(seed) return assert(run("builtin:digits", 600, { tau = 200, k = 4 }, seed)).loss end
    assert.same(losses(4), losses(4))
    assert.not_same(losses(4), losses(5))
  end)

  it("keeps the rates of the branch it kept", function()
    local result, _, events = assert(run("builtin:digits", 700, { tau = 500, k = 4, probe = 50, lr = "0.001:0.05" }))
    local rate = events[#events].rate
    for t = 1, result.steps.train do assert.equal(rate, result.run.rates[t]) end
  end)

  it("takes no forecast for an explosion because a validation loss was low by luck", function()
    local depth, asked = 0, 0
    local trainer = { spec = "lucky", offers = { restore = true } }
    function trainer:train(steps, rate)
      local losses = {}
      for i = 1, steps do losses[i] = 1 + rate + 0.01 * ((depth + i) % 3) end
      depth = depth + steps
      return losses, self
    end
    function trainer.evaluate()
      asked = asked + 1
      return asked == 3 and 1e-6 or 1.0, {}    -- at the start of the second stage
    end
    function trainer.save() return depth end
    function trainer.restore(_, kept) depth = kept end
    function trainer.drop() end
    local result = assert(run(trainer, 900, { tau = 200, k = 3 }))
    assert.equal(900, result.steps.total)
  end)

  it("goes back where the loss breaks in the middle of a stage, to the last look", function()
    -- A rate above 0.05 does well for 60 steps, and harm after that.
    local state, alive = { depth = 0, high = 0, loss = 1.0 }, 0
    local function copy(from) return { depth = from.depth, high = from.high, loss = from.loss } end
    local trainer = { spec = "trap", offers = { restore = true } }
    function trainer:train(steps, rate)
      local losses = {}
      for i = 1, steps do
        local r = type(rate) == "table" and rate[i] or rate
        state.high = state.high + (r > 0.05 and 1 or 0)
        state.loss = state.high > 60 and 5.0 or state.loss * (1 - math.min(r, 0.1) / 5)
        losses[i], state.depth = state.loss, state.depth + 1
      end
      return losses, self
    end
    function trainer.evaluate() return state.loss, {} end
    function trainer.save()
      alive = alive + 1
      return copy(state)
    end
    function trainer.restore(_, kept) state = copy(kept) end
    function trainer.drop() alive = alive - 1 end
    local result, _, events = assert(run(trainer, 600, { tau = 300, k = 3, lr = "1e-3:0.1" }))
    assert.equal(600, result.steps.total)
    assert(count(events, "going back, at a third of the rate") > 0)
    assert(result.loss.validation < 1, result.loss.validation)
    assert.equal(0, alive)
  end)

  --- A weight that shrinks at its rate: `judge` says its validation loss, given the weight and the highest rate so far; the training
  --- losses are the weight, seen through a little noise, and `floor`.
  local function shrinking(judge, floor)
    local state, drawn = { w = 1.0, highest = 0 }, 0
    local trainer = { spec = "shrinking", offers = { restore = true } }
    function trainer:train(steps, rate)
      local losses = {}
      for i = 1, steps do
        drawn = (drawn + 7) % 11
        losses[i], state.w = state.w * (1 + 0.01 * drawn) + (floor or 0), state.w * (1 - rate)
      end
      state.highest = math.max(state.highest, rate)
      return losses, self
    end
    function trainer.evaluate() return judge(state.w, state.highest), {} end
    function trainer.save() return { w = state.w, highest = state.highest } end
    function trainer.restore(_, kept) state = { w = kept.w, highest = kept.highest } end
    function trainer.drop() end
    return trainer
  end

  it("takes no rate whose validation loss is not finite", function()
    local trainer = shrinking(function(w, highest) return highest > 0.02 and 0 / 0 or w end)
    local _, _, events = assert(run(trainer, 800, { tau = 200, k = 6, lr = "1e-3:0.1" }))
    for _, event in ipairs(events) do
      if event.event == "stage" then assert(event.rate <= 0.02, event.rate) end
    end
  end)

  it("says so where the validation loss is not finite to begin with, as the other variants do", function()
    for _, variant in ipairs { "neap", "paper", "published" } do
      local _, problem = run(shrinking(function() return 0 / 0 end), 800, { tau = 200, k = 3, variant = variant })
      assert.equal("the validation loss is not finite before any step is taken", problem)
    end
  end)

  it("goes on from a validation loss of nothing", function()
    local trainer = shrinking(function(w) return w < 0.3 and 0.0 or w end)
    local result = assert(run(trainer, 800, { tau = 200, k = 3, lr = "1e-3:0.1" }))
    assert.equal(0, result.loss.validation)
    assert.equal(800, result.steps.total)
  end)

  it("searches where losses are below 0, as those of a log density, and so do the other variants", function()
    for _, variant in ipairs { "neap", "paper", "published" } do
      local trainer = shrinking(function(w) return w - 2 end, -2)
      local result, _, events = assert(run(trainer, 800, { tau = 200, k = 4, lr = "1e-3:0.3", variant = variant }))
      assert(result.loss.validation < -1.99, variant)
      assert.equal(0, count(events, "going back"))
      for _, event in ipairs(events) do
        if event.event == "candidate" then assert(event.forecast == event.forecast and (event.sd or 1) > 0) end
      end
    end
  end)

  it("says so where every candidate diverges", function()
    local _, problem = run("builtin:digits", 600, { tau = 200, k = 3, lr = "1e25:1e30" })
    assert.equal("stage 1: every candidate diverged (rates 1e+25 to 1e+30); lower --lr", problem)
  end)
end)

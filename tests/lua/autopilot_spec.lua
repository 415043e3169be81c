-- The autopilot: its parts, and runs in which much goes wrong.
local neap = require "neap"
local balance = require "neap.autopilot.balance"
local choice = require "neap.autopilot.choice"
local Floor = require "neap.autopilot.floor"
local losses_of = require "neap.autopilot.losses"
local Watch = require "neap.autopilot.watch"

--- A trainer of one weight w with the loss (curvature w^2 / 2 + floor), gradients with noise, averaging and checkpoints. `update`
--- makes a step of a gradient: default, the gradient itself.
local function quadratic(curvature, noise, update)
  local trainer = { spec = "quadratic", w = 1.0, random = require "neap.engine".random(5),
    steps = 0, offers = { averaging = true, restore = true, test = true, evaluate = true } }
  local function loss(w) return curvature * w * w / 2 + 0.1 end
  function trainer:train(steps, rate)
    local losses = {}
    for i = 1, steps do
      losses[i] = loss(self.w)
      self.steps = self.steps + 1
      if not (losses[i] < 1e30) then losses[i] = math.huge return losses end
      local gradient = curvature * self.w + noise * self.random:normal()
      self.w = self.w - (type(rate) == "table" and rate[i] or rate) * (update and update(gradient) or gradient)
      if self.count then
        self.mean = self.count == 0 and self.w or self.mean + 9 / (self.count + 9) * (self.w - self.mean)
        self.count = self.count + 1
      end
    end
    return losses
  end
  function trainer:evaluate(where) return loss(where and where.weights == "average" and self.mean or self.w), {} end
  function trainer:average(verb)
    if verb == "adopt" then self.w = self.mean end
    self.count = verb == "start" and 0 or nil
    return true
  end
  function trainer:save() return { w = self.w, mean = self.mean, count = self.count } end
  function trainer:restore(c) self.w, self.mean, self.count = c.w, c.mean, c.count return true end
  function trainer.drop() end
  function trainer.close() end
  return trainer
end

local function pilot(backend, budget, seed, options)
  local events = {}
  local reporter = { progress = function() end, finish = function() end, event = function(_, e) events[#events + 1] = e end }
  local result, problem = neap.run("autopilot",
    { backend = backend, budget = budget, seed = seed or 1, options = options, reporter = reporter })
  return result, problem, events
end

--- A run whose trainer does not evaluate, and the accuracy that it ends with, of the rows held back.
local function pilot_blind(spec, budget, seed)
  local trainer <close> = neap.backend(spec, { seed = seed })
  local blind = setmetatable({ spec = spec, offers = {} }, { __index = function(_, question)
    return type(trainer[question]) == "function" and function(_, ...) return trainer[question](trainer, ...) end or nil
  end })
  for name, offered in pairs(trainer.offers) do blind.offers[name] = offered end
  blind.offers.evaluate, blind.offers.test = false, false
  local result, problem, events = pilot(blind, budget, seed)
  local _, metrics = trainer:evaluate {}
  return result, problem, events, metrics.accuracy
end

local function expect_sound(result, budget)
  assert.equal(budget, result.steps.total)
  assert(result.steps.search <= 0.15 * budget + 1, ("search took %d of %d steps"):format(result.steps.search, budget))
end

describe("the balance of progress and noise", function()
  it("raises the rate while noise costs little and the loss falls", function()
    assert((balance.next(0.01, 0.02, 1, true)) > 0.01)
    assert.equal(0.01, (balance.next(0.01, 0.02, 1, false)))
  end)

  it("holds it, lowers it, and keeps below the limit", function()
    assert.equal(0.01, (balance.next(0.01, 0.15, 1, true)))
    assert((balance.next(0.01, 0.5, 1, true)) < 0.01)
    assert.equal(0.011, (balance.next(0.01, 0, 0.011, true)))
    assert.equal(0.02, (balance.next(0.02, 0.07, 0.011, true)))
    assert.equal(0.011, balance.towards(0.01, 0.011))
  end)
end)

describe("training losses that decide", function()
  it("have a scatter, whatever their course, and a chance to be off", function()
    local random, list = require "neap.engine".random(7), {}
    for i = 1, 40 do list[i] = 5 - 0.01 * i + 0.3 * random:normal() end
    assert.is_near(0.3, losses_of.scatter(list), 0.09)
    assert.is_near(4 * losses_of.scatter(list) * math.sqrt(1 / 16 + 1 / 40), losses_of.chance(list, 16), 1e-12)
    assert.equal(0, losses_of.chance({ 1 }, 4))
    assert.equal(math.sqrt(0.5), losses_of.scatter { 1, 2 })
    assert.same({ 0, 0, 0 }, { losses_of.scatter {}, losses_of.scatter { 3 }, losses_of.scatter { 2, 2, 2 } })
    assert.same({ 2, math.huge }, { losses_of.mean { 1, 2, 3 }, losses_of.mean {} })
  end)

  it("are no turn and no break within chance", function()
    local watch = Watch.new()
    for _, loss in ipairs { 1.3, 1.2, 1.1, 1.0, 2, 2 } do watch:add(loss, 3) end
    assert.same({ false, false }, { watch:turned(), watch:broken() })
    watch:add(9, 3)
    assert.same({ true, true }, { watch:turned(), watch:broken() })
  end)

  it("lower the rate at every other one well above the lowest", function()
    assert.same({ 1, 2 }, { balance.without(1, 2, 1.2, 1) })
    assert.same({ 1, 2 }, { balance.without(1, 2, 1.05, 2) })
    assert.same({ 0.55, 0.8 }, { balance.without(1, 2, 1.2, 2) })
    assert.same({ 1, 2 }, { balance.without(1, 2, 1, 0) })
  end)
end)

describe("the limit of the rate", function()
  it("gives way where there is no noise at it, and comes down with a fall", function()
    local rate, limit = balance.next(0.011, 0.01, 0.011, true)
    assert(rate > 0.011 and limit >= rate)
    rate, limit = balance.next(0.011, 0.07, 0.011, true)
    assert.same({ 0.011, 0.011 }, { rate, limit })
    rate, limit = balance.next(0.01, 0.5, 0.011, true)
    assert(limit < 0.01 and rate < limit)
  end)

  it("is far off where the weights are well ahead of their average", function()
    assert.is_true(balance.is_ahead(-0.2))
    assert.is_false(balance.is_ahead(-0.05))
  end)

  it("does not matter while the loss falls fast enough for what is left", function()
    assert.is_true(balance.is_enough(0.5, 30))
    assert.is_true(balance.is_enough(0, 1))
    assert.is_false(balance.is_enough(0.5, 3))
    assert.is_false(balance.is_enough(0.99, 40))
    assert.is_false(balance.is_enough(nil, 40))
  end)
end)

describe("the watch", function()
  it("does not see a turn in a loss that falls and scatters", function()
    local random = require "neap.engine".random(3)
    for _, slope in ipairs { -1, -0.1 } do
      local watch, turns = Watch.new(), 0
      for i = 1, 200 do
        watch:add(10 + slope * i + 0.05 * random:normal())
        if watch:turned() then turns = turns + 1 end
      end
      assert.equal(0, turns)
    end
  end)

  it("sees one in a loss that rises, and a break at once", function()
    local watch, seen = Watch.new(), nil
    for i = 1, 40 do
      watch:add(1 + 0.01 * math.abs(i - 20) + 0.001 * (i % 2))
      if watch:turned() then seen = seen or i end
    end
    assert(seen and seen >= 22 and seen <= 25, seen)
    assert.is_false(watch:broken())
    watch:add(5)
    assert.is_true(watch:broken())
    watch:add(0 / 0)
    assert.is_true(watch:broken())
  end)

  it("takes no fall for a break, be it to nothing or below it", function()
    local floor = Floor.new()
    local watch = Watch.new(floor)
    for _, loss in ipairs { 2, 1, 0, 0, -1, -5, -4.9 } do
      watch:add(floor:see(loss))
      assert.is_false(watch:broken(), loss)
    end
    watch:add(floor:see(0))
    assert.is_true(watch:broken())
  end)

  it("holds the rate to account for what came after it was lowered, not before", function()
    local watch = Watch.new()
    for _, loss in ipairs { 1.2, 1.1, 1, 1.7 } do watch:add(loss) end
    assert.is_true(watch:broken())
    watch:again(false)
    for _, loss in ipairs { 1.7, 1.6, 1.5, 1.45, 1.4 } do
      assert.is_false(watch:add(loss))
      assert.same({ false, false }, { watch:broken(), watch:turned() })
    end
    watch:again(true)
    watch:add(1.6)
    assert.is_true(watch:broken())
    assert.equal(1, watch.lowest)
  end)
end)

describe("the floor of a loss", function()
  it("is 0 until a loss is below that", function()
    local floor = Floor.new()
    assert.equal(3, floor:height(floor:see(3)))
    floor:see(0)
    assert.same({ 1, 2, 0.5 }, { floor:share(0, 0), floor:height(2), floor:share(1, 2) })
    floor:see(-1)   -- came down by 4 from 3: the floor is as much below
    assert.same({ 4, 8, 0.5 }, { floor:height(-1), floor:height(3), floor:share(-1, 3) })
    for _, bad in ipairs { math.huge, -math.huge, 0 / 0 } do floor:see(bad) end
    assert.equal(4, floor:height(-1))
  end)

  it("is as far below a first loss as that is below 0", function()
    local floor = Floor.new()
    floor:see(-2)
    assert.equal(2, floor:height(-2))
  end)
end)

describe("the choice at the end", function()
  --- A run whose state is one number x, with the loss (x - 1)^2, at 0; checkpoints are numbers too.
  local function run_at(x, blends)
    local run = { x = x, offers = { blending = blends } }
    function run:save() return self.x end
    function run:restore(kept) self.x = kept end
    function run:blend(kept, share) self.x = self.x + share * (kept - self.x) end
    function run.drop() end
    return run, function() return (run.x - 1) ^ 2 end
  end
  local function state(x, alone) return { name = "the other", checkpoint = x, alone = alone } end

  it("is what lies between, where that is better", function()
    local run, judge = run_at(0, true)
    local loss, how = choice.make(run, { state(2, true) }, judge)
    assert.same({ 0, 1, "the last weights, 50 % of the other" }, { loss, run.x, how })
    run, judge = run_at(0, true)
    loss, how = choice.make(run, { state(1, true), state(9, true) }, judge)
    assert.same({ 0, 1, "the other" }, { loss, run.x, how })
    run, judge = run_at(0.75, true)
    loss, how = choice.make(run, { state(2.75, true) }, judge)
    assert.same({ 0, 1, "the last weights, 12.5 % of the other" }, { loss, run.x, how })
    run, judge = run_at(1, true)
    assert.equal(0, (choice.make(run, { state(9, true), state(-9, true) }, judge)))
    assert.equal(1, run.x)
  end)

  it("goes all the way only where that is allowed, and nothing but that where the trainer does not blend", function()
    local run, judge = run_at(0, true)
    choice.make(run, { state(1, false) }, judge)
    assert.equal(0.875, run.x)
    run, judge = run_at(0, false)
    choice.make(run, { state(2, false) }, judge)
    assert.equal(0, run.x)
    choice.make(run, { state(1.5, true) }, judge)
    assert.equal(1.5, run.x)
  end)
end)

describe("the autopilot", function()
  it("finds its way where most rates diverge", function()
    local result = assert(pilot(quadratic(1e6, 1), 1000))   -- stable below 2e-6
    expect_sound(result, 1000)
    assert(result.loss.validation < 0.11, result.loss.validation)
  end)

  it("and where none does", function()
    local result = assert(pilot(quadratic(1, 0, function(g) return 0.01 * g / (1 + math.abs(g)) end), 1000))
    expect_sound(result, 1000)
    assert(result.loss.validation < 0.2, result.loss.validation)
  end)

  it("leaves a plateau at the start", function()
    local result = assert(pilot("builtin:digits,layers=32-32-32-32-32-32-32-32,activation=tanh,batch=32", 2000))
    expect_sound(result, 2000)
    assert(result.metrics.accuracy > 0.9, result.metrics.accuracy)
  end)

  it("is not misled by batches of eight", function()
    for seed = 1, 2 do
      local result = assert(pilot("builtin:digits,batch=8", 1500, seed))
      expect_sound(result, 1500)
      assert(result.metrics.test_accuracy > 0.93, result.metrics.test_accuracy)
    end
  end)

  it("serves Adam, AdamW and schedule-free optimizers, and budgets small and large", function()
    for _, optimizer in ipairs { "adam", "adamw", "schedulefree_sgd", "schedulefree_adamw" } do
      local free = optimizer:find "free" ~= nil
      local result = assert(pilot("builtin:digits,optimizer=" .. optimizer, 1000, 1, { constant = free }))
      expect_sound(result, 1000)
      assert(result.metrics.test_accuracy > 0.93, optimizer)
    end
    for _, budget in ipairs { 100, 20000 } do expect_sound(assert(pilot("builtin:digits,layers=none", budget)), budget) end
  end)

  it("does the same twice", function()
    local function once()
      local result, _, events = pilot("builtin:digits", 800, 3)
      result.seconds, result.run = nil, nil
      return { result, events }
    end
    assert.same(once(), once())
  end)

  it("goes without averaging, without validation, and not without checkpoints", function()
    local trainer = quadratic(100, 1)
    trainer.offers.averaging = false
    local result = assert(pilot(trainer, 1000))
    expect_sound(result, 1000)
    assert(result.loss.validation < 0.15, result.loss.validation)
    trainer = quadratic(100, 1)
    trainer.offers.averaging, trainer.offers.evaluate = false, false
    expect_sound(assert(pilot(trainer, 1000)), 1000)
    trainer.offers.averaging = true
    expect_sound(assert(pilot(trainer, 1000)), 1000)   -- an average that cannot be evaluated is of no use
    trainer.offers.restore = false
    local _, problem = pilot(trainer, 1000)
    assert.matches("^recipe 'autopilot' needs checkpoints to go back to, which the trainer does not offer; .* the model$", problem)
  end)

  it("finds its way by training losses alone, and says so", function()
    for spec, budget in pairs {
      ["builtin:digits,batch=8"] = 600, ["builtin:digits,batch=8,optimizer=adam"] = 1000, ["builtin:digits"] = 600,
      ["builtin:digits,layers=32-32-32-32-32-32-32-32,activation=tanh"] = 2000,
    } do
      for seed = 1, 2 do
        local result, _, events, accuracy = pilot_blind(spec, budget, seed)
        expect_sound(assert(result), budget)
        assert(accuracy > 0.9, ("%s, seed %d: accuracy %.3f"):format(spec, seed, accuracy))
        assert.equal("note", events[2].event)
        assert.matches("does not evaluate, so the training losses decide; .* neap.connect%(.., evaluate=function%)$", events[2].text)
        for _, e in ipairs(events) do assert.is_nil(e.validation) end
      end
    end
    for _, budget in ipairs { 20, 27, 100 } do
      assert.equal(budget, assert(pilot_blind("builtin:digits,batch=8", budget, 1)).steps.total)
    end
    local _, _, events = pilot("builtin:digits", 100)
    for _, e in ipairs(events) do assert.are_not.equal("note", e.event) end
  end)

  it("comes back from a collapse in mid-run", function()
    local trainer, done = quadratic(100, 1), 0
    local train = trainer.train
    function trainer:train(steps, rate)
      done = done + steps
      if done > 400 and done < 450 then self.w = 1e3 end   -- something breaks it
      return train(self, steps, rate)
    end
    local result, _, events = pilot(trainer, 1000)
    expect_sound(result, 1000)
    local down = 0
    for _, e in ipairs(events) do down = down + (e.event == "down" and 1 or 0) end
    assert(down >= 1)
    assert(result.loss.validation < 0.15, result.loss.validation)
  end)

  it("does as well with a loss that goes below 0", function()
    for _, below in ipairs { 0.5, 50 } do
      local trainer = quadratic(100, 1)
      local train, evaluate = trainer.train, trainer.evaluate
      function trainer:train(...)
        local losses = train(self, ...)
        for i, loss in ipairs(losses) do losses[i] = loss - below end
        return losses
      end
      function trainer:evaluate(where) return evaluate(self, where) - below, {} end
      local result = assert(pilot(trainer, 1000))
      expect_sound(result, 1000)
      assert(result.loss.validation + below < 0.15, result.loss.validation + below)
    end
  end)

  it("ends well where nothing moves, and refuses a budget of a few steps", function()
    for _, budget in ipairs { 20, 27, 40, 300 } do
      expect_sound(assert(pilot(quadratic(1, 0, function() return 0 end), budget)), budget)
    end
    local _, problem = pilot("builtin:digits", 19)
    assert.equal("budget 19 is too small to find a rate in: 20 steps at least", problem)
  end)

  it("says so where even the lowest rate is too high", function()
    local _, problem = pilot(quadratic(1e12, 1), 1000)
    assert.equal("the loss rises at the lowest rate, 1e-07: lower --lr", problem)
  end)
end)

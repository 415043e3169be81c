-- The autopilot: its parts, and runs in which much goes wrong.
local neap = require "neap"
local Backtrack = require "neap.autopilot.backtrack"
local balance = require "neap.autopilot.balance"
local choice = require "neap.autopilot.choice"
local Floor = require "neap.autopilot.floor"
local losses_of = require "neap.autopilot.losses"
local Pilot = require "neap.autopilot.pilot"
local quadratic = require "quadratic"
local Watch = require "neap.autopilot.watch"

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

--- Count a trainer's checkpoints: those alive, and the most that were at a time.
local function counted(trainer)
  local save, drop, alive = trainer.save, trainer.drop, {}
  trainer.alive, trainer.most = 0, 0
  function trainer:save()
    local checkpoint = save(self)
    alive[checkpoint], self.alive = true, self.alive + 1
    self.most = math.max(self.most, self.alive)
    return checkpoint
  end
  function trainer:drop(checkpoint)
    assert(alive[checkpoint], "dropped twice")
    alive[checkpoint], self.alive = nil, self.alive - 1
    return drop(self, checkpoint)
  end
  return trainer
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
    local run = { losses = list, depth = 40 }
    assert.is_near(4 * losses_of.scatter(list) * math.sqrt(1 / 16 + 1 / 40), losses_of.chance(run, 16), 1e-12)
    assert.equal(0, losses_of.chance({ losses = { 1 }, depth = 1 }, 4))
    assert.equal(math.sqrt(0.5), losses_of.scatter { 1, 2 })
    assert.same({ 0, 0, 0 }, { losses_of.scatter {}, losses_of.scatter { 3 }, losses_of.scatter { 2, 2, 2 } })
    assert.same({ 2, math.huge }, { losses_of.mean { 1, 2, 3 }, losses_of.mean {} })
    local before = losses_of.chance(run, 16)
    for i = 41, 50 do list[i] = math.huge end   -- the run went back from these
    assert.equal(before, losses_of.chance(run, 16))
  end)

  it("compare as the worst there is where they are not finite", function()
    for _, bad in ipairs { 0 / 0, math.huge, -math.huge } do assert.equal(math.huge, losses_of.or_worst(bad)) end
    assert.equal(-3, losses_of.or_worst(-3))
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

  it("takes a loss that is not finite for a break, and never for the lowest", function()
    for _, bad in ipairs { 0 / 0, math.huge, -math.huge } do
      local watch = Watch.new()
      for _, loss in ipairs { bad, 2, 1, bad } do assert.equal(loss == 2 or loss == 1, watch:add(loss)) end
      assert.is_true(watch:broken())
      assert.equal(1, watch.lowest)
      watch:again(true)
      watch:add(1.1)
      assert.is_false(watch:broken())
    end
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

  it("takes no doubling of nearly nothing for a break", function()
    local floor = Floor.new()
    local watch = Watch.new(floor)
    for _, loss in ipairs { 2, 1e-6, 1e-3 } do
      watch:add(floor:see(loss))
      assert.is_false(watch:broken(), loss)
    end
    watch:add(floor:see(3e-3))
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
    assert.same({ false, true, true }, { watch:is_collapse(1.5), watch:is_collapse(1.6), watch:is_collapse(math.huge) })
  end)
end)

describe("second thoughts about a rise", function()
  --- A pilot at a rate of 1 whose series is stalled at 0.5, after a rise from 0.2 when it was at 0.6. At the lower rate its
  --- losses are those given; false: it diverges.
  local function pays(losses)
    local said, looks, alive = {}, 0, 0
    local run = { depth = 40 }
    function run.save() alive = alive + 1 return { depth = run.depth } end
    function run.drop() alive = alive - 1 end
    function run.restore(_, checkpoint) run.depth = checkpoint.depth end
    function run.report(_, event) said[#said + 1] = event.text end
    local stalled = { run = run, floor = Floor.new(), watch = { lowest = 0.5 }, series = { 0.8, 0.7, 0.6 },
      here = 0.2, rate = 0.2, peak = 0.2 }
    local backtrack = Backtrack.new(0.15)
    backtrack:remember(stalled, 1)
    stalled.series, stalled.here, stalled.rate, stalled.peak, run.depth = { 0.8, 0.7, 0.6, 0.5, 0.5, 0.5 }, 1, 1, 1, 70
    function stalled.train_to_look() looks, run.depth = looks + 1, run.depth + 10 return losses[looks] end
    function stalled.judge() return losses[looks] end
    function stalled.settle(_, series, limit) stalled.series, stalled.limit = series, limit end
    local paid = backtrack:pays(stalled)
    assert.equal(0, alive)
    return paid, stalled, said, looks
  end

  it("stay with the lower rate where it gets further in no more steps", function()
    local paid, now, said, looks = pays { 0.55, 0.45, 0.1 }
    assert.same({ true, 2, 60, 0.2, 0.2 }, { paid, looks, now.run.depth, now.rate, now.peak })
    assert.same({ 0.8, 0.7, 0.6, 0.55, 0.45 }, now.series)
    assert.equal(0.2, now.limit)
    assert.same({ "the loss stalls in noise; going back to before the rise", "a lower rate, against 0.5000", "a lower rate, against 0.5000",
      "this one gets further" }, said)
  end)

  it("return to where they began where it does not, is too slow for that, diverges or has no loss", function()
    for _, case in ipairs {
      { 1, { 0.599, 0.1 } }, { 2, { 0.55, 0.53, 0.1 } }, { 3, { 0.55, 0.51, 0.505, 0.1 } }, { 1, { false, 0.1 } },
      { 2, { 0.55, 0 / 0, 0.1 } }, { 1, { math.huge, 0.1 } }, { 1, { -math.huge, 0.1 } },
    } do
      local paid, now, said, looks = pays(case[2])
      assert.same({ false, case[1], 70, 1, 1, 1 }, { paid, looks, now.run.depth, now.here, now.rate, now.peak })
      assert.equal("the lower one got no further; going on from where the loss stalled", said[#said])
    end
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

  it("lets every checkpoint go, and holds a dozen at most", function()
    for _, offers in ipairs { {}, { blending = true }, { averaging = false }, { evaluate = false } } do
      for _, budget in ipairs { 20, 60, 1000 } do
        local trainer = counted(quadratic(100, 1))
        function trainer:blend(c, share) self.w = self.w + share * (c.w - self.w) return true end
        for name, offered in pairs(offers) do trainer.offers[name] = offered end
        assert(pilot(trainer, budget))
        assert.equal(0, trainer.alive)
        assert(trainer.most <= 12, trainer.most)
      end
    end
  end)

  it("does not end at weights that have no loss, where others have one", function()
    local trainer = quadratic(100, 1)
    local train, save, restore, evaluate = trainer.train, trainer.save, trainer.restore, trainer.evaluate
    function trainer:train(...)
      local losses = train(self, ...)
      self.lost = self.steps == 1000
      return losses
    end
    function trainer:save()
      local checkpoint = save(self)
      checkpoint.lost = self.lost
      return checkpoint
    end
    function trainer:restore(c) self.lost = c.lost return restore(self, c) end
    function trainer:average(verb)
      if verb == "adopt" then self.w, self.lost = self.mean, false end
      self.count = verb == "start" and 0 or nil
      return true
    end
    function trainer:evaluate(where)
      if self.lost and not (where and where.weights == "average") then return 0 / 0, {} end
      return evaluate(self, where)
    end
    local result = assert(pilot(trainer, 1000))
    assert(result.loss.validation < 0.15, result.loss.validation)
  end)

  it("gets through losses that are now and then not finite", function()
    for _, bad in ipairs { 0 / 0, math.huge, -math.huge } do
      local trainer, looks = quadratic(100, 1), 0
      local evaluate = trainer.evaluate
      function trainer:evaluate(where)
        looks = looks + 1
        if self.steps < 1000 and looks > 40 and looks % 7 == 0 then return bad, {} end
        return evaluate(self, where)
      end
      local result = assert(pilot(trainer, 1000))
      assert.equal(1000, result.steps.total)
      assert(result.loss.validation < 0.15, result.loss.validation)
    end
  end)

  it("sees that training losses go on falling, below 0 too", function()
    for _, case in ipairs {
      { true, 2, 1, 0.9 }, { false, 2, 1, 0.99 }, { true, 2, -1, -2 }, { true, 2, 0.1, -0.1 }, { false, 2, -2, -1 },
    } do
      local floor = Floor.new()
      for i = 2, 4 do floor:see(case[i]) end
      assert.equal(case[1], Pilot.overfits { training_floor = floor, fit = case[3], recent = case[4] })
    end
  end)

  it("begins lower where the flight diverges at once", function()
    local trainer, bad = quadratic(100, 1), 0
    local train = trainer.train
    function trainer:train(steps, rate)
      if self.count and bad < 2 then
        bad = bad + 1
        return { math.huge }
      end
      return train(self, steps, rate)
    end
    local result, _, events = pilot(trainer, 1000)
    assert(result.loss.validation < 0.15, result.loss.validation)
    local said = 0
    for _, e in ipairs(events) do said = said + (e.text and e.text:find "diverged at once" and 1 or 0) end
    assert.equal(2, said)
    trainer = quadratic(100, 1)
    function trainer:train(steps, rate) return self.count and { math.huge } or train(self, steps, rate) end
    local _, problem = pilot(trainer, 1000)
    assert.matches("diverged", problem)
  end)

  it("is not held to a lowest loss that was none", function()
    local trainer, looks = quadratic(100, 1), 0
    local evaluate = trainer.evaluate
    function trainer:evaluate(where)
      looks = looks + (self.count and where.weights == "average" and 1 or 0)
      if looks == 5 then looks = 6 return 1e-9, {} end
      return evaluate(self, where)
    end
    local result, _, events = pilot(trainer, 1000)
    local row, most = 0, 0
    for _, e in ipairs(events) do
      if e.event == "down" and e.text:find "broke" then row = row + 1 elseif e.event == "rate" then row = 0 end
      most = math.max(most, row)
    end
    assert.equal(4, most)
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

  it("has nothing to raise in a loss that is 0 all along", function()
    for _, evaluates in ipairs { true, false } do
      local trainer = quadratic(1, 0)
      trainer.offers.evaluate = evaluates
      function trainer:train(steps)
        local losses = {}
        for i = 1, steps do losses[i] = 0.0 end
        self.mean = self.w
        return losses
      end
      function trainer.evaluate() return 0.0, {} end
      expect_sound(assert(pilot(trainer, 300)), 300)
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
    local blind = quadratic(1e12, 1)
    blind.offers.evaluate = false
    _, problem = pilot(blind, 1000)
    assert.equal("the training diverges at the lowest rate, 1e-07: lower --lr", problem)
  end)

  it("and where there is no loss to begin with", function()
    for _, bad in ipairs { 0 / 0, math.huge, -math.huge } do
      local trainer = quadratic(100, 1)
      function trainer.evaluate() return bad, {} end
      local _, problem = pilot(trainer, 1000)
      assert.equal("the validation loss is not finite before any step is taken", problem)
    end
  end)
end)

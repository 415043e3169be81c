-- The run: its budget, what it counts, what it lets through. The trainer here is a table that counts its own steps.
local neap = require "neap"

--- A trainer whose loss is 1 / (1 + age * rate) and which diverges above a rate of 10.
local function fake_trainer()
  local trainer = { age = 0, asked = {}, spec = "fake" }
  function trainer:train(steps, rate)
    local losses = {}
    for i = 1, steps do
      local r = type(rate) == "table" and rate[i] or rate
      self.age = self.age + 1
      losses[i] = r > 10 and 0 / 0 or 1 / (1 + self.age * r)
      self.asked[#self.asked + 1] = r
      if r > 10 then break end
    end
    return losses
  end
  function trainer:evaluate(where) return 1 / (1 + self.age), { accuracy = where and where.on == "test" and 0.5 or 0.25 } end
  function trainer:save() return { age = self.age } end
  function trainer:restore(c) self.age = c.age end
  function trainer.drop(_, c) c.age = nil end
  return trainer
end

local function run(body, budget, trainer, options)
  local recipe = neap.recipe { summary = "test", options = options or {}, body }
  return neap.run(recipe, { backend = trainer or fake_trainer(), budget = budget, reporter = nil })
end

describe("a run counts", function()
  it("as search what a restore throws away, as training what led to the final state", function()
    local result = assert(run(function(r)
      local start = r:save()
      r:train(30, 0.1)
      r:restore(start)
      r:train(20, 0.2)
      local later = r:save()
      r:train(5, 0.3)
      r:restore(later)
      r:train(45, 0.4)
    end, 100))
    assert.same({ total = 100, search = 35, train = 65 }, result.steps)
    assert.equal(0.2, result.run.rates[20])
    assert.equal(0.4, result.run.rates[21])
  end)

  it("as training a branch that is kept", function()
    local result = assert(run(function(r)
      local start = r:save()
      r:train(10, 0.1)
      local winner = r:save()
      r:restore(start)
      r:train(10, 0.2)
      r:restore(winner)
      r:train(5, 0.1)
    end, 100))
    assert.same({ total = 25, search = 10, train = 15 }, result.steps)
  end)

  it("the last ten training losses, validation and test", function()
    local result = assert(run(function(r) r:train(100, 1) end, 100))
    local sum = 0
    for age = 91, 100 do sum = sum + 1 / (1 + age) end
    assert.is_near(sum / 10, result.loss.train, 1e-15)
    assert.equal(1 / 101, result.loss.validation)
    assert.same({ accuracy = 0.25, test_accuracy = 0.5, test_loss = 1 / 101 }, result.metrics)
  end)
end)

describe("a run", function()
  it("stops exactly at its budget", function()
    local trainer, returned = fake_trainer(), nil
    local result = assert(run(function(r) returned = #r:train(1000, 0.1) end, 123, trainer))
    assert.equal(123, returned)
    assert.equal(123, trainer.age)
    assert.equal(123, result.steps.total)
  end)

  it("hands a list and a schedule through, rate by rate, over its blocks", function()
    local trainer, rates = fake_trainer(), {}
    for i = 1, 137 do rates[i] = i / 1000 end
    assert(run(function(r) r:train(137, rates) end, 200, trainer))
    assert.same(rates, trainer.asked)
    local schedule = 0.1 * neap.schedule.rex(137)
    trainer = fake_trainer()
    assert(run(function(r) assert(r:follow(schedule)) end, 200, trainer))
    assert.same(schedule:values(), trainer.asked)
    trainer = fake_trainer()
    assert(run(function(r) r:train(137, schedule) end, 200, trainer))
    assert.same(schedule:values(), trainer.asked)
  end)

  it("that diverged fails, with step and rate, unless a checkpoint is restored", function()
    local result, problem, kind = run(function(r) r:train(7, 0.1) r:train(100, 11) end, 200)
    assert.is_nil(result)
    assert.equal("training diverged at step 8, rate 11: its loss is not finite; try a lower rate", problem)
    assert.equal("failed", kind)
    result = assert(run(function(r)
      local start = r:save()
      local losses, diverged = r:train(100, 11)
      assert(#losses == 1 and diverged)
      assert(not pcall(r.train, r, 1, 0.1))
      r:restore(start)
      r:train(9, 0.1)
    end, 200))
    assert.same({ total = 10, search = 1, train = 9 }, result.steps)
  end)

  it("draws its randomness from the seed", function()
    local function draws(seed)
      local list = {}
      local recipe = neap.recipe { summary = "s", function(r) for i = 1, 5 do list[i] = r.random:uniform() end r:train(1, 1) end }
      assert(neap.run(recipe, { backend = fake_trainer(), seed = seed }))
      return list
    end
    assert.same(draws(3), draws(3))
    assert.not_same(draws(3), draws(4))
  end)

  it("tells its reporter every event and a result", function()
    local heard = {}
    local reporter = {
      progress = function() end,
      event = function(_, event) heard[#heard + 1] = event.event end,
      finish = function(_, result) heard[#heard + 1] = result.event end,
    }
    local recipe = neap.recipe { summary = "s", function(r) r:train(1, 1) r:report { event = "mine" } end }
    assert(neap.run(recipe, { backend = fake_trainer(), reporter = reporter }))
    assert.same({ "start", "mine", "result" }, heard)
  end)

  it("refuses what cannot be, before anything is trained", function()
    local recipe = neap.recipe { summary = "s", options = { tau = 10 }, prepare = function(o, budget)
      if o.tau > budget then return nil, "too long" end
      return true
    end, function() error "never run" end }
    local _, problem, kind = neap.run(recipe, { backend = fake_trainer(), options = { tua = 1 } })
    assert.equal("unknown option 'tua' (did you mean 'tau'?)", problem)
    assert.equal("usage", kind)
    _, problem = neap.run(recipe, { backend = fake_trainer(), budget = 5 })
    assert.equal("too long", problem)
    _, problem = neap.run("no such recipe", {})
    assert.matches("no recipe 'no such recipe'", problem)
  end)
end)

describe("a recipe's mistakes with its run", function()
  for call, expected in pairs {
    ["run:train(3, 'fast')"] = "run:train: rate: a number, a list of numbers or a schedule expected, not 'fast'",
    ["run:train(3, {})"] = "run:train: rate: a number, a list of numbers or a schedule expected, not a table",
    ["run:train(3, 0.1, nil, 'x')"] = "run:train: momentum: a number, a list of numbers or a schedule expected, not 'x'",
    ["run:follow(0.1)"] = "run:follow: a schedule expected, not '0.1'",
    ["run:restore(nil)"] = "run:restore: a checkpoint of run:save expected, not 'nil'",
    ["run:drop(7)"] = "run:drop: a checkpoint of run:save expected, not '7'",
    ["run:report 'here'"] = "run:report: a table expected, not 'here'",
  } do
    it("are told with their place: " .. call, function()
      local recipe = neap.recipe { summary = "s", load("local run = ... " .. call, "=mine.lua") }
      assert.equal("mine.lua:1: " .. expected, select(2, neap.run(recipe)))
    end)
  end
end)

describe("neap.recipe", function()
  it("refuses a declaration that is none", function()
    assert.error_matches(function() neap.recipe { summary = "x" } end, "function%(run, options%) expected")
    assert.error_matches(function() neap.recipe { function() end } end, "'summary'")
    assert.error_matches(function() neap.recipe { summary = "x", function() end, options = 5 } end,
      "^neap.recipe: a table of options expected, not a number")
    assert.error_matches(function() neap.recipe { summary = "x", function() end, options = { a = {} } } end,
      "neap.recipe: option 'a': unknown type 'nil'")
    assert.error_matches(function() neap.recipe { summary = "x", function() end, prepare = 5 } end, "'prepare', a function")
    assert.equal("the name of a recipe expected, not a nil", select(2, neap.run()))
    for wrong, given in pairs {
      ["a table of options expected, not '5'"] = 5,
      ["option 'backend': a text such as builtin:digits, or a trainer, expected, not '5'"] = { backend = 5 },
      ["option 'backend': a text such as builtin:digits, or a trainer, expected, not a table"] = { backend = {} },
      ["option 'reporter': it has no method 'event'"] = { reporter = {} },
    } do
      assert.equal(wrong, select(2, neap.run("rex", given)))
    end
    assert.error_matches(function() neap.recipe { summary = "x", optoins = {}, function() end } end, "did you mean 'options'")
  end)
end)

describe("a run that follows a schedule", function()
  it("hands the trainer its momentum, where the trainer takes one", function()
    for _, takes in ipairs { true, false } do
      local trainer, momenta = fake_trainer(), {}
      trainer.offers = { momentum = takes, restore = true }
      local train = trainer.train
      function trainer:train(steps, rate, momentum)
        for i = 1, steps do momenta[#momenta + 1] = momentum and momentum[i] end
        return train(self, steps, rate)
      end
      local sched = 0.1 * neap.schedule.one_cycle(120)
      assert(run(function(r) return r:follow(sched) end, 120, trainer))
      assert.same(sched:values(), trainer.asked)
      assert.same(takes and sched:momentum():values() or {}, momenta)
      assert(run(function(r) return r:follow(0.1 * neap.schedule.rex(50)) end, 50, trainer))
    end
  end)
end)

-- Backends by their SPEC, and what every trainer of the embedded one does.
local expect = require "expect"
local neap = require "neap"
local options = require "neap.options"

local function message_of(f, ...)
  local ok, problem = pcall(f, ...)
  assert.is_false(ok)
  assert.is_nil(tostring(problem):find("\n"))
  return tostring(problem)
end

--- The profile of REX over n steps.
local function rex(n, peak)
  local list = {}
  for i = 1, n do
    local left = 1 - (i - 1) / n
    list[i] = peak * left / (0.5 + 0.5 * left)
  end
  return list
end

describe("a backend's SPEC", function()
  it("names kind, data set and options", function()
    local parsed = neap.backend.parse "builtin:digits,layers=64-32,batch=16"
    assert.same({ kind = "builtin", name = "digits", values = { layers = "64-32", batch = "16" } }, parsed)
  end)

  it("is refused with the nearest known word", function()
    local cases = {
      { "digits", "backend 'digits': KIND:NAME[,key=value]... expected, such as builtin:digits" },
      { "buildin:digits", "unknown kind 'buildin' (did you mean 'builtin'?)" },
      { "builtin:", "a name expected after 'builtin:'" },
      { "builtin:digit", "unknown data set 'digit' (did you mean 'digits'?)" },
      { "builtin:digits,layer=64", "builtin:digits: unknown option 'layer' (did you mean 'layers'?)" },
      { "builtin:digits,64", "key=value expected, not '64'" },
      { "builtin:digits,batch=8,batch=9", "'batch' is given twice" },
      { "builtin:digits,batch=abc", "option 'batch': a whole number expected, not 'abc'" },
      { "builtin:digits,batch=0", "option 'batch': at least 1 expected, not '0'" },
      { "builtin:digits,batch=5000", "builtin:digits: batch: 5000 rows, but the training part has 1259" },
      { "builtin:digits,momentum=1", "option 'momentum': below 1 expected, not '1'" },
      { "builtin:digits,momentum=nan", "option 'momentum': a number expected, not 'nan'" },
      { "builtin:digits,optimizer=adan", "option 'optimizer': unknown value 'adan' (did you mean 'adam'?)" },
      { "builtin:digits,optimizer=adam,momentum=0.5", "option 'momentum' is not for the optimizer adam" },
      { "builtin:digits,beta1=0.5", "option 'beta1' is not for the optimizer sgd" },
      { "builtin:digits,nesterov=true,momentum=0", "option 'nesterov': needs a momentum above 0" },
      { "builtin:digits,optimizer=schedulefree_sgd,beta1=0.5", "option 'beta1' is not for the optimizer schedulefree_sgd" },
      { "builtin:digits,optimizer=schedulefree_adamw,momentum=0.5", "option 'momentum' is not for the optimizer schedulefree_adamw" },
      { "builtin:digits,optimizer=schedulefree_sgd,nesterov=true", "option 'nesterov' is not for the optimizer schedulefree_sgd" },
      { "builtin:digits,optimizer=schedulefree_sgd,momentum=0", "option 'momentum': above 0 expected with schedulefree_sgd" },
      { "builtin:digits,activation=rely", "unknown value 'rely' (did you mean 'relu'?)" },
      { "builtin:digits,layers=64-x", "whole numbers of 1 to 65536 with dashes between them, or none, expected, not '64-x'" },
      { "builtin:digits,layers=0", "option 'layers'" },
      { "builtin:digits,layers=" .. ("8-"):rep(64) .. "8", "option 'layers': at most 64 hidden layers expected, not 65" },
      { "builtin:digits,file=x.csv", "unknown option 'file'" },
      { "builtin:csv,target=y", "builtin:csv: option 'file' is missing" },
      { "builtin:csv,file=x.csv", "builtin:csv: option 'target' is missing" },
    }
    for _, case in ipairs(cases) do
      expect.mistake(case[2], neap.backend, case[1])
      local trainer, problem, code = neap.backend.open(case[1])
      assert.is_nil(trainer)
      assert.equal("bad_argument", code)
      assert(problem:find(case[2], 1, true), problem)
    end
    expect.mistake("a text such as 'builtin:digits' expected, not a nil", neap.backend)
    expect.mistake("unknown option 'sede' (did you mean 'seed'?)", neap.backend, "builtin:digits", { sede = 1 })
    expect.mistake("a table of settings expected, not a number", neap.backend, "builtin:digits", 7)
  end)

  it("blames the line that called", function()
    assert.truthy(message_of(function() neap.backend "digits" end):find("^[^:]*backend_spec.lua:%d+: "))
    local trainer <close> = neap.backend "builtin:digits"
    assert.truthy(message_of(function() trainer:train(1, -1) end):find("^[^:]*backend_spec.lua:%d+: "))
    assert.truthy(message_of(function() trainer:restore(7) end):find("^[^:]*backend_spec.lua:%d+: a checkpoint expected"))
  end)

  it("comes back canonical, and opens the same trainer", function()
    local specs = {
      ["builtin:digits"] = "builtin:digits,layers=64,activation=relu,optimizer=sgd,momentum=0.9,batch=32,seed=5",
      ["builtin:digits,layers=none,optimizer=adamw,seed=9"] =
        "builtin:digits,layers=none,optimizer=adamw,beta1=0.9,beta2=0.999,epsilon=1e-08,weight_decay=0.01,batch=32,seed=9",
      ["builtin:digits,nesterov=yes,layers=8-4,activation=tanh,weight_decay=1e-4"] =
        "builtin:digits,layers=8-4,activation=tanh,optimizer=sgd,momentum=0.9,nesterov=true,weight_decay=0.0001,batch=32,seed=5",
    }
    for given, expected in pairs(specs) do
      local trainer <close> = neap.backend(given, { seed = 5 })
      assert.equal(expected, trainer.spec)
      local same <close> = neap.backend(trainer.spec)
      assert.equal(expected, same.spec)
      assert.same(trainer:train(20, 0.01), same:train(20, 0.01))
    end
  end)
end)

describe("a trainer", function()
  it("learns digits to 95 % of the test part and more", function()
    local trainer <close> = assert(neap.backend("builtin:digits,layers=64,optimizer=sgd,momentum=0.9,batch=32", { seed = 1 }))
    local losses = trainer:train(1200, rex(1200, 0.05))
    assert.equal(1200, #losses)
    local loss, metrics = trainer:evaluate { on = "test" }
    assert(metrics.accuracy >= 0.95, metrics.accuracy)
    assert(loss < 0.2)
    assert.is_nil(metrics.rmse)
  end)

  it("tells what it is", function()
    local trainer <close> = neap.backend("builtin:digits,batch=50", { seed = 3 })
    trainer:train(4, 0.01)
    assert.same({
      data = "digits", task = "classes", inputs = 64, classes = 10, train = 1259, validation = 269, test = 269,
      parameters = 64 * 64 + 64 + 64 * 10 + 10, batch = 50, layers = { 64 }, optimizer = "sgd", activation = "relu",
      seed = 3, steps = 4,
    }, trainer:info())
  end)

  it("takes a number, a list or a schedule", function()
    local a <close> = neap.backend "builtin:digits"
    local b <close> = neap.backend "builtin:digits"
    local c <close> = neap.backend "builtin:digits"
    local list = {}
    for i = 1, 30 do list[i] = 0.02 end
    local schedule = { values = function(_, first, count)
      assert.equal(0, first)
      return { table.unpack(list, 1, count) }
    end }
    local losses = a:train(20, 0.02)
    assert.same(losses, b:train(20, list))
    assert.same(losses, c:train(20, schedule))
    assert.same({}, a:train(0, 0.1))
  end)

  it("refuses rates that are none", function()
    local trainer <close> = neap.backend "builtin:digits"
    expect.mistake("rate -0.1: a finite number of at least 0 expected", trainer.train, trainer, 3, -0.1)
    expect.mistake("a finite number of at least 0 expected", trainer.train, trainer, 3, 0 / 0)
    expect.mistake("rate inf: a finite", trainer.train, trainer, 3, math.huge)
    expect.mistake("rate of step 2: a finite number of at least 0 expected, not x", trainer.train, trainer, 3, { 1, "x", 1 })
    expect.mistake("rate: a list of 2 for 3 steps", trainer.train, trainer, 3, { 1, 1 })
    expect.mistake("rate: a number, a list of numbers or a schedule expected, not a string", trainer.train, trainer, 3, "0.1")
    expect.mistake("rate: a number, a list of numbers or a schedule expected, not a nil", trainer.train, trainer, 3)
    expect.mistake("steps: a whole number from 0 to 2147483647 expected, not -1", trainer.train, trainer, -1, 0.1)
    expect.mistake("from 0 to 2147483647 expected, not 2147483648", trainer.train, trainer, 1 << 31, 0.1)
    expect.mistake("steps: a whole number from 0 to 2147483647 expected, not 1.5", trainer.train, trainer, 1.5, 0.1)
    assert.equal(0, trainer:info().steps)
  end)

  it("stops at a loss that is not finite, and comes back from it", function()
    local trainer <close> = neap.backend "builtin:digits"
    local start = trainer:save()
    local losses = trainer:train(50, 1e38)
    assert(#losses < 50)
    local last = losses[#losses]
    assert(last ~= last or last == math.huge)
    local loss = trainer:evaluate()
    assert(loss ~= loss or loss == math.huge)
    trainer:restore(start)
    assert.equal(50, #trainer:train(50, 0.01))
  end)

  it("evaluates on a part, or on its first batches", function()
    local trainer <close> = neap.backend "builtin:digits"
    trainer:train(50, 0.02)
    local validation = trainer:evaluate()
    assert.equal(validation, (trainer:evaluate { on = "validation" }))
    assert.not_equal(validation, (trainer:evaluate { on = "test" }))
    assert.not_equal(validation, (trainer:evaluate { batches = 1 }))
    assert.equal(validation, (trainer:evaluate { batches = 9 }))
    expect.mistake("evaluate: option 'on': unknown value 'tset' (did you mean 'test'?)", trainer.evaluate, trainer, { on = "tset" })
    expect.mistake("evaluate: unknown option 'batch' (did you mean 'batches'?)", trainer.evaluate, trainer, { batch = 1 })
    expect.mistake("option 'batches': at least 1 expected", trainer.evaluate, trainer, { batches = 0 })
  end)
end)

describe("a closed trainer", function()
  it("says so", function()
    local trainer = neap.backend "builtin:digits"
    local checkpoint = trainer:save()
    trainer:close()
    trainer:close()
    expect.mistake("the trainer is closed", trainer.train, trainer, 1, 0.1)
    expect.mistake("the trainer is closed", trainer.evaluate, trainer)
    expect.mistake("the trainer is closed", trainer.save, trainer)
    expect.mistake("the trainer is closed", trainer.restore, trainer, checkpoint)
    expect.mistake("the trainer is closed", trainer.info, trainer)
  end)

  it("is one that left its scope", function()
    local kept
    do
      local trainer <close> = neap.backend "builtin:digits"
      kept = trainer
    end
    expect.mistake("the trainer is closed", kept.evaluate, kept)
  end)
end)

describe("neap.backend.kinds", function()
  it("takes kinds of the user's own", function()
    neap.backend.kinds.echo = "spec.echo"
    package.loaded["spec.echo"] = { open = function(name, values, settings)
      return { name = name, values = values, seed = settings.seed }
    end }
    assert.same({ name = "tcp:HOST:1", values = { a = "b" }, seed = 4 }, neap.backend("echo:tcp:HOST:1,a=b", { seed = 4 }))
    neap.backend.kinds.echo = nil
    assert.equal(" (did you mean 'builtin'?)", options.hint("buitlin", neap.backend.kinds))
  end)
end)

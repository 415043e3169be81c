-- The state of an embedded trainer: its momentum, the average of its weights, blends, checkpoints.
local expect = require "expect"
local neap = require "neap"
local program = require "program"

describe("a trainer's offers", function()
  it("follow from its optimizer", function()
    local expected = {
      ["sgd"] = { true, true }, ["sgd,momentum=0"] = { false, true }, ["adam"] = { true, true }, ["adamw"] = { true, true },
      ["schedulefree_sgd"] = { false, false }, ["schedulefree_adamw"] = { false, false },
    }
    for optimizer, words in pairs(expected) do
      local trainer <close> = neap.backend("builtin:digits,optimizer=" .. optimizer)
      local all = { momentum = words[1], averaging = words[2], test = true, restore = true, durable = true, blending = true }
      assert.same(all, trainer.offers)
    end
  end)

  it("let the momentum change from step to step", function()
    local a <close> = neap.backend "builtin:digits"
    local b <close> = neap.backend "builtin:digits"
    local list = {}
    for i = 1, 20 do list[i] = 0.9 end
    assert.same(a:train(20, 0.01), b:train(20, 0.01, list))
    list[1] = 0.5
    assert.not_same(a:train(20, 0.01, 0.9), b:train(20, 0.01, list))
    expect.mistake("momentum 1.0: a number of at least 0 and below 1 expected", a.train, a, 1, 0.1, 1.0)
    expect.mistake("momentum of step 2: a number of at least 0 and below 1 expected, not -1", a.train, a, 2, 0.1, { 0.5, -1 })
    expect.mistake("momentum: a list of 1 for 2 steps", a.train, a, 2, 0.1, { 0.5 })
    local free <close> = neap.backend "builtin:digits,optimizer=schedulefree_sgd"
    expect.mistake("momentum: the optimizer schedulefree_sgd has none that could change", free.train, free, 1, 0.1, 0.5)
  end)

  it("keep an average of the weights", function()
    local trainer <close> = neap.backend "builtin:digits"
    expect.mistake("there is no average", trainer.evaluate, trainer, { weights = "average" })
    expect.mistake("there is no average", trainer.average, trainer, "adopt")
    assert.is_true(trainer:average "stop")
    assert.is_true(trainer:average "start")
    expect.mistake("the average is empty", trainer.average, trainer, "adopt")
    trainer:train(200, 0.1)
    local now, average = trainer:evaluate(), trainer:evaluate { weights = "average" }
    assert.not_equal(average, now)
    local checkpoint = trainer:save()
    trainer:average "stop"
    expect.mistake("there is no average", trainer.evaluate, trainer, { weights = "average" })
    trainer:restore(checkpoint)
    assert.equal(average, (trainer:evaluate { weights = "average" }))
    assert.is_true(trainer:average "adopt")
    assert.equal(average, (trainer:evaluate()))
    expect.mistake("average: 'start', 'adopt' or 'stop' expected, not 'begin'", trainer.average, trainer, "begin")
    local free <close> = neap.backend "builtin:digits,optimizer=schedulefree_adamw"
    expect.mistake("the weights of the optimizer schedulefree_adamw are an average already", free.average, free, "start")
  end)
end)

describe("a blend", function()
  it("moves what is evaluated along the line to a checkpoint, and nothing else", function()
    for _, optimizer in ipairs { "sgd", "adam", "schedulefree_sgd", "schedulefree_adamw" } do
      local trainer <close> = neap.backend("builtin:digits,layers=none,optimizer=" .. optimizer)
      trainer:train(5, 0.01)
      local early = trainer:save()
      local first = trainer:evaluate()
      trainer:train(50, 0.01)
      local late, last = trainer:save(), trainer:evaluate()
      trainer:blend(early, 0)
      assert.equal(last, (trainer:evaluate()))
      trainer:blend(early, 1)
      assert.is_near(first, trainer:evaluate(), 1e-6)
      local function loss_at(share)
        trainer:restore(late)
        trainer:blend(early, share)
        return (trainer:evaluate())
      end
      assert(loss_at(0.5) < (first + last) / 2)   -- the loss of a softmax is convex
      assert(loss_at(-1) < last)                  -- and still on its way down
      trainer:restore(late)
      local once = trainer:train(20, 0.01)
      trainer:restore(late)
      trainer:blend(early, 0)
      assert.same(once, trainer:train(20, 0.01))
    end
  end)

  it("refuses what is no share and no checkpoint of its own", function()
    local trainer <close> = neap.backend "builtin:digits"
    local other <close> = neap.backend "builtin:digits"
    expect.mistake("share: a finite number expected", trainer.blend, trainer, trainer:save(), 0 / 0)
    expect.mistake("a checkpoint expected, not a nil", trainer.blend, trainer, nil, 0.5)
    expect.mistake("the checkpoint is of another trainer", trainer.blend, trainer, other:save(), 0.5)
  end)
end)

describe("a checkpoint", function()
  it("repeats training bit for bit, however many are alive", function()
    for _, optimizer in ipairs { "sgd", "adam", "schedulefree_sgd", "schedulefree_adamw" } do
      local trainer <close> = neap.backend("builtin:digits,batch=100,optimizer=" .. optimizer)
      local start = trainer:save()
      local first = trainer:train(20, 0.01)
      local middle = trainer:save()
      local second = trainer:train(20, 0.01)
      local loss = trainer:evaluate()
      trainer:restore(middle)
      assert.same(second, trainer:train(20, 0.01))
      assert.equal(loss, (trainer:evaluate()))
      trainer:restore(start)
      assert.same(first, trainer:train(20, 0.01))
      assert.same(second, trainer:train(20, 0.01))
    end
  end)

  it("is of its trainer, and of no use once dropped", function()
    local trainer <close> = neap.backend "builtin:digits"
    local other <close> = neap.backend "builtin:digits"
    local checkpoint = trainer:save()
    expect.mistake("the checkpoint is of another trainer", other.restore, other, checkpoint)
    expect.mistake("the checkpoint is of another trainer", other.drop, other, checkpoint)
    trainer:drop(checkpoint)
    expect.mistake("the checkpoint was dropped", trainer.restore, trainer, checkpoint)
    expect.mistake("the checkpoint was dropped", trainer.drop, trainer, checkpoint)
    expect.mistake("a checkpoint expected, not a table", trainer.restore, trainer, {})
  end)

  it("in a file outlives its trainer, and a copy of that goes there", function()
    local file = program.file("", ".neap")
    local once, later
    do
      local trainer <close> = assert(neap.backend("builtin:digits", { seed = 3 }))
      trainer:train(40, 0.1)
      trainer:average "start"
      trainer:train(2, 0.1)
      assert.same({ file = file }, trainer:save { file = file })
      once = trainer:train(30, 0.05)
      later = trainer:evaluate { weights = "average" }
    end
    local copy <close> = assert(neap.backend("builtin:digits", { seed = 4 }))
    assert.is_true(copy:restore { file = file })
    assert.same(once, copy:train(30, 0.05))
    assert.equal(later, (copy:evaluate { weights = "average" }))
    local other <close> = assert(neap.backend "builtin:digits,layers=8")
    local _, problem, code = other:restore { file = file }
    assert.equal("bad_data", code)
    assert.matches("neap: the checkpoint is of a training with other data or settings$", problem)
    assert.is_true(copy:drop { file = file })
    _, problem, code = copy:restore { file = file }
    assert.same({ "not_found", file .. ": No such file or directory" }, { code, problem })
    assert.equal("io", select(3, copy:drop { file = file }))
    assert.equal("io", select(3, copy:save { file = "no/folder/here" }))
  end)

  it("that is forgotten leaves no memory behind", function()
    local trainer <close> = neap.backend "builtin:digits,layers=512"
    local function resident()
      local file <close> = io.open("/proc/self/statm")
      return file and math.tointeger(file:read("a"):match("^%d+ (%d+)")) * 4096 or 0
    end
    for _ = 1, 100 do trainer:save() end
    local before = resident()
    for _ = 1, 3000 do trainer:save() end   -- 900 MB, were they kept
    assert(resident() - before < 600e6)
  end)
end)

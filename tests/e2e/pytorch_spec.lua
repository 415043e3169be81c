-- The Python client under PyTorch, on Debian's python3-torch.

local neap = require "neap"
local program = require "program"

local PYTHON <const> = os.getenv "PYTHON" or "/usr/bin/python3"
local NET <const>, FASHION <const> = "tests/e2e/trainers/torch_net.py", "scripts/python/examples/fashion.py"

local shown

local function net(...)
  shown = {}
  return assert(neap.backend("spawn:unix", { command = { PYTHON, NET, ... }, show = function(line) shown[#shown + 1] = line end }))
end

local function free_port()
  local script = "import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])"
  return program.shell(("%s -c '%s'"):format(PYTHON, script)).out:match "%d+"
end

describe("a PyTorch training", function()
  for _, kind in ipairs { "sgd", "adam" } do
    it("goes back to checkpoints bit for bit, in memory and in files, with " .. kind, function()
      local file = program.file("", ".neap")
      local trainer <close> = net(kind)
      local rate, momentum = kind == "sgd" and 0.05 or 0.003, 0.8
      local fresh = assert(trainer:save())          -- an optimizer without a state yet
      local from_start = trainer:train(20, rate)
      local first = assert(trainer:save())
      assert.is_truthy(trainer:save { file = file })
      local once = trainer:train(30, rate, momentum)
      local loss = trainer:evaluate()
      trainer:restore(first)
      trainer:evaluate()
      assert.same(once, trainer:train(30, rate, momentum))
      assert.equal(loss, (trainer:evaluate()))
      trainer:restore(fresh)
      assert.same(from_start, trainer:train(20, rate))
      assert.is_true(trainer:restore { file = file })
      assert.same(once, trainer:train(30, rate, momentum))
      local other <close> = net(kind)
      assert.is_true(other:restore { file = file })
      assert.same(once, other:train(30, rate, momentum))
      assert.is_true(once[30] < from_start[1])
      os.remove(file)
    end)
  end

  it("has its rates, momentum and modes set, and its weights averaged", function()
    local trainer <close> = net "sgd"
    assert.equal("SGD", trainer:info().optimizer)
    assert.equal(64 * 32 + 32 + 32 * 10 + 10, trainer:info().parameters)
    assert.is_near(0.1, trainer:info().rate, 1e-12)
    assert.same({ evaluate = true, test = false, restore = true, durable = true, momentum = true, averaging = true,
      blending = true, batch_statistics = false }, trainer.offers)
    trainer:train(2, { 0.1, 0.4 }, { 0.5, 0.25 })
    local loss, metrics = trainer:evaluate { batches = 2 }
    assert.is_near(0.08, metrics.second_rate, 1e-12)
    assert.same({ 0.25, 0, 0, 64 }, { metrics.first_momentum, metrics.training, metrics.gradients, metrics.rows })
    assert.is_true(loss > 0)

    local start = assert(trainer:save())
    assert.is_true(trainer:average "start")
    trainer:train(1, 0.1)                                -- the first step replaces the average
    local now = trainer:evaluate()
    assert.is_near(now, trainer:evaluate { weights = "average" }, 1e-6)
    local plain = trainer:train(40, 0.1, 0.9)
    local averaged = trainer:evaluate { weights = "average" }
    now = trainer:evaluate()
    assert.is_true(math.abs(averaged - now) > 1e-5)
    assert.is_true(trainer:average "adopt")
    assert.is_near(averaged, trainer:evaluate(), 1e-6)
    local before = trainer:evaluate()
    local kept = trainer:save()
    trainer:blend(start, 1)
    local first = trainer:evaluate()
    trainer:blend(kept, 1)
    assert.is_near(before, trainer:evaluate(), 1e-6)
    trainer:blend(start, 0.5)
    local half = trainer:evaluate()
    assert(half > before and half < first)
    trainer:restore(start)
    trainer:train(1, 0.1)
    assert.same(plain, trainer:train(40, 0.1, 0.9))     -- averaging does not touch the training
    assert.equal(now, (trainer:evaluate()))
  end)

  it("has the statistics of a batch normalisation averaged with its weights, and no other buffer", function()
    local trainer <close> = net "norm"
    assert.is_true(trainer.offers.averaging and trainer.offers.blending)
    local start = assert(trainer:save())
    local _, first = trainer:evaluate()
    trainer:average "start"
    trainer:train(30, 0.3)
    local now, metrics = trainer:evaluate()
    local averaged, of_average = trainer:evaluate { weights = "average" }
    assert.is_true(averaged < now)
    assert.is_true(of_average.variance ~= metrics.variance)
    assert.same({ now, metrics }, { trainer:evaluate() })
    trainer:average "adopt"
    local adopted, of_adopted = trainer:evaluate()
    assert.is_near(averaged, adopted, 1e-6)
    assert.is_near(of_average.variance, of_adopted.variance, 1e-6)
    trainer:blend(start, 0.25)
    local _, blended = trainer:evaluate()
    assert.is_near(0.75 * of_adopted.variance + 0.25 * first.variance, blended.variance, 1e-5)
    trainer:blend(start, 1)
    assert.is_near(first.variance, select(2, trainer:evaluate()).variance, 1e-6)
  end)

  it("is evaluated by the statistics of the batch where its running ones lag behind, and they stay as they are", function()
    local trainer <close> = net "norm"
    assert.is_true(trainer.offers.batch_statistics)
    local losses = trainer:train(3, 0.3)
    local now, metrics = trainer:evaluate()
    local by_batch = trainer:evaluate { statistics = "batch" }
    assert.is_true(by_batch < 0.9 * now, ("%g, %g"):format(by_batch, now))
    assert.same({ now, metrics }, { trainer:evaluate() })
    trainer:average "start"
    trainer:train(1, 0.3)
    assert.not_equal(trainer:evaluate { weights = "average" }, (trainer:evaluate { weights = "average", statistics = "batch" }))
    assert.is_true(losses[3] < math.huge)
    local plain <close> = net "sgd"
    assert.is_false(pcall(plain.evaluate, plain, { statistics = "batch" }))
    local single <close> = net "single"
    single:train(3, 0.1)
    local loss = assert(single:evaluate())
    assert.equal(loss, (single:evaluate { statistics = "batch" }))    -- one row has none
    local frozen <close> = net "frozen"
    assert.is_false(frozen.offers.batch_statistics)
  end)

  local function odd(kind)
    return neap.backend("spawn:unix", { command = { PYTHON, "tests/e2e/trainers/torch_odd.py", kind }, show = function() end })
  end

  it("keeps a group of rate 0 as it is", function()
    local trainer <close> = assert(odd "frozen")
    assert.is_near(0.1, trainer:info().rate, 1e-9)
    trainer:train(5, 0.05)
    local _, moved = trainer:evaluate()
    assert.equal(0, moved.first)
    assert.is_true(moved.last > 1e-3)
  end)

  it("in half precision has an average that does not stand still", function()
    local trainer <close> = assert(odd "half")
    trainer:average "start"
    trainer:train(4000, 0)              -- from here on a step of the average is less than half precision can tell
    trainer:train(200, 0.1)
    local _, now = trainer:evaluate()
    local _, before = trainer:evaluate { weights = "average" }
    trainer:train(400, 0)
    local _, after = trainer:evaluate { weights = "average" }
    assert.is_true(math.abs(after.weight - now.weight) < 0.7 * math.abs(before.weight - now.weight))
  end)

  it("says what is wrong with the script", function()
    for kind, message in pairs {
      scheduler = "RuntimeError: neap: the rate was set to 0.3 for this step, and something else set it to 0.03: "
        .. "take the learning-rate scheduler out of the loop",
      vector = "TypeError: neap: tuner.step: loss: a number or a tensor of one element expected, not one of shape (2,)",
      list = "TypeError: neap: tuner.step: loss: a number or a tensor of one element expected, not list",
      none = "TypeError: neap: evaluate's loss: a number or a tensor of one element expected, not NoneType",
    } do
      local trainer <close> = assert(odd(kind))
      local done, problem = trainer:evaluate()
      if done then done, problem = trainer:train(20, 0.3) end
      assert.is_nil(done)
      assert.is_truthy(problem:find(message, 1, true), problem)
    end
    local trainer, problem = odd "lazy"
    assert.is_nil(trainer)
    local lazy = "neap.connect: model: it has lazy modules without parameters yet: show it a batch first"
    assert.is_truthy(problem:find(lazy, 1, true), problem)
  end)

  it("branches at the cost of one copy of its state", function()
    local trainer <close> = assert(neap.backend("spawn:unix", { command = { PYTHON, "tests/e2e/trainers/torch_large.py" } }))
    local function memory() return select(2, trainer:evaluate()) end
    trainer:train(3, 1e-6)
    local before, copy = memory(), 2 * 4 * 4000 * 5000 / 1e6     -- MB of weights and momentum
    local checkpoint = assert(trainer:save())
    local kept = memory().rss - before.rss
    assert.is_true(kept > 0.9 * copy and kept < 1.1 * copy)
    for _ = 1, 3 do
      trainer:train(2, 1e-6)
      trainer:restore(checkpoint)
    end
    assert.is_true(memory().peak - before.peak < 1.2 * copy)
    trainer:drop(checkpoint)
    assert.is_true(memory().rss - before.rss < 0.1 * copy)
  end)

  it("runs unchanged without neap", function()
    local ran = program.shell(("env -u NEAP_ADDRESS %s %s sgd 100"):format(PYTHON, NET))
    assert.equal(0, ran.status)
    assert.matches("^rank 0: loss 0.%d+, tuned: False\n$", ran.out)
    assert.equal("neap: no $NEAP_ADDRESS: training without being tuned\n", ran.err)
  end)

  it("of several processes is one trainer, and its losses are means", function()
    local port = free_port()
    do
      local trainer <close> = net("ranks", port)
      local fresh = assert(trainer:save())
      local once = assert(trainer:train(20, 0.05))
      local loss = trainer:evaluate()
      local alone <close> = net "sgd"
      assert.is_true(math.abs(loss - 0.5 - alone:evaluate()) < 1.0)      -- the second rank adds one to its own
      trainer:restore(fresh)
      assert.same(once, trainer:train(20, 0.05))
      assert.is_true(once[20] < once[1])
      local _, problem, code = trainer:restore { file = "no/such/file" }
      assert.matches("no/such/file: No such file", problem)
      assert.equal("not_found", code)
      alone:close()
      shown = {}
    end
    table.sort(shown)
    assert.equal(2, #shown)
    assert.equal(shown[1]:match "loss (%d.%d+)", shown[2]:match "loss (%d.%d+)")    -- both ended with the same weights
  end)
end)

describe("Fashion-MNIST in PyTorch", function()
  local function drive(...)
    local words = { ... }
    table.move({ "--json", "--", PYTHON, FASHION }, 1, 4, #words + 1, words)
    local ran = program.neap("run", table.unpack(words))
    assert.equal("", ran.err:gsub("|[^\n]*\n", ""))
    assert.equal(0, ran.status)
    return require "neap.engine".json_decode(ran.out:match "([^\n]*)\n$"), ran
  end

  it("is driven by rex", function()
    local result, ran = drive("rex", "--budget", "300")
    assert.same({ total = 300, search = 0, train = 300 }, result.steps)
    assert.is_true(result.metrics.test_accuracy > 0.75)
    assert.is_near(result.metrics.test_accuracy, tonumber(ran.err:match "accuracy (0%.%d+)"), 1e-4)   -- what the script ends with
  end)

  local where_there = require "neap.recipe".names().autopilot and it or pending
  where_there("is driven by the autopilot", function()
    local result = drive("autopilot", "--budget", "400")
    assert.equal(400, result.steps.total)
    assert.is_true(result.metrics.test_accuracy > 0.7)
  end)

  it("is driven by autolrs with two trainers, twice alike", function()
    local function search()
      return drive("autolrs", "--variant", "neap", "--k", "5", "--budget", "400", "--tau", "200", "--lr", "1e-3:0.3", "--seed", "7",
        "--backend", "spawn:unix,trainers=2")
    end
    local result, ran = search()
    assert.equal(400, result.steps.total)
    assert.equal(2, result.trainers)
    assert.is_true(result.steps.chain < 400)
    assert.is_true(result.metrics.test_accuracy > 0.75)
    assert.is_near(result.metrics.test_accuracy, tonumber(ran.err:match "| 0: [^\n]*accuracy (0%.%d+)"), 1e-4)
    local again = search()
    assert.same({ result.loss, result.metrics, result.steps }, { again.loss, again.metrics, again.steps })
  end)

  it("is driven by autolrs, twice alike", function()
    local result = drive("autolrs", "--budget", "400", "--tau", "200", "--lr", "1e-3:0.3", "--seed", "7")
    assert.equal(400, result.steps.total)
    assert.equal(200, result.steps.search)
    assert.is_true(result.metrics.test_accuracy > 0.6)
    local again = drive("autolrs", "--budget", "400", "--tau", "200", "--lr", "1e-3:0.3", "--seed", "7")
    assert.same(result.loss, again.loss)
  end)
end)

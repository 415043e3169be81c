-- The client in C: engine/client, built as a user would, and driven by recipes.
local engine = require "neap.engine"
local program = require "program"

local folder = os.tmpname()
os.remove(folder)
assert(os.execute("mkdir " .. folder))

local STRICT <const> = "-Wall -Wextra -Werror -pedantic -O2 -o"

--- Build the example with these words; the file that runs.
local function build(name, words)
  local file = folder .. "/" .. name
  local built = program.shell(("%s %s %s engine/client/example.c -lm"):format(words, STRICT, file))
  assert.equal("", built.err)
  assert.equal(0, built.status)
  return file
end

local example

local function run(recipe, words)
  local ran = program.shell(("timeout 60 @neap run %s --json %s"):format(recipe, words))
  local lines = program.lines(ran.out)
  return ran, #lines > 0 and engine.json_decode(lines[#lines]) or {}
end

describe("the example of the C client", function()
  setup(function() example = build("example", "gcc -std=c11") end)
  teardown(function() os.execute("rm -r " .. folder) end)

  it("builds without a warning as C99, C11, C++11, C++17 and C++20, and all do the same", function()
    local _, first = run("rex --budget 300", "-- " .. example)
    for name, words in pairs { c99 = "gcc -std=c99 -Wshadow -Wconversion -Wno-sign-conversion", gnu = "gcc -std=gnu17",
                               cc11 = "g++ -std=c++11 -x c++", cc17 = "g++ -std=c++17 -x c++ -Wshadow", cc20 = "g++ -std=c++20 -x c++" } do
      local _, result = run("rex --budget 300", "-- " .. build(name, words))
      assert.same(first.loss, result.loss, name)
    end
  end)

  it("is driven by REX over a Unix socket and over TCP", function()
    for _, backend in ipairs { "spawn:unix", "spawn:tcp" } do
      local ran, result = run("rex --budget 2000 --peak 0.1", ("--backend %s -- %s"):format(backend, example))
      assert.equal(0, ran.status, ran.err)
      assert.same({ total = 2000, search = 0, train = 2000 }, result.steps)
      assert(result.loss.validation < 0.45 and result.metrics.accuracy > 0.75)
      assert.is_nil(result.metrics.test_loss)
      assert.matches("validation loss 0%.%d+", ran.err)
    end
  end)

  it("is driven by AutoLRS, and restores exactly", function()
    local ran, result = run("autolrs --budget 2000 --tau 500 --lr 1e-3:10", "-- " .. example)
    assert.equal(0, ran.status, ran.err)
    assert.equal(2000, result.steps.total)
    assert(result.loss.validation < 0.45)
    local neap = require "neap"
    local trainer <close> = assert(neap.backend("spawn:unix", { command = { example }, show = function() end }))
    local offers = trainer.offers
    assert.same({ true, true, false, true }, { offers.evaluate, offers.restore, offers.test, offers.momentum })
    trainer:train(20, 0.1)
    local checkpoint = trainer:save()
    local losses, loss = trainer:train(30, 0.2), trainer:evaluate()
    trainer:train(30, 5.0, 0.99)
    trainer:restore(checkpoint)
    assert.same(losses, trainer:train(30, 0.2, 0.9))   -- 0.9 is its own momentum
    assert.equal(loss, (trainer:evaluate()))
    trainer:restore(checkpoint)
    assert.not_same(losses, trainer:train(30, 0.2, 0.5))
    trainer:drop(checkpoint)
  end)

  it("shows a loss that is not finite, where it stops, and comes back from it", function()
    local neap = require "neap"
    local trainer <close> = assert(neap.backend("spawn:unix", { command = { example }, show = function() end }))
    local start = trainer:save()
    local losses = trainer:train(100, 1e308)
    assert(#losses < 100 and losses[#losses] ~= losses[#losses], #losses)
    trainer:restore(start)
    assert.equal(100, #trainer:train(100, 0.1))
  end)

  it("trains alone without neap, and says why it cannot reach one", function()
    local ran = program.shell("unset NEAP_ADDRESS; " .. example)
    assert.equal(0, ran.status)
    assert.matches("^validation loss 0%.%d+\n$", ran.out)
    for address, why in pairs {
      ["unix:/nowhere/socket"] = "nobody answers at NEAP_ADDRESS: No such file or directory", ["tcp:127.0.0.1:1#abc"] = "nobody answers",
      ["tcp:x"] = "nobody answers", somewhere = "NEAP_ADDRESS: unix:PATH or tcp:HOST:PORT expected",
      ["unix:" .. ("x"):rep(300)] = "nobody answers",
    } do
      ran = program.shell(("NEAP_ADDRESS='%s' %s"):format(address, example))
      assert.equal(1, ran.status)
      assert.matches(why, ran.err)
    end
  end)

  it("ends when neap goes, and is missed when it goes itself", function()
    local socket = folder .. "/socket"
    local ran = program.shell(([[@neap run rex --budget 5000000 --quiet --backend listen:unix:%s & server=$!
      while [ ! -S %s ]; do sleep 0.05; done
      (sleep 1.5; kill -9 $server) & NEAP_ADDRESS=unix:%s %s; status=$?; kill -9 $server; exit $status]]):format(
        socket, socket, socket, example))
    assert.equal(1, ran.status)
    assert.matches("neap: neap closed the connection\n", ran.err)
    ran = run("rex --budget 5000000", ("-- sh -c '%s & sleep 1; kill -9 $!; wait'"):format(example))
    assert.equal(1, ran.status)
    assert.matches("neap: the trainer 'example.c' is lost while training", ran.err)
  end)
end)

-- run:share: jobs side by side on several trainers, or one after the other on one.
local neap = require "neap"
local uv = require "luv"

--- Run a recipe's body; what neap says goes to `said`.
local function run(body, backend, budget, said)
  local recipe = neap.recipe { summary = "a test", several = function() return true end, body }
  return neap.run(recipe, {
    backend = backend, budget = budget or 1000, trainer = { say = function(text) said[#said + 1] = text end },
  })
end

local function numbers(count)
  local i = 0
  return function()
    i = i + 1
    return i <= count and i or nil
  end
end

--- Probe five rates from one checkpoint, keep the best, go on from there.
local function search(run_, log)
  run_:train(30, 0.05)
  local start, best = run_:save(), nil
  run_:share(numbers(5), function(branch, i)
    branch:restore(start)
    local rate = 0.01 * 2 ^ i
    local losses = branch:train(60 + 10 * i, rate)
    local loss = branch:evaluate()
    log[#log + 1] = { i, loss, losses[#losses], branch.depth, branch.rates[30], branch.rates[31], branch.losses[1] }
    if not best or loss < best.loss then best = { loss = loss, rate = rate, checkpoint = branch:save() } end
  end)
  run_:restore(best.checkpoint)
  assert.equal(best.loss, (run_:evaluate()))
  run_:train(20, best.rate / 2)
  return best
end

describe("run:share", function()
  it("comes to the same with one trainer and with several, in an order that is settled", function()
    local logs, results = {}, {}
    for i, backend in ipairs { "builtin:digits", "builtin:digits,trainers=2", "builtin:digits,trainers=2", "builtin:digits,trainers=3" } do
      logs[i] = {}
      results[i] = assert(run(function(run_) search(run_, logs[i]) end, backend))
      local kept, rates, losses = results[i].run.depth, results[i].run.rates, results[i].run.losses
      for t = 1, kept do assert.equal(t <= 30 and 0.05 or t <= kept - 20 and rates[31] or rates[31] / 2, rates[t]) end
      for t = 1, kept do assert.equal(results[1].run.losses[t], losses[t]) end
      assert.equal(30 + 70 + 80 + 90 + 100 + 110 + 20, results[i].steps.total)
    end
    assert.same(logs[2], logs[3])
    for i = 2, 4 do
      assert.same(results[1].loss, results[i].loss)
      assert.same(results[1].metrics, results[i].metrics)
      table.sort(logs[i], function(a, b) return a[1] < b[1] end)
      assert.same(logs[1], logs[i])
    end
    assert.same({ 30 + 70 + 90 + 110 + 20, 2 }, { results[2].steps.chain, results[2].trainers })
    assert.same({ 30 + 80 + 110 + 20, 3 }, { results[4].steps.chain, results[4].trainers })    -- jobs 2 and 5
  end)

  it("gives no job more steps than are left", function()
    local said = {}
    local result = assert(run(function(run_)
      local start = run_:save()
      run_:share(numbers(2), function(branch)
        branch:restore(start)
        branch:train(400, 0.05)
      end)
    end, "builtin:digits,trainers=2", 470, said))
    assert.equal(470, result.steps.total)
    assert.same({}, said)
  end)

  it("wants a checkpoint first", function()
    local _, problem = run(function(run_)
      run_:share(numbers(1), function(branch) branch:train(1, 0.1) end)
    end, "builtin:digits,trainers=2")
    assert.matches("run:train: within run:share each job begins by restoring a checkpoint", problem)
  end)

  it("ends with what a job raises, once, and leaves nothing behind", function()
    local said, tried = {}, 0
    local result, problem = run(function(run_)
      local start = run_:save()
      run_:share(numbers(4), function(branch, i)
        branch:restore(start)
        branch:train(100, 0.1)
        tried = tried + 1
        if i == 2 then error("not this one", 0) end
      end)
    end, "builtin:digits,trainers=2", 1000, said)
    assert.is_nil(result)
    assert.equal("not this one", problem)
    assert.is_true(tried <= 2)
    assert.same({}, said)
  end)

  it("has a loss that is not finite as an observation", function()
    local lost = {}
    local result = assert(run(function(run_)
      local start = run_:save()
      run_:share(numbers(3), function(branch, i)
        branch:restore(start)
        local _, diverged = branch:train(50, i == 2 and 1e30 or 0.1)
        lost[i] = diverged
      end)
      run_:restore(start)
      run_:train(10, 0.1)
    end, "builtin:digits,trainers=2"))
    assert.same({ false, true, false }, lost)
    assert.equal(10, result.steps.train)
  end)
end)

describe("a team", function()
  it("is its first trainer for whoever knows nothing of the others", function()
    local team <close> = assert(neap.backend("builtin:digits,trainers=2", { seed = 3 }))
    local one <close> = assert(neap.backend("builtin:digits", { seed = 3 }))
    assert.equal(2, #team.members)
    assert.same(one:train(40, 0.1), team:train(40, 0.1))
    local kept = assert(team:save())
    local loss, metrics = one:evaluate()
    assert.same({ loss, metrics }, { team:evaluate() })
    local other = team.members[2]
    assert.is_true(other:restore(kept))
    assert.same({ loss, metrics }, { other:evaluate() })
    local list = { 0.2, 0.1, 0.3 }
    assert.same(one:train(3, list), other:train(3, list))
    assert.is_true(other:drop(kept))
    assert.is_nil(uv.fs_stat(kept.file))
    local folder = team.folder
    assert.equal("directory", uv.fs_stat(folder).type)
    team:close()
    team:close()
    assert.is_nil(uv.fs_stat(folder))
  end)
end)

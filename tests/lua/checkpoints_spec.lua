-- A run leaves no checkpoint in a trainer that was lent to it, however it ends.
local neap = require "neap"

local QUESTIONS <const> = { "train", "evaluate", "save", "restore", "drop", "average", "blend" }

--- A trainer that counts its checkpoints: alive, those there are; asked, its questions so far. It raises `problem` instead of an
--- answer to question number `at`, and lets go of nothing that is not alive.
local function counted(trainer, at, problem)
  local self = { spec = trainer.spec, offers = trainer.offers, alive = 0, asked = 0 }
  local kept = {}
  for _, name in ipairs(QUESTIONS) do
    self[name] = function(_, ...)
      self.asked = self.asked + 1
      if self.asked == at then error(problem, 0) end
      local answer, more = trainer[name](trainer, ...)
      if name == "save" and answer then kept[answer], self.alive = true, self.alive + 1 end
      if name == "drop" then
        assert(kept[...], "no checkpoint")
        kept[...], self.alive = nil, self.alive - 1
      end
      return answer, more
    end
  end
  return self
end

local function run(body, trainer)
  return neap.run(neap.recipe { summary = "test", body }, { backend = trainer, budget = 20 })
end

describe("the checkpoints of a run with a trainer of the caller's", function()
  local trainer = assert(neap.backend "builtin:digits,layers=8")

  local function expect_none(body, expected)
    local lent = counted(trainer)
    local _, problem = run(body, lent)
    assert.equal(expected, problem)
    assert.equal(0, lent.alive)
    return lent
  end

  local function two(r)
    r:save()
    r:train(5, 0.1)
    r:drop(r:save())
    r:save()
  end

  it("are let go at its end", function()
    expect_none(two)
  end)

  it("are let go when it fails, is interrupted or diverges", function()
    expect_none(function(r) two(r) error("no more", 0) end, "no more")
    expect_none(function(r) two(r) error("interrupted", 0) end, "interrupted after 5 of 20 steps")
    expect_none(function(r) two(r) return nil, "refused" end, "refused")
    local lent, start = counted(trainer), trainer:save()
    assert(not run(function(r) two(r) r:train(15, 1e30) end, lent))
    assert.equal(0, lent.alive)
    trainer:restore(start)
  end)

  it("are not asked for again where letting go fails; an interrupt then is heard", function()
    local lent = counted(trainer)
    assert(run(function(r)
      two(r)
      function lent.drop() lent.alive = lent.alive - 1 error("gone", 0) end
    end, lent))
    assert.equal(0, lent.alive)
    local ok, problem = pcall(run, function(r)
      r:save()
      function lent.drop() error("interrupted", 0) end
    end, lent)
    assert.is_false(ok)
    assert.equal("interrupted", problem)
  end)

  it("of the caller's own stay", function()
    local lent = counted(trainer)
    local mine = lent:save()
    assert(run(two, lent))
    assert.equal(1, lent.alive)
    lent:drop(mine)
  end)

  it("are let go wherever the autopilot is interrupted", function()
    local function pilot(at)
      local fresh <close> = assert(neap.backend "builtin:digits,layers=8")
      local lent = counted(fresh, at, "interrupted")
      local result, problem = neap.run("autopilot", { backend = lent, budget = 500 })
      assert.equal(0, lent.alive)
      return result, problem, lent.asked
    end
    local result, _, asked = pilot()
    assert(result)
    for k = 1, 40 do
      local _, problem = pilot(1 + (k - 1) * (asked - 3) // 39)
      assert.matches("^interrupted after %d+ of 500 steps$", problem)
    end
  end)
end)

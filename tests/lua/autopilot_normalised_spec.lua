-- The autopilot on networks with batch normalisation: validation losses by its running statistics are off at high rates, and much
-- noise does no harm.
local neap = require "neap"
local balance = require "neap.autopilot.balance"
local quadratic = require "quadratic"

--- Validation losses see a weight that follows with a lag, unless by a batch's statistics.
local function bowl(offered)
  local seen = 1.0
  local trainer = quadratic(1, 0.3, function(gradient, w)
    seen = seen + 0.1 * (w - seen)
    return gradient
  end)
  local evaluate, save, restore = trainer.evaluate, trainer.save, trainer.restore
  trainer.asked, trainer.offers.batch_statistics = {}, offered
  function trainer:evaluate(where)
    local statistics = where and where.statistics or "running"
    self.asked[statistics], self.last = (self.asked[statistics] or 0) + 1, statistics
    return evaluate(self, where) + (statistics == "running" and math.abs(seen - self.w) or 0), {}
  end
  function trainer:save() return { state = save(self), seen = seen } end
  function trainer:restore(c)
    seen = c.seen
    return restore(self, c.state)
  end
  return trainer
end

local function fly(trainer)
  local peak = 0
  local reporter = { progress = function() end, finish = function() end, event = function(_, event)
    if event.event == "peak" then peak = event.rate end
  end }
  local result = assert(neap.run("autopilot", { backend = trainer, budget = 1000, reporter = reporter }))
  return result.loss.validation, peak
end

describe("the autopilot, with batch normalisation,", function()
  it("asks for losses by the statistics of the batch while it trains, and ends by the running ones", function()
    local trainer = bowl(true)
    fly(trainer)
    assert.is_true(trainer.asked.batch > 40)
    assert.is_true(trainer.asked.running < 30)
    assert.equal("running", trainer.last)
    trainer = bowl(false)
    fly(trainer)
    assert.is_nil(trainer.asked.batch)
  end)

  it("rises higher than the noise of its steps would let it, and ends no worse", function()
    local loss, peak = fly(bowl(true))
    local other_loss, other_peak = fly(bowl(false))
    assert.is_true(peak > other_peak, ("%g, %g"):format(peak, other_peak))
    assert.is_true(loss < 1.5 * other_loss, ("%g, %g"):format(loss, other_loss))
  end)

  it("does not fall for noise; rises to a likely rate in spite of it, and above only without", function()
    assert.equal(0.1, (balance.normalised(0.1, 2, 1, true, 0.05)))
    assert.is_near(0.18, (balance.normalised(0.1, 2, 1, true, 0.5)), 1e-12)
    assert.equal(0.1, (balance.normalised(0.1, 0.15, 1, true, 0.05)))
    assert.is_near(0.18, (balance.normalised(0.1, 0.01, 1, true, 0.05)), 1e-12)
    assert.equal(0.1, (balance.normalised(0.1, 0.01, 1, false, 0.05)))
  end)
end)

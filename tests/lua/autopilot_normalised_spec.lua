-- The autopilot on networks with batch normalisation: validation losses by its running statistics are off at high rates, and much
-- noise does no harm.
local neap = require "neap"
local balance = require "neap.autopilot.balance"

--- One weight in a bowl, noisy gradients. Validation losses see a weight that follows with a lag, unless by a batch's statistics.
local function bowl(offered)
  local trainer = { spec = "bowl", w = 1.0, seen = 1.0, random = require "neap.engine".random(3), asked = {},
    offers = { averaging = true, restore = true, evaluate = true, blending = false, batch_statistics = offered } }
  local function loss(w) return w * w / 2 + 0.01 end
  function trainer:train(steps, rate)
    local losses = {}
    for i = 1, steps do
      losses[i] = loss(self.w)
      self.w = self.w - (type(rate) == "table" and rate[i] or rate) * (self.w + 0.3 * self.random:normal())
      self.seen = self.seen + 0.1 * (self.w - self.seen)
      if self.count then
        self.mean = self.count == 0 and self.w or self.mean + 9 / (self.count + 9) * (self.w - self.mean)
        self.count = self.count + 1
      end
    end
    return losses
  end
  function trainer:evaluate(where)
    local weights, statistics = where and where.weights or "now", where and where.statistics or "running"
    self.asked[statistics] = (self.asked[statistics] or 0) + 1
    self.last = statistics
    local w = weights == "average" and self.mean or self.w
    return loss(w) + (statistics == "running" and math.abs(self.seen - self.w) or 0), {}
  end
  function trainer:average(verb)
    if verb == "adopt" then self.w = self.mean end
    self.count = verb == "start" and 0 or nil
    return true
  end
  function trainer:save() return { w = self.w, seen = self.seen, mean = self.mean, count = self.count } end
  function trainer:restore(c)
    self.w, self.seen, self.mean, self.count = c.w, c.seen, c.mean, c.count
    return true
  end
  function trainer.drop() end
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

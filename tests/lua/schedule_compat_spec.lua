local s = require "neap".schedule
local mistake = require "expect".mistake

local FILE <const> = "tests/reference/compat.lua"

--- Equal to 1e-12, relative; next to 0 to as much of the largest rate, where the peers' own rounding is larger.
local function near(expected, value, largest, what)
  local off = math.abs(value - expected)
  assert.is_true(off <= 1e-12 * math.abs(expected) or off <= 1e-15 * largest, ("%s: %.17g, expected %.17g"):format(what, value, expected))
end

describe("other libraries' schedules", function()
  for number, row in ipairs(dofile(FILE)) do
    local library, name, given, rates, momenta = table.unpack(row)
    it(("%s.%s, row %d, has its values"):format(library, name, number), function()
      local sched = s.compat[library][name](given)
      local largest = math.max(table.unpack(rates))
      for i, rate in ipairs(rates) do near(rate, sched:at(i - 1), largest, ("step %d"):format(i - 1)) end
      local channel = sched:momentum()
      if momenta and given.cycle_momentum ~= false then
        for i, value in ipairs(momenta) do near(value, channel:at(i - 1), 1, ("momentum of step %d"):format(i - 1)) end
      else
        if given.cycle_momentum == false then assert.is_nil(channel) end
      end
      assert.equal(sched, s.from(sched:describe()))
    end)
  end

  it("take a function", function()
    local sched = s.compat.torch.LambdaLR { lr = 0.5, lr_lambda = function(t) return 1 / (1 + t) end }
    for t = 0, 20 do near(0.5 / (1 + t), sched:at(t), 1, "lambda") end
    local product = s.compat.torch.MultiplicativeLR { lr = 0.5, lr_lambda = function(t) return t % 2 == 0 and 0.9 or 0.8 end }
    local expected = 0.5
    for t = 0, 20 do
      if t > 0 then expected = expected * (t % 2 == 0 and 0.9 or 0.8) end
      near(expected, product:at(t), 1, "product")
    end
    assert.equal(product:at(3), product:at(3))
  end)

  it("are put in sequence and chained as torch does", function()
    local torch = s.compat.torch
    local constant, falling = torch.ConstantLR { lr = 0.2, factor = 0.5, total_iters = 4 }, torch.ExponentialLR { lr = 0.2, gamma = 0.9 }
    local both = torch.SequentialLR { schedulers = { constant, falling }, milestones = { 6 } }
    for t = 0, 30 do near(t < 4 and 0.1 or t < 6 and 0.2 or 0.2 * 0.9 ^ (t - 6), both:at(t), 1, "sequence") end
    local chained = torch.ChainedScheduler { lr = 0.2, schedulers = { constant, falling } }
    for t = 0, 30 do near((t < 4 and 0.5 or 1) * 0.2 * 0.9 ^ t, chained:at(t), 1, "chain") end
    local optax = s.compat.optax
    local joined = optax.join_schedules { schedules = {
      optax.linear_schedule { init_value = 0.0, end_value = 1.0, transition_steps = 4 }, optax.constant_schedule { value = 0.5 },
    }, boundaries = { 6 } }
    for t = 0, 30 do near(t < 6 and math.min(t / 4, 1) or 0.5, joined:at(t), 1, "joined") end
  end)

  it("name every mistake", function()
    local compat = s.compat
    mistake("neap.schedule.compat: no library 'pytorch' (did you mean 'torch'?)", function() return compat.pytorch end)
    mistake("neap.schedule.compat.torch: no 'CosineAnealingLR' (did you mean 'CosineAnnealingLR'?)",
      function() return compat.torch.CosineAnealingLR end)
    mistake("neap.schedule.compat.torch.CosineAnnealingLR: option 'T_max' is missing", compat.torch.CosineAnnealingLR, { lr = 0.1 })
    mistake("unknown option 'Tmax' (did you mean 'T_max'?)", compat.torch.CosineAnnealingLR, { lr = 0.1, Tmax = 3 })
    mistake("total_steps, or epochs and steps_per_epoch, expected", compat.torch.OneCycleLR, { max_lr = 0.1 })
    mistake("leave no step to climb", compat.torch.OneCycleLR, { max_lr = 0.1, total_steps = 10, pct_start = 0.05 })
    mistake("one of min_lr and min_lr_rate expected", compat.transformers.get_cosine_with_min_lr_schedule_with_warmup,
      { lr = 0.1, num_warmup_steps = 3, num_training_steps = 10 })
    mistake("num_warmup_steps: more than num_training_steps", compat.transformers.get_linear_schedule_with_warmup,
      { lr = 0.1, num_warmup_steps = 13, num_training_steps = 10 })
    mistake("includes the warm-up", compat.optax.warmup_cosine_decay_schedule,
      { init_value = 0, peak_value = 1, warmup_steps = 5, decay_steps = 5 })
    mistake("values overflow", compat.torch.StepLR, { lr = 0.1, step_size = 3, gamma = 2 })
    mistake("whole numbers expected", compat.torch.MultiStepLR, { lr = 0.1, milestones = { 1.5 } })
  end)
end)

describe("decay on plateau", function()
  --- torch.optim.lr_scheduler.ReduceLROnPlateau 1.13, said once more.
  local function reference(o, metrics)
    local rate, best, bad, cooling, rates = o.lr, o.mode == "max" and -math.huge or math.huge, 0, 0, {}
    for i, m in ipairs(metrics) do
      local better
      if o.mode == "max" then better = m > (o.threshold_mode == "abs" and best + o.threshold or best * (1 + o.threshold))
      else better = m < (o.threshold_mode == "abs" and best - o.threshold or best * (1 - o.threshold)) end
      if better then best, bad = m, 0 else bad = bad + 1 end
      if cooling > 0 then cooling, bad = cooling - 1, 0 end
      if bad > o.patience then
        local lower = math.max(rate * o.factor, o.min_lr)
        if rate - lower > o.eps then rate = lower end
        cooling, bad = o.cooldown, 0
      end
      rates[i] = rate
    end
    return rates
  end

  it("falls when torch's does, and goes on from a saved state", function()
    local random = require "neap.engine".random(17)
    for _ = 1, 300 do
      local o = {
        lr = 0.1, mode = random:below(2) == 0 and "min" or "max", factor = random:uniform(0, 0.9), patience = random:below(4),
        threshold = random:uniform(0, 0.05), threshold_mode = random:below(2) == 0 and "rel" or "abs", cooldown = random:below(3),
        min_lr = random:uniform(0, 1e-3), eps = 1e-8,
      }
      local metrics = {}
      for i = 1, 60 do metrics[i] = 1 / i + 0.1 * random:normal() end
      local p, expected = s.compat.torch.ReduceLROnPlateau(o), reference(o, metrics)
      assert.equal(0.1, p:rate())
      for i, metric in ipairs(metrics) do
        local before = p:rate()
        local rate, reduced = p:observe(metric)
        assert.equal(expected[i], rate)
        assert.equal(rate < before, reduced)
        if i % 7 == 0 then
          local engine = require "neap.engine"
          p = s.plateau.restore(engine.json_decode(engine.json_encode(p:state())))
        end
      end
    end
  end)

  it("names every mistake", function()
    mistake("neap.schedule.plateau: option 'rate' is missing", s.plateau, {})
    mistake("option 'factor': below 1 expected, not '1'", s.plateau, { rate = 0.1, factor = 1 })
    mistake("plateau:observe: a number expected, not a nil", function() return s.plateau { rate = 0.1 }:observe() end)
    mistake("a state expected", s.plateau.restore, 3)
    mistake("'now' is no number", s.plateau.restore, { options = { rate = 0.1 } })
    local p = s.plateau { rate = 0.1, patience = 1 }
    for _ = 1, 2 do p:observe(0 / 0) end
    assert.equal(0.1 * 0.1, p:rate())
    assert.is_true(s.plateau.is(p))
    assert.is_false(s.plateau.is(3))
  end)
end)

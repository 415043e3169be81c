-- Every profile of the catalogue: its values at the steps where conventions differ, its conventions, its mistakes.
local s = require "neap".schedule
local expect = require "expect"

local near, mistake = expect.near, expect.mistake

local pi, cos, exp, sqrt, tanh = math.pi, math.cos, math.exp, math.sqrt, function(x) return 1 - 2 / (math.exp(2 * x) + 1) end

local function cosine(p) return 0.5 * (1 + cos(pi * p)) end

--- name, options, formula over t = 0 .. N-1 with N = 40, what stays from N on.
local N <const> = 40
local CASES <const> = {
  { "constant", {}, function() return 1 end, 1 },
  { "linear", {}, function(t) return 1 - t / N end, 0 },
  { "linear", { to = 0.2, endpoint = "closed" }, function(t) return 1 - 0.8 * t / (N - 1) end, 0.2 },
  { "linear", { to = 0.2, endpoint = "after" }, function(t) return 1 - 0.8 * (t + 1) / N end, 0.2 },
  { "polynomial", {}, function(t) return (1 - t / N) ^ 2 end, 0 },
  { "polynomial", { from = 0.1, to = 0.7, power = 0.5, bend = 2 }, function(t) return 0.7 - 0.6 * (1 - (t / N) ^ 2) ^ 0.5 end, 0.7 },
  { "cosine", {}, function(t) return cosine(t / N) end, 0 },
  { "cosine", { to = 0.1, power = 1.5, endpoint = "closed" }, function(t) return 0.1 + 0.9 * cosine(t / (N - 1)) ^ 1.5 end, 0.1 },
  { "cosine", { bend = 3 }, function(t) return cosine((t / N) ^ 3) end, 0 },
  { "cosine", { waves = 1.5 }, function(t) return cosine(3 * t / N) end, 0 },
  { "rex", {}, function(t) return (1 - t / N) / (0.5 + 0.5 * (1 - t / N)) end, 0 },
  { "rex", { d = 0.9 }, function(t) return (1 - t / N) / (0.1 + 0.9 * (1 - t / N)) end, 0 },
  { "sqrt", { to = 0.1 }, function(t) return 0.1 + 0.9 * (1 - sqrt(t / N)) end, 0.1 },
  { "tanh", {}, function(t) return (1 - tanh(-7 * (1 - t / N) + 3 * t / N)) / 2 end, (1 - tanh(3)) / 2 },
  { "exponential", {}, function(t) return exp(-3 * t / N) end, exp(-3) },
  { "exponential", { gamma = 1, endpoint = "closed" }, function(t) return exp(t / (N - 1)) end, exp(1) },
  { "exponential", { factor = 0.9 }, function(t) return 0.9 ^ t end, 0.9 ^ N },
  { "exponential", { factor = 0.5, every = "7st", stairs = true }, function(t) return 0.5 ^ (t // 7) end, 0.5 ^ 5 },
  { "exponential", { factor = 0, every = "1st" }, function(t) return t == 0 and 1 or 0 end, 0 },
  { "inverse_time", {}, function(t) return 1 / (1 + t / N) end, 0.5 },
  { "inverse_time", { rate = 3, every = "7st", stairs = true }, function(t) return 1 / (1 + 3 * (t // 7)) end, 1 / 16 },
  { "inverse_sqrt", { timescale = "10st" }, function(t) return 1 / sqrt(1 + t / 10) end, 1 / sqrt(5) },
  { "step", {}, function(t) return t < 20 and 1 or t < 30 and 0.1 or 0.01 end, 0.01 },
  { "step", { at = { "7st", 0.5 }, factor = 0.5 }, function(t) return t < 7 and 1 or t < 20 and 0.5 or 0.25 end, 0.25 },
  { "step", { every = 0.25, factor = 0.5 }, function(t) return 0.5 ^ (t // 10) end, 0.5 ^ 4 },
  { "piecewise", {}, function(t) return 1 - t / N end, 0 },
  { "piecewise", { at = { "5st", "15st" }, value = { 0.2, 0.6 } },
    function(t) return t < 5 and 0.2 or t < 15 and 0.2 + 0.04 * (t - 5) or 0.6 end, 0.6 },
  { "piecewise", { at = { 0, 0.5 }, value = { 1, 0.3 }, shape = "constant" }, function(t) return t < 20 and 1 or 0.3 end, 0.3 },
  { "piecewise", { at = { 0, 1 }, value = { 1, 0.01 }, shape = "geometric" }, function(t) return 0.01 ^ (t / N) end, 0.01 },
  { "delayed_linear", {}, function(t) return t < 20 and 1 or 2 - t / 20 end, 0 },
  { "delayed_linear", { hold = "30st", to = 0.5 }, function(t) return t < 30 and 1 or 1 - 0.5 * (t - 30) / 10 end, 0.5 },
  { "warmup", {}, function(t) return (t + 1) / N end, 1 },
  { "warmup", { from = 0.1 }, function(t) return 0.1 + 0.9 * t / (N - 1) end, 1 },
  { "warmup", { endpoint = "open" }, function(t) return t / N end, 1 },
  { "warmup", { shape = "cosine", endpoint = "open" }, function(t) return 1 - cosine(t / N) end, 1 },
  { "warmup", { shape = "sqrt", endpoint = "open", from = 0.1 }, function(t) return 0.1 + 0.9 * (1 - sqrt(1 - t / N)) end, 1 },
  { "wsd", {}, function(t) return t < 2 and (t + 1) / 2 or t < 32 and 1 or 1 - sqrt((t - 32) / 8) end, 0 },
  { "wsd", { warmup = "10st", decay = 0.5, shape = "cosine", to = 0.1, endpoint = "closed" },
    function(t) return t < 10 and (t + 1) / 10 or t < 20 and 1 or 0.1 + 0.9 * cosine((t - 20) / 19) end, 0.1 },
  { "decay_to_zero", {}, function(t) return t < 4 and (t + 1) / 4 or 1 - (t - 4) / 36 end, 0 },
  { "restarts", {}, function(t) return cosine(t % 10 / 10) end, 0 },
  { "restarts", { first = "8st", multiplier = 2, decay = 0.5, to = 0.1, shape = "linear" },
    function(t)
      local i, u = 0, t / 8
      if t >= 24 then i, u = 2, (t - 24) / 32 elseif t >= 8 then i, u = 1, (t - 8) / 16 end
      return 0.1 + (0.5 ^ i - 0.1) * (1 - u)
    end, 0.1 + (0.25 - 0.1) * 0.5 },
  { "cyclic", { up = "4st", down = "6st" }, function(t)
    local u = t % 10
    return 0.1 + 0.9 * (u <= 4 and u / 4 or (10 - u) / 6)
  end, 0.1 },
  { "cyclic", { up = "5st", mode = "triangular2", from = 0 }, function(t)
    return 0.5 ^ (t // 10) * (1 - math.abs(t % 10 - 5) / 5)
  end, 0 },
  { "cyclic", { up = "5st", mode = "exp_range", gamma = 0.9, from = 0 }, function(t)
    return 0.9 ^ t * (1 - math.abs(t % 10 - 5) / 5)
  end, 0 },
  { "one_cycle", { up = 0.5, from = 0.1, to = 0.1, shape = "linear" },
    function(t) return t <= 19 and 0.1 + 0.9 * t / 19 or 1 - 0.9 * (t - 19) / 20 end, 0.1 },
  { "one_cycle", { up = 0.25, from = 0.2, to = 0.05, shape = "linear", three_phase = true, endpoint = "open" },
    function(t) return t < 10 and 0.2 + 0.08 * t or t < 20 and 1 - 0.08 * (t - 10) or 0.2 - 0.15 * (t - 20) / 20 end, 0.05 },
}

describe("the catalogue", function()
  local tested = {}
  for _, case in ipairs(CASES) do
    local name, given, formula, final = table.unpack(case)
    tested[name] = true
    it(("has %s"):format(s.make(name, N, given)), function()
      local sched = s.make(name, N, given)
      assert.equal(N, #sched)
      for t = 0, N - 1 do near(formula(t), sched:at(t), nil, ("step %d"):format(t)) end
      for _, t in ipairs { N, N + 1, N + 7, 10 * N, 1 << 52 } do near(final, sched:at(t), nil, ("step %d"):format(t)) end
    end)
    it(("has %s after a warm-up"):format(name), function()
      local W <const> = 7
      local sched = 0.3 * (s.warmup(W) .. s.make(name, N, given))
      near(0.3 / W, sched:at(0))
      assert.equal(0.3, sched:at(W - 1))
      near(0.3 * formula(0), sched:at(W))
      near(0.3 * formula(N - 1), sched:at(W + N - 1))
      for _, k in ipairs { 0, 1, 100 } do near(0.3 * final, sched:at(W + N + k)) end
    end)
  end

  it("is tested in every entry", function()
    for _, name in ipairs(s.names) do assert.is_true(tested[name], name .. " has no case") end
  end)

  it("has no step of one rate short of its end", function()
    for _, name in ipairs(s.names) do
      for steps = 0, 3 do
        local sched = s.make(name, steps)
        assert.equal(steps, #sched)
        for t = 0, 5 do assert.is_true(sched:at(t) >= 0 and sched:at(t) <= 1, ("%s(%d) at %d"):format(name, steps, t)) end
        assert.equal(sched:at(steps), sched:at(steps + 1))
      end
    end
  end)

  it("falls on milestones that are shares, however their product rounds", function()
    for steps = 1, 400 do
      for hundredth = 1, 99 do
        local exact = hundredth * steps
        if exact % 100 == 0 then
          local sched = s.step(steps, { at = { hundredth / 100 }, factor = 0.5 })
          assert.equal(0.5, sched:at(exact // 100))
          if exact >= 100 then assert.equal(1, sched:at(exact // 100 - 1)) end
        end
      end
    end
  end)

  it("names every mistake", function()
    mistake("option 'every': above 0 expected", s.step, 10, { every = 0 })
    mistake("option 'every': above 0 expected", s.exponential, 10, { factor = 0.5, every = "0st" })
    mistake("options 'at' and 'value': 2 positions for 3 values", s.piecewise, 10, { value = { 1, 2, 3 } })
    mistake("option 'value': element 2: a number not below 0 expected, not '-1'", s.piecewise, 10, { value = { 1, -1 } })
    mistake("piecewise: positions must ascend", s.piecewise, 10, { at = { "5st", "3st" }, value = { 1, 1 } })
    mistake("piecewise: value 2 is 0, a number above 0 expected", s.piecewise, 10, { shape = "geometric" })
    mistake("options 'warmup' and 'decay': 8 and 5 steps are more than the 10 there are", s.wsd, 10, { warmup = 0.8, decay = 0.5 })
    mistake("option 'warmup': 11 steps are more than the 10 there are", s.decay_to_zero, 10, { warmup = "11st" })
    mistake("'low' is 3, a number below 'high', -7, expected", s.tanh, 10, { low = 3, high = -7 })
    mistake("'up' and 'down' are both 0", s.cyclic, 10, { up = 0, down = 0 })
    mistake("option 'hold': a share of the piece, 0..1, or a text such as '500st' expected, not '500'", s.delayed_linear, 1000,
      { hold = 500 })
    mistake("unknown unit 'eps' (did you mean 'ep'?)", s.delayed_linear, 1000, { hold = "5eps" })
    mistake("its values overflow", s.exponential, 1 << 30, { factor = 2 })
    mistake("option 'shape': unknown value 'cos' (did you mean 'cosine'?)", s.warmup, 10, { shape = "cos" })
  end)
end)

describe("a momentum", function()
  it("mirrors a one-cycle and a cyclic rate", function()
    local one = s.one_cycle(40, { up = 0.5, from = 0.1, to = 0.1, shape = "linear" }):momentum()
    for t = 0, 39 do near(t <= 19 and 0.95 - 0.1 * t / 19 or 0.85 + 0.1 * (t - 19) / 20, one:at(t)) end
    local cyclic = s.cyclic(40, { up = "5st", mode = "triangular2" }):momentum()
    for t = 0, 39 do near(0.9 - 0.1 * 0.5 ^ (t // 10) * (1 - math.abs(t % 10 - 5) / 5), cyclic:at(t)) end
    assert.is_nil(s.one_cycle(40, { cycle_momentum = false }):momentum())
    assert.is_nil(s.cyclic(40, { cycle_momentum = false }):momentum())
    assert.is_nil((0.1 * s.rex(10)):momentum())
  end)

  it("goes wherever the rates go", function()
    local part = s.one_cycle(20)
    local m = part:momentum()
    assert.equal(m, (0.3 * part):momentum())
    assert.equal(m, part:clip { high = 0.5 }:momentum())
    assert.equal(m, part:noise {}:momentum())
    assert.equal(m, (s.rex(20) * part):momentum())
    assert.equal(m:shift(5), part:shift(5):momentum())
    assert.equal(m:reversed(), part:reversed():momentum())
    assert.equal(m:repeated(3), part:repeated(3, { factor = 0.5 }):momentum())
    assert.equal(m:sample { every = 3 }, part:sample { every = 3 }:momentum())
    assert.equal(m:restarted(60, { multiplier = 2 }), part:restarted(60, { multiplier = 2, decay = 0.5 }):momentum())
    local sequence = (s.warmup(5) .. part .. s.linear(7)):momentum()
    assert.equal(32, #sequence)
    for t = 0, 4 do near(0.95, sequence:at(t)) end
    for t = 0, 19 do near(m:at(t), sequence:at(5 + t)) end
    for t = 25, 40 do near(0.95, sequence:at(t)) end
  end)

  it("can be given", function()
    local sched = s.rex(10):with_momentum(0.9 * s.constant(10))
    for t = 0, 12 do assert.equal(s.rex(10):at(t), sched:at(t)) end
    assert.equal(0.9 * s.constant(10), sched:momentum())
    mistake("schedule:with_momentum: a schedule expected, not '0.9'", sched.with_momentum, sched, 0.9)
  end)
end)

-- Laws of the algebra over random schedules, and what each operation is.
local engine = require "neap.engine"
local random_schedule = require "schedule_random"
local s = require "neap".schedule
local expect = require "expect"

local near, mistake = expect.near, expect.mistake

--- Run a law on so many random schedules.
local function for_all(count, seed, law)
  local random = engine.random(seed)
  for _ = 1, count do law(random_schedule.any(random, 3), random) end
end

--- Steps worth asking a schedule for: the ends, beyond, and some between.
local function steps_of(sched, random)
  local list = { 0, math.max(#sched - 1, 0), #sched, #sched + 1, #sched + 1000 }
  for i = 1, 5 do list[5 + i] = random:below(#sched + 1) end
  return list
end

describe("for any schedule", function()
  it("values are what at gives, never negative nor nan, and stay from the end on", function()
    for_all(150, 1, function(sched, random)
      local values = sched:values(0, #sched + 3)
      for _, t in ipairs(steps_of(sched, random)) do
        if values[t + 1] then assert.equal(values[t + 1], sched:at(t), tostring(sched)) end
        assert.is_true(sched:at(t) >= 0 and sched:at(t) < 1e300)
      end
    end)
  end)

  it("scaling scales, from either side, and twice", function()
    for_all(100, 2, function(sched, random)
      local a, b = random:uniform(), random:uniform()
      for _, t in ipairs(steps_of(sched, random)) do near(a * sched:at(t), (a * sched):at(t)) end
      assert.equal(a * sched, sched * a)
      assert.equal((a * b) * s.rex(7), a * (b * s.rex(7)))
    end)
  end)

  it("a sequence is its parts, one after the other, however joined", function()
    for_all(100, 3, function(a, random)
      local b, c = random_schedule.any(random, 2), random_schedule.any(random, 2)
      local whole = a .. b .. c
      assert.equal(#a + #b + #c, #whole)
      assert.equal((a .. b) .. c, whole)
      for t = 0, #a - 1 do assert.equal(a:at(t), whole:at(t)) end
      for t = 0, #b - 1 do assert.equal(b:at(t), whole:at(#a + t)) end
      for t = 0, #c + 5 do assert.equal(c:at(t), whole:at(#a + #b + t)) end
    end)
  end)

  it("its text reads back equal, and is Lua that makes it", function()
    for_all(250, 4, function(sched)
      local text = sched:describe()
      local again = assert(s.from(text))
      assert.equal(sched, again)
      assert.equal(text, again:describe())
      assert.same(sched:values(), again:values())
      assert.equal(sched, assert(load("return " .. text, "schedule", "t", s))())
    end)
  end)

  it("its JSON reads back equal", function()
    for_all(250, 5, function(sched)
      local json = sched:json()
      local again = assert(s.from_json(json))
      assert.equal(sched, again)
      assert.equal(json, again:json())
    end)
  end)

  it("taking and skipping part it in two", function()
    for_all(100, 6, function(sched, random)
      local cut = random:below(#sched + 1)
      local first, second = sched:take(cut), sched:skip(cut)
      assert.equal(cut, #first)
      assert.equal(#sched - cut, #second)
      for t = 0, cut - 1 do assert.equal(sched:at(t), first:at(t)) end
      for t = 0, #second + 3 do assert.equal(sched:at(cut + t), second:at(t)) end
    end)
  end)

  it("reversing twice changes nothing before the end", function()
    for_all(100, 7, function(sched)
      local twice = sched:reversed():reversed()
      for t = 0, #sched - 1 do assert.equal(sched:at(t), twice:at(t)) end
      if #sched > 0 then assert.equal(sched:at(0), sched:reversed():at(#sched - 1)) end
    end)
  end)
end)

describe("stretching", function()
  it("a piece is the piece of that length", function()
    local random = engine.random(8)
    for _ = 1, 300 do
      local seed = random:below(1 << 30)
      local short, long = 1 + random:below(100), 1 + random:below(1000)
      local piece = random_schedule.piece(engine.random(seed), short)
      assert.equal(random_schedule.piece(engine.random(seed), long), piece:stretch(long), tostring(piece))
    end
  end)

  it("a whole keeps its proportions, its length exact", function()
    for_all(150, 9, function(sched, random)
      if #sched == 0 then return end
      local long = 1 + random:below(5000)
      assert.equal(long, #sched:stretch(long))
    end)
    local sched = (s.warmup(5) .. s.rex(95):hold(20):sample { every = 2 } .. s.linear(10)):stretch(1300)
    assert.equal("warmup(50) .. rex(950):hold(200):sample{every = 20} .. linear(100)", sched:describe())
    assert.equal(s.step(300, { at = { "90st" } }), s.step(100, { at = { "30st" } }):stretch(300))
    mistake("schedule:stretch: stretch: a schedule without steps cannot be stretched", s.rex(0).stretch, s.rex(0), 5)
  end)
end)

describe("an operation", function()
  local a, b = s.linear(300, { to = 0.2 }), s.rex(200)
  local function law(sched, steps, rate)
    assert.equal(steps, #sched)
    for t = 0, steps + 50 do near(rate(t), sched:at(t), nil, ("%s at %d"):format(sched, t)) end
  end

  it("goes step by step", function()
    law(a + b, 300, function(t) return a:at(t) + b:at(t) end)
    law(a + 0.5, 300, function(t) return a:at(t) + 0.5 end)
    law(0.5 + a, 300, function(t) return a:at(t) + 0.5 end)
    law(a * b, 300, function(t) return a:at(t) * b:at(t) end)
    law(s.max(a, b, 0.4), 300, function(t) return math.max(a:at(t), b:at(t), 0.4) end)
    law(s.min(0.4, a, b), 300, function(t) return math.min(a:at(t), b:at(t), 0.4) end)
    law(a:clip { low = 0.3, high = 0.7 }, 300, function(t) return math.min(0.7, math.max(0.3, a:at(t))) end)
    law(a:clip { low = 0.3 }, 300, function(t) return math.max(0.3, a:at(t)) end)
  end)

  it("moves in time", function()
    law(a:shift(20), 320, function(t) return a:at(math.max(t - 20, 0)) end)
    law(a:skip(20), 280, function(t) return a:at(t + 20) end)
    law(a:take(20), 20, function(t) return a:at(math.min(t, 20)) end)
    law(a:hold(20), 320, function(t) return a:at(math.min(t, 299)) end)
    law(a:reversed(), 300, function(t) return a:at(math.max(299 - t, 0)) end)
    law(a:repeated(3, { factor = 0.5 }), 900, function(t)
      local i = math.min(t // 300, 2)
      return 0.5 ^ i * a:at(t - 300 * i)
    end)
    law(a:restarted(900, { multiplier = 2, decay = 0.5 }), 900, function(t)
      if t < 300 then return a:at(t) end
      return 0.5 * engine.schedule_read(a, (math.min(t, 900) - 300) / 2)
    end)
  end)

  it("adds a noise that belongs to seed and step", function()
    local noisy, other = s.constant(2000):noise { deviation = 0.2, seed = 5 }, s.constant(2000):noise { deviation = 0.2, seed = 6 }
    local sum, same = 0, 0
    for t = 0, 1999 do
      sum = sum + noisy:at(t) / 2000
      if noisy:at(t) == other:at(t) then same = same + 1 end
    end
    assert.is_true(math.abs(sum - 1) < 0.02)
    assert.equal(0, same)
    assert.same(noisy:values(1000), s.from(noisy:describe()):values(1000))   -- as after resuming
    assert.not_equal(noisy, other)
  end)

  it("makes groups, each with its factor", function()
    local groups = (0.1 * s.rex(10)):groups { head = 10, body = 1, frozen = 0 }
    near(1, groups.head:at(0))
    near(0.1, groups.body:at(0))
    assert.equal(0, groups.frozen:at(0))
    local layers = s.rex(10):groups { 0.25, 0.5, 1 }
    assert.equal(0.5 * s.rex(10), layers[2])
    mistake("schedule:groups: factor 'head' is a string", a.groups, a, { head = "x" })
    mistake("schedule:groups: schedule times -1", a.groups, a, { -1 })
  end)

  it("names every mistake", function()
    mistake("schedule:clip: 0.7 to 0.3, two ascending numbers", a.clip, a, { low = 0.7, high = 0.3 })
    mistake("schedule:clip: unknown option 'lo' (did you mean 'low'?)", a.clip, a, { lo = 0.7 })
    mistake("schedule:shift: steps: a whole number not below 0 expected, not '-1'", a.shift, a, -1)
    mistake("schedule:shift: how many steps?", a.shift, a)
    mistake("schedule:take: 301 steps, 0..300 expected", a.take, a, 301)
    mistake("schedule:repeated: how many times? A whole number above 0 expected, not '0'", a.repeated, a, 0)
    mistake("schedule:repeated: option 'factor': at most 1 expected", a.repeated, a, 2, { factor = 2 })
    mistake("schedule:noise: option 'deviation': at least 0 expected", a.noise, a, { deviation = -1 })
    mistake("schedule:restarted: option 'multiplier': at least 1 expected", a.restarted, a, 10, { multiplier = 0.5 })
    mistake("schedule +: sum with -1: a number not below 0 expected", function() return a + -1 end)
    mistake("neap.schedule.max: a schedule or a number expected, not a string", s.max, a, "0.1")
    mistake("neap.schedule.max: at least one schedule expected", s.max, 0.1, 0.2)
    mistake("rates up to 1e300", function() return (1e200 * a) * (1e200 * a) end)
  end)

  it("blames the line of a mistake", function()
    for _, text in ipairs {
      "s.rex(-1)", "s.rex(9):hold(-1)", "-1 * s.rex(9)", "s.rex(9) .. 1", "s.rex():bind {}", "s.rex(9):plot(1)", "s.points { 1 }",
      "s.max()",
    } do
      local script = "local s = ...\n\nlocal x = " .. text .. "\nreturn x\n"
      local _, problem = pcall(assert(load(script, "=script")), s)
      assert.matches("^script:3: ", problem)
    end
  end)
end)

describe("a function of Lua's", function()
  local function half(t, n) return 1 - t / n / 2 end

  it("is a piece like any other, evaluated here", function()
    local leaf, twin = s.lua(10, half), s.linear(10, { to = 0.5 })
    local function both(f)
      local ours, theirs = f(leaf), f(twin)
      assert.equal(#theirs, #ours)
      for t = 0, #theirs + 5 do near(theirs:at(t), ours:at(t), nil, ("%s at %d"):format(theirs, t)) end
      local values = ours:values(2, 7)
      assert.equal(7, #values)
      for i, value in ipairs(values) do near(theirs:at(i + 1), value) end
      return ours
    end
    both(function(x) return x end)
    both(function(x) return 0.3 * (s.warmup(5) .. x .. s.rex(4)) end)
    both(function(x) return s.max(x, 0.7) * (x + 0.1) + s.min(x, s.cosine(20)) end)
    both(function(x) return x:clip { low = 0.6, high = 0.9 } end)
    both(function(x) return x:sample { every = 3 } .. x:sample { percent = 15 } end)
    both(function(x) return x:shift(3) .. x:hold(4) .. x:take(6) .. x:skip(6) .. x:reversed() end)
    both(function(x) return x:repeated(3, { factor = 0.5 }) end)
    both(function(x) return x:restarted(65, { multiplier = 2, decay = 0.5, to = 0.1 }) end)
    both(function(x) return x:noise { deviation = 0.3, seed = 4 } end)
    both(function(x) return x:with_momentum(0.9 * s.constant(10)) end)
    both(function(x) return (s.warmup "10%" .. x:stretch "90%"):bind { budget = 200 } end)
  end)

  it("is written down by its module's name", function()
    package.preload["policies.half"] = function() return half end
    package.preload["policies.many"] = function() return { half = half, wrong = function() return -1 end } end
    local sched = 0.1 * s.lua(10, { module = "policies.half" }) .. s.lua(5, { module = "policies.many", name = "half" })
    assert.equal('0.1 * lua(10, {module = "policies.half"}) .. lua(5, {module = "policies.many", name = "half"})', sched:describe())
    assert.equal(sched, s.from(sched:describe()))
    assert.equal(sched, s.from_json(sched:json()))
    near(0.1 * 0.75, s.from(sched:describe()):at(5))
    local nameless = s.lua(10, half)
    assert.equal(nameless, s.lua(10, half))
    assert.not_equal(nameless, s.lua(10, function() return 1 end))
    mistake("schedule:describe: a Lua function without a name cannot be written down", nameless.describe, nameless)
    mistake("schedule:json: a Lua function without a name cannot be written down", nameless.json, nameless)
  end)

  it("is told what is wrong with it", function()
    local function wrong(given, expected)
      local sched = s.lua(10, given)
      mistake(expected, sched.at, sched, 3)
    end
    wrong(function() return -1 end, "asked for step 3 of 10: a finite number not below 0 expected, not '-1'")
    wrong(function() return 0 / 0 end, "a finite number not below 0 expected")
    wrong(function() end, "a finite number not below 0 expected, not 'nil'")
    wrong({ module = "no.such.module" }, "lua: module 'no.such.module' cannot be loaded")
    wrong({ module = "policies.many", name = "third" }, "module 'policies.many' has no function 'third'")
    wrong({ module = "policies.many", name = "wrong" }, "not '-1'")
    mistake("one of 'module' and 'call' expected", s.lua, 10, {})
    mistake("option 'call': a function expected", s.lua, 10, { call = 3 })
    local sched = s.lua(10, half)
    mistake("schedule:at: step is -1, a whole number", sched.at, sched, -1)
    mistake("schedule:values: count is 1.5", sched.values, sched, 0, 1.5)
  end)
end)

local neap = require "neap"
local s = neap.schedule
local expect = require "expect"

local near, mistake = expect.near, expect.mistake

describe("a schedule", function()
  it("is the rate as a function of the step", function()
    local sched = 0.1 * (s.warmup(500) .. s.rex(9500))
    assert.equal(10000, #sched)
    near(0.1 / 500, sched:at(0))
    assert.equal(0.1, sched:at(499))
    assert.equal(0.1, sched:at(500))
    near(0.1 * 2 / 3, sched:at(500 + 4750))
    assert.is_true(sched:at(9999) > 0)
    assert.equal(0, sched:at(10000))
    assert.equal(0, sched:at(1 << 60))
    assert.equal(sched:at(7), sched:at(7.0))
  end)

  it("knows its profiles at the start, half-way, at the last step and after it", function()
    local cases = {
      { s.constant(10), 1, 1, 1, 1 },
      { s.linear(10), 1, 0.5, 0.1, 0 },
      { s.linear(10, { to = 0.2 }), 1, 0.6, 0.28, 0.2 },
      { s.linear(10, { to = 0.1, endpoint = "closed" }), 1, 0.5, 0.1, 0.1 },
      { s.cosine(10), 1, 0.5, (1 - math.cos(math.pi / 10)) / 2, 0 },
      { s.cosine(10, { to = 0.2 }), 1, 0.6, 0.2 + 0.4 * (1 - math.cos(math.pi / 10)), 0.2 },
      { s.exponential(10), 1, math.exp(-1.5), math.exp(-2.7), math.exp(-3) },
      { s.exponential(10, { gamma = 1 }), 1, math.exp(0.5), math.exp(0.9), math.exp(1) },
      { s.rex(10), 1, 2 / 3, 2 / 11, 0 },
      { s.rex(10, { d = 0.9 }), 1, 10 / 11, 10 / 19, 0 },
      { s.rex(10, { d = 0 }), 1, 0.5, 0.1, 0 },
      { s.step(10), 1, 0.1, 0.01, 0.01 },
      { s.step(10, { at = { 0.6 }, factor = 0.5 }), 1, 1, 0.5, 0.5 },
      { s.step(10, { at = "0.3-0.5", factor = 0.5 }), 1, 0.25, 0.25, 0.25 },
      { s.warmup(10), 0.1, 0.6, 1, 1 },
      { s.warmup(10, { from = 0 }), 0, 5 / 9, 1, 1 },
      { s.warmup(1), 1, 1, 1, 1 },
    }
    for _, case in ipairs(cases) do
      for i, t in ipairs { 0, 5, 9, 10 } do
        local steps = #case[1]
        if t < steps or t == 10 then near(case[i + 1], case[1]:at(t)) end
      end
    end
  end)

  it("gives its values as a list", function()
    local sched = 0.5 * s.linear(1300)
    local values = sched:values()
    assert.equal(1300, #values)
    for t = 0, 1299 do assert.equal(sched:at(t), values[t + 1]) end
    assert.same({ sched:at(1298), sched:at(1299), 0.0, 0.0 }, sched:values(1298, 4))
    assert.same({ sched:at(1299) }, sched:values(1299))
    assert.same({}, sched:values(1300))
    assert.same({}, sched:values(3, 0))
    assert.same({}, s.rex(0):values())
  end)

  it("is scaled from either side, and joined", function()
    assert.equal(0.25 * s.rex(10), s.rex(10) * 0.25)
    assert.equal(0.25 * s.rex(10), 0.5 * (0.5 * s.rex(10)))
    assert.equal(s.rex(10), s.warmup(0) .. s.rex(10))
    assert.equal(s.rex(10), s.rex(10) .. s.constant(0))
    local a, b, c = s.warmup(3), 0.5 * s.rex(5), s.step(7)
    assert.equal((a .. b) .. c, a .. (b .. c))
    assert.not_equal(a .. b, b .. a)
    assert.not_equal(s.rex(10), s.rex(11))
    assert.not_equal(s.rex(10), s.rex(10, { d = 0.4 }))
    assert.not_equal(s.rex(10), "rex(10)")
  end)

  it("is sampled", function()
    local plain = s.rex(1000)
    local every, percent = plain:sample { every = 30 }, plain:sample { percent = 5 }
    for t = 0, 999 do
      assert.equal(plain:at(t // 30 * 30), every:at(t))
      assert.equal(plain:at(t // 50 * 50), percent:at(t))
    end
    mistake("one of 'every' and 'percent' expected", plain.sample, plain, {})
    mistake("one of 'every' and 'percent' expected", plain.sample, plain, { every = 1, percent = 1 })
    mistake("option 'every': a whole number expected, not '1.5'", plain.sample, plain, { every = 1.5 })
    mistake("option 'percent': at most 100 expected", plain.sample, plain, { percent = 101 })
    mistake("unknown option 'evry' (did you mean 'every'?)", plain.sample, plain, { evry = 2 })
  end)

  it("takes ten thousand joints, from either end", function()
    local left, right = s.constant(0), s.constant(0)
    for i = 1, 10000 do
      left = left .. s.linear(2, { to = i / 1e4 })
      right = s.linear(2, { to = (10001 - i) / 1e4 }) .. right
    end
    assert.equal(20000, #left)
    assert.equal(left, right)
    assert.equal(1, left:at(19998))
    near((1 + 0.5) / 2, left:at(2 * 4999 + 1))
    assert.equal(left, s.from(left:describe()))
  end)

  it("is refused where it nests too deep", function()
    mistake("nested more than 200 deep", function()
      local sched = s.rex(10)
      for _ = 1, 1000 do sched = 0.9 * sched .. s.rex(1) end
    end)
  end)

  it("draws itself", function()
    local picture = (0.1 * (s.warmup(500) .. s.rex(9500))):plot(60, 9)
    local lines = {}
    for line in picture:gmatch "[^\n]+" do lines[#lines + 1] = line end
    assert.equal(12, #lines)
    for _, line in ipairs(lines) do assert.is_true(utf8.len(line) <= 60) end
    assert.is_truthy(lines[2]:find "^ 0%.1 ┤")
    assert.is_truthy(lines[10]:find "^   0 ┤")
    assert.is_truthy(lines[12]:find "^%s+0%s+5000%s+step$")
    assert.equal("nothing to plot", s.rex(0):plot())
    local two = s.plot({ ours = s.one_cycle(100), theirs = s.cosine(50) }, { width = 60, height = 5, ascii = true })
    assert.is_truthy(two:find("ours.*theirs.*momentum.*ours"))
    mistake("neap.schedule.plot: '1' is no schedule", s.plot, { 3 })
    assert.is_truthy(s.rex(1):plot():find "⠁")
  end)

  it("names every mistake", function()
    mistake("neap.schedule.rex: steps: a whole number not below 0 expected, not '-1'", s.rex, -1)
    mistake("neap.schedule.rex: steps: a whole number not below 0 expected, not '1.5'", s.rex, 1.5)
    mistake("a text such as '10ep', '0.7dur' or '5%', expected, not '100'", s.rex, "100")
    mistake("neap.schedule.rex: option 'd': below 1 expected, not '1'", s.rex, 10, { d = 1 })
    mistake("neap.schedule.rex: option 'd': a number expected, not 'half'", s.rex, 10, { d = "half" })
    mistake("neap.schedule.linear: unknown option 'too' (did you mean 'to'?)", s.linear, 10, { too = 1 })
    mistake("neap.schedule.linear: a table of options expected, not a number", s.linear, 10, 0.1)
    mistake("option 'endpoint': unknown value 'shut'", s.linear, 10, { endpoint = "shut" })
    mistake("option 'at': numbers ascending within 0..1 expected, but element 2 is '0.5'", s.step, 10, { at = { 0.75, 0.5 } })
    mistake("option 'at': element 1: a share of the piece, 0..1, or a text such as '500st' expected, not 'x'",
      s.step, 10, { at = "x-0.5" })
    mistake("neap.schedule: no profile 'rexx' (did you mean 'rex'?)", function() return s.rexx(10) end)
    mistake("unknown profile 'cosin' (did you mean 'cosine'?)", s.make, "cosin", 10)
    local sched = s.rex(10)
    mistake("step is -1, a whole number not below 0 expected", sched.at, sched, -1)
    mistake("step is 0.5, a whole number not below 0 expected", sched.at, sched, 0.5)
    mistake("step is no value, a whole", sched.at, sched)
    mistake("step is string, a whole", sched.at, sched, "7")
    mistake("count is -1", sched.values, sched, 0, -1)
    mistake("a number not below 0 expected", function() return -0.1 * sched end)
    mistake("a number not below 0 expected", function() return (0 / 0) * sched end)
    mistake("schedule *: a number or a schedule expected, not a string", function() return sched * "rex(10)" end)
    mistake("schedule ..: a schedule expected, not a string", function() return sched .. "rex(10)" end)
    mistake("schedule +: a number or a schedule expected, not a nil", function() return sched + nil end)
  end)
end)

describe("the list of profiles", function()
  it("makes each by name, with the options it declares", function()
    assert.same({
      "constant", "cosine", "cyclic", "decay_to_zero", "delayed_linear", "exponential", "inverse_sqrt", "inverse_time", "linear",
      "one_cycle", "piecewise", "polynomial", "restarts", "rex", "sqrt", "step", "tanh", "warmup", "wsd",
    }, s.names)
    for _, name in ipairs(s.names) do
      local sched = s.make(name, 100)
      assert.equal(s[name](100), sched)
      assert.equal("string", type(s.profiles[name].summary))
      for option, declared in pairs(s.profiles[name].options) do
        if declared.default ~= nil then assert.equal(sched, s.make(name, 100, { [option] = declared.default })) end
      end
      assert.is_true(s.is(sched))
    end
    assert.is_false(s.is(3))
  end)
end)

describe("a schedule's text", function()
  it("is the expression that makes it", function()
    assert.equal("0.1 * (warmup(500) .. rex(9500))", tostring(0.1 * (s.warmup(500) .. s.rex(9500))))
    assert.equal("0.1 * warmup(5) .. 0.5 * rex(7, {d = 0.9})", (0.1 * s.warmup(5) .. 0.5 * s.rex(7, { d = 0.9 })):describe())
    assert.equal("(0.1 * rex(7)):sample{every = 2}", (0.1 * s.rex(7)):sample { every = 2 }:describe())
    assert.equal("0.1 * rex(7):sample{percent = 2.5}", (0.1 * s.rex(7):sample { percent = 2.5 }):describe())
    assert.equal("step(7, {at = {0.25}, factor = 0.5})", s.step(7, { at = { 0.25 }, factor = 0.5 }):describe())
    assert.equal('warmup(7, {from = 0}) .. linear(3, {endpoint = "closed", to = 0.1})',
      (s.warmup(7, { from = 0 }) .. s.linear(3, { to = 0.1, endpoint = "closed" })):describe())
  end)

  it("is Lua that makes it, too", function()
    local up, down = s.warmup(5, { from = 0.01 }), s.step(7, { at = { 0.1, 0.9 } })
    local sched = 0.1 * (up .. 2 * down:sample { every = 2 }) .. s.cosine(3, { endpoint = "closed" })
    assert.equal(sched, load("return " .. sched:describe(), "schedule", "t", s)())
  end)

  it("reads back the same, every number exact", function()
    local random = require "neap.engine".random(2385)
    local function any(depth)
      local kind = depth > 3 and 0 or random:below(7)
      if kind == 1 then return random:uniform() * any(depth + 1) end
      if kind == 2 then return any(depth + 1) .. any(depth + 1) end
      if kind == 3 then return any(depth + 1):sample { every = 1 + random:below(9) } end
      if kind == 4 then return any(depth + 1):sample { percent = random:uniform(0, 100) } end
      local steps, u = 1 + random:below(50), random:uniform()
      local pieces = {
        function() return s.rex(steps, { d = u }) end,
        function() return s.linear(steps, { to = u, endpoint = u < 0.5 and "closed" or "open" }) end,
        function() return s.cosine(steps, { to = u * 1e-20 }) end,
        function() return s.exponential(steps, { gamma = -20 * u }) end,
        function() return s.step(steps, { at = { u / 2, u }, factor = u }) end,
        function() return s.warmup(steps, u < 0.5 and { from = u } or nil) end,
        function() return s.constant(steps) end,
      }
      return pieces[1 + random:below(#pieces)]()
    end
    for _ = 1, 500 do
      local sched = any(0)
      local again = assert(s.from(sched:describe()))
      assert.equal(sched, again)
      assert.equal(sched:describe(), again:describe())
      assert.same(sched:values(), again:values())
    end
  end)

  it("reads blanks, quotes and number forms", function()
    assert.equal(0.1 * (s.warmup(500) .. s.rex(1000)), s.from " .1*( warmup( 5e2 )..rex(1000 , { d = .5 , } ) ) ")
    assert.equal(s.rex(9) * 0.5, s.from "rex(9) * 5e-1")
    assert.equal(s.exponential(9, { gamma = -2 }), s.from "exponential(9, {gamma = -2})")
    assert.equal(s.linear(9, { endpoint = "closed" }), s.from "linear(9, {endpoint = 'closed'})")
    assert.equal(s.rex(9):sample { every = 2 }, s.from "rex(9):sample({every = 2})")
  end)

  it("says where it is wrong", function()
    for source, expected in pairs {
      [""] = "position 1: a number, a profile or '(' expected, not the end",
      ["0.1 * (warmup(500) .. rexx(9500))"] = "position 23: unknown profile 'rexx' (did you mean 'rex'?)",
      ["warmup(500) .. rex(9500, {d = 2})"] = "position 16: rex: option 'd': below 1 expected, not '2'",
      ["rex(9500, {endpiont = 2})"] = "position 1: rex: unknown option 'endpiont' (did you mean 'endpoint'?)",
      ["rex(9500, {d = 1, d = 1})"] = "position 19: option 'd' given twice",
      ["(rex(10)"] = "position 9: '..', '+', '*', ':' or ')' expected, not the end",
      ["rex(10))"] = "position 8: '..', '+', '*', ':' or the end expected, not ')'",
      ["rex(10) .. "] = "position 12: a number, a profile or '(' expected, not the end",
      ["rex(10) rex(10)"] = "position 9: '..', '+', '*', ':' or the end expected, not 'rex'",
      ["rex(x)"] = "position 5: the steps of rex expected, not 'x'",
      ["rex(1.5)"] = "position 1: rex: steps: a whole number not below 0 expected, not '1.5'",
      ["rex(10, 3)"] = "position 9: options in braces, { name = value }, expected, not '3'",
      ["0.1 * s.rex(10)"] = "position 7: in a text, profiles go by their names alone: rex(..)",
      ["hold(rex(10), 5)"] = "position 1: 'hold' is a method: SCHEDULE:hold(..)",
      ["rex(10):skip(11)"] = "position 9: skip: 11 steps less, 0..10 expected",
      ["rex(10, {d})"] = "position 11: '=' expected, not '}'",
      ["rex(10, {d = os})"] = "position 14: a value expected, not 'os'",
      ["rex(12ab)"] = "position 5: malformed number",
      ["0.1"] = "position 1: a number alone is no schedule",
      ["0.1 .. rex(10)"] = "position 1: a number alone is no schedule",
      ["-1 * rex(10)"] = "position 1: *: schedule times -1: a number not below 0 expected",
      ["rex(10):smaple{every = 2}"] = "position 9: unknown method 'smaple' (did you mean 'sample'?)",
      ["rex(10):sample{every = 0}"] = "position 9: sample: option 'every': at least 1 expected, not '0'",
      ["rex(10) é"] = "position 9: '..', '+', '*', ':' or the end expected, not 'é'",
      [("("):rep(300)] = "position 202: parentheses nested more than 200 deep",
    } do
      local sched, problem, code = s.from(source)
      assert.is_nil(sched)
      assert.equal("bad_data", code)
      assert.is_truthy(problem:find("schedule text, " .. expected, 1, true), ("%s said: %s"):format(source, problem))
    end
    mistake("neap.schedule.from: a text expected, not a nil", s.from)
  end)
end)

-- Time in steps, epochs, samples, tokens and shares of a budget; points and CSV; JSON's mistakes.
local engine = require "neap.engine"
local length = require "neap.schedule.length"
local program = require "program"
local ratio = require "neap.schedule.ratio"
local s = require "neap".schedule
local mistake = require "expect".mistake

describe("a fraction", function()
  it("is exact", function()
    local third, tenth = ratio.of(1, 3), assert(ratio.read "0.1")
    assert.equal(ratio.of(13, 30), third + tenth)
    assert.equal(ratio.of(7, 30), third - tenth)
    assert.equal(ratio.of(1, 30), third * tenth)
    assert.equal(ratio.of(10, 3), third / tenth)
    assert.is_true(tenth < third and third <= third and not (third < tenth))
    assert.equal(1, ratio.of(1, 2):round())
    assert.equal(2, ratio.of(3, 2):round())
    assert.equal(-1, ratio.of(-3, 2):round())
    assert.equal(0.1, tenth:number())
    mistake("more digits than can be kept exactly", function() return ratio.of(1 << 61) * ratio.of(3) end)
  end)

  it("reads and writes texts", function()
    for text, expected in pairs { ["0.35"] = "0.35", [".5"] = "0.5", ["12."] = "12", ["2/4"] = "0.5", ["2/3"] = "2/3", ["007"] = "7" } do
      assert.equal(expected, tostring(ratio.read(text)))
    end
    for _, text in ipairs { "", ".", "1/0", "x", "1e3", "-1", "1.2.3", ("9"):rep(19) } do assert.is_nil(ratio.read(text)) end
    local random = engine.random(3)
    for _ = 1, 500 do
      local some = ratio.of(random:below(10000), 1 + random:below(10000))
      assert.equal(some, ratio.read(tostring(some)))
    end
  end)
end)

describe("a length", function()
  it("has one form", function()
    for given, expected in pairs { [5] = 5, ["500st"] = 500, [" 10 ep"] = "10ep", ["5%"] = "0.05dur", ["0.70dur"] = "0.7dur",
      ["2/6dur"] = "1/3dur", ["0.5st"] = "0.5st", ["2048sp"] = "2048sp", ["93874tok"] = "93874tok", rest = "rest" } do
      assert.equal(expected, length.read(given))
    end
    for _, wrong in ipairs { -1, 0.5, "ep", "10", "10xy", "-5ep", "1..5ep", {}, true, (1 << 48) + 1 } do
      local read, problem = length.read(wrong)
      assert.is_nil(read)
      assert.equal("string", type(problem))
    end
    assert.is_truthy(select(2, length.read "10eps"):find("unknown unit 'eps' (did you mean 'ep'?)", 1, true))
  end)
end)

describe("binding", function()
  it("gives shares, epochs, samples and tokens their steps", function()
    local sched = s.warmup "2ep" .. s.constant "640sp" .. s.rex "1000tok" .. s.linear "0.25dur"
    assert.is_false(sched:is_bound())
    local bound = sched:bind { budget = 400, epoch = 30, batch = 32, tokens = 100 }
    assert.equal(s.warmup(60) .. s.constant(20) .. s.rex(10) .. s.linear(100), bound)
    assert.is_true(bound:is_bound())
    assert.equal(bound, bound:bind { budget = 7 })
    assert.equal(s.rex(75), s.rex "2ep":bind { epoch = 37.5 })
  end)

  it("makes the whole exact, and no part off by more than half a step", function()
    local random = engine.random(5)
    for _ = 1, 300 do
      local budget, count = 1 + random:below(5000), 1 + random:below(9)
      local sched
      for _ = 1, count do
        local piece = s.linear(("1/%ddur"):format(count))
        sched = sched and sched .. piece or piece
      end
      local bound = sched:bind { budget = budget }
      assert.equal(budget, #bound)
      if budget >= count then
        for steps in bound:describe():gmatch "linear%((%d+)%)" do assert.is_true(math.abs(tonumber(steps) - budget / count) <= 1) end
      end
    end
  end)

  it("gives what is left to pieces without a length", function()
    local function bound(text, budget) return s.from(text):bind { budget = budget }:describe() end
    assert.equal("warmup(50) .. rex(950)", bound("warmup(5%) .. rex()", 1000))
    assert.equal("warmup(500) .. rex(450, {d = 0.9}) .. linear(50)", bound("warmup(500) .. rex{d = 0.9} .. linear(5%)", 1000))
    assert.equal("rex(500) .. linear(500)", bound("rex() .. linear()", 1000))
    assert.equal("rex(333) .. linear(334) .. cosine(333)", bound("rex() .. linear() .. cosine()", 1000))
    assert.equal("warmup(100) .. rex(900) + 0.1 * cosine(900)", bound("warmup(100) .. (rex() + 0.1 * cosine())", 1000))
    assert.equal("(rex(150) .. linear(150)):repeated(3) .. sqrt(100)", bound("(rex() .. linear(150)):repeated(3) .. sqrt(100)", 1000))
    assert.equal("rex(900):hold(100)", bound("rex():hold(10%)", 1000))
    assert.equal("max(rex(1000), linear(300) .. constant(700))", bound("max(rex(), linear(300) .. constant())", 1000))
    mistake("the budget of 1000 steps is spent before a piece without a length gets any", bound, "warmup(2000) .. rex()", 1000)
  end)

  it("brings positions and operations along", function()
    local function bound(text, given) return s.from(text):bind(given):describe() end
    local given = { budget = 1000, epoch = 10 }
    assert.equal('step(1000, {at = {"300st", "600st"}})', bound("step(100ep, {at = {'30ep', '60ep'}})", given))
    assert.equal('step(1000, {at = {0.3, 0.6}})', bound("step(100ep, {at = {0.3, 0.6}})", given))
    assert.equal('restarts(1000, {first = "100st"})', bound("restarts{first = '10ep'}", given))
    assert.equal("rex(100):shift(10):take(50):skip(20)", bound("rex(10ep):shift(1ep):take(5ep):skip(2ep)", given))
    assert.equal("rex(200):repeated(5)", bound("rex(20%):repeated(5)", given))
    assert.equal("rex(33) .. rex(34) .. rex(33)", bound("rex(1/3dur):repeated(3)", { budget = 100 }))
    assert.equal("rex(300)", bound("rex(10ep):stretch(30ep)", given))
    assert.equal("rex(100):restarted(1000)", bound("rex(10%):restarted(100%)", given))
    assert.equal("rex(100):with_momentum(0.9 * constant(100))", bound("rex(10%):with_momentum(0.9 * constant(10%))", given))
  end)

  it("is asked for where a length is not known", function()
    for text, expected in pairs {
      ["rex(10ep)"] = "the length '10ep' depends on the epoch: schedule:bind{ epoch = .. }",
      ["rex()"] = "a piece without a length depends on the budget: schedule:bind{ budget = .. }",
      ["warmup(5%) .. rex(10)"] = "the length '0.05dur' depends on the budget",
      ["rex(20sp)"] = "depends on the batch", ["rex(20tok)"] = "depends on the tokens",
    } do
      local sched = s.from(text)
      for _, f in ipairs { function() return sched:at(0) end, function() return #sched end, function() return sched:values() end,
        function() return sched:plot() end, function() return sched:momentum() end, function() return sched:bind {} end } do
        mistake(expected, f)
      end
      assert.equal(sched, s.from(sched:describe()))
      assert.equal(sched, s.from_json(sched:json()))
    end
    mistake("schedule:bind: option 'budget': at least 0 expected", s.rex().bind, s.rex(), { budget = -1 })
    mistake("unknown option 'epochs' (did you mean 'epoch'?)", s.rex().bind, s.rex(), { epochs = 3 })
  end)
end)

describe("points", function()
  it("make a schedule, from a table or a file", function()
    local sched = s.points { { 0, 0.1 }, { 500, 0.1 }, { 1000, 0.01 } }
    assert.equal(1001, #sched)
    assert.equal(0.1, sched:at(250))
    assert.is_true(math.abs(sched:at(750) - 0.055) < 1e-15)
    assert.equal(0.01, sched:at(1000))
    assert.equal(0.01, sched:at(5000))
    assert.equal(sched, s.from(sched:describe()))
    local file = program.file("rate,step\n0.1,0\n0.1,500\n0.01,1000\n", ".csv")
    assert.equal(sched, assert(s.from_csv(file)))
    assert.equal(s.points({ { 0, 0.1 }, { 500, 0.1 }, { 1000, 0.01 } }, { shape = "constant", steps = 2000 }),
      s.from_csv(file, { shape = "constant", steps = 2000 }))
    local _, problem, code = s.from_csv(file, { step = "t" })
    assert.is_truthy(problem:find("'t'", 1, true))
    assert.is_truthy(code == "not_found" or code == "bad_data", code)
    os.remove(file)
    _, problem, code = s.from_csv(file)
    assert.equal("not_found", code)
    assert.is_truthy(problem:find(file, 1, true))
  end)

  it("name every mistake", function()
    mistake("neap.schedule.points: no points", s.points, {})
    mistake("point 2: step 3 comes after 5", s.points, { { 5, 1 }, { 3, 1 } })
    mistake("point 1: step -1", s.points, { { -1, 1 } })
    mistake("point 2: { step, rate } expected", s.points, { { 0, 1 }, { 1 } })
    mistake("a list of points expected, not a number", s.points, 3)
    local file = program.file("step,rate\n5,0.1\n3,0.1\n", ".csv")
    local _, problem, code = s.from_csv(file)
    assert.is_truthy(problem:find("point 2: step 3", 1, true), problem)
    assert.equal("bad_data", code)
    os.remove(file)
  end)
end)

describe("a schedule's JSON", function()
  it("says where it is wrong", function()
    for source, expected in pairs {
      ["{"] = "JSON, line 1",
      ["3"] = "schedule JSON, $: an object expected, not a number",
      ['{"profile":"rexx","steps":3}'] = "$: unknown profile 'rexx' (did you mean 'rex'?)",
      ['{"profile":"rex","step":3}'] = "$: unknown field 'step' (did you mean 'steps'?)",
      ['{"op":"scal","factor":3}'] = "$: unknown 'op' 'scal'",
      ['{"op":"scale","factor":3}'] = "$: field 'of' is missing",
      ['{"op":"scale","factor":"x","of":{"profile":"rex","steps":3}}'] = "$: 'factor': a number expected",
      ['{"op":"then","parts":[{"profile":"rex"},{"profile":"rex","steps":-3}]}'] = "$.parts[2]: steps: a whole number not below 0",
      ['{"op":"then","parts":[]}'] = "$: 'parts': a list of schedules expected",
      ['{"op":"sum","of":[1,2]}'] = "$: 'of': at least one schedule expected",
      ['{"op":"max","of":[{"profile":"rex","steps":3}]}'] = "$: 'of': a list of two schedules expected",
      ['{"op":"shift","of":{"profile":"rex","steps":3}}'] = "$: field 'steps' is missing",
      ['{"op":"clip","of":{"op":"shift","steps":"x","of":{"profile":"rex"}}}'] = "$.of: steps: a whole number of steps, or a text",
    } do
      local sched, problem, code = s.from_json(source)
      assert.is_nil(sched)
      assert.equal("bad_data", code)
      assert.is_truthy(problem:find(expected, 1, true), ("%s said: %s"):format(source, problem))
    end
    mistake("neap.schedule.from_json: a text expected, not a nil", s.from_json)
    local deep = s.rex(3)
    for _ = 1, 110 do deep = deep:reversed() end
    mistake("schedule:json: JSON: nested deeper than 100", deep.json, deep)
  end)
end)

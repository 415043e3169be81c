local options = require "neap.options"

--- One option read from one value.
local function read(declaration, value)
  return options.read_one(options.declare({ it = declaration }).it, value)
end

local function problem_of(declaration, value)
  local got, problem = read(declaration, value)
  assert.is_nil(got)
  return problem
end

local nan = 0 / 0

describe("the types of options", function()
  it("take a text as what it should be, and the value itself", function()
    local cases = {
      { 7, "12", 12 }, { 7, "1e3", 1000 }, { 7, "0x10", 16 }, { 7, 5.0, 5 }, { 7, "-3", -3 }, { 7, " 4 ", 4 },
      { 0.5, "1e-3", 1e-3 }, { 0.5, 2, 2.0 }, { 0.5, "7", 7.0 }, { 0.5, "-.5", -0.5 },
      { "a", "b", "b" }, { "a", "", "" }, { "a", "12", "12" },
      { true, false, false }, { true, "false", false }, { true, "no", false }, { true, "off", false },
      { false, true, true }, { false, "true", true }, { false, "yes", true }, { false, "on", true },
    }
    for _, case in ipairs(cases) do
      local value, problem = read(case[1], case[2])
      assert.is_nil(problem)
      assert.equal(case[3], value)
      assert.equal(math.type(case[3]), math.type(value))
    end
  end)

  it("refuse what they cannot be, in one line that names the option and the value", function()
    local cases = {
      { 7, "abc", "a whole number expected, not 'abc'" }, { 7, 1.5, "a whole number expected, not '1.5'" },
      { 7, "", "a whole number expected, not ''" }, { 7, "12abc", "a whole number expected, not '12abc'" },
      { 7, 1e300, "a whole number expected, not '1e+300'" }, { 7, math.huge, "a whole number expected, not 'inf'" },
      { 7, true, "a whole number expected, not 'true'" }, { 7, {}, "a whole number expected, not a table" },
      { 0.5, "abc", "a number expected, not 'abc'" }, { 0.5, "nan", "a number expected, not 'nan'" },
      { 0.5, false, "a number expected, not 'false'" }, { 0.5, print, "a number expected, not a function" },
      { 0.5, math.huge, "a finite number expected, not 'inf'" }, { 0.5, "-1e999", "a finite number expected, not '-1e999'" },
      { "a", 5, "a text expected, not '5'" }, { "a", {}, "a text expected, not a table" },
      { true, "maybe", "true or false expected, not 'maybe'" }, { true, 1, "true or false expected, not '1'" },
      { { {}, type = "table" }, "x", "a table expected, not 'x'" },
    }
    for _, case in ipairs(cases) do
      assert.equal("option 'it': " .. case[3], problem_of(case[1], case[2]))
    end
    assert.matches("^option 'it': a number expected, not '%-?nan'$", problem_of(0.5, nan))
  end)

  it("keep a message on one line and short, whatever the value", function()
    local problem = problem_of(7, "two\nlines" .. ("x"):rep(10000))
    assert.is_nil(problem:find "\n")
    assert.is_true(#problem < 200)
  end)

  it("pass tables and anything through", function()
    local list, f = { 1, 2 }, function() end
    assert.equal(list, read({ nil, type = "table" }, list))
    for _, value in ipairs { list, f, 5, "x", true } do assert.equal(value, (read({ nil, type = "any" }, value))) end
    assert.is_false(read({ nil, type = "any" }, false))
  end)
end)

describe("bounds", function()
  it("hold at their edges", function()
    local closed, open = { 0.5, min = 0, max = 1 }, { 0.5, above = 0, below = 1 }
    assert.equal(0.0, read(closed, 0))
    assert.equal(1.0, read(closed, "1"))
    assert.equal("option 'it': at least 0 expected, not '-0.001'", problem_of(closed, -0.001))
    assert.equal("option 'it': at most 1 expected, not '1.001'", problem_of(closed, "1.001"))
    assert.equal("option 'it': above 0 expected, not '0'", problem_of(open, 0))
    assert.equal("option 'it': below 1 expected, not '1'", problem_of(open, 1))
    assert.equal(0.999, read(open, 0.999))
    assert.equal("option 'it': at least 1 expected, not '0'", problem_of({ 3, min = 1 }, 0))
  end)

  it("offer choices", function()
    local kernel = { "matern52", choices = { "matern12", "matern32", "matern52", "se" } }
    assert.equal("se", read(kernel, "se"))
    assert.equal("option 'it': unknown value 'matern25' (did you mean 'matern52'?)", problem_of(kernel, "matern25"))
    assert.equal("option 'it': unknown value 'SE' (did you mean 'se'?)", problem_of(kernel, "SE"))
    assert.equal("option 'it': unknown value 'periodic' (expected one of: matern12, matern32, matern52, se)",
      problem_of(kernel, "periodic"))
    assert.equal(4, read({ 2, choices = { 2, 4, 16 } }, "4"))
    assert.equal("option 'it': unknown value '6' (expected one of: 2, 4, 16)", problem_of({ 2, choices = { 2, 4, 16 } }, 6))
  end)
end)

describe("a range", function()
  it("is MIN:MAX or a pair", function()
    assert.same({ 1e-3, 0.3 }, options.range "1e-3:0.3")
    assert.same({ 0.5, 2.0 }, options.range " 0.5 : 2 ")
    assert.same({ 1.0, 2.0 }, options.range { 1, 2 })
    assert.equal("float", math.type(options.range({ 1, 2 })[1]))
    assert.same({ 1e-3, 0.1 }, options.read(options.declare { lr = { "1e-3:0.1", "rates", type = "range" } }).lr)
  end)

  it("is nothing else", function()
    local form, order = "MIN:MAX expected, such as 1e-3:0.3", "0 < MIN < MAX expected"
    local cases = {
      { "1:0.1", order }, { "-1:1", order }, { "0:1", order }, { "0.1:0.1", order }, { "1:1e999", order },
      { "abc", form }, { "", form }, { "1", form }, { "1:", form }, { ":1", form }, { "1:2:3", form }, { "nan:1", form },
      { "0.1:nan", form }, { "1e-3-0.1", form }, { 0.1, form }, { true, form }, { { 1 }, form }, { { 1, 2, 3 }, form },
      { { 1, "2" }, form }, { { 1, 2, max = 3 }, form }, { { min = 1, max = 2 }, form },
      { { nan, 1 }, order }, { { 0.1, nan }, order }, { { 1, math.huge }, order }, { { 2, 1 }, order },
    }
    for _, case in ipairs(cases) do
      local range, problem = options.range(case[1])
      assert.is_nil(range)
      assert.equal(case[2], problem)
    end
    assert.equal("option 'it': 0 < MIN < MAX expected, not '1:0.1'", problem_of({ "1e-3:0.1", type = "range" }, "1:0.1"))
    assert.equal("option 'it': MIN:MAX expected, such as 1e-3:0.3, not a table", problem_of({ "1e-3:0.1", type = "range" }, {}))
  end)
end)

describe("a hint", function()
  it("names the nearest word", function()
    local known = { tau = 1, kappa = 1, acquisition = 1, lr = 1 }
    assert.equal(" (did you mean 'tau'?)", options.hint("tua", known))
    assert.equal(" (did you mean 'kappa'?)", options.hint("Kapa", known))
    assert.equal(" (did you mean 'acquisition'?)", options.hint("acquisiton", known))
    assert.equal(" (did you mean 'lr'?)", options.hint("lt", known))
  end)

  it("or lists what there is", function()
    assert.equal(" (expected one of: kappa, lr, tau)", options.hint("momentum", { tau = 1, kappa = 1, lr = 1 }))
    assert.equal(" (expected one of: b, a)", options.hint("xyzzy", { "b", "a" }))   -- a list in its own order
    assert.equal(" (expected one of: kappa, lr)", options.hint("x", { lr = 1, kappa = 1 }))   -- not 'lr': nothing of it is meant
    assert.equal(" (there are none)", options.hint("x", {}))
  end)

  it("stays short and quick for long words and long lists", function()
    local many = {}
    for i = 1, 1000 do many[i] = "column" .. i end
    assert.is_true(#options.hint("unlike anything", many) < 400)
    assert.is_nil(options.hint(("z"):rep(1e6), { "two\nlines" }):find "\n")
    assert.equal(" (expected one of: tau)", options.hint(("z"):rep(1e6), { tau = 1 }))
  end)
end)

describe("reading a table", function()
  local declared = options.declare {
    tau = { 1000, "steps of a stage", min = 1 }, kappa = 2.0, quiet = false,
    file = { nil, "what to read", type = "string" }, sd = { nil, "noise", type = "number", optional = true },
  }

  it("fills in the defaults", function()
    assert.same({ tau = 1000, kappa = 2.0, quiet = false, file = "x" }, options.read(declared, { file = "x" }))
    assert.same({ tau = 5, kappa = 1.0, quiet = true, file = "", sd = 0.1 },
      options.read(declared, { tau = "5", kappa = 1, quiet = "yes", file = "", sd = ".1" }))
    assert.same({}, options.read(options.declare {}))
  end)

  it("names what is unknown, wrong or missing", function()
    local function why(given) return select(2, options.read(declared, given)) end
    assert.equal("unknown option 'tua' (did you mean 'tau'?)", why { file = "x", tua = 3 })
    assert.equal("unknown option '1' (expected one of: file, kappa, quiet, sd, tau)", why { "x" })
    assert.equal("unknown option 'true' (did you mean 'tau'?)", why { [true] = 3 })
    assert.equal("option 'tau': at least 1 expected, not '0'", why { file = "x", tau = 0 })
    assert.equal("option 'file' is missing: what to read", why {})
    assert.equal("option 'file' is missing: what to read", why(nil))
    assert.equal("option 'x' is missing", select(2, options.read(options.declare { x = { nil, type = "any" } }, {})))
  end)

  it("reports the same one of several mistakes each time", function()
    local seen = {}
    for i = 1, 30 do
      local given = {}
      for j = 1, 10 do given[("no_such_%d"):format((i * 7 + j) % 10)] = j end
      seen[select(2, options.read(declared, given))] = true
    end
    assert.same({ "unknown option 'no_such_0' (expected one of: file, kappa, quiet, sd, tau)" }, { (next(seen)) })
    assert.is_nil(next(seen, (next(seen))))
  end)

  it("changes neither what was given nor the declaration", function()
    local with_list = options.declare { layers = { { 256, 128 }, "widths", type = "table" } }
    options.read(with_list).layers[1] = 7
    assert.same({ 256, 128 }, options.read(with_list).layers)
    local given = { file = "x", tau = "5" }
    options.read(declared, given)
    assert.same({ file = "x", tau = "5" }, given)
  end)

  it("survives whatever is thrown at it: values, or one line of text", function()
    local values = { 0, 1, -1, 1.5, nan, math.huge, -math.huge, math.maxinteger, "", "x", "1", "nan", "1:2", "a\nb\0c", ("9"):rep(400),
      true, false, {}, { 1, 2 }, print, io.stdout, coroutine.create(print), "\xff\xfe" }
    local all = options.declare {
      integer = 1, number = 1.0, string = "s", boolean = true, range = { "1:2", type = "range" }, table = { {}, type = "table" },
      any = { 1, type = "any" }, choice = { "a", choices = { "a", "b" } }, bounded = { 1.0, min = -1, below = 3 },
    }
    local outcomes = { values = 0, problems = 0 }
    for name in pairs(all) do
      for _, value in ipairs(values) do
        local read_values, problem = options.read(all, { [name] = value })
        outcomes[read_values and "values" or "problems"] = outcomes[read_values and "values" or "problems"] + 1
        assert.is_true(read_values ~= nil or #problem < 200 and not problem:find "%c")
        assert.equal(read_values == nil, problem ~= nil)
      end
    end
    assert.is_true(outcomes.values > 40 and outcomes.problems > 80)
  end)
end)

describe("checking the options of a function", function()
  local declared = options.declare { tau = 1000 }
  local function stage(given)
    local o = options.check(declared, given, "neap.stage")   -- no tail call: the levels of the stack count
    return o
  end

  it("returns the values", function()
    assert.same({ tau = 1000 }, stage())
    assert.same({ tau = 3 }, stage { tau = 3 })
  end)

  it("raises at the caller of the function", function()
    local function caller() local o = stage { tua = 3 } return o end
    local here = debug.getinfo(caller, "S")
    local ok, message = pcall(caller)
    assert.is_false(ok)
    assert.equal(("%s:%d: neap.stage: unknown option 'tua' (did you mean 'tau'?)"):format(here.short_src, here.linedefined), message)
  end)

  it("raises for what is no table", function()
    for _, wrong in ipairs { 5, "tau=3", true, false } do
      assert.error_matches(function() local o = stage(wrong) return o end,
        "neap.stage: a table of options expected, not a " .. type(wrong))
    end
  end)
end)

describe("a declaration", function()
  local function wrong(declaration) return select(2, pcall(options.declare, { it = declaration })) end

  it("is completed", function()
    assert.same({ name = "it", default = 1.0, ready = 1.0, about = "what", type = "number", min = 0 },
      options.declare({ it = { 1.0, "what", min = 0 } }).it)
    assert.same({ name = "it", default = false, ready = false, about = "", type = "boolean" }, options.declare({ it = false }).it)
  end)

  it("that is wrong raises", function()
    assert.matches("option 'it': unknown type 'flaot'", wrong { 1, type = "flaot" })
    assert.matches("option 'it': unknown type 'nil'", wrong {})
    assert.matches("option 'it': unknown type 'thread'", wrong(coroutine.create(print)))
    assert.matches("option 'it': unknown field 'mim' %(did you mean 'min'%?%)", wrong { 1, mim = 0 })
    assert.matches("option 'it': unknown field '3'", wrong { 1, "about", "more" })
    assert.matches("default of option 'it': at least 0 expected, not '%-1'", wrong { -1, min = 0 })
    assert.matches("default of option 'it': unknown value 'c'", wrong { "c", choices = { "a", "b" } })
    assert.matches("default of option 'it': 0 < MIN < MAX expected", wrong { "1:0.1", type = "range" })
  end)
end)

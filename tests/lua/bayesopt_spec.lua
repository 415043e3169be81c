local neap = require "neap"

local function rate(options)
  local all = { space = { lr = { 1e-4, 1, scale = "log" } } }
  for key, value in pairs(options or {}) do all[key] = value end
  return neap.bayesopt(all)
end

local function fails(expected, f, ...)
  local ok, message = pcall(function(...) local result = f(...); return result end, ...)
  assert.is_false(ok)
  assert.is_truthy(message:find("^[^:]*bayesopt_spec.lua:%d+: "), message)  -- whose mistake it is
  assert.is_truthy(message:find(expected, 1, true), message)
  assert.is_nil(message:find("\n", 1, true))
end

local function bowl(x) return (math.log(x.lr, 10) + 2) ^ 2 end

describe("neap.bayesopt", function()
  it("finds the best rate", function()
    local opt = rate { seed = 7 }
    for _ = 1, 15 do
      local x = opt:ask()
      assert.is_true(x.lr >= 1e-4 and x.lr <= 1)
      opt:tell(x, bowl(x))
    end
    local x, mean = opt:best()
    assert.is_true(bowl(x) < 1e-3)
    assert.is_true(math.abs(mean - bowl(x)) < 0.01)
    local expected, sd = opt:predict { lr = 0.1 }
    assert.is_true(math.abs(expected - 1) < 0.1 + 3 * sd)
    assert.equal(15, #opt:trials())
  end)

  it("says that it knows nothing yet", function()
    local opt = rate()
    local x, why, code = opt:best()
    assert.is_nil(x)
    assert.equal("no trial has succeeded yet", why)
    assert.equal("too_few", code)
    opt:tell({ lr = 0.1 }, 0 / 0)
    assert.is_nil((opt:predict { lr = 0.1 }))
    assert.is_true(opt:trials()[1].failed)
  end)

  it("keeps trials as they were told, asked for or not", function()
    local opt = neap.bayesopt { space = { width = { 1, 512, scale = "log", integer = true }, lr = { 0, 1 } } }
    opt:tell({ width = 64, lr = 0.25 }, 1.5, 0.1)
    opt:tell({ lr = 1, width = 512 }, math.huge)
    local trials = opt:trials()
    assert.same({ x = { width = 64, lr = 0.25 }, loss = 1.5, variance = 0.1, failed = false }, trials[1])
    assert.is_true(trials[2].failed)
    assert.equal("integer", math.type(opt:ask().width))
    assert.equal("integer", math.type((opt:best()).width))
  end)

  it("asks several at once, all different", function()
    local opt = rate()
    for _ = 1, 4 do local x = opt:ask(); opt:tell(x, bowl(x)) end
    local list = opt:ask(5)
    assert.equal(5, #list)
    for i = 1, 5 do
      for j = 1, i - 1 do assert.is_true(math.abs(math.log(list[i].lr / list[j].lr)) > 1e-3) end
    end
    for i = 5, 1, -1 do opt:tell(list[i], bowl(list[i])) end
  end)

  it("depends on the seed, and on nothing else", function()
    local function run(seed, read)
      local opt, asked = neap.bayesopt { space = { a = { 0, 1 }, b = { 0, 1 } }, seed = seed, acquisition = "lcb" }, {}
      for i = 1, 8 do
        local x = opt:ask()
        if read then opt:predict(x); opt:best(); opt:serialize() end
        asked[i] = ("%a %a"):format(x.a, x.b)
        opt:tell(x, x.a ^ 2 + (x.b - 0.3) ^ 2)
      end
      return table.concat(asked, "\n")
    end
    assert.equal(run(3), run(3, true))
    assert.not_equal(run(3), run(4))
  end)

  it("searches as published when told to", function()
    -- zero mean, Matern 5/2 of length 1 in ln lr, kappa 1e6: space filling, whatever the losses
    local function asked(loss)
      local opt = rate { acquisition = "lcb", kappa = 1e6, initial = 1, length = 1, signal = 1, noise = 1e-6, mean = 0, seed = 5 }
      local list = {}
      for i = 1, 6 do list[i] = opt:ask().lr; opt:tell({ lr = list[i] }, loss(list[i])) end
      return list
    end
    local one, other = asked(function(lr) return lr end), asked(function(lr) return math.cos(30 * lr) end)
    for i = 1, 6 do assert.is_true(math.abs(math.log(one[i] / other[i])) < 1e-3) end
  end)

  it("goes on identically after serialize and restore", function()
    local opt = neap.bayesopt {
      space = { ["odd name %=\n"] = { -1, 1 }, lr = { 1e-4, 1, scale = "log" }, n = { 1, 9, integer = true } }, seed = -3,
      acquisition = "lcb", kappa = 1.1, kernel = "matern32", noise = 0, length = { lr = 2, n = 5, ["odd name %=\n"] = 0.5 },
    }
    local function loss(x) return x.n == 4 and 0 / 0 or math.log(x.lr) * x["odd name %=\n"] end
    for _ = 1, 9 do local x = opt:ask(); opt:tell(x, loss(x), 0.01) end
    opt:ask(2)
    local text = opt:serialize()
    local twin = assert(neap.bayesopt.restore(text))
    assert.equal(text, twin:serialize())
    for _ = 1, 4 do
      local x, y = opt:ask(), twin:ask()
      assert.same(x, y)
      opt:tell(x, loss(x)); twin:tell(y, loss(y))
      assert.same({ opt:best() }, { twin:best() })
    end
    assert.equal(opt:serialize(), twin:serialize())
  end)

  it("goes on identically before the first success, fitted", function()
    local opt = rate { seed = 11 }
    opt:tell(opt:ask(), 0 / 0)
    local twin = assert(neap.bayesopt.restore(opt:serialize()))
    for _ = 1, 6 do
      local x, y = opt:ask(), twin:ask()
      assert.same(x, y)
      opt:tell(x, bowl(x)); twin:tell(y, bowl(y))
    end
    assert.equal(opt:serialize(), twin:serialize())
  end)

  local mixed = {
    lr = { 1e-4, 1, scale = "log" }, depth = { 1, 4, integer = true }, optimizer = { choices = { "sgd", "adam", "lion" } },
    nesterov = { choices = { true, false } }, momentum = 0.9, data = "digits",
  }
  local function cost(x)
    return (math.log(x.lr, 10) + 2) ^ 2 + (x.depth - 2) ^ 2 + (x.optimizer == "adam" and 0 or 1) + (x.nesterov and 0 or 0.5)
  end

  it("searches categories and integers, and leaves alone what is fixed", function()
    local opt, best = neap.bayesopt { space = mixed, seed = 3 }, math.huge
    for _ = 1, 40 do
      local x = opt:ask()
      assert.equal(0.9, x.momentum)
      assert.equal("digits", x.data)
      assert.is_true(x.optimizer == "sgd" or x.optimizer == "adam" or x.optimizer == "lion")
      assert.equal("boolean", type(x.nesterov))
      best = math.min(best, cost(x))
      opt:tell(x, cost(x))
    end
    assert.is_true(best < 0.05, best)
    assert.equal("adam", opt:best().optimizer)
    fails("opt:tell: 'optimizer' is 'adamw' (did you mean 'adam'?)", opt.tell, opt,
      { lr = 0.1, depth = 1, optimizer = "adamw", nesterov = true }, 1)
    fails("'momentum' is '0.8', but fixed at '0.9'", opt.tell, opt,
      { lr = 0.1, depth = 1, optimizer = "adam", nesterov = true, momentum = 0.8 }, 1)
    opt:tell({ lr = 0.1, depth = 1, optimizer = "lion", nesterov = false }, 1)
    local twin = assert(neap.bayesopt.restore(opt:serialize()))
    assert.same(opt:ask(), twin:ask())
    assert.equal(opt:serialize(), twin:serialize())
  end)

  it("asks first for what it was told to, and knows the end of its budget", function()
    local opt = rate { first = { { lr = 0.5 }, { lr = 0.002 } }, budget = 8, seed = 2 }
    assert.equal(0.5, opt:ask().lr)
    opt:suggest { lr = 0.1 }
    assert.equal(0.002, opt:ask().lr)
    assert.equal(0.1, opt:ask().lr)
    for _, x in ipairs(opt:pending()) do opt:tell(x, bowl(x)) end
    for _ = 1, 4 do local x = opt:ask(); opt:tell(x, bowl(x)) end
    local x = opt:ask()
    local mean = opt:predict(x)
    for at = -4, 0, 0.05 do assert.is_true(mean <= opt:predict { lr = math.min(10 ^ at, 1) } + 1e-9) end
    assert.is_true(opt:drop(x))
    assert.is_false(opt:drop(x))
    assert.equal(0, #opt:pending())
    fails("option 'first', point 1: unknown key 'lt'", rate, { first = { { lt = 1 } } })
  end)

  it("says what a point is worth", function()
    for _, acquisition in ipairs { "ei", "pi", "lcb", "thompson", "hedge" } do
      local opt = rate { acquisition = acquisition }
      local _, _, code = opt:worth { lr = 0.1 }
      assert.equal("too_few", code)
      for _ = 1, 6 do local x = opt:ask(); opt:tell(x, bowl(x)) end
      local next_one = opt:worth(opt:ask())
      assert.is_true(next_one > opt:worth { lr = 1 })
    end
  end)

  it("learns from a former study", function()
    local old = rate { seed = 1 }
    for _ = 1, 10 do local x = old:ask(); old:tell(x, bowl(x)) end
    for _, from in ipairs { old, old:serialize() } do
      local opt = rate { seed = 2, former = { from = from, weight = 0.8 } }
      assert.equal(0, #opt:trials())
      local x = opt:ask()
      assert.equal(old:best().lr, x.lr)      -- the former optimum first
      opt:tell(x, bowl(x))
      x = opt:ask()
      assert.is_true(math.abs(math.log(x.lr, 10) + 2) < 1)   -- and no design after it
      opt:tell(x, bowl(x))
      local twin = assert(neap.bayesopt.restore(opt:serialize()))
      assert.same(opt:ask(), twin:ask())
    end
    fails("weight: a number above 0", rate, { former = { from = old, weight = 0 } })
    fails("from: an optimiser or its text", rate, { former = { from = 7 } })
    fails("'form'", rate, { former = { form = old } })
  end)

  it("says what its model believes", function()
    local opt = rate()
    for _ = 1, 12 do local x = opt:ask(); opt:tell(x, bowl(x)) end
    local hyper, components, fitted = opt:hyper()
    assert.is_true(hyper.length.lr > 0.1 and hyper.signal > 0 and hyper.noise >= 0)
    assert.is_true(#components > 1)
    assert.equal(12, fitted)
    assert.equal(1, #select(2, rate { integrate = false }:hyper()))
  end)

  it("refuses a damaged text, whatever the damage", function()
    local opt = rate()
    for _ = 1, 5 do local x = opt:ask(); opt:tell(x, bowl(x)) end
    local text = opt:serialize()
    local function refused(broken, expected)
      local restored, why, code = neap.bayesopt.restore(broken)
      assert.is_nil(restored)
      assert.equal("bad_data", code)
      assert.is_truthy(why:find(expected, 1, true), why)
    end
    for _, other in ipairs { "", "x", "hello\n", "\n" .. text } do
      refused(other, "neap.bayesopt.restore: the text is no saved study: 'neap.bayesopt 2' expected in its first line")
    end
    refused("neap.bayesopt 1\n", "the text is a study that another version saved: 'neap.bayesopt 2' expected")
    refused("neap.bayesopt 2", "cut short")
    refused("neap.bayesopt 2\nend\n", "no line 'state'")
    refused(text:sub(1, -6), "cut short")
    refused(text .. "more\n", "after the end")
    refused(text:gsub("acquisition ei", "acquisition os.exit()"), "os.exit()")
    refused(text:gsub("trial 0x", "trial os", 1), "cannot be read")
    refused(text:gsub("state %S+", "state"), "")
    refused(text:gsub("model %S+", "model nan"), "")
    refused(text:gsub("kappa [^\n]*\n", ""), "no line 'kappa'")
    refused(text:gsub("dimension [^\n]*\n", ""), "")
    refused(text:gsub("dimension =lr", "dimension ="), "line 2 cannot be read: 'dimension = 0x")
    refused(text:gsub("dimension =lr", "dimension"), "line 2 cannot be read: 'dimension 0x")
    refused(text:gsub("(dimension [^\n]*\n)", "%1%1"), "line 3 cannot be read")
    refused(text:gsub("(dimension [^\n]*\n)", "%1constant =lr 7\n"), "line 3 cannot be read: 'constant =lr 7'")
    for cut = 1, #text - 1, 7 do refused(text:sub(1, cut), "") end
    for at = 1, #text, 3 do  -- a wrong byte is refused, or is another good text; never a crash
      local restored = neap.bayesopt.restore(text:sub(1, at - 1) .. "9" .. text:sub(at + 1))
      if restored then assert.is_table(restored:ask()) end
    end
    fails("a text expected", neap.bayesopt.restore, 7)
  end)

  it("names what is wrong with the options", function()
    local function wrong(expected, options) fails(expected, rate, options) end
    wrong("did you mean 'kappa'", { kapa = 1 })
    wrong("option 'kappa': at least 0", { kappa = -1 })
    wrong("option 'kappa'", { kappa = math.huge })
    wrong("option 'acquisition': unknown value 'eu' (did you mean 'ei'?)", { acquisition = "eu" })
    wrong("option 'kernel': unknown value", { kernel = "rbf" })
    wrong("option 'initial'", { initial = -1 })
    wrong("option 'noise'", { noise = 0 / 0 })
    wrong("unknown dimension 'lrr' (did you mean 'lr'?)", { length = { lrr = 1 } })
    wrong("length 0.0 is not above 0", { length = 0 })
    wrong("option 'length': a number or", { length = "x" })
    wrong("option 'seed'", { seed = 1.5 })
    fails("option 'space' is missing", neap.bayesopt, {})
    fails("a table of options expected", neap.bayesopt, 1)
  end)

  it("names what is wrong with the space", function()
    local function wrong(expected, dimension) fails(expected, neap.bayesopt, { space = { a = { 0, 1 }, lr = dimension } }) end
    wrong("dimension 'lr' (1 to 0.1", { 1, 0.1 })
    wrong("low must be below high", { 1, 1 })
    wrong("dimension 'lr' (0 to 1): a log scale needs low > 0", { 0, 1, scale = "log" })
    wrong("bounds must be finite", { 0, 0 / 0 })
    wrong("unknown scale 'lag' (did you mean 'log'?)", { 1, 2, scale = "lag" })
    wrong("unknown key 'scal' (did you mean 'scale'?)", { 1, 2, scal = "log" })
    wrong("bounds of an integer must be whole", { 0.5, 2, integer = true })
    wrong("integer: true or false expected", { 1, 2, integer = 1 })
    wrong("two numbers", { 1 })
    wrong("not a function", print)
    wrong("choices: a list of at least two", { choices = { 1 } })
    wrong("'sgd' twice", { choices = { "sgd", "sgd" } })
    wrong("choices alone", { 1, 2, choices = { 1, 2 } })
    fails("1 to 16 dimensions expected, not 0", neap.bayesopt, { space = {} })
    fails("a name expected", neap.bayesopt, { space = { { 0, 1 } } })
    fails("a name expected, not ''", neap.bayesopt, { space = { [""] = { 0, 1 } } })
  end)

  it("names what is wrong with a point or a loss", function()
    local opt = rate()
    fails("opt:tell: unknown key 'lt' (did you mean 'lr'?)", opt.tell, opt, { lt = 1 }, 1)
    fails("opt:tell: 'lr' is missing", opt.tell, opt, {}, 1)
    fails("opt:tell: 'lr' is 2, outside 0.0001..1", opt.tell, opt, { lr = 2 }, 1)
    fails("nan, outside 0.0001..1", opt.predict, opt, { lr = 0 / 0 })
    fails("'lr' is a string", opt.tell, opt, { lr = "0.1" }, 1)
    fails("a table of named numbers expected, not a number", opt.tell, opt, 0.1, 1)
    fails("loss is a nil", opt.tell, opt, { lr = 0.1 })
    fails("variance is '-1'", opt.tell, opt, { lr = 0.1 }, 1, -1)
    fails("opt:ask: a whole number above 0", opt.ask, opt, 0)
    local whole = neap.bayesopt { space = { n = { 1, 5, integer = true } } }
    fails("'n' is 2.5, a whole number expected", whole.tell, whole, { n = 2.5 }, 1)
    assert.equal(0, #opt:trials())
  end)
end)

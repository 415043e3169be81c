-- The backend replay: what it reads, and how it mixes.
local engine = require "neap.engine"
local neap = require "neap"

local function with_file(text, f)
  local name = os.tmpname()
  local file <close> = assert(io.open(name, "wb"))
  file:write(text)
  file:flush()
  local ok, problem = pcall(f, name)
  os.remove(name)
  if not ok then error(problem, 0) end
end

--- A trainer on curves given as text.
local function open(text, keys, settings)
  local trainer, problem, code
  with_file(text, function(name)
    trainer, problem, code = neap.backend.open(("replay:%s%s"):format(name, keys or ""), settings)
    problem = problem and problem:gsub("^.-([^/]+)$", "%1"):gsub("^[^:,]*", "F", 1)
  end)
  return trainer, problem, code
end

--- Curves a + (b - a) exp(-c rate t), with a little noise that has no pattern, of so many steps at each rate.
local function world(rates, steps, floor)
  local lines, random = { "rate,step,loss,validation" }, engine.random(7)
  for _, rate in ipairs(rates) do
    for t = 0, steps - 1 do
      local level = floor(rate) + (2 - floor(rate)) * math.exp(-0.5 * rate * t)
      lines[#lines + 1] = ("%.17g,%d,%.17g,%s"):format(rate, t, level + 0.01 * random:normal(), t % 50 == 0 and level + 0.1 or "")
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

--- A large rate falls fast and stays high: the best policy falls from rate to rate.
local function typical(rate) return 0.1 + 0.5 * rate end

local function mean(list, from, to)
  local sum = 0.0
  for i = from, to do sum = sum + list[i] end
  return sum / (to - from + 1)
end

describe("replay: a recorded curve", function()
  local RATES <const> = { 0.01, 0.03, 0.1, 0.3 }
  local text = world(RATES, 400, typical)

  it("comes back as it was, at its own rate from the beginning", function()
    local trainer <close> = assert(open(text))
    with_file(text, function(file)
      local recorded, row = engine.table_read(file, { { "loss", "finite" } }):column(1), 0
      local start = trainer:save()
      for _, rate in ipairs(RATES) do
        trainer:restore(start)
        for _, loss in ipairs(trainer:train(400, rate)) do
          row = row + 1
          assert.is_near(recorded[row], loss, 1e-9)
        end
      end
    end)
  end)

  it("comes back as it was under a changing rate too, where curves are named", function()
    local lines, rates, losses = { "curve,rate,step,loss" }, {}, {}
    for t = 0, 199 do
      rates[t + 1], losses[t + 1] = 0.1 * (1 - t / 200), 2 * math.exp(-0.01 * t) + 0.05 * math.sin(7 * t)
      lines[#lines + 1] = ("linear,%.17g,%d,%.17g"):format(rates[t + 1], t, losses[t + 1])
      lines[#lines + 1] = ("constant,0.5,%d,%.17g"):format(t, 2 - t / 1000)
    end
    local trainer <close> = assert(open(table.concat(lines, "\n")))
    assert.equal(2, trainer:info().curves)
    for i, loss in ipairs(trainer:train(200, rates)) do assert.is_near(losses[i], loss, 1e-6) end
  end)

  it("lies between its neighbours at a rate between theirs", function()
    local trainer <close> = assert(open(text))
    local start, levels = trainer:save(), {}
    for i, rate in ipairs { 0.03, 0.05, 0.07, 0.1 } do
      trainer:restore(start)
      levels[i] = mean(trainer:train(60, rate), 41, 60)
    end
    for i = 2, 4 do assert(levels[i] < levels[i - 1] - 0.01, table.concat(levels, " ")) end
  end)

  it("goes on from its level at another rate, and is the slower the lower the rate", function()
    local trainer <close> = assert(open(text))
    trainer:train(50, 0.3)
    local there, gained = trainer:save(), {}
    local level = mean(trainer:train(10, 1e-9), 1, 10)
    for i, rate in ipairs { 0.0, 1e-6, 1e-4, 1e-3, 0.01, 0.1 } do
      trainer:restore(there)
      gained[i] = level - mean(trainer:train(100, rate), 91, 100)
    end
    assert.is_near(0, gained[1], 0.01)
    assert.is_near(gained[1], gained[2], 0.001)   -- as good as nothing
    for i = 3, 6 do assert(gained[i] > gained[i - 1] - 1e-6, table.concat(gained, " ")) end
    assert(gained[6] > 0.05)
  end)

  it("makes a decay pay, and nothing falls below what was recorded", function()
    local trainer <close> = assert(open(text))
    local start = trainer:save()
    local function final(rate)
      trainer:restore(start)
      trainer:train(200, rate)
      return (trainer:evaluate())
    end
    local constants = {}
    for i, rate in ipairs(RATES) do constants[i] = final(rate) end
    local decayed = final(0.3 * neap.schedule.rex(200))
    assert(decayed < math.min(table.unpack(constants)), decayed)
    trainer:restore(start)
    for _ = 1, 20 do trainer:train(400, 0.1) end
    local lowest = trainer:evaluate()
    assert.is_near(constants[3], lowest, 0.02)   -- the lowest that was on record, held
    trainer:train(400, 100.0)
    assert(trainer:evaluate() < 2.2)
  end)

  it("is restored exactly, and forgotten when dropped", function()
    local trainer <close> = assert(open(text))
    local other <close> = assert(open(text))
    trainer:train(30, 0.1)
    local checkpoint = trainer:save()
    local rates = 0.2 * neap.schedule.rex(100)
    local losses, validation = trainer:train(100, rates), trainer:evaluate()
    trainer:train(50, 1.0)
    trainer:restore(checkpoint)
    assert.same(losses, trainer:train(100, rates))
    assert.equal(validation, (trainer:evaluate()))
    assert.has_error(function() other:restore(checkpoint) end, "the checkpoint is of another trainer, or was dropped")
    trainer:drop(checkpoint)
    assert.has_error(function() trainer:restore(checkpoint) end, "the checkpoint is of another trainer, or was dropped")
    assert.equal(30 + 100, trainer:info().steps)
  end)

  it("shows validation losses where they were recorded, else the level", function()
    local trainer <close> = assert(open(text))
    assert.is_near(2.1, (trainer:evaluate()), 0.01)
    trainer:train(200, 0.1)
    local level = typical(0.1) + (2 - typical(0.1)) * math.exp(-0.5 * 0.1 * 200)
    assert.is_near(level + 0.1, (trainer:evaluate()), 0.02)
    assert.is_true(trainer:info().validation)
    local without <close> = assert(open((text:gsub(",[^,\n]*\n", "\n"))))
    without:train(200, 0.1)
    assert.is_near(level, (without:evaluate()), 0.02)
    assert.is_false(without:info().validation)
    assert.has_error(function() trainer:evaluate { on = "test" } end)
    assert.is_false(trainer.offers.test)
    assert.has_error(function() trainer:train(1, 0.1, 0.9) end, "momentum: recorded curves know none")
  end)
end)

describe("replay: a lost curve", function()
  local text = world({ 0.01, 0.1 }, 100, typical)
  for t = 0, 20 do text = text .. ("1,%d,%s,\n"):format(t, t == 20 and "nan" or 2 + 0.5 * t) end
  for t = 0, 99 do text = text .. ("10,%d,%g,\n"):format(t, 2 + 100.0 * t) end

  it("ends where it ended, for rates that are nearer to it than to one that held", function()
    local trainer <close> = assert(open(text))
    assert.equal(2, trainer:info().lost)
    local start = trainer:save()
    for rate, steps in pairs { [1.0] = 21, [0.33] = 21, [3.0] = 21, [0.3] = 100, [0.01] = 100, [3.3] = 100 } do
      trainer:restore(start)
      local losses = trainer:train(100, rate)
      assert.equal(steps, #losses, rate)
      assert.equal(steps == 21, losses[#losses] ~= losses[#losses], rate)
    end
    trainer:restore(start)
    trainer:train(100, 1.0)
    local loss = trainer:evaluate()
    assert(loss ~= loss)
    loss = trainer:train(3, 0.1)
    assert(#loss == 1 and loss[1] ~= loss[1])   -- it stays lost, until it is restored
    trainer:restore(start)
    assert.equal(100, #trainer:train(100, 0.1))
  end)

  it("rises from where the training stands, and can be left", function()
    local trainer <close> = assert(open(text))
    trainer:train(80, 0.1)
    local before = trainer:evaluate()
    local losses = trainer:train(10, 1.0)
    assert.is_near(4.5, losses[10] - losses[1], 1e-9)
    assert(trainer:evaluate() > before + 3)
    trainer:train(80, 0.1)
    assert(trainer:evaluate() < before + 0.1)
  end)

  it("alone is enough for a backend", function()
    local trainer <close> = assert(open "rate,step,loss\n1,1,2\n1,2,nan\n")
    local losses = trainer:train(10, 0.5)
    assert.equal(2, #losses)
    assert.equal(2.0, losses[1])
    local at_once <close> = assert(open "rate,step,loss\n1,1,inf\n")
    assert.equal(1, #at_once:train(10, 0.5))
  end)

  it("is a failed candidate of AutoLRS", function()
    local trainer <close> = assert(open(text))
    local result = assert(neap.run("autolrs", { backend = trainer, budget = 200, options = { lr = "0.01:10", tau = 100 } }))
    assert.equal(200, result.steps.total)
    assert(result.loss.validation < 2)
  end)
end)

describe("replay: what loggers export", function()
  it("TensorBoard: a file for each run", function()
    local function export(rate)
      local lines = { "Wall time,Step,Value" }
      for t = 1, 50 do lines[#lines + 1] = ("17000000%02d.5,%d,%.9g"):format(t, t, 2 * math.exp(-rate * t)) end
      return table.concat(lines, "\n")
    end
    with_file(export(0.1), function(a) with_file(export(0.01), function(b)
      local trainer <close> = assert(neap.backend(("replay:%s+%s,rate=0.1+0.01"):format(a, b)))
      local losses = trainer:train(50, 0.1)
      assert.is_near(2 * math.exp(-0.1 * 50), losses[50], 1e-8)
      assert.equal(2, trainer:info().curves)
      local _, problem = neap.backend.open(("replay:%s+%s,rate=0.1"):format(a, b))
      assert.matches("option 'rate': 1 rates for 2 curves: one for each file and loss column expected", problem)
      _, problem = neap.backend.open("replay:" .. a)
      assert.equal(a .. ":1: no column 'rate'; say which one it is: rate=COLUMN, or the rate itself "
        .. "(expected one of: Wall time, Step, Value)", problem)
    end) end)
  end)

  it("Weights & Biases: a column for each run, empty where it logged nothing", function()
    local lines = { '"Step","a - loss","a - loss__MIN","b - loss","b - loss__MIN"' }
    for t = 0, 49 do
      lines[#lines + 1] = ("%d,%s,,%s,0"):format(t, t % 2 == 0 and 2 - t / 50 or "", t % 2 == 1 and 2 - t / 100 or '""')
    end
    local trainer <close> = assert(open(table.concat(lines, "\n"), ",loss=a - loss+b - loss,rate=0.1+0.01"))
    local start = trainer:save()
    assert.is_near(2 - 31 / 50, trainer:train(40, 0.1)[32], 1e-9)   -- between two records: on the line
    trainer:restore(start)
    assert.is_near(2 - 31 / 100, trainer:train(40, 0.01)[32], 1e-9)
  end)

  it("a history of one run: losses and validation on rows of their own, the rate as it was", function()
    local lines = { "_step,lr,train/loss,val/loss,_runtime" }
    for t = 0, 99 do
      lines[#lines + 1] = ("%d,%.9g,%.9g,,%d"):format(2 * t, 0.1 * (1 - t / 100), 2 - t / 100, t)
      if t % 10 == 9 then lines[#lines + 1] = ("%d,,,%.9g,%d"):format(2 * t + 1, 2.5 - t / 100, t) end
    end
    local trainer <close> = assert(open(table.concat(lines, "\n")))
    assert.equal(1, trainer:info().curves)
    assert.equal(199, trainer:info().length)
    trainer:train(100, 0.1)
    assert.is_true(trainer:info().validation)
    assert.is_near(2.0, (trainer:evaluate()), 0.05)
  end)

  it("names of one's own, rows in any order, several seeds", function()
    local lines = { "eta,t,s,l" }
    for t = 20, 1, -1 do
      for seed = 3, 4 do lines[#lines + 1] = ("0.1,%d,%d,%g"):format(t, seed, seed + 1 / t) end
    end
    local text, keys = table.concat(lines, "\n"), ",rate=eta,step=t,seed=s,loss=l"
    local function first_loss(settings, more)
      local trainer <close> = assert(open(text, keys .. (more or ""), settings))
      return trainer:train(1, 0.1)[1], trainer.spec:match "take=%d"
    end
    assert.same({ 4.0, "take=3" }, { first_loss { seed = 1 } })
    assert.same({ 5.0, "take=4" }, { first_loss { seed = 2 } })
    assert.same({ 4.0, "take=3" }, { first_loss { seed = 3 } })
    assert.same({ 4.0, "take=3" }, { first_loss({ seed = 2 }, ",take=3") })
    local _, problem, code = open(text, keys .. ",take=5")
    assert.matches("option 'take': no seed 5 on record", problem)
    assert.equal("bad_argument", code)
  end)
end)

describe("replay: what is wrong is said in one line", function()
  for text, expected in pairs {
    ["rate,step\n1,1\n"] = "F:1: no column 'loss'; say which one it is: loss=COLUMN (expected one of: rate, step)",
    ["rate,step,loss\n"] = "F: no row with a loss",
    ["rate,step,loss\n1,1,\n"] = "F: no row with a loss",
    ["rate,step,loss\n0.1,1,2\n-1,2,2\n"] = "F:3: rate -1: a finite number of at least 0 expected",
    ["rate,step,loss\n,1,2\n"] = "F:2: a rate expected, the cell is empty",
    ["rate,step,loss\nnan,1,2\n"] = "F:2: rate nan: a finite number of at least 0 expected",
    ["rate,step,loss\n1,1.5,2\n"] = "F:2: step 1.5: a whole number of at least 0 expected",
    ["rate,step,loss\n1,-1,2\n"] = "F:2: step -1: a whole number of at least 0 expected",
    ["rate,step,loss\n1,2,2\n\n1,1,2\n1,2,3\n"] = "F:5: a second loss for step 2 of this curve (rate 1)",
    ["rate,step,loss\n1,1,two\n"] = "F:2: column 'loss': 'two' is not a number",
    ["rate,step,loss\n1,1\n"] = "F:2: 2 fields, 3 expected as in the header",
    ["rate,step,loss,loss\n1,1,2,3\n"] = "F:1: two columns are called 'loss'",
    [""] = "F: no header: a row of column names expected",
  } do
    it(expected, function()
      local trainer, problem, code = open(text)
      assert.is_nil(trainer)
      assert.equal(expected, problem)
      assert.is_string(code)
    end)
  end

  it("where only some curves were validated", function()
    local _, problem = open "rate,step,loss,validation\n1,1,2,3\n1,2,1,\n2,1,2,\n2,2,1,\n"
    assert.matches("no validation loss for the rate 2, but for others", problem)
  end)

  it("options", function()
    local _, problem, code = open("rate,step,loss\n1,1,2\n", ",los=loss")
    assert.matches("unknown option 'los' %(did you mean 'loss'%?%)", problem)
    assert.equal("bad_argument", code)
    _, problem = open("rate,step,loss\n1,1,2\n", ",loss=los")
    assert.equal("F:1: no column 'los' (did you mean 'loss'?)", problem)
    _, problem, code = neap.backend.open "replay:none.csv"
    assert.equal("none.csv: No such file or directory", problem)
    assert.equal("not_found", code)
  end)
end)

describe("recipe record", function()
  it("writes what replay reads: the same losses again", function()
    local file = os.tmpname()
    local trainer <close> = neap.backend("builtin:digits", { seed = 3 })
    local start = trainer:save()
    local result = assert(neap.run("record", {
      backend = trainer, budget = 400, seed = 3, options = { lr = "0.01:1e6", rates = 4, every = 20, file = file },
    }))
    assert.equal(0, result.steps.train)
    local replayed <close> = assert(neap.backend("replay:" .. file))
    os.remove(file)
    assert.equal(4, replayed:info().curves)
    assert(replayed:info().lost >= 1)
    trainer:restore(start)
    local expected = trainer:train(100, 0.01)
    for i, loss in ipairs(replayed:train(100, 0.01)) do assert.is_near(expected[i], loss, 1e-9) end
  end)

  it("says where it cannot write, before it trains and after", function()
    local result, problem = neap.run("record", { budget = 10 })
    assert.is_nil(result)
    assert.equal("budget 10: at least 2 steps for each of 10 rates expected", problem)
    result, problem = neap.run("record", { budget = 40, options = { file = "/nowhere/curves.csv" } })
    assert.is_nil(result)
    assert.matches("^/nowhere/curves.csv: No such file", problem)
  end)
end)

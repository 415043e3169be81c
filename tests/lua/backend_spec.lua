local neap = require "neap"
local program = require "program"
local options = require "neap.options"

local function write(text)
  local name = os.tmpname()
  local file <close> = assert(io.open(name, "wb"))
  file:write(text)
  return name
end

--- Runs f with a file that holds the text, which goes afterwards.
local function with_file(text, f)
  local name = write(text)
  local ok, problem = pcall(f, name)
  os.remove(name)
  if not ok then error(problem, 0) end
end

local function message_of(f, ...)
  local ok, problem = pcall(f, ...)
  assert.is_false(ok)
  assert.is_nil(tostring(problem):find("\n"))
  return tostring(problem)
end

local function expect_error(words, f, ...)
  local problem = message_of(f, ...)
  assert(problem:find(words, 1, true), ("'%s' is not in '%s'"):format(words, problem))
end

--- The profile of REX over n steps.
local function rex(n, peak)
  local list = {}
  for i = 1, n do
    local left = 1 - (i - 1) / n
    list[i] = peak * left / (0.5 + 0.5 * left)
  end
  return list
end

describe("a backend's SPEC", function()
  it("names kind, data set and options", function()
    local parsed = neap.backend.parse "builtin:digits,layers=64-32,batch=16"
    assert.same({ kind = "builtin", name = "digits", values = { layers = "64-32", batch = "16" } }, parsed)
  end)

  it("is refused with the nearest known word", function()
    local cases = {
      { "digits", "backend 'digits': KIND:NAME[,key=value]... expected, such as builtin:digits" },
      { "buildin:digits", "unknown kind 'buildin' (did you mean 'builtin'?)" },
      { "builtin:", "a name expected after 'builtin:'" },
      { "builtin:digit", "unknown data set 'digit' (did you mean 'digits'?)" },
      { "builtin:digits,layer=64", "builtin:digits: unknown option 'layer' (did you mean 'layers'?)" },
      { "builtin:digits,64", "key=value expected, not '64'" },
      { "builtin:digits,batch=8,batch=9", "'batch' is given twice" },
      { "builtin:digits,batch=abc", "option 'batch': a whole number expected, not 'abc'" },
      { "builtin:digits,batch=0", "option 'batch': at least 1 expected, not '0'" },
      { "builtin:digits,batch=5000", "builtin:digits: batch: 5000 rows, but the training part has 1259" },
      { "builtin:digits,momentum=1", "option 'momentum': below 1 expected, not '1'" },
      { "builtin:digits,momentum=nan", "option 'momentum': a number expected, not 'nan'" },
      { "builtin:digits,optimizer=adan", "option 'optimizer': unknown value 'adan' (did you mean 'adam'?)" },
      { "builtin:digits,optimizer=adam,momentum=0.5", "option 'momentum' is not for the optimizer adam" },
      { "builtin:digits,beta1=0.5", "option 'beta1' is not for the optimizer sgd" },
      { "builtin:digits,nesterov=true,momentum=0", "option 'nesterov': needs a momentum above 0" },
      { "builtin:digits,optimizer=schedulefree_sgd,beta1=0.5", "option 'beta1' is not for the optimizer schedulefree_sgd" },
      { "builtin:digits,optimizer=schedulefree_adamw,momentum=0.5", "option 'momentum' is not for the optimizer schedulefree_adamw" },
      { "builtin:digits,optimizer=schedulefree_sgd,nesterov=true", "option 'nesterov' is not for the optimizer schedulefree_sgd" },
      { "builtin:digits,optimizer=schedulefree_sgd,momentum=0", "option 'momentum': above 0 expected with schedulefree_sgd" },
      { "builtin:digits,activation=rely", "unknown value 'rely' (did you mean 'relu'?)" },
      { "builtin:digits,layers=64-x", "whole numbers of 1 to 65536 with dashes between them, or none, expected, not '64-x'" },
      { "builtin:digits,layers=0", "option 'layers'" },
      { "builtin:digits,layers=" .. ("8-"):rep(64) .. "8", "option 'layers': at most 64 hidden layers expected, not 65" },
      { "builtin:digits,file=x.csv", "unknown option 'file'" },
      { "builtin:csv,target=y", "builtin:csv: option 'file' is missing" },
      { "builtin:csv,file=x.csv", "builtin:csv: option 'target' is missing" },
    }
    for _, case in ipairs(cases) do
      expect_error(case[2], neap.backend, case[1])
      local trainer, problem, code = neap.backend.open(case[1])
      assert.is_nil(trainer)
      assert.equal("bad_argument", code)
      assert(problem:find(case[2], 1, true), problem)
    end
    expect_error("a text such as 'builtin:digits' expected, not a nil", neap.backend)
    expect_error("unknown option 'sede' (did you mean 'seed'?)", neap.backend, "builtin:digits", { sede = 1 })
    expect_error("a table of settings expected, not a number", neap.backend, "builtin:digits", 7)
  end)

  it("blames the line that called", function()
    assert.truthy(message_of(function() neap.backend "digits" end):find("^[^:]*backend_spec.lua:%d+: "))
    local trainer <close> = neap.backend "builtin:digits"
    assert.truthy(message_of(function() trainer:train(1, -1) end):find("^[^:]*backend_spec.lua:%d+: "))
    assert.truthy(message_of(function() trainer:restore(7) end):find("^[^:]*backend_spec.lua:%d+: a checkpoint expected"))
  end)

  it("comes back canonical, and opens the same trainer", function()
    local specs = {
      ["builtin:digits"] = "builtin:digits,layers=64,activation=relu,optimizer=sgd,momentum=0.9,batch=32,seed=5",
      ["builtin:digits,layers=none,optimizer=adamw,seed=9"] =
        "builtin:digits,layers=none,optimizer=adamw,beta1=0.9,beta2=0.999,epsilon=1e-08,weight_decay=0.01,batch=32,seed=9",
      ["builtin:digits,nesterov=yes,layers=8-4,activation=tanh,weight_decay=1e-4"] =
        "builtin:digits,layers=8-4,activation=tanh,optimizer=sgd,momentum=0.9,nesterov=true,weight_decay=0.0001,batch=32,seed=5",
    }
    for given, expected in pairs(specs) do
      local trainer <close> = neap.backend(given, { seed = 5 })
      assert.equal(expected, trainer.spec)
      local same <close> = neap.backend(trainer.spec)
      assert.equal(expected, same.spec)
      assert.same(trainer:train(20, 0.01), same:train(20, 0.01))
    end
  end)
end)

describe("a trainer", function()
  it("learns digits to 95 % of the test part and more", function()
    local trainer <close> = assert(neap.backend("builtin:digits,layers=64,optimizer=sgd,momentum=0.9,batch=32", { seed = 1 }))
    local losses = trainer:train(1200, rex(1200, 0.05))
    assert.equal(1200, #losses)
    local loss, metrics = trainer:evaluate { on = "test" }
    assert(metrics.accuracy >= 0.95, metrics.accuracy)
    assert(loss < 0.2)
    assert.is_nil(metrics.rmse)
  end)

  it("tells what it is", function()
    local trainer <close> = neap.backend("builtin:digits,batch=50", { seed = 3 })
    trainer:train(4, 0.01)
    assert.same({
      data = "digits", task = "classes", inputs = 64, classes = 10, train = 1259, validation = 269, test = 269,
      parameters = 64 * 64 + 64 + 64 * 10 + 10, batch = 50, layers = { 64 }, optimizer = "sgd", activation = "relu",
      seed = 3, steps = 4,
    }, trainer:info())
  end)

  it("takes a number, a list or a schedule", function()
    local a <close> = neap.backend "builtin:digits"
    local b <close> = neap.backend "builtin:digits"
    local c <close> = neap.backend "builtin:digits"
    local list = {}
    for i = 1, 30 do list[i] = 0.02 end
    local schedule = { values = function(_, first, count)
      assert.equal(0, first)
      return { table.unpack(list, 1, count) }
    end }
    local losses = a:train(20, 0.02)
    assert.same(losses, b:train(20, list))
    assert.same(losses, c:train(20, schedule))
    assert.same({}, a:train(0, 0.1))
  end)

  it("refuses rates that are none", function()
    local trainer <close> = neap.backend "builtin:digits"
    expect_error("rate -0.1: a finite number of at least 0 expected", trainer.train, trainer, 3, -0.1)
    expect_error("a finite number of at least 0 expected", trainer.train, trainer, 3, 0 / 0)
    expect_error("rate inf: a finite", trainer.train, trainer, 3, math.huge)
    expect_error("rate of step 2: a finite number of at least 0 expected, not x", trainer.train, trainer, 3, { 1, "x", 1 })
    expect_error("rate: a list of 2 for 3 steps", trainer.train, trainer, 3, { 1, 1 })
    expect_error("rate: a number, a list of numbers or a schedule expected, not a string", trainer.train, trainer, 3, "0.1")
    expect_error("rate: a number, a list of numbers or a schedule expected, not a nil", trainer.train, trainer, 3)
    expect_error("steps: a whole number from 0 to 2147483647 expected, not -1", trainer.train, trainer, -1, 0.1)
    expect_error("from 0 to 2147483647 expected, not 2147483648", trainer.train, trainer, 1 << 31, 0.1)
    expect_error("steps: a whole number from 0 to 2147483647 expected, not 1.5", trainer.train, trainer, 1.5, 0.1)
    assert.equal(0, trainer:info().steps)
  end)

  it("stops at a loss that is not finite, and comes back from it", function()
    local trainer <close> = neap.backend "builtin:digits"
    local start = trainer:save()
    local losses = trainer:train(50, 1e38)
    assert(#losses < 50)
    local last = losses[#losses]
    assert(last ~= last or last == math.huge)
    local loss = trainer:evaluate()
    assert(loss ~= loss or loss == math.huge)
    trainer:restore(start)
    assert.equal(50, #trainer:train(50, 0.01))
  end)

  it("evaluates on a part, or on its first batches", function()
    local trainer <close> = neap.backend "builtin:digits"
    trainer:train(50, 0.02)
    local validation = trainer:evaluate()
    assert.equal(validation, (trainer:evaluate { on = "validation" }))
    assert.not_equal(validation, (trainer:evaluate { on = "test" }))
    assert.not_equal(validation, (trainer:evaluate { batches = 1 }))
    assert.equal(validation, (trainer:evaluate { batches = 9 }))
    expect_error("evaluate: option 'on': unknown value 'tset' (did you mean 'test'?)", trainer.evaluate, trainer, { on = "tset" })
    expect_error("evaluate: unknown option 'batch' (did you mean 'batches'?)", trainer.evaluate, trainer, { batch = 1 })
    expect_error("option 'batches': at least 1 expected", trainer.evaluate, trainer, { batches = 0 })
  end)
end)

describe("a trainer's offers", function()
  it("follow from its optimizer", function()
    local expected = {
      ["sgd"] = { true, true }, ["sgd,momentum=0"] = { false, true }, ["adam"] = { true, true }, ["adamw"] = { true, true },
      ["schedulefree_sgd"] = { false, false }, ["schedulefree_adamw"] = { false, false },
    }
    for optimizer, words in pairs(expected) do
      local trainer <close> = neap.backend("builtin:digits,optimizer=" .. optimizer)
      local all = { momentum = words[1], averaging = words[2], test = true, restore = true, durable = true, blending = true }
      assert.same(all, trainer.offers)
    end
  end)

  it("let the momentum change from step to step", function()
    local a <close> = neap.backend "builtin:digits"
    local b <close> = neap.backend "builtin:digits"
    local list = {}
    for i = 1, 20 do list[i] = 0.9 end
    assert.same(a:train(20, 0.01), b:train(20, 0.01, list))
    list[1] = 0.5
    assert.not_same(a:train(20, 0.01, 0.9), b:train(20, 0.01, list))
    expect_error("momentum 1.0: a number of at least 0 and below 1 expected", a.train, a, 1, 0.1, 1.0)
    expect_error("momentum of step 2: a number of at least 0 and below 1 expected, not -1", a.train, a, 2, 0.1, { 0.5, -1 })
    expect_error("momentum: a list of 1 for 2 steps", a.train, a, 2, 0.1, { 0.5 })
    local free <close> = neap.backend "builtin:digits,optimizer=schedulefree_sgd"
    expect_error("momentum: the optimizer schedulefree_sgd has none that could change", free.train, free, 1, 0.1, 0.5)
  end)

  it("keep an average of the weights", function()
    local trainer <close> = neap.backend "builtin:digits"
    expect_error("there is no average", trainer.evaluate, trainer, { weights = "average" })
    expect_error("there is no average", trainer.average, trainer, "adopt")
    assert.is_true(trainer:average "stop")
    assert.is_true(trainer:average "start")
    expect_error("the average is empty", trainer.average, trainer, "adopt")
    trainer:train(200, 0.1)
    local now, average = trainer:evaluate(), trainer:evaluate { weights = "average" }
    assert.not_equal(average, now)
    local checkpoint = trainer:save()
    trainer:average "stop"
    expect_error("there is no average", trainer.evaluate, trainer, { weights = "average" })
    trainer:restore(checkpoint)
    assert.equal(average, (trainer:evaluate { weights = "average" }))
    assert.is_true(trainer:average "adopt")
    assert.equal(average, (trainer:evaluate()))
    expect_error("average: 'start', 'adopt' or 'stop' expected, not 'begin'", trainer.average, trainer, "begin")
    local free <close> = neap.backend "builtin:digits,optimizer=schedulefree_adamw"
    expect_error("the weights of the optimizer schedulefree_adamw are an average already", free.average, free, "start")
  end)
end)

describe("a blend", function()
  it("moves what is evaluated along the line to a checkpoint, and nothing else", function()
    for _, optimizer in ipairs { "sgd", "adam", "schedulefree_sgd", "schedulefree_adamw" } do
      local trainer <close> = neap.backend("builtin:digits,layers=none,optimizer=" .. optimizer)
      trainer:train(5, 0.01)
      local early = trainer:save()
      local first = trainer:evaluate()
      trainer:train(50, 0.01)
      local late, last = trainer:save(), trainer:evaluate()
      trainer:blend(early, 0)
      assert.equal(last, (trainer:evaluate()))
      trainer:blend(early, 1)
      assert.is_near(first, trainer:evaluate(), 1e-6)
      local function loss_at(share)
        trainer:restore(late)
        trainer:blend(early, share)
        return (trainer:evaluate())
      end
      assert(loss_at(0.5) < (first + last) / 2)   -- the loss of a softmax is convex
      assert(loss_at(-1) < last)                  -- and still on its way down
      trainer:restore(late)
      local once = trainer:train(20, 0.01)
      trainer:restore(late)
      trainer:blend(early, 0)
      assert.same(once, trainer:train(20, 0.01))
    end
  end)

  it("refuses what is no share and no checkpoint of its own", function()
    local trainer <close> = neap.backend "builtin:digits"
    local other <close> = neap.backend "builtin:digits"
    expect_error("share: a finite number expected", trainer.blend, trainer, trainer:save(), 0 / 0)
    expect_error("a checkpoint expected, not a nil", trainer.blend, trainer, nil, 0.5)
    expect_error("the checkpoint is of another trainer", trainer.blend, trainer, other:save(), 0.5)
  end)
end)

describe("a checkpoint", function()
  it("repeats training bit for bit, however many are alive", function()
    for _, optimizer in ipairs { "sgd", "adam", "schedulefree_sgd", "schedulefree_adamw" } do
      local trainer <close> = neap.backend("builtin:digits,batch=100,optimizer=" .. optimizer)
      local start = trainer:save()
      local first = trainer:train(20, 0.01)
      local middle = trainer:save()
      local second = trainer:train(20, 0.01)
      local loss = trainer:evaluate()
      trainer:restore(middle)
      assert.same(second, trainer:train(20, 0.01))
      assert.equal(loss, (trainer:evaluate()))
      trainer:restore(start)
      assert.same(first, trainer:train(20, 0.01))
      assert.same(second, trainer:train(20, 0.01))
    end
  end)

  it("is of its trainer, and of no use once dropped", function()
    local trainer <close> = neap.backend "builtin:digits"
    local other <close> = neap.backend "builtin:digits"
    local checkpoint = trainer:save()
    expect_error("the checkpoint is of another trainer", other.restore, other, checkpoint)
    expect_error("the checkpoint is of another trainer", other.drop, other, checkpoint)
    trainer:drop(checkpoint)
    expect_error("the checkpoint was dropped", trainer.restore, trainer, checkpoint)
    expect_error("the checkpoint was dropped", trainer.drop, trainer, checkpoint)
    expect_error("a checkpoint expected, not a table", trainer.restore, trainer, {})
  end)

  it("in a file outlives its trainer, and a copy of that goes there", function()
    local file = program.file("", ".neap")
    local once, later
    do
      local trainer <close> = assert(neap.backend("builtin:digits", { seed = 3 }))
      trainer:train(40, 0.1)
      trainer:average "start"
      trainer:train(2, 0.1)
      assert.same({ file = file }, trainer:save { file = file })
      once = trainer:train(30, 0.05)
      later = trainer:evaluate { weights = "average" }
    end
    local copy <close> = assert(neap.backend("builtin:digits", { seed = 4 }))
    assert.is_true(copy:restore { file = file })
    assert.same(once, copy:train(30, 0.05))
    assert.equal(later, (copy:evaluate { weights = "average" }))
    local other <close> = assert(neap.backend "builtin:digits,layers=8")
    local _, problem, code = other:restore { file = file }
    assert.equal("bad_data", code)
    assert.matches("neap: the checkpoint is of a training with other data or settings$", problem)
    assert.is_true(copy:drop { file = file })
    _, problem, code = copy:restore { file = file }
    assert.same({ "not_found", file .. ": No such file or directory" }, { code, problem })
    assert.equal("io", select(3, copy:drop { file = file }))
    assert.equal("io", select(3, copy:save { file = "no/folder/here" }))
  end)

  it("that is forgotten leaves no memory behind", function()
    local trainer <close> = neap.backend "builtin:digits,layers=512"
    local function resident()
      local file <close> = io.open("/proc/self/statm")
      return file and math.tointeger(file:read("a"):match("^%d+ (%d+)")) * 4096 or 0
    end
    for _ = 1, 100 do trainer:save() end
    local before = resident()
    for _ = 1, 3000 do trainer:save() end   -- 900 MB, were they kept
    assert(resident() - before < 600e6)
  end)
end)

describe("a closed trainer", function()
  it("says so", function()
    local trainer = neap.backend "builtin:digits"
    local checkpoint = trainer:save()
    trainer:close()
    trainer:close()
    expect_error("the trainer is closed", trainer.train, trainer, 1, 0.1)
    expect_error("the trainer is closed", trainer.evaluate, trainer)
    expect_error("the trainer is closed", trainer.save, trainer)
    expect_error("the trainer is closed", trainer.restore, trainer, checkpoint)
    expect_error("the trainer is closed", trainer.info, trainer)
  end)

  it("is one that left its scope", function()
    local kept
    do
      local trainer <close> = neap.backend "builtin:digits"
      kept = trainer
    end
    expect_error("the trainer is closed", kept.evaluate, kept)
  end)
end)

describe("builtin:csv", function()
  local function table_of(rows, line)
    local lines = { "a,b,y" }
    for i = 1, rows do lines[i + 1] = line(i) end
    return table.concat(lines, "\n") .. "\n"
  end

  local function open(text, more)
    local trainer, problem, code
    with_file(text, function(name)
      trainer, problem, code = neap.backend(("builtin:csv,file=%s,target=y%s"):format(name, more or ""))
      problem = problem and problem:gsub("^.*/", "")
    end)
    return trainer, problem, code
  end

  it("fits a line", function()
    local trainer <close> = assert(open(table_of(200, function(i)
      local a, b = math.sin(i), math.cos(3 * i)
      return ("%.9f,%.9f,%.9f"):format(a, b, 100 + 20 * a - 30 * b)
    end), ",layers=none"))
    assert.equal("regression", trainer:info().task)
    assert.is_nil(trainer:info().classes)
    trainer:train(300, 0.05)
    local loss, metrics = trainer:evaluate { on = "test" }
    assert(loss < 1e-6 and metrics.rmse < 0.05 and metrics.r2 > 0.9999)
    assert.is_nil(metrics.accuracy)
  end)

  it("learns classes", function()
    local trainer <close> = assert(open(table_of(300, function(i)
      local a, b = math.sin(i), math.cos(3 * i)
      return ("%.9f,%.9f,%d"):format(a, b, a * b > 0 and 7 or -2)
    end), ",optimizer=adam"))
    assert.equal(2, trainer:info().classes)
    trainer:train(600, 0.02)
    local _, metrics = trainer:evaluate { on = "test" }
    assert(metrics.accuracy > 0.85, metrics.accuracy)
  end)

  it("says in one line what is wrong with the data", function()
    local function good(i) return ("%d,%d,%d"):format(i, i * i, i % 2) end
    local cases = {
      { "", "no header: a row of column names expected", "bad_data" },
      { "a,b,y\n", "target 'y': 0 rows of data: at least 3 expected", "too_few" },
      { "y\n1\n2\n3\n", "target 'y': one column: one at least is expected beside the target", "bad_data" },
      { table_of(60, good) .. "1,2\n", ":62: 2 fields, 3 expected as in the header", "bad_data" },
      { table_of(60, good) .. "1,two,3\n", ":62: column 'b': 'two' is not a finite number", "bad_data" },
      { table_of(60, function() return "1,2,5" end), "every row has the target 5: two different ones at least expected", "bad_data" },
      { table_of(60, good):gsub("a,b,y", "alpha,beta,yy", 1), "no column 'y' (did you mean 'yy'?)", "not_found" },
      { table_of(60, good):gsub("y", "b", 1):gsub("a,b", "y,y", 1), "two columns are called 'y'", "bad_data" },
      { table_of(60, function(i) return ("%d,1,%d.5"):format(i, i) end), "the targets are not all whole numbers, as classes are",
        "bad_data", ",task=classes" },
      { "y" .. (",a"):rep(1000000) .. "\n", ":1: more than 65536 columns in a row", "bad_data" },
    }
    for _, case in ipairs(cases) do
      local trainer, problem, code = open(case[1], case[4])
      if code == nil then error("opened: " .. case[2]) end
      assert.is_nil(trainer)
      assert(problem:find(case[2], 1, true), problem)
      assert.is_nil(problem:find("\n"))
      assert.equal(case[3], code)
    end
  end)

  it("wants its file", function()
    local trainer, problem, code = neap.backend "builtin:csv,file=none.csv,target=y"
    assert.is_nil(trainer)
    assert.equal("none.csv: No such file or directory", problem)
    assert.equal("not_found", code)
  end)
end)

describe("builtin:fashion", function()
  local folder = "/usr/share/datasets/fashion-mnist"

  it("splits 50,000, 10,000 and 10,000, and learns", function()
    local trainer <close> = assert(neap.backend "builtin:fashion,layers=32")
    local info = trainer:info()
    assert.same({ 784, 10, 50000, 10000, 10000 }, { info.inputs, info.classes, info.train, info.validation, info.test })
    trainer:train(100, 0.05)
    local loss, metrics = trainer:evaluate { on = "test", batches = 10 }
    assert(loss < 1 and metrics.accuracy > 0.65)
  end)

  it("names the package that is missing", function()
    local trainer, problem, code = neap.backend "builtin:fashion,file=none"
    assert.is_nil(trainer)
    assert.equal("not_found", code)
    assert.equal("none/train-images-idx3-ubyte.gz: No such file or directory (apt-get install dataset-fashion-mnist)", problem)
  end)

  it("knows a file that is cut short", function()
    local place = os.tmpname()
    os.remove(place)
    assert(os.execute("mkdir " .. place))
    local names = { "train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1" }
    for i, name in ipairs(names) do
      local from <close> = assert(io.open(("%s/%s-ubyte.gz"):format(folder, i == 1 and names[3] or i == 2 and names[4] or name), "rb"))
      local to <close> = assert(io.open(("%s/%s-ubyte.gz"):format(place, name), "wb"))
      local text = from:read("a")
      to:write(i == 3 and text:sub(1, #text // 2) or text)
    end
    local trainer, problem, code = neap.backend("builtin:fashion,file=" .. place)
    os.execute("rm -r " .. place)
    assert.is_nil(trainer)
    assert.equal("bad_data", code)
    assert.equal(place .. "/t10k-images-idx3-ubyte.gz: ends in its data: the file is cut short", problem)
  end)
end)

describe("neap.backend.kinds", function()
  it("takes kinds of the user's own", function()
    neap.backend.kinds.echo = "spec.echo"
    package.loaded["spec.echo"] = { open = function(name, values, settings)
      return { name = name, values = values, seed = settings.seed }
    end }
    assert.same({ name = "tcp:HOST:1", values = { a = "b" }, seed = 4 }, neap.backend("echo:tcp:HOST:1,a=b", { seed = 4 }))
    neap.backend.kinds.echo = nil
    assert.equal(" (did you mean 'builtin'?)", options.hint("buitlin", neap.backend.kinds))
  end)
end)

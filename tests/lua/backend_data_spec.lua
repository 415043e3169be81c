-- The data sets of the embedded backend: tables of the user's, and Fashion-MNIST.
local neap = require "neap"

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

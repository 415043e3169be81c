-- The tasks of make bench-drawn: each follows from its number alone, and names a training that the embedded backend accepts.

local backend = require "neap.backend"
local former = package.path
package.path = "tests/bench/drawn/?.lua;tests/bench/policies/?.lua;" .. package.path
local drawing = require "drawing"
local tasks = require "tasks"
package.path = former

local SETTINGS <const> = { seed = 1 }

describe("a drawn task", function()
  it("follows from its number, whatever was drawn before", function()
    local first = drawing.draw(7)
    for number = 1, 20 do drawing.draw(number) end
    math.randomseed(1)
    assert.same(first, drawing.draw(7))
    assert.not_same(first, drawing.draw(8))
  end)

  it("stays within what doc/methods.md says of it", function()
    for number = 1, 2000 do
      local drawn = drawing.draw(number)
      local training, t = drawn.training, drawn.table
      assert.is_true(#training.layers <= 4)
      for _, units in ipairs(training.layers) do assert.is_true(units >= 8 and units <= 256) end
      assert.is_true(training.batch >= 4 and training.batch <= 256)
      assert.is_true(training.budget >= 200 and training.budget <= 6000)
      if t then
        assert.is_true(t.rows >= 100 and t.rows <= 20000 and training.batch <= 0.7 * t.rows)
        assert.is_true(t.useful >= 2 and t.useful <= t.columns and t.columns <= 60)
        assert.is_true(t.classes == 0 or t.classes >= 2 and t.classes <= 10)
        assert.is_true(t.noise >= 0 and t.noise < 0.9)
      end
    end
  end)

  it("draws every kind of data, optimizer and activation", function()
    local seen = {}
    for number = 1, 300 do
      local drawn = drawing.draw(number)
      for _, word in ipairs { drawn.data, drawn.training.optimizer, drawn.training.activation } do seen[word] = true end
    end
    for _, word in ipairs { "digits", "fashion", "linear", "teacher", "clusters", "spirals", "checkers", "sgd", "adam", "adamw", "relu",
        "tanh" } do
      assert.is_true(seen[word], word)
    end
  end)
end)

describe("the list of drawn tasks", function()
  it("has forty open and sixty closed, each with a name of its own", function()
    local count, names = { open = 0, closed = 0 }, {}
    for _, task in ipairs(tasks.list) do
      count[task.half] = count[task.half] + 1
      assert.is_nil(names[task.name])
      names[task.name] = true
      assert.equal(task.half == "open", task.name:find "^drawn%-0" ~= nil)
    end
    assert.same({ open = 40, closed = 60 }, count)
  end)

  it("has trainings that the backend accepts: all it lacks is the data", function()
    for _, task in ipairs(tasks.list) do
      local spec = task.spec:gsub("file=[^,]*", "file=/nowhere.csv"):gsub(":fashion", ":fashion,file=/nowhere")
      local trainer, problem, code = backend.open(spec, SETTINGS)
      if trainer then trainer:close() else assert.equal("not_found", code, problem) end
    end
  end)

  it("is the one whose results are kept", function()
    local names, rows = {}, 0
    for _, task in ipairs(tasks.list) do names[task.name] = task end
    for line in io.lines "tests/bench/drawn/results.csv" do
      local name, budget = line:match "^(drawn[^,]*),(%d+),"
      if name then
        assert.is_table(names[name], name)
        assert.equal(names[name].budgets[1], tonumber(budget))
        rows = rows + 1
      end
    end
    assert.is_true(rows > 0)
  end)
end)

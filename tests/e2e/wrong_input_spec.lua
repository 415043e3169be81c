-- Every ordinary mistake: one line on standard error that names it, status 1 or 2, no traceback, nothing half-written.
local program = require "program"

--- Run and expect: one line, this status, and each of the plain texts in it.
local function refuses(status, command, ...)
  local ran = program.shell(command)
  assert.equal(1, #program.lines(ran.err), "one line expected, not: " .. ran.err)
  assert.matches("^neap: ", ran.err)
  assert.is_nil(ran.err:find("traceback", 1, true))
  for _, text in ipairs { ... } do
    assert.is_truthy(ran.err:find(text, 1, true), ("'%s' expected in: %s"):format(text, ran.err))
  end
  assert.equal(status, ran.status, ran.err)
  assert.is_nil(ran.out:find('"result"', 1, true))
end

local function with_csv(text, check)
  local file = program.file(text, ".csv")
  local ok, problem = pcall(check, file)
  os.remove(file)
  if not ok then error(problem, 0) end
end

local function csv(file, target)
  return ("@neap run rex --budget 50 --backend builtin:csv,file=%s,target=%s"):format(file, target or "y")
end

describe("an unknown name is answered with the nearest known one:", function()
  it("recipe", function() refuses(2, "@neap run autolr", "'autolr'", "autolrs") end)
  it("an option of no recipe, where none is named", function() refuses(2, "@neap run --peek 1", "unknown option '--peek'") end)
  it("an option alone", function() refuses(2, "@neap run --jsn", "unknown option '--jsn' (did you mean '--json'?)") end)
  it("option of neap plot", function() refuses(2, "@neap plot 'rex(9)' --widht 9", "(did you mean '--width'?); see neap plot --help") end)
  it("option", function() refuses(2, "@neap run rex --peek 0.1", "--peek", "did you mean '--peak'?") end)
  it("option of another recipe", function() refuses(2, "@neap run rex --kappa 2", "--kappa") end)
  it("backend kind", function() refuses(2, "@neap run rex --backend bultin:digits", "'bultin'", "builtin") end)
  it("data set", function() refuses(2, "@neap run rex --backend builtin:digit", "'digit'", "digits") end)
  it("backend key", function() refuses(2, "@neap run rex --backend builtin:digits,momentm=0.9", "'momentm'", "momentum") end)
  it("backend value", function() refuses(2, "@neap run rex --backend builtin:digits,optimizer=sdg", "'sdg'", "sgd") end)
  it("profile", function() refuses(2, "@neap run schedule --profile cosin", "'cosin'", "cosine") end)
  it("variant", function() refuses(2, "@neap run autolrs --variant papr", "'papr'", "paper") end)
  it("kernel", function() refuses(2, "@neap run autolrs --kernel matern51", "'matern51'", "matern52") end)
  it("acquisition, in a script", function()
    refuses(1, [[@neap -e 'require "neap".bayesopt { space = { lr = { 1e-3, 1 } }, acquisition = "lbc" }']], "'lbc'", "lcb")
  end)
  it("key in an options table, in a script", function()
    refuses(1, [[@neap -e 'require "neap".bayesopt { space = { lr = { 1e-3, 1 } }, kapa = 2 }']], "'kapa'", "kappa")
  end)
end)

describe("a training program goes after '--':", function()
  it("beside a recipe", function() refuses(2, "@neap run autopilot python3 train.py", "unexpected 'python3'", "after '--'") end)
  it("in place of a recipe", function()
    refuses(2, "@neap run ./train.py", "'./train.py' is no recipe", "neap run autopilot -- python3 ./train.py")
  end)
  it("in place of a script", function() refuses(1, "@neap train.py", "'train.py' is no script of Lua", "-- python3 train.py") end)
  it("and a range is one word", function() refuses(2, "@neap run autolrs --lr 1e-4:1 1", "unexpected '1'") end)
end)

describe("a value out of its range names the option, the value and what was expected:", function()
  for _, lr in ipairs { "1:0.1", "-1:0.1", "nan:1", "abc", "0:1", "0.1", "0.1:inf", "0.1:0.1" } do
    it("--lr " .. lr, function() refuses(2, "@neap run autolrs --lr=" .. lr, "--lr", lr) end)
  end
  for _, budget in ipairs { "0", "-5", "1.5", "many", "1e99" } do
    it("--budget " .. budget, function() refuses(2, "@neap run rex --budget=" .. budget, "--budget", budget) end)
  end
  it("a budget smaller than one stage", function()
    refuses(2, "@neap run autolrs --budget 1999 --tau 1000", "1999", "one stage", "2000")
  end)
  it("a warm-up longer than the budget", function() refuses(2, "@neap run rex --budget 10 --warmup 10", "warmup", "10") end)
  for _, peak in ipairs { "0", "-1", "nan", "x" } do
    it("--peak " .. peak, function() refuses(2, "@neap run rex --peak=" .. peak, "--peak", peak) end)
  end
  it("--seed -1, in two words", function() refuses(2, "@neap run rex --seed -1", "--seed", "at least 0", "-1") end)
  it("--d", function() refuses(2, "@neap run rex --d 1", "--d", "below 1") end)
  it("a backend's number", function() refuses(2, "@neap run rex --backend builtin:digits,batch=0", "batch", "0") end)
  it("a batch larger than the data", function() refuses(2, "@neap run rex --backend builtin:digits,batch=100000", "batch", "100000") end)
  it("layers", function() refuses(2, "@neap run rex --backend builtin:digits,layers=64-x", "layers", "64-x") end)
end)

describe("a CSV file", function()
  it("that is missing", function() refuses(1, csv "/nowhere/f.csv", "/nowhere/f.csv") end)
  it("with a ragged row names the line", function()
    with_csv("a,b,y\n1,2,0\n1,2\n", function(f) refuses(1, csv(f), f .. ":3", "2", "3") end)
  end)
  it("with text in a number names line, column and text", function()
    with_csv("a,b,y\n1,2,0\n1,two,1\n", function(f) refuses(1, csv(f), f .. ":3", "b", "two") end)
  end)
  it("without the target column names the nearest", function()
    with_csv("a,b,label\n1,2,0\n1,3,1\n", function(f) refuses(1, csv(f, "labl"), "labl", "label") end)
  end)
  it("with one class", function()
    local rows = { "a,y" }
    for i = 1, 40 do rows[#rows + 1] = i .. ",1" end
    with_csv(table.concat(rows, "\n"), function(f) refuses(1, csv(f), "every row has the target 1") end)
  end)
  it("with no rows", function() with_csv("a,y\n", function(f) refuses(1, csv(f), f, "row") end) end)
  it("that is empty", function() with_csv("", function(f) refuses(1, csv(f), f) end) end)
  it("with a million columns", function()
    with_csv(("1,"):rep(999999) .. "1\n", function(f) refuses(1, csv(f), f .. ":1", "columns") end)
  end)
  it("that cannot be a file", function() refuses(1, csv "/", "/") end)
end)

describe("what cannot be written", function()
  it("is said when standard output is full", function()
    refuses(1, "@neap run rex --budget 50 --json >/dev/full", "standard output cannot be written")
    refuses(1, "@neap recipes >/dev/full", "standard output cannot be written")
  end)
end)

describe("a script", function()
  it("that is missing", function() refuses(1, "@neap /nowhere/script.lua", "/nowhere/script.lua") end)
  it("with a mistake in it", function()
    local file = program.file("local x = = 1\n", ".lua")
    refuses(1, "@neap " .. file, file .. ":1")
    os.remove(file)
  end)
  it("that raises", function()
    local file = program.file("local t = nil\nprint(t.x)\n", ".lua")
    refuses(1, "@neap " .. file, file .. ":2")
    os.remove(file)
  end)
  it("that is no recipe", function()
    local file = program.file("return 1\n", ".lua")
    refuses(2, "@neap run " .. file, file, "neap.recipe")
    os.remove(file)
  end)
  it("option that does not exist", function() refuses(2, "@neap -q", "'-q'") end)
  it("or command that does not exist", function() refuses(1, "@neap recipe", "no command and no script 'recipe'", "recipes") end)
end)

describe("a recipe of the user's", function()
  local function recipe(body)
    return program.file(('local neap = require "neap"\nreturn neap.recipe { summary = "mine", options = { rate = 0.05 },\n'
      .. 'function(run, o) %s end }\n'):format(body), ".lua")
  end

  it("that fails says why", function()
    local file = recipe 'return nil, "no good rate"'
    refuses(1, "@neap run " .. file .. " --json", "no good rate")
    os.remove(file)
  end)
  it("that trains past its budget is told so", function()
    local file = recipe "run:train(100, o.rate) run:train(100, o.rate)"
    refuses(1, "@neap run " .. file .. " --budget 100 --json", "budget of 100 steps is spent", file)
    os.remove(file)
  end)
  it("that mistypes a call is told where", function()
    local file = recipe "run:trian(100, o.rate)"
    refuses(1, "@neap run " .. file .. " --json", file .. ":3", "trian")
    os.remove(file)
  end)
  it("that is declared wrongly is told where", function()
    local file = program.file('return require "neap".recipe { summary = 5, function() end }', ".lua")
    refuses(2, "@neap run " .. file, file .. ": neap.recipe: 'summary', a line of text, expected")
    os.remove(file)
  end)
  it("with an option that neap run has", function()
    local file = program.file('return require "neap".recipe { summary = "mine", options = { budget = 5 }, function() end }', ".lua")
    refuses(2, "@neap run " .. file, "option 'budget': the name is taken")
    os.remove(file)
  end)
  it("that refuses without a reason", function()
    local file = program.file('return require "neap".recipe { summary = "mine", prepare = function() end, function() end }', ".lua")
    refuses(2, "@neap run " .. file, "refuses its options, and does not say why")
    os.remove(file)
  end)
  it("that asks the trainer for what it cannot do", function()
    local file = recipe 'run:evaluate { on = "tset" }'
    refuses(1, "@neap run " .. file .. " --json", "neap: evaluate: option 'on': unknown value 'tset'")
    os.remove(file)
  end)
  it("that asks for half a step is told so", function()
    local file = recipe "run:train(0.5, o.rate)"
    refuses(1, "@neap run " .. file .. " --json", file .. ":3", "0.5")
    os.remove(file)
  end)
end)

-- The tables of make bench-drawn: tables.py writes the same ones from the same lines, and the embedded backend reads them.

local program = require "program"

-- number kind rows columns useful classes difficulty noise heavy
local LINES <const> = [[
1 linear 120 5 3 0 0.7 0.1 0
2 teacher 120 4 4 3 0.9 0.2 0.8
3 clusters 120 3 2 0 0.5 0 0
4 spirals 120 2 2 3 0.4 0.1 0
5 checkers 120 3 2 2 0.3 0 0.5
]]

local PYTHON <const> = os.getenv "PYTHON" or "/usr/bin/python3"

--- A new folder with the tables.
local function write()
  local list, folder = program.file(LINES), program.file ""
  os.remove(folder)
  local result = program.shell(("%s tests/bench/drawn/tables.py %s < %s"):format(PYTHON, folder, list))
  os.remove(list)
  assert.equal("", result.err)
  return folder
end

describe("tables.py", function()
  local first, second
  setup(function()
    first, second = write(), write()
  end)
  teardown(function() program.shell(("rm -r %s %s"):format(first, second)) end)

  it("writes the same tables again", function()
    for number = 1, 5 do
      local text = program.read(("%s/%d.csv"):format(first, number))
      assert.equal(121, #program.lines(text))
      assert.equal(text, program.read(("%s/%d.csv"):format(second, number)))
    end
  end)

  it("writes tables that can be trained on", function()
    for number, task in ipairs { "regression", "classes", "regression", "classes", "classes" } do
      local spec = ("builtin:csv,file=%s/%d.csv,target=y,task=%s"):format(first, number, task)
      local result = program.neap("run", "rex", "--backend", spec, "--budget", 20, "--peak", 0.001, "--quiet")
      assert.equal(0, result.status, result.err)
    end
  end)
end)

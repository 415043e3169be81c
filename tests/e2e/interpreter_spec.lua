-- neap as a Lua interpreter, its prompt, and recipes of the user's own.
local program = require "program"

local function out(command)
  local ran = program.shell(command)
  assert.equal("", ran.err)
  assert.equal(0, ran.status)
  return ran.out
end

describe("neap runs Lua as lua5.4 does:", function()
  it("-e, -l, -v and their order", function()
    assert.equal("3\n", out "@neap -e 'x = 1' -e 'print(x + 2)'")
    assert.equal("0.1.0\n", out "@neap -l neap -e 'print(neap.version)'")
    assert.equal("0.1.0\n", out "@neap -l n=neap -e 'print(n.version)'")
    assert.matches("^neap 0%.1%.0", out "@neap -v")
  end)

  it("a script gets its arguments, and arg", function()
    local file = program.file("print(arg[0] ~= nil, #arg, arg[1], ...)\n", ".lua")
    assert.equal("true\t2\ta\ta\tb c\n", out("@neap " .. file .. " a 'b c'"))
    os.remove(file)
  end)

  it("a script from standard input", function()
    assert.equal("2\n", out "echo 'print(1 + 1)' | @neap")
    assert.equal("2\tx\n", out "echo 'print(1 + 1, ...)' | @neap - x")
  end)

  it("the exit status of os.exit", function()
    assert.equal(7, program.shell("@neap -e 'os.exit(7)'").status)
  end)

  it("an interrupt ends a long run at once, with a clear line", function()
    local ran = program.shell [[timeout -s INT 2 @neap run rex --budget 1000000000 --quiet]]
    assert.not_equal(0, ran.status)
    assert.matches("interrupted", ran.err)
  end)
end)

describe("the prompt", function()
  it("prints values, takes unfinished lines, survives mistakes", function()
    local text = out "printf '1 + 1, nil\\nfor i = 1, 2 do\\nprint(i)\\nend\\n#neap.version\\n' | @neap -i"
    assert.matches("2\tnil\n", text)
    assert.matches("1\n2\n", text)
    assert.matches("5\n", text)
    local ran = program.shell "printf 'x = = 1\\nerror(\"oops\")\\n40 + 2\\n' | @neap -i"
    assert.equal(0, ran.status)
    assert.equal(2, #program.lines(ran.err))
    assert.matches("42\n", ran.out)
  end)
end)

describe("a recipe of the user's own", function()
  local TEXT = [[
    local neap = require "neap"
    return neap.recipe {
      summary = "halve the rate each time",
      options = { rate = { 0.1, "first rate", above = 0 } },
      function(run, o)
        local rate = o.rate
        while run:left() > 0 do
          local here = run:save()
          run:train(40, rate)
          if run:left() > 0 and run.random:uniform() < 0.3 then run:restore(here) end
          run:drop(here)
          rate = rate / 2
        end
      end,
    }]]

  it("runs by its path and by its name, and counts what it threw away", function()
    local folder = program.file ""
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    local file = folder .. "/halving.lua"
    os.rename(program.file(TEXT), file)
    local by_path = out("@neap run " .. file .. " --budget 200 --rate 0.2 --quiet --seed 3")
    local by_name = out(("NEAP_RECIPES=%s @neap run halving --budget 200 --rate 0.2 --quiet --seed 3"):format(folder))
    assert.matches("^steps 200 total = %d+ search %+ %d+ train", by_path)
    assert.equal(by_path, by_name)
    assert.matches("halving%s+halve the rate each time", out(("NEAP_RECIPES=%s @neap recipes"):format(folder)))
    assert.matches("%-%-rate", out(("NEAP_RECIPES=%s @neap run halving --help"):format(folder)))
    os.execute("rm -r " .. folder)
  end)
end)

describe("the library", function()
  it("runs a recipe from a script and returns its result", function()
    local file = program.file([[
      local neap = require "neap"
      local result = assert(neap.run("rex", { backend = "builtin:digits", budget = 100, options = { peak = 0.05 } }))
      print(result.steps.total, #result.run.rates)
      print(neap.run("rex", { options = { peek = 1 } }))
      print(neap.run("rex", { budgt = 1 }))]], ".lua")
    local lines = program.lines(out("@neap " .. file))
    os.remove(file)
    assert.equal("100\t100", lines[1])
    assert.matches("^nil\tunknown option 'peek' %(did you mean 'peak'%?%)\tusage$", lines[2])
    assert.matches("^nil\tunknown option 'budgt' %(did you mean 'budget'%?%)\tusage$", lines[3])
  end)
end)

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

  it("the kernels of BLAS that were asked for; those of its own choice are not for the programs that it starts", function()
    local kernels = [[@neap -e 'print(require("neap.engine").kernels())']]
    assert.matches("^Prescott\n$", out("OPENBLAS_CORETYPE=Prescott " .. kernels))
    assert.matches("^%w+\n$", out("env -u OPENBLAS_CORETYPE " .. kernels))
    local ran = program.shell [[env -u OPENBLAS_CORETYPE @neap -e 'os.execute "env"' | grep -E "OPENBLAS_CORETYPE|NEAP_OWN"]]
    assert.equal("", ran.out)
  end)

  it("arguments that are empty or have spaces, on whatever kernels", function()
    assert.equal("3\t\ta  b\t-e\n", out [[env -u OPENBLAS_CORETYPE @neap -e 'print(#arg, table.unpack(arg))' - '' 'a  b' -e </dev/null]])
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

describe("Ctrl-C in a script", function()
  --- What a script prints that is interrupted once it has begun, and again and again until it ends.
  local function interrupted(text)
    local file, said = program.file('io.write "begun\\n" io.flush()\n' .. text, ".lua"), os.tmpname()
    local ran = program.shell(([[
      @neap %s >%s & script=$!
      for i in $(seq 1000); do [ -s %s ] && break; sleep 0.02; done
      (for i in $(seq 40); do sleep 0.5; kill -INT $script || break; done; kill -KILL $script) 2>/dev/null & signals=$!
      wait $script; status=$?; kill $signals; cat %s; exit $status]]):format(file, said, said, said))
    os.remove(file)
    os.remove(said)
    ran.out = ran.out:gsub("^begun\n", "")
    return ran
  end

  it("is caught by pcall: in a loop, in one long call, in a run; then the script goes on", function()
    local ran = interrupted [[
      local neap = require "neap"
      print(pcall(function() while true do end end))
      local trainer <close> = assert(neap.backend "builtin:digits")
      print(pcall(trainer.train, trainer, 2000000000, 1e-4))
      print(trainer:info().steps > 0, trainer:evaluate() > 0)
      local result, problem, kind = neap.run("rex", { backend = trainer, budget = 1000000000, options = { peak = 1e-4 } })
      print(result, problem:match "interrupted after", kind)
    ]]
    assert.equal("", ran.err)
    assert.equal(0, ran.status)
    local lines = program.lines(ran.out)
    assert.matches("^false\t.*interrupted$", lines[1])
    assert.same({ "false\tinterrupted", "true\ttrue", "nil\tinterrupted after\tinterrupted" }, table.move(lines, 2, 4, 1, {}))
  end)

  it("is heard in coroutines, by whoever runs", function()
    local ran = interrupted [[
      local busy = coroutine.create(function() while true do end end)
      print(coroutine.resume(busy))
      print(coroutine.status(busy), select("#", coroutine.resume(busy)))
      local inner
      local outer = coroutine.wrap(function()
        inner = coroutine.wrap(function() while true do end end)
        print("inner", pcall(inner))
        while true do end
      end)
      print("outer", pcall(outer))
      local turns = coroutine.create(function() while true do coroutine.yield() end end)
      print("turns", pcall(function() while true do assert(coroutine.resume(turns)) end end))
    ]]
    assert.equal("", ran.err)
    assert.equal(0, ran.status)
    local lines = program.lines(ran.out)
    for i, pattern in ipairs { "^false\t.*interrupted$", "^dead\t2$", "^inner\tfalse\t.*interrupted$",
      "^outer\tfalse\t.*interrupted$", "^turns\tfalse\t.*interrupted$" } do
      assert.matches(pattern, lines[i])
    end
  end)

  it("that nobody catches ends it, with a line", function()
    local ran = interrupted "coroutine.wrap(function() while true do end end)()"
    assert.equal(1, ran.status)
    assert.matches("^neap: [^\n]*interrupted\n$", ran.err)
  end)
end)

describe("coroutines in the program", function()
  it("are Lua's: what they pass, how they fail, how deep they go", function()
    local text = [[
      print(coroutine.resume(coroutine.create(function(...) return select("#", ...), ... end), 1, nil, nil))
      print(pcall(coroutine.wrap(function() error "x" end)))
      print(select(2, pcall(coroutine.wrap(function() error { 7 } end)))[1])
      print(pcall(coroutine.wrap, 1))
      print(pcall(coroutine.resume))
      local done = coroutine.wrap(function() return 1 end)
      print(done(), pcall(done))
      for i in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do io.write(i, " ") end
      local closed = 0
      pcall(coroutine.wrap(function()
        local _ <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
        error "y"
      end))
      print(closed)
      local function nest(n)
        if n == 0 then return "deep" end
        return select(2, coroutine.resume(coroutine.create(nest), n - 1))
      end
      print(nest(150), select("#", coroutine.resume(coroutine.create(function() return table.unpack({}, 1, 1000) end))))
    ]]
    local file = program.file(text, ".lua")
    local ours, lua = program.shell("@neap " .. file), program.shell("${LUA:-lua5.4} " .. file)
    os.remove(file)
    assert.equal("", ours.err)
    assert.equal(lua.out, ours.out)
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

describe("at the prompt", function()
  local function answers(line)
    local file = program.file('o = neap.bayesopt { space = { lr = { 1e-4, 1, scale = "log" } }, seed = 7 }\n' .. line .. "\n", ".txt")
    local ran = program.shell("@neap -i < " .. file .. " 2>&1")
    os.remove(file)
    return (ran.out:gsub("neap> ", ""):gsub("^[^\n]*\n[^\n]*\n", ""))
  end

  it("tables are written out", function()
    assert.matches("^{ lr = 0%.%d+ }\n", answers "o:ask()")
    assert.matches("^{ { lr = 0%.%d+ }, { lr = 0%.%d+ } }\n", answers "o:ask(2)")
    assert.matches("^{ 1, 0.5, \"a\", b = { c = { d = { .. } } } }\n", answers '{ 1, 0.5, "a", b = { c = { d = { 1 } } } }')
    assert.matches("%.%.%. 30 in all }\n", answers "neap.schedule.rex(100):values(0, 30)")
    assert.matches("^nil\tx\n", answers 'nil, "x"')
    assert.matches("^7\n", answers "return 7")
  end)

  it("a mistake is blamed on the prompt, not on the library", function()
    assert.matches("^prompt:1: neap.schedule.rex: steps:", answers "neap.schedule.rex(-1)" )
    assert.matches("^prompt:1: opt:ask: a whole number", answers "o:ask(0)")
  end)

  it("help says what the comments of the library say", function()
    assert.matches("help%(neap.bayesopt%)", answers "help")
    assert.matches("^function Bayesopt:ask%(n%)\n  The next point to try.*@param n%? integer", answers "help(o.ask)")
    assert.matches("^Bayesian optimisation: .*restore  ", answers "help(neap.bayesopt)")
    local object = answers "help(o)"
    assert.matches("  tell +The loss at a point", object)
    assert.is_nil(object:find("  values ", 1, true))   -- private
    local schedule = answers "help(neap.schedule.rex(9))"
    assert.matches("  at +The rate at step t", schedule)
    assert.matches("  hold +The rate of the last step stays", schedule)
    assert.matches("  predict +Mean and variance", answers "help(neap.gp { x = { 1, 2 }, y = { 1, 2 } })")
    assert.matches("  rex +%S+", answers "help(neap.schedule)")
    assert.matches("^nothing is said of '5'", answers "help(5)")
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

-- neap run budget_study: a study killed at any moment goes on where it was.
local engine = require "neap.engine"
local program = require "program"

local SMALL <const> = "@neap run budget_study --quick --full 200 --settings digits --optimizers sgd --seeds 2 --file %s %s"

local function run(file, more) return program.shell(SMALL:format(file, more or "")) end

local function fresh()
  local file = os.tmpname()
  os.remove(file)
  return file
end

--- What a study prints, without its progress, steps and seconds.
local function findings(out) return assert(out:match "digits, SGD.*\nsteps"):gsub("\n *%d+  %w+", "\n") end

--- The runs of a record, without their seconds, sorted.
local function runs_in(file)
  local lines = program.lines(program.read(file):gsub(",[^,\n]*\n", "\n"))
  table.sort(lines)
  return lines
end

describe("budget_study", function()
  local whole, whole_file = nil, fresh()
  setup(function() whole = run(whole_file, "--workers 1") end)
  teardown(function() os.remove(whole_file) end)

  it("prints its tables beside the paper's, and a verdict", function()
    assert.equal("", whole.err)
    assert.equal(0, whole.status)
    assert.matches("1%%=2 .*100%%=200\n", whole.out)
    for _, name in ipairs { "none", "exponential", "step", "plateau", "one%-cycle", "cosine", "linear", "delayed 50 %%", "rex" } do
      assert.matches("\n" .. name .. " +[ ?][* ]%d+%.%d%d %+%- ", whole.out)
    end
    assert.matches("here low:3 +here high:3 +here all:6 +paper low:31 +paper high:30 +paper all:61\n", whole.out)
    assert.matches("%(in the paper: 42 of 54%)", whole.out)
    assert.matches("the paper's ordering at low budgets is ", whole.out)
    local total = tonumber(whole.out:match "\nsteps +(%d+) total")
    local counted = 0
    for _, line in ipairs(runs_in(whole_file)) do counted = counted + (tonumber(line:match "^digits,sgd,[^,]+,200,(%d+),") or 0) end
    assert.equal(counted, total)
  end)

  it("goes on after a kill and ends the same", function()
    local file = fresh()
    local killed = program.shell((SMALL .. [[ & study=$!
      for i in $(seq 2000); do [ "$(wc -l <%s 2>/dev/null || echo 0)" -gt 5 ] && break; sleep 0.01; done
      kill -KILL $study; wait $study]]):format(file, "--workers 2", file))
    assert.equal(137, killed.status)
    local handle = assert(io.open(file, "ab"))
    handle:write "digits,sgd,rex,200,20"   -- as if it had been killed while it wrote
    handle:close()
    local before = #runs_in(file) - 2
    local resumed = run(file)
    assert.equal(0, resumed.status)
    assert.equal(findings(whole.out), findings(resumed.out))
    assert.same(runs_in(whole_file), runs_in(file))
    assert.is_true(before >= 0)
    os.remove(file)
  end)

  it("trains nothing again, draws, and writes JSON", function()
    local picture = fresh() .. ".svg"
    local ran = run(whole_file, "--json --picture " .. picture)
    assert.equal(0, ran.status)
    local lines = program.lines(ran.out)
    local result = assert(engine.json_decode(lines[#lines]))
    assert.same({ total = 0, search = 0, train = 0 }, result.steps)
    assert.equal("budget_study", result.recipe)
    local found = assert(engine.json_decode(lines[#lines - 1]))
    assert.equal("verdict", found.event)
    assert.equal("boolean", type(found.reproduced))
    assert.matches("</svg>", program.read(picture))
    os.remove(picture)
  end)

  it("says what is wrong in one line", function()
    for words, message in pairs {
      ["--settings digit"] = "option 'settings': unknown 'digit' %(did you mean 'digits'%?%)",
      ["--optimizers ''"] = "option 'optimizers': names with dashes between them expected",
      ["--picture study.pdf"] = "option 'picture': the name of a file that ends in .svg or .png expected, not 'study.pdf'",
      ["--budgets 1-101"] = "option 'budgets': whole percents from 1 to 100, ascending, expected, not '101'",
      ["--quick maybe"] = "option '%-%-quick': true or false expected",
      ["--budget 100"] = "unknown option '%-%-budget'",
      ["-- python3 train.py"] = "is a study: it opens trainers of its own",
    } do
      local ran = program.shell("@neap run budget_study --file " .. fresh() .. " " .. words)
      assert.equal(2, ran.status, words)
      assert.matches(message, ran.err)
      assert.equal(1, #program.lines(ran.err))
    end
    local ran = program.shell "@neap run budget_study --file doc"
    assert.same({ 1, "neap: doc is no file (a directory)\n" }, { ran.status, ran.err })
    ran = program.shell "@neap run budget_study --file README.md"
    assert.equal(1, ran.status)
    assert.matches("^neap: README%.md is no record of this study: [^\n]*\n$", ran.err)
  end)
end)

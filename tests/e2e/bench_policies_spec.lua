-- The benchmark of policies, on a folder of its own: what it runs, and what it makes of the results.
local program = require "program"

local HEAD <const> = "task,budget,seed,policy,peak,validation,test_loss,accuracy,search,total,seconds,course\n"

local TASKS <const> = [[
local function task(name)
  return { name = name, spec = "builtin:digits,layers=8,batch=16", optimizer = "sgd", rates = { 0.01, 0.1 }, shapes = { "linear" } }
end
return { list = { task "one", task "two", task "flat" }, budgets = { 30 }, seeds = { 1 }, groups = { "untrained", "autopilot", "sweep" } }
]]

local folder

local function write(name, text)
  local handle <close> = assert(io.open(folder .. "/" .. name, "w"))
  handle:write(text)
end

local function bench(words)
  local result = program.shell("@neap tests/bench/policies/main.lua " .. folder .. " --workers 1 " .. words)
  assert.equal(0, result.status, result.err)
  return result
end

--- The rows of the results, without their seconds, sorted.
local function rows()
  local lines = program.lines(program.read(folder .. "/results.csv"):gsub(",[^,\n]*(,[^,\n]*)\n", "%1\n"))
  table.sort(lines)
  return lines
end

describe("the benchmark of policies", function()
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    program.shell("mkdir " .. folder)
    write("tasks.lua", TASKS)
  end)
  after_each(function() program.shell("rm -r " .. folder) end)

  it("does not take its own tasks for those of a folder that has none", function()
    os.remove(folder .. "/tasks.lua")
    local result = program.shell("@neap tests/bench/policies/main.lua " .. folder)
    assert.equal(1, result.status)
    assert.equal(("neap: no tasks.lua in the folder '%s'\n"):format(folder), result.err)
  end)

  it("tells ratio and excess, and counts no task that is hopeless", function()
    local text = { HEAD }
    for name, losses in pairs { one = { 2, 1, 1.5, 1.1 }, two = { 1, 0.1, 0.5, 0.1 }, flat = { 1, 0.98, 0.99, 3 } } do
      for i, policy in ipairs { "untrained,0", "sweep-linear,0.01", "sweep-linear,0.1", "autopilot,0" } do
        text[#text + 1] = ("%s,30,1,%s,%g,1,0.5,0,30,0.1,-\n"):format(name, policy, losses[i])
      end
    end
    write("results.csv", table.concat(text))
    local out = bench "--report".out
    assert.matches("\nflat +30 +linear 0.01 hopeless +0.9800 +3.061 ", out)
    assert.matches("\none +30 +linear 0.01 +1.0000 +1.100 ", out)
    assert.matches("\nmedian +2 +1.050 ", out)
    assert.matches("\nworst +2 +1.100 ", out)
    assert.matches("\nmedian excess +2 +0.050 ", out)
    assert.matches("\nworst excess +2 +0.100 ", out)
    assert.matches("\nworst +1 +1.000 ", bench "--report --tasks 'two|flat'".out)
  end)

  it("tells the steps after which the mean of the seeds was where the sweep ends", function()
    write("tasks.lua", (TASKS:gsub("seeds = { 1 }", "seeds = { 1, 2 }")))
    local text = { HEAD }
    for seed, loss in ipairs { 1.1, 0.9 } do
      text[#text + 1] = ("one,30,%d,sweep-linear,0.01,%g,1,0.5,0,30,0.1,-\n"):format(seed, loss)
      text[#text + 1] = ("one,30,%d,sweep-linear,0.1,3,1,0.5,0,30,0.1,-\n"):format(seed)
    end
    text[#text + 1] = "one,30,1,autopilot,0,1.2,1,0.5,0,30,0.1,3:2;15:1.2\n"
    text[#text + 1] = "one,30,2,autopilot,0,0.5,1,0.5,0,30,0.1,6:1;18:0.8;24:0.5\n"
    text[#text + 1] = "one,30,1,autolrs-neap,0,1.2,1,0.5,0,30,0.1,3:2;15:1.2\n"
    text[#text + 1] = "one,30,2,autolrs-neap,0,1.2,1,0.5,0,30,0.1,3:2;15:1.2\n"
    write("results.csv", table.concat(text))
    local out = bench "--report".out
    assert.matches("\none +30 +60 %% +%- +%- +%- +%- +%- +%- +%-\n", out)
    assert.matches("\nreached +1 +1/1 +%- +%- +%- +0/1 ", out)
  end)

  it("keeps the course of what it compares, not of the sweep", function()
    bench "--tasks one"
    for _, row in ipairs(rows()) do
      if row:find ",autopilot," then
        local first, last = row:match ",(%d+):[%d.e-]+;.*;(%d+):[^;]*$"
        assert.is_true(tonumber(first) < 10 and tonumber(last) > 20, row)
      elseif row:find "^one" then assert.matches(",%-$", row) end
    end
  end)

  it("runs what is missing of what is named, and nothing else", function()
    assert.matches("^4 runs to do\n", bench "--tasks one --policies 'sweep|^autopilot|untrained'".err)
    assert.equal(5, #rows())
    assert.matches("^0 runs to do\n", bench "--tasks one".err)
    assert.matches("^2 runs to do\n", bench "--tasks two --policies sweep".err)
    assert.equal(7, #rows())
  end)

  it("runs each policy on the trainer that is its own", function()
    write("tasks.lua", (TASKS:gsub('return { list = {', [[
local rates = { 0.1 }
local function of(kind) return { spec = "builtin:digits,layers=8,batch=16,optimizer=schedulefree_" .. kind, rates = rates } end
local free = task "free"
free.free = { sgd = of "sgd", adamw = of "adamw" }
return { list = { free,]]):gsub(', groups = {[^}]*}', "")))
    bench "--tasks free --policies 'schedulefree|blind'"
    local losses = {}
    for _, row in ipairs(rows()) do
      local policy, loss = row:match "^free,30,1,([^,]+),[^,]+,([^,]+),"
      if policy then losses[policy] = tonumber(loss) end
    end
    local function alone(kind)
      local code = "r = require([[neap]]).run([[rex]], { backend = [[%s]], budget = 30, options = { peak = 0.1, d = 0.999999 } })"
      local spec = "builtin:digits,layers=8,batch=16,optimizer=schedulefree_" .. kind
      return tonumber(program.shell(("@neap -e '%s print(r.loss.validation)'"):format(code:format(spec))).out)
    end
    for _, kind in ipairs { "sgd", "adamw" } do
      local expected = alone(kind)
      assert(math.abs(losses["schedulefree-" .. kind] / expected - 1) < 0.05, kind)
    end
    assert.not_equal(losses["schedulefree-sgd"], losses["schedulefree-adamw"])
    assert(losses["autopilot-blind"] < math.huge)
  end)

  it("has the same results from runs that share a trainer as from each alone", function()
    bench "--tasks one"
    local together = rows()
    local text = program.read(folder .. "/results.csv")
    local alone = text:gsub("one,30,1,sweep%-linear,0%.1,[^\n]*\n", "")
    assert.not_equal(text, alone)
    write("results.csv", alone)
    assert.matches("^1 runs to do\n", bench "--tasks one".err)
    assert.same(together, rows())
  end)
end)

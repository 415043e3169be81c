-- The parts of the budgeted-training study: contestants, tuning, the record, ranking, the verdict.
local contestants = require "neap.study.contestants"
local ledger = require "neap.study.ledger"
local paper = require "neap.study.paper"
local plan = require "neap.study.plan"
local program = require "program"
local ranking = require "neap.study.ranking"
local study = require "neap.study"
local tables = require "neap.study.tables"
local train = require "neap.study.train"
local tuning = require "neap.study.tuning"
local verdict = require "neap.study.verdict"

local function values(name, steps) return contestants.named(name).schedule(steps):values() end

describe("the contestants", function()
  it("are compressed to any number of steps, start at most at the peak, and stay within it", function()
    for _, list in ipairs { contestants.schedules, contestants.samplings } do
      for _, contestant in ipairs(list) do
        for _, steps in ipairs { 1, 2, 3, 7, 40, 101, contestant.schedule and 1000 } do
          if contestant.schedule then
            local schedule = contestant.schedule(steps)
            assert.equal(steps, #schedule)
            for _, value in ipairs(schedule:values()) do assert.is_true(value >= 0 and value <= 1 + 1e-12, contestant.name) end
          end
        end
      end
    end
  end)

  it("sample a profile as the paper says", function()
    for t, value in ipairs(values("power at 50-75 %", 100)) do assert.is_near(values("step", 100)[t], value, 1e-12) end
    local rex = values("rex at 33-66 %", 200)
    assert.same({ 1.0, 1.0, rex[67], rex[67] }, { rex[1], rex[66], rex[68], rex[132] })
    assert.is_near((1 - 0.33) / (1 - 0.33 / 2), rex[67], 1e-12)
    assert.is_near((1 - 0.66) / (1 - 0.33), rex[200], 1e-12)
    assert.same(values("linear", 100), values("linear each 1 %", 100))
  end)

  it("mirror the momentum of one-cycle", function()
    local momentum = contestants.named "one-cycle".schedule(1001):momentum()
    assert.is_near(0.95, momentum:at(0), 1e-12)
    assert.is_near(0.85, momentum:at(500), 2e-3)
  end)

  it("have names of their own, those of the paper's tables among them", function()
    local count = 0
    for _, contestant in ipairs(contestants.schedules) do count = count + (contestant.paper and 1 or 0) end
    assert.equal(8, count)
    assert.equal(61, #ranking.cells(assert(paper.results())))
  end)
end)

describe("a job of a study", function()
  it("repeats each run from the same beginning, and says what diverged", function()
    local run = { schedule = "rex", steps = 60, peak = 0.1 }
    local outcomes = assert(train.runs {
      backend = "builtin:digits", seed = 3, look = 10,
      runs = { run, { schedule = "none", steps = 60, peak = 1e9 }, { schedule = "plateau", steps = 60, peak = 0.1 }, run },
    })
    for _, name in ipairs { "validation_loss", "validation_error", "test_loss", "test_error" } do
      assert.equal(outcomes[1][name], outcomes[4][name])
      assert.is_nil(outcomes[2][name])
      assert.is_true(outcomes[3][name] > 0)
    end
  end)

  it("lowers the rate on a plateau", function()
    -- With a peak of nothing the loss stands still: the first look is the best, the seventh is one too many.
    local backend = require "neap.backend"
    local trainer <close> = backend "builtin:digits"
    local rates = {}
    local spy = { evaluate = function() return trainer:evaluate() end, train = function(_, steps, rate)
      rates[#rates + 1] = rate
      return trainer:train(steps, 0.0)
    end }
    assert.is_true(train.on_plateau(spy, 100, 1.0, 5, 10))
    assert.same({ 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1 }, rates)
  end)
end)

describe("tuning", function()
  --- A record in which the validation error is a parabola of log3(peak / base) around `centre`.
  local function landscape(centre, diverged_above)
    local asked = {}
    return asked, {
      find = function(_, run)
        local k = math.log(run.peak / 0.03, 3)
        if not asked[("%.6g %d"):format(run.peak, run.seed)] then return nil end
        if diverged_above and k > diverged_above then return {} end
        return { validation_error = (k - centre) ^ 2, validation_loss = 0.0, test_error = 1.0 }
      end,
    }
  end

  local cell = { setting = "digits", optimizer = "sgd", schedule = "rex", full = 100, steps = 10, base = 0.03 }
  local o = { seeds = { first = 1, count = 3 }, measure = "error" }

  local function settle(centre, diverged_above)
    local asked, record = landscape(centre, diverged_above)
    local trained = 0
    for _ = 1, 20 do
      local runs, best, at_edge = tuning.wanted(cell, o, record)
      if #runs == 0 then return best, at_edge, trained end
      for _, run in ipairs(runs) do asked[("%.6g %d"):format(run.peak, run.seed)] = true end
      trained = trained + #runs
    end
    error "never settles"
  end

  it("grows the grid until the best peak is inside it", function()
    for _, case in ipairs { { 0, 9 }, { 0.4, 9 }, { 3, 18 }, { -2.8, 18 }, { 1, 12 } } do
      local best, at_edge, trained = settle(case[1])
      assert.equal((case[1] + 0.5) // 1, best)
      assert.is_false(at_edge)
      assert.equal(case[2], trained)
    end
  end)

  it("stops at the widest grid, and says so", function()
    assert.same({ 6, true, 24 }, { settle(20) })
    assert.same({ -6, true, 24 }, { settle(-20) })
  end)

  it("never prefers a peak that diverged", function()
    assert.same({ 0, false, 9 }, { settle(3, 0.5) })
  end)
end)

describe("the record", function()
  local file
  before_each(function() file = os.tmpname() os.remove(file) end)
  after_each(function() os.remove(file) end)

  local function run(seed)
    return { setting = "digits", optimizer = "sgd", schedule = "delayed 50 %", full = 4000, steps = 40, peak = 0.09, seed = seed }
  end

  local function with(outcome, of)
    for name, value in pairs(outcome) do of[name] = value end
    return of
  end

  local outcome = { validation_loss = 0.5, validation_error = 7.5, test_loss = 0.25, test_error = 8.125, seconds = 0.5 }

  it("reads back what was appended, diverged runs too, and drops a torn line", function()
    local record = assert(ledger.open(file))
    assert(record:append(with(outcome, run(1))))
    assert(record:append(with({ seconds = 0.125 }, run(2))))
    record:close()
    local handle = assert(io.open(file, "a"))
    handle:write "digits,sgd,rex,4000,40,0.09,3,0.5"
    handle:close()
    for _ = 1, 2 do
      record = assert(ledger.open(file))
      assert.equal(2, record.count)
      assert.same(with(outcome, run(1)), record:find(run(1)))
      assert.same(with({ seconds = 0.125 }, run(2)), record:find(run(2)))
      assert.is_nil(record:find(run(3)))
      record:close()
    end
  end)

  it("refuses what is no file", function()
    local record, problem = ledger.open("/dev/null")
    assert.is_nil(record)
    assert.equal("/dev/null is no file (a char)", problem)
  end)

  it("touches no file of another kind", function()
    local other = program.file("a,b\n1,2\n")
    local record, problem = ledger.open(other)
    assert.is_nil(record)
    assert.matches("is no record of this study", problem)
    local handle = assert(io.open(other))
    assert.equal("a,b\n1,2\n", handle:read "a")
    handle:close()
    os.remove(other)
    assert.is_nil(ledger.open "/no/such/folder/file.csv")
  end)

  it("says which line is none of its own", function()
    local record = assert(ledger.open(file))
    assert(record:append(with(outcome, run(1))))
    record:close()
    local handle = assert(io.open(file, "a"))
    handle:write "digits,sgd,rex,4000,40,much,3,1,1,1,1,1\n"
    handle:close()
    assert.matches(":3: no run of this study$", (select(2, ledger.open(file))))
  end)
end)

describe("the ranking", function()
  local cells = ranking.cells(assert(paper.results()))

  it("counts in the paper's tables what they hold", function()
    local won, clear = 0, 0
    assert.equal(61, #ranking.leads(cells, "rex"))
    local leads = ranking.only(ranking.leads(cells, "rex"), function(lead) return lead.clear ~= nil end)
    for _, lead in ipairs(leads) do
      if lead.lead >= 0 then won = won + 1 end
      if lead.clear and lead.lead > 0 then clear = clear + 1 end
    end
    assert.same({ 54, 42, 17 }, { #leads, won, clear })
  end)

  it("shares places by equal means", function()
    local some = ranking.cells {
      { setting = "a", optimizer = "o", budget = 1, schedule = "x", mean = 2.0 },
      { setting = "a", optimizer = "o", budget = 1, schedule = "y", mean = 1.0 },
      { setting = "a", optimizer = "o", budget = 1, schedule = "z", mean = 1.0 },
      { setting = "a", optimizer = "o", budget = 1, schedule = "w", mean = 2.0 },
      { setting = "a", optimizer = "o", budget = 5, schedule = "x", mean = 0.5 },
      { setting = "a", optimizer = "o", budget = 5, schedule = "y", mean = 1.5 },
    }
    local shares, count = ranking.shares(some)
    assert.equal(2, count)
    assert.same({ first = 0.5, third = 1.0 }, shares.x)
    assert.same({ first = 0.5, third = 1.0 }, shares.y)
    assert.same({ first = 0.5, third = 0.5 }, shares.z)
    assert.same({ first = 0.0, third = 0.5 }, shares.w)
  end)
end)

describe("the verdict", function()
  --- Results in which the schedules have these test errors at every budget.
  local function cells_of(errors)
    local results = {}
    for _, budget in ipairs(plan.budgets) do
      for name, mean in pairs(errors) do
        results[#results + 1] =
          { setting = "digits", optimizer = "sgd", budget = budget, schedule = name, mean = mean, deviation = 0.1, measure = "error" }
      end
    end
    return ranking.cells(results)
  end

  local paper_cells = ranking.cells(assert(paper.results()))

  it("finds the paper's ordering where it is", function()
    local text, holds = verdict.text(cells_of { rex = 1, linear = 2, step = 3, exponential = 4, none = 5 }, paper_cells, "error")
    assert.is_true(holds)
    assert.matches("REX is first in 6 of 6 cells here %(in the paper: 42 of 54%)", text)
    assert.matches("Nowhere is another schedule ahead of it", text)
    assert.matches("ahead of step in 3 of 3\n", text)
    assert.matches("is reproduced", text)
  end)

  it("says where it is not, and who is ahead of REX", function()
    local text, holds = verdict.text(cells_of { rex = 2, linear = 3, step = 2.5, exponential = 4, none = 1 }, paper_cells, "error")
    assert.is_false(holds)
    assert.matches("REX is first in 0 of 6 cells here", text)
    assert.matches("ahead of it by as much in 6: digits sgd 1 %% %(none, by 1%)", text)
    assert.matches("ahead of none in 0 of 3, not in digits sgd 1 %%, digits sgd 5 %%, digits sgd 10 %%", text)
    assert.matches("is not reproduced", text)
  end)

  it("claims nothing from one seed", function()
    local cells = cells_of { rex = 1, linear = 2, step = 3, exponential = 4, none = 5 }
    for _, cell in ipairs(cells) do
      for _, entry in ipairs(cell.entries) do entry.deviation = nil end
    end
    local text = verdict.text(cells, paper_cells, "error")
    assert.matches("^REX is first in 6 of 6 cells here %(in the paper: 42 of 54%); by how much means little with one seed%.\n", text)
    assert.is_nil(text:find("both deviations", 1, true))
  end)

  it("counts a schedule beside the ranking against REX", function()
    local cells = cells_of { rex = 2, linear = 3, ["delayed 50 %"] = 1 }
    assert.equal("Beside the ranking: delayed 50 % is ahead of rex in 6 of 6 cells.", verdict.beside(cells, contestants.beside))
    assert.is_true(contestants.is_schedule "delayed 50 %")
    assert.is_false(contestants.is_ranked "delayed 50 %")
    assert.is_false(contestants.is_schedule "rex at 50-75 %")
  end)

  it("holds in the paper's own tables", function()
    local _, holds = verdict.text(paper_cells, paper_cells, "error")
    assert.is_true(holds)
  end)
end)

describe("the tables", function()
  it("mark the best of a column and a peak at the end of the grid", function()
    local results = {}
    for _, budget in ipairs(plan.budgets) do
      results[#results + 1] = { setting = "digits", optimizer = "sgd", schedule = "rex", budget = budget, mean = 1.5, deviation = 0.25 }
      results[#results + 1] = { setting = "digits", optimizer = "sgd", schedule = "step", budget = budget, mean = 2.5, deviation = 0.5,
        at_edge = true }
    end
    local text = tables.schedules(results,
      { setting = "digits", optimizer = "sgd", full = 4000, budgets = plan.budgets, measure = "error", seeds = 3 })
    assert.matches("\nrex%s+%*1%.50 %+%- 0%.25", text)
    assert.matches("\nstep%s+%? 2%.50 %+%- 0%.50", text)
    assert.matches("1%%=40%s+5%%=200", text)
  end)
end)

describe("a whole study", function()
  it("is the same whatever the number of workers", function()
    local tables_of = {}
    for i, workers in ipairs { 1, 3 } do
      local file = os.tmpname()
      os.remove(file)
      local design = { settings = { "digits" }, optimizers = { "adam" }, quick = true, full = 100, samplings = false }
      local o = { seeds = { first = 4, count = 2 }, measure = "loss", workers = workers, told = function() end }
      local record <close> = assert(ledger.open(file))
      local cells = plan.cells(design)
      assert(study.train(cells, record, o))
      tables_of[i] = tables.schedules(study.results(cells, record, o),
        { setting = "digits", optimizer = "adam", full = 100, budgets = plan.budgets, measure = "loss", seeds = 2 })
      os.remove(file)
    end
    assert.equal(tables_of[1], tables_of[2])
  end)
end)

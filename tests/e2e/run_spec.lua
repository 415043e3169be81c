-- neap run: recipes end to end, on real data.
local engine = require "neap.engine"
local program = require "program"

local function json_lines(result)
  local events = {}
  for _, line in ipairs(program.lines(result.out)) do events[#events + 1] = assert(engine.json_decode(line)) end
  return events
end

local function result_of(...)
  local ran = program.neap("run", ...)
  assert.equal("", ran.err)
  assert.equal(0, ran.status)
  local events = json_lines(ran)
  local last = events[#events]
  assert.equal("result", last.event)
  return last, events
end

local function count(events, name)
  local n = 0
  for _, event in ipairs(events) do n = n + (event.event == name and 1 or 0) end
  return n
end

describe("rex", function()
  it("reaches 95 % test accuracy on digits, in exactly its budget and with no search", function()
    local result = result_of("rex", "--backend", "builtin:digits", "--budget", "2000", "--peak", "0.1", "--json")
    assert.is_true(result.metrics.test_accuracy >= 0.95)
    assert.same({ total = 2000, search = 0, train = 2000 }, result.steps)
  end)

  it("warms up within its budget", function()
    local result = result_of("rex", "--budget", "333", "--warmup", "50", "--json")
    assert.same({ total = 333, search = 0, train = 333 }, result.steps)
  end)

  it("says where a rate too high diverged, and fails", function()
    local ran = program.neap("run", "rex", "--peak", "1e30", "--budget", "100", "--json")
    assert.equal(1, ran.status)
    assert.matches("^neap: training diverged at step %d+, rate 9%.[%d.e+]+: .*\n$", ran.err)
    assert.is_nil(ran.out:find('"result"', 1, true))
  end)
end)

describe("autolrs", function()
  local small = { "autolrs", "--budget", "1000", "--tau", "200", "--lr", "1e-3:1", "--seed", "7", "--json" }

  it("spends exactly its budget and counts what it threw away", function()
    local result, events = result_of(table.unpack(small))
    assert.equal(1000, result.steps.total)
    assert.equal(1000, result.steps.search + result.steps.train)
    assert.equal(20, count(events, "candidate"))   -- two stages of ten: 400 + 600, the second shrunk to fit
    assert.equal(2, count(events, "stage"))
    assert.equal(500, result.steps.search)
    assert.is_true(result.metrics.test_accuracy >= 0.9)
  end)

  it("gives the same lines twice for one seed, but for the seconds, and others for another seed", function()
    local function without_seconds(seed)
      local ran = program.neap("run", "autolrs", "--budget", "600", "--tau", "200", "--seed", seed, "--json")
      return (ran.out:gsub('"seconds":[%d.e+-]+', ""))
    end
    local once = without_seconds(7)
    assert.is_true(#once > 1000)
    assert.equal(once, without_seconds(7))
    assert.not_equal(once, without_seconds(8))
  end)

  it("runs the published variant and its own choice of parameters", function()
    local result = result_of("autolrs", "--variant", "published", "--budget", "600", "--tau", "200", "--json")
    assert.equal(600, result.steps.total)
    result = result_of("autolrs", "--budget", "500", "--tau", "100", "--k", "5", "--probe", "10", "--kappa", "2",
      "--kernel", "matern32", "--length", "0.5", "--noise", "0.01", "--choose", "forecast", "--forecast", "bounded",
      "--warmup-steps", "50", "--warmup-lr", "0.05", "--json")
    assert.equal(500, result.steps.total)
  end)

  it("judges late probes by validation losses", function()
    for _, variant in ipairs { "paper", "published" } do
      local result = result_of("autolrs", "--variant", variant, "--budget", "1600", "--tau", "200", "--tau-max", "200",
        "--probe", "20", "--validation-every", "5", "--validation-batches", "2", "--json")
      assert.equal(1600, result.steps.total)
    end
  end)

  it("goes on when candidates diverge", function()
    local result, events = result_of("autolrs", "--budget", "600", "--tau", "200", "--lr", "1e-3:1e5", "--json")
    local failed = 0
    for _, event in ipairs(events) do failed = failed + (event.text == "diverged" and 1 or 0) end
    assert.is_true(failed > 0)
    assert.is_true(result.steps.total <= 600)
    assert.is_true(result.loss.validation < 2.3)
  end)

  it("ends with one clear line when every candidate diverges", function()
    local ran = program.neap("run", "autolrs", "--budget", "600", "--tau", "200", "--lr", "1e25:1e30", "--json")
    assert.equal(1, ran.status)
    assert.matches("^neap: stage 1: every candidate diverged %(rates 1e%+25 to 1e%+30%); lower %-%-lr\n$", ran.err)
  end)
end)

describe("schedule", function()
  it("follows any profile", function()
    for _, profile in ipairs { "constant", "linear", "cosine", "exponential", "step", "rex" } do
      local result = result_of("schedule", "--profile", profile, "--peak", "0.05", "--budget", "300", "--warmup", "10", "--json")
      assert.equal(300, result.steps.train)
      assert.is_true(result.metrics.accuracy > 0.8)
    end
  end)
end)

describe("lr_range", function()
  it("finds an interval within the one it climbed, and keeps nothing", function()
    local result, events = result_of("lr_range", "--budget", "300", "--lr", "1e-5:10", "--json")
    local interval = events[#events - 1]
    assert.equal("interval", interval.event)
    assert.is_true(1e-5 <= interval.low and interval.low < interval.high and interval.high <= 10)
    assert.is_true(interval.high > 0.01)
    assert.equal(0, result.steps.train)
    assert.equal(result.steps.total, result.steps.search)
  end)
end)

describe("what people see", function()
  it("is one line an event and a summary with a picture", function()
    local ran = program.neap("run", "rex", "--budget", "200")
    assert.equal(0, ran.status)
    assert.matches("\n%s+100  train%s+rate [%d.]+  loss [%d.]+\n", ran.out)
    assert.matches("steps%s+200 total = 0 search %+ 200 train\n", ran.out)
    assert.matches("accuracy%s+0%.%d+ validation, 0%.%d+ test\n", ran.out)
    assert.matches("rate over the steps", ran.out)
  end)

  it("is ASCII where the locale is", function()
    local plain = program.shell "LC_ALL=C @neap run rex --budget 100"
    assert.is_nil(plain.out:find "[\x80-\xff]")
    assert.is_truthy(program.shell "LC_ALL=C.UTF-8 @neap run rex --budget 100".out:find "[\x80-\xff]")
  end)

  it("is one line with --quiet", function()
    local ran = program.neap("run", "rex", "--budget", "100", "--quiet")
    assert.equal(1, #program.lines(ran.out))
  end)

  it("lists every recipe with its options", function()
    local ran = program.neap "recipes"
    assert.equal(0, ran.status)
    for _, name in ipairs { "autolrs", "rex", "schedule", "lr_range" } do assert.matches("\n" .. name .. "%s", "\n" .. ran.out) end
    assert.matches("%-%-kappa", ran.out)
    assert.matches("%-%-budget", ran.out)
  end)

end)

-- neap.workers: jobs in processes of their own.
local engine = require "neap.engine"
local workers = require "neap.workers"

local function job(name, ...) return { "worker_jobs", name, ... } end

describe("workers.map", function()
  it("gives the results in the order of the jobs, whatever the number of workers", function()
    local jobs, expected = {}, {}
    for i = 1, 11 do
      jobs[i] = job("draw", i)
      expected[i] = engine.random(i):uniform()
    end
    for _, n in ipairs { 1, 2, 5 } do
      local results, problems = workers.map(jobs, { workers = n })
      assert.same(expected, results)
      assert.same({}, problems)
    end
  end)

  it("passes plain data both ways, exactly", function()
    local data = { list = { 1, 2.5, "three" }, exact = 0.1 + 0.2, large = math.maxinteger, deep = { a = { b = true } }, text = 'ü"\n' }
    local results = workers.map { job("echo", data, -1, false) }
    assert.same({ data, -1, false }, results[1])
    assert.equal("integer", math.type(results[1][1].large))
  end)

  it("carries what is longer than any pipe holds", function()
    local text = ("0123456789"):rep(100000)
    local results = workers.map { job("echo", text), job("long", 3000000) }
    assert.equal(text, results[1][1])
    assert.equal(3000000, #results[2])
  end)

  it("tells each result as it comes", function()
    local seen = {}
    workers.map({ job("add", 1, 2), job("raise", "no"), job("add", 3, 4) },
      { workers = 2, on_result = function(i, result, problem) seen[i] = { result, problem } end })
    assert.same({ 3 }, seen[1])
    assert.matches("no$", seen[2][2])
    assert.same({ 7 }, seen[3])
  end)

  it("has a message for each job that fails, and the results of the others", function()
    local results, problems = workers.map {
      job "die", job("quit", 3), job("raise", "a mistake"), job("refuse", "no data"), job "function_value", job("echo", 1),
      { "no.such.module", "f" }, job "no_such_function", job("quit", 0),
    }
    assert.same({ [6] = { 1 } }, results)
    assert.equal("the worker was ended by signal 9", problems[1])
    assert.equal("the worker ended with status 3 and no answer", problems[2])
    assert.matches("worker_jobs%.lua:%d+: a mistake$", problems[3])
    assert.equal("no data", problems[4])
    assert.matches("no plain data: .*function", problems[5])
    assert.is_nil(problems[6])
    assert.matches("^module 'no%.such%.module': .*not found", problems[7])
    assert.equal("module 'worker_jobs' has no function 'no_such_function'", problems[8])
    assert.equal("the worker ended with status 0 and no answer", problems[9])
    for _, problem in pairs(problems) do assert.is_nil(problem:find "\n") end
  end)

  it("starts each job in a fresh process, with one BLAS thread", function()
    local results = workers.map({ job "leave", job "leave", job("getenv", "OPENBLAS_NUM_THREADS") }, { workers = 1 })
    assert.is_false(results[2].before)
    assert.not_equal(results[1].pid, results[2].pid)
    assert.equal("1", results[3])
  end)

  it("ends the workers when on_result raises", function()
    local file = os.tmpname()
    local ok, problem = pcall(workers.map, { job("hang", file), job("add", 1, 1) },
      { workers = 2, on_result = function() error("enough", 0) end })
    assert.is_false(ok)
    assert.equal("enough", problem)
    local handle = assert(io.open(file))
    local pid = handle:read "n"
    handle:close()
    os.remove(file)
    assert.is_nil(pid and os.execute(("kill -0 %d 2>/dev/null"):format(pid)))
  end)

  it("does nothing for no jobs", function()
    local results, problems = workers.map {}
    assert.same({}, results)
    assert.same({}, problems)
  end)

  it("says what is no job and no option", function()
    assert.has_error(function() workers.map { { "module" } } end, "workers.map: job 1: { module, function, argument... } expected")
    assert.has_error(function() workers.map { job("echo", print) } end,
      "workers.map: job 1: plain data expected: JSON: a function cannot be written")
    assert.error_matches(function() workers.map({}, { worker = 2 }) end, "unknown option 'worker' %(did you mean 'workers'%?%)")
    assert.error_matches(function() workers.map({}, { on_result = 5 }) end, "option 'on_result': a function expected, not '5'")
    assert.error_matches(function() workers.map() end, "workers.map: a list of jobs expected, not a nil")
    assert.error_matches(function() workers.map({}, { workers = 0 }) end, "workers")
  end)

  it("has a message where the program cannot be started", function()
    local results, problems = workers.map({ job("add", 1, 2) }, { program = "/no/such/neap" })
    assert.same({}, results)
    assert.matches("^a worker cannot be started: /no/such/neap: ENOENT", problems[1])
  end)
end)

describe("workers.program", function()
  it("is the neap that was built with the engine", function()
    assert.matches("/neap$", (assert(workers.program())))
  end)
end)

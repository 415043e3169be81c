--- Every core at work: jobs, each done by a process of its own, so many at a time.
---
---   local jobs = {}
---   for seed = 1, 9 do jobs[seed] = { "mine.study", "train", { seed = seed, rate = 0.1 } } end
---   local results, problems = workers.map(jobs, { on_result = function(i, result, problem) .. end })
---
--- A job { module, function, argument... } names a function of a Lua module; arguments and result are plain data, passed
--- as JSON (nan and the infinities become null, which is engine.null; an empty list becomes an empty table). Each job
--- runs in a fresh `neap` with this process's package.path and package.cpath, one BLAS thread, and nothing left over from
--- another job: so a result depends on the job alone, not on the number of workers. A start costs a few milliseconds.
---
--- A job that raises, returns nil and a message, or dies has no result and a message in problems. Ctrl-C ends the
--- workers and raises "interrupted"; so does whatever on_result raises. If this process is killed outright, the workers
--- finish the jobs in hand, and nobody hears of it. What a job prints goes to standard error.

local engine = require "neap.engine"
local loop = require "neap.loop"
local options = require "neap.options"
local uv = require "luv"

local workers = {}

local SERVE <const> = 'require "neap.worker"()'

local DECLARED = options.declare {
  workers = { nil, "processes at a time; default: the cores there are", type = "integer", min = 1, max = 1024, optional = true },
  on_result = { nil, "function(i, result, problem), called as each job ends", type = "function", optional = true },
  program = { nil, "the neap to run; default: neap.workers.program()", type = "string", optional = true },
}

local function runnable(file)
  return uv.fs_access(file, "X") and uv.fs_realpath(file) or nil
end

--- The `neap` that workers run: this one; within another Lua, $NEAP_PROGRAM or else the one installed or built
--- together with the module neap.engine.
---@return string? file
---@return string? problem
---@return string? code
function workers.program()
  if package.loaded["neap.program"] then return uv.exepath() end
  local named = os.getenv "NEAP_PROGRAM"
  if named then
    if runnable(named) then return runnable(named) end
    return nil, ("$NEAP_PROGRAM: '%s' is no program"):format(named), "not_found"
  end
  local module = package.searchpath("neap.engine", package.cpath)
  local folder = module and module:match "^(.*)[/\\]neap[/\\][^/\\]*$" or "."
  for _, place in ipairs { "/../neap", "/../../../bin/neap" } do
    if runnable(folder .. place) then return runnable(folder .. place) end
  end
  return nil, "no program neap near the module neap.engine: set NEAP_PROGRAM to its path", "not_found"
end

--- What a worker's environment has beside ours: the places of our modules, and one BLAS thread.
---@return table<string, string>
function workers.variables()
  return { LUA_PATH_5_4 = package.path, LUA_CPATH_5_4 = package.cpath, OPENBLAS_NUM_THREADS = "1", OMP_NUM_THREADS = "1" }
end

--- The environment of a worker, as luv takes it.
local function environment()
  local values, list = uv.os_environ(), {}
  for name, value in pairs(workers.variables()) do values[name] = value end
  for name, value in pairs(values) do list[#list + 1] = name .. "=" .. value end
  return list
end

---@class neap.Worker
---@field job integer
---@field said string[]         what came from it
---@field exit? table           { code, signal } once it has ended
---@field silent? boolean       no more can come from it
local Worker = {}
Worker.__index = Worker

--- An answer is a line; a process that failed will not add to what it said.
local function is_finished(worker)
  if not worker.exit then return false end
  local last = worker.said[#worker.said]
  return worker.silent or worker.exit.code ~= 0 or worker.exit.signal ~= 0 or (last and last:sub(-1) == "\n")
end

--- Start a process for a job; it is then among the pool's running ones.
---@return neap.Worker? worker
---@return string? problem
local function start(job, text, pool)
  local worker = setmetatable({ job = job, said = {}, input = uv.new_pipe(false), answers = uv.new_pipe(false) }, Worker)
  local problem
  worker.process, problem = uv.spawn(pool.program, {
    args = { "-e", SERVE }, env = pool.environment, stdio = { worker.input, 2, 2, worker.answers },
  }, function(code, signal) worker.exit = { code = code, signal = signal } end)
  if not worker.process then
    worker:close()
    return nil, ("a worker cannot be started: %s: %s"):format(pool.program, problem)
  end
  pool.running[worker] = true   -- before it has its job: one that an interrupt leaves without ends by itself
  worker.input:write(text)
  worker.input:shutdown()
  worker.answers:read_start(function(_, chunk)
    if chunk then worker.said[#worker.said + 1] = chunk else worker.silent = true end
  end)
  return worker
end

function Worker:close()
  loop.close { self.input, self.answers, self.process }
end

--- What a finished worker came to.
---@return any result
---@return string? problem
function Worker:outcome()
  local answer = engine.json_decode(table.concat(self.said))
  if type(answer) == "table" then return answer.result, answer.problem end
  if self.exit.signal ~= 0 then return nil, ("the worker was ended by signal %d"):format(self.exit.signal) end
  return nil, ("the worker ended with status %d and no answer"):format(self.exit.code)
end

local Pool = {}
Pool.__index = Pool

--- End whatever still runs, and wait until it is gone.
function Pool:__close()
  for worker in pairs(self.running) do worker.process:kill "sigkill" end
  loop.wait(function()
    for worker in pairs(self.running) do if not worker.exit then return false end end
    return true
  end)
  for worker in pairs(self.running) do worker:close() end
end

--- A worker that has finished.
function Pool:finished()
  for worker in pairs(self.running) do if is_finished(worker) then return worker end end
end

--- Each job as text. Raises, blamed on map's caller, where one is no job.
local function texts_of(jobs)
  if type(jobs) ~= "table" then error(("workers.map: a list of jobs expected, not a %s"):format(type(jobs)), 3) end
  local texts = {}
  for i, job in ipairs(jobs) do
    if type(job) ~= "table" or type(job[1]) ~= "string" or type(job[2]) ~= "string" then
      error(("workers.map: job %d: { module, function, argument... } expected"):format(i), 3)
    end
    local written, text = pcall(engine.json_encode, job)
    if not written then error(("workers.map: job %d: plain data expected: %s"):format(i, text), 3) end
    texts[i] = text
  end
  return texts
end

--- Do all jobs.
---@param jobs any[][]     { module, function, argument... } each
---@param given? { workers: integer?, on_result: fun(i: integer, result: any, problem: string?)?, program: string? }
---@return any[]? results                 in the order of the jobs; nil where there is a problem. nil, message, code without a neap
---@return table<integer, string> problems    by the number of the job
function workers.map(jobs, given)
  local o = options.check(DECLARED, given, "workers.map")
  local texts = texts_of(jobs)
  local program, missing, code = o.program, nil, nil
  if not program then program, missing, code = workers.program() end
  if not program then return nil, missing, code end
  local pool <close> = setmetatable({ program = program, environment = environment(), running = {} }, Pool)
  local at_a_time, started, ended, results, problems = o.workers or uv.available_parallelism(), 0, 0, {}, {}

  local function finish(i, result, problem)
    ended, results[i], problems[i] = ended + 1, result, problem
    if o.on_result then o.on_result(i, result, problem) end
  end

  while ended < #texts do
    while started < #texts and started - ended < at_a_time do
      started = started + 1
      local worker, problem = start(started, texts[started], pool)
      if not worker then finish(started, nil, problem) end
    end
    local worker = pool:finished()
    if worker then
      pool.running[worker] = nil
      worker:close()
      finish(worker.job, worker:outcome())
    elseif started > ended then
      loop.wait(function() return pool:finished() ~= nil end)
    end
  end
  return results, problems
end

return workers

--- Jobs for the tests of neap.workers: what a worker's process may do, and what may befall it.

local engine = require "neap.engine"
local uv = require "luv"

local jobs = {}

function jobs.echo(...) return { ... } end

function jobs.add(a, b) return a + b end

function jobs.draw(seed) return engine.random(seed):uniform() end

function jobs.raise(what) error(what) end

function jobs.refuse(why) return nil, why end

function jobs.quit(status) os.exit(status) end

function jobs.die() uv.kill(uv.os_getpid(), "sigkill") end

function jobs.print(text)
  print(text)
  return text
end

function jobs.function_value() return { print } end

function jobs.long(n) return ("x"):rep(n) end

function jobs.getenv(name) return os.getenv(name) end

--- Leave something behind in this process: nobody may find it.
function jobs.leave()
  local before = package.loaded["neap.left_behind"] or false
  package.loaded["neap.left_behind"] = true
  return { before = before, pid = uv.os_getpid() }
end

--- Say which process this is in a file, and never end.
function jobs.hang(file)
  local handle = assert(io.open(file, "w"))
  handle:write(uv.os_getpid(), "\n")
  handle:close()
  while true do uv.sleep(1000) end
end

return jobs

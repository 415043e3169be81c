--- A worker: the process at the other end of neap.workers. It reads one job from standard input, does it, and writes
--- { result = } or { problem = } to file descriptor 3 as JSON, in one line; standard output stays the job's own.

local engine = require "neap.engine"
local uv = require "luv"

local ANSWERS <const> = 3

--- Do the job { module, function, argument... }: what it returns, or nil and what it raised.
local function perform(job)
  local found, module = pcall(require, job[1])
  if not found then return nil, ("module '%s': %s"):format(job[1], module:match "^[^\n]*") end
  local work = type(module) == "table" and module[job[2]]
  if type(work) ~= "function" then return nil, ("module '%s' has no function '%s'"):format(job[1], job[2]) end
  local returned, result, problem = pcall(work, table.unpack(job, 3))
  if not returned then return nil, tostring(result) end
  return result, problem ~= nil and tostring(problem) or nil
end

local function answer_of(job)
  local result, problem = perform(job)
  if result == nil then return engine.json_encode { problem = problem or "the job returned nothing" } end
  local written, text = pcall(engine.json_encode, { result = result })
  return written and text or engine.json_encode { problem = "the result is no plain data: " .. text }
end

return function()
  local job = engine.json_decode(io.read "a")
  if not job then return end   -- who started it was interrupted before the job was told
  local text = answer_of(job) .. "\n"
  while #text > 0 do
    local written = uv.fs_write(ANSWERS, text, -1)
    if not written then return end   -- nobody is left to tell
    text = text:sub(written + 1)
  end
end

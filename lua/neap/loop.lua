--- Waiting for other processes, sockets and timers: luv's event loop, which an interrupt can leave.
---
--- luv ends the whole process when a callback raises, and its loop does not let neap's own interrupt through. So
--- callbacks only note what happened, and whoever needs it waits here: loop.wait(done) runs the loop until done()
--- is true, and raises "interrupted" on Ctrl-C, "terminated" on SIGTERM; handles end by loop.close.
---
--- Where a host runs the loop itself, loop.wait yields the coroutine that it is called from, and a callback resumes it;
--- signals are then the host's affair.

local engine = require "neap.engine"
local uv = require "luv"

engine.quiet_pipes()   -- luv does not

local loop = {}

local program = package.loaded["neap.program"]   -- nil in a stock Lua

--- Close a handle within a callback, where nobody can wait for it: it lives as long as its closing takes.
function loop.let_go(handle)
  if not handle:is_closing() then handle:close(function() return handle end) end
end

local function run_until_closed(handles)
  local open = 0
  for _, handle in ipairs(handles) do
    if not handle:is_closing() then
      open = open + 1
      handle:close(function() open = open - 1 end)
    end
  end
  while open > 0 do uv.run "nowait" end
end

--- Close handles, and see them closed: luv crashes when Lua collects one whose closing is still under way.
---@param handles table[]    closing ones are ignored
function loop.close(handles)
  if uv.loop_mode() then
    for _, handle in ipairs(handles) do loop.let_go(handle) end
    return
  end
  if program then program.hold() end   -- to raise in a callback would end the process
  run_until_closed(handles)
  if program then program.release() end
end

--- What a stock Lua gets: luv watches for the signals, and one that comes before or after a wait ends the process.
local function watch_as_guest(handles, noted)
  local came
  for name, message in pairs { sigint = "interrupted", sigterm = "terminated" } do
    local handle = assert(uv.new_signal())
    handles[#handles + 1] = handle
    handle:unref()   -- watching is no reason to wait
    assert(handle:start(name, function()
      came = came or message
      noted()
    end))
  end
  return function()
    loop.close(handles)
    if came then error(came, 0) end
  end
end

--- Within our program no signal is lost: it keeps what comes, wakes us, and raises when it is released.
local function watch_as_program(handles, noted)
  local waker = assert(uv.new_poll(program.hold()))
  handles[#handles + 1] = waker
  waker:unref()
  assert(waker:start("r", noted))
  return function()
    loop.close(handles)
    program.release()
  end
end

--- Call noted() on a signal, until the value returned is closed, which raises it.
local function watch(noted)
  local handles = {}
  return setmetatable({}, { __close = (program and watch_as_program or watch_as_guest)(handles, noted) })
end

--- A function that is true once so many seconds are over; it ends with the value returned beside it. No seconds: never.
local function clock(seconds)
  if not seconds then return function() return false end end
  local over, timer = false, assert(uv.new_timer())
  uv.update_time()
  timer:start(math.max(1, math.ceil(1000 * seconds)), 0, function() over = true end)
  return function() return over end, setmetatable({}, { __close = function() loop.close { timer } end })
end

--- Yield until done() is true, or the seconds are over: a host runs the loop, and we look after each of its rounds.
local function sleep(done, over)
  if not coroutine.isyieldable() then
    error("loop.wait: within a callback of the event loop, call this from a coroutine", 3)
  end
  local sleeper, check = coroutine.running(), assert(uv.new_check())
  check:start(function()
    if not done() and not over() then return end
    loop.let_go(check)
    local resumed, problem = coroutine.resume(sleeper)
    if not resumed then io.stderr:write("neap: ", tostring(problem), "\n") end   -- to raise here would end the process
  end)
  coroutine.yield()
  return not over() or done()
end

--- Run the event loop until done() is true, or the seconds are over.
---@param done fun(): any    asked after every event
---@param seconds? number    default: for ever
---@return boolean done      false if the seconds were over first
function loop.wait(done, seconds)
  if uv.loop_mode() then
    local over, _ <close> = clock(seconds)
    return done() or sleep(done, over)
  end
  local signalled = false
  local _ <close> = watch(function() signalled = true end)
  local over, _ <close> = clock(seconds)
  while not signalled and not done() do
    if over() then return false end
    if not uv.loop_alive() then error("loop.wait: nothing is under way that could end the wait", 2) end
    uv.run "once"
  end
  return true
end

return loop

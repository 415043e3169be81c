--- The user's training program: started, listened to, ended, with everything that it started itself.
---
--- It leads a session of its own, so that an interrupt at the terminal reaches neap alone, and neap can end it and its
--- children together. What it prints is handed on line by line, and its last lines are kept.

local loop = require "neap.loop"
local quoted = require "neap.words".quoted
local uv = require "luv"

--- Lines that are kept; bytes of a line; seconds from a polite end to a certain one.
local KEPT <const>, LONGEST <const>, POLITE <const> = 10, 4096, 5

---@class neap.Process
---@field command string[]
---@field pid integer
---@field exit? { code: integer, signal: integer }    once it has ended
---@field last string[]                                its last lines
local Process = {}
Process.__index = Process

local process = {}

--- The command in one line.
function Process:text()
  local words = {}
  for i, word in ipairs(self.command) do words[i] = quoted(word) end
  return table.concat(words, " ")
end

local function note(self, line)
  table.insert(self.last, line)
  if #self.last > KEPT then table.remove(self.last, 1) end
  self.show(line)
end

--- Of a line that is drawn over and over (a progress bar) the last drawing counts.
local function last_drawing(line)
  if line:sub(-1) == "\r" then line = line:sub(1, -2) end
  return (line:match "^.*\r(.*)$" or line):sub(1, LONGEST)
end

--- Hand on the whole lines of a text; returns what follows them.
local function note_lines(self, text)
  local from = 1
  while true do
    local till = text:find("\n", from, true)
    if not till then return text:sub(from) end
    note(self, last_drawing(text:sub(from, till - 1)))
    from = till + 1
  end
end

--- Hand on what comes, line by line.
local function listen(self, stream)
  local rest = ""
  self.talking = self.talking + 1
  stream:read_start(function(_, chunk)
    if not chunk then
      if rest ~= "" then note(self, last_drawing(rest)) end
      rest = ""
      self.talking = self.talking - 1
      return loop.let_go(stream)
    end
    rest = note_lines(self, rest .. chunk)
    if #rest > LONGEST then
      note(self, last_drawing(rest))
      rest = ""
    end
  end)
end

--- Why a program did not start, in words.
local function why_not(program, problem, code)
  if code == "EACCES" then return "it is no program that may be run" end
  if code ~= "ENOENT" then return (problem:gsub("^%u+: ", "")) end
  local is_script = program:find("/", 1, true) and uv.fs_stat(program)
  return is_script and "there is no such program as its first line names" or "there is no such program"
end

--- Start it.
---@param command string[]                      the program, looked for in the PATH, and its arguments
---@param environment table<string, string>     in addition to ours
---@param show fun(line: string)                takes each line it prints; must not raise
---@return neap.Process? process
---@return string? problem
---@return string? code
function process.start(command, environment, show)
  local self = setmetatable({ command = command, last = {}, show = show, talking = 0 }, Process)
  local values, list = uv.os_environ(), {}
  for name, value in pairs(environment) do values[name] = value end
  for name, value in pairs(values) do list[#list + 1] = name .. "=" .. value end
  self.out, self.err = uv.new_pipe(), uv.new_pipe()
  local handle, pid, code = uv.spawn(command[1], {
    args = table.move(command, 2, #command, 1, {}), env = list, stdio = { nil, self.out, self.err }, detached = true,
  }, function(code, signal) self.exit = { code = code, signal = signal } end)
  if not handle then
    loop.close { self.out, self.err }
    return nil, ("'%s' cannot be started: %s"):format(command[1], why_not(command[1], pid, code)), "not_found"
  end
  self.handle, self.pid = handle, pid
  listen(self, self.out)
  listen(self, self.err)
  return self
end

local SIGNALS <const> = {
  [1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE",
  [9] = "SIGKILL", [11] = "SIGSEGV", [13] = "SIGPIPE", [15] = "SIGTERM",
}

--- How it ended, its last line, and what to do: "python3 train.py was killed by signal 9 (SIGKILL); ...".
---@param told? string    what is said beside it: a last line that is in there is not told again
---@return string
function Process:ending(told)
  if not self.exit then return ("%s still runs"):format(self:text()) end
  local how = ("ended with exit status %d"):format(self.exit.code)
  if self.exit.signal ~= 0 then
    local name = SIGNALS[self.exit.signal]
    how = ("was killed by signal %d%s"):format(self.exit.signal, name and " (" .. name .. ")" or "")
    if name == "SIGKILL" then how = how .. ", as the system does when memory runs out" end
  end
  local line = self.last[#self.last]
  local said = line and (", its last line was: %s"):format(line:sub(1, 200)) or ", without having printed anything"
  if line and told and told:find(line:sub(1, 200), 1, true) then said = "" end
  return ("%s %s%s; to see it on its own, run: %s"):format(self:text(), how, said, self:text())
end

--- Wait for its end, not longer than so many seconds.
---@param seconds number
---@param wait? function    instead of loop.wait
---@return boolean ended
function Process:await(seconds, wait)
  wait = wait or loop.wait
  local ended = wait(function() return self.exit end, seconds)
  if ended then wait(function() return self.talking == 0 end, 0.5) end   -- a child of its own may hold the pipes
  return ended
end

local function signal_all(self, name) uv.kill(-self.pid, name) end

--- End it: it has some seconds to go by itself, is asked to, and then killed; and so is whatever it leaves behind.
---@param grace number    seconds
---@return boolean by_itself
function Process:finish(grace)
  local waited, by_itself = pcall(self.await, self, grace)
  if not (waited and by_itself) then
    signal_all(self, "sigterm")
    local ok, gone = pcall(self.await, self, POLITE)
    if not (ok and gone) then
      signal_all(self, "sigkill")
      self:await(POLITE)
    end
  end
  signal_all(self, "sigkill")   -- what is left of its group
  loop.close { self.out, self.err, self.handle }
  if not waited then error(by_itself, 0) end
  return by_itself
end

return process

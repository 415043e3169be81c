--- Folders that live as long as this process: for sockets, and for checkpoints on their way from one trainer to another.
---
--- A process that was killed cannot remove its own. Their names say whose they are, so the next one to make a folder in the
--- same place removes those whose process is gone: neap-NAMESPACE-PID-XXXXXX, the namespace being that of process ids, for
--- containers that share a place.

local uv = require "luv"

local temporary = {}

--- The longest place that leaves room for the path of a socket, which is limited.
local LONGEST <const> = 60

local function namespace()
  return (uv.fs_readlink "/proc/self/ns/pid" or ""):match "%d+" or "0"
end

--- Has a process ended? One that its parent has yet to notice has.
local function is_gone(pid)
  local _, _, code = uv.kill(pid, 0)
  if code == "ESRCH" then return true end
  local status <close> = io.open(("/proc/%d/stat"):format(pid))
  return status ~= nil and (status:read "l" or ""):find("^%d+ %(.*%) Z") ~= nil
end

--- Remove a folder and the files in it; what is not ours to remove stays.
---@param folder string
function temporary.remove(folder)
  local listing = uv.fs_scandir(folder)
  while listing do
    local name = uv.fs_scandir_next(listing)
    if not name then break end
    uv.fs_unlink(folder .. "/" .. name)
  end
  uv.fs_rmdir(folder)
end

--- Remove what killed processes left.
local function sweep(place)
  local listing, own = uv.fs_scandir(place), namespace()
  while listing do
    local name = uv.fs_scandir_next(listing)
    if not name then break end
    local where, pid = name:match "^neap%-(%d+)%-(%d+)%-%w+$"
    if where == own and is_gone(math.tointeger(pid)) then temporary.remove(place .. "/" .. name) end
  end
end

--- A new folder that only its user can enter.
---@param place? string    default: the system's for such things
---@return string? folder    to be removed at the end
---@return string? problem
---@return string? code      "io"
function temporary.folder(place)
  if not place then place = #uv.os_tmpdir() > LONGEST and "/tmp" or uv.os_tmpdir() end
  sweep(place)
  local folder, problem = uv.fs_mkdtemp(("%s/neap-%s-%d-XXXXXX"):format(place, namespace(), uv.os_getpid()))
  if not folder then return nil, ("no temporary folder in %s: %s"):format(place, problem), "io" end
  return folder
end

return temporary

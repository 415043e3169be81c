--- Several copies of one of neap's own trainers, each in a process of its own, as one team.

local options = require "neap.options"
local spawn = require "neap.backend.spawn"
local workers = require "neap.workers"

local copies = {}

--- Start them, and wait until all are there.
---@param spec string                 what each of them is
---@param count integer
---@param folder string?              where checkpoints pass between them
---@param settings { seed: integer, say: fun(text: string), show: fun(line: string) }
---@return neap.Team? team
---@return string? problem
---@return string? code
function copies.open(spec, count, folder, settings)
  local program, problem, code = workers.program()
  if not program then return nil, problem, code end
  local values = options.check(spawn.declared, { trainers = count, folder = folder }, "copies.open")
  return spawn.start("unix", values, {
    command = { program, "-e", ('require "neap.backend.serve" %q'):format(spec) }, environment = workers.variables(),
    spec = ("%s,trainers=%d"):format(spec, count), seed = settings.seed, say = settings.say, show = settings.show,
  })
end

return copies

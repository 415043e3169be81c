--- Several trainers that are copies of each other, as one: whoever knows nothing of them uses the first.
---
--- A checkpoint is a file that all of them can read. Whoever goes to it keeps it in memory from then on, so that it is read once
--- by each. Dropping it removes the file now; a copy in memory goes when its trainer is next told to save or restore, for it may
--- be at work.

local loop = require "neap.loop"
local temporary = require "neap.temporary"

---@class neap.Member
---@field team neap.Team
---@field trainer neap.RemoteTrainer
---@field offers table<string, boolean>
---@field unwanted neap.RemoteCheckpoint[]    in its memory, to be dropped
---@field is_out? boolean                     it was lost, and is a member no more
---@field thread? thread                      the coroutine that waits for it, by yielding what it waits for
local Member = {}
Member.__index = Member

function Member:train(...) return self.trainer:train(...) end
function Member:evaluate(...) return self.trainer:evaluate(...) end
function Member:average(...) return self.trainer:average(...) end
function Member:info() return self.trainer:info() end

--- Has it ended, or broken the rules?
function Member:is_lost() return self.trainer:is_lost() end

local function drop_unwanted(self)
  local unwanted = self.unwanted
  self.unwanted = {}
  for _, copy in ipairs(unwanted) do self.trainer:drop(copy) end
end

---@return { file: string, copies: table<neap.Member, neap.RemoteCheckpoint> }? checkpoint
---@return string? problem
---@return string? code
function Member:save()
  drop_unwanted(self)
  local kept, problem, code = self.trainer:save { file = self.team:new_file() }
  if not kept then return nil, problem, code end
  return { file = kept.file, copies = {} }
end

function Member:restore(checkpoint)
  drop_unwanted(self)
  local copy = checkpoint.copies[self]
  if copy then return self.trainer:restore(copy) end
  local done, problem, code = self.trainer:restore { file = checkpoint.file }
  if not done then return nil, problem, code end
  copy, problem, code = self.trainer:save()
  if not copy then return nil, problem, code end
  checkpoint.copies[self] = copy
  return true
end

function Member:drop(checkpoint)
  for member, copy in pairs(checkpoint.copies) do table.insert(member.unwanted, copy) end
  return self.trainer:drop { file = checkpoint.file }
end

--- Wait as loop.wait does; a coroutine that waits for this trainer leaves that to whoever resumes it.
local function waiter(member)
  return function(done, seconds)
    if member.thread and coroutine.running() == member.thread then return coroutine.yield(done, seconds) end
    return loop.wait(done, seconds)
  end
end

---@class neap.Team : neap.Trainer
---@field members neap.Member[]   those that are left, the first leads
---@field count integer           how many there were
---@field folder string           where checkpoints pass from one to another
local Team = {}
Team.__index = Team

for _, method in ipairs { "train", "evaluate", "average", "info", "save", "restore", "drop" } do
  Team[method] = function(self, ...)
    local first = self.members[1]
    return first[method](first, ...)
  end
end

--- Who can be asked, and who is at work. Those that were lost while they were idle go, as long as others are left.
---@return neap.Member[]
function Team:present()
  for _, member in ipairs(table.move(self.members, 1, #self.members, 1, {})) do
    if member:is_lost() and not member.thread and #self.members > 1 then self:lose(member, member.trainer:loss()) end
  end
  return self.members
end

--- A name for a checkpoint.
function Team:new_file()
  self.files = self.files + 1
  return ("%s/%d.neap"):format(self.folder, self.files)
end

--- A member is lost, and others are left: the user is told, and what it leaves is cleared away.
---@param member neap.Member
---@param problem string
function Team:lose(member, problem)
  for i, one in ipairs(self.members) do
    if one == member then table.remove(self.members, i) end
  end
  member.is_out = true
  self.say(("%s; the run goes on with %d of %d trainers"):format(problem, #self.members, self.count))
  member.trainer:close()
end

--- Bring all to where the first one is: whichever of them keeps its model at the end keeps the same.
---@return true? done
---@return string? problem
---@return string? code
function Team:align()
  local checkpoint, problem, code = self.members[1]:save()
  if not checkpoint then return nil, problem, code end
  for i = 2, #self.members do
    local done, why = self.members[i]:restore(checkpoint)
    if not done then self.say("at the end of the run, and it has another model: " .. why) end
  end
  return true
end

--- End all trainers; what goes wrong with one (an interrupt, say) does not keep the others from ending.
local function close_all(trainers)
  local problem
  for _, trainer in ipairs(trainers) do
    local ok, why = pcall(trainer.close, trainer)
    if not ok then problem = problem or why end
  end
  if problem then error(problem, 0) end
end

function Team:close()
  local trainers = {}
  for i, member in ipairs(self.members) do trainers[i] = member.trainer end
  local ok, problem = pcall(close_all, trainers)
  temporary.remove(self.folder)
  if not ok then error(problem, 0) end
end
Team.__close = Team.close

--- What keeps a trainer from passing its state to another, or nil.
local function obstacle(trainer)
  for offer, what in pairs { durable = "in files", restore = "at all" } do
    if not trainer.offers[offer] then
      return ("the trainer '%s' does not keep checkpoints %s (it does not offer '%s'), so its copies cannot share a state; "
        .. "use one trainer"):format(trainer:info().name, what, offer)
    end
  end
end

--- What it offers as a member: a blend would need the checkpoint in its memory.
local function offers_of(trainer)
  local offers = {}
  for name, offered in pairs(trainer.offers) do offers[name] = offered and name ~= "blending" end
  return offers
end

local team = {}

--- Make a team of trainers, which it closes at its end, or at once if it cannot be.
---@param trainers neap.RemoteTrainer[]
---@param given { spec: string, folder: string?, say: fun(text: string) }    folder: one that all of them can write in
---@return neap.Team? team
---@return string? problem
---@return string? code
function team.new(trainers, given)
  local problem, code
  for _, trainer in ipairs(trainers) do
    problem = problem or obstacle(trainer)
    code = problem and "unable"
  end
  local folder
  if not problem then folder, problem, code = temporary.folder(given.folder) end
  if problem then
    close_all(trainers)
    return nil, problem, code
  end
  local self = setmetatable({ members = {}, count = #trainers, files = 0, folder = folder, say = given.say, spec = given.spec }, Team)
  for i, trainer in ipairs(trainers) do
    local member = setmetatable({ team = self, trainer = trainer, offers = offers_of(trainer), unwanted = {} }, Member)
    trainer.dialogue.wait = waiter(member)
    self.members[i] = member
  end
  self.offers = self.members[1].offers
  return self
end

return team

--- Jobs of a recipe shared out among the trainers of a run, which do them side by side: run:share(next_job, work).
---
--- Each trainer has a branch of the run; `work(branch, job)` runs in a coroutine that yields while the trainer is at work. Which
--- one goes on next is decided by steps, never by who answers first: the branch that has been asked for the fewest, of equals
--- the one of the lowest number. So what a recipe sees, and in which order, depends on the seed and the number of trainers
--- alone; it waits for a slow trainer where that is due, though others may have answered.
---
--- A job whose trainer is lost goes to another one, from its beginning; without any trainer left the run ends.

local Branch = require "neap.branch"
local loop = require "neap.loop"

---@class neap.ShareBranch : neap.Branch
---@field thread? thread      its job under way
---@field job? any
---@field due? fun(): any     true once the thread can go on
---@field seconds? number     not to be waited for longer

local function branch_of(run, member)
  return setmetatable({
    whole = run, trainer = member, budget = run.budget, seed = run.seed, random = run.random, offers = run.offers,
    reporter = run.reporter, depth = false, trail = run.trail, asked = 0, chain = 0,
    rates = setmetatable({}, { __index = run.rates }), losses = setmetatable({}, { __index = run.losses }),
  }, { __index = function(_, key) return key == "spent" and run.spent or Branch[key] end })
end

---@class neap.Share
---@field run neap.Run
---@field branches neap.ShareBranch[]    one for each trainer there was at the beginning
---@field again neap.ShareBranch[]       those whose trainer was lost, with a job to be taken over
---@field leader neap.Member              who led the team when it began
local Share = {}
Share.__index = Share

--- The job's trainer is lost: the others take it over, if there are any.
local function give_up(self, branch, problem)
  local team = self.run.trainer
  if #team.members == 1 then error(problem, 0) end
  self.again[#self.again + 1] = branch
  team:lose(branch.trainer, problem)
end

--- Let a branch go on until it waits for its trainer, or its job is done.
local function go_on(self, branch, ...)
  local went, due, seconds = coroutine.resume(branch.thread, ...)
  branch.due, branch.seconds = due, seconds
  if coroutine.status(branch.thread) ~= "dead" then return end
  branch.thread, branch.trainer.thread = nil, nil
  if went then return end
  if branch.trainer:is_lost() then give_up(self, branch, due) else error(due, 0) end
end

--- The job of a branch whose trainer was lost, or a new one. What is taken over comes after what was lost of it.
local function job_for(self, branch)
  local before = table.remove(self.again, 1)
  if not before then return self.next_job() end
  branch.asked, branch.chain = math.max(branch.asked, before.asked), math.max(branch.chain, before.chain)
  return before.job
end

--- A job for every branch that has none and can do one.
local function hand_out(self)
  self.run.trainer:present()
  for _, branch in ipairs(self.branches) do
    while not branch.thread and not branch.trainer.is_out do
      branch.job = job_for(self, branch)
      if branch.job == nil then break end
      branch.thread = coroutine.create(self.work)
      branch.trainer.thread = branch.thread
      go_on(self, branch, branch, branch.job)
    end
  end
end

--- The branch that goes on next; nil if all jobs are done.
local function next_branch(self)
  local first
  hand_out(self)
  for _, branch in ipairs(self.branches) do
    if branch.thread and (not first or branch.asked < first.asked) then first = branch end
  end
  if not first and #self.again > 0 then return next_branch(self) end
  return first
end

--- What was begun and did not end, because something else went wrong.
function Share:__close()
  for _, branch in ipairs(self.branches) do
    if branch.thread then coroutine.close(branch.thread) end
    branch.trainer.thread = nil
  end
end

--- The run goes on with the trainer that leads now, from where that is.
local function settle(self)
  local run, longest = self.run, 0
  for _, branch in ipairs(self.branches) do
    longest = math.max(longest, branch.chain)
    local leads = branch.trainer == run.trainer.members[1]
    if leads and branch.depth then
      run:turn(branch.trail)
      run.diverged = branch.diverged
    elseif leads and branch.trainer ~= self.leader then
      run.depth = false    -- it had no job, and is not where the one before it was
    end
  end
  run.chain = run.chain + longest
end

--- Do all jobs, and wait until they are done.
---@param run neap.Run
---@param next_job fun(): any                    the next job; nil: no more. It is not asked again then
---@param work fun(branch: neap.Branch, job: any)    begins by restoring a checkpoint
local function share(run, next_job, work)
  local ended
  local function next_or_none()
    local job
    if not ended then job = next_job() end
    ended = job == nil
    return job
  end
  if not run.trainer.members then
    for job in next_or_none do work(run, job) end
    return
  end
  local self <close> = setmetatable({
    run = run, branches = {}, again = {}, leader = run.trainer.members[1], next_job = next_or_none, work = work,
  }, Share)
  for i, member in ipairs(run.trainer:present()) do self.branches[i] = branch_of(run, member) end
  for branch in next_branch, self do go_on(self, branch, loop.wait(branch.due, branch.seconds)) end
  settle(self)
end

return share

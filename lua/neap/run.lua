--- One execution of a recipe: its budget, its steps, its trainer.
---
--- Every question that a recipe puts to the trainer passes through one door (Branch:ask, in branch.lua), and randomness comes
--- from run.random alone: so a record of the answers is a record of the run.
---
--- Steps are counted by where they end up. The depth of a state is the number of steps that led to it; restoring a
--- checkpoint throws away what came after it. In the end the depth of the trainer's state is what was trained, and all
--- other steps were search: total = search + train, whatever a recipe calls them.

local backend = require "neap.backend"
local Branch = require "neap.branch"
local engine = require "neap.engine"
local options = require "neap.options"
local recipes = require "neap.recipe"
local share = require "neap.share"
local trail = require "neap.trail"
local words = require "neap.words"

---@class neap.Run : neap.Branch
local Run = setmetatable({}, { __index = Branch })
Run.__index = Run

--- Do jobs, side by side where the run has several trainers: work(branch, job) is called for each job that next_job() returns, until
--- it returns nil. A branch is what run is, for one trainer: it trains, evaluates, saves and restores. Work begins by restoring a
--- checkpoint; a checkpoint can be restored by any branch, and by the run. With one trainer, the run itself is the branch.
--- What is seen in which order depends on the seed and the number of trainers, not on who answers first.
---@param next_job fun(): any    the next job; nil: no more
---@param work fun(branch: neap.Branch, job: any)    begins by restoring a checkpoint
function Run:share(next_job, work) share(self, next_job, work) end

--- Steps that a study's own trainers have taken: all search, since none of them is kept.
---@param steps integer
---@param status? string    where the study stands, in a line
function Run:count(steps, status)
  self.spent = self.spent + steps
  self.reporter:progress(self, { status = status })
end

--- Mean of the last ten training losses: one is too noisy to quote.
local function recent_loss(self)
  local first, sum = math.max(1, self.depth - 9), 0.0
  if self.depth == 0 then return nil end
  for i = first, self.depth do sum = sum + self.losses[i] end
  return sum / (self.depth - first + 1)
end

--- Loss and metrics on a part of the data, where the trainer has it.
local function part_of(self, offer, part)
  if self.trainer.offers and self.trainer.offers[offer] == false then return nil, {} end
  return self:evaluate { on = part }
end

--- What the run came to. Evaluates the validation and the test part.
local function result_of(self)
  local validation, metrics = part_of(self, "evaluate", "validation")
  local test_loss, test_metrics = part_of(self, "test", "test")
  local all, team = { test_loss = test_loss }, self.trainer.members and self.trainer
  for name, value in pairs(metrics) do all[name] = value end
  for name, value in pairs(test_metrics) do all["test_" .. name] = value end
  return {
    event = "result", recipe = self.name, backend = self.trainer.spec, seed = self.seed, budget = self.budget,
    steps = { total = self.spent, search = self.spent - self.depth, train = self.depth, chain = team and self.chain },
    trainers = team and team.count, lost = team and team.count > #team.members and team.count - #team.members or nil,
    loss = { train = recent_loss(self), validation = validation },
    metrics = all,
    seconds = engine.clock() - self.started,
  }
end

--- The end of a run that went well.
local function conclude(self)
  if self.trainer.members then self.trainer:align() end
  return result_of(self)
end

local SIGNALLED <const> = { interrupted = true, terminated = true }

--- What a recipe was ended by: an interrupt says where the run was, a trainer's complaint not where it came through.
---@return string problem
---@return "failed"|"interrupted" kind
local function stopped(self, problem)
  problem = problem:gsub("^%S*neap/branch%.lua:%d+: ", "")
  if not SIGNALLED[problem] then return problem, "failed" end
  return self.budget and ("%s after %d of %d steps"):format(problem, self.spent, self.budget) or problem, "interrupted"
end

--- Run the recipe's body and sum up; what goes wrong in it is an outcome, told in one line.
local function execute(self, body, values)
  local returned = table.pack(pcall(function()
    self:report { event = "start", recipe = self.name, backend = self.trainer.spec, seed = self.seed, budget = self.budget }
    return body(self, values)
  end))
  if not returned[1] then return nil, stopped(self, tostring(returned[2])) end
  if returned.n >= 3 and returned[2] == nil then return nil, tostring(returned[3]), "failed" end
  if self.diverged then return nil, self:divergence(), "failed" end
  if not self.depth then return nil, "the recipe did not restore a checkpoint after run:share", "failed" end
  local ok, result = pcall(conclude, self)
  if not ok then return nil, stopped(self, tostring(result)) end
  return result
end

--- Whoever lent the trainer has it back without the checkpoints that the recipe left alive, however it ended. One of our own
--- takes them with it.
local function let_go(self)
  while self.held and #self.held > 0 do
    local ok, problem = pcall(self.trainer.drop, self.trainer, table.remove(self.held).handle)
    if not ok and SIGNALLED[problem] then error(problem, 0) end
  end
end

local SETTINGS = options.declare {
  backend = { "builtin:digits", "what trains", type = "any" },
  budget = { 2000, "steps in all, search included", min = 1 },
  seed = { 1, "decides every random choice", min = 0 },
  options = { {}, "the recipe's own options", type = "table" },
  trainer = { {}, "settings of the backend, beside the seed", type = "table" },
  reporter = { nil, "listens to the run; default: nobody", type = "table", optional = true },
}

--- What a study has in place of a trainer.
local NO_TRAINER <const> = { offers = { evaluate = false, test = false } }

local SILENT = { progress = function() end, event = function() end, finish = function() end }

--- What is wrong with what the run is to use, or nil.
local function problem_of(settings)
  local kind = type(settings.backend)
  if kind ~= "string" and not ((kind == "table" or kind == "userdata") and settings.backend.train) then
    return ("option 'backend': a text such as builtin:digits, or a trainer, expected, not %s"):format(words.shown(settings.backend))
  end
  for _, method in ipairs(words.sorted(SILENT)) do
    if settings.reporter and not settings.reporter[method] then
      return ("option 'reporter': it has no method '%s'"):format(method)
    end
  end
end

--- Check everything that can be checked before anything is trained.
---@return table? plan
---@return string? problem
local function plan_of(recipe, given, settings)
  local problem = problem_of(settings)
  if problem then return nil, problem end
  local found = recipe
  if not recipes.is(recipe) then
    found, problem = recipes.find(recipe)
    if not found then return nil, problem end
  end
  if found.study then
    if given.backend ~= nil or given.budget ~= nil then
      return nil, ("recipe '%s' is a study: it opens trainers of its own and takes neither backend nor budget"):format(found.name)
    end
    settings.backend, settings.budget = NO_TRAINER, nil
  end
  local values
  values, problem = options.read(found.options, settings.options)
  if not values then return nil, problem end
  if found.prepare then
    local prepared
    prepared, problem = found.prepare(values, settings.budget)
    if not prepared then return nil, problem or ("recipe '%s' refuses its options, and does not say why"):format(found.name) end
  end
  return { recipe = found, settings = settings, values = values }
end

--- Why a recipe cannot use what it is to use, or nil: it may have no work for several trainers.
local function idle_trainers(plan, several)
  local recipe = plan.recipe
  if not several or (recipe.several and recipe.several(plan.values)) then return nil end
  return ("recipe '%s'%s has work for one trainer only; leave trainers=N out"):format(recipe.name,
    recipe.several and ", with these options," or "")
end

--- Does a SPEC ask for several trainers?
local function asks_for_several(spec)
  local parsed = backend.parse(spec)
  local count = parsed and tonumber(parsed.values.trainers)
  return count and count > 1
end

--- The trainer to use, and whether it is ours to close.
local function open_trainer(plan)
  local settings = plan.settings
  local is_text = type(settings.backend) == "string"
  local idle
  if is_text then idle = idle_trainers(plan, asks_for_several(settings.backend))
  elseif type(settings.backend) == "table" then idle = idle_trainers(plan, settings.backend.members) end
  if idle then return nil, idle, "usage" end
  if not is_text then return settings.backend, false end
  settings.trainer.seed = settings.seed
  local trainer, problem, code = backend.open(settings.backend, settings.trainer)
  if not trainer then return nil, problem, code == "bad_argument" and "usage" or code end
  return trainer, true
end

local function new_run(plan, trainer, ours)
  local settings = plan.settings
  local self = setmetatable({
    name = plan.recipe.name, trainer = trainer, budget = settings.budget, seed = settings.seed, started = engine.clock(),
    random = engine.random(settings.seed), reporter = settings.reporter or SILENT, offers = trainer.offers or {},
    spent = 0, asked = 0, chain = 0, depth = 0, trail = trail.beginning(), rates = {}, losses = {}, held = not ours and {} or nil,
  }, Run)
  self.whole = self
  return self
end

--- Run a recipe, from beginning to end. Ctrl-C ends it as a failure does: whoever lent the trainer can save what it has come to.
---@param recipe string|neap.Recipe    a name, a file, or the recipe itself
---@param given? table
---@return table? result               the fields of the result line, and `run`: the neap.Run
---@return string? problem             one line
---@return string? kind                "usage" when nothing was trained because the request was wrong, "interrupted", else "failed"
local function run(recipe, given)
  local plan
  local settings, problem = options.read(SETTINGS, given)
  if settings then plan, problem = plan_of(recipe, given or {}, settings) end
  if not plan then return nil, problem, "usage" end
  local trainer, ours, kind = open_trainer(plan)
  if not trainer then return nil, ours, kind end
  local self = new_run(plan, trainer, ours)
  local result
  result, problem, kind = execute(self, plan.recipe.body, plan.values)
  let_go(self)
  self.reporter:finish(result, self)
  if ours then trainer:close() end
  if not result then return nil, problem, kind end
  result.run = self
  return result
end

return run

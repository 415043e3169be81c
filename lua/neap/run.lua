--- One execution of a recipe: its budget, its steps, its trainer.
---
--- Every question that a recipe puts to the trainer passes through Run:ask, the one door, and randomness comes from
--- run.random alone: so a record of the answers is a record of the run.
---
--- Steps are counted by where they end up. The depth of a state is the number of steps that led to it; restoring a
--- checkpoint throws away what came after it. In the end the depth of the trainer's state is what was trained, and all
--- other steps were search: total = search + train, whatever a recipe calls them.

local backend = require "neap.backend"
local engine = require "neap.engine"
local finite = require "neap.finite"
local options = require "neap.options"
local rates_of = require "neap.backend.rates"
local recipes = require "neap.recipe"
local words = require "neap.words"

---@class neap.Run
---@field budget integer          steps the run may take in all
---@field seed integer
---@field spent integer           steps taken so far, search included
---@field depth integer           steps that led to the trainer's present state
---@field random engine.Random    the recipe's source of randomness
---@field offers table<string, boolean>    what the trainer can do: see neap.backend
---@field diverged? table         { step =, rate = } once the loss is not finite; restoring a checkpoint clears it
---@field rates number[]          the rate of each step that led to the present state
---@field losses number[]         its training loss
local Run = {}
Run.__index = Run

--- Steps between two looks at the reporter, and at an interrupt.
local BLOCK <const> = 50

--- The door. Every answer a trainer gives comes back through here. That it has none is nothing a recipe could mend.
function Run:ask(question, ...)
  local answer, more = self.trainer[question](self.trainer, ...)
  if answer == nil and more then error((question == "save" and "the state cannot be kept: " or "") .. more, 0) end
  return answer, more
end

--- Steps left of the budget.
---@return integer
function Run:left()
  return self.budget - self.spent
end

--- A way to read rates block by block, count of them from step first on (0-based): a number, or a list. What cannot be read is
--- blamed on the caller's caller.
local function reader(rate, name)
  if type(rate) == "number" then return function() return rate end end
  if type(rate) == "table" and #rate > 0 then
    return function(first, count) return table.move(rate, first + 1, first + count, 1, {}) end
  end
  if not rates_of.is_schedule(rate) then
    error(("%s: a number, a list of numbers or a schedule expected, not %s"):format(name, words.shown(rate)), 3)
  end
  return function(first, count) return rate:values(first, count) end
end

--- Raise, blamed on the caller's caller, where a value is no checkpoint of Run:save.
local function check_checkpoint(checkpoint, where)
  if type(checkpoint) == "table" and checkpoint.depth then return end
  error(("run:%s: a checkpoint of run:save expected, not %s"):format(where, words.shown(checkpoint)), 3)
end

--- Note a block of steps on the way to the present state.
local function advance(self, losses, rates)
  for i, loss in ipairs(losses) do
    self.rates[self.depth + i] = type(rates) == "number" and rates or rates[i]
    self.losses[self.depth + i] = loss
  end
  self.depth = self.depth + #losses
  self.spent = self.spent + #losses
end

--- Train steps first .. first + steps - 1 of what `read` gives, block by block, until one diverges. `momentum` is read alike.
local function take(self, first, steps, read, label, momentum)
  local losses = {}
  while #losses < steps and not self.diverged do
    local count = math.min(BLOCK, steps - #losses)
    local rates = read(first + #losses, count)
    local block = self:ask("train", count, rates, momentum and momentum(first + #losses, count))
    table.move(block, 1, #block, #losses + 1, losses)
    advance(self, block, rates)
    local last = block[#block]
    if not finite(last) then self.diverged = { step = self.depth, rate = self.rates[self.depth] } end
    self.reporter:progress(self, label or {}, self.rates[self.depth], last)
  end
  return losses
end

--- Train: at most the steps left of the budget.
---@param steps integer             >= 1
---@param rate number|number[]|neap.Schedule    a schedule is read from its own step 0
---@param label? table              what the progress line says: { stage =, candidate =, of =, forecast = }
---@param momentum? number|number[]|neap.Schedule   likewise, only where run.offers.momentum
---@return number[] losses          one for each step taken; shorter than asked at the end of the budget or if it diverged
---@return boolean diverged         the last loss is not finite; the trainer's state is lost until a checkpoint is restored
function Run:train(steps, rate, label, momentum)
  if math.type(steps) ~= "integer" or steps < 1 then
    error(("run:train: steps: a whole number >= 1 expected, not '%s'"):format(tostring(steps)), 2)
  end
  if self:left() == 0 then error(("run:train: the budget of %d steps is spent; ask run:left()"):format(self.budget), 2) end
  if self.diverged then error("run:train: the training has diverged; restore a checkpoint first", 2) end
  local losses = take(self, 0, math.min(steps, self:left()), reader(rate, "run:train: rate"), label,
    momentum and reader(momentum, "run:train: momentum"))
  return losses, self.diverged ~= nil
end

--- Loss and metrics on the validation part; `where` as the backend's evaluate takes it: { on =, batches =, weights = }.
---@return number loss
---@return table<string, number> metrics
function Run:evaluate(where)
  return self:ask("evaluate", where)
end

--- Average the weights beside the training, only where run.offers.averaging: "start" it (anew), "adopt" it as the weights,
--- or "stop" it.
---@param verb "start"|"adopt"|"stop"
function Run:average(verb)
  local done, problem = self:ask("average", verb)
  if not done then error(("the weights cannot be averaged: %s"):format(problem), 0) end
end

--- Move the weights a share of the way to a checkpoint's, only where run.offers.blending. The deeper of the two is what led
--- to a blend.
---@param checkpoint table
---@param share number    0: as they are, 1: the checkpoint's, 2: as far again beyond
function Run:blend(checkpoint, share)
  check_checkpoint(checkpoint, "blend")
  local done, problem = self:ask("blend", checkpoint.handle, share)
  if not done then error(("the weights cannot be blended: %s"):format(problem), 0) end
  self.depth = share == 1 and checkpoint.depth or math.max(self.depth, checkpoint.depth)
end

--- Keep the present state, to come back to.
---@return table checkpoint
function Run:save()
  return { handle = self:ask "save", depth = self.depth }
end

--- Go back to a checkpoint: the steps since then count as search.
function Run:restore(checkpoint)
  check_checkpoint(checkpoint, "restore")
  local done, problem = self:ask("restore", checkpoint.handle)
  if done == nil and problem then error("the state cannot be restored: " .. problem, 0) end
  self.depth = checkpoint.depth
  self.diverged = nil
end

--- Let a checkpoint go.
function Run:drop(checkpoint)
  check_checkpoint(checkpoint, "drop")
  self:ask("drop", checkpoint.handle)
end

--- Tell the user what was decided: one event, with a name and plain values.
---@param event table   { event = "candidate", stage = 1, rate = 0.1, .. }
function Run:report(event)
  if type(event) ~= "table" then error(("run:report: a table expected, not %s"):format(words.shown(event)), 2) end
  event.step = self.spent
  self.reporter:event(event, self)
end

--- Follow a schedule to its end, or to the end of the budget, with a report each tenth of the way; its momentum too, where it
--- has one and the trainer takes one.
---@param schedule neap.Schedule
---@return boolean? done     nil and a message if the training diverged
---@return string? problem
function Run:follow(schedule)
  if not rates_of.is_schedule(schedule) then error("run:follow: a schedule expected, not " .. words.shown(schedule), 2) end
  local steps = math.min(#schedule, self:left())
  local momentum = self.offers.momentum and schedule.momentum and schedule:momentum() or nil
  for tenth = 1, 10 do
    local from, to = steps * (tenth - 1) // 10, steps * tenth // 10
    if to > from then
      local losses = take(self, from, to - from, reader(schedule), nil, momentum and reader(momentum))
      if self.diverged then return nil, self:divergence() end
      self:report { event = "train", rate = self.rates[self.depth], loss = losses[#losses] }
    end
  end
  return true
end

--- Steps that a study's own trainers have taken: all search, since none of them is kept.
---@param steps integer
---@param status? string    where the study stands, in a line
function Run:count(steps, status)
  self.spent = self.spent + steps
  self.reporter:progress(self, { status = status })
end

--- Where and at which rate the training diverged, in one line.
---@return string
function Run:divergence()
  return ("training diverged at step %d, rate %g: its loss is not finite; try a lower rate"):format(
    self.diverged.step, self.diverged.rate)
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
  local all = { test_loss = test_loss }
  for name, value in pairs(metrics) do all[name] = value end
  for name, value in pairs(test_metrics) do all["test_" .. name] = value end
  return {
    event = "result", recipe = self.name, backend = self.trainer.spec, seed = self.seed, budget = self.budget,
    steps = { total = self.spent, search = self.spent - self.depth, train = self.depth },
    loss = { train = recent_loss(self), validation = validation },
    metrics = all,
    seconds = engine.clock() - self.started,
  }
end

--- Run the recipe's body and sum up; what goes wrong in it is an outcome, told in one line.
local function execute(self, body, values)
  local returned = table.pack(pcall(body, self, values))
  if not returned[1] then return nil, tostring(returned[2]) end
  if returned.n >= 3 and returned[2] == nil then return nil, tostring(returned[3]) end
  if self.diverged then return nil, self:divergence() end
  local ok, result = pcall(result_of, self)
  if not ok then return nil, tostring(result) end
  return result
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
local function plan_of(recipe, given)
  given = given or {}
  local settings, problem = options.read(SETTINGS, given)
  problem = problem or problem_of(settings)
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
    if not prepared then return nil, problem end
  end
  return { recipe = found, settings = settings, values = values }
end

--- The trainer to use, and whether it is ours to close.
local function open_trainer(settings)
  if type(settings.backend) ~= "string" then return settings.backend, false end
  settings.trainer.seed = settings.seed
  local trainer, problem, code = backend.open(settings.backend, settings.trainer)
  if not trainer then return nil, problem, code == "bad_argument" and "usage" or code end
  return trainer, true
end

local function new_run(plan, trainer)
  local settings = plan.settings
  return setmetatable({
    name = plan.recipe.name, trainer = trainer, budget = settings.budget, seed = settings.seed, started = engine.clock(),
    random = engine.random(settings.seed), reporter = settings.reporter or SILENT,
    spent = 0, depth = 0, rates = {}, losses = {}, offers = trainer.offers or {},
  }, Run)
end

--- Run a recipe, from beginning to end.
---@param recipe string|neap.Recipe    a name, a file, or the recipe itself
---@param given? table                 { backend =, budget =, seed =, options =, trainer =, reporter = }
---@return table? result               the fields of the result line, and `run`: the neap.Run
---@return string? problem             one line
---@return string? kind                "usage" when nothing was trained because the request was wrong
local function run(recipe, given)
  local plan, problem = plan_of(recipe, given)
  if not plan then return nil, problem, "usage" end
  local trainer, ours, kind = open_trainer(plan.settings)
  if not trainer then return nil, ours, kind end
  local self = new_run(plan, trainer)
  self:report { event = "start", recipe = self.name, backend = trainer.spec, seed = self.seed, budget = self.budget }
  local result
  result, problem = execute(self, plan.recipe.body, plan.values)
  self.reporter:finish(result, self)
  if ours then trainer:close() end
  if not result then return nil, problem, "failed" end
  result.run = self
  return result
end

return run

--- How far a run had come after how many steps, search included: each lowest validation loss so far, of the weights or, where the
--- run keeps one, of their average. Looking costs no steps, and changes nothing in the run.

local finite = require "neap.finite"

local course = {}

--- Looks over a budget. Training is looked at between its blocks, so that there may be fewer.
local LOOKS <const> = 100

--- Steps from one look to the next.
function course.every(budget) return math.max(1, budget // LOOKS) end

--- A loss of the trainer's; infinite where there is none, as of an average that is not kept at the time.
local function asked(run, where)
  local done, loss = pcall(run.trainer.evaluate, run.trainer, where)
  local problem = not done and tostring(loss) or ""
  if problem:find "interrupted" or problem:find "terminated" then error(loss, 0) end
  return done and finite(loss) and loss or math.huge
end

--- The lower of the losses that a run's weights have now.
local function loss_of(run)
  local average = run.offers.averaging and asked(run, { weights = "average" }) or math.huge
  return math.min(asked(run, {}), average)
end

--- A reporter of a run (neap.run) that keeps its course: { { step =, loss = }, .. }.
---@param budget integer
function course.watcher(budget)
  local self = { course = {}, lowest = math.huge }
  local every, due = course.every(budget), 0

  local function add(step, loss)
    if not finite(loss) or loss >= self.lowest then return end
    self.lowest = loss
    table.insert(self.course, { step = step, loss = loss })
  end

  function self.progress(_, run)
    if run.spent < due then return end
    due = run.spent + every
    add(run.spent, loss_of(run))
  end
  function self.event() end
  function self.finish(_, result) if result then add(result.steps.total, result.loss.validation) end end
  return self
end

--- In a word of a CSV file; "-": of a run that was not watched.
function course.text(list)
  local words = {}
  for i, low in ipairs(list or {}) do words[i] = ("%d:%.5g"):format(low.step, low.loss) end
  return #words > 0 and table.concat(words, ";") or "-"
end

--- Of such a word; nil: the run was not watched.
function course.parse(word)
  local list = {}
  for step, loss in word:gmatch "(%d+):([^;]+)" do list[#list + 1] = { step = math.tointeger(step), loss = tonumber(loss) } end
  return #list > 0 and list or nil
end

local function after(list, step)
  local loss = math.huge
  for _, low in ipairs(list) do
    if low.step <= step then loss = low.loss end
  end
  return loss
end

--- Steps after which the mean of several courses is at most a loss; infinite: never.
---@param courses table[]
---@param loss number
function course.needed(courses, loss)
  local needed = math.huge
  for _, list in ipairs(courses) do
    for _, low in ipairs(list) do
      local sum = 0
      for _, other in ipairs(courses) do sum = sum + after(other, low.step) / #courses end
      if sum <= loss then needed = math.min(needed, low.step) end
    end
  end
  return needed
end

return course

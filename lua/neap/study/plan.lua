--- What a budgeted-training study trains: settings, optimizers, schedules, budgets.

local contestants = require "neap.study.contestants"

local plan = {}

--- Budgets in percent of a setting's full budget; below 25 % the paper calls them low.
plan.budgets = { 1, 5, 10, 25, 50, 100 }

function plan.is_low(budget) return budget < 25 end

--- full: steps of 100 %; quick: the same of the quick study; batch: rows of a step, as the backend has it.
plan.settings = {
  digits = { backend = "builtin:digits", full = 4000, quick = 4000 },
  fashion = { backend = "builtin:fashion,layers=64,batch=32", full = 20000, quick = 4000 },
}

--- base: the middle of the first grid of peaks.
plan.optimizers = {
  sgd = { title = "SGD, momentum 0.9", paper = "SGDM", suffix = ",optimizer=sgd,momentum=0.9", base = 0.03 },
  adam = { title = "Adam", paper = "Adam", suffix = ",optimizer=adam", base = 0.003 },
}

--- The looks of decay on plateau, the paper's epochs: so many in a full budget.
plan.looks = 100

--- Steps of a setting's full budget.
---@param o { full: integer?, quick: boolean }
---@return integer
function plan.full(setting, o) return o.full or plan.settings[setting][o.quick and "quick" or "full"] end

--- One cell for each combination.
---@param o { settings: string[], optimizers: string[], quick: boolean, full: integer?, budgets: integer[]?, samplings: boolean }
---@return table[] cells    { setting, optimizer, schedule, budget, full, steps, base, look, backend }
function plan.cells(o)
  local cells = {}
  local function add(setting, optimizer, schedule, budget)
    local full = plan.full(setting, o)
    cells[#cells + 1] = {
      setting = setting, optimizer = optimizer, schedule = schedule, budget = budget, full = full, steps = budget * full // 100,
      base = plan.optimizers[optimizer].base, look = full // plan.looks,
      backend = plan.settings[setting].backend .. plan.optimizers[optimizer].suffix,
    }
  end
  local seen = {}
  for _, list in ipairs { contestants.schedules, o.samplings and contestants.samplings or {} } do
    for _, contestant in ipairs(list) do
      for _, setting in ipairs(seen[contestant.name] and {} or o.settings) do
        for _, optimizer in ipairs(o.optimizers) do
          for _, budget in ipairs(o.budgets or plan.budgets) do add(setting, optimizer, contestant.name, budget) end
        end
      end
      seen[contestant.name] = true
    end
  end
  return cells
end

return plan

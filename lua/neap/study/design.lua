--- What a user asked a study for: texts such as "digits-fashion" and "1-5-10", read and checked.

local options = require "neap.options"
local picture = require "neap.picture"
local plan = require "neap.study.plan"

local design = {}

--- "digits-fashion" -> { "digits", "fashion" }, each one of those known; or nil and what is wrong.
local function names_in(text, name, known)
  local list = {}
  for word in text:gmatch "[^-]+" do
    if not known[word] then return nil, ("option '%s': unknown '%s'%s"):format(name, word, options.hint(word, known)) end
    list[#list + 1] = word
  end
  if #list == 0 then return nil, ("option '%s': names with dashes between them expected"):format(name) end
  return list
end

--- "1-5-10" -> { 1, 5, 10 }, or nil and what is wrong.
local function budgets_in(text)
  local list = {}
  for word in text:gmatch "[^-]+" do
    local budget = math.tointeger(tonumber(word))
    if not budget or budget < 1 or budget > 100 or budget <= (list[#list] or 0) then
      return nil, ("option 'budgets': whole percents from 1 to 100, ascending, expected, not '%s'"):format(word)
    end
    list[#list + 1] = budget
  end
  if #list == 0 then return nil, "option 'budgets': percents with dashes between them expected" end
  return list
end

--- What to train, as neap.study.plan takes it.
---@param o table    the recipe's options
---@return table? design
---@return string? problem
function design.of(o)
  local settings, optimizers, budgets, problem
  settings, problem = names_in(o.settings, "settings", plan.settings)
  if not settings then return nil, problem end
  optimizers, problem = names_in(o.optimizers, "optimizers", plan.optimizers)
  if not optimizers then return nil, problem end
  budgets, problem = budgets_in(o.budgets)
  if not budgets then return nil, problem end
  if o.picture then
    local kind, why = picture.kind(o.picture)
    if not kind then return nil, "option 'picture': " .. why end
  end
  return { settings = settings, optimizers = optimizers, budgets = budgets, quick = o.quick, full = o.full, samplings = not o.quick }
end

return design

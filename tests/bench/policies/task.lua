--- How a task of the benchmark is made. A task has
---   name, spec, optimizer       the backend; `command`, where the backend starts one
---   rates, shapes               of the sweep: its peaks are also the interval that AutoLRS searches, and the autopilot is told none
---   budgets, seeds              where not those of the whole list
---   free_spec, free_rates       the schedule-free optimizer of the same kind, where there is one
---   half                        of a list in two halves, the one that it is in: counted on its own too
--- A list of tasks has, beside the list, budgets and seeds; groups: which groups of policies it is for (if not all); and quick.

local task = {}

--- Decades in multiples of 3: three, if not said otherwise.
local function thirds(low, decades)
  local list = {}
  for i = 0, 2 * (decades or 3) do list[i + 1] = low * (i % 2 == 0 and 1 or 3) * 10 ^ (i // 2) end
  return list
end

task.thirds = thirds

local SGD <const>, ADAM <const> = thirds(1e-3), thirds(1e-4)
local FREE_SGD <const>, FREE_ADAM <const> = thirds(1e-2), thirds(1e-4)
local ALL <const> = { "constant", "linear", "cosine", "step", "exponential", "rex", "onecycle" }

--- On the embedded backend.
---@param spec string    what follows "builtin:"
function task.builtin(name, spec)
  local optimizer = spec:match "optimizer=(%w+)"
  local sgd = optimizer == "sgd"
  return {
    name = name, spec = "builtin:" .. spec, optimizer = optimizer, rates = sgd and SGD or ADAM, shapes = ALL,
    free_spec = "builtin:" .. spec:gsub("optimizer=%w+", "optimizer=schedulefree_" .. (sgd and "sgd" or "adamw")),
    free_rates = sgd and FREE_SGD or FREE_ADAM,
  }
end

--- By a program that neap starts, at seconds a run: fewer shapes and seeds.
---@param command string[]
---@param lowest number     of the sweep's seven peaks
function task.program(name, command, optimizer, lowest, budgets)
  return {
    name = name, spec = "spawn:unix", command = command, optimizer = optimizer, rates = thirds(lowest),
    shapes = { "constant", "cosine", "rex" }, budgets = budgets, seeds = { 1, 2 },
  }
end

return task

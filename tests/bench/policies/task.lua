--- How a task of the benchmark is made. A task has
---   name, spec, optimizer       the backend; `command`, where the backend starts one
---   rates, shapes               of the sweep: its peaks are also the interval that AutoLRS searches, and the autopilot is told none
---   budgets, seeds              where not those of the whole list
---   free                        the schedule-free optimizers, where there are: { sgd = { spec =, rates = }, adamw = likewise }
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

--- The same training by a schedule-free optimizer.
local function free(spec, kind, rates)
  return { spec = "builtin:" .. spec:gsub("optimizer=%w+", "optimizer=schedulefree_" .. kind), rates = rates }
end

--- On the embedded backend.
---@param spec string    what follows "builtin:"
function task.builtin(name, spec)
  local optimizer = spec:match "optimizer=(%w+)"
  return {
    name = name, spec = "builtin:" .. spec, optimizer = optimizer, rates = optimizer == "sgd" and SGD or ADAM, shapes = ALL,
    free = { sgd = free(spec, "sgd", FREE_SGD), adamw = free(spec, "adamw", FREE_ADAM) },
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

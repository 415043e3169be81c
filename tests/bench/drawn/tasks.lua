--- Tasks drawn at random, each from its number (drawing.lua): `make bench-drawn`. Nobody has chosen them, so nothing can have been
--- fitted to them one by one. Numbers 1 to 40 are open to whoever works on the autopilot; 101 to 160 are closed: the autopilot is
--- run on them when it is finished, and its results change nothing in it.
---
--- A task that cannot be learnt is drawn all the same and shown, but not counted: see summary.lua, which asks the sweep alone.

local drawing = require "drawing"
local make = require "task"

local tables = (os.getenv "BUILD" or "build") .. "/bench/drawn"   -- the Makefile has tables.py write them there

--- The numbers of a list, as a set.
local function set(numbers)
  local members = {}
  for _, number in ipairs(numbers) do members[number] = true end
  return members
end

--- The sweep has four decades; where its best was at an end of them, it goes on for one more, by these numbers.
local LOWEST <const> = { sgd = 1e-3, adam = 1e-4, adamw = 1e-4 }
local LOWER <const> = set { 11, 15, 26, 33, 106, 110, 115, 137, 140, 145, 151 }
local HIGHER <const> = set { 1, 8, 22, 124, 133, 143, 158 }

local function spec(number, drawn)
  local training = drawn.training
  local layers = #training.layers > 0 and table.concat(training.layers, "-") .. ",activation=" .. training.activation or "none"
  local data = drawn.data
  if drawn.table then
    data = ("csv,file=%s/%d.csv,target=y,task=%s"):format(tables, number, drawn.table.classes > 0 and "classes" or "regression")
  end
  return ("%s,layers=%s,batch=%d,%s"):format(data, layers, training.batch, training.options)
end

local function task(number, half)
  local drawn = drawing.draw(number)
  local training = drawn.training
  local activation = #training.layers > 0 and training.activation or "none"
  local name = ("drawn-%03d-%s-%s-%s-%d"):format(number, drawn.data, activation, training.optimizer, training.batch)
  local made = make.builtin(name, spec(number, drawn))
  made.half, made.budgets, made.shapes = half, { training.budget }, { "constant", "linear", "cosine", "rex", "onecycle" }
  made.rates = make.thirds(LOWEST[training.optimizer] / (LOWER[number] and 10 or 1), (LOWER[number] or HIGHER[number]) and 5 or 4)
  return made
end

local list = {}
for _, half in ipairs(drawing.halves) do
  for number = half.first, half.last do list[#list + 1] = task(number, half.name) end
end

return {
  list = list,
  seeds = { 1, 2 },
  groups = { "untrained", "autopilot", "shorter", "sweep" },
  quick = { tasks = "^drawn.00[1-3]" },
}

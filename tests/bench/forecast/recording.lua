--- What the two recorders of curves share: the optimizers, how losses are written, which worlds are asked for.

local engine = require "neap.engine"

local recording = {}

--- What stands for a loss that is not finite, and for all after it.
recording.NOT_FINITE = 1e99

recording.optimizers = {
  sgd = "optimizer=sgd,momentum=0.9", nesterov = "optimizer=sgd,momentum=0.9,nesterov=true", plain = "optimizer=sgd,momentum=0",
  adam = "optimizer=adam", adamw = "optimizer=adamw,weight_decay=0.1",
}

--- The mean of the losses from 'first' to 'last'.
function recording.mean(losses, first, last)
  local sum = 0
  for i = first, last do
    if not (math.abs(losses[i] or math.huge) < recording.NOT_FINITE) then return recording.NOT_FINITE end
    sum = sum + losses[i]
  end
  return sum / (last - first + 1)
end

function recording.five_digits(value) return tonumber(("%.5g"):format(value)) end

local function asked(name)
  for i = 2, #arg do
    if not name:find(arg[i], 1, true) then return false end
  end
  return true
end

--- Record the worlds whose names hold every word after the first of the command line, into the folder that is its first.
---@param worlds any[][]
---@param name_of fun(world: any[]): string
---@param record fun(world: any[]): string[], number[][]    the columns' names, and the rows
function recording.all(worlds, name_of, record)
  for _, w in ipairs(worlds) do
    local name = name_of(w)
    if asked(name) then
      local start = engine.clock()
      assert(engine.table_write(("%s/%s.csv"):format(arg[1], name), record(w)))
      print(("%s  %.1f s"):format(name, engine.clock() - start))
    end
  end
end

return recording

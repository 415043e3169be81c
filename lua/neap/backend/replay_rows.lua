--- The rows of a CSV file of loss curves: which column is which, and what stands in them.

local engine = require "neap.engine"
local finite = require "neap.finite"
local words = require "neap.words"

local replay_rows = {}

--- What columns are called in files that do not say: the first name that is there.
local NAMES = {
  step = { "step", "Step", "_step", "global_step", "trainer/global_step", "iteration" },
  loss = { "loss", "Value", "train_loss", "train/loss", "training_loss" },
  rate = { "rate", "lr", "learning_rate", "train/learning_rate" },
  validation = { "validation", "val_loss", "val/loss", "validation_loss", "eval/loss", "eval_loss" },
  seed = { "seed" },
  curve = { "curve", "schedule", "run" },
}

local KINDS = { step = "finite", loss = "optional", rate = "optional", validation = "optional", seed = "finite", curve = "label" }

local function has(list, name)
  for _, one in ipairs(list) do
    if one == name then return true end
  end
  return false
end

--- The column for a role: the one that was named, or one that loggers use; nil if there is none.
local function column_of(role, given, names, file)
  if given then
    if has(names, given) then return given end
    return nil, ("%s:1: no column '%s'%s"):format(file, given, words.hint(given, names))
  end
  for _, name in ipairs(NAMES[role]) do
    if has(names, name) then return name end
  end
  return nil
end

--- The columns to read, by role. 'loss' is one of those that were asked for, or nil.
local function columns_of(file, given, loss, rates)
  local names, why, code = engine.table_names(file)
  if not names then return nil, why, code end
  local columns = {}
  for role in pairs(KINDS) do
    local asked = given[role]
    if role == "loss" then asked = loss end
    if role ~= "rate" or not rates then
      local column, problem = column_of(role, asked, names, file)
      if problem then return nil, problem, "not_found" end
      columns[role] = column
    end
  end
  for _, role in ipairs { "step", "loss", rates and "step" or "rate" } do
    if not columns[role] then
      local more = role == "rate" and ", or the rate itself" or ""
      return nil, ("%s:1: no column '%s'; say which one it is: %s=COLUMN%s%s"):format(
        file, NAMES[role][1], role, more, words.hint("", names)), "not_found"
    end
  end
  return columns
end

--- One table, its columns by role.
local function read_columns(file, columns)
  local wanted, roles = {}, {}
  for role, name in pairs(columns) do
    wanted[#wanted + 1], roles[#roles + 1] = { name, KINDS[role] }, role
  end
  local table, problem, code = engine.table_read(file, wanted)
  if not table then return nil, problem, code end
  local read = { rows = #table, table = table, file = file }
  for i, role in ipairs(roles) do read[role] = table:column(i) end
  return read
end

--- Where a row stands.
function replay_rows.place(row) return ("%s:%d"):format(row.read.file, row.read.table:line(row.i)) end

--- What is wrong with a row, or nil.
local function mistake(read, i, rate)
  local step = read.step[i]
  if step < 0 or step > 2 ^ 53 or step % 1 ~= 0 then return ("step %g: a whole number of at least 0 expected"):format(step) end
  if not rate then return "a rate expected, the cell is empty" end
  if not (rate >= 0 and rate < math.huge) then return ("rate %g: a finite number of at least 0 expected"):format(rate) end
  return nil
end

--- The rows with a loss, as { step, loss, rate, validation, seed, curve, place }; or those with a validation loss alone.
---@param rate number|nil    of all of them; nil: the column's
local function rows_of(read, rate, rows)
  local last
  for i = 1, read.rows do
    local own = rate or read.rate[i]
    if not own and not read.loss[i] then own = last end   -- a row that only validates may leave its rate out
    last = own or last
    local validation = read.validation and read.validation[i] or nil
    if read.loss[i] or validation then
      local problem = mistake(read, i, own)
      if problem then return nil, ("%s: %s"):format(replay_rows.place { read = read, i = i }, problem), "bad_data" end
      if validation and not finite(validation) then validation = nil end
      rows[#rows + 1] = {
        step = read.step[i], loss = read.loss[i], rate = own, validation = validation,
        seed = read.seed and read.seed[i], curve = read.curve and read.curve[i], read = read, i = i,
      }
    end
  end
  return rows
end

--- Read a file's rows.
---@param file string
---@param given table<string, string>    the name of the column for step, rate, validation, seed, curve where it is not a usual one
---@param loss? string                   likewise for the loss
---@param rate? number                   of all rows; nil: there is a column of rates
---@return table[]? rows
---@return string? problem    "file:line: what is wrong"
---@return string? code
---@return integer? first     the number of the first step: 0 if the file has one, else 1
function replay_rows.read(file, given, loss, rate)
  local columns, problem, code = columns_of(file, given, loss, rate)
  if not columns then return nil, problem, code end
  local read
  read, problem, code = read_columns(file, columns)
  if not read then return nil, problem, code end
  local rows
  rows, problem, code = rows_of(read, rate, {})
  return rows, problem, code, has(read.step, 0) and 0 or 1
end

return replay_rows

--- The data sets of the embedded backend: each reads its files, and returns a data set, or nil, message, code.
--- The parts depend on nothing but the data: of digits and tables a permutation that never changes gives 70 % to training,
--- 15 % to validation and 15 % to the test; of Fashion-MNIST's training files 50,000 rows and 10,000, and the test is t10k.
--- Inputs are standardised by the training part: tables column by column, images by one mean and deviation of all pixels.

local engine = require "neap.engine"
local options = require "neap.options"
local paths = require "neap.paths"

local data_sets = {}

local function read_table(file, target, task)
  local table, problem, code = engine.table_read(file)
  if not table then return nil, problem, code end
  local names, column = table:names(), nil
  for i, name in ipairs(names) do
    if name == target then
      if column then return nil, ("%s: two columns are called '%s'"):format(file, target), "bad_data" end
      column = i
    end
  end
  if not column then
    local hint = #names <= 100 and options.hint(target, names) or ""
    return nil, ("%s: no column '%s'%s"):format(file, target, hint), "not_found"
  end
  local data
  data, problem, code = engine.dataset_table(table, column, task)
  return data, problem and ("%s: target '%s': %s"):format(file, target, problem), code
end

--- The digits that come with neap.
function data_sets.digits() return read_table(paths.data("digits.csv"), "digit", "classes") end

--- A table of the user's.
---@param values { file: string, target: string, task: "auto"|"classes"|"regression" }
function data_sets.csv(values) return read_table(values.file, values.target, values.task) end

--- Fashion-MNIST.
---@param values { file: string }    the folder of its files
function data_sets.fashion(values)
  local function file(name) return ("%s/%s-ubyte.gz"):format(values.file, name) end
  local data, problem, code = engine.dataset_images(file("train-images-idx3"), file("train-labels-idx1"),
    file("t10k-images-idx3"), file("t10k-labels-idx1"))
  if code == "not_found" then problem = problem .. " (apt-get install dataset-fashion-mnist)" end
  return data, problem, code
end

return data_sets

---@meta neap.engine

---@class neap.engine
local engine = {}

---@class neap.engine.Table    numbers in named columns; #table is the number of rows
local Table = {}

--- Names of the columns.
---@return string[]
function Table:names() end

--- The numbers of column i, from 1; false where a cell of an "optional" column is empty.
---@param i integer
---@return (number|false)[]
function Table:column(i) end

--- The line of the file on which a row ends.
---@param row integer
---@return integer
function Table:line(row) end

--- Read a CSV file: a row of names, then rows of as many finite numbers.
---@param file string
---@param columns? { [1]: string, [2]: "finite"|"number"|"optional"|"label" }[]    only these, each { name, kind }, in this
--- order; number: also nan and inf; optional: also an empty cell; label: any text, read as 1, 2, .. as they appear
---@return neap.engine.Table? table
---@return string? problem    "file:line: what is wrong"
---@return string? code       not_found, io, bad_data, no_memory
function engine.table_read(file) end

--- The names of a CSV file's columns.
---@param file string
---@return string[]? names
---@return string? problem
---@return string? code
function engine.table_names(file) end

--- Write a CSV file; a regular file appears whole or not at all.
---@param file string
---@param names string[]
---@param rows number[][]    each as long as names
---@return true? done
---@return string? problem
---@return string? code       io, no_memory
function engine.table_write(file, names, rows) end

---@class neap.engine.Dataset
local Dataset = {}

---@return { task: "classes"|"regression", inputs: integer, classes: integer?, train: integer, validation: integer, test: integer }
function Dataset:info() end

--- Give up this share; trainers keep theirs.
function Dataset:close() end

--- Predict a column of a table from the others. 70 % of the rows are for training, 15 % for validation, 15 % for the test,
--- by a permutation that never changes; columns are standardised by the training part.
---@param table neap.engine.Table
---@param target integer    column, from 1
---@param task? "classes"|"regression"|"auto"
---@return neap.engine.Dataset? data
---@return string? problem
---@return string? code       too_few, bad_data, bad_argument, no_memory
function engine.dataset_table(table, target, task) end

--- Images and labels of four IDX files, gzip or not. One in six of the training files' rows is for validation.
---@param images string
---@param labels string
---@param test_images string
---@param test_labels string
---@return neap.engine.Dataset? data
---@return string? problem
---@return string? code       not_found, io, bad_data, no_memory
function engine.dataset_images(images, labels, test_images, test_labels) end

---@class neap.engine.TrainerSettings
---@field layers integer[]    units of each hidden layer
---@field activation "relu"|"tanh"
---@field optimizer "sgd"|"adam"|"adamw"|"schedulefree_sgd"|"schedulefree_adamw"
---@field momentum number
---@field nesterov boolean
---@field beta1 number
---@field beta2 number
---@field epsilon number
---@field weight_decay number
---@field batch integer
---@field seed integer

---@class neap.engine.Trainer
local Trainer = {}

---@class neap.engine.Checkpoint

--- Take steps at a rate, or at a list of at least so many.
---@param steps integer
---@param rate number|number[]
---@param momentum? number|number[]    in [0, 1), of adam beta1; raises where it is not offered
---@return number[] losses    ends with the first that is nan or inf
function Trainer:train(steps, rate, momentum) end

---@param part? "validation"|"test"|"train"
---@param batches? integer    only the first so many mini-batches
---@param weights? "now"|"average"
---@return number loss
---@return { accuracy: number?, rmse: number?, r2: number? } metrics
function Trainer:evaluate(part, batches, weights) end

--- Begin an average of the weights, anew if there is one; make it the weights; forget it. Raises where it is not offered,
--- and "adopt" where there is none.
---@param verb "start"|"adopt"|"stop"
---@return true? done
---@return string? problem
---@return string? code       no_memory
function Trainer:average(verb) end

--- What the optimizer allows.
---@return { momentum: boolean, averaging: boolean }
function Trainer:offers() end

---@return neap.engine.Checkpoint? checkpoint
---@return string? problem
---@return string? code       no_memory
function Trainer:save() end

---@param checkpoint neap.engine.Checkpoint
---@return true? done
---@return string? problem
---@return string? code       no_memory: an average is new to this trainer
function Trainer:restore(checkpoint) end

--- Move the weights a share of the way to a checkpoint's.
---@param checkpoint neap.engine.Checkpoint
---@param share number    finite; 0: nothing moves, 1: all the way
---@return true done
function Trainer:blend(checkpoint, share) end

---@param checkpoint neap.engine.Checkpoint
function Trainer:drop(checkpoint) end

--- Write the state to a file, which is there whole or not at all.
---@param path string
---@return integer? bytes
---@return string? problem
---@return string? code       io, no_memory
function Trainer:save_file(path) end

--- Go to the state in a file, of this trainer or of another with the same data and settings.
---@param path string
---@return true? done         else the trainer is as it was
---@return string? problem
---@return string? code       not_found, io, bad_data, no_memory
function Trainer:restore_file(path) end

---@return integer
function Trainer:parameters() end

--- Updates made since the beginning.
---@return integer
function Trainer:steps() end

--- End the trainer; again is no mistake.
function Trainer:close() end

--- A trainer on a data set, of which it keeps a share.
---@param data neap.engine.Dataset
---@param settings neap.engine.TrainerSettings
---@return neap.engine.Trainer? trainer
---@return string? problem
---@return string? code       bad_argument, no_memory
function engine.trainer(data, settings) end

return engine

--- The results of single runs, in a CSV file: read once, and one line added after each run, so that a benchmark that was
--- stopped goes on where it was, and several processes may write to one file.

local course = require "course"

local Results = {}
Results.__index = Results

local COLUMNS <const> = {
  "task", "budget", "seed", "policy", "peak", "validation", "test_loss", "accuracy", "search", "total", "seconds", "course",
}

--- What is no number.
local READ <const> = { task = tostring, policy = tostring, course = course.parse }

local function key_of(row) return ("%s,%d,%d,%s,%.6g"):format(row.task, row.budget, row.seed, row.policy, row.peak) end

local function parse(line)
  local row, i = {}, 0
  for word in line:gmatch "[^,]+" do
    i = i + 1
    local name = COLUMNS[i]
    if not name then return nil end
    if READ[name] then row[name] = READ[name](word) else row[name] = tonumber(word) or math.huge end   -- nan and inf: as bad as can be
  end
  return i == #COLUMNS and row or nil
end

--- The results in a file, which is made when the first is added.
---@param file string
function Results.open(file)
  local self = setmetatable({ file = file, rows = {}, known = {} }, Results)
  local handle <close> = io.open(file, "r")
  if not handle then return self end
  for line in handle:lines() do
    local row = line ~= table.concat(COLUMNS, ",") and parse(line)
    if row then self:keep(row) end
  end
  return self
end

--- A later line takes the place of an earlier one of the same run.
function Results:keep(row)
  local key = key_of(row)
  local place = self.known[key] or #self.rows + 1
  self.rows[place], self.known[key] = row, place
end

function Results:has(job) return self.known[key_of(job)] ~= nil end

--- A value of a row, as a word of the file.
local function word_of(name, value)
  if name == "course" then return course.text(value) end
  if type(value) == "userdata" or value == nil then value = math.huge end   -- JSON's null was nan or infinite
  return math.type(value) == "float" and ("%.6g"):format(value) or tostring(value)
end

--- Add a row, to the file too.
function Results:add(row)
  local words = {}
  for i, name in ipairs(COLUMNS) do words[i] = word_of(name, row[name]) end
  self:keep(assert(parse(table.concat(words, ","))))
  local handle <close> = assert(io.open(self.file, "a"))
  if handle:seek("end") == 0 then handle:write(table.concat(COLUMNS, ","), "\n") end
  handle:write(table.concat(words, ","), "\n")
end

return Results

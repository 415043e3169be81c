--- A study's record: a CSV file to which each finished run is appended, and which is read back when the study goes on.
--- A last line that a kill has torn is dropped. Fields hold no commas and no quotes; a run that diverged has nan.

local uv = require "luv"

local ledger = {}

--- What determines a run, then what came of it. full: the steps of 100 %; errors in percent.
local KEY <const> = { "setting", "optimizer", "schedule", "full", "steps", "peak", "seed" }
local OUTCOME <const> = { "validation_loss", "validation_error", "test_loss", "test_error", "seconds" }
local HEADER <const> = table.concat(KEY, ",") .. "," .. table.concat(OUTCOME, ",")
local TEXT <const> = { setting = true, optimizer = true, schedule = true }

--- The one text by which two runs are the same.
---@return string
function ledger.key(run)
  local words = {}
  for i, name in ipairs(KEY) do words[i] = TEXT[name] and run[name] or ("%.6g"):format(run[name]) end
  return table.concat(words, ",")
end

local function line_of(run)
  local words = { ledger.key(run) }
  for _, name in ipairs(OUTCOME) do
    words[#words + 1] = run[name] and ("%.6g"):format(run[name]) or "nan"
  end
  return table.concat(words, ",") .. "\n"
end

--- A line's run, or nil if it is none.
local function run_of(line)
  local words, run = {}, {}
  for word in (line .. ","):gmatch "([^,]*)," do words[#words + 1] = word end
  if #words ~= #KEY + #OUTCOME then return nil end
  for i, word in ipairs(words) do
    local name = KEY[i] or OUTCOME[i - #KEY]
    run[name] = TEXT[name] and word or tonumber(word)
    if run[name] == nil and (KEY[i] or word ~= "nan") then return nil end
  end
  return run
end

---@class neap.Ledger
---@field runs table<string, table>    by their key
---@field count integer
local Ledger = {}
Ledger.__index = Ledger

--- Read the whole lines of a text into the ledger.
local function read(self, text)
  local number = 0
  for line in text:gmatch "([^\n]*)\n" do
    number = number + 1
    local run = number > 1 and run_of(line)
    if number == 1 and line ~= HEADER then
      return nil, ("%s is no record of this study: its first line is not '%s'"):format(self.file, HEADER)
    elseif number > 1 and not run then
      return nil, ("%s:%d: no run of this study"):format(self.file, number)
    elseif run then
      self:note(run)
    end
  end
  return true
end

--- Write the file anew with its whole lines alone: beside its place, then renamed.
local function mend(file, text)
  local handle, problem = io.open(file .. ".part", "wb")
  if not handle then return nil, problem end
  handle:write(text)
  if not handle:close() then return nil, file .. ".part cannot be written" end
  return os.rename(file .. ".part", file)
end

--- Open a record, or begin one.
---@param file string
---@return neap.Ledger? record    to end with close
---@return string? problem
function ledger.open(file)
  local self = setmetatable({ file = file, runs = {}, count = 0 }, Ledger)
  local is = uv.fs_stat(file)
  if is and is.type ~= "file" then return nil, ("%s is no file (a %s)"):format(file, is.type) end
  local handle = io.open(file, "rb")
  local text, unreadable
  if handle then
    text, unreadable = handle:read "a"
    handle:close()
    if unreadable then return nil, ("%s: %s"):format(file, unreadable) end
  end
  text = text or ""
  local whole = text:match "^.*\n" or ""
  local done, problem = read(self, whole)
  if not done then return nil, problem end
  if whole ~= text or whole == "" then
    done, problem = mend(file, whole ~= "" and whole or HEADER .. "\n")
    if not done then return nil, problem end
  end
  self.handle, problem = io.open(file, "ab")
  if not self.handle then return nil, problem end
  return self
end

function Ledger:note(run)
  local key = ledger.key(run)
  if not self.runs[key] then self.count = self.count + 1 end
  self.runs[key] = run
end

--- The record of a run that has been done, or nil.
function Ledger:find(run) return self.runs[ledger.key(run)] end

--- Append a finished run; it is in the file when this returns.
---@return boolean? done
---@return string? problem
function Ledger:append(run)
  local done, problem = self.handle:write(line_of(run))
  if done then done, problem = self.handle:flush() end
  if not done then return nil, ("%s cannot be written: %s"):format(self.file, problem) end
  self:note(run_of(line_of(run):sub(1, -2)))
  return true
end

function Ledger:close() self.handle:close() end
Ledger.__close = Ledger.close

return ledger

--- The listings of a page in Markdown, run as they stand there: their output is compared with what the page shows below them.
---
--- ```lua listings of a chapter (## ..) run one after the other as one script; one whose first line is "-- NAME.lua" is a file of
--- that name instead. Each line of an ```sh listing is a command. A ```text listing is what the one before it prints: words
--- exactly, numbers to a tolerance, "..." anything to the end of the line.

local program = require "program"

local listings = {}

--- The relative tolerance of a number that has a fraction; whole numbers are exact.
local TOLERANCE <const> = 0.02

---@class Listing
---@field kind "lua"|"sh"
---@field line integer      of the page, where it begins
---@field text string
---@field shown? string     what the page shows that it prints
---@field file? string      it is a file of this name
---@field chapter string

--- Read the listings of a page.
---@return Listing[]
function listings.read(page)
  local list, open, chapter, number = {}, nil, "", 0
  for line in io.lines(page) do
    number = number + 1
    if open and line == "```" then
      if open.kind == "text" then
        if list[#list] then list[#list].shown = table.concat(open, "\n") .. "\n" end
      else
        open.text = table.concat(open, "\n") .. "\n"
        open.file = open.kind == "lua" and open.text:match "^%-%- ([%w_]+%.lua)\n" or nil
        list[#list + 1] = open
      end
      open = nil
    elseif open then open[#open + 1] = line
    elseif line:match "^```%a+$" then open = { kind = line:sub(4), line = number, chapter = chapter }
    elseif line:match "^## " then chapter = line:sub(4)
    end
  end
  return list
end

--- Words and numbers of a line.
local function tokens(line)
  local list = {}
  for token in line:gmatch "%S+" do list[#list + 1] = token end
  return list
end

local function same_token(expected, actual)
  if expected == actual then return true end
  local a, b = tonumber(expected), tonumber(actual)
  if not (a and b) or math.type(a) == "integer" then return false end
  return math.abs(a - b) <= TOLERANCE * math.max(math.abs(a), math.abs(b))
end

local function same_line(expected, actual)
  local wanted, got = tokens(expected), tokens(actual)
  for i, token in ipairs(wanted) do
    if token == "..." then return true end
    if not got[i] or not same_token(token, got[i]) then return false end
  end
  return #wanted == #got
end

--- Is the output what the page shows?
---@return boolean same
---@return string? difference
function listings.compare(shown, printed)
  local wanted, got = program.lines(shown), program.lines(printed)
  for i = 1, math.max(#wanted, #got) do
    if not (wanted[i] and got[i]) or not same_line(wanted[i], got[i]) then
      return false, ("line %d: the page shows\n  %s\nand it prints\n  %s"):format(i, wanted[i] or "nothing more", got[i] or "nothing more")
    end
  end
  return true
end

local BETWEEN <const> = "\1"

--- What each script listing of a chapter prints, when they run as one script in `folder`.
---@return table<Listing, string> outputs
---@return string problem    what went to standard error
local function run_scripts(scripts, folder)
  local whole = {}
  for _, listing in ipairs(scripts) do
    whole[#whole + 1] = listing.text
    whole[#whole + 1] = ("io.write '%s'\n"):format(BETWEEN)
  end
  local file = program.file(table.concat(whole), ".lua")
  local ran = program.shell(("cd %s && LC_ALL=C.UTF-8 @neap %s"):format(folder, file))
  os.remove(file)
  local outputs, i = {}, 0
  for text in ran.out:gmatch("([^" .. BETWEEN .. "]*)" .. BETWEEN) do
    i = i + 1
    outputs[scripts[i]] = text
  end
  return outputs, ran.err
end

local function run_commands(listing, folder)
  local printed = {}
  for _, command in ipairs(program.lines(listing.text)) do
    local ran = program.shell(("cd %s && { %s; } 2>&1"):format(folder, (" " .. command):gsub(" neap ", " @neap ")))
    printed[#printed + 1] = ran.out
  end
  return table.concat(printed)
end

--- Run every listing of a page; those without shown output must at least run.
---@param page string
---@param check fun(listing: Listing, printed: string?, problem: string)    printed is nil where it did not come to its end
function listings.run(page, check)
  local folder = program.file ""
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  local chapters, order, list = {}, {}, listings.read(page)
  for _, listing in ipairs(list) do
    if listing.file then
      assert(os.rename(program.file(listing.text), folder .. "/" .. listing.file))
    elseif listing.kind == "lua" then
      if not chapters[listing.chapter] then chapters[listing.chapter], order[#order + 1] = {}, listing.chapter end
      table.insert(chapters[listing.chapter], listing)
    end
  end
  for _, chapter in ipairs(order) do
    local outputs, problem = run_scripts(chapters[chapter], folder)
    for _, listing in ipairs(chapters[chapter]) do check(listing, outputs[listing], problem) end
  end
  for _, listing in ipairs(list) do
    if listing.kind == "sh" then check(listing, run_commands(listing, folder), "") end
  end
  os.execute("rm -r " .. folder)
end

return listings

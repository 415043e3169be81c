--- Words for messages: a value as a user wrote it, a time, a word of a command, and what an unknown word may have meant.

local words = {}

--- A value as a message shows it: short, and on one line.
---@param value any
---@return string
function words.shown(value)
  if type(value) == "table" or type(value) == "function" or type(value) == "userdata" then return "a " .. type(value) end
  local text = tostring(value):gsub("%c", " ")
  return "'" .. (#text > 60 and text:sub(1, 60) .. "..." or text) .. "'"
end

--- A time as people write it: "0:07", "1:02:03".
---@param seconds number
---@return string
function words.duration(seconds)
  if seconds >= 3600 then return ("%d:%02d:%02d"):format(seconds // 3600, seconds % 3600 // 60, seconds % 60 // 1) end
  return ("%d:%02d"):format(seconds // 60, seconds % 60 // 1)
end

--- A word of a command, as a shell wants it.
---@param word string
---@return string
function words.quoted(word)
  if word:find "^[%w_@%%+=:,./-]+$" then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- What argparse found wrong with a command's options, in our words.
---@param message string
---@param command string    "run rex"
---@return string
function words.usage(message, command)
  message = message:gsub("%s*\n%s*", " "):gsub(" Did you mean ([^?]+)%?", " (did you mean %1?)")
  return ("%s; see neap %s --help"):format(message, command)
end

--- The keys of a table in one order, so that of several mistakes the same one is told each time.
---@param t table<any, any>
---@return any[]
function words.sorted(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

--- What the engine found wrong with an argument, without its place in a call that is not the user's.
---@param problem any
---@return string
function words.reason(problem)
  local text = tostring(problem)
  return text:match "bad argument #%-?%d+ to '[^']*' %((.*)%)$" or text
end

--- Edits from one word to another: a letter put in, left out, changed, or two neighbours swapped (Damerau 1964, Levenshtein
--- 1966; no letter is edited twice). The first 64 bytes count.
local function distance(a, b)
  a, b = a:sub(1, 64):lower(), b:sub(1, 64):lower()
  local rows = { [0] = {} }   -- rows[i][j]: from the first i letters of a to the first j of b
  for j = 0, #b do rows[0][j] = j end
  for i = 1, #a do
    local row, above = { [0] = i }, rows[i - 1]
    for j = 1, #b do
      local changed = above[j - 1] + (a:byte(i) == b:byte(j) and 0 or 1)
      row[j] = math.min(above[j] + 1, row[j - 1] + 1, changed)
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        row[j] = math.min(row[j], rows[i - 2][j - 2] + 1)
      end
    end
    rows[i] = row
  end
  return rows[#a][#b]
end

--- A list as it is, or a table's keys, sorted; as texts of one line.
local function list_of(known)
  local list = {}
  if #known > 0 then
    for i, word in ipairs(known) do list[i] = tostring(word):gsub("%c", " ") end
  else
    for word in pairs(known) do list[#list + 1] = tostring(word) end
    table.sort(list)
  end
  return list
end

--- What to tell a user who wrote an unknown word: " (did you mean 'tau'?)", or the list of what there is.
---@param word string
---@param known table    a list of words, or a table whose keys are the words
---@return string
function words.hint(word, known)
  local list, best, nearest = list_of(known), math.huge, nil
  for _, candidate in ipairs(list) do
    local d = distance(tostring(word), candidate)
    if d < best then best, nearest = d, candidate end
  end
  -- Numbers are not misspelt, and a word with every letter changed is another word.
  if nearest and not tonumber(nearest) and best < #nearest and best <= math.max(2, #nearest // 2) then
    return (" (did you mean '%s'?)"):format(nearest)
  end
  if #list == 0 then return " (there are none)" end
  return (" (expected one of: %s%s)"):format(table.concat(list, ", ", 1, math.min(#list, 20)), #list > 20 and ", ..." or "")
end

return words

--- Values as the prompt prints them: tables are written out, as far as a screen takes them.

--- Tables within tables, entries of a list or of named ones, and bytes of a text that are written.
local DEEP <const>, LISTED <const>, LONG <const> = 3, 20, 60

local write

local function key_of(key)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" then return key end
  return ("[%s]"):format(write(key, DEEP))
end

local function by_name(a, b) return tostring(a) < tostring(b) end

local function entries(t, depth)
  local words, names = {}, {}
  for i = 1, math.min(#t, LISTED) do words[i] = write(t[i], depth + 1) end
  if #t > LISTED then words[#words + 1] = ("... %d in all"):format(#t) end
  for key in next, t do
    if not (math.type(key) == "integer" and key >= 1 and key <= #t) then names[#names + 1] = key end
  end
  table.sort(names, by_name)
  for i = 1, math.min(#names, LISTED) do
    words[#words + 1] = ("%s = %s"):format(key_of(names[i]), write(rawget(t, names[i]), depth + 1))
  end
  if #names > LISTED then words[#words + 1] = ("... %d names in all"):format(#names) end
  return words
end

function write(value, depth)
  if type(value) == "string" then
    return (("%q"):format(#value > LONG and value:sub(1, LONG) .. "..." or value):gsub("\\\n", "\\n"))
  end
  if math.type(value) == "float" then return ("%.6g"):format(value) end
  if type(value) == "function" then return "function" end
  if type(value) ~= "table" or getmetatable(value) then return tostring(value) end
  if depth >= DEEP then return "{ .. }" end
  local words = entries(value, depth)
  return #words > 0 and ("{ %s }"):format(table.concat(words, ", ")) or "{}"
end

--- A value at the prompt: a plain table is written out, anything else is as print has it.
---@param value any
---@return string
return function(value)
  if type(value) == "table" and not getmetatable(value) then return write(value, 0) end
  return tostring(value)
end

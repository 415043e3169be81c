--- Declared options (neap.options) in words: on the command line, at the prompt, in the reference.

local shown = require "neap.shown"

local option_words = {}

--- Is a value a complete declaration of options?
---@param value any
---@return boolean
function option_words.are_declared(value)
  if type(value) ~= "table" or getmetatable(value) or next(value) == nil then return false end
  for name, option in next, value do
    if type(option) ~= "table" or option.name ~= name or type(option.about) ~= "string" then return false end
  end
  return true
end

--- A default as a script would write it.
---@param value any
---@return string
function option_words.value(value)
  if type(value) == "function" then return "a function" end
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) == "table" then return shown(value) end
  if math.type(value) == "float" then
    local text = ("%.14g"):format(value):gsub("e([-+])0+(%d)", "e%1%2"):gsub("e%+", "e")
    return #text > 12 and math.abs(1 / value % 1) < 1e-9 and ("1/%.0f"):format(1 / value) or text
  end
  return tostring(value)
end

--- A bound so far out that nobody will meet it is not worth a word.
local function worth(bound) return bound and math.abs(bound) < 1e9 and option_words.value(bound) end

--- What a number may be; nil if there is nothing to say.
---@return string?
function option_words.bounds(option)
  local list = {}
  for _, bound in ipairs { { "min", ">= " }, { "above", "> " }, { "max", "<= " }, { "below", "< " } } do
    local number = worth(option[bound[1]])
    if number then list[#list + 1] = bound[2] .. number end
  end
  return #list > 0 and table.concat(list, ", ") or nil
end

--- An option in a line: what it means, its choices, its default.
---@return string
function option_words.describe(option)
  local text = option.about
  if option.choices then text = ("%s (%s)"):format(text, table.concat(option.choices, ", ")) end
  if option.default ~= nil and type(option.default) ~= "function" then
    local default = type(option.default) == "table" and option_words.value(option.default) or tostring(option.default)
    text = ("%s [%s]"):format(text, default)
  end
  return text
end

return option_words

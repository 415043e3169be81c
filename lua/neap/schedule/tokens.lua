--- What schedules' text is made of, below its grammar: where we are in it, and numbers, lengths, words and tables of options.

local length = require "neap.schedule.length"

---@class neap.ScheduleTokens
---@field text string
---@field at integer      position of the next character
local Tokens = {}
Tokens.__index = Tokens

--- Give up: 'position' is where, by default here. Caught by the parser.
function Tokens:fail(message, position)
  error({ problem = ("schedule text, position %d: %s"):format(position or self.at, message) }, 0)
end

--- What stands here, for a message.
function Tokens:here()
  local word = self.text:match("^[%w_.]+", self.at) or self.text:match("^.[\128-\191]*", self.at)
  return word and "'" .. word .. "'" or "the end"
end

--- The match of a pattern here, after blanks, which is then behind us; nil if there is none.
function Tokens:take(pattern)
  self.at = self.text:match("^%s*()", self.at)
  local found, after = self.text:match("^(" .. pattern .. ")()", self.at)
  self.at = after or self.at
  return found
end

function Tokens:is_next(pattern) return self.text:find("^%s*" .. pattern, self.at) ~= nil end

function Tokens:expect(pattern, what)
  return self:take(pattern) or self:fail(("%s expected, not %s"):format(what, self:here()))
end

function Tokens:number()
  local sign = self:take "%-" and -1 or 1
  local start = self.at
  local digits = self:take "%d+%.?%d*" or self:take "%.%d+"
  if not digits then return sign < 0 and self:fail("a number expected after '-'") or nil end
  if digits:find "%.$" and self.text:find("^%.", self.at) then   -- "1..": a number, and then '..'
    digits, self.at = digits:sub(1, -2), self.at - 1
  end
  digits = digits .. (self:take "[eE][+-]?%d+" or "")
  if self.text:find("^[%w_]", self.at) then self:fail("malformed number", start) end
  return sign * tonumber(digits)
end

function Tokens:quoted()
  local text = self:take '"[^"\\%c]*"' or self:take "'[^'\\%c]*'"
  return text and text:sub(2, -2)
end

--- A length: with its unit, in quotes or not; or a number of steps; nil if there is none.
function Tokens:length()
  local quoted = self:quoted()
  if quoted then return quoted end
  local bare = self:take "%d[%d./]*%%" or self:take "%d[%d./]*%a+%f[^%w_]"
  if bare and (bare:find "%%$" or length.units[bare:match "%a+$"]) then return bare end
  if bare and not bare:find "^[%d.]+[eE]$" then self.at = self.at - #bare end
  return self:number()
end

--- What is in braces, one by one, with commas between and perhaps a last one; the opening brace is behind us.
function Tokens:each(read)
  while not self:take "}" do
    read()
    if not self:take "," then return self:expect("}", "',' or '}'") end
  end
end

function Tokens:value()
  if self:take "{" then
    local list = {}
    self:each(function()
      list[#list + 1] = self:quoted() or self:number() or self:fail(("a number expected, not %s"):format(self:here()))
    end)
    return list
  end
  local word = self:quoted() or self:take "true%f[^%w_]" or self:take "false%f[^%w_]"
  if word == "true" or word == "false" then return word == "true" end
  return word or self:number() or self:fail(("a value expected, not %s"):format(self:here()))
end

--- { key = value, .. }; the opening brace is next.
function Tokens:table()
  local given = {}
  self:expect("{", "options in braces, { name = value },")
  self:each(function()
    local key = self:expect("[%a_][%w_]*", "the name of an option")
    if given[key] ~= nil then self:fail(("option '%s' given twice"):format(key), self.at - #key) end
    self:expect("=", "'='")
    given[key] = self:value()
  end)
  return given
end

return Tokens

--- The parser of schedules' text: strict, executes nothing, and every error says where and in which piece. It reads a part of Lua:
---   sequence = sum { ".." sum }     sum = product { "+" product }     product = factor { "*" factor }
---   factor   = number | primary { ":" method [ "(" [ argument ] [ "," table ] ")" | table ] }
---   primary  = "(" sequence ")" | ("max" | "min") "(" sequence { "," sequence } ")"
---            | name ( "(" [ length ] [ "," table ] ")" | table )
--- and beside Lua lengths without quotes: 500st, 10ep, 5%, 2/3dur.

local length = require "neap.schedule.length"
local operations = require "neap.schedule.operations"
local pieces = require "neap.schedule.pieces"
local tree = require "neap.schedule.tree"
local words = require "neap.words"

local NESTED = 200  -- parentheses within parentheses, as deep as schedules may be

---@class neap.ScheduleParser
---@field text string
---@field at integer      position of the next character
---@field depth integer
local Parser = {}
Parser.__index = Parser

--- Give up: 'position' is where, by default here. Caught by parse.
function Parser:fail(message, position)
  error({ problem = ("schedule text, position %d: %s"):format(position or self.at, message) }, 0)
end

--- What stands here, for a message.
function Parser:here()
  local word = self.text:match("^[%w_.]+", self.at) or self.text:match("^.[\128-\191]*", self.at)
  return word and "'" .. word .. "'" or "the end"
end

--- The match of a pattern here, after blanks, which is then behind us; nil if there is none.
function Parser:take(pattern)
  self.at = self.text:match("^%s*()", self.at)
  local found, after = self.text:match("^(" .. pattern .. ")()", self.at)
  self.at = after or self.at
  return found
end

function Parser:expect(pattern, what)
  return self:take(pattern) or self:fail(("%s expected, not %s"):format(what, self:here()))
end

--- A constructor's schedule, or its message as this text's, at 'position'.
function Parser:build(position, what, made, problem)
  if made ~= nil then return made end
  return self:fail(what .. ": " .. problem, position)
end

function Parser:number()
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

function Parser:quoted()
  local text = self:take '"[^"\\%c]*"' or self:take "'[^'\\%c]*'"
  return text and text:sub(2, -2)
end

--- A length: with its unit, in quotes or not; or a number of steps; nil if there is none.
function Parser:length()
  local quoted = self:quoted()
  if quoted then return quoted end
  local bare = self:take "%d[%d./]*%%" or self:take "%d[%d./]*%a+%f[^%w_]"
  if bare and (bare:find "%%$" or length.units[bare:match "%a+$"]) then return bare end
  if bare and not bare:find "^[%d.]+[eE]$" then self.at = self.at - #bare end
  return self:number()
end

--- What is in braces, one by one, with commas between and perhaps a last one; the opening brace is behind us.
function Parser:each(read)
  while not self:take "}" do
    read()
    if not self:take "," then return self:expect("}", "',' or '}'") end
  end
end

function Parser:value()
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
function Parser:table()
  local given = {}
  self:expect("{", "'{'")
  self:each(function()
    local key = self:expect("[%a_][%w_]*", "the name of an option")
    if given[key] ~= nil then self:fail(("option '%s' given twice"):format(key), self.at - #key) end
    self:expect("=", "'='")
    given[key] = self:value()
  end)
  return given
end

function Parser:is_next(pattern) return self.text:find("^%s*" .. pattern, self.at) ~= nil end

function Parser:call(name, position)
  local steps, given
  if not pieces.known[name] then self:fail(("unknown profile '%s'%s"):format(name, words.hint(name, pieces.known)), position) end
  if self:is_next "{" then given = self:table()
  else
    self:expect("%(", "'('")
    if not self:take "%)" then
      if not self:is_next "{" then
        steps = self:length() or self:fail(("the steps of %s expected, not %s"):format(name, self:here()))
      end
      if not steps or self:take "," then given = self:table() end
      self:expect("%)", "',' or ')'")
    end
  end
  return self:build(position, name, tree.piece(name, steps, given))
end

--- What an operation is told in its parentheses: an argument, where it has one, and options.
function Parser:arguments(operation)
  if self:is_next "{" then return nil, self:table() end
  self:expect("%(", "'(' or '{'")
  local argument, given
  if operation.argument == "schedule" then argument = self:sequence()
  elseif operation.argument == "steps" then argument = self:length()
  elseif operation.argument then argument = self:number() end
  if argument == nil and self:is_next "{" or argument ~= nil and self:take "," then given = self:table() end
  self:expect("%)", "',' or ')'")
  return argument, given
end

function Parser:methods(made)
  while self:take ":" do
    self:take ""
    local position = self.at
    local name = self:expect("[%a_][%w_]*", "the name of a method")
    local operation = operations[name]
    if not operation then self:fail(("unknown method '%s'%s"):format(name, words.hint(name, operations)), position) end
    local argument, given = self:arguments(operation)
    if operation.argument then made = self:build(position, name, tree.apply(name, made, argument, given))
    else made = self:build(position, name, tree.apply(name, made, given)) end
  end
  return made
end

--- max(..) or min(..), whose opening parenthesis is behind us.
function Parser:extreme(op)
  local result = self:sequence(true)
  while self:take "," do
    local position, other = self.at, self:sequence(true)
    if type(result) == "number" and type(other) == "number" then self:fail(op .. " of two numbers: a schedule expected", position) end
    result = self:build(position, op, tree.combine(op, result, other))
  end
  self:expect("%)", "',' or ')'")
  return result
end

function Parser:primary()
  self:take ""
  local position = self.at
  local extreme = self:take "max%s*%(" or self:take "min%s*%("
  if not extreme and not self:take "%(" then
    local name = self:expect("[%a_][%w_]*", "a number, a profile or '('")
    return self:call(name, position)
  end
  self.depth = self.depth + 1
  if self.depth > NESTED then self:fail(("parentheses nested more than %d deep"):format(NESTED)) end
  local made
  if extreme then made = self:extreme(extreme:sub(1, 3))
  else
    made = self:sequence()
    self:expect("%)", "'..', '+', '*' or ')'")
  end
  self.depth = self.depth - 1
  return made
end

function Parser:factor()
  local scalar = self:number()
  if scalar then return scalar end
  return self:methods(self:primary())
end

function Parser:product()
  self:take ""
  local start, result = self.at, self:factor()
  while self:take "%*" do
    local other = self:factor()
    if type(result) == "number" and type(other) == "number" then result = result * other
    elseif type(result) == "number" then result = self:build(start, "*", tree.scale(result, other))
    elseif type(other) == "number" then result = self:build(start, "*", tree.scale(other, result))
    else result = self:build(start, "*", tree.combine("product", result, other)) end
  end
  return result
end

function Parser:sum()
  self:take ""
  local start, result = self.at, self:product()
  while self:take "%+" do
    local other = self:product()
    if type(result) == "number" and type(other) == "number" then result = result + other
    else result = self:build(start, "+", tree.combine("sum", result, other)) end
  end
  return result
end

--- A schedule; or, where that may be, a number.
function Parser:sequence(or_number)
  self:take ""
  local start, result = self.at, self:sum()
  if type(result) == "number" and or_number and not self:is_next "%.%." then return result end
  if type(result) == "number" then self:fail("a number alone is no schedule", start) end
  while self:take "%.%." do
    self:take ""
    local position, following = self.at, self:sum()
    if type(following) == "number" then self:fail("a number alone is no schedule", position) end
    result = self:build(position, "..", tree.join(result, following))
  end
  return result
end

--- Read an expression.
---@param source string
---@return neap.Schedule? sched
---@return string? problem    one line, with the position (in bytes, from 1) and the piece
local function parse(source)
  local parser = setmetatable({ text = source, at = 1, depth = 0 }, Parser)
  local done, result = pcall(function()
    local made = parser:sequence()
    parser:take ""
    if parser.at <= #source then parser:fail(("'..', '*' or the end expected, not %s"):format(parser:here())) end
    return made
  end)
  if done then return result end
  if type(result) == "table" and result.problem then return nil, result.problem end
  error(result, 0)
end

return parse

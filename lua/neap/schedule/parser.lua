--- The parser of schedules' text: strict, executes nothing, and every error says where and in which piece. It reads a part of Lua:
---   sequence = sum { ".." sum }     sum = product { "+" product }     product = factor { "*" factor }
---   factor   = number | primary { ":" method [ "(" [ argument ] [ "," table ] ")" | table ] }
---   primary  = "(" sequence ")" | ("max" | "min") "(" sequence { "," sequence } ")"
---            | name ( "(" [ length ] [ "," table ] ")" | table )
--- and beside Lua lengths without quotes: 500st, 10ep, 5%, 2/3dur.

local operations = require "neap.schedule.operations"
local pieces = require "neap.schedule.pieces"
local Tokens = require "neap.schedule.tokens"
local tree = require "neap.schedule.tree"
local words = require "neap.words"

local NESTED = 200  -- parentheses within parentheses, as deep as schedules may be

---@class neap.ScheduleParser: neap.ScheduleTokens
---@field depth integer   parentheses we are in
local Parser = setmetatable({}, Tokens)
Parser.__index = Parser

--- A constructor's schedule, or its message as this text's, at 'position'.
function Parser:build(position, what, made, problem)
  if made ~= nil then return made end
  return self:fail(what .. ": " .. problem, position)
end

--- Why there is no such profile; 'rest' is what follows in s.rex.
local function unknown(name, rest)
  if rest and pieces.known[rest:sub(2)] then return ("in a text, profiles go by their names alone: %s(..)"):format(rest:sub(2)) end
  if operations[name] then return ("'%s' is a method: SCHEDULE:%s(..)"):format(name, name) end
  return ("unknown profile '%s'%s"):format(name, words.hint(name, pieces.known))
end

function Parser:call(name, position)
  local steps, given
  if not pieces.known[name] then self:fail(unknown(name, self:take "%.[%a_][%w_]*"), position) end
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
    self:expect("%)", "'..', '+', '*', ':' or ')'")
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
    if parser.at <= #source then parser:fail(("'..', '+', '*', ':' or the end expected, not %s"):format(parser:here())) end
    return made
  end)
  if done then return result end
  if type(result) == "table" and result.problem then return nil, result.problem end
  error(result, 0)
end

return parse

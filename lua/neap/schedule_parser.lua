--- The parser of schedules' text: strict, executes nothing, and every error says where.
---   sequence = product { ".." product }          product = factor { "*" factor }, numbers and one schedule
---   factor   = number | (name "(" steps [ "," table ] ")" | "(" sequence ")") { ":sample" table }

local options = require "neap.options"

local NESTED = 200  -- parentheses within parentheses, as deep as schedules may be

---@class neap.ScheduleParser
---@field text string
---@field at integer      position of the next character
---@field depth integer
---@field piece fun(name: string, steps: number, given?: table): neap.Schedule?, string?
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

function Parser:number()
  local sign = self:take "%-" and -1 or 1
  local start = self.at
  local digits = self:take "%d+%.?%d*" or self:take "%.%d+"
  if not digits then return sign < 0 and self:fail("a number expected after '-'") or nil end
  digits = digits .. (self:take "[eE][+-]?%d+" or "")
  if self.text:find("^[%w_]", self.at) then self:fail("malformed number", start) end
  return sign * tonumber(digits)
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
    local numbers = {}
    self:each(function()
      numbers[#numbers + 1] = self:number() or self:fail(("a number expected, not %s"):format(self:here()))
    end)
    return numbers
  end
  local quoted = self:take '"[%w_]*"' or self:take "'[%w_]*'"
  if quoted then return quoted:sub(2, -2) end
  return self:number() or self:fail(("a value expected, not %s"):format(self:here()))
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

--- A call that may raise or return nil and why; either way the error is this text's, at 'position'.
function Parser:build(position, what, f, ...)
  local done, made, problem = pcall(f, ...)
  if done and made then return made end
  self:fail(what .. ": " .. tostring(done and problem or made):gsub("^%S+: ", ""), position)
end

function Parser:call(name, position)
  self:expect("%(", "'('")
  local steps = self:number() or self:fail(("the number of steps of %s expected, not %s"):format(name, self:here()))
  local given = self:take "," and self:table() or nil
  self:expect("%)", "',' or ')'")
  local made, problem = self.piece(name, steps, given)
  return made or self:fail(("%s: %s"):format(name, problem), position)
end

function Parser:samples(made)
  while self:take ":" do
    local position = self.at
    local method = self:expect("[%a_][%w_]*", "the name of a method")
    if method ~= "sample" then self:fail(("unknown method '%s'%s"):format(method, options.hint(method, { "sample" })), position) end
    local round = self:take "%("
    local given = self:table()
    if round then self:expect("%)", "')'") end
    made = self:build(position, "sample", function() return made:sample(given) end)
  end
  return made
end

function Parser:factor()
  local scalar = self:number()
  if scalar then return scalar end
  if self:take "%(" then
    self.depth = self.depth + 1
    if self.depth > NESTED then self:fail(("parentheses nested more than %d deep"):format(NESTED)) end
    local made = self:sequence()
    self:expect("%)", "'..', '*' or ')'")
    self.depth = self.depth - 1
    return self:samples(made)
  end
  local name = self:expect("[%a_][%w_]*", "a number, a profile or '('")
  return self:samples(self:call(name, self.at - #name))
end

function Parser:product()
  self:take ""
  local start = self.at
  local result = self:factor()
  while self:take "%*" do
    self:take ""
    local position = self.at
    local next_factor = self:factor()
    if type(result) ~= "number" and type(next_factor) ~= "number" then self:fail("two schedules cannot be multiplied", position) end
    result = self:build(start, "*", function() return result * next_factor end)
  end
  if type(result) == "number" then self:fail("a number alone is no schedule", start) end
  return result
end

function Parser:sequence()
  local result = self:product()
  while self:take "%.%." do
    local position, following = self.at, self:product()
    result = self:build(position, "..", function() return result .. following end)
  end
  return result
end

--- Read an expression.
---@param source string
---@param piece fun(name: string, steps: number, given?: table): neap.Schedule?, string?    makes a piece, or says why not
---@return neap.Schedule? sched
---@return string? problem    one line, with the position (in bytes, from 1) and the piece
local function parse(source, piece)
  local parser = setmetatable({ text = source, at = 1, depth = 0, piece = piece }, Parser)
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

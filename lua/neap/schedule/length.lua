--- Lengths and positions in time, exact. A whole number counts steps; a text has a unit:
---   "500st" steps   "10ep" epochs   "2048sp" samples   "93874tok" tokens   "0.7dur", "70%" or "2/3dur" of the budget
--- Nothing at all, or "rest", is what the other parts leave of the budget. What a unit is worth in steps is known when the
--- schedule is bound: see Schedule:bind. Lengths are kept as texts in one form, so that equal ones are equal.

local ratio = require "neap.schedule.ratio"
local words = require "neap.words"

local length = {}

--- Unit -> what it means.
length.units = { st = "steps", ep = "epochs", dur = "of the budget", sp = "samples", tok = "tokens" }

local EXPECTED <const> = "a whole number of steps, or a text such as '10ep', '0.7dur' or '5%', expected"

--- Read a text with a unit.
---@return neap.Ratio? amount    nil if it is none
---@return string? unit          or what is wrong
local function parse(text)
  local digits, unit = text:match "^%s*([%d./]+)%s*([%a%%]+)%s*$"
  local amount = digits and ratio.read(digits)
  if not amount then return nil, EXPECTED end
  if unit == "%" then return amount / ratio.of(100), "dur" end
  if not length.units[unit] then return nil, ("unknown unit '%s'%s"):format(unit, words.hint(unit, length.units)) end
  return amount, unit
end

local function canonical(amount, unit)
  if unit == "st" and amount.d == 1 then return amount.n end
  return tostring(amount) .. unit
end

--- A length in its one form: an integer of steps, or a text with another unit, or "rest".
---@param value any
---@return integer|string? canonical
---@return string? problem
function length.read(value)
  if value == nil or value == "rest" then return "rest" end
  if type(value) == "number" then
    local whole = math.tointeger(value)
    if not whole or whole < 0 or whole > 1 << 48 then
      return nil, ("a whole number not below 0 expected, not %s"):format(words.shown(value))
    end
    return whole
  end
  if type(value) ~= "string" then return nil, ("%s, not %s"):format(EXPECTED, words.shown(value)) end
  local amount, unit = parse(value)
  if not amount then return nil, ("%s, not %s"):format(unit, words.shown(value)) end
  local done, form = pcall(canonical, amount, unit)
  if not done then return nil, form end
  return form
end

--- A position within a piece in its one form: a number is a share of the piece, 0 to 1; a text has a unit and counts from the
--- piece's beginning.
---@return number|string? canonical
---@return string? problem
function length.position(value)
  local share = tonumber(value)
  if share and share >= 0 and share <= 1 then return share + 0.0 end
  local amount, unit
  if type(value) == "string" and not share then amount, unit = parse(value) end
  if amount then return tostring(amount) .. unit end
  if unit and unit ~= EXPECTED then return nil, ("%s, not %s"):format(unit, words.shown(value)) end
  return nil, ("a share of the piece, 0..1, or a text such as '500st' expected, not %s"):format(words.shown(value))
end

--- How many steps a length is, exactly.
---@param canonical integer|string
---@param units table<string, neap.Ratio>    unit -> steps; "scale" stretches all
---@return neap.Ratio? steps
---@return string? problem    a unit that is not known yet
function length.steps(canonical_form, units)
  if math.type(canonical_form) == "integer" then return ratio.of(canonical_form) * units.scale end
  local amount, unit = ratio.one, "rest"
  if canonical_form ~= "rest" then amount, unit = parse(canonical_form) end
  if not units[unit] then return nil, unit end
  return amount * units[unit] * units.scale
end

--- A canonical position as a number of steps, in a piece whose progress is 1 at 'extent'.
--- A share falls on the step whose own share is the same number, however the product rounds.
---@param position number|string    a text must be in steps
---@param extent number
---@return number
function length.place(position, extent)
  if type(position) == "number" then
    local exact = position * extent
    local nearest = math.floor(exact + 0.5)
    return nearest / extent == position and nearest or exact
  end
  return (parse(position)):number()
end

--- A number of steps, with fractions of one, as a text with its unit.
---@param steps number    >= 0
---@return string
function length.text(steps)
  if math.tointeger(steps) then return ("%dst"):format(steps) end
  for digits = 15, 17 do
    local form = ("%." .. digits .. "g"):format(steps)
    if tonumber(form) == steps and not form:find "e" then return form .. "st" end
  end
  return ("%.16fst"):format(steps)
end

--- Is a length a number of steps already?
---@return boolean
function length.known(canonical_form) return math.type(canonical_form) == "integer" end

--- Is a position a share of its piece, or a number of steps?
---@return boolean
function length.placed(position) return type(position) == "number" or position:find "[%d]st$" ~= nil end

return length

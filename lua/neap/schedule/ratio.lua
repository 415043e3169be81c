--- Exact fractions of whole numbers, n/d with d > 0 in lowest terms: immutable values with + - * / and comparisons.
--- What does not fit 63 bits raises, rather than being rounded.

local ratio = {}

---@class neap.Ratio
---@field n integer
---@field d integer    > 0
local Ratio = {}
Ratio.__index = Ratio

local LARGEST <const> = 2.0 ^ 62

local function gcd(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end

local function whole_product(a, b)
  if math.abs(a * 1.0 * b) >= LARGEST then error("a fraction with more digits than can be kept exactly", 0) end
  return a * b
end

---@param n integer
---@param d? integer    default 1
---@return neap.Ratio
function ratio.of(n, d)
  d = d or 1
  if d < 0 then n, d = -n, -d end
  local common = gcd(math.abs(n), d)
  return setmetatable({ n = n // common, d = d // common }, Ratio)
end

--- The fraction that a text writes: "0.35", "12", "2/3"; nil if it is none.
---@param text string
---@return neap.Ratio?
function ratio.read(text)
  local top, bottom = text:match "^(%d+)/(%d+)$"
  if top then
    local n, d = math.tointeger(tonumber(top)), math.tointeger(tonumber(bottom))
    return n and d and d > 0 and ratio.of(n, d) or nil
  end
  local whole, digits = text:match "^(%d*)%.?(%d*)$"
  if not whole or #whole + #digits == 0 or #whole + #digits > 18 then return nil end
  return ratio.of(math.tointeger(tonumber(whole .. digits)), math.tointeger(10 ^ #digits))
end

--- The shortest text that reads back the same: a decimal where there is one.
function Ratio:__tostring()
  local rest, digits = self.d, 0
  for _, prime in ipairs { 2, 5 } do
    local power = 0
    while rest % prime == 0 do rest, power = rest // prime, power + 1 end
    digits = math.max(digits, power)
  end
  if self.d == 1 then return tostring(self.n) end
  if rest ~= 1 or digits > 17 or self.n < 0 then return ("%d/%d"):format(self.n, self.d) end
  local scaled = whole_product(self.n, math.tointeger(10 ^ digits) // self.d)
  local text = ("%0" .. digits + 1 .. "d"):format(scaled)
  return text:sub(1, -digits - 1) .. "." .. text:sub(-digits)
end

function Ratio.__add(a, b)
  local common = gcd(a.d, b.d)
  local n = whole_product(a.n, b.d // common) + whole_product(b.n, a.d // common)
  return ratio.of(n, whole_product(a.d // common, b.d))
end

function Ratio.__unm(a) return ratio.of(-a.n, a.d) end

function Ratio.__sub(a, b) return a + -b end

function Ratio.__mul(a, b)
  local first, second = gcd(math.abs(a.n), b.d), gcd(math.abs(b.n), a.d)
  first, second = math.max(first, 1), math.max(second, 1)
  return ratio.of(whole_product(a.n // first, b.n // second), whole_product(a.d // second, b.d // first))
end

function Ratio.__div(a, b) return a * ratio.of(b.d, b.n) end

function Ratio.__eq(a, b) return a.n == b.n and a.d == b.d end

function Ratio.__lt(a, b) return (a - b).n < 0 end

function Ratio.__le(a, b) return (a - b).n <= 0 end

--- The nearest whole number; a half goes up.
---@return integer
function Ratio:round() return (2 * self.n + self.d) // (2 * self.d) end

---@return number
function Ratio:number() return self.n / self.d end

ratio.zero, ratio.one = ratio.of(0), ratio.of(1)

return ratio

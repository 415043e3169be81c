--- A field of dots, several in each character, on which curves are drawn in the units of two linear axes.
--- Unicode: Braille, 2 x 4 dots a character. ASCII: 1 x 2 dots, or a letter for each curve where there are several.

local canvas = {}

local floor, abs = math.floor, math.abs

--- How a cell of so many dots is drawn (a bit for each dot), and what stands beside the field.
local FACES = {
  [false] = {
    across = 2, down = 4, bits = { { 1, 2, 4, 64 }, { 8, 16, 32, 128 } }, corner = "└", side = "│", tick = "┤", floor = "─", mark = "┬",
    rules = { "┊", "╏", "║" }, cell = function(bits) return bits == 0 and " " or utf8.char(0x2800 + bits) end,
  },
  [true] = {
    across = 1, down = 2, bits = { { 1, 2 } }, corner = "+", side = "|", tick = "+", floor = "-", mark = "+",
    rules = { "!", "?", "=" }, cell = function(bits) return ({ [0] = " ", "'", ".", ":" })[bits] end,
  },
}

---@class neap.Canvas
---@field columns integer
---@field rows integer
---@field face table            how it looks: face.side, face.corner, ..
---@field private bits integer[]     dots, a cell after the other, row by row
---@field private letters string[]   what stands in a cell instead of its dots
---@field private behind string[]    what stands in a cell without dots
local Canvas = {}
Canvas.__index = Canvas

--- An empty field of so many characters; x runs from x0 to x1, y from bottom to top.
---@param ascii boolean
---@return neap.Canvas
function canvas.new(columns, rows, ascii, x0, x1, bottom, top)
  local face = FACES[ascii]
  local self = setmetatable({
    columns = columns, rows = rows, face = face, bits = {}, letters = {}, behind = {},
    right = columns * face.across - 1, below = rows * face.down - 1, x0 = x0, x1 = x1, bottom = bottom, top = top,
  }, Canvas)
  for i = 1, columns * rows do self.bits[i] = 0 end
  return self
end

--- Where a point lies, in dots from the upper left; not rounded.
function Canvas:place(x, y)
  local u = self.x1 > self.x0 and (x - self.x0) / (self.x1 - self.x0) or 0
  return u * self.right, (self.top - y) / (self.top - self.bottom) * self.below
end

--- Set one dot, or the letter of its cell.
function Canvas:dot(px, py, letter)
  local face = self.face
  local i = py // face.down * self.columns + px // face.across + 1
  if letter then
    self.letters[i] = letter
  else
    self.bits[i] = self.bits[i] | face.bits[px % face.across + 1][py % face.down + 1]
  end
end

--- The part of a segment with 0 <= coordinate <= most, as the fractions of its length where it begins and ends.
local function within(a, b, most, from, to)
  if a == b then return from, (a >= 0 and a <= most) and to or -1 end
  local s, t = -a / (b - a), (most - a) / (b - a)
  return math.max(from, math.min(s, t)), math.min(to, math.max(s, t))
end

--- Draw the part of a segment that lies on the field (Bresenham 1965; cut as Liang and Barsky 1984 do).
---@param pen { on: integer, period: integer, at: integer, letter: string? }    'on' dots of each 'period'; 'at' goes on
function Canvas:line(xa, ya, xb, yb, pen)
  local ax, ay = self:place(xa, ya)
  local bx, by = self:place(xb, yb)
  local from, to = within(ax, bx, self.right, 0, 1)
  from, to = within(ay, by, self.below, from, to)
  if from > to then return end
  local x, y = floor(ax + from * (bx - ax) + 0.5), floor(ay + from * (by - ay) + 0.5)
  local xe, ye = floor(ax + to * (bx - ax) + 0.5), floor(ay + to * (by - ay) + 0.5)
  local dx, dy = abs(xe - x), -abs(ye - y)
  local sx, sy = x < xe and 1 or -1, y < ye and 1 or -1
  local balance = dx + dy
  while true do
    if pen.at % pen.period < pen.on then self:dot(x, y, pen.letter) end
    if x == xe and y == ye then return end
    pen.at = pen.at + 1
    local twice = 2 * balance
    if twice >= dy then balance, x = balance + dy, x + sx end
    if twice <= dx then balance, y = balance + dx, y + sy end
  end
end

--- Fill the dots of one column from one height to another where texture(px, py) says so, or with a letter.
local function fill_column(self, px, ya, yb, texture, letter)
  local from, to = math.max(0, math.min(ya, yb)), math.min(self.below, math.max(ya, yb))
  if from > to then return end
  for py = floor(from + 0.5), floor(to + 0.5) do
    if letter or texture(px, py) then self:dot(px, py, letter) end
  end
end

--- Fill a trapezium between xa and xb: from low to high, each given at both ends.
function Canvas:fill(xa, xb, low_a, low_b, high_a, high_b, texture, letter)
  local ax, la = self:place(xa, low_a)
  local bx, lb = self:place(xb, low_b)
  local _, ha = self:place(xa, high_a)
  local _, hb = self:place(xb, high_b)
  for px = floor(math.max(ax, 0) + 0.5), floor(math.min(bx, self.right) + 0.5) do
    local t = bx > ax and math.max(0, math.min(1, (px - ax) / (bx - ax))) or 0
    fill_column(self, px, la + t * (lb - la), ha + t * (hb - ha), texture, letter)
  end
end

--- Put a letter where a point lies, if that is on the field.
function Canvas:mark(x, y, letter)
  local px, py = self:place(x, y)
  px, py = floor(px + 0.5), floor(py + 0.5)
  if px >= 0 and px <= self.right and py >= 0 and py <= self.below then self:dot(px, py, letter) end
end

--- A vertical line behind everything; the n-th looks like the n-th rule of the face.
function Canvas:rule(x, n)
  local rules = self.face.rules
  local px = floor(self:place(x, self.top) + 0.5)
  if px < 0 or px > self.right then return end
  for row = 0, self.rows - 1 do self.behind[row * self.columns + px // self.face.across + 1] = rules[(n - 1) % #rules + 1] end
end

--- One row of characters, counted from 0.
function Canvas:row(row)
  local cells = {}
  for column = 1, self.columns do
    local i = row * self.columns + column
    local bits = self.bits[i]
    cells[column] = self.letters[i] or (bits == 0 and self.behind[i]) or self.face.cell(bits)
  end
  return table.concat(cells)
end

return canvas

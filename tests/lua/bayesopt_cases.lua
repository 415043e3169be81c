--- Random lives of an optimiser, one for each number: a space, options, a loss, and asks, tells, restores in any order.
--- Each step is checked against what holds always; the first breach raises.

local neap = require "neap"
local engine = require "neap.engine"

local cases = {}

local function breach(...) error(string.format(...), 0) end

local function choose(random, list) return list[random:below(#list) + 1] end

--- True once in so many.
local function once_in(random, n) return random:below(n) == 0 end

local DIMENSIONS = {
  linear = function(random)
    local low = choose(random, { 0, -1, -1e-9, 1e6, -3.7 })
    return { low, low + choose(random, { 1, 1e-6, 2.5, 1e9 }) }
  end,
  log = function(random)
    local low = choose(random, { 1e-5, 1e-300, 1, 1e-2 })
    return { low, low * choose(random, { 10, 1e5, 1.5, 1e250 }), scale = "log" }
  end,
  integer = function(random)
    local low = choose(random, { 0, -5, 1 })
    return { low, low + choose(random, { 1, 2, 7, 1000000 }), integer = true }
  end,
  integer_log = function(random) return { 1, choose(random, { 2, 8, 4096 }), scale = "log", integer = true } end,
}
local KINDS = { "linear", "linear", "log", "log", "integer", "integer_log" }

local function random_space(random)
  local space, d = {}, choose(random, { 1, 1, 1, 1, 2, 2, 2, 3, 4, 5, 6 })
  for i = 1, d do space["x" .. i] = DIMENSIONS[choose(random, KINDS)](random) end
  return space
end

local function random_options(random, space)
  local o = { space = space, seed = random:below(1000000) }
  if once_in(random, 4) then o.acquisition = choose(random, { "ei", "lcb" }) end
  if o.acquisition == "lcb" and once_in(random, 2) then o.kappa = choose(random, { 0, 0.5, 1000 }) end
  if once_in(random, 4) then o.kernel = choose(random, { "matern12", "matern32", "matern52", "squared_exponential" }) end
  if once_in(random, 3) then o.initial = random:below(5) end
  if once_in(random, 10) then o.noise = choose(random, { 0, 1e-6, 1 }) end
  if once_in(random, 10) then o.signal = choose(random, { 1e-3, 1, 100 }) end
  if once_in(random, 10) then o.mean = choose(random, { 0, -3.0, 1e3 }) end
  return o
end

--- A point of the space as 0 .. 1 in each dimension.
local function unit(space, x)
  local u = {}
  for name, d in pairs(space) do
    local low, high, value = d[1], d[2], x[name]
    if d.scale == "log" then low, high, value = math.log(low), math.log(high), math.log(value) end
    u[name] = (value - low) / (high - low)
  end
  return u
end

--- A value of a dimension, anywhere or at an end.
local function random_value(random, d)
  if once_in(random, 6) then return choose(random, { d[1], d[2] }) end
  if d.integer then return d[1] + random:below(d[2] - d[1] + 1) end
  local u = random:uniform()
  local value = d.scale == "log" and math.exp(math.log(d[1]) * (1 - u) + math.log(d[2]) * u) or d[1] + u * (d[2] - d[1])
  return math.max(d[1], math.min(d[2], value))
end

local function random_point(random, space)
  local x, names = {}, {}
  for name in pairs(space) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do x[name] = random_value(random, space[name]) end
  return x
end

--- A loss: smooth, flat, a cliff, tiny, huge; some points fail. 'sure': the same at the same point.
local function random_loss(random, space)
  local centre, scale = random:uniform(), choose(random, { 1, 1, 1, 1, 1e-300, 1e300, 1e-12, 1e9 })
  local kind = choose(random, { "bowl", "bowl", "bowl", "wave", "flat", "cliff" })
  local failing = once_in(random, 4) and random:uniform() or 2
  local noise = once_in(random, 4) and 0.1 or 0
  local function loss(x)
    local sum, last = 0, 0
    for name, u in pairs(unit(space, x)) do
      sum = sum + (u - centre) ^ 2
      if name == "x1" then last = u end
    end
    if last > failing then return choose(random, { 0 / 0, math.huge, -math.huge }) end
    local y = kind == "flat" and 1 or sum
    if kind == "wave" then y = y + math.sin(20 * sum) end
    if kind == "cliff" and last > centre then y = y + 10 end
    return scale * (y + noise * random:normal())
  end
  return loss, noise == 0
end

--- A point as a text, equal for equal points.
local function key(x)
  local words = {}
  for name, value in pairs(x) do words[#words + 1] = ("%s=%a"):format(name, value) end
  table.sort(words)
  return table.concat(words, " ")
end

--- The number of points of a space; infinite unless all of it is whole numbers.
local function capacity(space)
  local n = 1
  for _, d in pairs(space) do n = d.integer and n * (d[2] - d[1] + 1) or math.huge end
  return n
end

local function check_point(space, x, what)
  if type(x) ~= "table" then breach("%s: a point expected, not %s", what, tostring(x)) end
  for name, d in pairs(space) do
    local value = x[name]
    if math.type(value) == nil then breach("%s: %s is %s", what, name, tostring(value)) end
    if not (value >= d[1] and value <= d[2]) then breach("%s: %s is %.17g, outside %.17g..%.17g", what, name, value, d[1], d[2]) end
    if d.integer and math.type(value) ~= "integer" then breach("%s: %s is %.17g, no integer", what, name, value) end
  end
  for name in pairs(x) do
    if not space[name] then breach("%s: unknown %s", what, name) end
  end
end

---@class neap.Life
local Life = {}
Life.__index = Life

--- Ask once; the point is new where the loss is the same at the same point, unless every point of the space was told or asked.
function Life:ask()
  local x = self.opt:ask()
  check_point(self.space, x, "ask")
  local k = key(x)
  if self.sure and self.known[k] and self.count < self.capacity then
    breach("ask: repeats %s of %d points known", k, self.count)
  end
  self:note(x)
  self.asked[#self.asked + 1] = x
end

--- Remember a point as told or asked for.
function Life:note(x)
  local k = key(x)
  if not self.known[k] then self.known[k], self.count = true, self.count + 1 end
end

function Life:tell(x)
  local variance = once_in(self.random, 5) and choose(self.random, { 0, 1e-6, 1, 1e300 }) or nil
  self.opt:tell(x, self.loss(x), variance)
  self:note(x)
  self.told[#self.told + 1] = x
end

local steps = {}

steps.ask = Life.ask

function steps.ask_several(self)
  local n = self.random:below(3) + 2
  for _, x in ipairs(self.opt:ask(n)) do
    check_point(self.space, x, "ask(n)")
    self:note(x)
    self.asked[#self.asked + 1] = x
  end
end

--- Tell one of the points asked for, in any order.
function steps.tell(self)
  if #self.asked == 0 then return end
  self:tell(table.remove(self.asked, self.random:below(#self.asked) + 1))
end

function steps.tell_unasked(self) self:tell(random_point(self.random, self.space)) end

function steps.tell_again(self)
  if #self.told > 0 then self:tell(choose(self.random, self.told)) end
end

function steps.read(self)
  local x, mean = self.opt:best()
  if x then
    check_point(self.space, x, "best")
    if mean ~= mean then breach("best: its mean is nan") end
  end
  local at = random_point(self.random, self.space)
  local expected, deviation = self.opt:predict(at)
  if (expected == nil) ~= (x == nil) then breach("best knows %s, predict %s", tostring(x), tostring(expected)) end
  if expected and not (expected == expected and deviation >= 0) then
    breach("predict: %s +- %s at %s", tostring(expected), tostring(deviation), key(at))
  end
  if #self.opt:trials() ~= #self.told then breach("%d trials, %d told", #self.opt:trials(), #self.told) end
end

--- The restored one asks as the other does, and takes its place.
function steps.restore(self)
  local text = self.opt:serialize()
  local other = assert(neap.bayesopt.restore(text))
  if other:serialize() ~= text then breach("restore: it serializes otherwise") end
  local here, there = self.opt:ask(), other:ask()
  if key(here) ~= key(there) then breach("restore: asks %s, not %s", key(there), key(here)) end
  if other:serialize() ~= self.opt:serialize() then breach("restore: after one more ask it serializes otherwise") end
  self:note(here)
  self.asked[#self.asked + 1] = here
  self.opt = other
end

local STEPS = { "ask", "ask", "ask", "tell", "tell", "tell", "tell", "ask_several", "tell_unasked", "tell_again", "read", "restore" }

--- Live case 'number': nil if all holds, else what does not, in one line.
---@param number integer
---@return string? breach
function cases.run(number)
  local random = engine.random(number)
  local space = random_space(random)
  local life = setmetatable({
    random = random, space = space, asked = {}, told = {}, known = {}, count = 0, capacity = capacity(space),
  }, Life)
  local done, problem = pcall(function()
    life.opt = neap.bayesopt(random_options(random, space))
    life.loss, life.sure = random_loss(random, space)
    local length = once_in(random, 100) and 40 or random:below(10) + 3
    for _ = 1, length do
      local step = choose(random, STEPS)
      steps[step](life)
    end
    steps.restore(life)
    steps.read(life)
  end)
  return not done and ("case %d, after %d tells: %s"):format(number, #life.told, tostring(problem)) or nil
end

return cases

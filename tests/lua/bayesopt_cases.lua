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
    local width = choose(random, { 1, 1e-6, 2.5, 1e9 })
    return { low, low + math.max(width, math.abs(low) * 1e-6) }    -- so that no two points apart are one number
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
  category = function(random)
    return { choices = choose(random, { { "sgd", "adam" }, { true, false }, { 1, 2.5, "x", -7 } }) }
  end,
  fixed = function(random) return choose(random, { 0.9, 3, "sgd", true }) end,
}
local KINDS = { "linear", "linear", "log", "log", "integer", "integer_log", "category", "fixed" }

local function random_space(random)
  local space, d = {}, choose(random, { 1, 1, 1, 1, 2, 2, 2, 3, 4, 5, 6 })
  for i = 1, d do space["x" .. i] = DIMENSIONS[choose(random, KINDS)](random) end
  if type(space.x1) ~= "table" then space.x1 = DIMENSIONS.linear(random) end
  return space
end

local KERNELS = { "matern12", "matern32", "matern52", "squared_exponential", "rational_quadratic" }

local function random_options(random, space)
  local o = { space = space, seed = random:below(1000000) }
  if once_in(random, 4) then o.acquisition = choose(random, { "ei", "lcb", "pi", "thompson", "hedge" }) end
  if o.acquisition == "lcb" and once_in(random, 2) then o.kappa = choose(random, { 0, 0.5, 1000 }) end
  if once_in(random, 4) then o.kernel = choose(random, KERNELS) end
  if once_in(random, 3) then o.initial = random:below(5) end
  if once_in(random, 10) then o.noise = choose(random, { 0, 1e-6, 1 }) end
  if once_in(random, 10) then o.signal = choose(random, { 1e-3, 1, 100 }) end
  if once_in(random, 6) then o.trend = "linear" end
  if once_in(random, 4) then o.integrate = false end
  if once_in(random, 6) then o.priors = choose(random, { "botorch", "optuna" }) end
  if once_in(random, 4) then o.budget = random:below(12) + 1 end
  if once_in(random, 10) then o.mean = choose(random, { 0, -3.0, 1e3 }) end
  return o
end

--- A point of the space as 0 .. 1 in each dimension.
local function unit(space, x)
  local u = {}
  for name, d in pairs(space) do
    if type(d) ~= "table" then
      u[name] = 0.5
    elseif d.choices then
      for i, choice in ipairs(d.choices) do u[name] = choice == x[name] and (i - 1) / (#d.choices - 1) or u[name] end
    else
      local low, high, value = d[1], d[2], x[name]
      if d.scale == "log" then low, high, value = math.log(low), math.log(high), math.log(value) end
      u[name] = (value - low) / (high - low)
    end
  end
  return u
end

--- A value of a dimension, anywhere or at an end.
local function random_value(random, d)
  if type(d) ~= "table" then return d end
  if d.choices then return choose(random, d.choices) end
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
  for name, value in pairs(x) do words[#words + 1] = ("%s=" .. (type(value) == "number" and "%a" or "%s")):format(name, value) end
  table.sort(words)
  return table.concat(words, " ")
end

--- The number of points of a space; infinite where a dimension is continuous.
local function capacity(space)
  local n = 1.0
  for _, d in pairs(space) do
    if type(d) == "table" then n = n * (d.choices and #d.choices or d.integer and d[2] - d[1] + 1 or math.huge) end
  end
  return n
end

--- What is wrong with a value of one dimension.
local function misfit(d, value)
  if type(d) ~= "table" then return value ~= d and ("not fixed at %s"):format(d) end
  if d.choices then
    for _, choice in ipairs(d.choices) do
      if choice == value then return nil end
    end
    return "no choice"
  end
  if math.type(value) == nil then return "no number" end
  if not (value >= d[1] and value <= d[2]) then return ("outside %.17g..%.17g"):format(d[1], d[2]) end
  return d.integer and math.type(value) ~= "integer" and "no integer"
end

local function check_point(space, x, what)
  if type(x) ~= "table" then breach("%s: a point expected, not %s", what, tostring(x)) end
  for name, d in pairs(space) do
    local wrong = misfit(d, x[name])
    if wrong then breach("%s: %s is %s, %s", what, name, tostring(x[name]), wrong) end
  end
  for name in pairs(x) do
    if space[name] == nil then breach("%s: unknown %s", what, name) end
  end
end

---@class neap.Life
local Life = {}
Life.__index = Life

--- How often a point is among those told and those asked for, and how many different points there are.
function Life:count(k)
  local times, seen, different = 0, {}, 0
  for _, list in ipairs { self.told, self.asked } do
    for _, x in ipairs(list) do
      local other = key(x)
      if other == k then times = times + 1 end
      if not seen[other] then seen[other], different = true, different + 1 end
    end
  end
  return times, different
end

--- A point was asked for. Where points were suggested, it is the first of these; else it is new where the loss is the same at
--- the same point, unless every point of the space was told or asked for.
function Life:take(x, what)
  check_point(self.space, x, what)
  local k = key(x)
  local times, different = self:count(k)
  if #self.wanted > 0 then
    local wanted = table.remove(self.wanted, 1)
    if wanted ~= k then breach("%s: %s, but %s was suggested", what, k, wanted) end
  elseif self.sure and times > 0 and different < self.capacity then
    breach("%s: repeats %s of %d points known", what, k, different)
  end
  self.asked[#self.asked + 1] = x
end

function Life:ask() self:take(self.opt:ask(), "ask") end

function Life:tell(x)
  local variance = not self.sure and once_in(self.random, 3) and choose(self.random, { 0, 1e-6, 1, 1e300 }) or nil
  self.opt:tell(x, self.loss(x), variance)
  self.told[#self.told + 1] = x
  for i, asked in ipairs(self.asked) do    -- told, it is no longer awaited
    if key(asked) == key(x) then return table.remove(self.asked, i) end
  end
end

local steps = {}

steps.ask = Life.ask

--- A point is no longer awaited: it may be asked for again.
function steps.drop(self)
  if #self.asked == 0 then return end
  local x = table.remove(self.asked, self.random:below(#self.asked) + 1)
  if not self.opt:drop(x) then breach("drop: %s was not pending", key(x)) end
  if #self.opt:pending() ~= #self.asked then breach("drop: %d pending, %d awaited", #self.opt:pending(), #self.asked) end
end

--- A point to be asked for next.
function steps.suggest(self)
  if not once_in(self.random, 3) then return end
  local x = random_point(self.random, self.space)
  self.opt:suggest(x)
  self.wanted[#self.wanted + 1] = key(x)
end

function steps.ask_several(self)
  for _, x in ipairs(self.opt:ask(self.random:below(3) + 2)) do self:take(x, "ask(n)") end
end

--- Tell one of the points asked for, in any order.
function steps.tell(self)
  if #self.asked == 0 then return end
  self:tell(choose(self.random, self.asked))
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
  self:take(here, "ask")
  if key(here) ~= key(there) then breach("restore: asks %s, not %s", key(there), key(here)) end
  if other:serialize() ~= self.opt:serialize() then breach("restore: after one more ask it serializes otherwise") end
  self.opt = other
end

local STEPS = {
  "ask", "ask", "ask", "tell", "tell", "tell", "tell", "ask_several", "tell_unasked", "tell_again", "read", "restore", "drop", "suggest",
}

--- Live case 'number': nil if all holds, else what does not, in one line.
---@param number integer
---@return string? breach
function cases.run(number)
  local random = engine.random(number)
  local space = random_space(random)
  local life = setmetatable({
    random = random, space = space, asked = {}, told = {}, wanted = {}, capacity = capacity(space),
  }, Life)
  local done, problem = pcall(function()
    local given = random_options(random, space)
    life.opt = neap.bayesopt(given)
    life.loss, life.sure = random_loss(random, space)
    life.sure = life.sure and (given.noise or 0) == 0
    local length = once_in(random, 100) and 40 or random:below(10) + 3
    for _ = 1, length do
      local step = choose(random, STEPS)
      if #life.asked < 50 or step ~= "ask_several" then steps[step](life) end   -- 64 are kept in mind
    end
    steps.restore(life)
    steps.read(life)
  end)
  return not done and ("case %d, after %d tells: %s"):format(number, #life.told, tostring(problem)) or nil
end

return cases

--- Recorded curves, as record.lua and record_torch.py write them, and the toy worlds of exponentials.

local engine = require "neap.engine"

local curves = {}

local NOT_FINITE = 1e99   -- stands in the files for a loss that is not finite
local DIVERGED = 2        -- times the loss that the probes began with

---@class World    several rates from one start
---@field name string
---@field probe integer       losses of each rate that a forecast sees
---@field step integer        the step to forecast
---@field rates number[]
---@field losses number[][]   [rate][step]
---@field truth number[]      mean training loss around 'step'; may be infinite
---@field ends number[]       the same, where a diverged one counts as DIVERGED times the beginning
---@field diverged boolean[]
---@field course number[][]   [rate] of { step, loss } after the probe

local function median(values)
  local sorted = table.move(values, 1, #values, 1, {})
  table.sort(sorted)
  return sorted[(#sorted + 1) // 2]
end

--- What the probes began with: the median of the lowest rate's first losses.
local function beginning(losses)
  return median(table.move(losses, 1, math.max(5, #losses // 10), 1, {}))
end

local function settle(world)
  local limit = DIVERGED * beginning(world.losses[1])
  for k, loss in ipairs(world.truth) do
    world.diverged[k] = loss > limit
    world.ends[k] = math.min(loss, limit)
  end
  return world
end

local function finite(loss)
  return loss < NOT_FINITE and loss or math.huge
end

--- The world in one file.
---@return World
function curves.read(file)
  local data = assert(engine.table_read(file))
  local names, step, width = data:names(), data:column(1), data:column(2)
  local world = { name = file:match "([^/]*)%.csv$",
    rates = {}, losses = {}, truth = {}, ends = {}, diverged = {}, course = {} }
  world.probe = tonumber(world.name:match "probe(%d+)")
  world.step = 10 * world.probe
  for k = 1, #names - 2 do
    local column, losses, course = data:column(k + 2), {}, {}
    for i, loss in ipairs(column) do
      if i <= world.probe then losses[i] = finite(loss)
      elseif width[i] > 0 then course[#course + 1] = { step[i], finite(loss) } end
    end
    world.rates[k], world.losses[k], world.course[k] = tonumber(names[k + 2]), losses, course
    world.truth[k] = course[#course][2]
  end
  return settle(world)
end

--- Every world of a folder, by name.
---@return World[]
function curves.folder(folder)
  local files, worlds = {}, {}
  local list = assert(io.popen("ls '" .. folder .. "'"))
  for file in list:lines() do
    if file:find "%.csv$" then files[#files + 1] = file end
  end
  list:close()
  for i, file in ipairs(files) do worlds[i] = curves.read(folder .. "/" .. file) end
  return worlds
end

--- Worlds of eight rates with losses a exp(-r t) + c + noise: the faster a rate (r grows with it), the sooner it is down; the
--- best c lies somewhere in the middle of the rates, other c the higher the farther from there.
---@return World[]
function curves.toys(count, noise, seed)
  local random, worlds = engine.random(seed), {}
  for w = 1, count do
    local world = { name = "toy " .. w, probe = 100, step = 1000,
      rates = {}, losses = {}, truth = {}, ends = {}, diverged = {}, course = {} }
    local a, best, floor = random:uniform(0.5, 2), random:uniform(2, 7), random:uniform(0.1, 0.5)
    for k = 1, 8 do
      local r = 0.002 * 3 ^ ((k - 1) / 2) * math.exp(0.2 * random:normal())
      local c = floor + 0.03 * (k - best) ^ 2
      local losses = {}
      for t = 1, 100 do losses[t] = a * math.exp(-r * t) + c + noise * random:normal() end
      world.rates[k], world.losses[k], world.truth[k] = 3.0 ^ k, losses, a * math.exp(-r * 1000) + c
    end
    worlds[w] = settle(world)
  end
  return worlds
end

return curves

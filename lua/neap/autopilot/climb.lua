--- Where does a rate begin to move the loss, and where does the loss turn up again? The rate climbs geometrically while the
--- model trains, and what it learnt on the way is kept: the climb is the warm-up.
---
--- Two climbs. The first is quick, and ends where the loss has moved at all. The second, slow in proportion to the budget,
--- begins a decade below and ends where the loss is clearly above its lowest. A loss here is that of a few batches of the
--- validation part, always the same ones, so that what moves it is the model and not the draw of a batch.
---
--- Where the trainer evaluates nothing, it is the mean of the training losses of the steps just taken, and each batch is
--- another: the climbs take more steps, and what moves the loss must exceed what it scatters.

local finite = require "neap.finite"
local losses_of = require "neap.autopilot.losses"

local climb = {}

--- Batches of an evaluation.
local LOOK <const> = 8

--- Steps from one evaluation to the next, of a decade.
local PART <const> = 3

--- Without evaluation: steps of a climb in place of one, and steps at the lowest rate, as a share of the budget, which tell the
--- loss before any and its scatter: LEAST of them, if the budget has five times as many.
local LONGER <const>, REST <const>, LEAST <const> = 2, 0.02, 12

local function geometric(from, to, steps)
  local rates = {}
  for i = 1, steps do rates[i] = from * (to / from) ^ (i / steps) end
  return rates
end

local function is_blind(run) return run.offers.evaluate == false end

local function loss_of(run, losses)
  if is_blind(run) then return losses_of.mean(losses) end
  return losses_of.or_worst(losses_of.validation(run, { batches = LOOK }))
end

--- How far the next loss may be from what it was by chance. The losses before it tell, not its own: it may be breaking.
local function chance(run, steps)
  return is_blind(run) and losses_of.chance(run, steps) or 0
end

--- Climb by parts of a decade of `pace` steps until `ended(loss, rate, by_chance)` says how, it diverges, or `to` is reached.
---@return table[] parts    { checkpoint =, rate = } at the start of each of the last so many
local function ascend(run, from, to, pace, keep, ended)
  local longer = is_blind(run) and LONGER or 1
  local steps, parts, rate, how = math.max(1, math.floor(longer * pace / PART + 0.5)), {}, from, nil
  while not how and rate < to and run:left() > 0 do
    parts[#parts + 1] = { checkpoint = run:save(), rate = rate }
    if #parts > keep then run:drop(table.remove(parts, 1).checkpoint) end
    local above = rate * 10 ^ (1 / PART)
    local by_chance = chance(run, steps)
    local losses, diverged = run:train(steps, geometric(rate, above, steps), { stage = 0 })
    rate = above
    how = diverged and "up" or ended(loss_of(run, losses), rate, by_chance)
  end
  return parts, rate, how
end

--- Back to the last part that began at no more than a rate, and let the parts go; its rate, nil if there are none.
local function go_back(run, parts, rate)
  local back = parts[1]
  if not back then return nil end
  for _, part in ipairs(parts) do
    if part.rate <= rate then back = part end
  end
  run:restore(back.checkpoint)
  for _, part in ipairs(parts) do run:drop(part.checkpoint) end
  return back.rate
end

--- The loss before any step; without evaluation, that of steps at the lowest rate. Not finite if it diverges there.
local function first_of(run, low)
  if not is_blind(run) then return losses_of.validation(run, { batches = LOOK }) end
  local losses, diverged = run:train(math.floor(math.max(REST * run.budget, math.min(LEAST, run.budget / 5))), low, { stage = 0 })
  return diverged and math.huge or losses_of.mean(losses)
end

--- The rate at which the loss is first down by 2 % or up by 10 %, and which; without evaluation, up only twice in a row or not finite.
--- Where it moved up, the trainer is back at its start.
---@param pace number    steps a decade
---@param floor neap.autopilot.Floor
---@return number rate
---@return "down"|"up"|nil how
---@return number first    the loss before any step
function climb.look(run, low, high, pace, floor)
  local start, first = run:save(), first_of(run, low)
  local parts, rate, how = {}, low, "up"
  if finite(first) then
    local before, height = nil, floor:height(floor:see(first))
    parts, rate, how = ascend(run, low, high, pace, 1, function(loss, _, by_chance)
      local now = not (loss <= first + 0.1 * height + by_chance) and "up" or loss < first - 0.02 * height - by_chance and "down" or nil
      local sure = not is_blind(run) or now == "down" or now == before
      before = now
      return sure and now or nil
    end)
  end
  go_back(run, parts, math.huge)
  if how == "up" then run:restore(start) end
  run:drop(start)
  return rate, how, first
end

--- The rate at which the loss is lowest in a climb that goes on until it is back up by a tenth of its fall. The trainer is
--- left with what it had learnt at `below` times that rate.
---@param pace number    steps a decade
---@param first number   the loss before any step
---@param floor neap.autopilot.Floor
---@return number rate   where it was lowest
---@return number last   the rate where the climb ended
---@return number here   the rate that the trainer's state has come to
function climb.turn(run, from, to, pace, first, floor, below)
  local lowest, at, height = first, from, floor:height(first)
  local keep = math.ceil(PART * (1 - math.log(below, 10))) + 4
  local parts, last = ascend(run, from, to, pace, keep, function(loss, rate, by_chance)
    if loss < lowest then lowest, at = floor:see(loss), rate end
    return not (loss <= lowest + 0.1 * (first - lowest) + 0.02 * height + by_chance) and "up" or nil
  end)
  return at, last, go_back(run, parts, below * at) or from
end

return climb

--- The rise of the rate: up while that gains more than the noise it makes, down where it does not.

local balance = require "neap.autopilot.balance"
local forecast_of = require "neap.forecast"

local rise = {}

--- Shares of the budget: in which the rate may rise; in which it may if it is far too low.
local RISING <const>, LATE <const> = 0.35, 0.6

--- What is left of the first loss, and noise in two looks in a row, on the plateau at the start.
local UNLEARNT <const>, STILL <const> = 0.8, 0.02

--- The limit of a rise, as a share of the rate where the climb ended. Where nothing tells the noise, also as a share of the rate
--- where the loss was lowest; less where it is not seen either that the run overfits.
local LIMIT <const>, BOLD <const>, CAUTIOUS <const> = 1 / 2, 1 / 2, 1 / 4

--- Both, where no decay will come and the optimizer averages by itself: schedule-free ones want much higher rates.
local FREE_LIMIT <const>, FREE <const> = 2, 3

--- The rate not to rise above, as long as there is noise at it.
---@param pilot neap.autopilot.Pilot
---@param last number    where the climb ended
---@return number
function rise.limit(pilot, last) return last * (pilot.free and FREE_LIMIT or LIMIT) end

--- The rate to rise to, where nothing tells the noise.
local function highest(pilot)
  return math.min(pilot.limit, pilot.best_rate * (pilot.free and FREE or pilot.blind and CAUTIOUS or BOLD))
end

--- Would a higher rate help? Not where the loss is above its lowest, nor where it falls fast enough as it is.
local function wants_more(pilot, averaged, lowest)
  local before = pilot.series[#pilot.series - 1]
  local fall = before and pilot.floor:share(averaged, before)
  return lowest and not balance.is_enough(fall, pilot.run:left() / pilot.every)
end

--- Is this still the plateau at the start: neither noise nor overfitting, and yet hardly any of the loss gone?
local function is_on_plateau(pilot, noise)
  local before = pilot.noise_before or math.huge
  pilot.noise_before = noise
  return math.max(noise, before) < STILL and pilot.floor:share(pilot.watch.lowest, pilot.first) > UNLEARNT and not pilot:overfits()
end

--- By the noise of the steps.
---@return boolean elsewhere    second thoughts have brought the run to another state and rate
local function adjust_by_noise(pilot, noise, wanted)
  if pilot.backtrack:is_due(pilot, noise) and pilot.backtrack:pays(pilot) then return true end
  local rate = pilot.rate
  pilot.rate, pilot.limit = balance.next(rate, noise, pilot.limit, is_on_plateau(pilot, noise) or wanted, pilot.firm)
  if pilot.rate > rate then pilot.backtrack:remember(pilot, pilot.rate) end
  return false
end

local function said_of(noise)
  return (noise < 0 and "the weights are %.0f %% ahead of their average" or "noise is %.0f %% of the loss"):format(100 * math.abs(noise))
end

--- Up, down or as before, by what noise costs and by how fast the loss falls.
---@param pilot neap.autopilot.Pilot
---@param averaged number    the loss that decides
---@param lowest boolean     it is the lowest of all
function rise.adjust(pilot, averaged, lowest)
  local noise
  local wanted = wants_more(pilot, averaged, lowest)
  if pilot.averaging then
    noise = pilot:noise()
    if pilot.run.offers.batch_statistics then
      wanted = is_on_plateau(pilot, noise) or wanted
      pilot.rate, pilot.limit = balance.normalised(pilot.rate, noise, pilot.limit, wanted, highest(pilot), pilot.firm)
    elseif adjust_by_noise(pilot, noise, wanted) then
      return
    end
  elseif pilot.blind and not wanted then
    local share = pilot.floor:share(averaged, pilot.watch.lowest)
    pilot.rate, pilot.limit = balance.without(pilot.rate, pilot.limit, share, pilot.watch.above)
  else
    pilot.rate = balance.towards(pilot.rate, highest(pilot))
  end
  pilot.run:report { event = "rate", rate = pilot.rate, [pilot.judged] = averaged,
    text = noise and said_of(noise) or nil }
end

--- Is this still the time for it?
---@return boolean
function rise.is_on(pilot, lowest)
  local run = pilot.run
  if run.spent < RISING * run.budget then return true end
  if not (lowest and pilot.averaging and run.spent < LATE * run.budget) then return false end
  return balance.is_ahead(pilot:noise())
end

--- The rise is over: the peak, and where the averaged loss is on the way to at constant noise.
function rise.finish(pilot)
  local forecast = forecast_of(pilot.series, { stride = pilot.every, first = pilot.every })
  local mean, sd
  if forecast then mean, sd = forecast:forecast(pilot.length) end
  pilot.run:report { event = "peak", rate = pilot.peak, forecast = mean, sd = sd,
    text = "the rate rises no more" .. (pilot.averaging and ", unless far too low" or "") }
  pilot.backtrack:finish(pilot.run)
  pilot.told = true
end

return rise

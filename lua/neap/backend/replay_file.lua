--- Recorded curves from CSV files: neap's own, or what loggers export.
---
--- A row holds a step, a loss and a rate, and may hold a validation loss, a seed and the name of its curve. Empty losses are
--- passed over; a loss that is nan or infinite is where its curve diverged. Rows may come in any order.

local finite = require "neap.finite"
local replay_curve = require "neap.backend.replay_curve"
local replay_rows = require "neap.backend.replay_rows"
local words = require "neap.words"

local replay_file = {}

--- The parts of a list written with '+'.
function replay_file.split(text)
  local parts = {}
  for part in (text .. "+"):gmatch "([^+]*)%+" do parts[#parts + 1] = part end
  return parts
end

--- Rows of one seed, cut into curves: by name; else, if their steps only ascend, they are one; else by rate.
local function cut(rows)
  local ascending = true
  for i = 2, #rows do ascending = ascending and rows[i].step > rows[i - 1].step end
  local curves, by_key = {}, {}
  for _, row in ipairs(rows) do
    local key = row.curve or (ascending and 1 or row.rate)
    if not by_key[key] then
      by_key[key] = {}
      curves[#curves + 1] = by_key[key]
    end
    table.insert(by_key[key], row)
  end
  return curves
end

--- The seed to take, and the rows that have it.
local function choose_seed(rows, seed, take)
  local seeds, known = {}, {}
  for _, row in ipairs(rows) do
    if row.seed and not known[row.seed] then
      known[row.seed] = true
      seeds[#seeds + 1] = row.seed
    end
  end
  if #seeds == 0 then
    if take then return nil, ("option 'take': no seeds are recorded; %g given"):format(take) end
    return nil, nil, rows
  end
  table.sort(seeds)
  if take and not known[take] then return nil, ("option 'take': no seed %g on record%s"):format(take, words.hint(take, seeds)) end
  local chosen, kept = take or seeds[(seed - 1) % #seeds + 1], {}
  for _, row in ipairs(rows) do
    if row.seed == chosen then kept[#kept + 1] = row end
  end
  return chosen, nil, kept
end

--- The curve that rows are a record of.
local function curve_of(rows, first)
  table.sort(rows, function(a, b) return a.step < b.step end)
  local at, losses, rates, constant, diverges = {}, {}, {}, true, nil
  local validation, before = { at = {}, losses = {} }, nil
  for _, row in ipairs(rows) do
    local t = row.step - first
    if row.validation then
      table.insert(validation.at, t)
      table.insert(validation.losses, row.validation)
    end
    if row.loss then
      if before and before.step == row.step then
        return nil, ("%s: a second loss for step %d of this curve (rate %g)"):format(replay_rows.place(row), row.step, row.rate)
      end
      before = row
      if not finite(row.loss) then
        diverges, rates[#rates + 1] = t, math.max(row.rate, 1e-300)
        break
      end
      at[#at + 1], losses[#at + 1], rates[#at + 1] = t, row.loss, math.max(row.rate, 1e-300)
      constant = constant and row.rate == rows[1].rate
    end
  end
  if #rates == 0 then return false end
  if #at == 0 then at, losses = { 0.0 }, { 0.0 } end
  return replay_curve.new {
    at = at, losses = losses, rates = constant and not diverges and rates[1] or rates, diverges = diverges,
    validation = #validation.at > 0 and validation or nil,
  }
end

--- The curves of rows from one file and loss column, added to 'curves'.
local function add_curves(rows, first, curves)
  for _, one in ipairs(cut(rows)) do
    local curve, problem = curve_of(one, first)
    if problem then return nil, problem end
    if curve then curves[#curves + 1] = curve end
  end
  return curves
end

--- The rates that stand in the SPEC: one for each curve; nil if it names a column, or nothing.
local function given_rates(text, count)
  if not text or not tonumber(replay_file.split(text)[1]) then return nil end
  local rates = {}
  for i, word in ipairs(replay_file.split(text)) do
    rates[i] = tonumber(word)
    if not rates[i] or not (rates[i] > 0 and rates[i] < math.huge) then
      return nil, ("option 'rate': a number above 0 expected, not '%s'"):format(word)
    end
  end
  if #rates ~= count then
    return nil, ("option 'rate': %d rates for %d curves: one for each file and loss column expected"):format(#rates, count)
  end
  return rates
end

--- Read curves.
---@param files string[]
---@param given { step: string?, loss: string?, rate: string?, validation: string?, seed: string?, curve: string?, take: number? }
---@param seed integer    the run's: chooses among recorded seeds
---@return neap.replay.Curve[]? curves
---@return string? problem
---@return string? code
---@return number? taken    the recorded seed
function replay_file.read(files, given, seed)
  local columns = given.loss and replay_file.split(given.loss) or { false }
  local rates, problem = given_rates(given.rate, #files * #columns)
  if problem then return nil, problem, "bad_argument" end
  local curves, number, taken = {}, 0, nil
  for _, file in ipairs(files) do
    for _, loss in ipairs(columns) do
      number = number + 1
      local rows, why, code, first = replay_rows.read(file, given, loss or nil, rates and rates[number])
      if not rows then return nil, why, code end
      taken, why, rows = choose_seed(rows, seed, given.take)
      if why then return nil, file .. ": " .. why, "bad_argument" end
      local done
      done, why = add_curves(rows, first, curves)
      if not done then return nil, why, "bad_data" end
    end
  end
  if #curves == 0 then return nil, ("%s: no row with a loss"):format(files[1]), "too_few" end
  return curves, nil, nil, taken
end

return replay_file

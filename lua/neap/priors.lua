--- Priors of the hyper-parameters of a Gaussian process, as scripts write them.
---
---   priors = "botorch"                                       -- a published set, or
---   priors = { length = { "lognormal", 0, 1 }, noise = { "gamma", 1.1, 30 } }
---
--- Lengths are in shares of the range of x (in neap.bayesopt: of the dimension), signal and noise are variances of y
--- standardised. What a table leaves out is neap's own. "normal_log" is the density of "lognormal", of which the most probable
--- logarithm is looked for, at exp(a), not the most probable number, at exp(a - b^2).

local words = require "neap.words"

local priors = {}

local KINDS = { lognormal = 0, gamma = 1, inverse_square = 2, normal_log = 3 }

local sets = {}

--- ln length ~ Normal(-1.25 + ln(d)/2, 0.9), d = 1: Normal(-0.25, 0.9), ln noise ~ Normal(-14, 4), ln signal
--- ~ Normal(0, 1): the most probable logarithms are taken.
function sets.neap() return {} end

--- BoTorch 0.12 and later; it has no signal of its own.
function sets.botorch(d)
  return { length = { "lognormal", math.sqrt(2) + 0.5 * math.log(d), math.sqrt(3) }, noise = { "lognormal", -4, 1 } }
end

--- optuna's GPSampler.
function sets.optuna()
  return { length = { "inverse_square", 0.1, 0.1 }, signal = { "gamma", 2, 1 }, noise = { "gamma", 1.1, 30 } }
end

local function read(name, given)
  if type(given) ~= "table" or #given ~= 3 then
    return nil, ("prior of '%s': { kind, number, number } expected"):format(name)
  end
  local kind = KINDS[given[1]]
  if not kind then return nil, ("prior of '%s': unknown kind %s%s"):format(name, words.shown(given[1]), words.hint(given[1], KINDS)) end
  local a, b = given[2], given[3]
  if type(a) ~= "number" or type(b) ~= "number" then return nil, ("prior of '%s': two numbers expected"):format(name) end
  local finite = math.abs(a) < math.huge and math.abs(b) < math.huge
  local any = kind == KINDS.lognormal or kind == KINDS.normal_log
  if not finite or b <= 0 or (a <= 0 and not any) then return nil, ("prior of '%s': numbers above 0 expected"):format(name) end
  return { kind, a + 0.0, b + 0.0 }
end

--- What the engine wants of a set or a table of priors, or nil and what is wrong.
---@param given nil|string|table
---@param dimensions integer|string[]    how many, or their names: then length may be a table by name
---@return table? read
---@return string? problem
function priors.read(given, dimensions)
  local names = type(dimensions) == "table" and dimensions or {}
  local d = type(dimensions) == "table" and #dimensions or dimensions
  if given == nil then return {} end
  if type(given) == "string" then
    if not sets[given] then return nil, ("unknown priors %s%s"):format(words.shown(given), words.hint(given, sets)) end
    given = sets[given](d)
  end
  if type(given) ~= "table" then return nil, "priors: a name or a table expected" end
  local result, known = {}, { length = 1, signal = 1, noise = 1 }
  for name in pairs(given) do
    if not known[name] then return nil, ("priors: unknown parameter %s%s"):format(words.shown(name), words.hint(tostring(name), known)) end
  end
  local problem
  for _, name in ipairs { "signal", "noise" } do
    if given[name] ~= nil then
      result[name], problem = read(name, given[name])
      if problem then return nil, problem end
    end
  end
  if given.length == nil then return result end
  result.length = {}
  for i = 1, d do
    local one = given.length
    if type(one) == "table" and one[1] == nil then one = one[names[i]] end
    if one == nil then return nil, ("prior of 'length': none for '%s'"):format(names[i]) end
    result.length[i], problem = read("length", one)
    if problem then return nil, problem end
  end
  return result
end

return priors

--- Other libraries' schedules, by their own names and parameters, giving their values:
---   s.compat.torch.CosineAnnealingLR { lr = 0.1, T_max = 100, eta_min = 0.001 }
---   s.compat.transformers.get_linear_schedule_with_warmup { lr = 5e-5, num_warmup_steps = 500, num_training_steps = 10000 }
--- also .optax, .keras and .timm. Where a library multiplies the optimizer's rate, that is `lr`. What has no end there has none here,
--- unless `steps` gives it one. Past its end a schedule stays where it is, also where the peer's climbs again.

local options = require "neap.options"
local words = require "neap.words"

local compat = {}

--- Steps of what has no end, after so many others.
---@param before? integer
---@return integer
function compat.endless(before) return (1 << 48) - (before or 0) end

--- The entries of one library. Each declaration is { options, build }; build(o) may raise.
---@param library string
---@param declared table<string, { [1]: table, [2]: fun(o: table): any }>
function compat.library(library, declared)
  local entries = {}
  for name, entry in pairs(declared) do
    local complete = options.declare(entry[1])
    local where = ("neap.schedule.compat.%s.%s"):format(library, name)
    entries[name] = function(given)
      local o = options.check(complete, given, where)
      local done, made = pcall(entry[2], o)
      if done then return made end
      error(where .. ": " .. tostring(made):gsub("^[^ ]+:%d+: ", ""):gsub("^neap%.schedule%.", ""), 2)
    end
  end
  return setmetatable(entries, {
    __index = function(_, name)
      error(("neap.schedule.compat.%s: no '%s'%s"):format(library, tostring(name), words.hint(tostring(name), declared)), 2)
    end,
  })
end

-- What many declarations share.
function compat.number(default, about) return { default, about or "", type = "number", optional = default == nil } end

--- A number that must be given.
function compat.needed(about, kind) return { nil, about or "", type = kind or "number", min = kind ~= "table" and 0 or nil } end

compat.lr = { nil, "the optimizer's rate", type = "number", above = 0 }
compat.steps = { nil, "how long it goes on; without, it has no end", type = "integer", min = 0, optional = true }

local LIBRARIES <const> = { torch = true, transformers = true, optax = true, keras = true, timm = true }

return setmetatable(compat, {
  __index = function(_, name)
    if not LIBRARIES[name] then
      error(("neap.schedule.compat: no library '%s'%s"):format(tostring(name), words.hint(tostring(name), LIBRARIES)), 2)
    end
    local entries = require("neap.schedule.compat." .. name)
    rawset(compat, name, entries)
    return entries
  end,
})

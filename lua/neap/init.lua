--- neap: a scriptable tuning engine for learning rates.
--- `local neap = require "neap"` returns one table and sets no global. Parts load when they are first used.
---
--- Wrong use raises, with the name of the argument, its value and what was expected. What may happen to the best of scripts (no
--- such file, a singular matrix, a trainer that has gone) is an outcome: nil, a message of one line, and where that helps a code.
--- A loss that is nan or infinite is an observation, not an error. One seed determines what follows from it.

local neap = { version = "0.1.0" }

local parts = {
  bayesopt = "neap.bayesopt",
  gp = "neap.gp",
  expfit = "neap.expfit",
  forecast = "neap.forecast",
  multipower = "neap.multipower",
  schedule = "neap.schedule",
  plot = "neap.plot",
  picture = "neap.picture",
  backend = "neap.backend",
  recipe = "neap.recipe",
  run = "neap.run",
  workers = "neap.workers",
}

return setmetatable(neap, {
  __index = function(self, name)
    local module = parts[name]
    if not module then return nil end
    local part = require(module)
    rawset(self, name, part)
    return part
  end,
})

--- neap: a scriptable tuning engine for learning rates.
--- `local neap = require "neap"` returns one table and sets no global. Parts load when they are first used.

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

-- The autopilot: given a budget, and nothing about good rates, one run that ends where a tuned one would.
--   neap run --backend builtin:fashion --budget 6000
-- The rate climbs, rises while that gains more than the noise it makes, decays to zero by the end of the budget, and comes
-- down at once where the validation loss has turned: lua/neap/autopilot/, and doc/methods.md.
local neap = require "neap"

return neap.recipe {
  summary = "finds the rates itself: climbs, rises while it pays, decays, comes down where the loss turns",
  options = {
    lr = { "1e-7:100", "rates to look at", type = "range" },
    d = { 0.7, "bend of the decay: 0 is linear, 0.5 REX, towards 1 constant", min = 0, below = 1 },
    constant = { false, "no decay, as schedule-free optimizers want it" },
    batches = { 0, "validation batches of a look at the loss; 0: all", min = 0 },
  },
  prepare = function(_, budget)
    if budget >= 20 then return true end
    return nil, ("budget %d is too small to find a rate in: 20 steps at least"):format(budget)
  end,
  function(run, o) return require "neap.autopilot.pilot".fly(run, o) end,
}

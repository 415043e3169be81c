-- REX: the reflected-exponential schedule over the whole budget, after an optional warm-up.
-- Chen, Wolfe, Kyrillidis, "REX: Revisiting Budgeted Training with an Improved Schedule", MLSys 2022, arXiv 2107.04197.
--   neap run rex --backend builtin:fashion --peak 0.03 --budget 6000
local neap = require "neap"

return neap.recipe {
  summary = "REX: one decay over the whole budget; only the peak is to be chosen",
  options = {
    peak = { 0.1, "largest rate", above = 0 },
    d = { 0.5, "bend: 0 is linear, 0.5 the paper's, towards 1 constant", min = 0, below = 1 },
    warmup = { 0, "steps of linear warm-up, part of the budget", min = 0 },
    every = { 1, "steps between two readings of the profile", min = 1 },
  },
  prepare = function(o, budget)
    if o.warmup < budget then return true end
    return nil, ("option 'warmup': %d steps leave nothing of a budget of %d"):format(o.warmup, budget)
  end,
  function(run, o)
    local s = neap.schedule
    local decay = s.rex(run:left() - o.warmup, { d = o.d }):sample { every = o.every }
    return run:follow(o.peak * (s.warmup(o.warmup) .. decay))
  end,
}

---@meta neap.engine

local engine = {}

--- The rate as a pure function of the step; an immutable value. Also number * schedule, first .. second,
--- #schedule (its steps) and ==.
---@class engine.Schedule
---@operator mul(number): neap.Schedule
---@operator concat(neap.Schedule): neap.Schedule
---@operator len: integer
local Schedule = {}

--- The rate at step t; from #schedule on the end value. Raises unless t is a whole number not below 0.
---@param t integer    0 is the first update
---@return number rate
function Schedule:at(t) end

--- The rates of steps first, first + 1, ..
---@param first? integer   default 0
---@param count? integer   default: up to the end
---@return number[] rates
function Schedule:values(first, count) end

--- The metatable of schedules, for neap.schedule to add its methods to.
engine.schedule_type = {}

--- A profile over steps. Raises on a parameter outside its range.
---@param profile "constant"|"linear"|"cosine"|"exponential"|"rex"|"step"|"warmup"
---@param steps integer     >= 0
---@param parameter? number   to (linear, cosine), gamma, d, factor, from; default 0
---@param endpoint? "open"|"closed"|"after"   p = t/N, t/(N-1), (t+1)/N; default "open"
---@param milestones? number[]   of step: ascending in [0, 1]
---@return neap.Schedule
function engine.schedule(profile, steps, parameter, endpoint, milestones) end

--- 'schedule' read only every 'interval' steps or percent of its steps.
---@param schedule neap.Schedule
---@param sampling "every"|"percent"
---@param interval number
---@return neap.Schedule
function engine.schedule_sample(schedule, sampling, interval) end

--- How a schedule is built: { kind = "piece", profile =, steps =, parameter =, endpoint =, at = }, { kind = "scaled", factor =,
--- part = }, { kind = "sampled", every = or percent =, part = }, { kind = "sequence", part, part, .. }.
---@param schedule neap.Schedule
---@return table tree
function engine.schedule_tree(schedule) end

return engine

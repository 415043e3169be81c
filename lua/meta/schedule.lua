---@meta neap.engine

local engine = {}

--- The rate as a pure function of the step; an immutable value. neap.schedule adds its operators and methods.
---@class engine.Schedule
---@operator mul(number|neap.Schedule): neap.Schedule
---@operator add(number|neap.Schedule): neap.Schedule
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

--- What neap.schedule adds. Lengths are whole numbers of steps or texts with a unit: "10ep", "0.7dur", "5%".
---@class neap.Schedule: engine.Schedule
local Made = {}

--- No rate below low or above high.
---@param given { low?: number, high?: number }
---@return neap.Schedule
function Made:clip(given) end

--- The rate of the last step stays for so many more.
---@param steps integer|string
---@return neap.Schedule
function Made:hold(steps) end

--- Times 1 + deviation g, where g is a hash of seed and step: the same after resuming.
---@param given { deviation?: number, seed?: integer, uniform?: boolean }
---@return neap.Schedule
function Made:noise(given) end

--- So many times over, each time 'factor' as high as the one before.
---@param times integer
---@param given? { factor?: number }
---@return neap.Schedule
function Made:repeated(times, given) end

--- Again and again for so many steps, each time 'multiplier' longer and 'decay' as high.
---@param steps integer|string
---@param given? { multiplier?: number, decay?: number, to?: number }
---@return neap.Schedule
function Made:restarted(steps, given) end

--- From the last step to the first.
---@return neap.Schedule
function Made:reversed() end

--- Read only now and then, and held in between: the REX paper's sampling rates.
---@param given { every?: integer, percent?: number }   one of the two
---@return neap.Schedule
function Made:sample(given) end

--- Later by so many steps, at the first rate until then.
---@param steps integer|string
---@return neap.Schedule
function Made:shift(steps) end

--- Without its first steps.
---@param steps integer|string
---@return neap.Schedule
function Made:skip(steps) end

--- As long as this, every length inside in proportion.
---@param steps integer|string
---@return neap.Schedule
function Made:stretch(steps) end

--- Its first steps alone.
---@param steps integer|string
---@return neap.Schedule
function Made:take(steps) end

--- The same rates, with a momentum.
---@param momentum neap.Schedule
---@return neap.Schedule
function Made:with_momentum(momentum) end

--- The metatables of schedules, for neap.schedule to add its methods to: those the engine evaluates, and those it cannot.
engine.schedule_type = {}
engine.schedule_loose_type = {}

--- A profile over steps. Raises on a parameter outside its range; engine/numerics/profile.h lists profiles and parameters.
---@param profile string
---@param steps integer     >= 0
---@param endpoint "open"|"closed"|"after"   p = t/N, t/(N-1), (t+1)/N
---@param parameters table<string, number>   all that the profile has
---@param at? number[]      of piecewise: positions in steps, ascending
---@param value? number[]   of piecewise: as many values
---@return engine.Schedule
function engine.schedule_piece(profile, steps, endpoint, parameters, at, value) end

--- first, then second, which sees steps from 0 again.
---@return engine.Schedule
function engine.schedule_join(first, second) end

---@param factor number    >= 0
---@return engine.Schedule
function engine.schedule_scale(factor, part) end

---@param how "sum"|"product"|"max"|"min"
---@return engine.Schedule
function engine.schedule_combine(how, first, second) end

---@param low number     >= 0
---@param high number    >= low; may be infinite
---@return engine.Schedule
function engine.schedule_clip(part, low, high) end

--- 'part' read only every 'interval' steps or percent of its steps.
---@param sampling "every"|"percent"
---@param interval number
---@return engine.Schedule
function engine.schedule_sample(part, sampling, interval) end

--- Later by so many steps; below 0: without its first steps.
---@param steps integer
---@return engine.Schedule
function engine.schedule_shift(part, steps) end

--- Its first steps.
---@param steps integer
---@return engine.Schedule
function engine.schedule_take(part, steps) end

--- The rate of its last step for so many more, and from then on.
---@param steps integer
---@return engine.Schedule
function engine.schedule_hold(part, steps) end

---@return engine.Schedule
function engine.schedule_reverse(part) end

---@param times integer     >= 1
---@param factor number     how high each time is, of the one before; 0..1
---@return engine.Schedule
function engine.schedule_repeat(part, times, factor) end

--- Cycle i is first * multiplier^i steps long, and its rates are to + (decay^i - to) part.
---@return engine.Schedule
function engine.schedule_restarts(part, steps, first, multiplier, decay, to) end

--- Times 1 + deviation g, g a hash of seed and step.
---@param deviation number
---@param seed integer
---@param uniform boolean   instead of normal
---@return engine.Schedule
function engine.schedule_noise(part, deviation, seed, uniform) end

--- The rate at a time that may be a fraction of a step.
---@param t number
---@return number rate
function engine.schedule_read(schedule, t) end

--- A schedule that the engine cannot evaluate.
function engine.schedule_loose() end

--- Keep a node with a schedule, and have it back: see neap.schedule.tree.
---@return neap.Schedule
function engine.schedule_keep(schedule, node) end

---@return table node
function engine.schedule_node(schedule) end

return engine

--- Expectations that several specs share.

local expect = {}

--- A number within so much of what is expected; by default 1e-14 of it, and of one.
function expect.near(expected, value, tolerance, what)
  local off = math.abs(value - expected)
  assert(off <= (tolerance or 1e-14 * (1 + math.abs(expected))), ("%s: %.17g, expected %.17g"):format(what or "value", value, expected))
end

--- A call that raises, and says this, in one line.
function expect.mistake(expected, f, ...)
  local done, problem = pcall(f, ...)
  assert(not done, ("raised nothing, expected: %s"):format(expected))
  assert(not tostring(problem):find "\n", problem)
  assert(tostring(problem):find(expected, 1, true), ("said: %s\nexpected: %s"):format(problem, expected))
end

return expect

-- What holds of an optimiser always, tried on random lives of it (bayesopt_cases.lua says which, and what is checked).
-- PROPERTY_CASES: how many, default 2000. PROPERTY_FIRST: the number of the first, default 1; a case depends on its number alone.
local cases = require "bayesopt_cases"

local count = math.tointeger(tonumber(os.getenv "PROPERTY_CASES")) or 2000
local first = math.tointeger(tonumber(os.getenv "PROPERTY_FIRST")) or 1

describe("neap.bayesopt, whatever is told in whatever order", function()
  it("asks for new points of its space, answers, and goes on alike when restored", function()
    local breaches = {}
    for number = first, first + count - 1 do
      breaches[#breaches + 1] = cases.run(number)
      if #breaches >= 10 then break end
    end
    assert.equal("", table.concat(breaches, "\n"))
  end)
end)

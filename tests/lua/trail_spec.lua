local engine = require "neap.engine"
local trail = require "neap.trail"

--- The way to a state, from its beginning.
local function whole(block)
  local rates, losses = {}, {}
  local blocks = {}
  while block.before do
    table.insert(blocks, 1, block)
    block = block.before
  end
  for _, one in ipairs(blocks) do trail.write(one, rates, losses) end
  return rates, losses
end

describe("a trail", function()
  it("shows the way to a state, whichever way it showed before", function()
    local random, now, rates, losses = engine.random(5), trail.beginning(), {}, {}
    local states = { now }
    for i = 1, 2000 do
      if random:uniform() < 0.6 then
        local block, list = {}, {}
        for k = 1, 1 + random:below(4) do block[k], list[k] = i + k / 10, i * k end
        now = trail.add(now, random:uniform() < 0.5 and list or i, block)
        trail.write(now, rates, losses)
        states[#states + 1] = now
      else
        local to = states[1 + random:below(#states)]
        trail.turn(now, to, rates, losses)
        now = to
        local expected_rates, expected = whole(now)
        assert.equal(now.depth, #expected)
        assert.same(expected_rates, table.move(rates, 1, now.depth, 1, {}))
        assert.same(expected, table.move(losses, 1, now.depth, 1, {}))
      end
    end
  end)
end)

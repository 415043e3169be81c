-- doc/tour.md: every listing runs, and prints what the page shows below it.
local listings = require "listings"

describe("the tour", function()
  local PAGE <const> = "doc/tour.md"

  it("prints what it shows", function()
    local count, shown = 0, 0
    listings.run(PAGE, function(listing, printed, problem)
      count = count + 1
      local place = ("%s:%d: "):format(PAGE, listing.line)
      assert(printed, place .. problem)
      assert.equal("", problem, place)
      if listing.shown then
        shown = shown + 1
        local same, difference = listings.compare(listing.shown, printed)
        assert(same, place .. (difference or ""))
      end
    end)
    assert.is_true(count >= 15)
    assert.equal(count, shown)
  end)
end)

describe("a listing's output", function()
  it("is compared word by word, fractions to a tolerance, whole numbers exactly", function()
    assert.is_true(listings.compare("a 1.00 x\n", "a  1.01 x\n"))
    assert.is_false(listings.compare("a 1.00 x\n", "a 1.03 x\n"))
    assert.is_false(listings.compare("a 100 x\n", "a 101 x\n"))
    assert.is_false(listings.compare("a\n", "a b\n"))
    assert.is_false(listings.compare("a b\n", "a\n"))
    assert.is_false(listings.compare("a\nb\n", "a\n"))
    assert.is_true(listings.compare("a ...\n", "a b c\n"))
    assert.is_false(listings.compare("a ...\n", "b c\n"))
  end)
end)

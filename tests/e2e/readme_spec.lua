-- What the README shows, run as it stands there; only large budgets are cut.
local listings = require "listings"
local program = require "program"

local function readme()
  local handle = assert(io.open("README.md"))
  local text = handle:read "a"
  handle:close()
  return text
end

local blocks = {}
for _, listing in ipairs(listings.read "README.md") do
  if listing.kind == "lua" then blocks[#blocks + 1] = listing.text end
end

local function out(command)
  local ran = program.shell(command)
  assert.equal("", ran.err)
  assert.equal(0, ran.status, command)
  return ran.out
end

describe("the README", function()
  it("has a recipe and a script", function()
    assert.equal(2, #blocks)
  end)

  it("shows commands that work", function()
    local folder = program.file ""
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    assert(os.rename(program.file(blocks[1]), folder .. "/halving.lua"))
    local count = 0
    for line in readme():gmatch "\n    build/neap ([rp][^\n#]+)" do
      if not line:find " %-%- " then   -- the user's own program is not here; tests/e2e/pytorch_spec.lua has some
        line = line:gsub("--budget 6000", "--budget 2000"):gsub("%./halving", folder .. "/halving")
        assert.is_true(#out("@neap " .. line) > 0)
        count = count + 1
      end
    end
    os.execute("rm -r " .. folder)
    assert.equal(7, count)
  end)

  it("shows a script that prints what its comments say", function()
    local file = program.file(blocks[2], ".lua")
    local lines = program.lines(out("@neap " .. file))
    os.remove(file)
    assert.equal("0.1 * (warmup(500) .. rex(9500))", lines[1])
    assert.is_near(-1.5, math.log(tonumber(lines[2]), 10), 0.01)
  end)
end)

local program = require "program"

local function plot(...) return program.neap("plot", ...) end

describe("neap plot", function()
  it("draws schedules in the terminal", function()
    local ran = plot("warmup(500) .. rex(9500)", "--width", "60", "--height", "6")
    assert.equal(0, ran.status)
    assert.equal("", ran.err)
    local lines = program.lines(ran.out)
    assert.equal(9, #lines)
    assert.is_truthy(lines[9]:find "^%s+0%s+5000%s+step$")
    ran = plot("warmup(5%) .. rex()", "cosine()", "--budget", "2000", "--ascii")
    assert.is_truthy(ran.out:find("warmup(100) .. rex(1900)", 1, true))
    assert.is_truthy(ran.out:find("cosine(2000)", 1, true))
    assert.is_truthy(plot("one_cycle(100)").out:find "momentum")
  end)

  it("draws them in a file", function()
    if program.shell("command -v gnuplot").status ~= 0 then pending "no gnuplot" return end
    for _, kind in ipairs { "svg", "png" } do
      local file = os.tmpname() .. "." .. kind
      local ran = plot("rex(100)", "cosine(100)", "--" .. kind, file, "--title", "two")
      assert.equal("", ran.err)
      assert.equal(0, ran.status)
      local handle = assert(io.open(file, "rb"))
      assert.is_truthy(handle:read "a":find(kind == "svg" and "<svg" or "PNG", 1, true))
      handle:close()
      os.remove(file)
    end
  end)

  it("says in one line what is wrong", function()
    local function refused(status, expected, ...)
      local ran = plot(...)
      assert.equal(status, ran.status)
      assert.equal("", ran.out)
      assert.equal(1, #program.lines(ran.err), ran.err)
      assert.is_truthy(ran.err:find(expected, 1, true), ran.err)
    end
    refused(2, "neap: missing argument 'schedule'")
    refused(2, "neap: 'rexx(10)': schedule text, position 1: unknown profile 'rexx' (did you mean 'rex'?)", "rexx(10)")
    refused(2, "'rex(10ep)': the length '10ep' depends on the epoch: --epoch", "rex(10ep)")
    refused(2, "option '--svg': the name of a file that ends in .svg expected, not 'x.txt'", "rex(10)", "--svg", "x.txt")
    refused(2, "one of the two expected", "rex(10)", "--svg", "x.svg", "--png", "x.png")
    refused(2, "option '--budget': at least 1 expected", "rex()", "--budget", "0")
    refused(2, "'rex(281474976710656)' has no end", "rex(281474976710656)")
    refused(2, "neap: 'rex(0)': it has no steps, so there is nothing to draw", "rex(0)")
    refused(2, "neap: 'rex(0)': it has no steps", "rex(9)", "rex(0)")
    refused(2, "neap: logy: no rate is above 0", "0 * rex(9)", "--logy")
    refused(2, "neap: '-1 * rex(100)': schedule text, position 1: *: schedule times -1: a number not below 0 expected", "-1 * rex(100)")
    refused(2, "neap: '-rex(100)': schedule text, position 2: a number expected after '-'", "-rex(100)")
    refused(2, "unknown option '-x'", "-x")
    refused(1, "/nonexistent/x.svg cannot be written", "rex(10)", "--svg", "/nonexistent/x.svg")
    assert.equal(0, plot("--help").status)
  end)

  it("belongs to the recipe schedule too", function()
    local ran = program.neap("run", "schedule", "--expression", "0.1 * (warmup(5%) .. rex())", "--budget", "100", "--quiet")
    assert.equal("", ran.err)
    assert.equal(0, ran.status)
    for expression, expected in pairs {
      ["rexx()"] = "option 'expression': schedule text, position 1: unknown profile 'rexx'",
      ["rex(10ep)"] = "option 'expression': the length '10ep' depends on the epoch",
      ["warmup(200) .. rex()"] = "option 'expression': the budget of 100 steps is spent",
    } do
      ran = program.neap("run", "schedule", "--expression", expression, "--budget", "100", "--quiet")
      assert.equal(2, ran.status)
      assert.is_truthy(ran.err:find(expected, 1, true), ran.err)
    end
  end)
end)

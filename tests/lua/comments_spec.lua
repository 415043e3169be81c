local comments = require "neap.comments"

describe("a comment", function()
  it("is read by its parts, types with blanks too", function()
    local parts = comments.parts {
      "What it does.", "", "  as it stands", "@param given? { a?: number, b: table<string, any> }   what is wanted",
      "@param done fun(i: integer): any, string?", '@param kind "a b"|"c"    one of two', "@return number[]|string list    or why not",
      "  in a further line", "@return boolean", "@private",
    }
    assert.same({ "What it does.", "", "  as it stands" }, parts.text)
    assert.same({
      { name = "given", type = "{ a?: number, b: table<string, any> }", optional = true, about = "what is wanted" },
      { name = "done", type = "fun(i: integer): any, string?", optional = false, about = "" },
      { name = "kind", type = '"a b"|"c"', optional = false, about = "one of two" },
    }, parts.params)
    assert.same({
      { name = "list", type = "number[]|string", optional = false, about = "or why not in a further line" },
      { name = "", type = "boolean", optional = false, about = "" },
    }, parts.returns)
    assert.is_true(parts.private)
  end)

  it("of a class leaves its private fields out", function()
    local said = comments.of_class("neap.Forecast", (comments.place(require "neap.forecast".race)))
    local names = {}
    for i, field in ipairs(comments.parts(said.lines).fields) do names[i] = field.name end
    assert.same({ "noise", "used", "lower", "rated", "diverged" }, names)
  end)
end)

describe("help", function()
  local help = require "neap.help"
  local neap = require "neap"

  it("tells the options of a function, of a module that can be called, and of a profile", function()
    assert.matches("options\n.*  noise +variance of one observation", help(neap.gp))
    assert.matches("options\n.*  kappa +lcb: weight of the deviation; large explores %[2%.0%]", help(neap.bayesopt))
    assert.matches("A profile over so many steps", help(neap.schedule.rex))
    assert.matches("Step by step the largest", help(neap.schedule.max))
  end)

  it("knows what is inherited", function()
    local recipe = neap.recipe { summary = "a step", function(run) run:train(1, 0.1) end }
    local run = assert(neap.run(recipe, { budget = 1 })).run
    local said = help(run)
    assert.matches("  train +Train: at most the steps left", said)
    assert.matches("  share +Do jobs", said)
    assert.is_nil(said:find("  turn ", 1, true))   -- private
    assert.matches("  uniform +Uniform on", help(run.random))
  end)
end)

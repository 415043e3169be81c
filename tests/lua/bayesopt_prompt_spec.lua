-- What a user of neap.bayesopt sees at the prompt: where the search stands, and one line for each mistake.
local neap = require "neap"

local function said(f, ...)
  local done, problem = pcall(f, ...)
  assert.is_false(done)
  assert.is_nil(problem:find "\n")
  return (problem:gsub("^[^:]+:%d+: ", ""))
end

describe("neap.bayesopt at the prompt", function()
  it("says where the search stands", function()
    local opt = neap.bayesopt { space = { lr = { 1e-4, 1, scale = "log" }, depth = { 1, 4, integer = true }, momentum = 0.9 } }
    assert.equal("neap.bayesopt over depth, lr: 0 trials", tostring(opt))
    opt:ask(2)
    opt:tell({ lr = 0.01, depth = 2 }, 1)
    assert.equal("neap.bayesopt over depth, lr: 1 trial; 2 asked for and not told; best depth = 2, lr = 0.01, loss 1 expected",
      tostring(opt))
    opt:tell({ lr = 1, depth = 2 }, 0 / 0)
    assert.is_truthy(tostring(opt):find("2 trials; 1 failed; 2 asked for", 1, true))
  end)

  it("names every mistake in a description", function()
    local function wrong(message, given) assert.equal("neap.bayesopt: " .. message, said(neap.bayesopt, given)) end
    local x = { 0, 1 }
    wrong("1 to 16 dimensions expected, not 0", { space = {} })
    wrong("dimension 'lr' (1 to 0): low must be below high", { space = { lr = { 1, 0 } } })
    wrong("dimension 'lr' (0 to 1): a log scale needs low > 0", { space = { lr = { 0, 1, scale = "log" } } })
    wrong("dimension 'lr': unknown scale 'lgo' (did you mean 'log'?)", { space = { lr = { 0, 1, scale = "lgo" } } })
    wrong("option 'acquisition': unknown value 'eei' (did you mean 'ei'?)", { space = { x = x }, acquisition = "eei" })
    wrong("unknown option 'acquisiton' (did you mean 'acquisition'?)", { space = { x = x }, acquisiton = "ei" })
    wrong("priors: unknown parameter 'lenght' (did you mean 'length'?)", { space = { x = x }, priors = { lenght = 1 } })
    wrong("option 'first', point 1: 'x' is 3, outside 0..1", { space = { x = x }, first = { { x = 3 } } })
    wrong("option 'first': a list of points expected: { { .. }, .. }", { space = { x = x }, first = { x = 0.5 } })
    wrong("option 'budget': at least 1 expected, not '0'", { space = { x = x }, budget = 0 })
  end)

  it("names every mistake in a point", function()
    local opt = neap.bayesopt { space = { lr = { 1e-4, 1 }, n = { 1, 5, integer = true }, o = { choices = { "a", "b" } }, m = 0.9 } }
    local function wrong(message, ...) assert.equal("opt:tell: " .. message, said(opt.tell, opt, ...)) end
    wrong("'o' is 'c' (expected one of: a, b)", { lr = 0.1, n = 2, o = "c" }, 1)
    wrong("'n' is 2.5, a whole number expected", { lr = 0.1, n = 2.5, o = "a" }, 1)
    wrong("'n' is missing", { lr = 0.1, o = "a" }, 1)
    wrong("'m' is '0.8', but fixed at '0.9'", { lr = 0.1, n = 2, o = "a", m = 0.8 }, 1)
    wrong("unknown key 'q' (expected one of: lr, n, o)", { lr = 0.1, n = 2, o = "a", q = 1 }, 1)
    wrong("loss is a nil, a number expected", { lr = 0.1, n = 2, o = "a" })
    wrong("variance is '-1', a finite number of at least 0 expected", { lr = 0.1, n = 2, o = "a" }, 1, -1)
    wrong("a table of named numbers expected, not a number", 0.1, 1)
    assert.equal(0, #opt:trials())
  end)
end)

local neap = require "neap"
local bayesopt_plot = require "neap.bayesopt_plot"

local function rate_study()
  local opt = neap.bayesopt { space = { lr = { 1e-5, 1, scale = "log" } }, seed = 3 }
  for _ = 1, 9 do
    local x = opt:ask()
    local u = math.log(x.lr, 10)
    opt:tell(x, u > -0.5 and 0 / 0 or (u + 2) ^ 2)
  end
  return opt
end

local function mixed_study()
  local opt = neap.bayesopt {
    space = {
      lr = { 1e-5, 1, scale = "log" }, layers = { 1, 6, integer = true }, units = { 1, 100000, integer = true, scale = "log" },
      optimizer = { choices = { "sgd", "adam", true } }, momentum = 0.9,
    },
    seed = 3,
  }
  for _ = 1, 12 do
    local x = opt:ask()
    opt:tell(x, math.abs(math.log(x.lr, 10) + 3) + x.layers / 10 + (x.optimizer == "adam" and 0 or 1))
  end
  return opt
end

local function series(panel, title)
  for _, s in ipairs(panel.series) do
    if s.title == title then return s end
  end
end

describe("opt:plot", function()
  it("shows of one dimension what is believed, known and worth trying", function()
    local opt = rate_study()
    local waiting = opt:ask()
    local what = bayesopt_plot.spec(opt)
    assert.equal(2, #what.panels)
    local loss, worth = what.panels[1], what.panels[2].series[1]
    local mean, band = series(loss, "mean"), series(loss, "2 sd")
    for _, i in ipairs { 1, 50, #mean.x } do
      local expected, deviation = opt:predict { lr = mean.x[i] }
      assert.equal(expected, mean.y[i])
      assert.equal(expected - 2 * deviation, band.low[i])
      assert.equal(expected + 2 * deviation, band.high[i])
      assert.equal(opt:worth { lr = worth.x[i] }, worth.y[i])
    end
    assert.equal(1e-5, mean.x[1])
    assert.equal(1, mean.x[#mean.x])
    local told, failed = series(loss, "trials"), series(loss, "failed")
    assert.equal(9, #told.x + #failed.x)
    assert.is_true(#failed.x > 0)
    for _, x in ipairs(failed.x) do assert.is_true(math.log(x, 10) > -0.5) end
    assert.same({ waiting.lr }, series(loss, "asked, not told").x)
    assert.same({ (opt:best()).lr }, series(loss, "best").x)
  end)

  it("shows of more dimensions a slice along each, constants left out", function()
    local opt = mixed_study()
    local best = opt:best()
    local what = bayesopt_plot.spec(opt)
    assert.equal(4, #what.panels)
    local layers, lr, optimizer, units = table.unpack(what.panels)
    assert.same({ 1, 2, 3, 4, 5, 6 }, series(layers, "mean").x)
    assert.same({ "sgd", "adam", "true" }, optimizer.xnames)
    assert.is_true(lr.logx and units.logx and not layers.logx)
    for _, x in ipairs(series(units, "mean").x) do assert.equal("integer", math.type(x)) end
    local adam = { lr = best.lr, layers = best.layers, units = best.units, optimizer = "adam" }
    assert.equal((opt:predict(adam)), series(optimizer, "mean, 2 sd").y[2])
    for _, panel in ipairs(what.panels) do assert.same(layers.yrange, panel.yrange) end
    local through = bayesopt_plot.spec(opt, { lr = 1e-4, layers = 2, units = 10, optimizer = "sgd" })
    assert.is_truthy(through.title:find("through layers = 2, lr = 0.0001, optimizer = sgd, units = 10", 1, true))
    assert.equal((opt:predict { lr = 1e-4, layers = 5, units = 10, optimizer = "sgd" }), series(through.panels[1], "mean").y[5])
  end)

  it("draws in the terminal and into files, and changes nothing", function()
    for _, opt in ipairs { rate_study(), mixed_study() } do
      local before = opt:serialize()
      local text = opt:plot(nil, { ascii = true, height = 6, width = 60 })
      assert.is_truthy(text:find "^%d+ trials: best at ")
      assert.is_nil(text:find "[\128-\255]")
      for _, name in ipairs { ".svg", ".png" } do
        local file = os.tmpname()
        assert.is_true(opt:plot(file .. name))
        os.remove(file)
        assert.is_true(os.remove(file .. name))
      end
      assert.equal(before, opt:serialize())
    end
  end)

  it("draws whatever was told", function()
    local spaces = {
      { x = { 0, 1 } }, { x = { choices = { "a", "b" } } }, { x = { 0, 3, integer = true }, y = { 1e-9, 1e9, scale = "log" } },
    }
    for _, losses in ipairs { { 1 }, { 0, 0, 0 }, { 1e300, -1e300, 0 }, { 1e-300, 0 / 0 }, { 1, 0 / 0, math.huge, 2 } } do
      for _, space in ipairs(spaces) do
        for _, acquisition in ipairs { "ei", "pi", "lcb", "thompson", "hedge" } do
          local opt = neap.bayesopt { space = space, acquisition = acquisition }
          for _, loss in ipairs(losses) do opt:tell(opt:ask(), loss) end
          assert.is_string((opt:plot()))
        end
      end
    end
  end)

  it("says what it cannot do, and names every mistake", function()
    local opt = neap.bayesopt { space = { x = { 0, 1 } } }
    assert.same({ nil, "no trial has succeeded yet", "too_few" }, { opt:plot() })
    opt:tell({ x = 0.5 }, 1)
    local _, problem, code = opt:plot("/nonexistent/a.svg")
    assert.equal("picture.draw: /nonexistent/a.svg cannot be written: No such file or directory", problem)
    assert.equal("io", code)
    local function wrong(message, ...)
      local done, said = pcall(function(...) local text = opt:plot(...) return text end, ...)
      assert.is_false(done)
      assert.is_truthy(said:find(message, 1, true), said)
      assert.is_truthy(said:find("^[^:]*bayesopt_plot_spec.lua:%d+: opt:plot: "), said)    -- whose mistake it is
    end
    wrong("opt:plot: unknown option 'hight' (did you mean 'height'?)", nil, { hight = 3 })
    wrong("opt:plot: 'x' is 2, outside 0..1", nil, { at = { x = 2 } })
    wrong("opt:plot: the name of a file that ends in .svg or .png expected, not 'a.pdf'", "a.pdf")
    wrong("option 'width': at least 20 expected, not '3'", nil, { width = 3 })
  end)
end)

local plot = require "neap.plot"

describe("plot.lines", function()
  it("draws, exactly", function()
    local points = { { 0, 2 }, { 10, 0 }, { 20, 0 } }
    assert.equal(table.concat({
      "rate",
      "2 +'.",
      "  |  '.",
      "  |    '.",
      "1 +      '.",
      "  |        '.",
      "  |          '.",
      "0 +            '..............",
      "  ++------------+------------+",
      "   0           10           20 step",
    }, "\n"), plot.lines(points, { width = 30, height = 7, ascii = true, xlabel = "step", ylabel = "rate" }))
    assert.equal(table.concat({
      "2 ┤⠑⢄",
      "  │  ⠑⢄",
      "  │    ⠑⢄",
      "1 ┤      ⠑⢄",
      "  │        ⠑⢄",
      "  │          ⠑⢄",
      "0 ┤            ⠑⢄⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀",
      "  └┬────────────┬────────────┬",
      "   0           10           20",
    }, "\n"), plot.lines(points, { width = 30, height = 7 }))
  end)

  it("keeps to its size", function()
    local wave = {}
    for i = 1, 500 do wave[i] = math.sin(i / 20) * 1234.5 end
    for _, width in ipairs { 20, 43, 72, 133 } do
      local rows = 0
      for line in plot.lines(wave, { width = width, height = 7, xlabel = "step" }):gmatch "[^\n]+" do
        rows = rows + 1
        assert.is_true(utf8.len(line) <= width + #" step")
        assert.is_nil(line:find "%s$")
      end
      assert.equal(9, rows)
    end
  end)

  it("labels with nice numbers at the right rows", function()
    local picture = plot.lines({ 0, 40, 100 }, { height = 6, width = 40 })
    assert.is_truthy(picture:find "^100 ┤")
    assert.is_truthy(picture:find "\n 50 ┤" or picture:find "\n  0 ┤")
    assert.is_truthy(picture:find "\n     1 +2 +3$")
    local small = plot.lines({ 1e-5, 3e-5 }, { height = 6, width = 40 })
    assert.is_truthy(small:find "^3e%-5 ┤")
    local logarithmic = plot.lines({ 1e-4, 1e-1, 1e2 }, { height = 7, width = 40, logy = true })
    assert.is_truthy(logarithmic:find "^   100 ┤")
    assert.is_truthy(logarithmic:find "0%.0001 ┤")
  end)

  it("leaves gaps, and what a logarithm cannot show", function()
    local gap = plot.lines({ 1, 1, 0 / 0, math.huge, 1, 1 }, { width = 40, height = 2 })
    assert.is_truthy(gap:find "⠉ +⠉" or gap:find "⣀ +⣀" or gap:find "[^ ] +[⠀-⣿]")
    assert.equal("nothing to plot", plot.lines({ 0, -1 }, { logy = true }))
    assert.equal("loss: nothing to plot", plot.lines({}, { title = "loss" }))
  end)

  it("shows one point and constants", function()
    for _, value in ipairs { 0, 5, -5, 1e-300, 1e300, 1e15 + 0.5 } do
      for _, logy in ipairs { false, true } do
        for n = 1, 3 do
          local list = {}
          for i = 1, n do list[i] = value end
          local picture = plot.lines(list, { height = 4, width = 40, logy = logy })
          assert.is_truthy(picture:find "[\xE2][\xA0-\xA3]" or (logy and value <= 0 and picture == "nothing to plot"), picture)
        end
      end
    end
  end)

  it("names every mistake", function()
    assert.has_error(function() plot.lines({ 1 }, { widht = 3 }) end, "plot.lines: unknown option 'widht' (did you mean 'width'?)")
    assert.has_error(function() plot.lines({ 1, "x" }) end, "plot.lines: point 2 is no number and no pair of numbers")
  end)
end)

describe("plot.draw", function()
  local x, y, low, high = {}, {}, {}, {}
  for i = 0, 20 do
    local u = i / 10 - 1
    x[i + 1], y[i + 1], low[i + 1], high[i + 1] = 10 ^ (u - 2), u * u, u * u - 0.4, u * u + 0.4
  end
  local fit = {
    title = "a fit", xlabel = "rate", ylabel = "loss", logx = true, series = {
      { title = "sd", style = "band", x = x, low = low, high = high },
      { title = "mean", x = x, y = y },
      { title = "seen", style = "points", x = { 0.001, 0.03 }, y = { 1, 0.3 } },
      { title = "best", style = "rules", x = { 0.01 } },
    },
  }

  it("draws several series, exactly", function()
    assert.equal(table.concat({
      "a fit",
      "loss",
      " 2 +                     !",
      "   |                     !",
      "   |:::                  !                 :::",
      " 1 +o*::::::             !            ::::::**",
      "   |::***::::::::::      !     :::::::::****::",
      "   |  :::******:::::::::::::::::::o*****::::",
      " 0 +     ::::::*******************:::::::",
      "   |          ::::::::::::::::::::::",
      "   |                     !",
      "-1 +                     !",
      "   ++--------------------+-------------------+",
      "    0.001              0.01                0.1 rate",
      "    :: sd   ** mean   o seen   ! best",
    }, "\n"), plot.draw(fit, { width = 46, height = 10, ascii = true }))
    assert.equal(table.concat({
      "a fit",
      "loss",
      " 2 ┤                     ┊",
      "   │⠄⡀                   ┊                 ⡀ ⡀",
      " 1 ┤●⣆⣅⡂⠄⡂⠄⡀ ⡀           ┊           ⡀ ⡀⠄⡂⢅⣂⠥⡒",
    }, "\n"), (plot.draw(fit, { width = 46, height = 7 }):match("^" .. ("[^\n]*\n"):rep(4) .. "[^\n]*")))
  end)

  it("tells curves apart, and keeps points and lines above bands", function()
    local three = { series = {} }
    for k = 1, 3 do
      local ys = {}
      for i = 1, 60 do ys[i] = k end
      three.series[k] = { title = "k" .. k, y = ys }
    end
    local picture = plot.draw(three, { width = 40, height = 7 })
    local looks = {}
    for look in picture:gmatch "([^%s]+ ?[^%s]*) k%d" do looks[look] = true end
    local count = 0
    for _ in pairs(looks) do count = count + 1 end
    assert.equal(3, count)
    local marked = plot.draw(fit, { width = 46, height = 10 })
    assert.equal(3, select(2, marked:gsub("●", "")))          -- two points, and the legend
  end)

  it("cuts what lies outside of a range that was asked for", function()
    local peak = { series = { { y = { -1e6, 1e6, -1e6 } } }, yrange = { 0, 1 }, xrange = { 1.5, 2.5 } }
    local picture = plot.draw(peak, { width = 40, height = 6 })
    local rows = select(2, picture:gsub("\n", ""))
    assert.equal(7, rows)
    assert.is_truthy(picture:find "[⠁-⣿]")
  end)

  it("puts panels below or beside each other", function()
    local one = { title = "one", series = { { y = { 1, 2 } } } }
    local two = { title = "two", series = { { style = "bars", y = { 3, 1 } } }, xnames = { "sgd", "é" } }
    local below = plot.draw({ title = "all", panels = { one, two } }, { width = 60, height = 4 })
    assert.is_truthy(below:find "^all\none\n" and below:find "\n\ntwo\n")
    local beside = plot.draw({ title = "all", columns = 2, panels = { one, two, one } }, { width = 80, height = 4 })
    assert.is_truthy(beside:find "\none +two\n")
    for line in beside:gmatch "[^\n]+" do
      assert.is_true(utf8.len(line) <= 80)
      assert.is_nil(line:find "%s$")
    end
    assert.equal(below, plot.draw({ title = "all", columns = 2, panels = { one, two } }, { width = 60, height = 4 }))
  end)

  it("draws every style with whatever numbers there are", function()
    local wild = { 1e300, -1e300, 1.7e308, -math.huge, 0 / 0, 0, 1e-300, 5 }
    for _, style in ipairs { "lines", "dashes", "points", "steps", "band", "bars", "rules" } do
      for _, log in ipairs { false, true } do
        for _, ascii in ipairs { false, true } do
          local s = { style = style, title = style, x = wild, y = wild, low = wild, high = wild }
          local logx = log and style ~= "bars"
          assert.is_string(plot.draw({ logx = logx, logy = log, series = { s } }, { ascii = ascii }))
          assert.is_string(plot.draw({ logx = logx, logy = log, series = { s, s } }, { ascii = ascii, width = 20, height = 2 }))
        end
      end
    end
    assert.equal("none: nothing to plot", plot.draw { title = "none", series = { { y = { 0 / 0 } } } })
  end)

  it("names every mistake", function()
    assert.has_error(function() plot.draw { series = { { y = { "a" } } } } end, "plot.draw: series 1: y[1] is 'a', a number expected")
    assert.has_error(function() plot.draw({ series = {} }, { widht = 1 }) end, "plot.draw: unknown option 'widht' (did you mean 'width'?)")
  end)
end)

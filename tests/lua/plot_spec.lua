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

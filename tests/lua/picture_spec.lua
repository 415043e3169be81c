local picture = require "neap.picture"
local program = require "program"

local LOSS = { title = "loss", x = { 1, 10, 100, 1000 }, y = { 3, 0 / 0, 2, 1 } }

--- An empty folder whose name a careless script would break on, and a function that lists it.
local function folder()
  local name = os.tmpname()
  os.remove(name)
  name = name .. " it's"
  assert(os.execute(("mkdir '%s'"):format(name:gsub("'", "'\\''"))))
  return name, function() return program.shell(("ls -A '%s'"):format(name:gsub("'", "'\\''"))).out end
end

local function remove(name)
  os.execute(("rm -rf '%s'"):format(name:gsub("'", "'\\''")))
end

describe("picture.draw", function()
  it("draws SVG and PNG, whole and alone in their folder", function()
    local here, list = folder()
    assert.is_true(picture.draw({ title = "a", series = { LOSS } }, here .. "/a b.svg"))
    assert.is_true(picture.draw({ title = "a", series = { LOSS } }, here .. "/c.PNG", { width = 300, height = 200 }))
    assert.equal("a b.svg\nc.PNG\n", list())
    local svg, png = program.read(here .. "/a b.svg"), program.read(here .. "/c.PNG")
    assert.is_truthy(svg:find "^<%?xml" and svg:find "</svg>%s*$")
    assert.equal("\137PNG\r\n\26\n", png:sub(1, 8))
    assert.same({ 600, 400 }, { (string.unpack(">I4", png, 17)), (string.unpack(">I4", png, 21)) })
    remove(here)
  end)

  it("shows text as it stands", function()
    local here = folder()
    local text = [[it's "a_b^c" {<d>} & `x` $y \n @e %f]]
    assert.is_true(picture.draw({ title = text, xlabel = text, ylabel = text, series = {
      { title = text, y = { 1, 2 } }, { style = "bars", y = { 1, 2 } },
    }, xnames = { text, "é\nü" } }, here .. "/t.svg"))
    local svg = program.read(here .. "/t.svg")
    local escaped, count = text:gsub("&", "&amp;"):gsub("<", "&lt;"), 0
    for shown in svg:gmatch "<text[^>]*>(.-)</text>" do
      if shown:gsub("&quot;", '"'):gsub("&apos;", "'"):gsub("&gt;", ">") == escaped then count = count + 1 end
    end
    assert.equal(5, count)
    assert.is_truthy(svg:find("é ü", 1, true))
    remove(here)
  end)

  it("draws every style, and whatever numbers there are", function()
    local here = folder()
    local all = {
      { title = "band", style = "band", x = { 1, 2, 3 }, low = { 1, 2, 1 }, high = { 2, 3, 2 } },
      { style = "lines", y = { 1e300, -1e300, math.huge } },
      { style = "dashes", y = { 1e-300, 0, 5 } }, { style = "points", y = { 1, 2, 3 } },
      { style = "points", y = { 1, 2, 3 }, low = { 0, 1, 2 }, high = { 2, 3, 4 } },
      { style = "steps", y = { 1, 2, 3 } }, { style = "bars", y = { 1, 2, -3 } }, { style = "bars", y = { 1 } },
      { style = "rules", title = "rule", x = { 2, 0 / 0 } },
    }
    local panels = { { series = all }, { series = all, logy = true, xrange = { 0.5, 4 }, yrange = { 0.1, 1e5 } } }
    for _, one in ipairs(all) do
      panels[#panels + 1] = { series = { one } }
      panels[#panels + 1] = { series = { one }, logx = one.style ~= "bars", logy = true }
    end
    panels[#panels + 1] = { series = {}, title = "empty" }
    panels[#panels + 1] = { series = { { y = { 7 } } }, logy = true }
    panels[#panels + 1] = { series = { { y = { 0, 0 } } } }
    for _, file in ipairs { "/all.svg", "/all.png" } do
      assert.is_true(picture.draw({ title = "all", columns = 4, panels = panels }, here .. file))
    end
    remove(here)
  end)

  it("says when nothing can be drawn, and leaves what was there", function()
    local here, list = folder()
    local file = here .. "/a.svg"
    assert.is_true(picture.draw({ series = { LOSS } }, file))
    local before = program.read(file)
    local done, problem, code = picture.draw({ series = { { y = { 0 / 0, -1 } } }, logy = true }, file)
    assert.same({ nil, "picture.draw: nothing to draw: no series has a finite point", "too_few" }, { done, problem, code })
    assert.equal(before, program.read(file))
    done, problem, code = picture.draw({ series = { LOSS } }, here .. "/none/a.svg")
    local refused = "picture.draw: " .. here .. "/none/a.svg cannot be written: No such file or directory"
    assert.same({ nil, refused, "io" }, { done, problem, code })
    assert(os.execute(("mkdir '%s/b.png'"):format(here:gsub("'", "'\\''"))))
    done, problem, code = picture.draw({ series = { LOSS } }, here .. "/b.png")
    assert.same({ nil, "picture.draw: " .. here .. "/b.png cannot be written: Is a directory", "io" }, { done, problem, code })
    assert.equal("a.svg\nb.png\n", list())
    remove(here)
  end)

  it("says when there is no gnuplot, and what gnuplot said", function()
    local here, list = folder()
    local script = program.file(([[
      print(select(2, require "neap.picture".draw({ series = { { y = { 1, 2 } } } }, %q)))
    ]]):format(here .. "/a.svg"))
    local missing = program.shell(("PATH=%s @neap %s"):format("/nonexistent", script))
    assert.equal("picture.draw: gnuplot is not installed (Debian: apt-get install gnuplot-nox)\tnot_found\n", missing.out)
    assert(os.execute(([[mkdir '%s/bin'; printf '#!/bin/sh\necho "line 0: out of ink" >&2\nexit 3\n' >'%s/bin/gnuplot'
      chmod +x '%s/bin/gnuplot']]):gsub("%%s", (here:gsub("'", "'\\''"):gsub("%%", "%%%%")))))
    local broken = program.shell(("PATH=\"%s/bin:$PATH\" @neap %s"):format(here, script))
    assert.equal("picture.draw: gnuplot failed: out of ink\tio\n", broken.out)
    assert(os.execute(([[printf '#!/bin/sh\nexit 0\n' >'%s/bin/gnuplot']]):format((here:gsub("'", "'\\''")))))
    local silent = program.shell(("PATH=\"%s/bin:$PATH\" @neap %s"):format(here, script))
    assert.equal("picture.draw: " .. here .. "/a.svg cannot be written: gnuplot left it unfinished\tio\n", silent.out)
    assert.equal("bin\n", list())
    os.remove(script)
    remove(here)
  end)

  it("names every mistake", function()
    local function wrong(what, message, file)
      assert.has_error(function() picture.draw(what, file or "a.svg") end, "picture.draw: " .. message)
    end
    wrong(3, "a table that says what to draw expected, not '3'")
    wrong({}, "option 'series' is missing: what to draw, a list")
    wrong({ series = {}, tilte = "" }, "unknown option 'tilte' (did you mean 'title'?)")
    wrong({ series = { { style = "line", y = {} } } }, "series 1: option 'style': unknown value 'line' (did you mean 'lines'?)")
    wrong({ series = { { y = { 1, "a" } } } }, "series 1: y[2] is 'a', a number expected")
    wrong({ series = { { x = { 1 }, y = { 1, 2 } } } }, "series 1: 1 numbers in x, but 2 in y")
    wrong({ series = { { style = "band", low = { 1 } } } }, "series 1: style 'band' needs high")
    wrong({ series = { LOSS }, xrange = { 2, 1 } }, "xrange: { low, high } expected, low < high")
    wrong({ series = { LOSS }, logy = true, yrange = { 0, 1 } }, "yrange: its low is 0, above 0 expected on a logarithmic axis")
    wrong({ panels = { { series = { LOSS } }, { series = { 1 } } } }, "panel 2: series 1: a table expected, not '1'")
    wrong({ series = { { style = "bars", y = { 1 } } }, logx = true }, "series 1: bars stand on a linear x axis, not a logarithmic one")
    wrong({ panels = {} }, "panels: at least one expected")
    wrong({ series = { LOSS } }, "the name of a file that ends in .svg or .png expected, not 'a.pdf'", "a.pdf")
    wrong({ series = { LOSS } }, "the name of a file that ends in .svg or .png expected, not 'a .svg'", "a\n.svg")
    assert.has_error(function() picture.draw({ series = { LOSS } }, "a.svg", { widht = 3 }) end,
      "picture.draw: unknown option 'widht' (did you mean 'width'?)")
  end)
end)

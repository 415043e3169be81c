-- Forecasts of the loss at ten times the steps seen, by several methods, on recorded trainings and toy exponentials; and of the
-- end of trainings under schedules.
--   neap tests/bench/forecast/run.lua [--picture FILE] [FOLDER...]      default: the folders beside this file, and the toys
local here = arg[0]:match "^(.*)/[^/]*$" or "."
package.path = here .. "/?.lua;" .. package.path

local neap = require "neap"
local curves = require "curves"
local methods = require "methods"
local neighbours = require "neighbours"
local schedules = require "schedules"
local score = require "score"

local sets, picture_file = {}, nil
local i = 1
while arg[i] do
  if arg[i] == "--picture" then
    picture_file = arg[i + 1]
    i = i + 1
  else
    sets[#sets + 1] = { arg[i], curves.folder(arg[i]) }
  end
  i = i + 1
end
local all = #sets == 0
if all then
  sets[1] = { "recorded from the embedded backend", curves.folder(here .. "/curves") }
  sets[2] = { "recorded from PyTorch", curves.folder(here .. "/torch") }
  sets[3] = { "recorded from PyTorch, kept apart at first", curves.folder(here .. "/unseen") }
  sets[4] = { "further tasks of PyTorch", curves.folder(here .. "/further") }
  sets[5] = { "further tasks of PyTorch, kept apart at first", curves.folder(here .. "/apart") }
  sets[6] = { "tasks of PyTorch drawn by their numbers, judged once", curves.folder(here .. "/drawn") }
  for _, noise in ipairs { 0.02, 0.05, 0.2 } do
    sets[#sets + 1] = { ("toy exponentials, noise %g"):format(noise), curves.toys(60, noise, 1) }
  end
end

local BASE = "mean of the last ten"   -- what the others' regrets are shares of

local function share_of(regrets, base)
  return ("%.2f (%.2f to %.2f)"):format(score.share(regrets, base))
end

--- Returns the regrets of each method, by its name.
local function report(title, worlds)
  print(("\n%s: %d worlds"):format(title, #worlds))
  print(("%-22s %6s %10s %8s %21s %8s %9s %9s %10s"):format(
    "", "rank", "best found", "regret", "share (80 % of draws)", "worst", "diverged", "coverage", "us"))
  local scores, regrets = {}, {}
  for k, method in ipairs(methods) do
    scores[k] = score.judge(worlds, method)
    regrets[method.name] = scores[k].regrets
  end
  for k, method in ipairs(methods) do
    local s = scores[k]
    print(("%-22s %6.2f %10d %8.4f %21s %8.3f %9d %9s %10.1f"):format(method.name, s.correlation, s.best, s.regret,
      share_of(s.regrets, regrets[BASE]), s.worst, s.diverged, s.coverage and ("%.0f %%"):format(100 * s.coverage) or "-",
      s.microseconds))
  end
  print(("half the squared difference of two neighbouring rates' errors, of a forecast's variance: median %.4f"):format(
    neighbours.share(worlds)))
  return regrets
end

--- All the worlds of PyTorch in one.
local function report_together(reports)
  local together = {}
  for _, regrets in ipairs(reports) do
    for name, list in pairs(regrets) do
      together[name] = table.move(list, 1, #list, #(together[name] or {}) + 1, together[name] or {})
    end
  end
  print(("\nall %d worlds of PyTorch: regret, as a share of that of the %s"):format(#together[BASE], BASE))
  for _, method in ipairs(methods) do print(("%-22s %20s"):format(method.name, share_of(together[method.name], together[BASE]))) end
end

--- One rate of a world: the losses seen, the course that came, and the 80 % band.
local function panel(world, k)
  local seen, course, band = { x = {}, y = {} }, { x = {}, y = {} }, { x = {}, low = {}, high = {} }
  for t, loss in ipairs(world.losses[k]) do seen.x[t], seen.y[t] = t, loss end
  for j, point in ipairs(world.course[k]) do course.x[j], course.y[j] = point[1], point[2] end
  local forecast = assert(neap.forecast(world.losses[k]))
  for j = 0, 40 do
    local step = world.probe * 10 ^ (j / 40)
    band.x[j + 1], band.low[j + 1], band.high[j + 1] = step, forecast:quantile(step, 0.1), forecast:quantile(step, 0.9)
  end
  return {
    title = ("%s, rate %g"):format(world.name:gsub("_probe.*", ""):gsub("_", " "), world.rates[k]),
    xlabel = "step", ylabel = "training loss", logx = true,
    series = {
      { title = "80 % forecast", style = "band", x = band.x, low = band.low, high = band.high },
      { title = "seen", style = "points", x = seen.x, y = seen.y },
      { title = "came", style = "lines", x = course.x, y = course.y },
    },
  }
end

--- The worlds' best rates, of evenly chosen worlds.
local function draw(worlds, file)
  local panels = {}
  for j = 1, 6 do
    local world = worlds[1 + (j - 1) * (#worlds - 1) // 5]
    local best = 1
    for k = 2, #world.ends do
      if world.ends[k] < world.ends[best] then best = k end
    end
    panels[j] = panel(world, best)
  end
  assert(neap.picture.draw({ title = "forecasts from the first tenth", panels = panels }, file))
end

local pytorch = {}
for _, set in ipairs(sets) do
  local regrets = report(set[1], set[2])
  if set[1]:find "PyTorch" then pytorch[#pytorch + 1] = regrets end
end
if all then
  report_together(pytorch)
  local script = os.getenv "SCIPY" and here .. "/multipower.py"
  for _, data in ipairs { "digits", "fashion" } do schedules.report(here .. "/schedules", data, script) end
end
if picture_file then draw(sets[1][2], picture_file) end

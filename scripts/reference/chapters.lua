-- What stands in the reference, in the order in which one reads it. What is said of each is in the comments of the source.
local comments = require "neap.comments"
local neap = require "neap"
local operations = require "neap.schedule.operations"
local Page = require "page"
local words = require "neap.words"

-- One object of each class, whose methods are to be listed.
local LOSSES <const> = { 3, 2, 1.5, 1.3, 1.2 }
local nothing = neap.recipe { summary = "one step", function(run) run:train(1, 0.1) end }
local optimiser = neap.bayesopt { space = { lr = { 1e-4, 1 } } }
local trainer = assert(neap.backend "builtin:digits")
local done = assert(neap.run(nothing, { backend = trainer, budget = 1 }))

-- The profiles of schedules: functions that are made of a catalogue.
local profiles, is_profile = {}, {}
for _, name in ipairs(words.sorted(require "neap.schedule.pieces".known)) do
  local entry = require "neap.schedule.pieces".known[name]
  is_profile[name] = true
  profiles[#profiles + 1] = {
    title = "neap.schedule." .. name, listed = name, options = entry.options,
    text = { ("  neap.schedule.%s([steps]%s) -> sched"):format(name, next(entry.options) and " [, given]" or ""), entry.summary },
  }
end

local libraries = {}
for _, library in ipairs { "torch", "transformers", "optax", "keras", "timm" } do
  local text, entries = {}, neap.schedule.compat[library]
  for i, name in ipairs(words.sorted(entries)) do
    text[i] = ("  %s.%s %s"):format(library, name, Page.call(comments.options(entries[name])))
  end
  libraries[#libraries + 1] = { title = "neap.schedule.compat." .. library, text = text }
end

-- The backends, each with the options that its SPEC takes.
local function own_options(declared, common)
  local own = {}
  for name, option in pairs(declared) do
    local same = common[name] and common[name].default == option.default
    if not same then own[name] = option end
  end
  return own
end

local function backend(kind, entries)
  return { title = "Backend " .. kind, opening = "neap.backend." .. kind, entries = entries }
end

local function options_of(kind)
  local module = require("neap.backend." .. kind)
  return { { title = "Options of " .. kind, text = {}, options = module.declared or comments.options(module.open) } }
end

local data_sets = require "neap.backend.builtin".declared
local builtin = { { title = "Options of builtin", text = {}, options = data_sets.digits } }
for _, name in ipairs { "fashion", "csv" } do
  builtin[#builtin + 1] = { title = ("Options of builtin:%s"):format(name), text = { "As above, but for:" },
    options = own_options(data_sets[name], data_sets.digits) }
end

local drawn = require "neap.plot_spec".declared

return {
  { title = "neap.run", value = neap.run, objects = {
    { name = "run", title = "run: what a recipe drives", class = "neap.Run", classes = { "neap.Branch" }, value = done.run,
      index = getmetatable(done.run) },
    { name = "run.random", title = "run.random: where a recipe has its randomness from", class = "engine.Random", value = done.run.random },
  } },
  { title = "neap.recipe", value = neap.recipe, parts = { { title = "Declarations of options: neap.options", opening = "neap.options" } } },
  { title = "neap.schedule", value = neap.schedule, apart = is_profile,
    objects = {
      { name = "sched", title = "sched: a schedule", class = "neap.Schedule", value = neap.schedule.rex(9),
        options = function(name) return operations[name] and next(operations[name].options) and operations[name].options end },
    },
    parts = {
      { title = "Profiles", text = comments.parts(comments.of_function(neap.schedule.rex).lines).text, entries = profiles },
      { title = "Lengths: neap.schedule.length", opening = "neap.schedule.length" },
      { title = "Other libraries' schedules", opening = "neap.schedule.compat", entries = libraries },
    } },
  { title = "neap.schedule.plateau", value = neap.schedule.plateau, objects = {
    { name = "plateau", title = "plateau: a controller", class = "neap.Plateau", value = neap.schedule.plateau { rate = 0.1 } },
  } },
  { title = "neap.bayesopt", value = neap.bayesopt, objects = {
    { name = "opt", title = "opt: an optimiser", class = "neap.Bayesopt", value = optimiser },
  }, parts = { { title = "Priors: neap.priors", opening = "neap.priors" } } },
  { title = "neap.gp", value = neap.gp, objects = {
    { name = "gp", title = "gp: a Gaussian process", class = "engine.Gp", value = assert(neap.gp { x = { 1, 2 }, y = { 1, 2 } }) },
  } },
  { title = "neap.forecast", value = neap.forecast, objects = {
    { name = "forecast", title = "forecast: of a loss", class = "neap.Forecast", value = assert(neap.forecast(LOSSES)) },
  } },
  { title = "neap.expfit", value = neap.expfit, objects = {
    { name = "fit", title = "fit: of an exponential", class = "neap.Expfit", value = assert(neap.expfit(LOSSES)) },
  } },
  { title = "neap.multipower", value = neap.multipower, objects = {
    { name = "fit", title = "fit: of the multi-power law", class = "neap.Multipower",
      value = assert(neap.multipower(LOSSES, { rates = 0.1 })) },
  } },
  { title = "neap.backend", value = neap.backend, objects = {
    { name = "trainer", title = "trainer: whatever trains", class = "neap.Trainer", value = trainer },
  }, parts = {
    backend("builtin", builtin), backend("spawn", options_of "spawn"), backend("listen", options_of "listen"),
    backend("replay", options_of "replay"), backend("autolrs", options_of "autolrs"),
  } },
  { title = "neap.plot", value = neap.plot },
  { title = "neap.picture", value = neap.picture, parts = {
    { title = "What is drawn: neap.plot_spec", opening = "neap.plot_spec", entries = {
      { title = "Of a panel", text = {}, options = drawn.panel },
      { title = "Of a series", text = {}, options = drawn.series },
      { title = "Of several panels", text = {}, options = drawn.whole },
    } },
  } },
  { title = "neap.workers", value = neap.workers },
}

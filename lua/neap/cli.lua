--- The commands of `neap`: run, plot, recipes.

local argparse = require "argparse"
local describe = require "neap.option_words".describe
local options = require "neap.options"
local recipes = require "neap.recipe"
local report = require "neap.report"
local words = require "neap.words"

local sorted = words.sorted

local cli = {}

--- Status of the program: done, failed, wrong usage.
local DONE <const>, FAILED <const>, USAGE <const> = 0, 1, 2

local function fail(status, message)
  io.stdout:flush()
  io.stderr:write("neap: ", (message:gsub("%s*\n%s*", " ")), "\n")
  return status
end

--- The options that every recipe takes.
local COMMON = options.declare {
  backend = { "builtin:digits", "what trains: KIND:NAME[,key=value]...; with a COMMAND after --: spawn:unix" },
  budget = { 2000, "steps in all, search included", min = 1 },
  seed = { 1, "decides every random choice", min = 0 },
}

local function flag(name)
  return "--" .. name:gsub("_", "-")
end

local function add_option(parser, option)
  local spelled = flag(option.name)
  local names = spelled:find("-", 3, true) and spelled .. " --" .. option.name or spelled
  local switch = option.type == "boolean"   -- on its own it means true
  parser:option(names):target(option.name):args(switch and "?" or 1)
    :argname(option.type == "range" and "MIN:MAX" or ("<%s>"):format(option.type)):description(describe(option)):overwrite(false)
end

local function parser_of(name, recipe)
  local parser = argparse("neap run " .. name, recipe.summary):add_help(false)
  for _, key in ipairs(sorted(COMMON)) do
    if not recipe.study or key == "seed" then add_option(parser, COMMON[key]) end
  end
  parser:flag("--json", "standard output is one JSON object a line")
  parser:flag("--quiet", "only the result, in one line")
  parser:flag("-h --help", "this text")
  parser:argument("stray"):args "*":hidden(true)   -- to say what is wrong with it
  for _, key in ipairs(sorted(recipe.options)) do add_option(parser, recipe.options[key]) end
  return parser
end

--- Read each value given on the command line by its declaration.
local function read_values(given, declared, values)
  for name, option in pairs(declared) do
    local word = given[name]
    if type(word) == "table" then word = word[1] or "true" end   -- a switch
    if word ~= nil then
      local value, problem = options.read_one(option, word)
      if problem then return nil, (problem:gsub("^option '[%w_]+'", "option '" .. flag(name) .. "'")) end
      values[name] = value
    end
  end
  return values
end

local function reporter_of(given)
  if given.json then return report.new "json" end
  if given.quiet then return report.new "quiet" end
  return report.new(require "neap.engine".terminal_width(1) and "terminal" or "plain")
end

--- The words before '--', which ends neap's own, and those after it if it is there. A negative number is joined to the
--- option before it: argparse would take it for an option.
local function own_words(arg)
  local own = {}
  for i = 3, #arg do
    if arg[i] == "--" then return own, table.move(arg, i + 1, #arg, 1, {}) end
    local option = own[#own]
    if arg[i]:find "^%-[%d.]" and option and option:find "^%-%-[^=]+$" then
      own[#own] = option .. "=" .. arg[i]
    else
      own[#own + 1] = arg[i]
    end
  end
  return own
end

local function status_of(kind)
  return (kind == "usage" or kind == "bad_argument") and USAGE or FAILED
end

local function print_recipe(name, file)
  local recipe, problem = recipes.load(file)
  if not recipe then
    print(("%-12s cannot be loaded: %s"):format(name, problem))
    return
  end
  print(("%-12s %s"):format(name, recipe.summary))
  for _, key in ipairs(sorted(recipe.options)) do
    print(("    %-22s %s"):format(flag(key), describe(recipe.options[key])))
  end
end

--- neap recipes
local function recipes_command(arg)
  if arg[2] then return fail(USAGE, ("neap recipes takes no argument; '%s' given"):format(arg[2])) end
  local files = recipes.names()
  for _, name in ipairs(sorted(files)) do print_recipe(name, files[name]) end
  print "\nevery recipe:"
  for _, key in ipairs(sorted(COMMON)) do print(("    %-22s %s"):format(flag(key), describe(COMMON[key]))) end
  return DONE
end

--- Where the trainer's output goes: to standard error, each line marked, and never into a line that is being drawn.
local function shower(reporter)
  return function(line)
    if reporter.clear then reporter:clear() end
    io.stdout:flush()
    io.stderr:write("| ", line, "\n")
  end
end

--- The user's own training program is a backend that is started.
local function use_command(settings, command)
  if #command == 0 then return nil, "a training program expected after '--', such as python3 train.py" end
  settings.backend = settings.backend or "spawn:unix"
  if not settings.backend:find "^spawn:" then
    return nil, ("a training program after '--' needs no --backend %s (spawn:unix and spawn:tcp have options)"):format(settings.backend)
  end
  settings.trainer.command = command
  return settings
end

--- The recipe of a name; who names a training program instead is told where that goes.
local function find_recipe(name)
  local recipe, problem = recipes.find(name)
  if not recipe and name:find "%.py$" then
    problem = ("'%s' is no recipe; your own training program goes after '--': neap run autopilot -- python3 %s"):format(
      name, words.quoted(name))
  end
  return recipe, problem
end

--- neap run RECIPE [OPTION...] [-- COMMAND...]
local function run_command(arg)
  local name = arg[2]
  if name == "--help" or name == "-h" then
    print "usage: neap run [RECIPE] [OPTION...]     RECIPE: a name, or the path of a file; default autopilot; there are:\n"
    return recipes_command {}
  end
  if not name or name:sub(1, 1) == "-" then
    name, arg = "autopilot", table.move(arg, 2, #arg, 3, { arg[1], "autopilot" })
  end
  local recipe, problem = find_recipe(name)
  if not recipe then return fail(USAGE, problem) end
  local given_words, command = own_words(arg)
  local parser = parser_of(name, recipe)
  local ok, given = parser:pparse(given_words)
  if not ok then return fail(USAGE, words.usage(given, "run " .. name)) end
  if given.stray[1] and not given.help then
    return fail(USAGE, ("unexpected '%s': only options go here, and your own training program after '--'; see neap run %s --help"):format(
      given.stray[1], name))
  end
  if given.help then
    print(parser:get_help())
    return DONE
  end
  local settings, chosen
  settings, problem = read_values(given, COMMON, {})
  if not settings then return fail(USAGE, problem) end
  chosen, problem = read_values(given, recipe.options, {})
  if not chosen then return fail(USAGE, problem) end
  settings.options, settings.reporter = chosen, reporter_of(given)
  settings.trainer = { show = shower(settings.reporter) }
  if command then
    settings, problem = use_command(settings, command)
    if not settings then return fail(USAGE, problem) end
  end
  local run = require "neap.run"
  require "neap.program".catch(true)
  local result, why, kind = run(recipe, settings)
  if not result then return fail(status_of(kind), why) end
  return DONE
end

--- neap plot SCHEDULE...
local function plot_command(arg) return require "neap.cli_plot"(arg, fail) end

--- Run the command in arg[1]; returns the exit status.
function cli.main(arg)
  return ({ run = run_command, plot = plot_command, recipes = recipes_command })[arg[1]](arg)
end

return cli

--- neap plot SCHEDULE...: schedules as pictures, in the terminal or in a file.

local argparse = require "argparse"
local options = require "neap.options"
local words = require "neap.words"

local OPTIONS = options.declare {
  budget = { nil, "steps that shares such as 5% refer to [10000 where there are any]", type = "integer", min = 1, optional = true },
  epoch = { nil, "steps of an epoch, for lengths such as 10ep", type = "number", above = 0, optional = true },
  svg = { nil, "a file to write instead of text", type = "string", optional = true },
  png = { nil, "likewise", type = "string", optional = true },
  width = { nil, "columns; pixels in a file", type = "integer", min = 20, max = 10000, optional = true },
  height = { nil, "rows; pixels in a file", type = "integer", min = 2, max = 10000, optional = true },
  title = { nil, "a line above", type = "string", optional = true },
}

local ORDER <const> = { "budget", "epoch", "svg", "png", "width", "height", "title" }

local function parser_of()
  local parser = argparse("neap plot", "The rate over the steps, and the momentum where there is one.")
    :add_help(false):epilog "neap plot 'warmup(500) .. rex(9500)' 'cosine(10000)' --svg both.svg"
  parser:argument("schedule", "an expression, such as 'warmup(5%) .. rex()'; several in one picture"):args "+"
  for _, name in ipairs(ORDER) do
    parser:option("--" .. name, OPTIONS[name].about):argname(("<%s>"):format(OPTIONS[name].type)):overwrite(false)
  end
  parser:flag("--logy", "logarithmic rates")
  parser:flag("--ascii", "plain ASCII in the terminal")
  parser:flag("-h --help", "this text")
  return parser
end

--- Words as argparse is to see them: it takes what begins with '-' for an option, and so "-1 * rex(9)", unless a space leads.
local function arguments(arg)
  local list = {}
  for i = 2, #arg do list[#list + 1] = arg[i]:find "^%-[^-].*%(" and " " .. arg[i] or arg[i] end
  return list
end

--- A schedule with every length known: shares are of the budget, or of what the picture takes for one.
local function bound(expression, o)
  local s = require "neap.schedule"
  local sched, problem = s.from(expression)
  if not sched then return nil, problem end
  if sched:is_bound() then return sched end
  local done, made = pcall(sched.bind, sched, { budget = o.budget or 10000, epoch = o.epoch })
  if done then return made end
  return nil, (tostring(made):gsub("^.-schedule:bind: ", ""):gsub("schedule:bind{ (%w+) = .. }", "--%1"))
end

local function read_all(given, o)
  local named = {}
  for i, expression in ipairs(given.schedule) do
    expression = expression:match "^%s*(.*)$"
    local sched, problem = bound(expression, o)
    if sched and #sched == 0 then sched, problem = nil, "it has no steps, so there is nothing to draw" end
    if not sched then return nil, ("%s: %s"):format(words.shown(expression), problem) end
    named[i] = sched
  end
  return named
end

local function read_options(given)
  local o = {}
  for name, option in pairs(OPTIONS) do
    if given[name] ~= nil then
      local value, problem = options.read_one(option, given[name])
      if problem then return nil, (problem:gsub("^option '", "option '--")) end
      o[name] = value
    end
  end
  if o.svg and o.png then return nil, "options '--svg' and '--png': one of the two expected" end
  local ending = o.svg and "svg" or o.png and "png"
  if ending and not o[ending]:lower():find("%." .. ending .. "$") then
    return nil, ("option '--%s': the name of a file that ends in .%s expected, not '%s'"):format(ending, ending, o[ending])
  end
  return o
end

--- Run `neap plot`; returns the exit status. 'fail' tells a problem and returns the status it is given.
---@param arg string[]     arg[1] is "plot"
---@param fail fun(status: integer, message: string): integer
---@return integer status    0 done, 1 failed, 2 wrong usage
return function(arg, fail)
  local parser = parser_of()
  if #arg == 2 and (arg[2] == "--help" or arg[2] == "-h") then
    print(parser:get_help())
    return 0
  end
  local read, given = parser:pparse(arguments(arg))
  if not read then return fail(2, words.usage(given, "plot")) end
  local o, problem = read_options(given)
  if not o then return fail(2, problem) end
  local schedules
  schedules, problem = read_all(given, o)
  if not schedules then return fail(2, problem) end
  local draw = require "neap.schedule.draw"
  local look = { width = o.width, height = o.height, title = o.title or "", logy = given.logy }
  local file = o.svg or o.png
  if file then
    local done, why, code = draw.file(schedules, file, look)
    if not done then return fail(code == "bad_argument" and 2 or 1, (why:gsub("^picture%.draw: ", ""))) end
    return 0
  end
  look.ascii = given.ascii
  look.width = look.width or require "neap.engine".terminal_width(1)
  local picture, why = draw.text(schedules, look)
  if not picture then return fail(2, why) end
  print(picture)
  return 0
end

--- Pictures in files, SVG or PNG, drawn by gnuplot: the one door to that program.
---
---   picture.draw({ xlabel = "step", ylabel = "loss", series = { { title = "train", y = losses } } }, "loss.svg")
---
--- What a picture can show stands in neap.plot_spec; the same table draws in the terminal through neap.plot.

local options = require "neap.options"
local script = require "neap.picture_script"
local spec = require "neap.plot_spec"
local words = require "neap.words"

local picture = {}

local OPTIONS = options.declare {
  width = { nil, "of the whole picture, in pixels; default 760 for one panel, 480 a column for several", type = "integer",
    min = 100, max = 10000, optional = true },
  height = { nil, "default 400 for one panel, 300 a row for several", type = "integer", min = 100, max = 10000, optional = true },
}

--- What a whole file of each kind ends with: gnuplot is silent where the disk is full.
local ENDS = { svg = "</svg>%s*$", png = "IEND....$" }

local function read_end(file, length)
  local handle = io.open(file, "rb")
  if not handle then return "" end
  handle:seek("set", math.max(0, handle:seek "end" - length))
  local text = handle:read "a" or ""
  handle:close()
  return text
end

--- Run gnuplot on a script that lies in a file.
local function run(script_file)
  -- LC_ALL: gnuplot's messages and decimal points are those of no country.
  local gnuplot, problem = io.popen("LC_ALL=C.UTF-8 gnuplot -d " .. words.quoted(script_file) .. " 2>&1", "r")
  if not gnuplot then return nil, "gnuplot cannot be started: " .. tostring(problem), "io" end
  local said = gnuplot:read "a"
  local done, how, status = gnuplot:close()
  if done then return true end
  if how == "exit" and status == 127 then
    return nil, "gnuplot is not installed (Debian: apt-get install gnuplot-nox)", "not_found"
  end
  local line = said:match "line %d+: *([^\n]+)" or said:match "[^\n]*%S[^\n]*" or ("%s %d"):format(how, status)
  return nil, "gnuplot failed: " .. line, "io"
end

--- Write a text to a file, or nil, why.
local function write(file, text)
  local handle, problem = io.open(file, "wb")
  if not handle then return nil, problem end
  local done, why = handle:write(text)
  local closed, why_not = handle:close()
  if not (done and closed) then return nil, why or why_not end
  return true
end

--- Draw into 'draft' with a script in 'script_file', then give the draft its name.
local function draw_file(whole, o, kind, file, draft, script_file)
  local written, problem = write(script_file, script.write(whole, o, kind, draft))
  if not written then return nil, "the script of the picture cannot be written: " .. problem, "io" end
  -- gnuplot would say less clearly that a folder is missing or read-only.
  local writable, reason = io.open(draft, "wb")
  if not writable then return nil, ("%s cannot be written: %s"):format(file, reason:match "[^:]+$":gsub("^%s+", "")), "io" end
  writable:close()
  local done, why, code = run(script_file)
  if not done then return nil, why, code end
  if not read_end(draft, 16):find(ENDS[kind]) then return nil, ("%s cannot be written: gnuplot left it unfinished"):format(file), "io" end
  local renamed, refused = os.rename(draft, file)
  if not renamed then return nil, ("%s cannot be written: %s"):format(file, refused:match "[^:]+$":gsub("^%s+", "")), "io" end
  return true
end

--- The kind of picture that a file's name asks for, so that a wrong name is told before hours of work.
---@param file string
---@return "svg"|"png"|nil kind
---@return string? problem
function picture.kind(file)
  local kind = type(file) == "string" and not file:find "%c" and file:lower():match "%.(%a+)$"
  if ENDS[kind] then return kind end
  return nil, "the name of a file that ends in .svg or .png expected, not " .. words.shown(file)
end

--- Draw a picture into a file whose name ends in .svg or .png. The file appears whole or not at all: an older one of that
--- name stays until then. A PNG has twice as many pixels as the size says, for screens that show them.
---@param what table     see neap.plot_spec
---@param file string    its folder must exist
---@param given? table   width, height
---@return true? done
---@return string? problem    one line
---@return string? code       "not_found": no gnuplot; "io"; "too_few": nothing to draw
function picture.draw(what, file, given)
  local o = options.check(OPTIONS, given, "picture.draw")
  local whole, problem = spec.read(what)
  if not whole then error("picture.draw: " .. problem, 2) end
  local kind
  kind, problem = picture.kind(file)
  if not kind then error("picture.draw: " .. problem, 2) end
  if spec.empty(whole) then return nil, "picture.draw: nothing to draw: no series has a finite point", "too_few" end
  local script_file = os.tmpname()
  local draft = (file:match "^.*/" or "") .. "." .. script_file:match "[^/]+$" .. "." .. kind
  local done, why, code = draw_file(whole, o, kind, file, draft, script_file)
  os.remove(script_file)
  if done then return true end
  os.remove(draft)
  return nil, "picture.draw: " .. why, code
end

return picture

--- What people see of a run while it goes on and when it ends.
---
--- A reporter has three methods: progress(run, label, rate, loss) after each block of steps, event(event, run) for each
--- decision, finish(result, run) at the end (result is nil if the run failed). Four kinds: a terminal, plain lines, JSON, nothing.

local duration = require "neap.words".duration
local engine = require "neap.engine"
local plot = require "neap.plot"

local report = {}

--- The fields an event line shows, in order, with their form. Others are for --json.
local FIELDS = {
  { "stage", "stage %d" }, { "candidate", "candidate %d" }, { "of", "of %d" }, { "steps", "%d steps" },
  { "rate", "rate %.4g" }, { "loss", "loss %.4f" }, { "forecast", "forecast %.4f" }, { "sd", "+- %.4f" },
  { "validation", "validation %.4f" }, { "backend", "%s" }, { "budget", "budget %d" }, { "seed", "seed %d" },
}

--- One line for an event: "  120  stage 1 candidate 2 of 10 rate 0.03 ...".
function report.line(event)
  local words = {}
  for _, field in ipairs(FIELDS) do
    local value = event[field[1]]
    if value ~= nil then words[#words + 1] = (field[2]:format(value):gsub("%-nan", "nan")) end
  end
  if event.text then words[#words + 1] = event.text end
  return ("%7d  %-10s %s"):format(event.step or 0, event.event, table.concat(words, "  "))
end

--- Does the user's locale show more than ASCII?
function report.unicode()
  local function set(name) local value = os.getenv(name) return value ~= "" and value or nil end
  local locale = set "LC_ALL" or set "LC_CTYPE" or set "LANG" or ""
  return locale:lower():find "utf%-?8" ~= nil
end

--- Where a run stands, in one line of at most `width` columns.
function report.progress_line(run, label, rate, loss, now, width)
  if label.status then return label.status:sub(1, width) end
  local words = {}
  if label.stage then words[#words + 1] = ("stage %d"):format(label.stage) end
  if label.candidate then words[#words + 1] = ("candidate %d/%d"):format(label.candidate, label.of or 0) end
  words[#words + 1] = ("rate %.3g"):format(rate)
  words[#words + 1] = ("loss %.4f"):format(loss)
  if label.forecast then words[#words + 1] = ("best forecast %.4f"):format(label.forecast) end
  words[#words + 1] = ("%d/%d steps, %d %%"):format(run.spent, run.budget, 100 * run.spent // run.budget)
  local elapsed = now - run.started
  words[#words + 1] = duration(elapsed / run.spent * run:left()) .. " left"
  return table.concat(words, "  "):sub(1, width)
end

--- How many steps there were, and, where several trainers took them, how many came one after another.
local function steps_line(result)
  local steps = result.steps
  local line = ("steps       %d total = %d search + %d train"):format(steps.total, steps.search, steps.train)
  if not result.trainers then return line end
  local lost = result.lost and (", %d of them lost"):format(result.lost) or ""
  return ("%s; %d one after another, %d trainers%s"):format(line, steps.chain, result.trainers, lost)
end

--- The losses there are: a trainer may have no validation part, or no test part.
local function losses_line(result)
  local words = {}
  local function add(loss, form) if loss then words[#words + 1] = form:format(loss) end end
  add(result.loss.train, "%.4f train (last ten steps)")
  add(result.loss.validation, "%.4f validation")
  add(result.metrics.test_loss, "%.4f test")
  return table.concat(words, ", ")
end

--- The metrics of the validation part, each with the test part's beside it.
local function metric_lines(metrics)
  local names, lines = {}, {}
  for name in pairs(metrics) do
    if not name:find "^test_" then names[#names + 1] = name end
  end
  table.sort(names)
  for i, name in ipairs(names) do
    local test = metrics["test_" .. name]
    lines[i] = ("%-11s %.4f validation%s"):format(name, metrics[name], test and (", %.4f test"):format(test) or "")
  end
  return lines
end

--- The summary at the end: steps by kind, losses, metrics, the rate over time.
function report.summary(result, run)
  local lines = { "", steps_line(result) }
  local losses = losses_line(result)
  if losses ~= "" then lines[#lines + 1] = "loss        " .. losses end   -- a study has none
  table.move(metric_lines(result.metrics), 1, 9, #lines + 1, lines)
  lines[#lines + 1] = ("seconds     %.2f"):format(result.seconds)
  if result.steps.train > 1 then
    lines[#lines + 1] = ""
    lines[#lines + 1] = "rate over the steps of the final model"
    local kept = table.move(run.rates, 1, run.depth, 1, {})
    lines[#lines + 1] = plot.lines(kept, { width = 64, height = 10, ascii = not report.unicode() })
  end
  return table.concat(lines, "\n")
end

local Plain = {}
Plain.__index = Plain

function Plain:progress() return self end

function Plain:event(event)
  self.out:write(report.line(event), "\n")
  self.out:flush()   -- into a file or a pipe, too: somebody may watch it
end

function Plain:finish(result, run)
  if result and self.summary then self.out:write(report.summary(result, run), "\n") end
end

--- Seconds between two drawings of the progress line.
local REDRAW <const> = 0.1

local Terminal = setmetatable({}, { __index = Plain })
Terminal.__index = Terminal

function Terminal:clear()
  if self.drawn then self.out:write "\r\27[K" end
  self.drawn = false
end

function Terminal:progress(run, label, rate, loss)
  local now = engine.clock()
  if now - self.last < REDRAW then return end
  self.last = now
  self:clear()
  self.out:write(report.progress_line(run, label, rate, loss, now, self.width - 1))
  self.out:flush()
  self.drawn = true
end

function Terminal:event(event)
  self:clear()
  Plain.event(self, event)
end

function Terminal:finish(result, run)
  self:clear()
  Plain.finish(self, result, run)
end

--- The order of the keys that come first in a line of JSON.
local FIRST <const> = {
  "event", "recipe", "backend", "seed", "steps", "trainers", "loss", "metrics", "seconds", "stage", "candidate", "of",
}

local Json = {}
Json.__index = Json

function Json:progress() return self end

function Json:event(event)
  self.out:write(engine.json_encode(event, FIRST), "\n")
  self.out:flush()
end

function Json:finish(result)
  if result then self:event(result) end
end

local Quiet = {}
Quiet.__index = Quiet

function Quiet:progress() return self end
function Quiet:event() return self end

function Quiet:finish(result)
  if not result then return end
  self.out:write((steps_line(result):gsub("%s+", " ")), "  loss ", losses_line(result), "\n")
end

local KINDS = { plain = Plain, terminal = Terminal, json = Json, quiet = Quiet }

--- Make a reporter. Its field `summary`, true, may be set to false: then the run ends without one.
---@param kind "plain"|"terminal"|"json"|"quiet"
---@param out? file*    default: standard output
function report.new(kind, out)
  return setmetatable({
    out = out or io.stdout, width = engine.terminal_width(1) or 80, last = -math.huge, drawn = false, summary = true,
  }, KINDS[kind])
end

return report

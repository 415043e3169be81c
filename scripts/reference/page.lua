-- What comments say, in Markdown: a page of chapters with headings, which its contents link to.
local comments = require "neap.comments"
local option_words = require "neap.option_words"
local words = require "neap.words"

local Page = {}
Page.__index = Page

-- links: class -> the heading of its section.
function Page.new(links) return setmetatable({ blocks = {}, contents = {}, slugs = {}, links = links }, Page) end

function Page:add(text) self.blocks[#self.blocks + 1] = text end

-- The name by which a heading is linked to, as GitHub makes it.
local function slug_of(heading) return (heading:lower():gsub("[^%w%s_-]", ""):gsub(" ", "-")) end

-- A heading, which the contents list if its level is 2, or by a name of their own.
function Page:heading(level, text, listed)
  local slug = slug_of(text)
  local times = self.slugs[slug] or 0
  self.slugs[slug] = times + 1
  if times > 0 then slug = ("%s-%d"):format(slug, times) end
  self:add(("#"):rep(level) .. " " .. text)
  local entry = ("[%s](#%s)"):format(listed or text, slug)
  if level == 2 then self.contents[#self.contents + 1] = { entry }
  elseif listed then table.insert(self.contents[#self.contents], entry) end
end

-- Text as the comments have it: what is indented by two blanks or more is set as it stands.
function Page:text(lines)
  local open, as_it_stands = {}, false
  local function close()
    if #open > 0 then self:add(table.concat(open, "\n")) end
    open = {}
  end
  for _, line in ipairs(lines) do
    local indented = line:find "^  +%S" ~= nil
    if line == "" or indented ~= as_it_stands then close() end
    as_it_stands = indented
    if line ~= "" then open[#open + 1] = indented and "  " .. line or line end
  end
  close()
end

local function cell(text) return (text:gsub("|", "\\|")) end

local function type_of(option)
  if option.choices then
    local list = {}
    for i, choice in ipairs(option.choices) do list[i] = ("`%s`"):format(option_words.value(choice)) end
    return table.concat(list, ", ")
  end
  if option.type == "range" then return '`{ min, max }` or "MIN:MAX"' end
  local bounds = option_words.bounds(option)
  return option.type .. (bounds and ", " .. bounds or "")
end

local function is_needed(option) return option.default == nil and not option.optional end

local function default_of(option)
  if is_needed(option) then return "must be given" end
  return option.default ~= nil and ("`%s`"):format(option_words.value(option.default)) or ""
end

-- Options as a table, those first that must be given.
function Page:options(declared)
  local rows = { "| option | | default | |", "|---|---|---|---|" }
  for pass = 1, 2 do
    for _, name in ipairs(words.sorted(declared)) do
      local option = declared[name]
      if is_needed(option) == (pass == 1) then
        rows[#rows + 1] = ("| `%s` | %s | %s | %s |"):format(name, cell(type_of(option)), cell(default_of(option)), cell(option.about))
      end
    end
  end
  self:add(table.concat(rows, "\n"))
end

-- Options in one line, as a call has them: { lr, gamma = 0.1 [, steps] }.
function Page.call(declared)
  local list, optional = {}, {}
  for pass = 1, 2 do
    for _, name in ipairs(words.sorted(declared)) do
      local option = declared[name]
      if is_needed(option) and pass == 1 then list[#list + 1] = name end
      if option.default ~= nil and pass == 2 then list[#list + 1] = ("%s = %s"):format(name, option_words.value(option.default)) end
      if option.optional and option.default == nil and pass == 2 then optional[#optional + 1] = ("[%s]"):format(name) end
    end
  end
  return ("{ %s }"):format(table.concat(table.move(optional, 1, #optional, #list + 1, list), ", "))
end

local function linked(self, kind)
  local heading = self.links[kind:gsub("%?$", ""):gsub("%[%]$", "")]
  return heading and ("[`%s`](#%s)"):format(kind, slug_of(heading)) or ("`%s`"):format(kind)
end

-- One line of a list: a parameter, a result, a field.
local function item(self, said)
  local optional = said.optional and ", optional" or ""
  local about = said.about ~= "" and ": " .. said.about or ""
  if said.name == "" then return ("- %s%s"):format(linked(self, said.type), about) end
  return ("- `%s` (%s%s)%s"):format(said.name, linked(self, said.type), optional, about)
end

function Page:list(title, list)
  if #list == 0 then return end
  local lines = { title ~= "" and title .. "\n" or nil }
  for _, said in ipairs(list) do lines[#lines + 1] = item(self, said) end
  self:add(table.concat(lines, "\n"))
end

-- The names of a function's parameters, in their order, as its own line has them.
local function names_of(signature)
  local names = {}
  for name in (signature:match "%((.-)%)" or ""):gmatch "[%w_.]+" do
    if name ~= "self" and name ~= "_" then names[#names + 1] = name end
  end
  return names
end

-- How a function is called and what it returns, in one line.
local function form(name, names, parts)
  local text, optional = "", {}
  for _, param in ipairs(parts.params) do optional[param.name] = param.optional end
  for i, param in ipairs(names) do
    if i == 1 then text = optional[param] and ("[%s]"):format(param) or param
    else text = text .. (optional[param] and " [, %s]" or ", %s"):format(param) end
  end
  local results = {}
  for i, result in ipairs(parts.returns) do results[i] = result.name ~= "" and result.name or result.type end
  return ("    %s(%s)%s"):format(name, text, #results > 0 and " -> " .. table.concat(results, ", ") or "")
end

-- Results of which more can be said than the line that calls the function has already.
local function says_more(returns)
  return #returns > 1 or returns[1] and returns[1].name .. returns[1].about ~= ""
end

-- The parameter that is the table of the options listed below it: they need no saying twice.
local function options_named(said)
  if said.name == "given" or said.name == "settings" then
    return { name = said.name, type = "table", optional = said.optional, about = "options" }
  end
  return said
end

-- A function: how it is called, what is said of it, its parameters, options and results.
-- Returns the names of its parameters of which nothing is said.
function Page:func(name, said, declared)
  local parts, names = comments.parts(said.lines), names_of(said.signature)
  self:add(form(name, names, parts))
  self:text(parts.text)
  local listed, unsaid = {}, {}
  for _, param in ipairs(names) do
    local known = false
    for _, one in ipairs(parts.params) do
      if one.name == param then known, listed[#listed + 1] = true, declared and options_named(one) or one end
    end
    if not known then unsaid[#unsaid + 1] = param end
  end
  self:list("", listed)
  if declared then self:options(declared) end
  if says_more(parts.returns) then self:list("Returns", parts.returns) end
  return unsaid
end

-- The page as text, with its title, the text before the contents, and these.
function Page:finish(title, opening)
  local lines = {}
  for i, entries in ipairs(self.contents) do
    lines[i] = "- " .. entries[1] .. (#entries > 1 and ": " .. table.concat(entries, ", ", 2) or "")
  end
  return table.concat({ "# " .. title, opening, table.concat(lines, "\n"), table.concat(self.blocks, "\n\n") }, "\n\n") .. "\n"
end

return Page

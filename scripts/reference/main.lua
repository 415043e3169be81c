-- The reference of the library, one page made of the comments in lua/: make doc.
--   neap scripts/reference/main.lua [FILE]      standard output without FILE
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/?.lua;" .. package.path

local chapters = require "chapters"
local comments = require "neap.comments"
local Page = require "page"

local links = {}
for _, chapter in ipairs(chapters) do
  for _, object in ipairs(chapter.objects or {}) do links[object.class] = object.title end
end

local page = Page.new(links)
local problems = {}

local function write_function(name, said, declared)
  for _, param in ipairs(page:func(name, said, declared)) do
    problems[#problems + 1] = ("%s:%d: nothing is said of the parameter '%s'"):format(said.file, said.line, param)
  end
  if #said.lines == 0 then problems[#problems + 1] = ("%s:%d: nothing is said of %s"):format(said.file, said.line, name) end
end

-- The functions of a module: the module itself where it can be called, then those in it.
local function write_module(chapter)
  local value = chapter.value
  local called = type(value) == "function" and value or (getmetatable(value) or {}).__call
  if called then write_function(chapter.title, comments.of_function(called), comments.options(called)) end
  if type(value) ~= "table" then return end
  for _, said in ipairs(comments.functions(value)) do
    if not (chapter.apart and chapter.apart[said.name]) then
      page:heading(3, chapter.title .. "." .. said.name, said.name)
      write_function(chapter.title .. "." .. said.name, said, comments.options(said.f))
    end
  end
end

-- The objects of a class: what they are, their fields and their methods.
local function write_object(object)
  page:heading(3, object.title)
  local index = debug.getmetatable(object.value).__index
  local methods = comments.functions(type(index) == "table" and index or object.index, object.class)
  for _, class in ipairs(object.classes or { object.class }) do
    local said = comments.of_class(class, object.file or methods[1].file)
    if said then
      local parts = comments.parts(said.lines)
      page:text(parts.text)
      page:list("Fields", parts.fields)
    end
  end
  for _, said in ipairs(methods) do
    local name = ("%s:%s"):format(object.name, said.name)
    page:heading(4, name, name)
    write_function(name, said, comments.options(said.f) or object.options and object.options(said.name))
  end
end

-- A part of a chapter: a text, functions by name, tables of options.
local function write_part(part)
  page:heading(3, part.title, part.title)
  if part.opening then page:text(comments.opening(package.searchpath(part.opening, package.path))) end
  if part.text then page:text(part.text) end
  for _, entry in ipairs(part.entries or {}) do
    page:heading(4, entry.title, entry.listed)
    page:text(entry.text)
    if entry.options and next(entry.options) then page:options(entry.options) end
  end
  if part.lines then page:add(table.concat(part.lines, "\n")) end
end

for _, chapter in ipairs(chapters) do
  page:heading(2, chapter.title)
  page:text(comments.opening(package.searchpath(chapter.module or chapter.title, package.path)))
  write_module(chapter)
  for _, object in ipairs(chapter.objects or {}) do write_object(object) end
  for _, part in ipairs(chapter.parts or {}) do write_part(part) end
end

if #problems > 0 then error("the comments are not complete:\n" .. table.concat(problems, "\n"), 0) end

local opening = Page.new(links)
opening:add "<!-- Made by `make doc` from the comments in lua/: change those. -->"
opening:text(comments.opening(package.searchpath("neap", package.path)))
opening:text {
  "A type that ends in ? may be nil; what stands in brackets may be left out. `given` is a table of named options, and an unknown",
  "name in it raises. At the prompt, help(value) says the same of a value.",
}
local text = page:finish("Reference of the Lua library", table.concat(opening.blocks, "\n\n"))
text = text:gsub("\n\n\n+", "\n\n")
local file = arg[1] and assert(io.open(arg[1], "wb")) or io.stdout
assert(file:write(text))
if arg[1] then assert(file:close()) end

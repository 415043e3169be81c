--- Schedules as text, in the form of the Lua expression that makes them: "0.1 * (warmup(500) .. rex(9500))".
--- What format writes, parse reads back to an equal schedule.

local text = { parse = require "neap.schedule_parser" }

--- The shortest decimal form that reads back as the same number.
local function number(x)
  for digits = 15, 17 do
    local form = ("%." .. digits .. "g"):format(x)
    if tonumber(form) == x then return form end
  end
  return ("%.17g"):format(x)
end

local function list(numbers)
  local words = {}
  for i, x in ipairs(numbers) do words[i] = number(x) end
  return "{" .. table.concat(words, ", ") .. "}"
end

local function same_list(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end

--- The options of a piece that are not the defaults, in braces; "" when there are none.
local function piece_options(tree, profile)
  local words = {}
  local function add(name, form) words[#words + 1] = name .. " = " .. form end
  if tree.profile == "step" and not same_list(tree.at, profile.options.at.default) then add("at", list(tree.at)) end
  local default = profile.parameter and profile.options[profile.parameter].default
  if tree.profile == "warmup" then
    if tree.endpoint == "closed" then add("from", number(tree.parameter)) end
  else
    if profile.parameter and tree.parameter ~= default then add(profile.parameter, number(tree.parameter)) end
    if tree.endpoint == "closed" then add("endpoint", '"closed"') end
  end
  return #words > 0 and ", {" .. table.concat(words, ", ") .. "}" or ""
end

--- The expression of a tree, as engine.schedule_tree gives it.
---@param tree table
---@param profiles table    neap.schedule.profiles
---@return string
function text.format(tree, profiles)
  if tree.kind == "piece" then
    return ("%s(%d%s)"):format(tree.profile, tree.steps, piece_options(tree, profiles[tree.profile]))
  elseif tree.kind == "sequence" then
    local words = {}
    for i, part in ipairs(tree) do words[i] = text.format(part, profiles) end
    return table.concat(words, " .. ")
  end
  local inner = text.format(tree.part, profiles)
  if tree.kind == "scaled" then
    return number(tree.factor) .. " * " .. (tree.part.kind == "sequence" and "(" .. inner .. ")" or inner)
  end
  if tree.part.kind == "sequence" or tree.part.kind == "scaled" then inner = "(" .. inner .. ")" end
  return ("%s:sample{%s = %s}"):format(inner, tree.every and "every" or "percent", number(tree.every or tree.percent))
end

return text

--- Methods called with a dot, opt.ask(), are told so in one line at the caller.
---
---   colon.guard(Class, "opt")       once all methods of Class are written

local colon = {}

--- The method behind each guarded one: what help() reads.
---@type table<function, function>
colon.behind = setmetatable({}, { __mode = "k" })

--- Guard the methods of a class that are written in Lua, and not guarded yet: the first argument must be an object.
---@param class table<string, function>
---@param name string                   what an object is called in messages
---@param is? fun(value: any): any      is it an object? by default: is Class its metatable
function colon.guard(class, name, is)
  is = is or function(value) return getmetatable(value) == class end
  local function guarded(key, method)
    return function(self, ...)
      if not is(self) then error(("%s:%s: call it with a colon, %s:%s(..)"):format(name, key, name, key), 2) end
      return method(self, ...)
    end
  end
  for key, method in pairs(class) do
    local written = type(method) == "function" and not key:find "^__" and debug.getinfo(method, "S").what == "Lua"
    if written and not colon.behind[method] then
      class[key] = guarded(key, method)
      colon.behind[class[key]] = method
    end
  end
end

return colon

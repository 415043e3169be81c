---@meta neap.program

--- What only the program `neap` can do: the signals of its process. In a stock Lua there is no such module.
local program = {}

--- From here on Ctrl-C raises "interrupted", and SIGTERM "terminated" where `terminating`; before, they end the process.
---@param terminating boolean
function program.catch(terminating) end

--- Keep signals, SIGTERM too, instead of raising, until program.release() is called as often.
---@return integer descriptor    of a file, readable once a signal has come
function program.hold() end

--- Raises "interrupted" or "terminated" if the last hold kept a signal.
function program.release() end

return program

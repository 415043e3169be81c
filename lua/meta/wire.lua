---@meta neap.engine
-- What comes over a connection, cut into lines; never executed.

---@class engine
local engine = {}

--- Bytes in, in pieces of any size; whole lines of doc/protocol.md out. After an error it is of no more use.
---@class engine.Wire
local Wire = {}

--- From now on lines of up to so many bytes, line feed included.
---@param bytes integer    2 .. 1048576
function Wire:limit(bytes) end

--- Take bytes in.
---@param bytes string
---@return boolean? done
---@return string? problem    an unfinished line is already too long
---@return string? code
function Wire:feed(bytes) end

--- The next whole line, an object by its first byte and not nested too deep; nothing if none is there.
---@return string? line
---@return string? problem
---@return string? code
function Wire:next() end

---@param limit? integer    bytes of a line; default 1048576
---@return engine.Wire
function engine.wire(limit) end

--- Are two secrets the same? Takes a time that depends on the length of 'given' alone.
---@param secret string
---@param given string
---@return boolean
function engine.same_secret(secret, given) end

return engine

---@meta neap.engine
-- The C side as the editor sees it; never executed. Further parts of the same table stand beside this file.

---@class engine
local engine = {}

--- Seconds since some fixed moment; never runs backwards.
---@return number
function engine.clock() end

--- Columns of the terminal behind a file descriptor; nil if it is none.
---@param fd 0|1|2
---@return integer?
function engine.terminal_width(fd) end

--- From here on, to write to a socket whose other end has gone is an error and no signal, unless the host has a way of its own.
function engine.quiet_pipes() end

--- Threads that BLAS may use, in the whole process. `neap` sets one unless OPENBLAS_NUM_THREADS says otherwise.
---@param threads integer    1..1024
function engine.set_threads(threads) end

--- The kernels of BLAS in use, by the name that OPENBLAS_CORETYPE has for them. Where OpenBLAS is older than the processor, and would
--- take its oldest, `neap` has named better ones to it; elsewhere that is for the host: `make env` does.
---@return string
function engine.kernels() end

--- JSON null, as json_decode returns it.
engine.null = nil

--- A value as JSON, in one line. nan and the infinities become null; keys are sorted.
---@param value any
---@param first? string[]    keys of the top level that come first
---@return string
function engine.json_encode(value, first) end

--- The value of a JSON text. Integers and doubles come back exactly.
---@param text string
---@return any? value
---@return string? problem    with line and column
---@return string? code
function engine.json_decode(text) end

return engine

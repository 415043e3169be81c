local address = require "neap.backend.address"
local answers = require "neap.backend.answers"
local engine = require "neap.engine"
local hello = require "neap.backend.hello"
local neap = require "neap"
local program = require "program"

local PYTHON <const> = os.getenv "PYTHON" or "/usr/bin/python3"
local BOWL <const> = { PYTHON, "tests/e2e/trainers/noisy_bowl.py" }

--- A training of noisy_bowl.py.
local function bowl(options)
  return assert(neap.backend("spawn:unix" .. (options or ""), { command = BOWL, show = function() end }))
end

local function message_of(f, ...)
  local ok, problem = pcall(f, ...)
  assert.is_false(ok)
  return (problem:gsub("^[^ ]+:%d+: ", ""))
end

describe("address", function()
  it("is read, and written with its token", function()
    local at = assert(address.read "unix:/run/x#y")
    assert.equal("/run/x#y", at.path)
    at = assert(address.read "tcp:127.0.0.1:7070")
    at.token = "ab-_9"
    assert.equal("tcp:127.0.0.1:7070#ab-_9", address.text(at))
    at = assert(address.read "tcp:[::1]:80")
    assert.equal("::1", at.host)
    assert.equal("tcp:[::1]:80", address.text(at))
  end)

  it("that is none is told so", function()
    for text, pattern in pairs {
      ["udp:1"] = "^unix:PATH or tcp:HOST:PORT expected, not 'udp:1'$", ["tcp:7070"] = "HOST:PORT expected",
      ["tcp::7070"] = "HOST:PORT expected", ["tcp:h:65536"] = "port of 0 to 65535", ["unix:"] = "a path expected",
      ["unix:" .. ("x"):rep(200)] = "at most 103 bytes",
    } do
      local at, problem = address.read(text)
      assert.is_nil(at)
      assert.matches(pattern, problem)
    end
  end)

  it("has tokens that differ and are tokens", function()
    assert.equal(32, #address.new_token())
    assert.not_equal(address.new_token(), address.new_token())
    assert.is_true(address.is_token(address.new_token()))
    assert.is_false(address.is_token "")
    assert.is_false(address.is_token "a b")
    assert.is_false(address.is_token(("x"):rep(129)))
  end)
end)

describe("hello", function()
  it("is read with what it leaves out", function()
    local said = assert(hello.read { neap = 1 })
    assert.equal("trainer", said.name)
    assert.same({ evaluate = false, test = false, restore = false, durable = false, momentum = false, averaging = false,
      blending = false, batch_statistics = false }, said.offers)
    said = assert(hello.read { neap = 1, name = "a\nb", offers = { test = true, flying = 3 }, info = { n = 3, list = {} }, rate = 0.1 })
    assert.equal("a?b", said.name)
    assert.is_true(said.offers.test)
    assert.same({ n = 3 }, said.info)
  end)

  it("that is none is told so", function()
    for pattern, message in pairs {
      ["version 1 of the protocol expected, not nil"] = {}, ["version 1 of the protocol expected, not 2"] = { neap = 2 },
      ["name: a string expected, not a number"] = { neap = 1, name = 3 },
      ["offers.test: true or false"] = { neap = 1, offers = { test = 1 } },
      ["restores: a list of texts"] = { neap = 1, restores = { 1 } }, ["rate: a number expected"] = { neap = 1, rate = "fast" },
    } do
      local said, problem = hello.read(message)
      assert.is_nil(said)
      assert.matches(pattern, problem)
    end
  end)

  it("shows the secret, where there is one", function()
    assert.is_true(hello.knows({}, nil))
    assert.is_true(hello.knows({ token = "abc" }, "abc"))
    for _, token in ipairs { "abd", "ab", "", 3, false } do assert.is_false(hello.knows({ token = token }, "abc")) end
    assert.is_false(hello.knows({}, "abc"))
  end)
end)

describe("answers", function()
  it("hold numbers, and the texts that stand for what is no number", function()
    assert.same({ 1.5, 2.0 }, answers.losses({ losses = { 1.5, 2 } }, 2))
    local losses = answers.losses({ losses = { 1.5, "inf", 3 } }, 4)
    assert.same({ 1.5, math.huge, math.huge }, losses)   -- lost from the first on
    assert.is_true(answers.evaluation { loss = "nan" } ~= answers.evaluation { loss = "nan" })
    local loss, metrics = answers.evaluation { loss = 0.25, metrics = { accuracy = 1, gap = "-inf" } }
    assert.equal(0.25, loss)
    assert.same({ accuracy = 1.0, gap = -math.huge }, metrics)
  end)

  it("that lack something are told so", function()
    local _, problem = answers.evaluation { loss = engine.null }
    assert.equal("no loss", problem)
    _, problem = answers.evaluation { loss = 1, metrics = { a = "b" } }
    assert.equal("metrics.a: a number expected, not a text", problem)
    _, problem = answers.evaluation { loss = 1, metrics = 3 }
    assert.equal("metrics: an object expected", problem)
  end)
end)

describe("what a trainer prints", function()
  it("comes line by line, of a progress bar the last drawing, and its last lines are kept", function()
    local process = require "neap.backend.process"
    local lines, long = {}, 0
    local text = [[printf 'one\ntwo\r\n'; printf '10%%\r50%%\r100%%\n' >&2; seq 20; head -c 10000 /dev/zero | tr '\0' x; printf '\nend']]
    local child = assert(process.start({ "sh", "-c", text }, {}, function(line)
      if line:find "^x*$" then long = long + #line else lines[#lines + 1] = line end
    end))
    assert.is_true(child:await(10))
    child:finish(0)
    table.sort(lines)
    assert.equal(20 + 4, #lines)
    assert.is_true(long >= 4096 and long <= 10000)     -- a long line is cut
    local all = " " .. table.concat(lines, " ") .. " "
    for _, word in ipairs { "one", "two", "100%", "20", "end" } do assert.truthy(all:find(" " .. word .. " ", 1, true)) end
    assert.is_nil(all:find "50%%")
    assert.equal(10, #child.last)
    assert.matches("^sh %-c 'printf ", child:text())
    assert.matches("ended with exit status 0, its last line was: end; to see it", child:ending())
  end)
end)

describe("the wire", function()
  it("gives whole lines, and says what is none", function()
    local wire = engine.wire(20)
    assert.is_true(wire:feed '{"a":1}\n{"b"')
    assert.equal('{"a":1}', wire:next())
    assert.equal(0, select("#", wire:next()))
    assert.is_true(wire:feed ':2}\n[]\n')
    assert.equal('{"b":2}', wire:next())
    assert.same({ nil, "a line that is not a JSON object", "bad_data" }, { wire:next() })
    local fed, problem, code = engine.wire(20):feed(("x"):rep(20))
    assert.is_nil(fed)
    assert.equal("a line of more than 20 bytes", problem)
    assert.equal("bad_data", code)
    assert.has_error(function() engine.wire(1) end)
  end)
end)

describe("a remote trainer", function()
  it("trains at the rates it is told, in proportion, and at the momentum", function()
    local trainer <close> = bowl()
    assert.equal("spawn:unix", trainer.spec)
    assert.equal("noisy_bowl.py", trainer:info().name)
    assert.equal("weights, optimizer, generators, order", trainer:info().restores)
    local losses = assert(trainer:train(2500, 0.01))
    assert.equal(2500, #losses)
    assert.equal(14.0, losses[1])
    assert.is_true(losses[2500] < 0.1)
    trainer:train(3, { 0.1, 0.2, 0.4 }, 0.5)
    local _, metrics = trainer:evaluate()
    assert.equal(2503, metrics.ticks)
    assert.equal(0.2, metrics.second_rate)
    assert.same({}, assert(trainer:train(0, 0.1)))
  end)

  it("goes back to checkpoints, bit for bit, any number of times", function()
    local trainer <close> = bowl()
    trainer:train(10, 0.05, 0.9)
    local first = assert(trainer:save())
    local once = trainer:train(30, 0.05, 0.9)
    local second = assert(trainer:save())
    assert.is_true(trainer:restore(first))
    trainer:evaluate()      -- leaves no trace
    assert.same(once, trainer:train(30, 0.05, 0.9))
    local on = trainer:train(5, 0.05)
    assert.is_true(trainer:restore(second))
    assert.same(on, trainer:train(5, 0.05))
    assert.is_true(trainer:drop(first))
    assert.matches("restore: a checkpoint of this trainer expected", message_of(trainer.restore, trainer, first))
    assert.is_true(trainer:restore(second))
  end)

  it("keeps checkpoints in files, which another one can go on from", function()
    local file = program.file("", ".neap")
    local on
    do
      local trainer <close> = bowl()
      trainer:train(10, 0.05, 0.9)
      assert.same({ file = file }, trainer:save { file = file })
      on = trainer:train(20, 0.05, 0.9)
    end
    local other <close> = bowl()
    assert.is_true(other:restore { file = file })
    assert.same(on, other:train(20, 0.05, 0.9))
    local handle = assert(io.open(file, "rb"))
    local whole = handle:read "a"
    handle:close()
    for _, cut in ipairs { 0, 10, 100, #whole - 1 } do
      local part = program.file(whole:sub(1, cut), ".neap")
      local before = other:evaluate()
      local done, problem, code = other:restore { file = part }
      assert.is_nil(done)
      assert.matches("^the trainer 'noisy_bowl.py' cannot restore: " .. part:gsub("%p", "%%%0") .. ": ", problem)
      assert.equal("bad_data", code)
      assert.equal(before, other:evaluate())   -- as it was, and usable
      os.remove(part)
    end
    local _, _, code = other:restore { file = "no/such/file" }
    assert.equal("not_found", code)
    _, _, code = other:save { file = "no/such/file" }
    assert.equal("not_found", code)
    assert.is_true(other:drop { file = file })
    assert.is_nil(io.open(file))
  end)

  it("may diverge: all that follows is lost, and a checkpoint brings it back", function()
    local trainer <close> = bowl()
    local start = assert(trainer:save())
    local losses = trainer:train(3000, 5.0)
    assert.is_true(losses[#losses] == math.huge)
    assert.is_true(#losses <= 3000)
    assert.is_true(trainer:restore(start))
    assert.equal(14.0, trainer:train(1, 0.1)[1])
  end)

  it("goes on after an interrupt: what it was asked is done, and nobody hears the answer", function()
    local trainer <close> = bowl()
    local wait, start = trainer.dialogue.wait, assert(trainer:save())
    local function interrupted(...)
      trainer.dialogue.wait = function() error("interrupted", 0) end
      local ok, problem = pcall(...)
      trainer.dialogue.wait = wait
      assert.is_false(ok)
      assert.equal("interrupted", problem)
    end
    interrupted(trainer.train, trainer, 30, 0.05)
    local _, metrics = trainer:evaluate()
    assert.equal(30, metrics.ticks)
    interrupted(trainer.evaluate, trainer)
    assert.is_true(trainer:drop(start))
    assert.is_nil(trainer:loss())
    interrupted(trainer.train, trainer, 1000, 0.05)   -- still at work when the end comes
  end)

  it("says what is not offered, and what is wrong use", function()
    local trainer <close> = bowl()
    assert.equal("the trainer 'noisy_bowl.py' does not offer a test part", message_of(trainer.evaluate, trainer, { on = "test" }))
    assert.equal("the trainer 'noisy_bowl.py' does not offer an average of its weights", message_of(trainer.average, trainer, "start"))
    assert.matches("steps: a whole number", message_of(trainer.train, trainer, 1.5, 0.1))
    assert.matches("rate %-1: a finite number", message_of(trainer.train, trainer, 1, -1))
    assert.matches("momentum 1: ", message_of(trainer.train, trainer, 1, 1, 1))
    assert.matches("restore: a checkpoint that save returned", message_of(trainer.restore, trainer, {}))
    local _, problem, code = trainer:evaluate { on = "train" }
    assert.equal("the trainer 'noisy_bowl.py' cannot evaluate: no function for the part 'train'", problem)
    assert.equal("bad_argument", code)
    trainer:close()
    _, problem, code = trainer:train(1, 0.1)
    assert.equal("the trainer 'noisy_bowl.py' has been closed", problem)
    assert.equal("closed", code)
  end)

  it("lets a host go on while it trains: it yields in the host's coroutine", function()
    local uv = require "luv"
    local turns, losses, problem = 0, nil, nil
    local timer, start = uv.new_timer(), uv.new_timer()
    timer:start(1, 1, function() turns = turns + 1 end)
    start:start(0, 0, function()
      coroutine.wrap(function()
        problem = select(2, pcall(function()
          local trainer <close> = bowl()
          local checkpoint = trainer:save()
          losses = trainer:train(2000, 0.01)
          trainer:restore(checkpoint)
        end))
        timer:close()
      end)()
      start:close()
    end)
    uv.run()
    assert.is_nil(problem)
    assert.equal(2000, #losses)
    assert.is_true(turns > 3)
  end)

  it("leaves no descriptor and no process behind", function()
    local function open_files() return program.shell("ls /proc/$PPID/fd | wc -l").out end
    local function children() return program.shell("wc -w </proc/$PPID/task/$PPID/children").out end
    bowl():close()
    local files, processes = open_files(), children()
    for _ = 1, 5 do
      local trainer <close> = bowl()
      trainer:train(10, 0.1)
    end
    for _ = 1, 3 do
      assert.is_nil((neap.backend("spawn:unix,wait=0.1", { command = { "sleep", "60" } })))
      assert.is_nil((neap.backend("spawn:tcp", { command = { "no-such-program" } })))
    end
    assert.equal(files, open_files())
    assert.equal(processes, children())
  end)
end)

describe("listen:", function()
  it("is wrong where it is", function()
    for spec, pattern in pairs {
      ["listen:udp:1"] = "listen: unix:PATH or tcp:HOST:PORT expected", ["listen:tcp:127.0.0.1:1,wait=0"] = "'wait': above 0",
      ["listen:tcp:127.0.0.1:1,token=a b"] = "'token': 1 to 128", ["spawn:unix"] = "spawn: which program%?",
      ["spawn:pipe"] = "spawn: unix or tcp expected", ["listen:unix:x,tmeout=3"] = "unknown option 'tmeout' %(did you mean 'timeout'%?%)",
    } do
      assert.matches(pattern, message_of(neap.backend, spec))
    end
    local _, problem, code = neap.backend "listen:unix:/no/such/folder/socket"
    assert.matches("^cannot listen at unix:/no/such/folder/socket: ", problem)
    assert.equal("io", code)
    _, problem = neap.backend "listen:tcp:no-such-host.invalid:0"
    assert.matches("no address is known for the host 'no%-such%-host.invalid'", problem)
  end)

  it("gives up waiting", function()
    local said
    local _, problem, code = neap.backend("listen:tcp:127.0.0.1:0,wait=0.1", { say = function(text) said = text end })
    assert.equal("no trainer came within 0.1 seconds (option 'wait')", problem)
    assert.equal("timeout", code)
    assert.matches("^waiting for a trainer; start it with NEAP_ADDRESS='tcp:127.0.0.1:%d+#%x+'$", said)
  end)

  it("takes a trainer that is started elsewhere, by either kind of socket, and a socket that was left behind", function()
    local path = program.file("", ".socket")
    os.remove(path)
    local left = program.file(("import socket; s = socket.socket(socket.AF_UNIX); s.bind(%q)"):format(path), ".py")
    program.shell(PYTHON .. " " .. left)
    os.remove(left)
    for _, spec in ipairs { "listen:unix:" .. path, "listen:tcp:127.0.0.1:0", "listen:tcp:localhost:0,token=abc-123" } do
      local trainer <close> = assert(neap.backend(spec, { say = function(text)
        os.execute(("%s %s %s >/dev/null 2>&1 &"):format(text:match "NEAP_ADDRESS=.*$", PYTHON, BOWL[2]))
      end }))
      assert.equal(20, #trainer:train(20, 0.1))
      if spec:find "unix" then
        assert.equal("srw-------", program.shell("ls -l " .. path).out:sub(1, 10))
        local _, problem = neap.backend(spec)
        assert.matches("another program listens there$", problem)
      end
    end
    assert.is_nil(io.open(path))
  end)
end)

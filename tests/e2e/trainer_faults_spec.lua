-- A training program that goes wrong, in every way we could think of: neap says what happened, in one line, and leaves nothing.

local program = require "program"

local PYTHON = os.getenv "PYTHON" or "/usr/bin/python3"
local RAW = "tests/e2e/trainers/raw.py"

--- Drive raw.py, going wrong in some way; nothing may be left of it.
local function drive(way, given)
  given = given or {}
  local marker = program.new_marker()
  local folder = program.shell("mktemp -d").out:gsub("%s", "")
  local backend = ("spawn:%s,timeout=%s,wait=%s,grace=%s"):format(
    given.transport or "unix", given.timeout or 20, given.wait or 20, given.grace or 20)
  local ran = program.shell(("TMPDIR=%s timeout 60 @neap run %s --budget 600 --json --backend %s -- %s %s %s %s %s"):format(
    folder, given.recipe or "rex", backend, PYTHON, RAW, way, given.n or 3, marker))
  assert.equal("", program.survivors(marker))
  assert.equal("", program.shell("ls " .. folder).out)
  os.remove(folder)
  return ran
end

local function assert_fails(ran, pattern)
  assert.equal(1, ran.status)
  local last = ran.err:match "[^\n]*\n$"
  assert.matches("^neap: the trainer " .. pattern:gsub("^LOST", "'raw.py' is lost while"), last)
  assert.is_nil(ran.err:find("traceback", 1, true))
  assert.is_nil(ran.out:find('"result"', 1, true))
end

describe("a trainer that is killed", function()
  it("in a stage", function()
    assert_fails(drive "killed", "LOST training: it closed the connection; .* was killed by signal 9 %(SIGKILL%), .*; "
      .. "to see it on its own, run: ")
  end)

  it("in a probe", function()
    assert_fails(drive("killed", { recipe = "autolrs --tau 100" }), "LOST training: .*SIGKILL")
  end)

  it("while it keeps a checkpoint", function()
    local ran = drive("killed_save", { recipe = "autolrs --tau 100", n = 1 })
    assert.equal(1, ran.status)
    assert.matches("neap: the state cannot be kept: the trainer 'raw.py' is lost while keeping a checkpoint: .*SIGKILL", ran.err)
  end)

  it("while it goes back to one", function()
    assert_fails(drive("killed_restore", { recipe = "autolrs --tau 100", n = 2 }), "LOST restoring a checkpoint: .*SIGKILL")
  end)
end)

describe("a trainer that ends too early", function()
  it("is quoted, with its exit status", function()
    local ran = drive "exit"
    assert_fails(ran, "LOST training: .* ended with exit status 7, its last line was: Error: the GPU fell off; ")
    assert.matches("\n| Error: the GPU fell off\n", "\n" .. ran.err, 1, true)
  end)

  it("between two questions is no signal that ends neap", function()
    assert_fails(drive("leaves", { recipe = "autolrs --tau 100", n = 1 }), "LOST [%l ]+: .* ended with exit status 0")
  end)

  it("may say why", function()
    assert_fails(drive "bye", "LOST training: it gave up: no more data; .*exit status 0")
  end)

  it("is noticed though a child of its own lives on, and the child goes too", function()
    assert_fails(drive "child", "LOST training: it has ended; .* ended with exit status 9, without having printed anything")
  end)

  it("before it has connected", function()
    local ran = program.neap("run", "rex", "--budget", "100", "--", PYTHON, "-c", "print('no data'); raise SystemExit(4)")
    assert_fails(ran, "did not connect: .* ended with exit status 4, its last line was: no data; ")
    ran = program.neap("run", "rex", "--budget", "100", "--", PYTHON, "-c", "pass")
    assert_fails(ran, "did not connect: .* ended with exit status 0, without having printed anything; ")
  end)

  it("or was never there", function()
    local function refused(command, why)
      local ran = program.neap("run", "rex", "--budget", "100", "--", command)
      assert.same({ 1, ("neap: '%s' cannot be started: %s\n"):format(command, why) }, { ran.status, ran.err })
    end
    refused("no-such-program", "there is no such program")
    refused("./no-such-program", "there is no such program")
    refused(RAW .. "/raw", "not a directory")
    local script = os.tmpname()
    assert(io.open(script, "w")):write("#!/no/such/interpreter\n"):close()
    refused(script, "it is no program that may be run")
    program.shell("chmod +x " .. script)
    refused(script, "there is no such program as its first line names")
    os.remove(script)
  end)
end)

describe("a trainer that breaks the protocol", function()
  for way, pattern in pairs {
    cut = "it closed the connection; .*exit status 3",
    garbage = "it sent a line that is not a JSON object",
    no_json = "it sent what is not JSON: ",
    long = "it sent a line of more than 1048576 bytes",
    deep = "it sent a line nested deeper than 8",
    nan = "it sent what is not JSON: ",
    huge = "it sent what is not JSON: .*number overflow",
    few = "its answer to 'train' is wrong: 1 losses for %d+ steps, all of them finite",
    many = "its answer to 'train' is wrong: 20000 losses for %d+ steps",
    text = "its answer to 'train' is wrong: losses%[0%]: a number expected, not a text",
    null = "its answer to 'train' is wrong: losses%[0%]: a number expected, not null",
    nothing = "its answer to 'train' is wrong: no losses",
    twice = "it answered question 3 twice",
    other = "it sent what was not asked for",
  } do
    it("is told so: " .. way, function()
      assert_fails(drive(way, { grace = 1 }), "LOST training: " .. pattern)
    end)
  end

  it("with a line of a gigabyte, of which little is read", function()
    local megabytes = tonumber(drive "long".err:match "cut off after (%d+) MiB")
    assert.is_true(megabytes < 16)
  end)
end)

describe("a trainer that refuses", function()
  it("a question is quoted", function()
    local ran = drive "refuses"
    assert.equal(1, ran.status)
    assert.matches("\nneap: the trainer 'raw.py' cannot train: disk full\n$", ran.err)
  end)
end)

describe("a trainer that is slow", function()
  it("is waited for as long as it says that it is alive", function()
    assert.equal(0, drive("slow", { timeout = 0.6 }).status)
  end)

  it("is given up when it is silent", function()
    assert_fails(drive("silent", { timeout = 0.5 }), "LOST training: it was silent for 0.5 seconds %(option 'timeout'%)\n$")
  end)

  it("to connect is given up as well", function()
    assert_fails(drive("unheard", { wait = 0.5 }), "did not connect within 0.5 seconds %(option 'wait'%); does .* call neap.connect%?")
  end)

  it("to end after the run is ended, and the run is good", function()
    local ran = program.neap("run", "rex", "--budget", "100", "--json", "--backend", "spawn:unix,grace=0.2", "--", PYTHON, RAW, "stubborn")
    assert.equal(0, ran.status)
    assert.matches('"event":"result"', ran.out)
    assert.matches("\nneap: the trainer did not end within 0.2 seconds after the run %(option 'grace'%), and was ended\n$", ran.err)
  end)
end)

describe("a stranger", function()
  it("with a wrong token gets no answer", function()
    local ran = drive("wrong_token", { transport = "tcp" })
    assert_fails(ran, "did not connect: ")
    assert.matches("| answer: b''\n", ran.err, 1, true)
  end)

  it("with another version of the protocol is told so", function()
    local ran = drive "version"
    assert_fails(ran, "did not connect: ")
    assert.matches('| answer: {"error":"version 1 of the protocol expected, not 2"}\n', ran.err, 1, true)
  end)

  it("with a long first line gets no answer", function()
    assert.matches("| answer: b''\n", drive "long_hello".err, 1, true)
  end)

  it("who comes second is told that he does, and the first goes on", function()
    local ran = drive "second"
    assert.equal(0, ran.status)
    assert.matches('| the second was told: {"error":"this run has a trainer already"}\n', ran.err, 1, true)
  end)
end)

describe("a run that is interrupted", function()
  --- Begin a run, and when it has begun send it a signal after so many seconds; it may take a minute to end.
  local function interrupted(budget, trainer, signal, seconds)
    local said = os.tmpname()
    local ran = program.shell(([[
      @neap run rex --budget %d --json -- %s %s >%s & parent=$!
      (sleep 60; kill -KILL $parent) 2>/dev/null & watchdog=$!
      for i in $(seq 1000); do [ -s %s ] && break; sleep 0.02; done
      sleep %.2f; kill -%s $parent; wait $parent; status=$?
      kill $watchdog; exit $status
    ]]):format(budget, PYTHON, trainer, said, said, seconds, signal))
    os.remove(said)
    return ran
  end

  it("ends its trainer, whatever that is doing", function()
    local marker = program.new_marker()
    for i = 0, 9 do
      local ran = interrupted(600, RAW .. " silent 3 " .. marker, i % 2 == 0 and "INT" or "TERM", 0.01 * i)
      assert.equal(1, ran.status)
      assert.matches(i % 2 == 0 and "interrupted[^\n]*\n$" or "terminated[^\n]*\n$", ran.err)
      assert.equal("", program.survivors(marker))
    end
  end)

  it("hears it at any moment", function()
    for i = 1, 20 do
      local ran = interrupted(2000000000, "tests/e2e/trainers/noisy_bowl.py", i % 2 == 0 and "INT" or "TERM", 0.01 * i)
      assert.equal(1, ran.status)
      assert.matches(i % 2 == 0 and "interrupted[^\n]*\n$" or "terminated[^\n]*\n$", ran.err)
    end
  end)

  it("or killed, leaves a trainer that ends by itself", function()
    local marker, folder = program.new_marker(), program.shell("mktemp -d").out:gsub("%s", "")
    program.shell(("TMPDIR=%s timeout -s KILL 1 @neap run rex --budget 2000000000 --json -- %s %s 1 %s"):format(
      folder, PYTHON, "tests/e2e/trainers/noisy_bowl.py", marker))
    assert.equal("", program.survivors(marker))
    program.shell("rm -rf " .. folder)      -- a killed neap cannot remove its socket
  end)
end)

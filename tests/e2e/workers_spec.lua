-- neap.workers from outside: signals, and a stock Lua.
local program = require "program"

--- A script that maps two jobs which never end, each noting its process in a file; runs `shell` once both have begun.
local function with_two_hanging(shell)
  local first, second = os.tmpname(), os.tmpname()
  local script = program.file(([[
    package.path = "tests/lua/?.lua;" .. package.path
    local results, problems = require "neap.workers".map {
      { "worker_jobs", "hang", "%s" }, { "worker_jobs", "hang", "%s" } }
    print(problems[1], problems[2])
  ]]):format(first, second), ".lua")
  local ran = program.shell(([[
    @neap %s & parent=$!
    for i in $(seq 500); do [ -s %s ] && [ -s %s ] && break; sleep 0.02; done
    first=$(cat %s) second=$(cat %s)
    %s
    wait $parent; status=$?
    kill -0 $first 2>/dev/null && echo "first is alive"
    kill -0 $second 2>/dev/null && echo "second is alive"
    exit $status
  ]]):format(script, first, second, first, second, shell))
  for _, file in ipairs { first, second, script } do os.remove(file) end
  return ran
end

describe("workers", function()
  it("end with their program on an interrupt", function()
    local ran = with_two_hanging "kill -INT $parent"
    assert.same({ status = 1, out = "", err = "neap: interrupted\n" }, ran)
  end)

  it("end with their program when it is told to", function()
    local ran = with_two_hanging "kill -TERM $parent"
    assert.same({ status = 1, out = "", err = "neap: terminated\n" }, ran)
  end)

  it("that are killed are told apart, and nothing hangs", function()
    local ran = with_two_hanging "kill -KILL $first; sleep 0.1; kill -TERM $second"
    assert.equal("the worker was ended by signal 9\tthe worker was ended by signal 15\n", ran.out)
    assert.equal(0, ran.status)
  end)

  it("leave interrupts as they were", function()
    local script = program.file([[
      package.path = "tests/lua/?.lua;" .. package.path
      assert(require "neap.workers".map { { "worker_jobs", "add", 1, 2 } }[1] == 3)
      io.stdout:write "ready\n"
      io.stdout:flush()
      local spins = 0
      while true do spins = spins + 1 end
    ]], ".lua")
    local said = os.tmpname()
    local ran = program.shell(([[
      @neap %s >%s & parent=$!
      for i in $(seq 500); do [ -s %s ] && break; sleep 0.02; done
      kill -INT $parent; wait $parent
    ]]):format(script, said, said))
    os.remove(script)
    os.remove(said)
    assert.same({ status = 1, out = "", err = "neap: interrupted\n" }, ran)
  end)

  it("print to standard error, which leaves standard output alone", function()
    local ran = program.shell [[@neap -e 'package.path = "tests/lua/?.lua;" .. package.path
      print(require "neap.workers".map { { "worker_jobs", "print", "hello" } }[1])']]
    assert.same({ status = 0, out = "hello\n", err = "hello\n" }, ran)
  end)

  it("serve a stock Lua, by the neap beside its engine or the one it is told", function()
    local call = [[%s $LUA -e 'print(require "neap.workers".map { { "worker_jobs", "add", 1, 2 } }[1])']]
    assert.equal("3\n", program.shell(call:format "").out)
    assert.equal("3\n", program.shell(call:format "NEAP_PROGRAM=@neap").out)
    if os.getenv "LUA" ~= program.path then
      local ran = program.shell [[NEAP_PROGRAM=/no/neap $LUA -e 'print(require "neap.workers".map {})']]
      assert.equal("nil\t$NEAP_PROGRAM: '/no/neap' is no program\tnot_found\n", ran.out)
    end
  end)
end)

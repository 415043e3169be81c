-- The backend autolrs:HOST:PORT: the authors' text protocol, and trainings that speak it (tests/autolrs_client.py).
local engine = require "neap.engine"
local program = require "program"
local text = require "neap.backend.autolrs_text"
local uv = require "luv"

describe("a message of the callback", function()
  it("is a word and a number, with or without a rank", function()
    for given, expected in pairs {
      ["startBO,2.5"] = { "startBO", 2.5, false }, ["loss,2.302585124969482"] = { "loss", 2.302585124969482, false },
      ["val_loss,-1e-05"] = { "val_loss", -1e-5, false }, ["loss,minion,2"] = { "loss", 2.0, true },
      ["minion,loss, 7\n"] = { "loss", 7.0, true }, ["startBO,minion3,0.25"] = { "startBO", 0.25, true },
      ["minion,1.5"] = { "loss", 1.5, true },
      ["loss,inf"] = { "loss", math.huge, false }, ["loss,-Infinity"] = { "loss", -math.huge, false },
    } do
      local message = assert(text.first(given))
      assert.same(expected, { message.word, message.loss, message.minion }, given)
    end
    local loss = text.first("loss,nan").loss
    assert(loss ~= loss)
  end)

  it("that is cut anywhere is waited for, and its number is no more than a guess until it is printed in full", function()
    for _, whole in ipairs { "loss,2.302585124969482", "val_loss,minion,1.25e-05", "startBO,nan", "loss,-infinity" } do
      for cut = 0, #whole - 1 do
        local message, rest, problem = text.first(whole:sub(1, cut))
        assert.is_nil(problem, whole:sub(1, cut))
        assert(message and (not message.certain or #whole - cut < 9) or rest == whole:sub(1, cut), whole:sub(1, cut))
      end
    end
    assert.is_true(text.first("loss,2.302585124969").certain)
    assert.is_false(text.first("loss,2.3").certain)
  end)

  it("ends where the next begins, and skips what was left of the last number", function()
    local message, rest = text.first "loss,2.5loss,2.4"
    assert.same({ "loss", 2.5, true }, { message.word, message.loss, message.certain })
    assert.equal("loss,2.4", rest)
    assert.equal(2.0, text.first("31e-05loss,2").loss)
    message, rest = text.first "loss,nanloss,2"
    assert(message.loss ~= message.loss and rest == "loss,2")
  end)

  it("that is none is told, short and printable", function()
    for _, garbage in ipairs { "GET / HTTP/1.1\r\n\r\n", "\0\1\2", "loss;2", "hello,2", "loss,abc", "loss,--", "loss,1.2.3", "xx",
                               "loss,minion," .. ("9"):rep(500) .. ".", ("a"):rep(1000), '{"neap":1}', ",,,,", "loss,,2" } do
      local message, rest, problem = text.first(garbage)
      assert.is_nil(message, garbage)
      assert.is_nil(rest)
      assert.matches("^it sent '[ -~]*', where startBO, loss or val_loss, a comma and a number are expected$", problem)
      assert(#problem < 140)
    end
  end)
end)

describe("any text", function()
  it("is a message, the beginning of one, or a complaint of one line", function()
    local random, parts = engine.random(3), { "loss", "startBO", "val_loss", "minion", ",", ",", "2.5", "-1e", "nan", "inf", "e-05", " ",
                                              "\n", "\0", "0x1", "+", ".", "_", "GET", "\xff", ("7"):rep(30) }
    for _ = 1, 20000 do
      local words = {}
      for i = 1, 1 + random:below(6) do words[i] = parts[1 + random:below(#parts)] end
      local given = table.concat(words)
      local message, rest, problem = text.first(given)
      if message then assert(type(message.loss) == "number" and given:sub(-#rest) == rest or rest == "", given)
      elseif rest then assert(rest == given, given)
      else assert(not problem:find "[%c\x80-\xff]", given) end
    end
  end)
end)

--- A port that is free now, below those that the system gives out, and not the one that tests in another process try next.
local next_port = math.tointeger(10000 + uv.os_getpid() * 97 % 20000)
local function free_port()
  local free
  repeat
    next_port = 10000 + (next_port - 9999) % 20000
    local server = uv.new_tcp()
    free = server:bind("127.0.0.1", next_port) and server:listen(1, function() end)
    server:close()
    uv.run "nowait"
  until free
  return next_port
end

--- Run a recipe with one or more clients; %d in their words is the port. The result, and the lines of each client's log.
local function train(recipe, clients, keys)
  local port, log = free_port(), os.tmpname()
  local lines = {}
  for i, words in ipairs(clients) do
    lines[i] = ("%s tests/autolrs_client.py %d %s --log %s.%d &"):format(os.getenv "PYTHON" or "python3", port, words, log, i)
  end
  lines[#lines + 1] = ("timeout 60 @neap run %s --json --backend autolrs:127.0.0.1:%d%s; status=$?; wait; exit $status"):format(
    recipe, port, keys or "")
  local ran = program.shell(table.concat(lines, "\n"))
  local events, logs = {}, {}
  for _, line in ipairs(program.lines(ran.out)) do events[#events + 1] = assert(engine.json_decode(line)) end
  for i = 1, #clients do
    local handle = io.open(log .. "." .. i)
    logs[i] = {}
    for line in handle and handle:lines() or function() end do
      local word, value = line:match "^(%S+) (%S+)$"
      logs[i][#logs[i] + 1] = { word = word, value = tonumber(value) }
    end
    if handle then handle:close() end
    os.remove(log .. "." .. i)
  end
  os.remove(log)
  return ran, events[#events], logs, events
end

local function count(log, word)
  local n = 0
  for _, entry in ipairs(log) do n = n + (entry.word == word and 1 or 0) end
  return n
end

describe("a training with the authors' callback", function()
  it("is driven by REX: every step at its rate, its warm-up left alone", function()
    local ran, result, logs = train("rex --peak 0.2 --budget 100", { "131 --warmup 10" })
    assert.equal(0, ran.status, ran.err)
    assert.same({ total = 100, search = 0, train = 100 }, result.steps)
    assert.is_nil(result.metrics.test_loss)
    local log = logs[1]
    assert.equal(10, count(log, "warmup"))
    local schedule = 0.2 * require "neap".schedule.rex(100)
    for t = 1, 99 do assert.is_near(schedule:at(t - 1), log[11 + t].value, 1e-12) end   -- an entry shows the rate before it
    assert.is_near(result.loss.validation, log[#log].value, 0.01)
    assert.matches("the trainer goes on at rate", ran.err)
    assert.matches("the trainer has ended, 20 steps after the run", ran.err)
  end)

  it("is driven by AutoLRS, with its checkpoints, and ends near its optimum", function()
    local ran, result, logs, events = train("autolrs --budget 600 --tau 200 --lr 0.01:2", { "680" })
    assert.equal(0, ran.status, ran.err)
    assert.equal(600, result.steps.total)
    assert.equal(2, count(logs[1], "ckpt"))
    assert.equal(20, count(logs[1], "restore"))
    assert(result.loss.validation < 0.05, result.loss.validation)
    local failed = 0
    for _, event in ipairs(events) do failed = failed + (event.text == "diverged" and 1 or 0) end
    assert(failed > 0)   -- rates near 2 explode, and it goes on
  end)

  it("takes a step more where a probe ends with a validation loss, and that is told", function()
    local recipe = "autolrs --budget 300 --tau 100 --tau-max 100 --k 4 --probe 10 --validation-every 5 --lr 0.01:0.5"
    local ran, result, logs = train(recipe, { "400" })
    assert.equal(0, ran.status, ran.err)
    assert.equal(300, result.steps.total)
    local restores = count(logs[1], "restore")
    assert(restores >= 8)
    local extra = tonumber(ran.err:match "the callback took (%d+) steps that the run could not use, and did not count")
    local after = tonumber(ran.err:match "has ended, (%d+) steps after the run")
    assert(extra >= restores, extra)
    assert.equal(400 - 1, 300 + extra + after)   -- every step of the script is told, but for the one before it said hello
  end)

  it("may be data-parallel: losses averaged, all ranks told alike", function()
    local ran, result, logs = train("autolrs --budget 300 --tau 100 --lr 0.01:0.5", { "320", "320 --rank 1", "320 --rank 2" }, ",ranks=3")
    assert.equal(0, ran.status, ran.err)
    assert.equal(300, result.steps.total)
    assert.equal(count(logs[1], "restore"), count(logs[3], "restore"))
    for i = 2, #logs[1] - 1 do assert.equal(logs[1][i].value, logs[2][i].value) end
  end)

  it("may have its messages cut in pieces, numbers too", function()
    local ran, result = train("rex --peak 0.2 --budget 40", { "45 --fault cut" }, ",patience=0.05")
    assert.equal(0, ran.status, ran.err)
    assert(result.loss.train < 0.5)
  end)

  it("is closed on request, and says how it ended when it ends first", function()
    local ran, result = train("rex --peak 0.2 --budget 30", { "100" }, ",after=close")
    assert.equal(0, ran.status)
    assert.equal(30, result.steps.total)
    assert.matches("the server closed the connection", ran.err)
    ran = train("rex --peak 0.2 --budget 100", { "51" })
    assert.equal(1, ran.status)
    assert.matches("neap: the trainer at 127.0.0.1:%d+ is lost after 50 steps: it closed the connection; if its training had come "
      .. "to its end, run again with that %-%-budget\n$", ran.err)
  end)
end)

describe("a training that fails", function()
  local function refuses(client, expected, keys)
    local ran = train("rex --budget 100", { client }, keys)
    assert.equal(1, ran.status, ran.err)
    assert.matches(expected, ran.err)
    assert.is_nil(ran.err:find("traceback:", 1, true))
    assert.is_nil(ran.out:find('"result"', 1, true))
  end

  it("by SIGKILL", function() refuses("100 --fault kill --at 20", "lost after 19 steps: it closed the connection") end)
  it("in the middle of a message", function() refuses("100 --fault 'half a message'", "it closed the connection") end)
  it("by garbage", function() refuses("100 --fault garbage", "it sent '%?%? what%?', where startBO") end)
  it("by another word than is due", function() refuses("100 --fault 'wrong word'", "it sent val_loss, where loss is due") end)
  it("by a flood", function() refuses("100 --fault flood", "it sent what was not asked for") end)

  it("by silence", function()
    local port = free_port()
    local ran = program.shell(([[%s tests/autolrs_client.py %d 100 --fault silence & client=$!
      timeout 20 @neap run rex --budget 100 --quiet --backend autolrs:127.0.0.1:%d,timeout=0.3; status=$?; kill $client; exit $status]])
      :format(os.getenv "PYTHON" or "python3", port, port))
    assert.equal(1, ran.status, ran.err)
    assert.matches("it was silent for 0%.3 seconds %(option 'timeout'%)", ran.err)
  end)

  it("by not coming, or by being a stranger", function()
    local port = free_port()
    local ran = program.shell(("timeout 20 @neap run rex --backend autolrs:127.0.0.1:%d,wait=0.1"):format(port))
    assert.equal(1, ran.status)
    assert.matches("no trainer came within 0%.1 seconds %(option 'wait'%)", ran.err)
    ran = program.shell((([[(for i in $(seq 60); do exec 3<>/dev/tcp/127.0.0.1/PORT && break; sleep 0.05; done
      echo 'GET / HTTP/1.1' >&3; cat <&3; sleep 0.1) &
      timeout 20 @neap run rex --backend autolrs:127.0.0.1:PORT,wait=3; status=$?; wait; exit $status]]):gsub("PORT", port))
      :gsub("^(.*)$", "bash -c '%1'"):gsub("'GET / HTTP/1.1'", "GET"))
    assert.equal(1, ran.status)
    assert.matches("one was turned away: it sent 'GET%?', where startBO", ran.err)
  end)
end)

describe("autolrs:", function()
  it("wants HOST:PORT and options it knows", function()
    local neap = require "neap"
    for spec, expected in pairs {
      ["autolrs:x"] = "HOST:PORT expected", ["autolrs:127.0.0.1:99999"] = "HOST:PORT expected",
      ["autolrs:127.0.0.1:1,rank=2"] = "unknown option 'rank' %(did you mean 'ranks'%?%)", ["autolrs:127.0.0.1:1,ranks=0"] = "at least 1",
      ["autolrs:192.0.2.1:7777"] = "cannot listen at 192.0.2.1:7777",
    } do
      local trainer, problem = neap.backend.open(spec)
      assert.is_nil(trainer)
      assert.matches(expected, problem)
    end
  end)
end)

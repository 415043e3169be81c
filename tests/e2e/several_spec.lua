-- Several trainers, copies of one program, which try candidates side by side.

local engine = require "neap.engine"
local program = require "program"

local PYTHON <const> = os.getenv "PYTHON" or "/usr/bin/python3"
local BOWL <const>, RAW <const> = "tests/e2e/trainers/noisy_bowl.py 1", "tests/e2e/trainers/raw.py"
local SEARCH <const> = "autolrs --variant neap --tau 100 --k 6 --budget 500 --lr 1e-3:0.3"

--- Run a recipe with a trainer's command; nothing may be left of it. Its events and its result.
local function drive(recipe, backend, command, environment)
  local marker = program.new_marker()
  local folder = program.shell("mktemp -d").out:gsub("%s", "")
  local ran = program.shell(("%s TMPDIR=%s timeout 60 @neap run %s --json --backend %s -- %s %s %s"):format(
    environment or "", folder, recipe, backend, PYTHON, command, marker))
  assert.equal("", program.survivors(marker))
  assert.equal("", program.shell("ls " .. folder).out)
  os.remove(folder)
  assert.is_nil(ran.err:find("traceback", 1, true))
  local events = {}
  for _, line in ipairs(program.lines(ran.out)) do events[#events + 1] = assert(engine.json_decode(line)) end
  return ran, events, table.remove(events)
end

--- What neap itself said on standard error.
local function said(ran) return (ran.err:gsub("%f[^\n\0]| [^\n]*\n", "")) end

--- Each candidate of each stage was tried to its end, once; there are six at most.
local function assert_candidates(events)
  local stages = {}
  for _, event in ipairs(events) do
    if event.event == "candidate" then
      stages[event.stage] = stages[event.stage] or {}
      table.insert(stages[event.stage], event.candidate)
    end
  end
  assert.is_truthy(stages[1])
  for _, list in pairs(stages) do
    table.sort(list)
    for i, number in ipairs(list) do assert.equal(i, number) end
    assert.is_true(#list <= 6)
  end
end

local function assert_complete(ran, events, result)
  assert.equal(0, ran.status, ran.err)
  assert.equal("result", result.event)
  assert.equal(500, result.steps.total)
  assert.equal(result.steps.total, result.steps.search + result.steps.train)
  assert.is_true(result.steps.train < result.steps.chain and result.steps.chain < 500)
  assert_candidates(events)
end

describe("several trainers", function()
  it("do the same whichever of them is slow", function()
    local ran, events, result = drive(SEARCH, "spawn:unix,trainers=3", BOWL)
    assert_complete(ran, events, result)
    assert.same({ 3, nil }, { result.trainers, result.lost })
    assert.equal("spawn:unix,trainers=3", result.backend)
    for slow = 0, 2 do
      local again, other_events, other = drive(SEARCH, "spawn:tcp,trainers=3", BOWL, "SLOW=" .. slow)
      assert.equal(0, again.status)
      for _, one in ipairs { result, other, events[1], other_events[1] } do one.seconds, one.backend = nil, nil end
      assert.same(result, other)
      assert.same(events, other_events)
    end
  end)

  it("are counted in all, and how long it took is told", function()
    local _, _, one = drive(SEARCH, "spawn:unix", BOWL)
    local _, _, two = drive(SEARCH, "spawn:unix,trainers=2", BOWL)
    assert.is_nil(one.trainers)
    assert.is_nil(one.steps.chain)
    assert.equal(one.steps.total, two.steps.total)
    assert.is_true(two.steps.chain < one.steps.total)
    local ran = program.shell(("@neap run %s --backend spawn:unix,trainers=2 -- %s %s"):format(SEARCH, PYTHON, BOWL))
    assert.matches("\nsteps       500 total = %d+ search %+ %d+ train; " .. two.steps.chain .. " one after another, 2 trainers\n", ran.out)
    for copy = 0, 1 do   -- all end in the same state
      assert.matches(("\n| %d: done after %d steps\n"):format(copy, two.steps.train), "\n" .. ran.err, 1, true)
    end
  end)

  it("may be waited for", function()
    local path = os.tmpname()
    os.remove(path)
    local ran = program.shell(([[@neap run %s --json --backend listen:unix:%s,trainers=2 & neap=$!
      sleep 0.3; for i in 1 2; do NEAP_ADDRESS=unix:%s timeout 30 %s %s & done; wait $neap]]):format(SEARCH, path, path, PYTHON, BOWL))
    assert.equal(0, ran.status, ran.err)
    assert.matches("neap: waiting for 2 trainers; start each with NEAP_ADDRESS='unix:", ran.err, 1, true)
    assert.matches('"trainers":2', ran.out)
    ran = program.shell(([[timeout 20 @neap run %s --backend listen:unix:%s,trainers=2,wait=2 & neap=$!
      sleep 0.3; NEAP_ADDRESS=unix:%s timeout 30 %s %s; wait $neap]]):format(SEARCH, path, path, PYTHON, BOWL))
    assert.equal(1, ran.status)
    assert.matches("neap: 1 of 2 trainers came within 2 seconds %(option 'wait'%)\n", ran.err)
  end)

  it("are refused where they would be idle, or cannot share a state", function()
    for command, expected in pairs {
      ["rex --backend builtin:digits,trainers=2"] = "recipe 'rex' has work for one trainer only; leave trainers=N out",
      ["autolrs --backend builtin:digits,trainers=2"] =
        "recipe 'autolrs', with these options, has work for one trainer only; leave trainers=N out",
      [SEARCH .. " --backend replay:recipes/data/digits.csv,trainers=2"] =
        "backend 'replay:recipes/data/digits.csv,trainers=2': there is one trainer of this kind; trainers=N is for builtin, "
        .. "spawn and listen",
      [SEARCH .. " --backend builtin:digits,trainers=0"] = "builtin:digits: option 'trainers': at least 1 expected, not '0'",
    } do
      local ran = program.shell("@neap run " .. command)
      assert.same({ 2, "neap: " .. expected .. "\n" }, { ran.status, ran.err })
    end
    local ran = drive(SEARCH, "spawn:unix,trainers=2", RAW .. " no_files@1 1")
    assert.equal(1, ran.status)
    assert.equal("neap: the trainer 'raw.py' does not keep checkpoints in files (it does not offer 'durable'), so its copies cannot "
      .. "share a state; use one trainer\n", said(ran))
    ran = drive(SEARCH, "spawn:unix,trainers=2,folder=no/such/folder", BOWL)
    assert.equal(1, ran.status)
    assert.matches("neap: no temporary folder in no/such/folder: ENOENT", said(ran))
  end)
end)

describe("one of several trainers that is lost", function()
  for way in ("killed@1 3, killed@2 5, killed_save@1 1, killed_save@0 3, killed_save@1 2, killed_restore@1 1, killed_drop@1 1, "
    .. "killed_drop@0 1, garbage@1 2, silent@1 2, exit@1 4, bye@1 1"):gmatch "[^,]+" do
    it("leaves its candidate to the others: " .. way, function()
      local ran, events, result = drive(SEARCH, "spawn:unix,trainers=3,timeout=0.5", RAW .. " " .. way)
      assert_complete(ran, events, result)
      assert.same({ 3, 1 }, { result.trainers, result.lost })
      local _, lines = said(ran):gsub("\n", "")
      assert.equal(1, lines)
      assert.matches("^neap: [%l :]*the trainer 'raw.py' is lost while [%l ]+: .*; the run goes on with 2 of 3 trainers\n$", said(ran))
    end)
  end

  it("may be the first one", function()
    local ran, events, result = drive(SEARCH, "spawn:unix,trainers=2", RAW .. " killed@0 2")
    assert.equal(0, ran.status, ran.err)
    assert.equal(500, result.steps.total)
    assert.same({ 2, 1 }, { result.trainers, result.lost })
    assert_candidates(events)
    assert.matches("SIGKILL.*; the run goes on with 1 of 2 trainers\n$", said(ran))
  end)

  it("may be at work on a stage: then another begins that anew", function()
    local ran, events, result = drive(SEARCH, "spawn:unix,trainers=2", RAW .. " killed@0 15")
    assert.equal(0, ran.status, ran.err)
    assert.equal(500, result.steps.total)
    assert.same({ 2, 1 }, { result.trainers, result.lost })
    local stages = {}
    for _, event in ipairs(events) do stages[#stages + 1] = event.event == "stage" and event.step or nil end
    assert.same({ 186, 500 }, stages)      -- the first took 50 for its search, and three looks of 12 were lost with the trainer
    assert.matches("SIGKILL.*; the run goes on with 1 of 2 trainers\n$", said(ran))
  end)

  it("may be the last one: then the run ends", function()
    local ran, _, last = drive(SEARCH, "spawn:unix,trainers=2", RAW .. " killed 3")
    assert.equal(1, ran.status)
    assert.not_equal("result", last.event)
    local lines = program.lines(said(ran))
    assert.equal(2, #lines)
    assert.matches("; the run goes on with 1 of 2 trainers$", lines[1])
    assert.matches("^neap: the trainer 'raw.py' is lost while training: it closed the connection; .*SIGKILL", lines[2])
  end)

  it("before it has connected ends all", function()
    local ran = drive(SEARCH, "spawn:unix,trainers=3,wait=2", RAW .. " unheard@1 1")
    assert.equal(1, ran.status)
    assert.matches("^neap: the trainer did not connect within 2 seconds", said(ran))
  end)
end)

describe("a run of several trainers", function()
  it("that is interrupted ends them all", function()
    local marker = program.new_marker()
    local ran = program.shell(("SLOW=1 timeout --preserve-status -s INT 2 @neap run autolrs --variant neap --lr 1e-7:1e-6 "
      .. "--budget 1000000 --json --backend spawn:unix,trainers=2 -- %s %s %s"):format(PYTHON, BOWL, marker))
    assert.equal(1, ran.status)
    assert.matches("neap: interrupted after %d+ of 1000000 steps\n$", ran.err)
    assert.equal("", program.survivors(marker))
  end)

  it("that is killed leaves trainers that end by themselves, and files that the next run removes", function()
    local marker = program.new_marker()
    local folder = program.shell("mktemp -d").out:gsub("%s", "")
    program.shell(("TMPDIR=%s SLOW=1 timeout -s KILL 2 @neap run autolrs --variant neap --lr 1e-7:1e-6 "
      .. "--budget 1000000 --json --backend spawn:unix,trainers=2 -- %s %s %s"):format(folder, PYTHON, BOWL, marker))
    assert.equal("", program.survivors(marker))
    assert.not_equal("", program.shell("ls " .. folder).out)
    program.shell(("mkdir %s/neap-other; touch %s/neap-1-2-file"):format(folder, folder))
    local ran = program.shell(("TMPDIR=%s @neap run rex --budget 50 --quiet -- %s %s"):format(folder, PYTHON, BOWL))
    assert.equal(0, ran.status)
    assert.equal("neap-1-2-file\nneap-other\n", program.shell("ls " .. folder).out)
    program.shell("rm -r " .. folder)
  end)
end)

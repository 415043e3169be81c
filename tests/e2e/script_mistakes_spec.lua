-- Ordinary mistakes in a training script: neap says in one line which it is.

local program = require "program"

local SCRIPT <const> = (os.getenv "PYTHON" or "/usr/bin/python3") .. " tests/e2e/trainers/mistakes.py "

--- The line that neap says of a run; what the script printed is marked and left out.
local function said(recipe, mistake)
  local ran = program.shell(("@neap run %s --budget 100 --quiet -- %s%s"):format(recipe, SCRIPT, mistake))
  local own = {}
  for _, line in ipairs(program.lines(ran.err)) do
    if not line:find "^|" then own[#own + 1] = line end
  end
  assert.equal(1, ran.status)
  assert.equal(1, #own, ran.err)
  assert.is_nil(own[1]:find("its last line was", 1, true) and own[1]:find("gave up", 1, true), "told twice: " .. own[1])
  return own[1]
end

local function says(recipe, mistake, text)
  local line = said(recipe, mistake)
  assert.is_truthy(line:find(text, 1, true), ("'%s' expected in: %s"):format(text, line))
end

describe("a mistake in a training script is named:", function()
  for mistake, text in pairs {
    no_optimizer = "neap.connect: optimizer: an object with param_groups expected, not NoneType",
    swapped = "neap.connect: optimizer: an object with param_groups expected, not Model",
    no_model = "neap.connect: model: an object with state_dict and load_state_dict expected, not int",
    called = "neap.connect: evaluate: a function expected, not tuple: name it, do not call it",
    argument = "neap.connect: evaluate: it is called without arguments, but 'epoch' has no default",
    one_state = "neap.connect: state: a list of objects expected, not Model",
    no_state = "neap.connect: state: objects with state_dict and load_state_dict expected, not Descent",
    returns_dict = "neap: evaluate's loss: a number or a tensor of one element expected, not dict",
    returns_none = "expected, not NoneType",
    returns_words = "neap: evaluate's metric 'accuracy': a number or a tensor of one element expected, not str",
    returns_two = "neap: evaluate's metrics: a dictionary of numbers expected, not float",
    loss_none = "neap: tuner.step: loss: a number or a tensor of one element expected, not NoneType",
    loss_text = "neap: tuner.step: loss: a number or a tensor of one element expected, not str",
    loss_pair = "neap: tuner.step: loss: a number or a tensor of one element expected, not tuple",
    many_losses = "neap: tuner.step: loss: a number or a tensor of one element expected, not one of shape (32,)",
    steps_twice = "neap: tuner.step: call tuner.training() before each step, and step once for each",
    scheduler = "take the learning-rate scheduler out of the loop",
    other_optimizer = "neap: the optimizer that neap.connect was given has taken no step",
    gradients = "neap: evaluate needs gradients, and is called without: say 'with torch.enable_grad():' around them",
    raises = "it gave up: RuntimeError: CUDA out of memory",
    breaks = "it gave up: the script has ended before the run",
  } do
    it(mistake, function() says("rex", mistake, text) end)
  end

  it("a model or an evaluation that a recipe needs", function()
    says("autopilot", "forgets_model", "recipe 'autopilot' needs checkpoints to go back to, which the trainer does not offer")
    says("autolrs --tau 80 --k 2", "forgets_model", "in Python, give neap.connect the model")
    says("autolrs --tau 80 --k 2", "forgets_evaluate", "in Python, give neap.connect the evaluate")
  end)

  it("none", function()
    local ran = program.shell("@neap run rex --budget 100 --quiet -- " .. SCRIPT .. "none")
    assert.same({ status = 0, err = "" }, { status = ran.status, err = ran.err })
  end)
end)

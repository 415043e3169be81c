--- The hold-out: what the policies are measured on, but were not developed on. `make bench-holdout`.
---
--- Tables, on the embedded backend. Four that come with scikit-learn in Debian (breast cancer, wine, iris, diabetes), as a
--- user's own would be: a few hundred rows that soon are learnt by heart. Four drawn from one seed, each hard in
--- a way of its own: `floor` (most of the loss can never be gained), `spirals` (little happens for long), `linear`
--- (ill-conditioned) and `deep` (a loss that falls for as long as one trains): tables.py. Between them: classes and
--- numbers, no to three hidden layers, relu and tanh, SGD, Adam, AdamW, batches of 8 to 256. No digits, no Fashion-MNIST.
---
--- Trainings in PyTorch, in processes of their own through the client: recurrent, convolutions, attention, dropout, an
--- autoencoder, and three with batch normalisation, on texts and pictures that Debian ships: train.py. They take seconds each,
--- so their sweep is smaller.
---
--- Two halves. Those marked `clean` were shown to nobody who worked on the autopilot, neither their numbers nor
--- what the autopilot did there, until the autopilot was finished: they are the cleaner measure. The others were open to them.

local make = require "task"

local _, file = ...
local here = file:match "^(.*)/" or "."
local tables = (os.getenv "BUILD" or "build") .. "/bench/holdout"   -- the Makefile has tables.py write them there
local python = os.getenv "PYTHON" or "/usr/bin/python3"

local function csv(name, data, spec)
  return make.builtin(name, ("csv,file=%s/%s.csv,target=y,%s"):format(tables, data, spec))
end

local function torch(name, optimizer, lowest)
  return make.program(name, { python, here .. "/train.py", name:match "^torch%-(%a+)" }, optimizer, lowest, { 500 })
end

local function clean(task)
  task.half = "clean"
  return task
end

return {
  list = {
    csv("cancer-deep-adam-32", "breast_cancer", "layers=64-64,batch=32,optimizer=adam"),
    csv("diabetes-tanh-sgd-16", "diabetes", "layers=32,activation=tanh,batch=16,optimizer=sgd"),
    csv("floor-deep-adamw-64", "floor", "layers=64-64,batch=64,optimizer=adamw"),
    csv("spirals-tanh-sgd-32", "spirals", "layers=64-64,activation=tanh,batch=32,optimizer=sgd"),
    torch("torch-gru-adam-16", "adam", 1e-4),
    torch("torch-cnn-sgd-32", "sgd", 1e-3),
    torch("torch-residual-sgd-32", "sgd", 1e-3),
    torch("torch-normalised-adam-64", "adam", 3e-4),
    torch("torch-wide-adamw-32", "adamw", 1e-4),
    clean(csv("wine-shallow-adamw-8", "wine", "layers=32,batch=8,optimizer=adamw")),
    clean(csv("iris-softmax-sgd-8", "iris", "layers=none,batch=8,optimizer=sgd")),
    clean(csv("linear-none-sgd-64", "linear", "layers=none,batch=64,optimizer=sgd")),
    clean(csv("deep-tanh-adam-256", "deep", "layers=32-32-32,activation=tanh,batch=256,optimizer=adam")),
    clean(csv("spirals-deep-adamw-128", "spirals", "layers=64-64-64,batch=128,optimizer=adamw")),
    clean(torch("torch-dropout-sgd-32", "sgd", 1e-3)),
    clean(torch("torch-autoencoder-adam-64", "adam", 1e-4)),
    clean(torch("torch-transformer-adamw-16", "adamw", 1e-4)),
  },
  budgets = { 300, 1000, 3000 },
  seeds = { 1, 2, 3 },
  quick = { tasks = "cancer", budgets = { 300 } },
}

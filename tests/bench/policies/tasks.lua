--- What the policies are measured on: small tasks of the embedded backend, several budgets, several seeds.

local task = require("task").builtin

return {
  list = {
    task("digits-softmax-sgd-32", "digits,layers=none,batch=32,optimizer=sgd"),
    task("digits-shallow-adamw-256", "digits,layers=64,batch=256,optimizer=adamw"),
    task("digits-deep-adam-64", "digits,layers=64-64-64,batch=64,optimizer=adam"),
    task("fashion-softmax-adamw-128", "fashion,layers=none,batch=128,optimizer=adamw"),
    task("fashion-shallow-adam-64", "fashion,layers=64,batch=64,optimizer=adam"),
    task("fashion-tanh4-sgd-32", "fashion,layers=64-64-64-64,activation=tanh,batch=32,optimizer=sgd"),
    task("fashion-deep-adamw-256", "fashion,layers=64-64,batch=256,optimizer=adamw"),
    task("fashion-deep-sgd-128", "fashion,layers=256-128,batch=128,optimizer=sgd"),
  },
  budgets = { 500, 1500, 6000 },
  seeds = { 1, 2, 3 },
  quick = { tasks = "digits", budgets = { 500, 1500 } },
}

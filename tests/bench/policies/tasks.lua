--- What the policies are measured on: small tasks of the embedded backend, several budgets, several seeds.
--- 'rates' are the peaks of the sweep, in multiples of 3 over three decades, and the interval that AutoLRS searches;
--- the autopilot is told none of them.

local function thirds(low)
  local list = {}
  for i = 0, 6 do list[i + 1] = low * (i % 2 == 0 and 1 or 3) * 10 ^ (i // 2) end
  return list
end

local SGD, ADAM = thirds(1e-3), thirds(1e-4)
local FREE_SGD, FREE_ADAM = thirds(1e-2), thirds(1e-4)

local function task(name, spec)
  local optimizer = spec:match "optimizer=(%w+)"
  local sgd = optimizer == "sgd"
  return {
    name = name, spec = "builtin:" .. spec, optimizer = optimizer, rates = sgd and SGD or ADAM,
    free_spec = "builtin:" .. spec:gsub("optimizer=%w+", "optimizer=schedulefree_" .. (sgd and "sgd" or "adamw")),
    free_rates = sgd and FREE_SGD or FREE_ADAM,
  }
end

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
}

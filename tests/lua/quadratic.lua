-- A training to try policies on: its optimum and its noise are known.

--- A trainer of one weight w with the loss (curvature w^2 / 2 + floor), gradients with noise, averaging and checkpoints. `update`
--- makes a step of a gradient and the weight: default, the gradient itself.
return function(curvature, noise, update)
  local trainer = { spec = "quadratic", w = 1.0, random = require "neap.engine".random(5),
    steps = 0, offers = { averaging = true, restore = true, test = true, evaluate = true } }
  local function loss(w) return curvature * w * w / 2 + 0.1 end
  function trainer:train(steps, rate)
    local losses = {}
    for i = 1, steps do
      losses[i] = loss(self.w)
      self.steps = self.steps + 1
      if not (losses[i] < 1e30) then losses[i] = math.huge return losses end
      local gradient = curvature * self.w + noise * self.random:normal()
      self.w = self.w - (type(rate) == "table" and rate[i] or rate) * (update and update(gradient, self.w) or gradient)
      if self.count then
        self.mean = self.count == 0 and self.w or self.mean + 9 / (self.count + 9) * (self.w - self.mean)
        self.count = self.count + 1
      end
    end
    return losses
  end
  function trainer:evaluate(where) return loss(where and where.weights == "average" and self.mean or self.w), {} end
  function trainer:average(verb)
    if verb == "adopt" then self.w = self.mean end
    self.count = verb == "start" and 0 or nil
    return true
  end
  function trainer:save() return { w = self.w, mean = self.mean, count = self.count } end
  function trainer:restore(c) self.w, self.mean, self.count = c.w, c.mean, c.count return true end
  function trainer.drop() end
  function trainer.close() end
  return trainer
end

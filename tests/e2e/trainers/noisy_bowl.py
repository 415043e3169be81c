"""A training without PyTorch: stochastic descent in a bowl of three dimensions. Everything it does comes from Python's
random numbers, so that a restored checkpoint shows whether they were restored.   noisy_bowl.py [STEPS]
The copy whose number is in $SLOW, or all, takes a millisecond or more for a step.
"""

import math
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../scripts/python"))
import neap


class Model:
    def __init__(self):
        self.x = [3.0, -2.0, 1.0]

    def state_dict(self):
        return {"x": self.x}

    def load_state_dict(self, state):
        self.x = state["x"]


class Descent:
    def __init__(self):
        self.param_groups = [{"lr": 0.1, "momentum": 0.0}, {"lr": 0.05, "momentum": 0.0}]
        self.velocity = [0.0, 0.0, 0.0]

    def state_dict(self):
        return {"velocity": self.velocity}

    def load_state_dict(self, state):
        self.velocity = state["velocity"]

    def step(self, gradient):
        for i, slope in enumerate(gradient):
            group = self.param_groups[0 if i < 2 else 1]
            self.velocity[i] = group["momentum"] * self.velocity[i] + slope
            model.x[i] -= group["lr"] * self.velocity[i]


class Clock:
    """Something of one's own that goes back with a checkpoint."""

    def __init__(self):
        self.ticks = 0

    def state_dict(self):
        return {"ticks": self.ticks}

    def load_state_dict(self, state):
        self.ticks = state["ticks"]


def bowl():
    total = sum(x * x for x in model.x)
    return total if math.isfinite(total) else math.inf


def validate():
    random.random()      # must leave no trace
    return bowl(), {"ticks": clock.ticks, "second_rate": descent.param_groups[1]["lr"]}


random.seed(1)
model, descent, clock = Model(), Descent(), Clock()
tuner = neap.connect(model=model, optimizer=descent, evaluate=validate, state=[clock],
                     steps=int(sys.argv[1]) if len(sys.argv) > 1 else None)
slow = os.environ.get("SLOW") in ("all", os.environ.get("NEAP_TRAINER", "0"))
while tuner.training():
    if slow:
        time.sleep(0.001)
    loss = bowl()
    descent.step([2 * x + random.gauss(0, 0.1) for x in model.x])
    clock.ticks += 1
    tuner.step(loss)
print(f"done after {clock.ticks} steps")

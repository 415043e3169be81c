"""A training script with one ordinary mistake in it:  mistakes.py MISTAKE   (none: there is none)"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../scripts/python"))
MISTAKE = sys.argv[1]
if MISTAKE in ("other_optimizer", "many_losses", "gradients"):
    import torch
import neap


class Model:
    x = 3.0

    def state_dict(self):
        return {"x": self.x}

    def load_state_dict(self, state):
        self.x = state["x"]


class Descent:
    def __init__(self):
        self.param_groups = [{"lr": 0.1}]

    def step(self):
        model.x -= self.param_groups[0]["lr"] * model.x


def validate(epoch=None):
    if MISTAKE == "gradients":
        x = torch.ones(1, requires_grad=True)
        return torch.autograd.grad((model(x) ** 2).sum(), x)[0]
    return {"returns_dict": {"loss": 1.0}, "returns_none": None, "returns_words": (1.0, {"accuracy": "good"}),
            "returns_two": (1.0, 0.9)}.get(MISTAKE, (1.0, {"steps": 3}))


model, optimizer = Model(), Descent()
if MISTAKE in ("other_optimizer", "gradients"):
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.Adam(model.parameters())
given = {"model": model, "optimizer": optimizer, "evaluate": validate}
for name, mistake in {
        "no_optimizer": {"optimizer": None}, "swapped": {"model": optimizer, "optimizer": model}, "no_model": {"model": 3},
        "forgets_model": {"model": None}, "forgets_evaluate": {"evaluate": None}, "called": {"evaluate": validate()},
        "argument": {"evaluate": lambda epoch: epoch}, "one_state": {"state": model}, "no_state": {"state": [optimizer]}}.items():
    if MISTAKE == name:
        given.update(mistake)
tuner = neap.connect(**given)
while tuner.training():
    loss = {"loss_none": None, "loss_text": "0.5", "loss_pair": (1.0, 2)}.get(MISTAKE, 1.0)
    if MISTAKE == "many_losses":
        loss = torch.ones(32)
    if MISTAKE == "gradients":
        model(torch.ones(1)).sum().backward()
    if MISTAKE != "other_optimizer":
        optimizer.step()
    if MISTAKE == "scheduler":
        optimizer.param_groups[0]["lr"] *= 0.5
    if MISTAKE == "raises":
        raise RuntimeError("CUDA out of memory")
    if MISTAKE == "breaks":
        break
    tuner.step(loss)
    if MISTAKE == "steps_twice":
        tuner.step(loss)

"""Trainings with something odd about them: torch_odd.py frozen|half|scheduler|vector|list|none|lazy"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../scripts/python"))

import torch
from torch import nn

import neap

KIND = sys.argv[1]
torch.set_num_threads(1)
torch.manual_seed(1)
first = nn.LazyLinear(8) if KIND == "lazy" else nn.Linear(4, 8)
model = nn.Sequential(first, nn.Tanh(), nn.Linear(8, 1)).to(torch.bfloat16 if KIND == "half" else torch.float32)
optimizer = torch.optim.SGD([
    {"params": model[0].parameters(), "lr": 0.0 if KIND == "frozen" else 0.1}, {"params": model[2].parameters(), "lr": 0.1}])
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5)
start = [] if KIND == "lazy" else [parameter.detach().clone() for parameter in model.parameters()]


def loss_of(rows=64):
    x = torch.randn(rows, 4).to(model[2].weight.dtype)
    return (model(x) - x[:, :1]).square().mean()


def evaluate():
    moved = [(parameter - old).abs().max() for parameter, old in zip(model.parameters(), start)]
    return None if KIND == "none" else loss_of(), {"first": moved[0], "last": moved[2], "weight": model[2].weight[0, 0]}


tuner = neap.connect(model=model, optimizer=optimizer, evaluate=evaluate)
while tuner.training():
    loss = loss_of()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if KIND == "scheduler":
        scheduler.step()
    tuner.step(loss.expand(2) if KIND == "vector" else [loss] if KIND == "list" else loss)

"""A small PyTorch network on the digits that come with neap: dropout, two groups of parameters.

    torch_net.py sgd|adam [STEPS]       tuned by neap, or without it for STEPS
    torch_net.py norm                   with a batch normalisation, and a mask of nan and inf that must stay as it is
    torch_net.py single|frozen          with a batch normalisation, evaluated row by row; one that is not trained
    torch_net.py ranks                  the same as two processes of a data-parallel training
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../scripts/python"))
KIND = sys.argv[1]

if KIND == "ranks" and "RANK" not in os.environ:
    processes = [subprocess.Popen([sys.executable, *sys.argv], env={
        **os.environ, "RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": sys.argv[2],
        **({} if rank == 0 else {"NEAP_ADDRESS": "unix:/not/for/this/rank"})}) for rank in range(2)]
    sys.exit(max(process.wait() for process in processes))

import numpy as np
import torch
from torch import nn

import neap

torch.set_num_threads(1)
RANK, RANKS = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
if RANKS > 1:
    torch.distributed.init_process_group("gloo", rank=RANK, world_size=RANKS)

table = np.loadtxt(os.path.join(HERE, "../../../recipes/data/digits.csv"), delimiter=",", skiprows=1, dtype=np.float32)
x, y = torch.from_numpy(table[:, :-1] / 16), torch.from_numpy(table[:, -1].astype(np.int64))
torch.manual_seed(1)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 10))
if KIND in ("norm", "single", "frozen"):
    model.insert(1, nn.BatchNorm1d(32))
    model.register_buffer("mask", torch.tensor([float("nan"), float("-inf")]))
if KIND == "frozen":
    model[1].eval()
groups = [{"params": model[0].parameters(), "lr": 0.1}, {"params": model[-1].parameters(), "lr": 0.02}]
optimizer = torch.optim.Adam(groups) if KIND == "adam" else torch.optim.SGD(groups, momentum=0.9)
loss_of = nn.CrossEntropyLoss()
torch.manual_seed(1 + RANK)


def validate(batches=None):
    rows = slice(1500, 1797 if batches is None else 1500 + 32 * batches)
    torch.rand(1)     # must leave no trace
    if KIND == "single":
        return torch.stack([loss_of(model(x[row:row + 1]), y[row:row + 1]) for row in range(1500, 1520)]).mean()
    return loss_of(model(x[rows]), y[rows]) + RANK, {
        "accuracy": (model(x[rows]).argmax(1) == y[rows]).float().mean(), "second_rate": optimizer.param_groups[1]["lr"],
        "training": model.training, "gradients": torch.is_grad_enabled(), "rows": len(y[rows]),
        "variance": model[1].running_var.mean() if KIND == "norm" else 0,
        "first_momentum": optimizer.param_groups[0].get("momentum", optimizer.param_groups[0].get("betas", [0])[0])}


tuner = neap.connect(model=model, optimizer=optimizer, evaluate=validate, steps=int(sys.argv[2]) if len(sys.argv) > 2 else None)
while tuner.training():
    rows = torch.randint(1500, (32,))
    loss = loss_of(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    if RANKS > 1:
        for parameter in model.parameters():
            torch.distributed.all_reduce(parameter.grad)
            parameter.grad /= RANKS
    optimizer.step()
    tuner.step(loss)
model.eval()
sys.stdout.write(f"rank {RANK}: loss {loss_of(model(x[1500:]), y[1500:]):.6f}, tuned: {tuner.tuned}\n")   # in one piece

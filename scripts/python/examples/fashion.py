"""A small network on Fashion-MNIST, tuned by neap:

    neap run autolrs --lr 1e-3:0.3 --budget 6000 -- python3 scripts/python/examples/fashion.py
    python3 scripts/python/examples/fashion.py --steps 6000 --rate 0.03         # without neap, at one rate
"""

import argparse
import gzip
import os
import sys

import numpy as np
import torch
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))   # not needed once neap.py is installed
import neap

parser = argparse.ArgumentParser()
parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist")
parser.add_argument("--steps", type=int, default=3000, help="without neap")
parser.add_argument("--rate", type=float, default=0.03, help="without neap")
parser.add_argument("--batch", type=int, default=128)
options = parser.parse_args()


def read(name, offset, *shape):
    with gzip.open(os.path.join(options.data, name)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset).reshape(-1, *shape)


def images(name):
    return torch.from_numpy((read(name, 16, 784) / 255).astype(np.float32) - 0.286).div(0.353)


x, y = images("train-images-idx3-ubyte.gz"), torch.from_numpy(read("train-labels-idx1-ubyte.gz", 8).astype(np.int64))
train, validation = (x[:50000], y[:50000]), (x[50000:], y[50000:])
test = images("t10k-images-idx3-ubyte.gz"), torch.from_numpy(read("t10k-labels-idx1-ubyte.gz", 8).astype(np.int64))


class Batches:
    """Mini-batches in a new order each time round; where it stands is part of a checkpoint."""

    def __init__(self, rows, size):
        self.rows, self.size, self.order, self.at = rows, size, torch.randperm(rows), 0

    def next(self):
        if self.at + self.size > self.rows:
            self.order, self.at = torch.randperm(self.rows), 0
        self.at += self.size
        return self.order[self.at - self.size:self.at]

    def state_dict(self):
        return {"order": self.order, "at": self.at}

    def load_state_dict(self, state):
        self.order, self.at = state["order"], state["at"]


def measure(data, batches=None):
    rows = len(data[0]) if batches is None else min(len(data[0]), batches * options.batch)
    scores = model(data[0][:rows])
    return loss_of(scores, data[1][:rows]), {"accuracy": (scores.argmax(1) == data[1][:rows]).float().mean()}


torch.manual_seed(1)
torch.set_num_threads(1)     # the network is small: more threads would only wait for each other
model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
loss_of = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=options.rate, momentum=0.9)
batches = Batches(len(train[0]), options.batch)

tuner = neap.connect(
    model=model, optimizer=optimizer, state=[batches], steps=options.steps,
    evaluate=lambda batches=None: measure(validation, batches), test=lambda: measure(test))
while tuner.training():
    rows = batches.next()
    loss = loss_of(model(train[0][rows]), train[1][rows])
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    tuner.step(loss)

model.eval()
with torch.no_grad():
    loss, metrics = measure(test)
print(f"test loss {loss:.4f}, accuracy {metrics['accuracy']:.4f}")

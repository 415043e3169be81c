#!/usr/bin/env python3
"""Small trainings in PyTorch for the hold-out benchmark, each as a user would write it: train.py NAME, started by neap.

  gru          characters of the Lua sources that Debian ships, by a recurrent network, Adam
  transformer  the same text by two layers of attention, AdamW
  cnn          a part of Fashion-MNIST by two convolutions, SGD with momentum
  dropout      the digits that come with neap by a perceptron with dropout, SGD with Nesterov's momentum
  autoencoder  a part of Fashion-MNIST through 16 numbers and back, mean square, Adam
  residual     the digits by two residual blocks with batch normalisation, SGD with Nesterov's momentum and weight decay
  normalised   a part of Fashion-MNIST by three convolutions with batch normalisation, Adam
  wide         the digits by a perceptron with batch normalisation, AdamW
"""
import gzip
import os
import pathlib
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(os.path.abspath(__file__)).parent
sys.path.insert(0, str(HERE / "../../../scripts/python"))
import neap

torch.set_num_threads(1)
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
SOURCES = pathlib.Path("/usr/share/lua/5.1/pl")
LENGTH = 32     # characters of a window


class Rows:
    """Rows of inputs and targets; the last 'held' of them are validation. Batches are drawn by PyTorch's generator."""

    def __init__(self, x, y, held, batch):
        self.parts, self.held_parts, self.batch = (x[:-held], y[:-held]), (x[-held:], y[-held:]), batch

    def draw(self):
        rows = torch.randint(len(self.parts[0]), (self.batch,))
        return self.parts[0][rows], self.parts[1][rows]

    def held(self, batches=None):
        return [part if batches is None else part[:batches * self.batch] for part in self.held_parts]


def images(rows, held, batch):
    def read(name, offset):
        return np.frombuffer(gzip.open(FASHION / f"{name}-ubyte.gz").read(), np.uint8, offset=offset)
    pixels = torch.from_numpy(read("train-images-idx3", 16).reshape(-1, 1, 28, 28)[:rows] / np.float32(255))
    return Rows((pixels - 0.286) / 0.353, torch.from_numpy(read("train-labels-idx1", 8)[:rows].astype(np.int64)), held, batch)


def digits(held, batch):
    table = np.loadtxt(HERE / "../../../recipes/data/digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
    table = torch.from_numpy(np.random.default_rng(1).permutation(table))
    return Rows(table[:, :-1] / 16, table[:, -1].long(), held, batch)


def text(batch):
    whole = "".join(file.read_text(encoding="utf-8", errors="replace") for file in sorted(SOURCES.glob("*.lua")))
    letters = sorted(set(whole))
    place = {letter: i for i, letter in enumerate(letters)}
    codes = torch.tensor([place[letter] for letter in whole])
    windows = codes[:len(codes) // LENGTH * LENGTH].reshape(-1, LENGTH)
    windows = windows[torch.randperm(len(windows), generator=torch.Generator().manual_seed(1))]
    return Rows(windows[:, :-1], windows[:, 1:], 300, batch), len(letters)


class Recurrent(nn.Module):
    def __init__(self, letters, width=64):
        super().__init__()
        self.embed, self.recur = nn.Embedding(letters, 32), nn.GRU(32, width, batch_first=True)
        self.score = nn.Linear(width, letters)

    def forward(self, codes):
        return self.score(self.recur(self.embed(codes))[0]).transpose(1, 2)


class Transformer(nn.Module):
    def __init__(self, letters, width=48):
        super().__init__()
        self.embed, self.place = nn.Embedding(letters, width), nn.Parameter(0.02 * torch.randn(LENGTH - 1, width))
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.body, self.score = nn.TransformerEncoder(layer, 2), nn.Linear(width, letters)

    def forward(self, codes):
        mask = torch.full((codes.shape[1],) * 2, -torch.inf).triu(1)
        return self.score(self.body(self.embed(codes) + self.place, mask)).transpose(1, 2)


def convolutions():
    return nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(),
                         nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16 * 49, 10))


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU(),
                                  nn.Conv2d(channels, channels, 3, padding=1), nn.BatchNorm2d(channels))

    def forward(self, x):
        return F.relu(x + self.body(x))


def residual():
    return nn.Sequential(nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 12, 3, padding=1), Residual(12), Residual(12),
                         nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(48, 10))


def normalised():
    def layer(inputs, outputs): return [nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layer(1, 16), *layer(16, 32), *layer(32, 48), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 10))


def wide():
    def layer(inputs): return [nn.Linear(inputs, 256), nn.BatchNorm1d(256), nn.ReLU()]
    return nn.Sequential(*layer(64), *layer(256), nn.Linear(256, 10))


def perceptron():
    def hidden(inputs): return [nn.Linear(inputs, 128), nn.ReLU(), nn.Dropout(0.3)]
    return nn.Sequential(*hidden(64), *hidden(128), nn.Linear(128, 10))


def autoencoder():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.Tanh(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 64), nn.Tanh(),
                         nn.Linear(64, 784))


def restored(answer, _, asked):
    return F.mse_loss(answer, asked.flatten(1))


def classified(answer, targets, _):
    return F.cross_entropy(answer, targets)


def task(name):
    """The data, a function that makes a model, the loss, and a function that makes an optimizer."""
    def adam(parameters): return torch.optim.Adam(parameters, 1e-3)
    if name in ("gru", "transformer"):
        data, letters = text(16)
        if name == "gru":
            return data, lambda: Recurrent(letters), classified, adam
        return data, lambda: Transformer(letters), classified, lambda p: torch.optim.AdamW(p, 1e-3, weight_decay=0.1)
    if name == "cnn":
        return images(12000, 2000, 32), convolutions, classified, lambda p: torch.optim.SGD(p, 0.01, momentum=0.9)
    if name == "dropout":
        return digits(400, 32), perceptron, classified, lambda p: torch.optim.SGD(p, 0.01, momentum=0.9, nesterov=True)
    if name == "autoencoder":
        return images(12000, 1000, 64), autoencoder, restored, adam
    if name == "residual":
        return digits(400, 32), residual, classified, lambda p: torch.optim.SGD(
            p, 0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)
    if name == "normalised":
        return images(12000, 2000, 64), normalised, classified, adam
    if name == "wide":
        return digits(400, 32), wide, classified, lambda p: torch.optim.AdamW(p, 1e-3)
    raise SystemExit("train.py: gru, transformer, cnn, dropout, autoencoder, residual, normalised or wide expected, "
                     f"not '{name}'")


def main(name):
    data, make, loss_of, optimizer_of = task(name)
    model = make()
    optimizer = optimizer_of(model.parameters())

    def validate(batches=None):
        x, y = data.held(batches)
        return loss_of(model(x), y, x)

    tuner = neap.connect(model=model, optimizer=optimizer, evaluate=validate)
    torch.manual_seed(tuner.seed)
    model.load_state_dict(make().state_dict())     # the first weights and the batches follow from the run's seed
    while tuner.training():
        x, y = data.draw()
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(x), y, x)
        loss.backward()
        optimizer.step()
        tuner.step(loss)


main(*sys.argv[1:])

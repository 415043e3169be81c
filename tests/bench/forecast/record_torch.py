#!/usr/bin/env python3
"""Record curves of PyTorch trainings, in the format of record.lua: a look beyond our own trainer.

    record_torch.py FOLDER [WORDS OF A WORLD'S NAME...]         UNSEEN=1: those kept apart

Convolutions, a network of residuals and an autoencoder on Fashion-MNIST; a perceptron on the digits; letters of licence
texts, and of luacheck's sources, by recurrent networks and by transformers; a regression of a random network's answers.
Every rate sees the same batches from the same starting point."""
import copy
import gzip
import os
import pathlib
import sys
import time
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
IMAGES = pathlib.Path("/usr/share/datasets/fashion-mnist")
TEXTS = [pathlib.Path("/usr/share/common-licenses") / name for name in ("GPL-3", "GFDL-1.3", "MPL-2.0", "Apache-2.0", "LGPL-2.1")]
SOURCES = pathlib.Path("/usr/share/lua/5.1/luacheck")
DIGITS = pathlib.Path(__file__).resolve().parents[3] / "recipes/data/digits.csv"
NOT_FINITE = 1e99


def fashion():
    images = np.frombuffer(gzip.open(IMAGES / "train-images-idx3-ubyte.gz").read(), np.uint8, offset=16)
    labels = np.frombuffer(gzip.open(IMAGES / "train-labels-idx1-ubyte.gz").read(), np.uint8, offset=8)
    x = torch.from_numpy(images.reshape(-1, 1, 28, 28).astype(np.float32) / 255 - 0.2860) / 0.3530
    return x, torch.from_numpy(labels.astype(np.int64))


class Images:
    """Mini-batches of a shuffled training part; the last 2000 rows are for validation."""

    def __init__(self, batch):
        self.x, self.y = fashion()
        self.batch = batch
        self.validation = self.x[-2000:], self.y[-2000:]

    def draw(self, random):
        rows = torch.randint(len(self.x) - 2000, (self.batch,), generator=random)
        return self.x[rows], self.y[rows]


class Flat(Images):
    """The same as rows of numbers; 'same': to be answered by themselves."""

    def __init__(self, batch, same=False):
        super().__init__(batch)
        self.x = self.x.flatten(1)
        if same:
            self.y = self.x
        self.validation = self.x[-2000:], self.y[-2000:]


class Digits:
    """1,300 small images, again and again, in a new order each time; the last 497 are for validation."""

    def __init__(self, batch):
        table = torch.from_numpy(np.loadtxt(DIGITS, delimiter=",", skiprows=1, dtype=np.float32))
        table = table[torch.randperm(len(table), generator=torch.Generator().manual_seed(5))]
        self.x, self.y, self.batch = table[:, :-1] / 16, table[:, -1].long(), batch
        self.validation = self.x[1300:], self.y[1300:]
        self.rows = torch.empty(0, dtype=torch.long)

    def draw(self, random):
        if random is not getattr(self, "random", None) or len(self.rows) < self.batch:
            self.random, self.rows = random, torch.randperm(1300, generator=random)
        rows, self.rows = self.rows[:self.batch], self.rows[self.batch:]
        return self.x[rows], self.y[rows]


class Letters:
    """Windows of 'length' letters of a text and the letters that follow them."""

    def __init__(self, batch, length=32, texts=TEXTS):
        text = "".join(path.read_text() for path in texts)
        self.letters = sorted(set(text))
        place = {letter: i for i, letter in enumerate(self.letters)}
        self.text = torch.tensor([place[letter] for letter in text])
        self.batch, self.length, self.train = batch, length, len(text) * 9 // 10
        self.validation = self.windows(torch.arange(self.train, len(text) - length - 1, 101))

    def windows(self, starts):
        rows = starts[:, None] + torch.arange(self.length)
        return self.text[rows], self.text[rows + 1]

    def draw(self, random):
        return self.windows(torch.randint(self.train - self.length - 1, (self.batch,), generator=random))


class Source(Letters):
    def __init__(self, batch):
        super().__init__(batch, texts=sorted(SOURCES.glob("*.lua")))


class Teacher:
    """Answers of a random network, with noise: a regression."""

    def __init__(self, batch):
        random = torch.Generator().manual_seed(99)
        x = torch.randn(6000, 20, generator=random)
        w, v = torch.randn(20, 30, generator=random) / 20 ** 0.5, torch.randn(30, generator=random) / 30 ** 0.5
        y = torch.tanh(2 * x @ w) @ v + 0.2 * torch.randn(6000, generator=random)
        self.x, self.y, self.batch = x, y, batch
        self.validation = x[-1000:], y[-1000:]

    def draw(self, random):
        rows = torch.randint(5000, (self.batch,), generator=random)
        return self.x[rows], self.y[rows]


class Recurrent(nn.Module):
    def __init__(self, letters, width=64, kind=nn.GRU):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(letters, 32), kind(32, width, batch_first=True), nn.Linear(width, letters)

    def forward(self, x):
        return self.out(self.rnn(self.embed(x))[0]).transpose(1, 2)


class Residual(nn.Module):
    def __init__(self, width=48, depth=4):
        super().__init__()
        self.first, self.last = nn.Linear(784, width), nn.Linear(width, 10)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Dropout(0.1), nn.Linear(width, width))
            for _ in range(depth))

    def forward(self, x):
        x = self.first(x)
        for block in self.blocks:
            x = x + block(x)
        return self.last(x)


class Transformer(nn.Module):
    def __init__(self, letters, width=32, length=32):
        super().__init__()
        self.embed, self.place = nn.Embedding(letters, width), nn.Parameter(0.02 * torch.randn(length, width))
        layer = nn.TransformerEncoderLayer(width, 4, 4 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.body, self.out = nn.TransformerEncoder(layer, 2), nn.Linear(width, letters)
        self.mask = nn.Transformer.generate_square_subsequent_mask(length)

    def forward(self, x):
        return self.out(self.body(self.embed(x) + self.place, self.mask)).transpose(1, 2)


def convolutions(norm):
    def block(a, b):
        return [nn.Conv2d(a, b, 3, padding=1), *([nn.BatchNorm2d(b)] if norm else []), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*block(1, 8), *block(8, 16), nn.Flatten(), nn.Linear(16 * 49, 10))


def perceptron():
    return nn.Sequential(nn.Linear(20, 50), nn.Tanh(), nn.Linear(50, 50), nn.Tanh(), nn.Linear(50, 1), nn.Flatten(0))


def autoencoder():
    return nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 12), nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 784))


def small_perceptron():
    return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


MODELS = {  # data, model, loss
    "cnn": (Images, lambda data: convolutions(False), F.cross_entropy),
    "cnn-norm": (Images, lambda data: convolutions(True), F.cross_entropy),
    "gru": (Letters, lambda data: Recurrent(len(data.letters)), F.cross_entropy),
    "transformer": (Letters, lambda data: Transformer(len(data.letters)), F.cross_entropy),
    "source-gru": (Source, lambda data: Recurrent(len(data.letters), 48), F.cross_entropy),
    "source-lstm": (Source, lambda data: Recurrent(len(data.letters), 64, nn.LSTM), F.cross_entropy),
    "source-transformer": (Source, lambda data: Transformer(len(data.letters)), F.cross_entropy),
    "residual": (Flat, lambda data: Residual(), F.cross_entropy),
    "autoencoder": (lambda batch: Flat(batch, same=True), lambda data: autoencoder(), F.mse_loss),
    "digits": (Digits, lambda data: small_perceptron(), F.cross_entropy),
    "teacher": (Teacher, lambda data: perceptron(), F.mse_loss),
}
SGD = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
ADAM = [3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1]
OPTIMIZERS = {  # rates, the rate before the probe, how to make it
    "sgd": (SGD, 0.03, lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9)),
    "nesterov": (SGD, 0.01, lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9, nesterov=True)),
    "adam": (ADAM, 1e-3, lambda p, lr: torch.optim.Adam(p, lr)),
    "adamw": (ADAM, 1e-3, lambda p, lr: torch.optim.AdamW(p, lr, weight_decay=0.1)),
    "rmsprop": (ADAM, 1e-3, lambda p, lr: torch.optim.RMSprop(p, lr)),
}
WORLDS = [  # model, optimizer, batch, probe, steps before it, seed
    ("cnn", "sgd", 32, 100, 0, 1), ("cnn", "adam", 64, 100, 0, 2), ("cnn", "adamw", 32, 50, 300, 3),
    ("cnn-norm", "sgd", 64, 50, 0, 4), ("cnn-norm", "adam", 32, 100, 200, 5), ("cnn", "sgd", 128, 30, 0, 6),
    ("gru", "adam", 16, 100, 0, 7), ("gru", "sgd", 16, 100, 0, 8), ("gru", "adamw", 32, 50, 300, 9), ("gru", "rmsprop", 8, 100, 100, 10),
    ("transformer", "adam", 16, 100, 0, 11), ("transformer", "adamw", 8, 100, 200, 12), ("transformer", "sgd", 16, 50, 0, 13),
    ("teacher", "rmsprop", 16, 100, 100, 17), ("cnn", "rmsprop", 16, 50, 0, 18), ("gru", "adam", 8, 50, 0, 19),
    ("cnn-norm", "adamw", 16, 50, 0, 20), ("teacher", "sgd", 64, 100, 50, 21),
    ("teacher", "sgd", 16, 100, 0, 14), ("teacher", "adam", 32, 200, 0, 15), ("teacher", "adamw", 8, 100, 300, 16),
    ("digits", "adam", 32, 100, 0, 31), ("digits", "sgd", 16, 100, 0, 33), ("residual", "adam", 32, 100, 0, 35),
    ("residual", "sgd", 64, 100, 0, 37), ("autoencoder", "adam", 32, 100, 0, 39), ("source-gru", "adam", 16, 50, 0, 41),
    ("source-lstm", "sgd", 8, 50, 200, 43), ("source-transformer", "adam", 8, 60, 0, 45), ("cnn", "nesterov", 8, 100, 0, 47),
    ("cnn-norm", "adam", 128, 40, 0, 49),
    ("digits", "adamw", 64, 100, 50, 32), ("digits", "nesterov", 8, 200, 0, 34), ("residual", "adamw", 16, 100, 200, 36),
    ("residual", "nesterov", 32, 50, 0, 38), ("autoencoder", "sgd", 64, 50, 0, 40), ("source-gru", "sgd", 32, 40, 0, 42),
    ("source-lstm", "adam", 16, 50, 0, 44), ("source-transformer", "adamw", 16, 40, 150, 46), ("cnn", "adam", 16, 150, 0, 48),
    ("cnn-norm", "sgd", 32, 60, 150, 50), ("teacher", "nesterov", 32, 100, 0, 52), ("autoencoder", "rmsprop", 16, 100, 0, 54),
]
UNSEEN = [  # kept apart, to be judged by alone: no forecast was designed on these
    ("gru", "sgd", 32, 40, 0, 61), ("transformer", "nesterov", 16, 40, 0, 62), ("source-lstm", "adamw", 16, 30, 100, 63),
    ("source-transformer", "rmsprop", 16, 30, 0, 64), ("residual", "rmsprop", 16, 40, 0, 65),
    ("autoencoder", "adamw", 16, 50, 100, 67), ("digits", "rmsprop", 16, 60, 0, 68), ("digits", "sgd", 64, 40, 30, 69),
    ("cnn", "adam", 32, 40, 100, 70), ("cnn-norm", "adam", 16, 40, 0, 71), ("teacher", "sgd", 32, 60, 0, 72),
    ("source-gru", "adamw", 8, 30, 0, 73), ("cnn", "sgd", 16, 50, 0, 74),
]


def train(model, optimizer, loss_of, data, random, steps):
    losses = []
    for _ in range(steps):
        x, y = data.draw(random)
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if not np.isfinite(losses[-1]):
            break
    return losses


def mean(losses, first, last):
    part = np.array(losses[first:last])
    good = len(part) == last - first and np.all(np.isfinite(part))
    return float(np.mean(part)) if good else NOT_FINITE


def summary(losses, validation, probe):
    half = probe // 2
    windows = [(i + 1, i, i + 1) for i in range(probe)]
    windows += [(i * half + half / 2, i * half, (i + 1) * half) for i in range(2, 20)]
    windows += [(10 * probe, 10 * probe - half, 10 * probe + half)]
    rows = [(step, last - first, mean(losses, first, last)) for step, first, last in windows]
    return rows + [(10 * probe, 0, validation if np.isfinite(validation) else NOT_FINITE)]


def record(world, folder):
    kind, name, batch, probe, before, seed = world
    make_data, make_model, loss_of = MODELS[kind]
    rates, start, make = OPTIMIZERS[name]
    torch.manual_seed(seed)
    data = make_data(batch)
    model = make_model(data)
    optimizer = make(model.parameters(), start)
    train(model, optimizer, loss_of, data, torch.Generator().manual_seed(seed), before)
    columns = []
    for rate in rates:
        twin = copy.deepcopy(model)
        steps = make(twin.parameters(), rate)
        steps.load_state_dict(copy.deepcopy(optimizer.state_dict()))
        for group in steps.param_groups:
            group["lr"] = rate
        random, validation = torch.Generator().manual_seed(seed + 1000), np.inf
        losses = train(twin, steps, loss_of, data, random, 10 * probe)
        if len(losses) == 10 * probe:
            twin.eval()
            with torch.no_grad():
                validation = loss_of(twin(data.validation[0]), data.validation[1]).item()
            twin.train()
            losses += train(twin, steps, loss_of, data, random, probe // 2)
        columns.append(summary(losses, validation, probe))
    lines = ["step,width," + ",".join("%g" % rate for rate in rates)]
    for rows in zip(*columns):
        lines.append("%g,%d," % rows[0][:2] + ",".join("%.5g" % row[2] for row in rows))
    (folder / (name_of(world) + ".csv")).write_text("\n".join(lines) + "\n")


def name_of(world):
    return "%s_%s_b%d_probe%d_from%d_seed%d" % world


for world in UNSEEN if os.environ.get("UNSEEN") else WORLDS:
    if all(word in name_of(world) for word in sys.argv[2:]):
        begin = time.perf_counter()
        record(world, pathlib.Path(sys.argv[1]))
        print("%s  %.1f s" % (name_of(world), time.perf_counter() - begin), flush=True)

"""What record_torch.py trains: convolutions, a network of residuals and an autoencoder on Fashion-MNIST; a perceptron on the
digits; letters of licence texts, and of luacheck's sources, by recurrent networks and by transformers; a regression of a random
network's answers."""
import collections
import gzip
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

IMAGES = pathlib.Path("/usr/share/datasets/fashion-mnist")
TEXTS = [pathlib.Path("/usr/share/common-licenses") / name for name in ("GPL-3", "GFDL-1.3", "MPL-2.0", "Apache-2.0", "LGPL-2.1")]
SOURCES = pathlib.Path("/usr/share/lua/5.1/luacheck")
DIGITS = pathlib.Path(__file__).resolve().parents[3] / "recipes/data/digits.csv"


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
    """Windows of 'length' letters of a text and the letters that follow them; all but the 'keep' most frequent are one."""

    def __init__(self, batch, length=32, texts=TEXTS, keep=None):
        text = "".join(path.read_text(errors="replace") for path in texts)
        if keep:
            common = {letter for letter, _ in collections.Counter(text).most_common(keep)}
            text = "".join(letter if letter in common else "\0" for letter in text)
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
